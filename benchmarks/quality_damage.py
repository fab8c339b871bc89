"""Damage done to good answers: defects of which hardly any real ones are at hand."""

from collections.abc import Callable

_FIRST_CHARS = 400
_WHOLE_WORD_CHARS = 7
_LEFT_CHARS = 3


def cut_in_word(answer: str) -> str:
    """Return answer up to the third letter of a long word of prose past its middle."""
    words = answer[: 2 * len(answer) // 3].split(" ")
    while words and not (len(words[-1]) >= _WHOLE_WORD_CHARS and words[-1].isalpha()):
        words.pop()
    return " ".join([*words[:-1], words[-1][:_LEFT_CHARS]]) if words else answer[:_FIRST_CHARS]


def stub(answer: str) -> str:
    """Return the first line of an answer and the two words after it; a part of an only line."""
    first, line_break, rest = answer.strip().partition("\n")
    if not line_break:
        return cut_in_word(first[:_FIRST_CHARS])
    return "\n\n".join([first, " ".join(rest.split()[:2])])


DAMAGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "one letter over and over": ("padding", lambda answer: "A" * len(answer)),
    "a fifth of it one letter": ("padding", lambda a: a + "B" * (len(a) // 4)),
    "its first third three times": ("padding", lambda a: "\n".join([a[: len(a) // 3]] * 3)),
    "its first paragraph ten times": (
        "padding",
        lambda a: "\n".join([a.lstrip().partition("\n\n")[0][:400]] * 10),
    ),
    "the same sentence to the end": (
        "padding",
        lambda a: a[:300] + " This is a comprehensive and detailed answer." * 60,
    ),
    "cut in the middle of a word": ("cut-off", cut_in_word),
    "cut in its first heading": ("cut-off", stub),
    "a placeholder": ("template", lambda _: "[Insert the answer here]"),
    "a refusal before it": (
        "refusal",
        lambda a: f"I'm sorry, but I don't have access to that document. In general: {a[400:]}",
    ),
}
"""Damage done to clean answers, by name, with the kind of defect that it makes."""
