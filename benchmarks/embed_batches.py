"""`faucet embed` end to end on real deliveries, against a provider on the loopback.

    python benchmarks/embed_batches.py DELIVERIES WORKSPACE [PAIRS]

Makes WORKSPACE (a clone of this project at HEAD with the deliveries), runs the DAG, asks the
loopback for both vectors of PAIRS pairs (10,000), collects them, switches the DAG to them, runs it,
and has `faucet verify` rebuild the commit with the provider gone. Prints a table of what each step
took and gave. The vectors are made up: figures are of the plumbing, not of meaning.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.providers.loopback import KEY, Loopback, serving  # noqa: E402

PROTOCOL = os.environ.get("PROTOCOL", "gemini")
DIMENSION = 768


def main(deliveries: Path, root: Path, pairs: int) -> None:
    """Go the whole way and print the table."""
    with serving() as loopback:
        prepare(deliveries, root, loopback)
        step(root, "run of the DAG before", "repro")
        kept = metric(root, "dedup", "kept")
        step(root, "plan", "embed", "plan", "--limit", str(2 * pairs))
        step(root, "submit", "embed", "submit", "--limit", str(2 * pairs))
        step(root, "submit again", "embed", "submit", "--limit", "1")
        step(root, "collect", "embed", "collect")
        billed = dict(loopback.billed)
    assert set(billed.values()) == {1}, "a text was paid twice"
    use_recorded(root)
    step(root, "run of the DAG with recorded vectors", "repro")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "recorded")
    step(root, "the same again", "repro")
    step(root, "verify, provider gone", "verify")
    size = sum(
        path.stat().st_size for path in (root / "data/embeddings/recorded").rglob("*.parquet")
    )
    print(f"\n{kept:,} kept pairs; {len(billed):,} texts billed, each once")
    print(f"pairs with vectors {metric(root, 'embed', 'pairs'):,}; recorded {size / 1e6:.1f} MB")


def prepare(deliveries: Path, root: Path, loopback: Loopback) -> None:
    """Make the workspace, whose provider is the loopback."""
    git(ROOT, "clone", "--quiet", str(ROOT), str(root))
    shutil.rmtree(root / "data/deliveries")
    shutil.copytree(deliveries, root / "data/deliveries")
    entry = {
        "protocol": PROTOCOL,
        "base_url": loopback.url + ("/v1" if PROTOCOL == "openai" else ""),
        "key": "LOOPBACK_KEY",
        "model": "embed-small",
        "dimension": DIMENSION,
        "batch_price": 0.075,
    }
    local = {"embeddings": "loopback", "providers": {"loopback": entry}}
    (root / "providers.local.yaml").write_text(yaml.safe_dump(local))
    for name in ("user.name", "user.email"):
        git(root, "config", name, "bench@example.org")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "deliveries")


def use_recorded(root: Path) -> None:
    """Let stage embed take what came back."""
    params = root / "params.yaml"
    text = params.read_text()
    params.write_text(text.replace("encoder: distilled", "encoder: recorded", 1))


def step(root: Path, name: str, *words: str) -> None:
    """Run a command and print a row: its CPU, wall and last line."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *words],
        cwd=root,
        env={**os.environ, "LOOPBACK_KEY": KEY, "DAFT_PROGRESS_BAR": "0", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    print(f"| {name} | {cpu:.1f} | {wall:.1f} | {' / '.join(lines[-3:])} |", flush=True)


def metric(root: Path, stage: str, name: str) -> Any:
    """Return a figure of the last run."""
    return json.loads((root / f"metrics/{stage}.json").read_bytes())[stage][name]


def git(folder: Path, *words: str) -> None:
    """Run git."""
    subprocess.run(["git", *words], cwd=folder, check=True)


if __name__ == "__main__":
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000  # noqa: PLR2004 - an optional argument
    main(Path(sys.argv[1]), Path(sys.argv[2]), count)
