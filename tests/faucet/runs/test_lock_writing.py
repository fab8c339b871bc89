"""dvc.lock has the bytes that DVC alone would write, whichever stage ran."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.runs.lock_writing import lock_written_by_stage
from tests.lazy_modules import LazyModule

dvcfile, serialize = LazyModule("dvc.dvcfile"), LazyModule("dvc.utils.serialize")
WORDS = st.text(
    st.sampled_from("ab:'\" -#\n\t{}[],&*!|>%@`ü0123456789.~"), max_size=12
) | st.sampled_from(["yes", "on", "null", "~", "1e3", "0x1f", "2026-11-28", "x" * 90, "a " * 60])
VALUES = st.recursive(
    WORDS | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["integrate", "qa", "embed", "export@a", "123", "on", "two-words", "ü"])
STAGES = st.dictionaries(
    NAMES,
    st.fixed_dictionaries({"cmd": WORDS}, optional={"params": VALUES, "outs": VALUES}),
    max_size=4,
)


def written(path: Path, text: str, ran: dict[str, Any], *, is_ours: bool) -> str:
    """Return a dvc.lock after the stages that ran were noted in it one by one."""
    path.write_text(text, encoding="utf-8")
    for name, stage in ran.items():
        modify = dvcfile.modify_yaml if is_ours else serialize.modify_yaml
        with modify(str(path)) as data:
            data["stages"] = data.get("stages", {})
            data["stages"].update({name: stage})
    return path.read_text(encoding="utf-8")


@given(before=STAGES, ran=STAGES)
def test_the_bytes_are_those_of_dvc(
    before: dict[str, Any], ran: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A stage's lines are DVC's, the others stay, and new stages come last."""
    path = tmp_path_factory.getbasetemp() / "dvc.lock"
    text = serialize.dumps_yaml({"schema": "2.0", "stages": before})
    with lock_written_by_stage():
        ours = written(path, text, ran, is_ours=True)
    assert ours == written(path, text, ran, is_ours=False)


@pytest.mark.parametrize(
    "text",
    [
        "schema: '2.0'\ndatasets:\n- name: a\nstages:\n  qa:\n    cmd: x\n",
        "schema: '2.0'\nstages:\n  qa:   # a remark\n    cmd: x\n",
        "schema: '2.0'\nstages: {qa: {cmd: x}}\n",
        "schema: '2.0'\nstages:\n  'qa':\n    cmd: x\n",
        "stages:\n  qa:\n    cmd: x\nschema: '2.0'\n",
    ],
)
def test_other_forms_are_left_to_dvc(text: str, tmp_path: Path) -> None:
    """What DVC did not write so keeps what only DVC knows to keep."""
    ran = {"dedup": {"cmd": "y", "outs": [{"path": "z", "size": 1}]}}
    with lock_written_by_stage():
        ours = written(tmp_path / "dvc.lock", text, ran, is_ours=True)
    assert ours == written(tmp_path / "dvc.lock", text, ran, is_ours=False)
    assert dvcfile.modify_yaml is serialize.modify_yaml
