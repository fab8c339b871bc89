"""Keys that say question or answer among other words: `bot_reply`, `Question (required)`.

Every word of such a key must be known: `answer_length` and `question_id` are something else.
"""

import re
from collections.abc import Collection, Iterable, Iterator

_ASKED = frozenset(
    """
    anfrage consulta domanda enquiry frage inquiry pergunta pregunta prompt query question
    вопрос soru 问题 問題 提问
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
_ANSWERED = frozenset(
    """
    answer antwort completion reply reponse response resposta respuesta risposta réponse ответ
    cevap 答案 回答 回复
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
_EXPECTED = frozenset(
    """
    attendu attendue correct erwartete esperada expected gold golden ideal reference
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
_OF_MACHINES = frozenset(
    """
    agent ai assistant bot chatbot generated llm model
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
_ALSO = frozenset(
    """
    approved ausführliche body client cliente completa complete complète content customer de del
    kunde du detailed edited en english es example expert faq final fr french full german human
    input it kunden la learner long main modelo my new nutzer official original our output posee
    posée proposed pt raw revised sample spanish string student suggested support teacher text
    the user users usuario utilisateur verified vollständige your zh required optional pflicht
    pflichtfeld opcional obligatoire erwartet kurze lange short corta courte markdown md html
    str en_us
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
"""Words that say whose, how long or in which language, and not that a key is something else."""

_WORD = re.compile(r"[^\W_]+")


def roles_in(
    keys: Iterable[tuple[str, str]], sides: Collection[str]
) -> Iterator[tuple[str, int, str]]:
    """Yield (role, rank, key) of keys, given with their canonical form, that play one of sides."""
    cores = [(side, _ASKED if side == "question" else _ANSWERED) for side in sides]
    for name, canonical in keys if cores else ():
        words = frozenset(_WORD.findall(canonical))
        for side, core in cores:
            if not words & core or not words - core <= _ALSO | _EXPECTED | _OF_MACHINES:
                continue
            is_expected = side == "answer" and words & _EXPECTED
            yield ("reference", 2, name) if is_expected else (side, 3, name)
            if side == "answer" and words & _OF_MACHINES:
                yield "output", 3, name
