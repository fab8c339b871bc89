"""What TRL, LLaMA-Factory, Label Studio and Argilla themselves say of what is written here.

    python -m venv apart
    apart/bin/pip install label-studio-sdk argilla transformers datasets
    apart/bin/pip install --no-deps trl llamafactory
    apart/bin/python benchmarks/consumers.py TRAINING OPEN_LABEL_STUDIO OPEN_ARGILLA

TRAINING is data/export/training with all formats; the others are what `faucet review --export`
writes. Neither trainer's modules for data need torch, but the packages around them do: those are
skipped, and each module is loaded from its own file. Ends with 1 where anything is refused.
"""

import argparse
import importlib.machinery
import importlib.util
import json
import logging
import sys
import types
from pathlib import Path
from typing import Any

from datasets import load_dataset

_VERDICT_OF = {"pair": "accept", "proposal": "keep_both"}


def skipped(name: str, folder: Path | None = None, **values: object) -> types.ModuleType:
    """Return a package whose __init__ is not run: its modules are found in folder, if any."""
    module = types.ModuleType(name)
    module.__path__ = [str(folder)] if folder else []
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    for key, value in values.items():
        setattr(module, key, value)
    sys.modules[name] = module
    return module


def folder_of(package: str) -> Path:
    """Return where a package is installed, without loading it."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        sys.exit(f"pip install --no-deps {package}")
    return Path(found.origin).parent


def rows_of(path: Path) -> Any:
    """Return the rows of a training file as `datasets` reads them."""
    return load_dataset("json", data_files=str(path), split="train")


def trl(training: Path) -> list[str]:
    """Return what TRL says against the files of its forms."""
    skipped("trl", folder_of("trl"))
    data_utils = importlib.import_module("trl.data_utils")
    wanted = {"messages": True, "prompt_completion": False, "preferences": True}
    faults = []
    for form, is_chat in wanted.items():
        for path in sorted((training / form).glob("*.jsonl")):
            rows = rows_of(path)
            said = [data_utils.is_conversational(row) for row in rows]
            faults += [f"{path}: is_conversational {not is_chat}"] * (set(said) != {is_chat})
            if form == "preferences":
                apart = rows.map(data_utils.maybe_extract_prompt)
                faults += [f"{path}: another prompt"] * (apart["prompt"] != rows["prompt"])
                halves = data_utils.unpair_preference_dataset(rows)
                faults += [f"{path}: {len(halves)} halves"] * (len(halves) != 2 * len(rows))
            print(f"TRL, {form}/{path.name}: {len(rows):,} rows")
    return faults


def llama_factory(training: Path) -> list[str]:
    """Return what LLaMA-Factory says against the data sets of dataset_info.json."""
    folder = folder_of("llamafactory")
    skipped("llamafactory", folder)
    skipped("llamafactory.data", folder / "data")
    skipped("llamafactory.extras", folder / "extras")
    skipped("llamafactory.extras.constants", DATA_CONFIG="dataset_info.json")
    skipped("llamafactory.extras.misc", use_modelscope=bool, use_openmind=bool)
    logs = skipped("llamafactory.extras.logging", get_logger=lambda _: _Warnings())
    sys.modules["llamafactory.extras"].logging = logs
    roles = _roles(folder / "data/data_utils.py")
    skipped("llamafactory.data.data_utils", Role=roles)
    parser = importlib.import_module("llamafactory.data.parser")
    converter = importlib.import_module("llamafactory.data.converter")
    names = list(json.loads((training / "dataset_info.json").read_bytes()))
    faults = []
    for name, attributes in zip(names, parser.get_dataset_list(names, str(training)), strict=True):
        convert = converter.get_dataset_converter(attributes.formatting, attributes, None)
        rows = rows_of(training / attributes.dataset_name)
        made = [convert(row) for row in rows]
        answers = 2 if attributes.ranking else 1
        bad = [one for one in made if not one["_prompt"] or len(one["_response"]) != answers]
        bad += [one for one in made if {x["role"] for x in one["_response"]} != {"assistant"}]
        faults += [f"LLaMA-Factory, {name}: {len(bad)} rows are skipped or misread"] * bool(bad)
        print(f"LLaMA-Factory, {name}: {len(made):,} rows as {attributes.formatting}")
    return faults + _Warnings.seen


class _Warnings(logging.Logger):
    """Keeps what LLaMA-Factory warns of."""

    seen: list[str] = []  # noqa: RUF012 - one list for all of its modules

    def __init__(self) -> None:
        super().__init__("warnings")

    def warning_rank0(self, message: str) -> None:
        self.seen.append(message[:200])


def _roles(path: Path) -> Any:
    """Return the class Role of a module that loads torch for other reasons."""
    source = path.read_text(encoding="utf-8")
    start = source.index("class Role(")
    names: dict[str, Any] = {}
    head = "from enum import Enum, StrEnum, unique\n"
    body = source[start:].split("\n\n\n")[0]
    exec(head + body, names)  # noqa: S102 - the installed package's own lines
    return names["Role"]


def label_studio(tasks: Path, config: Path) -> list[str]:
    """Return what Label Studio's SDK says against tasks, predictions and answers to them."""
    from label_studio_sdk.label_interface import LabelInterface  # noqa: PLC0415 - slow to load

    interface = LabelInterface(config.read_text(encoding="utf-8"))
    interface.validate()
    faults = []
    found = json.loads(tasks.read_bytes())
    for number, task in enumerate(found, start=1):
        is_shown = interface.validate_task({"data": task["data"]})  # it asks for no more by itself
        faults += [f"task {number} is refused"] * (not is_shown)
        faults += [
            f"task {number}: a prediction is refused"
            for one in task["predictions"]
            if not interface.validate_prediction(one)
        ]
        chosen = {"choices": [_VERDICT_OF[task["data"]["kind"]]]}
        answer = {"from_name": "verdict", "to_name": "question", "type": "choices"}
        note = {"from_name": "note", "to_name": "question", "type": "textarea"}
        result = [{**answer, "value": chosen}, {**note, "value": {"text": ["why"]}}]
        is_known = interface.validate_annotation({"result": result})
        faults += [f"task {number}: its answer is refused"] * (not is_known)
        unknown = [{**answer, "value": {"choices": ["perhaps"]}}]
        is_taken = interface.validate_annotation({"result": unknown})
        faults += [f"task {number}: an unknown choice is taken"] * is_taken
    print(f"Label Studio: {len(found):,} tasks with predictions and answers")
    return faults


def argilla(records: Path) -> list[str]:
    """Return what Argilla's own reader of records says against ours."""
    from argilla._models import RecordModel  # noqa: PLC0415 - slow to load
    from argilla.records._resource import Record  # noqa: PLC0415 - as above

    faults = []
    found = json.loads(records.read_bytes())
    for number, given in enumerate(found, start=1):
        record = Record.from_dict(given)
        again = record.to_dict()
        for key in ("fields", "metadata", "suggestions"):
            faults += [f"record {number}: {key} changes"] * (again[key] != given[key])
        faults += [] if isinstance(record.api_model(), RecordModel) else [f"record {number}"]
    print(f"Argilla: {len(found):,} records there and back")
    return faults


def main() -> None:
    """Ask each of the four, print what they read and what they refuse."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("training", "label_studio", "argilla"):
        asked.add_argument(name, type=Path)
    given = asked.parse_args()
    config = Path(__file__).parents[1] / "docs/label_studio.xml"
    faults = [
        *trl(given.training),
        *llama_factory(given.training),
        *label_studio(given.label_studio, config),
        *argilla(given.argilla),
    ]
    print("\n".join(faults) or "nothing is refused")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
