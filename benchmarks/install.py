"""What an installation needs: seconds, packages and MB, of the base and of each extra.

    python benchmarks/install.py [REVISION]

REVISION (default: HEAD) names the state that the base is compared with: the lock of that commit
is installed beside today's, each into an environment of its own with all hashes checked. An extra
is installed into today's base at the versions of requirements-dev.lock; its row tells what it
adds. Packages come from pip's configured index or cache; every environment is made twice and the
second time is told, so that downloads count for nobody. Writes benchmarks/install.md.
"""

import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
LOCK = "requirements.lock"


class Installed(NamedTuple):
    """An environment: seconds to make it, packages in it, MB (1024 * 1024 bytes) of its files."""

    seconds: float
    packages: int
    megabytes: float


def main() -> None:
    """Measure and write the page."""
    revision = commit_of(sys.argv[1] if len(sys.argv) > 1 else "HEAD")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        before_lock, pins = folder / "before.lock", folder / "pins.txt"
        before_lock.write_text(git("show", f"{revision}:{LOCK}"))
        pins.write_text(unhashed(ROOT / "requirements-dev.lock"))
        before = measured(folder / "before", locked(before_lock))
        base = measured(folder / "base", locked(ROOT / LOCK))
        rows = [row(f"base, {revision}", before), row("base", base, before)]
        for extra, wanted in extras.items():
            print(extra, file=sys.stderr)
            rows.append(row(f"`[{extra}]`", added(folder, wanted, pins), base))
        heaviest = largest(folder / "base")
    (ROOT / "benchmarks/install.md").write_text(page(rows, heaviest))
    print("\n".join(rows))


def locked(lock: Path) -> list[str]:
    """Return pip's arguments for all of a lock, as `make setup` calls it."""
    return ["--require-hashes", "-r", str(lock)]


def unhashed(lock: Path) -> str:
    """Return a lock's pins alone: constraints may hold no hashes where an extra is named freely."""
    lines = (line.split("\\")[0].strip() for line in lock.read_text().splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("--", "#")))


def measured(environment: Path, wanted: Iterable[str]) -> Installed:
    """Make an environment twice and return the second: the first has filled pip's cache."""
    for _ in range(2):
        shutil.rmtree(environment, ignore_errors=True)
        start = time.perf_counter()
        run(sys.executable, "-m", "venv", str(environment))
        pip_install(environment, wanted)
        seconds = time.perf_counter() - start
    return weighed(environment, seconds)


def added(folder: Path, wanted: Iterable[str], pins: Path) -> Installed:
    """Install an extra into a copy of the base and return what is there then."""
    environment = folder / "extra"
    for _ in range(2):
        shutil.rmtree(environment, ignore_errors=True)
        shutil.copytree(folder / "base", environment, symlinks=True)
        start = time.perf_counter()
        pip_install(environment, [*wanted, "-c", str(pins)])
        seconds = time.perf_counter() - start
    return weighed(environment, seconds)


def pip_install(environment: Path, wanted: Iterable[str]) -> None:
    """Run an environment's pip; a copied environment's is called by its interpreter."""
    pip = [str(environment / "bin/python"), "-m", "pip", "install", "-q", "--no-input"]
    run(*pip, "--disable-pip-version-check", *wanted)


def weighed(environment: Path, seconds: float) -> Installed:
    """Return what an environment holds."""
    packages = len(list(site_packages(environment).glob("*.dist-info")))
    return Installed(seconds, packages, bytes_below(site_packages(environment)) / 2**20)


def site_packages(environment: Path) -> Path:
    """Return where an environment's packages are."""
    return next(environment.glob("lib/python*/site-packages"))


def bytes_below(folder: Path) -> int:
    """Return the bytes of a file, or of all files below a folder."""
    files = folder.rglob("*") if folder.is_dir() else [folder]
    return sum(path.lstat().st_size for path in files if not path.is_dir())


def largest(environment: Path, count: int = 8) -> list[str]:
    """Return rows of the heaviest folders of an environment's packages."""
    sizes = {path.name: bytes_below(path) for path in site_packages(environment).iterdir()}
    heaviest = sorted(sizes, key=lambda name: (-sizes[name], name))[:count]
    return [f"| {name} | {sizes[name] / 2**20:,.0f} |" for name in heaviest]


def row(name: str, after: Installed, before: Installed | None = None) -> str:
    """Return a table's row; against before, the MB are also told as what was added."""
    more = "" if before is None else f"{after.megabytes - before.megabytes:+,.0f}"
    cells = (name, f"{after.packages}", f"{after.megabytes:,.0f}", more, f"{after.seconds:,.0f}")
    return f"| {' | '.join(cells)} |"


def page(rows: list[str], heaviest: list[str]) -> str:
    """Return the whole page of results."""
    state = f"{datetime.now(UTC):%Y-%m-%d}, {commit_of('HEAD')}, Python {sys.version.split()[0]}"
    return "\n".join(
        [
            "# What an installation needs\n",
            "    python benchmarks/install.py REVISION\n",
            f"{state}. MB are all files of site-packages, compiled modules with them. Seconds are",
            "of an environment made from pip's cache; a base adds to the line above it, an extra",
            "to the base.\n",
            "| what | packages | MB | added | seconds |",
            "|---|---|---|---|---|",
            *rows,
            "\nHeaviest folders of the base:\n",
            "| folder | MB |",
            "|---|---|",
            *heaviest,
            "",
        ]
    )


def commit_of(revision: str) -> str:
    """Return a revision's short hash."""
    return git("rev-parse", "--short", revision).strip()


def git(*arguments: str) -> str:
    """Return what git answers in this repository."""
    return run("git", "-C", str(ROOT), *arguments)


def run(*command: str) -> str:
    """Run a command and return its output; its failure ends this script with its own words."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
