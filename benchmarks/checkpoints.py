"""What checkpoints of 100 more pairs cost in disk: DVC's cache and git's store, step by step.

`python benchmarks/checkpoints.py DELIVERIES 10` clones HEAD into a temporary folder (below
`--folder`, which stays, where that is given), lands the deliveries, and makes a checkpoint of them
and then so many more, each of 100 new pairs, by `faucet checkpoint`. Prints Markdown, a row as soon
as it is known: what each step adds to both, then what `faucet gc --yes` and `git gc` leave.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from spine import NEW_PAIRS, ROOT, cache_mb, land_more, new_delivery

FAUCET = [sys.executable, "-P", "-m", "pipeline.cli"]


def run(clone: Path, *command: str) -> None:
    """Run a command in a clone, with its code, quietly; stop where it fails."""
    environment = {**os.environ, "PYTHONPATH": str(clone)}
    subprocess.run(
        command, cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=None
    )


def git_mb(clone: Path) -> float:
    """Return what git's store holds, in 10^6 bytes."""
    objects = (clone / ".git").rglob("*")
    return sum(path.stat().st_size for path in objects if path.is_file()) / 1e6


def measure(deliveries: Path, steps: int, folder: Path) -> None:
    """Print the table of one measurement in folder."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    for name, value in (("user.name", "bench"), ("user.email", "bench@example.org")):
        run(clone, "git", "config", name, value)
    run(clone, *FAUCET, "fresh", "--force")
    run(clone, "git", "add", "-A")
    run(clone, "git", "commit", "-qm", "chore: an empty base")
    print("| checkpoint | DVC's cache MB | more | .git MB | more |")
    print("|---|---:|---:|---:|---:|")
    cached, stored = cache_mb(clone), git_mb(clone)
    for step in range(steps + 1):
        if step == 0:
            run(clone, *FAUCET, "land", str(deliveries))
        else:
            land_more(FAUCET, clone, new_delivery(folder, seed=1000 + step))
        run(clone, *FAUCET, "checkpoint")
        now = cache_mb(clone), git_mb(clone)
        name = f"{NEW_PAIRS} more, {step}" if step else "the deliveries"
        print(
            f"| {name} | {now[0]:,.1f} | {now[0] - cached:,.1f} | {now[1]:,.1f} |"
            f" {now[1] - stored:,.2f} |",
            flush=True,
        )
        cached, stored = now
    run(clone, *FAUCET, "gc", "--yes")
    run(clone, "git", "gc", "-q")
    print(f"| after `faucet gc`, `git gc` | {cache_mb(clone):,.1f} | | {git_mb(clone):,.1f} | |")


def main() -> None:
    """Measure on the folder of deliveries that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deliveries", type=Path, help="a folder of deliveries, by agent")
    parser.add_argument("steps", type=int)
    parser.add_argument("--folder", type=Path, help="where the clone stays")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="checkpoints-") as temporary:
        folder = arguments.folder or Path(temporary)
        measure(arguments.deliveries.resolve(), arguments.steps, folder.resolve())


if __name__ == "__main__":
    main()
