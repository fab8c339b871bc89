"""Models of a base's own, for the encoders: every file below data/domain/encoders."""

from pathlib import Path

from pipeline.core.ids import content_digest
from pipeline.core.models import ModelFile
from pipeline.workspace.layout import ENCODERS

_NO_MODELS = frozenset({".md", ".dvc", ""})


def read_models(root: Path) -> list[ModelFile]:
    """Return name (from the folder), path and SHA-256 of each model below root, sorted by name."""
    folder = root / ENCODERS
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in _NO_MODELS)
    return [
        ModelFile(file.relative_to(folder).as_posix(), str(file), content_digest(file.read_bytes()))
        for file in files
    ]
