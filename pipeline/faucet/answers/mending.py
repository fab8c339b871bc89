"""What an agent should do about a refused record: one sentence per reason code."""

MENDS: dict[str, str] = {
    "bad_database": "write the database anew and close it before you deliver it",
    "bad_gzip": "compress the file again, or deliver it uncompressed",
    "bad_parquet": "write the Parquet file anew and close it before you deliver it",
    "bad_table": "quote every cell that holds a quote, a separator or a line end, doubling quotes",
    "duplicate_key": "name each key once per object",
    "empty_file": "deliver a file with pairs in it, or none",
    "internal": "nothing: the fault is on this side, and what was refused is kept",
    "invalid_json": "write the file with a JSON library; never by hand, never cut off",
    "lone_surrogate": "write characters as UTF-8 instead of as halves of an escape",
    "no_answer": "deliver the question together with its answer, as text that is not empty",
    "no_pairs": "deliver questions with their answers; a report about them is no delivery",
    "no_question": "deliver the answer together with its question, as text that is not empty",
    "not_an_object": "write each record as an object with a question and an answer",
    "not_utf8": "save the file as UTF-8",
    "nul_byte": "leave NUL bytes out, and save the file as UTF-8",
    "number_out_of_range": "write numbers beyond 64 bits as text",
    "packed_bomb": "deliver the file uncompressed, in several files if it is large",
    "ragged_row": "give every row as many cells as the header has",
    "rule_broken": "keep to schemas/delivered_pair.schema.json; each message names field and rule",
    "string_too_long": "split the text into pairs; an answer has some thousand characters",
    "too_deep": "nest less: a list of objects with question and answer is enough",
    "too_large": "deliver the pairs in several smaller files",
    "two_answers": "keep one answer per record, under the key answer",
    "two_questions": "keep one question per record, under the key question",
    "unknown_format": "deliver JSON or JSONL with a list of objects that have question and answer",
}
"""Reason code (pipeline/deliveries/reasons.py) -> the step that mends it."""

_ANY_OTHER = "read the message of each record, correct what it names and deliver the record again"


def mend(reason: str) -> str:
    """Return what to do about records that were refused for that reason."""
    return MENDS.get(reason, _ANY_OTHER)
