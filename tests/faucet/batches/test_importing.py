import json
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.core.ids import pair_id
from pipeline.faucet.batches.importing import import_results
from tests.faucet.batches.asking import (
    PAIRS,
    account,
    provider_of,
    recorded,
    right,
    texts,
    workspace,
)
from tests.providers.loopback import Loopback, numbers


def line(key: str, text: str) -> str:
    return json.dumps({"key": key, "response": {"embedding": {"values": numbers(text, 8)}}})


def test_results_of_the_format_files_are_taken_by_pair_id(
    tmp_path: Path, loopback: Loopback
) -> None:
    """A line with a pair's id is the vector of its document; the same file again is known."""
    root = workspace(tmp_path, loopback, "gemini")
    file = tmp_path / "results.jsonl"
    rows = [line(pair_id(*pair), "\n\n".join(pair)) for pair in PAIRS]
    file.write_text("\n".join([*rows, line("0" * 32, "foreign")]) + "\n")
    job = import_results(root, provider_of(root), file)
    assert job is not None
    assert job.value("collected") == 4
    wanted = texts(root)
    for key, vector in recorded(root).items():
        assert vector == pytest.approx(right(wanted[key]), rel=1e-6)
    assert account(root).missing == 4
    assert import_results(root, provider_of(root), file) is None


def test_results_by_the_keys_of_requests_are_taken(tmp_path: Path, loopback: Loopback) -> None:
    """Results of a batch that was fetched by hand end where collect would bring them."""
    root = workspace(tmp_path, loopback, "gemini")
    file = tmp_path / "results.jsonl"
    file.write_text("".join(f"{line(key, text)}\n" for key, text in texts(root).items()))
    import_results(root, provider_of(root), file)
    assert account(root).collected == 8


@pytest.mark.parametrize("content", ["", "{torn\n", '{"key": "nobody", "response": {}}\n'])
def test_a_file_without_a_wanted_text_is_refused(
    tmp_path: Path, loopback: Loopback, content: str
) -> None:
    """One sentence, and nothing in the ledger."""
    root = workspace(tmp_path, loopback, "gemini")
    (tmp_path / "results.jsonl").write_text(content)
    with pytest.raises(UserError, match="no line is for a text of the data set"):
        import_results(root, provider_of(root), tmp_path / "results.jsonl")
    with pytest.raises(UserError, match=r"none\.jsonl"):
        import_results(root, provider_of(root), tmp_path / "none.jsonl")
    assert not (root / "data/embeddings/jobs").exists()
