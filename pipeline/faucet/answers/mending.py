"""What an agent should do about a refused record: one sentence per reason code."""

MENDS: dict[str, str] = {
    "ambiguous_order": "write each question before its answer, and mark both alike throughout",
    "bad_archive": "write the archive or workbook anew, or deliver its files one by one",
    "bad_database": "write the database anew and close it before you deliver it",
    "bad_gzip": "compress the file again, or deliver it uncompressed",
    "bad_mapping": "name in the mapping only roles and encodings that docs/deliveries.md lists",
    "bad_parquet": "write the Parquet file anew and close it before you deliver it",
    "bad_table": "quote every cell that holds a quote, a separator or a line end, doubling quotes",
    "bad_xml": "write the file with an XML library, without entities of its own",
    "bad_yaml": "write plain YAML or TOML, without tags and anchors, or deliver JSON",
    "cut_off": "deliver the file whole: the records after the cut are not in it",
    "duplicate_key": "name each key once per object",
    "batch_request": "deliver the results of the batch as well; a request alone is no pair",
    "empty_file": "deliver a file with pairs in it, or none",
    "internal": "nothing: the fault is on this side, and what was refused is kept",
    "invalid_json": "write the file with a JSON library; never by hand, never cut off",
    "lone_surrogate": "write characters as UTF-8 instead of as halves of an escape",
    "marked_unwanted": "leave out what is not to be used; nothing else is to do",
    "no_answer": "deliver the question together with its answer, as text that is not empty",
    "no_pairs": "deliver questions with their answers; a report about them is no delivery",
    "no_request": (
        "deliver the batch's requests as well: they have what was asked; to check, name both"
        " files: faucet check REQUESTS RESULTS"
    ),
    "no_question": "deliver the answer together with its question, as text that is not empty",
    "not_an_object": "write each record as an object with a question and an answer",
    "not_read": "put plain files into the archive: no links, and nothing that is locked",
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

FLAG_MENDS: dict[str, str] = {
    "ansi_residue": "leave a terminal's colour codes out of the text",
    "asks_nothing": "deliver the question that the answer belongs to, as a sentence that asks",
    "contaminated": "leave items of test sets out: write questions and answers of your own",
    "contradiction": "say which of the two holds, and under which condition the other does",
    "credential": "write no keys, tokens or passwords into a text; replace that one at its owner",
    "cut_off": "end the answer: its last sentence, list or reference stops in the middle",
    "cut_question": "deliver the question whole: the answers announce a longer one",
    "declared_metadata": "count again, or leave the counts out",
    "direction_residue": "leave the directions to the writer out: deliver the answer alone",
    "echo": "answer the question instead of repeating it",
    "filler": "say something in each sentence that the question does not say already",
    "file_subject": "ask about the subject, not about a file of that name",
    "follow_up": "ask a question that stands by itself, or deliver what was said before it",
    "low_score": "say what the question asks, with a definition, a number or an example",
    "markup_residue": "deliver plain text or Markdown, without tags, entities and escapes",
    "mojibake": "decode the text as UTF-8 before you deliver it",
    "model_residue": "leave thinking blocks and stop marks out",
    "other_question": "put each answer under its own question: this one hardly comes to it",
    "patched": "keep to what is asked in both halves: one of them belongs to another question",
    "turned_formula": "say in words and in the formula which of the two divides the other",
    "unrelated": "keep to what is asked: this part is about something else",
    "wrong_count": "announce as many items as the list has",
    "no_amount": "give the number, date or duration that the question asks for",
    "no_calculation": "say how it is calculated: the question asks for it, and no step is given",
    "off_question": "answer in the sense that the question means",
    "off_topic": "keep to the subject of the knowledge base",
    "other_language": "answer in the language of the question",
    "padding": "say it once: what is repeated fills space",
    "personal_data": "leave telephone numbers, addresses and accounts of persons out",
    "preamble_only": "give what the answer announces, not the announcement alone",
    "prompt_injection": "leave instructions to a model out",
    "refusal": "answer the question, or leave the pair out",
    "repeated_question": "ask something else: that question was asked many times in the delivery",
    "repetition": "say it once: the same words come again and again",
    "report_residue": "leave lines of your own report out of the answer",
    "run_log": "leave the log of the run out of the answer",
    "template_answer": "fill the template in before you deliver it",
    "too_short": "say more: the answer is short beside the others of its kind",
    "work_notes": "leave out what the program said of its own work, and deliver the answer alone",
    "wrong_expansion": "spell the abbreviation out as the master plan does",
    "wrong_fact": "look the fact up: the answer says what the field knows to be otherwise",
    "wrong_number": "calculate again: the number is not what formula and input give",
}
"""Flag of quality analysis -> the step that mends it."""

STATE_MENDS: dict[str, str] = {
    "merged": "nothing to do: a better pair says the same and has taken over your sources",
    "withheld": "nothing to do: a twin of it is in a split that must not share it",
    "alternative": "nothing to do: it stands beside a better answer to its question",
}
"""State of a pair that no flag explains -> what it means for the agent."""

_ANY_OTHER = "read the message of each record, correct what it names and deliver the record again"


def mend(reason: str) -> str:
    """Return what to do about records that were refused for that reason."""
    return MENDS.get(reason, _ANY_OTHER)


def mend_flag(code: str) -> str:
    """Return what to do about pairs that a flag keeps out."""
    return FLAG_MENDS.get(code, "read what the rule found, correct it and deliver the pair again")
