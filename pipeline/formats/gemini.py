"""Lines for the Gemini Batch API: one embedding request a line, found again by its key."""

from pipeline.core.json_values import Json

_JOINT = "\n\n"


def embedding_request(key: str, question: str, answer: str, output_dimensionality: int) -> Json:
    """Return one line of a batch embedding job: question and answer as one text to embed.

    key comes back with the vector; output_dimensionality is the length of vector asked for.
    Source: Gemini API, Batch mode, embedding requests in JSONL files.
    """
    return {
        "key": key,
        "request": {
            "content": {"parts": [{"text": f"{question}{_JOINT}{answer}"}]},
            "output_dimensionality": output_dimensionality,
        },
    }
