"""Why a delivery or a record is refused: the one table of reason codes."""

REASONS: dict[str, str] = {
    "duplicate_key": "an object names a key twice, so that one of the two values would be lost",
    "empty_file": "the file holds no byte but white space",
    "invalid_json": "the text is not JSON as RFC 8259 defines it",
    "no_answer": "the record has a question and no answer",
    "no_question": "the record has no question",
    "not_an_object": "a record must be a JSON object",
    "not_utf8": "the bytes are not UTF-8",
    "number_out_of_range": "a number does not fit into 64 bits",
    "rule_broken": "the record breaks a rule of schemas/delivered_pair.schema.json",
    "too_deep": "arrays and objects are nested deeper than the parser allows",
    "too_large": "the file is larger than integrate.max_delivery_mb",
    "two_answers": "the record has two answers under different keys",
    "two_questions": "the record has two questions under different keys",
    "unknown_format": "no family of delivery formats recognises the file",
}
"""Reason code -> what it means, in words that an agent can act on."""
