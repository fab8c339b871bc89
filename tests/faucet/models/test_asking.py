"""Each question is answered once, written down before it is used, within the caps."""

import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.faucet.fsck import written
from pipeline.faucet.models.asking import ask
from pipeline.faucet.models.budget import Budget, BudgetSpentError, RequestCost
from pipeline.faucet.responses.book import RESPONSES, Spent, recorded, responses
from pipeline.faucet.settings import Cap
from pipeline.providers.chat import reply_of
from pipeline.providers.connection import BusyError, RefusedError
from tests.faucet.models.asking import asked_of, asker, pairs, question, questions, read, with_model
from tests.providers.loopback import KEY, Fault, Loopback, completion


class StoppedError(Exception):
    """The watch ends the asking."""


def test_what_is_recorded_is_never_asked_again(tmp_path: Path, loopback: Loopback) -> None:
    """One request a question; the second time all answers come from the book, without a key."""
    loopback.chat = lambda body: pairs(asked_of(body))
    root = with_model(tmp_path, loopback)
    first = ask(asker(root), [*questions(5), question(0)], read)
    assert len(loopback.chats) == 5
    assert len(first.values) == 5
    assert first.fault is None
    second = ask(asker(root), questions(5), read)
    assert second.values == first.values
    assert len(loopback.chats) == 5
    (answer, *_) = responses(root)
    assert (answer.tokens_in, answer.tokens_out, answer.usd) == (100, 20, 0.003)
    assert (answer.answered_by, answer.is_estimated) == ("writer-2026-01-01", False)
    wanted = loopback.chats[0]["response_format"]["json_schema"]
    assert (wanted["strict"], wanted["schema"]["required"]) == (True, ["qa_pairs"])


@pytest.mark.parametrize("end", ["stop", "length"])
def test_a_stream_is_read_as_the_whole_answer(tmp_path: Path, loopback: Loopback, end: str) -> None:
    """Words, ending and tokens are the same, however an answer comes."""
    loopback.chat = lambda body: completion(pairs("¿Qué?", asked_of(body)), end)
    found = []
    for name, streams in (("a", False), ("b", True)):
        (tmp_path / name).mkdir()
        root = with_model(tmp_path / name, loopback, streams=streams)
        ask(asker(root), [question()], read)
        found.append([one[-6:] for one in responses(root)])
    assert found[0] == found[1]
    assert found[0][0][:2] == (
        "whole" if end == "stop" else "cut",
        pairs("¿Qué?", "One pair on number 0."),
    )


@given(st.text(), st.lists(st.integers(0, 40), max_size=6))
def test_pieces_make_the_text_wherever_it_is_cut(text: str, places: list[int]) -> None:
    """A stream's pieces, and values that are none of the protocol, give the text and its end."""
    cuts = sorted({0, len(text), *(min(place, len(text)) for place in places)})
    deltas = [text[one:two] for one, two in itertools.pairwise(cuts)]
    pieces = [{"choices": [{"delta": {"content": delta}}]} for delta in deltas]
    end = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    strange = [None, [], {"choices": [3]}, {"choices": [{"delta": {"content": 4}}]}, {"usage": 1}]
    reply = reply_of([*pieces, *strange, end])
    assert reply.content == text
    assert reply.outcome == ("whole" if text.strip() else "empty")
    assert reply_of(pieces).outcome == "cut"


@pytest.mark.parametrize(
    ("answer", "why", "asked"),
    [
        (completion('{"qa_pairs": [{"que', "length"), "cut", 2),
        (completion('{"pairs": []}'), "misfit", 2),
        (completion("I would rather talk."), "misfit", 2),
        (completion('{"qa_pairs": [], "qa_pairs": []}'), "misfit", 2),
        (completion(""), "empty", 2),
        (completion(None, refusal="I cannot help with that."), "refused", 1),
        (completion("no", "content_filter"), "refused", 1),
        ({"choices": "none"}, "cut", 2),
    ],
    ids=["cut", "other keys", "words", "key twice", "empty", "refusal", "filter", "no protocol"],
)
def test_what_is_of_no_use_is_asked_once_more(
    tmp_path: Path, loopback: Loopback, answer: dict[str, object], why: str, asked: int
) -> None:
    """Cut, empty and misfit answers get a second try, refusals none; all are recorded and told."""
    loopback.chat = lambda _: answer
    root = with_model(tmp_path, loopback)
    found = ask(asker(root), [question()], read)
    assert (dict(found.unusable), dict(found.values), found.fault) == ({why: 1}, {}, None)
    assert len(loopback.chats) == asked == len(list(responses(root)))
    ask(asker(root), [question()], read)
    assert len(loopback.chats) == asked


def test_a_fence_around_the_answer_is_taken_off(tmp_path: Path, loopback: Loopback) -> None:
    """Servers that know no schema answer in Markdown: what is in the fence counts."""
    loopback.chat = lambda _: f"```json\n{pairs('a?')}\n```"
    root = with_model(tmp_path, loopback, asks_schema=False, asks_seed=False)
    found = ask(asker(root), [question()], read)
    assert [one["qa_pairs"][0]["question"] for one in found.values.values()] == ["a?"]
    assert {"response_format", "seed"}.isdisjoint(loopback.chats[0])


@pytest.mark.parametrize("status", [429, 529, 503])
def test_a_busy_server_is_asked_again_after_its_time(
    tmp_path: Path, loopback: Loopback, status: int
) -> None:
    """Retry-After is waited for; where it is too long, or never ends, the time is told."""
    loopback.chat = lambda _: pairs("a?")
    loopback.faults = [Fault("POST .*chat", 2, status=status, headers={"Retry-After": "0"})]
    root = with_model(tmp_path, loopback)
    assert ask(asker(root), [question()], read).values
    loopback.faults = [Fault("POST .*chat", 1, status=status, headers={"Retry-After": "3599"})]
    fault = ask(asker(root), [question(1)], read).fault
    assert isinstance(fault, BusyError)
    assert fault.retry_after_s == 3599
    loopback.faults = [Fault("POST .*chat", 3, status=status)]
    assert isinstance(ask(asker(root), [question(2)], read).fault, BusyError)


def test_a_broken_answer_is_asked_again(tmp_path: Path, loopback: Loopback) -> None:
    """A body that breaks off is no answer."""
    loopback.chat = lambda _: pairs("a?")
    loopback.faults = [Fault("POST .*chat", 1, cut_bytes=30), Fault("POST .*chat", 1, drop=True)]
    root = with_model(tmp_path, loopback)
    assert ask(asker(root), [question()], read).values
    assert [one.outcome for one in responses(root)] == ["whole"]


def test_a_slow_server_does_not_silence_the_watch(tmp_path: Path, loopback: Loopback) -> None:
    """The watch is called while an answer is under way; stopped, what comes is still recorded."""
    loopback.chat = lambda _: pairs("a?")
    begun = threading.Event()
    loopback.faults = [Fault("POST .*chat", 1, before=lambda: (begun.set(), time.sleep(0.5)))]
    root = with_model(tmp_path, loopback)
    looks = []

    def watch() -> None:
        looks.append(1)
        if begun.is_set():
            raise StoppedError

    with pytest.raises(StoppedError):
        ask(asker(root), questions(3), read, watch)
    assert 1 <= len(list(responses(root))) == len(loopback.chats) <= 3


def test_a_killed_run_asks_nothing_twice(tmp_path: Path, loopback: Loopback) -> None:
    """Wherever it is stopped, the next run asks what has no answer, and nothing else."""
    loopback.chat = lambda body: pairs(asked_of(body))
    root = with_model(tmp_path, loopback)
    for most in (1, 2, 4):
        with pytest.raises(StoppedError):
            ask(asker(root, at_once=1), questions(8), read, _after(loopback, most))
    assert len(ask(asker(root), questions(8), read).values) == 8
    texts = [asked_of(body) for body in loopback.chats]
    assert len(texts) == len(set(texts)) == 8


def _after(loopback: Loopback, most: int) -> Callable[[], None]:
    def watch() -> None:
        if len(loopback.chats) >= most:
            raise StoppedError

    return watch


def test_a_refused_text_costs_no_other(tmp_path: Path, loopback: Loopback) -> None:
    """One text that the server refuses is told and left; where all are refused the asking ends."""
    loopback.chat = lambda body: pairs(asked_of(body))
    loopback.faults = [Fault("POST .*chat", 1, status=400)]
    root = with_model(tmp_path, loopback)
    found = ask(asker(root, at_once=1), questions(6), read)
    assert len(found.values) == 5
    assert isinstance(found.fault, RefusedError)
    loopback.faults = [Fault("POST .*chat", 99, status=400)]
    before = len(loopback.requests)
    ask(asker(root, at_once=1), [question(number) for number in range(10, 30)], read)
    assert len(loopback.requests) - before == 3


def test_the_key_is_written_nowhere(tmp_path: Path, loopback: Loopback) -> None:
    """A server that says the key back has it neither in a record nor in a sentence."""
    loopback.chat = lambda _: pairs(f"is it {KEY}?")
    root = with_model(tmp_path, loopback)
    ask(asker(root), [question()], read)
    loopback.faults = [Fault("POST .*chat", 1, status=401)]
    fault = ask(asker(root), [question(1)], read).fault
    texts = [path.read_text() for path in (root / RESPONSES).rglob("*.json")]
    assert texts
    assert not [text for text in (*texts, str(fault)) if KEY in text]


def test_a_changed_answer_is_refused(tmp_path: Path, loopback: Loopback) -> None:
    """A record whose request is not that of its name, or that breaks the format, is told."""
    loopback.chat = lambda _: pairs("a?")
    root = with_model(tmp_path, loopback)
    ask(asker(root), [question()], read)
    (path,) = (root / RESPONSES).rglob("*.json")
    path.write_text(path.read_text().replace("number 0.", "number 9."))
    with pytest.raises(UserError, match="field body: is not that of the request"):
        recorded(root, "generate", path.stem)
    (fault,) = written.responses(root).faults
    assert (fault.path, "field body" in fault.fault) == (path.relative_to(root).as_posix(), True)
    path.write_text("{}")
    with pytest.raises(UserError, match="required property"):
        list(responses(root))


def test_the_cap_holds_whatever_is_under_way(tmp_path: Path, loopback: Loopback) -> None:
    """Asking ends before a request that could pass the cap, and says what would be needed."""
    loopback.chat = lambda body: pairs(asked_of(body))
    root = with_model(tmp_path, loopback)
    one = question().estimate(asker(root).model)
    found = ask(asker(root, Cap(one.tokens * 2 + 300, 100.0)), questions(20), read)
    assert isinstance(found.fault, BudgetSpentError)
    assert "raise run_cap" in str(found.fault)
    spent = sum(one.tokens_in + one.tokens_out for one in responses(root))
    assert 0 < spent <= one.tokens * 2 + 300


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50), st.booleans()), max_size=30),
    st.integers(1, 200),
    st.floats(0, 2),
)
def test_no_order_of_requests_passes_a_cap(
    steps: list[tuple[int, int, bool]], tokens: int, usd: float
) -> None:
    """Spent and under way together stay below every cap, whatever is asked and when it ends."""
    budget = Budget(
        {"task": Cap(tokens, usd), "run": Cap(2 * tokens, usd)}, {"run": Spent(1, 3, 0)}
    )
    under_way: list[RequestCost] = []
    for size_in, size_out, ends_first in steps:
        asked = RequestCost(1, size_in, size_out, (size_in + size_out) / 100)
        if ends_first and under_way:
            budget.settle(under_way.pop(0), None)
        open_tokens = sum(one.tokens for one in under_way)
        open_usd = sum(one.usd for one in under_way)
        try:
            budget.reserve(asked)
        except BudgetSpentError:
            is_over = open_tokens + asked.tokens > min(tokens, 2 * tokens - 3)
            assert is_over or open_usd + asked.usd > usd - 1e-9
        else:
            under_way.append(asked)
            assert open_tokens + asked.tokens <= min(tokens, 2 * tokens - 3)
            assert open_usd + asked.usd <= usd + 1e-9
