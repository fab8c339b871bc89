"""How well personal data is found in sentences of presidio-research: prints Markdown.

`python benchmarks/quality_personal.py <sentences.json> ...` reads sentences with marked spans
(`full_text`, `spans` with entity_type, start_position, end_position), such as
data/synth_dataset_v2.json of github.com/microsoft/presidio-research, which is not kept here. A
span is found where the rule's span shares at least half of it. What is found beside all spans
of the three kinds is counted too, as is what else is marked there.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.quality.personal import personal_spans  # noqa: E402

KINDS = {"PHONE_NUMBER": "telephone", "EMAIL_ADDRESS": "mail", "IBAN_CODE": "IBAN", "IBAN": "IBAN"}
SHARED = 0.5


def is_marked_well(text: str, span: dict[str, Any]) -> bool:
    """Return whether a mark stands where what it marks is: in some sentences it lies beside."""
    marked = text[span["start_position"] : span["end_position"]]
    has_value = "@" in marked or any(map(str.isdigit, marked))
    return has_value and marked.lower() == span["entity_value"].lower()


def counted(rows: list[dict[str, Any]], *, is_listing: bool) -> dict[str, list[int]]:
    """Return [found, marked] by kind, and what was found beside all marks as [number, 0]."""
    told: dict[str, list[int]] = {kind: [0, 0] for kind in sorted(set(KINDS.values()))}
    told["nothing marked"] = [0, 0]
    for row in rows:
        text, left = row["full_text"], set(personal_spans(row["full_text"]))
        for span in row["spans"]:
            start, end = span["start_position"], span["end_position"]
            need = SHARED * (end - start)
            covers = {one for one in left if min(end, one[1]) - max(start, one[0]) >= need}
            left -= covers
            kind = KINDS.get(span["entity_type"])
            if kind and is_marked_well(text, span):
                told[kind][0] += bool(covers)
                told[kind][1] += 1
                if is_listing and not covers:
                    print("MISSED", kind, repr(text[max(0, start - 50) : end + 20]))
        told["nothing marked"][0] += len(left)
        if is_listing:
            for start, end in sorted(left):
                print("FALSE", repr(text[max(0, start - 50) : end + 20]))
    return told


def main() -> None:
    """Print recall by kind and what was found in other places."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", type=Path, nargs="+")
    parser.add_argument("--missed", action="store_true", help="list what is missed or false")
    arguments = parser.parse_args()
    print("| sentences | kind | found | marked |\n|---|---|---|---|")
    for path in arguments.sentences:
        rows = json.loads(path.read_text(encoding="utf-8"))
        for kind, (hit, marked) in counted(rows, is_listing=arguments.missed).items():
            print(f"| {path.name} ({len(rows)}) | {kind} | {hit} | {marked} |")


if __name__ == "__main__":
    main()
