import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.batches.taking import taken
from pipeline.faucet.batches.vector_jobs import VECTORS
from pipeline.faucet.jobs.ledger import read_jobs
from pipeline.formats import gemini, openai
from pipeline.providers.results import outcomes
from tests.faucet.batches.asking import (
    DIMENSION,
    PROTOCOLS,
    account,
    asked,
    fetched,
    recorded,
    right,
    workspace,
)
from tests.providers.loopback import Fault, Loopback, by_gemini, by_openai

Line = Any
_CREATE = "POST .*(asyncBatch|/v1/batches$)"
_CONTENT = "GET .*(:download|/content)"


def with_numbers(change: Callable[[list[float]], Any]) -> Callable[[list[Line]], list[Line]]:
    """Return what changes the vector of the first line."""

    def results(lines: list[Line]) -> list[Line]:
        first = lines[0]
        if "key" in first:
            embedding = first["response"]["embedding"]
            embedding["values"] = change(embedding["values"])
        else:
            entry = first["response"]["body"]["data"][0]
            entry["embedding"] = change(entry["embedding"])
        return lines

    return results


def shuffled(lines: list[Line]) -> list[Line]:
    return random.Random(1).sample(lines, len(lines))


def copy_that_differs(lines: list[Line]) -> list[Line]:
    import copy  # noqa: PLC0415 - here alone

    changed = with_numbers(lambda numbers: numbers[::-1])([copy.deepcopy(lines[0])])
    return [*lines, *changed]


def with_error(lines: list[Line]) -> list[Line]:
    key = "key" if "key" in lines[0] else "custom_id"
    return [
        {key: lines[0][key], "response": None, "error": {"code": 500, "message": "oops"}},
        *lines[1:],
    ]


def foreign(lines: list[Line]) -> list[Line]:
    key = "key" if "key" in lines[0] else "custom_id"
    return [*lines, {**lines[0], key: "document-" + "0" * 32}]


FAULTS: dict[str, tuple[Callable[[list[Line]], list[Line]], dict[str, int], int, int]] = {
    "shuffled": (shuffled, {}, 0, 0),
    "lines left out": (lambda lines: lines[2:], {}, 2, 0),
    "no line": (lambda _: [], {}, 8, 0),
    "repeated": (lambda lines: lines + lines, {}, 0, 0),
    "repeated and different": (copy_that_differs, {"differs": 1}, 0, 0),
    "not a number": (with_numbers(lambda n: [float("nan"), *n[1:]]), {"not_finite": 1}, 0, 0),
    "infinite": (with_numbers(lambda n: [float("-inf"), *n[1:]]), {"not_finite": 1}, 0, 0),
    "zero": (with_numbers(lambda n: [0.0] * len(n)), {"zero_vector": 1}, 0, 0),
    "too short": (with_numbers(lambda n: n[:-1]), {"wrong_dimension": 1}, 0, 0),
    "too long": (with_numbers(lambda n: [*n, 1.0]), {"wrong_dimension": 1}, 0, 0),
    "no vector": (with_numbers(lambda _: None), {"no_vector": 1}, 0, 0),
    "texts": (with_numbers(lambda n: ["1"] * len(n)), {"no_vector": 1}, 0, 0),
    "nested": (with_numbers(lambda n: [n]), {"no_vector": 1}, 0, 0),
    "an error": (with_error, {"server_error": 1}, 0, 0),
    "a foreign key": (foreign, {}, 0, 1),
    "no JSON": (lambda lines: [*lines, "{torn"], {}, 0, 1),
    "no object": (lambda lines: [*lines, "[1, 2]"], {}, 0, 1),
    "no key": (lambda lines: [*lines, '{"response": {}}'], {}, 0, 1),
    "deep": (lambda lines: [*lines, "[" * 100_000], {}, 0, 1),
}
"""What results are like -> the reasons of failures, how many are missing, how many foreign."""


KEYS = [f"question-{number:032x}" for number in range(8)]


def answers(protocol: str) -> list[Line]:
    """Return a line of results for each of eight requests."""
    if protocol == "gemini":
        asked_for = {"model": "embed-small", "task_type": None, "dimension": DIMENSION}
        return [by_gemini(gemini.embedding_request(key, key, **asked_for)) for key in KEYS]
    asked_for = {"model": "embed-small", "dimension": DIMENSION}
    return [by_openai(openai.embedding_request(key, key, **asked_for)) for key in KEYS]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", FAULTS)
def test_every_text_has_a_vector_a_reason_or_nothing(protocol: str, name: str) -> None:
    """Whatever comes back, asked = vectors + failed + missing, and the vectors are right."""
    results, failed, missing, foreign_lines = FAULTS[name]
    lines = [one if isinstance(one, str) else json.dumps(one) for one in results(answers(protocol))]
    read = outcomes(map(str.encode, lines), dimension=DIMENSION, model="embed-small")
    got = taken(read, KEYS)
    assert Counter(got.failed.values()) == failed
    assert (got.missing, got.foreign) == (missing, foreign_lines)
    assert len(got.vectors) == 8 - missing - sum(failed.values())
    for key, vector in got.vectors.items():
        assert list(vector) == pytest.approx(right(key), rel=1e-6)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", ["lines left out", "repeated and different", "an error"])
def test_the_account_of_a_data_set_adds_up(
    tmp_path: Path, loopback: Loopback, protocol: str, name: str
) -> None:
    """Wanted = collected + failed + missing, in the job and over the whole data set."""
    loopback.results, failed, missing, foreign_lines = FAULTS[name]
    root = workspace(tmp_path, loopback, protocol)
    asked(root)
    fetched(root)
    (job,) = read_jobs(root, VECTORS)
    counts = account(root).as_json()
    assert (counts["failed"], counts["missing"]) == (failed, missing)
    assert counts["collected"] == 8 - missing - sum(failed.values()) == len(recorded(root))
    assert (job.value("missing"), job.value("foreign")) == (missing, foreign_lines)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("state", "lines", "failed", "missing"),
    [("expired", 3, {}, 5), ("expired", 0, {}, 8), ("failed", 0, {"refused": 8}, 0)],
)
def test_batches_that_end_otherwise(
    tmp_path: Path,
    loopback: Loopback,
    protocol: str,
    state: str,
    lines: int,
    failed: dict[str, int],
    missing: int,
) -> None:
    """Expired: what is there is taken, the rest is missing. Refused whole: nobody asks again."""
    loopback.state, loopback.message = state, "quota" if state == "failed" else ""
    loopback.results = lambda some: some[:lines]
    root = workspace(tmp_path, loopback, protocol)
    asked(root)
    (one,) = fetched(root)
    counts = account(root).as_json()
    assert (counts["collected"], counts["failed"], counts["missing"]) == (lines, failed, missing)
    assert one.job.value("messages") == ({"refused": "quota"} if failed else {})
    loopback.state = "succeeded"
    assert sum(len(job.keys) for job in asked(root)) == missing


def test_requests_that_expired_count_as_not_asked(tmp_path: Path, loopback: Loopback) -> None:
    """OpenAI's error file names them one by one; they are asked for again without a word."""

    def results(lines: list[Line]) -> list[Line]:
        error = {"code": "batch_expired", "message": "too late"}
        late = [{"custom_id": one["custom_id"], "response": None, "error": error} for one in lines]
        return lines[:2] + late[2:]

    loopback.state, loopback.results = "expired", results
    root = workspace(tmp_path, loopback, "openai")
    asked(root)
    fetched(root)
    counts = account(root).as_json()
    assert (counts["collected"], counts["failed"], counts["missing"]) == (2, {}, 6)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_busy_server_is_waited_for_as_it_asks(
    tmp_path: Path, loopback: Loopback, protocol: str
) -> None:
    """429 with Retry-After and 500 cost time alone: nothing is lost, nothing is paid twice."""
    root = workspace(tmp_path, loopback, protocol, attempts=4, wait_s=2)
    waits: list[float] = []
    loopback.faults = [
        Fault(_CREATE, 1, status=429, headers={"retry-after": "7"}),
        Fault("GET .*(batches|files)", 2, status=500),
    ]
    asked(root, waits.append)
    loopback.faults = [Fault(_CONTENT, 1, status=503, headers={"retry-after": "3"})]
    fetched(root, waits.append)
    assert account(root).collected == 8
    assert sorted(waits) == [2, 3, 4, 7]
    assert set(loopback.billed.values()) == {1}


def test_a_server_that_asks_to_wait_too_long_ends_the_command(
    tmp_path: Path, loopback: Loopback
) -> None:
    """The sentence says how long; the next call goes on where this one stopped."""
    root = workspace(tmp_path, loopback, "openai")
    loopback.faults = [Fault(_CREATE, 1, status=429, headers={"retry-after": "900"})]
    with pytest.raises(UserError, match=r"asks to wait 900 s .*nothing is lost"):
        asked(root)
    asked(root)
    assert len(loopback.batches) == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("cut", [0, 700])
def test_a_cut_download_is_fetched_again(
    tmp_path: Path, loopback: Loopback, protocol: str, cut: int
) -> None:
    """A body shorter than announced is no result, however many whole lines it has."""
    root = workspace(tmp_path, loopback, protocol)
    asked(root)
    loopback.faults = [Fault(_CONTENT, 2, cut_bytes=cut)]
    fetched(root)
    assert account(root).collected == 8


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_download_that_never_ends_well_loses_nothing(
    tmp_path: Path, loopback: Loopback, protocol: str
) -> None:
    """The job stays as it is, and the next collect brings it home."""
    root = workspace(tmp_path, loopback, protocol)
    asked(root)
    loopback.faults = [Fault(_CONTENT, 3, cut_bytes=100)]
    with pytest.raises(UserError, match="broke off"):
        fetched(root)
    assert account(root).collected == 0
    fetched(root)
    assert account(root).collected == 8


def test_fewer_results_than_counted_are_taken_on_demand_alone(
    tmp_path: Path, loopback: Loopback
) -> None:
    """A file with fewer lines than the provider counts stays at the provider until said."""
    root = workspace(tmp_path, loopback, "gemini")
    asked(root)
    loopback.batches[0].right = 8
    name = loopback.batches[0].outputs[0]
    short = b"".join(loopback.files[name][1].splitlines(keepends=True)[:5])
    loopback.files[name] = ("", short)
    with pytest.raises(UserError, match="hold 5 of 8 answers"):
        fetched(root)
    fetched(root, is_partial=True)
    counts = account(root).as_json()
    assert (counts["collected"], counts["missing"]) == (5, 3)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "fault",
    [
        Fault(_CREATE, 1, status=500, is_done=True),
        Fault(_CREATE, 1, drop=True),
        Fault(_CREATE, 1, cut_bytes=3),
    ],
    ids=["500", "no answer", "half an answer"],
)
def test_a_batch_that_was_created_without_an_answer_is_found(
    tmp_path: Path, loopback: Loopback, protocol: str, fault: Fault
) -> None:
    """Creating is the step that costs money: it is looked for, never sent again blindly."""
    root = workspace(tmp_path, loopback, protocol)
    loopback.faults = [Fault(**vars(fault))]
    (job,) = asked(root)
    assert job.has("submitted")
    assert len(loopback.batches) == 1
    fetched(root)
    assert account(root).collected == 8


def test_a_batch_that_may_have_been_created_is_not_created_again_at_once(
    tmp_path: Path, loopback: Loopback
) -> None:
    """Until the provider's list surely has it, nobody asks a second time."""
    root = workspace(tmp_path, loopback, "openai", settle_s=600)
    loopback.faults = [Fault(_CREATE, 1, status=500)]
    with pytest.raises(UserError, match="is not known: call again in 600 s"):
        asked(root)
    with pytest.raises(UserError, match="not listed yet: call again in"):
        asked(root)
    assert loopback.batches == []
    workspace(tmp_path, loopback, "openai", settle_s=0)
    assert len(asked(root)) == 1
    assert set(loopback.billed.values()) == {1}


@pytest.mark.parametrize(
    ("pattern", "match"),
    [("POST .*upload", "401|400"), (_CREATE, "400"), ("GET .*batches", "400")],
)
def test_a_refusal_is_one_sentence_and_not_repeated(
    tmp_path: Path, loopback: Loopback, pattern: str, match: str
) -> None:
    """4xx is final: the provider's own words, no key, no second try; later calls go on."""
    root = workspace(tmp_path, loopback, "gemini", settle_s=600)
    loopback.faults = [Fault(pattern, 1, status=400)]
    with pytest.raises(UserError, match=match) as raised:
        asked(root)
    assert "bad request of [key]" in str(raised.value)
    assert len(asked(root)) == 1
    assert set(loopback.billed.values()) == {1}


def test_a_larger_file_than_can_be_is_not_fetched(tmp_path: Path, loopback: Loopback) -> None:
    """A download ends where no result could be so large."""
    root = workspace(tmp_path, loopback, "gemini")
    asked(root)
    name = loopback.batches[0].outputs[0]
    loopback.files[name] = ("", b"x" * 400_000)
    with pytest.raises(UserError, match="is larger than"):
        fetched(root)


def test_an_upload_to_another_server_is_refused(tmp_path: Path, loopback: Loopback) -> None:
    """Texts and key go to base_url alone, whatever address an answer names."""
    root = workspace(tmp_path, loopback, "gemini")
    loopback.url = "http://elsewhere.example"
    with pytest.raises(UserError, match="another server: refused"):
        asked(root)
    assert loopback.billed == {}
