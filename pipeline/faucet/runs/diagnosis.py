"""What is wrong with a workspace itself, asked after a command failed."""

from collections.abc import Iterator

from pipeline.core.errors import UserError
from pipeline.faucet.runs.mending import conflicts, unreadable
from pipeline.params.yaml_text import load_yaml
from pipeline.workspace.git import try_git
from pipeline.workspace.layout import DVC_YAML, PARAMS
from pipeline.workspace.workspace import Workspace


def broken(root: Workspace) -> str | None:
    """Return what is wrong with a workspace itself, in one sentence with the next step.

    Asked after a command failed: the cause is then told instead of what it led to.
    """
    return next(_broken(root), None)


def _broken(root: Workspace) -> Iterator[str]:
    if try_git(root, "rev-parse", "--git-dir").returncode:
        yield f"{root} is in no git repository: `git init`, `git add -A` and `git commit` make one"
    elif try_git(root, "rev-parse", "--verify", "--quiet", "HEAD").returncode:
        yield "git has no commit yet: `git add -A` and `git commit` make the first"
    yield from conflicts(root)
    yield from filter(None, (_unusable(root, name) for name in (DVC_YAML.name, PARAMS.name)))
    yield from (
        f"{path.as_posix()} cannot be read ({fault}): `faucet repro` mends it"
        for path, fault in unreadable(root)
    )
    yield from _missing(root)


def _unusable(root: Workspace, name: str) -> str | None:
    back = f"`git checkout HEAD -- {name}` brings the committed one back"
    try:
        content = load_yaml(root / name)
    except (UserError, ValueError) as fault:  # not even UTF-8 is a ValueError
        return f"{name} cannot be read: {fault}; {back}"
    sections = (
        content.get("stages") if name == DVC_YAML.name and isinstance(content, dict) else content
    )
    return None if isinstance(sections, dict) else f"{name} holds no sections: {back}"


def _missing(root: Workspace) -> Iterator[str]:
    try:
        wirings = root.dag.wirings
    except (UserError, ValueError, TypeError, KeyError):
        return
    for wiring in wirings:
        for out in (*wiring.outs, wiring.metrics):
            if not (root / out).exists():
                yield f"{out.as_posix()} is missing: `faucet repro` makes it"
