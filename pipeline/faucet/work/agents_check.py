"""Whether agents can work on this machine, told before a task is given to them.

No agent is called: programs are looked for, asked for their version, and their login is looked
for in variables and files; of a file that more than a login stands in, whether it has the key.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.faucet.models.settings import chosen_model
from pipeline.faucet.queues.board import Board
from pipeline.faucet.settings import Settings
from pipeline.faucet.terminal import one_line
from pipeline.faucet.work.environment import inherited
from pipeline.providers.services import connected
from pipeline.workspace.layout import WORK
from pipeline.workspace.workspace import Workspace

_VERSION_S = 20
_VERSION = re.compile(r"\d+(?:\.\d+)+\S*")
_WRITES = ("auto_edit", "yolo", "acceptEdits", "bypassPermissions", "workspace-write", "--yes")
_NEEDS_WORD = ("gemini", "claude", "codex", "aider")
_READS_ALL = ("codex", "opencode", "llm", "aider")


class AgentState(NamedTuple):
    """What was found out about an agent: None is not known. mend says what to do, "" nothing."""

    agent: str
    program: str
    found: bool
    version: str | None
    logged_in: bool | None
    may_write: bool | None
    may_read: bool | None
    may_check: bool
    mend: str

    def line(self) -> str:
        """Return all of it on one line."""
        words = {True: "yes", False: "NO", None: "unknown"}
        parts = [
            f"found {words[self.found]}",
            f"version {self.version or 'unknown'}",
            f"logged in {words[self.logged_in]}",
            f"may write {words[self.may_write]}",
            f"may read the workspace {words[self.may_read]}",
            f"may call faucet {words[self.may_check]}",
        ]
        rest = f": {self.mend}" if self.mend else ""
        return one_line(f"{self.agent} ({self.program}): {', '.join(parts)}{rest}")


def agent_states(board: Board, settings: Settings) -> Iterator[AgentState]:
    """Yield what was found out about every agent that a command or a model is set for, by name.

    Raises UserError where the queues cannot be read or a preset is none.
    """
    queues = board.load().queues
    for agent in sorted({*settings.agents, *queues}):
        own = queues[agent].rest.get("worker") if agent in queues else None
        template = settings.template(agent, own)
        model = settings.worker(agent, own).model
        if model is not None:
            yield _model_state(board.workspace, agent, model.model)
        elif template.get("command"):
            extra = settings.worker(agent, own).environment
            yield _state(board.workspace, agent, template, inherited(extra))


def _model_state(workspace: Workspace, agent: str, name: str) -> AgentState:
    """Return what is found out about an agent that is a model: its key and its library.

    It writes nothing here and calls nothing; what it must know goes along with each request.
    """
    try:
        found = chosen_model(workspace, name)
        with connected(found):
            mend = ""
    except UserError as fault:
        mend = str(fault)
    return AgentState(
        agent=agent,
        program=f"model {name}",
        found=find_spec("httpx2") is not None,
        version=None,
        logged_in=not mend,
        may_write=True,
        may_read=True,
        may_check=True,
        mend=mend,
    )


def _state(
    workspace: Workspace, agent: str, template: Mapping[str, Any], variables: Mapping[str, str]
) -> AgentState:
    command = [str(part) for part in template["command"]]
    program = command[0]
    place = shutil.which(program, path=variables.get("PATH"))
    name = Path(program).name
    may_write = _may(name, any(part.startswith(_WRITES) for part in command))
    may_write = may_write and os.access(_nearest(workspace / WORK), os.W_OK)
    may_read = name in _READS_ALL or _may(name, any("{root}" in part for part in command))
    logged_in = _is_logged_in(template.get("login"), variables)
    checks = shutil.which("faucet", path=variables.get("PATH")) is not None
    mends = {
        f"install {name}, or put it on the PATH": place is None,
        f"log in with {name} once, or name its key in `environment`": logged_in is False,
        "let its command write files (README shows the flags)": may_write is False,
        "give its command {root} as a folder that it may read": may_read is False,
        "put .venv/bin on the PATH, so that it can call `faucet check`": not checks,
    }
    return AgentState(
        agent,
        name,
        place is not None,
        _version(place, variables) if place else None,
        logged_in,
        may_write,
        may_read,
        checks,
        "; ".join(mend for mend, is_due in mends.items() if is_due),
    )


def _may(name: str, is_flagged: bool) -> bool | None:  # noqa: FBT001 - what was found
    """Return what a flag says; of a program that we do not know, no flag says nothing."""
    return True if is_flagged else False if name in _NEEDS_WORD else None


def _nearest(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


def _is_logged_in(login: object, variables: Mapping[str, str]) -> bool | None:
    if not isinstance(login, dict):
        return None
    keys = [name for name in login.get("environment", ()) if variables.get(name)]
    return bool(keys) or any(map(_shows_login, login.get("files", ())))


def _shows_login(name: str) -> bool:
    """Return whether a file is there and, where a key is named behind its #, has that key."""
    path, _, key = name.partition("#")
    place = Path(path).expanduser()
    if not key or not place.is_file():
        return place.is_file()
    try:
        content = orjson.loads(place.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and bool(content.get(key))


def _version(place: str, variables: Mapping[str, str]) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - an argument list, no shell
            [place, "--version"],
            capture_output=True,
            check=False,
            timeout=_VERSION_S,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search((done.stdout + done.stderr).decode("utf-8", "replace"))
    return found[0][:40] if found else None
