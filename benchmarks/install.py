"""How long base and each extra take to install, and how much disk: `python benchmarks/install.py`.

Everything goes into virtual environments of a temporary folder; what pip has in its cache is taken
from there, so that a second run measures unpacking and not the line. Prints a Markdown table.
"""

import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
OF_THE_LOCK = ("--require-hashes", "-r", "requirements.lock")
OF_US = ("--no-build-isolation", "-c", "requirements-dev.lock")


def installed(home: Path, *arguments: str) -> tuple[float, float]:
    """Return seconds that pip took in an environment, and the MB that it then holds."""
    began = time.monotonic()
    pip = (home / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    subprocess.run([*pip, *arguments], cwd=ROOT, check=True)
    return time.monotonic() - began, megabytes(home)


def megabytes(home: Path) -> float:
    """Return how much the files of an environment hold, each once however often it is linked."""
    files = {(s.st_dev, s.st_ino): s.st_size for s in map(Path.lstat, home.rglob("*"))}
    return sum(files.values()) / 1e6


def main(names: list[str]) -> None:
    """Measure base, then the extras of these names on top of it; all where none is named."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = names or sorted(declared["project"]["optional-dependencies"])
    print("| what | seconds | MB |\n|---|---:|---:|", flush=True)
    with TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        subprocess.run([sys.executable, "-m", "venv", str(base)], check=True)
        empty = megabytes(base)
        took_s, held = installed(base, *OF_THE_LOCK)
        print(f"| base | {took_s:.0f} | {held - empty:.0f} |", flush=True)
        for extra in extras:
            home = Path(folder) / extra
            shutil.copytree(base, home, symlinks=True)
            took_s, with_extra = installed(home, *OF_US, f".[{extra}]")
            print(f"| `[{extra}]` more | {took_s:.0f} | {with_extra - held:.0f} |", flush=True)
            shutil.rmtree(home)


if __name__ == "__main__":
    main(sys.argv[1:])
