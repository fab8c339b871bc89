"""What integrate takes for one large delivery: `python benchmarks/intake.py [MB ...]`.

Makes deliveries of generated pairs with answers of about 3 KB, as one JSON list of pairs and as
JSON lines, lands each alone in a temporary clone of HEAD, runs integrate from nothing, and
prints, as Markdown, CPU seconds and the peak memory of the process by the operating system's own
accounting. `--tree` measures the working tree instead of HEAD.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.spine import Cost, cost  # noqa: E402
from pipeline.deliveries.stored import DIGEST_HEX, stored_name  # noqa: E402
from pipeline.store.digests import sha256_of  # noqa: E402

SIZES_MB = (50, 150, 350)
BYTES_PER_MB = 1_000_000
WORDS = """
    price volume trend average exchange funding rate oscillator momentum signal band wallet miner
    supply token liquidity spread order book depth risk reward stop entry exit window
""".split()  # noqa: SIM905 - a list of quotes reads worse
ANSWER_WORDS = 470


def pairs(size_bytes: int) -> Iterator[str]:
    """Yield pairs as JSON until they hold size_bytes; the same ones in every run."""
    draw = random.Random(1)  # noqa: S311 - words of a benchmark
    number = 0
    while size_bytes > 0:
        number += 1
        answer = " ".join(draw.choices(WORDS, k=ANSWER_WORDS))
        pair = {"question": f"What does reading {number} say?", "answer": answer, "tags": ["made"]}
        text = json.dumps({**pair, "difficulty": "hard", "id": number})
        size_bytes -= len(text) + 2
        yield text


def write(path: Path, size_mb: int) -> None:
    """Write a delivery of about size_mb (10^6 bytes), as its suffix says."""
    with path.open("w", encoding="utf-8") as file:
        if path.suffix == ".jsonl":
            file.writelines(f"{text}\n" for text in pairs(size_mb * BYTES_PER_MB))
            return
        opening = '{"indicator": "RSI", "qa_pairs": [\n'
        for text in pairs(size_mb * BYTES_PER_MB):
            file.write(opening + text)
            opening = ",\n"
        file.write("\n]}\n")


def measured(folder: Path, name: str, size_mb: int) -> Cost:
    """Return what integrate takes for a delivery of that name and size alone."""
    deliveries = folder / "data/deliveries"
    for used in (deliveries, folder / ".cache", folder / "data/integrate"):
        shutil.rmtree(used, ignore_errors=True)
    (deliveries / "droid").mkdir(parents=True)
    made = deliveries / "droid" / name
    write(made, size_mb)
    made.rename(made.with_name(stored_name(sha256_of(made)[:DIGEST_HEX], name.encode())))
    return cost([sys.executable, "-m", "pipeline.run", "integrate"], folder)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES_MB, metavar="MB")
    parser.add_argument("--tree", action="store_true", help="the working tree, not HEAD")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        if arguments.tree:
            shutil.rmtree(folder / "pipeline")
            shutil.copytree(ROOT / "pipeline", folder / "pipeline")
        print("| delivery | MB | CPU s | peak MB |")
        print("|---|---:|---:|---:|")
        for name in ("pairs.json", "pairs.jsonl"):
            for size_mb in arguments.sizes:
                took = measured(folder, name, size_mb)
                row = f"| {name} | {size_mb} | {took.cpu_s:.1f} | {took.peak_mb:,.0f} |"
                print(row, flush=True)


if __name__ == "__main__":
    main()
