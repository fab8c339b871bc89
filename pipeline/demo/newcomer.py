"""An agent's command as a stranger would write it: bad work at first, better once it is told.

Reads the brief on stdin and writes to FAUCET_WORKDIR. On its first attempt it delivers what such
agents often do; when the brief tells what was wrong, it delivers worked examples.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from pipeline.generate.deliveries import indicator_document
from pipeline.generate.examples import worked_examples

INDICATOR = "Vortex Indicator"
PAIRS = 20


def main() -> None:
    """Deliver pairs on one indicator, and say what was delivered."""
    brief = sys.stdin.read()
    is_second = "What was wrong the last time" in brief
    document = _worked() if is_second else _careless()
    workdir = Path(os.environ["FAUCET_WORKDIR"])
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (workdir / "deliver" / "vortex_indicator.json").write_text(text, encoding="utf-8")
    account = {"pairs": len(document["qa_pairs"]), "heeded_the_report": is_second}
    Path(os.environ["FAUCET_RESULT"]).write_text(json.dumps(account), encoding="utf-8")
    print(f"{account['pairs']} pairs written")  # noqa: T201 - what an agent's command prints


def _worked() -> dict[str, Any]:
    return indicator_document(worked_examples(INDICATOR, PAIRS, seed=4), "second try", "2025-11-10")


def _careless() -> dict[str, Any]:
    pairs = [
        {
            "question": f"What does reading {number} of the vortex indicator mean?",
            "answer": f"[Comprehensive answer for: vortex indicator reading {number}]",
        }
        for number in range(1, PAIRS + 1)
    ]
    return {"indicator": INDICATOR, "total_pairs": PAIRS, "qa_pairs": pairs}


if __name__ == "__main__":
    main()
