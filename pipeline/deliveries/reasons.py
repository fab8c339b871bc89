"""Why a delivery or a record is refused: the one table of reason codes."""

REASONS: dict[str, str] = {
    "bad_database": "the file starts as an SQLite database and cannot be read as one",
    "bad_gzip": "the gzip stream is broken, or cut off",
    "bad_parquet": "the file starts as a Parquet file and cannot be read as one",
    "bad_table": "the file is no CSV or TSV: a quote is never closed, or a cell is too large",
    "duplicate_key": "an object names a key twice, so that one of the two values would be lost",
    "empty_file": "the file holds no byte but white space",
    "invalid_json": "the text is not JSON as RFC 8259 defines it",
    "lone_surrogate": "a \\ud800-\\udfff escape stands without its other half: it is no character",
    "no_answer": "the record has a question and no answer",
    "no_pairs": "the file, or what was read of it, holds no question with an answer",
    "no_question": "the record has no question",
    "not_an_object": "a record must be a JSON object",
    "not_utf8": "the bytes are neither UTF-8 nor UTF-16 with a byte order mark",
    "nul_byte": "a text holds a NUL byte: it is binary, or UTF-16 without its byte order mark",
    "number_out_of_range": "a number does not fit into 64 bits",
    "packed_bomb": "what is packed expands a hundredfold, or beyond integrate.max_delivery_mb",
    "ragged_row": "a row of a table has more cells than its header",
    "rule_broken": "the record breaks a rule of schemas/delivered_pair.schema.json",
    "string_too_long": "a text, or JSON without a quotation mark, goes on for ten million bytes",
    "too_deep": "arrays and objects are nested deeper than JSON is written again",
    "too_large": "the file, or what it expands to, is larger than integrate.max_delivery_mb",
    "two_answers": "the record has two answers under different keys",
    "two_questions": "the record has two questions under different keys",
    "unknown_format": "no family of delivery formats recognises the file",
}
"""Reason code -> what it means, in words that an agent can act on."""
