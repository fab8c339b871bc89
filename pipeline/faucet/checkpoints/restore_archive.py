"""Bring a workspace back from this archive: `python restore.py FOLDER`.

Needs Python 3.11 and git. Every file is checked against the digest that the archive records for
it; a damaged one is named and nothing is kept of the folder.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path


def main(here: Path, target: Path) -> int:
    """Restore into a folder that does not exist yet; return the exit code."""
    if target.exists():
        print(f"{target} exists: name a new folder", file=sys.stderr)
        return 1
    manifest = json.loads((here / "manifest.json").read_text(encoding="utf-8"))
    try:
        restore(here, target, manifest)
    except (OSError, ValueError, subprocess.CalledProcessError) as fault:
        shutil.rmtree(target, ignore_errors=True)
        print(f"not restored: {fault}", file=sys.stderr)
        return 1
    print(f"restored {manifest['commit'][:12]} with {len(manifest['files'])} files to {target}")
    return 0


def restore(here: Path, target: Path, manifest: dict[str, object]) -> None:
    """Clone the history, put each output in its place and, where it was there, into DVC's cache."""
    bundle = here / "history.bundle"
    if digest(bundle, "sha256") != manifest["bundle_sha256"]:
        raise ValueError("history.bundle is damaged")
    git("clone", "--quiet", "--no-checkout", str(bundle), str(target))
    branch = manifest["branch"]
    how = ["-B", str(branch)] if branch else ["--detach"]
    git("-C", str(target), "checkout", "--quiet", *how, str(manifest["commit"]))
    git("-C", str(target), "remote", "remove", "origin")
    files, folders = manifest["files"], manifest["folders"]
    not_cached = manifest.get("not_cached", [])
    if not (isinstance(files, dict) and isinstance(folders, list) and isinstance(not_cached, list)):
        raise ValueError("manifest.json is damaged")  # noqa: TRY004 - a value of a file
    for path, md5 in files.items():
        if not (target / path).resolve().is_relative_to(target.resolve()):
            raise ValueError(f"{path} leads out of the folder")
        places = [target / path] if path in not_cached else [cached(target, md5), target / path]
        put(here / "objects" / md5, md5, *places)
    for md5 in folders:
        put(here / "objects" / md5, md5.removesuffix(".dir"), cached(target, md5))


def put(source: Path, md5: str, *places: Path) -> None:
    """Copy an object to its places; raises ValueError where it is not what its name says."""
    if digest(source, "md5") != md5:
        raise ValueError(f"objects/{source.name} is damaged")
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)


def cached(target: Path, md5: str) -> Path:
    """Return where DVC's cache keeps an object."""
    return target / ".dvc/cache/files/md5" / md5[:2] / md5[2:]


def digest(path: Path, name: str) -> str:
    """Return the digest of a file in hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, name).hexdigest()


def git(*arguments: str) -> None:
    """Run git; raises CalledProcessError where it fails."""
    subprocess.run(["git", *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent, Path(sys.argv[1])))
