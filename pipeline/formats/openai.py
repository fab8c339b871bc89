"""Lines for the OpenAI Batch API, and what speaks its protocol: one request a line."""

from pipeline.core.json_values import Json

ENDPOINT = "/v1/embeddings"
CHAT_ENDPOINT = "/v1/chat/completions"


def embedding_request(key: str, text: str, *, model: str, dimension: int | None) -> Json:
    """Return one line of a batch embedding job.

    key comes back as custom_id, in any order; dimension is the length of vector asked for, None
    leaves it to the model. Source: OpenAI, Batch API, requests to /v1/embeddings.
    """
    return {
        "custom_id": key,
        "method": "POST",
        "url": ENDPOINT,
        "body": embedding_body(text, model=model, dimension=dimension),
    }


def chat_request(key: str, body: Json) -> Json:
    """Return one line of a batch of chat completions; body is that of a request asked online.

    Source: OpenAI, Batch API, requests to /v1/chat/completions.
    """
    return {"custom_id": key, "method": "POST", "url": CHAT_ENDPOINT, "body": body}


def embedding_body(text: str | list[str], *, model: str, dimension: int | None) -> Json:
    """Return the body of a request for the vector of one text, or of each text of a list."""
    body: Json = {"model": model, "input": text, "encoding_format": "float"}
    if dimension is not None:
        body["dimensions"] = dimension
    return body
