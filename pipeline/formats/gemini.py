"""Lines for the Gemini Batch API: one embedding request a line, found again by its key."""

from pipeline.core.json_values import Json


def embedding_request(
    key: str, text: str, *, model: str, task_type: str | None, dimension: int
) -> Json:
    """Return one line of a batch embedding job.

    key comes back with the vector; model is the model's name without `models/`; task_type says
    what the vector is for (RETRIEVAL_DOCUMENT, ...), None leaves it to the model; dimension is the
    length of vector asked for. Source: Gemini API, Batch mode, embedding requests in JSONL files.
    """
    request: Json = {
        "model": f"models/{model}",
        "content": {"parts": [{"text": text}]},
        "output_dimensionality": dimension,
    }
    if task_type is not None:
        request["task_type"] = task_type
    return {"key": key, "request": request}
