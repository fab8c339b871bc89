"""Files that command lines read when they work in a workspace: written once, never over others'.

What is there stays: a settings file gains our keys beside its own, a page gains one line, and a
page of our own name that differs is left alone. Written twice, nothing changes; written for
another agent, our server and our hooks speak for that one, and nothing stands there twice.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.strict_json import BrokenJsonError, strict_json
from pipeline.faucet.settings import Settings, read_settings
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import QUEUES
from pipeline.workspace.workspace import Workspace

COMMAND_LINES = ("claude", "gemini", "codex")
_SERVER = "qa-data-factory"
_PAGE = "AGENTS.md"
_IMPORT = f"@{_PAGE}"
_OWN_PROGRAM = Path(".venv/bin/faucet")
_HOOK_S = 60
_OUR_HOOK = re.compile(r"(?<=faucet agents hook --agent )[\w-]+")
_OUR_TABLE = re.compile(rf"(?<=^\[mcp_servers\.{_SERVER}\]\n)(?:(?!\[).*\n?)*", re.MULTILINE)
_NAMED = re.compile(r'(?<="--agent", ")[^"]+')


class InstalledFile(NamedTuple):
    """A file that a command line reads; change is wrote, extended or unchanged."""

    path: str
    change: str


def agents_of(settings: Settings, names: Mapping[str, Json | None]) -> dict[str, str]:
    """Return as which agent each command line works here, by command line.

    The first agent by name that the settings, or its own queue, give the preset; else the one of
    the same name. names has every agent with a queue, and what the queue says of its worker.
    """
    templates = {
        agent: settings.template(agent, names.get(agent))
        for agent in sorted({*settings.agents, *names})
    }
    return {
        line: next((a for a, t in templates.items() if t.get("preset") == line), line)
        for line in COMMAND_LINES
    }


def has_queues(workspace: Workspace) -> bool:
    """Return whether there is a team: a new workspace has none before `faucet queue init`."""
    return any((workspace / QUEUES).glob("*_queue.json"))


def install_for_all(workspace: Workspace) -> list[InstalledFile]:
    """Write what all command lines read, for the agents that the settings name.

    Raises UserError as install does, and where the settings cannot be read.
    """
    return install(workspace, agents_of(read_settings(workspace), {}))


def install(workspace: Workspace, agents: Mapping[str, str]) -> list[InstalledFile]:
    """Write what the command lines in agents read: pages, MCP server, hooks, a skill.

    agents has the agent that each works as (COMMAND_LINES). All files are looked at before one is
    written. Raises UserError where one of them cannot be extended: it is no JSON object, or is no
    regular file of the workspace.
    """
    contents = {Path(path): content for path, content in _contents(workspace, agents)}
    return [_installed(workspace, path, content) for path, content in contents.items()]


def _contents(workspace: Workspace, agents: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield path and whole new content of every file."""
    yield _PAGE, _kept(workspace, _PAGE) or _template("agents.md.j2")
    skill = _template("skill.md.j2")
    folders = {"claude": ".claude/skills", "gemini": ".agents/skills", "codex": ".agents/skills"}
    for folder in sorted({folders[line] for line in agents}):
        path = f"{folder}/faucet-task/SKILL.md"
        yield path, _kept(workspace, path) or skill
    for line, agent in agents.items():
        yield from _WRITERS[line](workspace, agent)


def _claude(workspace: Workspace, agent: str) -> Iterator[tuple[str, bytes]]:
    page = _kept(workspace, "CLAUDE.md") or b""
    has_line = _IMPORT in page.decode("utf-8", "replace").splitlines()
    gap = b"" if not page or page.endswith(b"\n") else b"\n"
    yield "CLAUDE.md", page if has_line else page + gap + f"{_IMPORT}\n".encode()
    yield (
        ".mcp.json",
        _extended(workspace, ".mcp.json", agent, {"mcpServers": _server(workspace, agent)}),
    )
    hooks = _hooks(workspace, agent, ("SessionStart", "Stop"), _HOOK_S)
    yield (
        ".claude/settings.json",
        _extended(workspace, ".claude/settings.json", agent, {"hooks": hooks}),
    )


def _gemini(workspace: Workspace, agent: str) -> Iterator[tuple[str, bytes]]:
    path = ".gemini/settings.json"
    settings = {
        "context": {"fileName": [_PAGE]},
        "mcpServers": _server(workspace, agent),
        "hooks": _hooks(workspace, agent, ("SessionStart", "AfterAgent"), _HOOK_S * 1000),
    }
    yield path, _extended(workspace, path, agent, settings)


def _codex(workspace: Workspace, agent: str) -> Iterator[tuple[str, bytes]]:
    path = ".codex/config.toml"
    before = _OUR_TABLE.sub(
        lambda found: _NAMED.sub(agent, found[0]), (_kept(workspace, path) or b"").decode()
    ).encode()
    table = f"[mcp_servers.{_SERVER}]"
    added = (
        f'{table}\ncommand = "{_program(workspace)}"\nargs = ["mcp", "--agent", "{agent}"]\n'
    ).encode()
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    yield path, before if table.encode() in before else before + gap + added
    hooks = _hooks(workspace, agent, ("SessionStart", "Stop"), _HOOK_S)
    yield ".codex/hooks.json", _extended(workspace, ".codex/hooks.json", agent, {"hooks": hooks})


_WRITERS: Mapping[str, Callable[[Workspace, str], Iterator[tuple[str, bytes]]]] = {
    "claude": _claude,
    "gemini": _gemini,
    "codex": _codex,
}


def _server(workspace: Workspace, agent: str) -> Json:
    program = _program(workspace)
    return {_SERVER: {"command": program, "args": ["mcp", "--agent", agent]}}


def _hooks(workspace: Workspace, agent: str, events: tuple[str, ...], timeout: int) -> Json:
    """Return one command for every event; a shell of the command line's own runs it in the root."""
    program = _program(workspace)
    if program != "faucet":
        program = f'"${{CLAUDE_PROJECT_DIR:-.}}"/{program}'
    command = f"{program} agents hook --agent {agent}"
    entry = {"hooks": [{"type": "command", "command": command, "timeout": timeout}]}
    return {event: [entry] for event in events}


def _program(workspace: Workspace) -> str:
    """Return how this program is called: from the workspace's own environment, or by the PATH."""
    is_own = (workspace / _OWN_PROGRAM).is_file()
    return _OWN_PROGRAM.as_posix() if is_own else "faucet"


def _extended(workspace: Workspace, path: str, agent: str, keys: Json) -> bytes:
    """Return a settings file with our keys beside its own, all of ours for one agent."""
    content = _kept(workspace, path)
    try:
        before = strict_json(content) if content else {}
    except BrokenJsonError as broken:
        raise UserError(f"{path} line {broken.line}: {broken}: mend it, or move it away") from None
    if not isinstance(before, dict):
        raise UserError(f"{path} holds no JSON object: mend it, or move it away")
    after = _merged(_spoken_for(before, agent), keys)
    if after == before and content:
        return content
    return orjson.dumps(after, option=orjson.OPT_INDENT_2) + b"\n"


def _spoken_for(value: Any, agent: str) -> Any:
    """Return settings in which our server and our hooks, where they are there, name an agent."""
    if isinstance(value, dict):
        found = {key: _spoken_for(inner, agent) for key, inner in value.items()}
        if isinstance(server := found.get(_SERVER), dict):
            found[_SERVER] = {**server, "args": _for_agent(server.get("args"), agent)}
        return found
    if isinstance(value, list):
        return [_spoken_for(inner, agent) for inner in value]
    return _OUR_HOOK.sub(agent, value) if isinstance(value, str) else value


def _for_agent(arguments: Any, agent: str) -> Any:
    """Return the arguments of our server with another name after --agent; the rest is theirs."""
    if not isinstance(arguments, list) or "--agent" not in arguments[:-1]:
        return arguments
    at = arguments.index("--agent") + 1
    return [*arguments[:at], agent, *arguments[at + 1 :]]


def _merged(before: Any, keys: Any) -> Any:
    """Return keys added to before: objects key by key, lists by what they lack; values stay."""
    if isinstance(before, dict) and isinstance(keys, dict):
        missing = {key: value for key, value in keys.items() if key not in before}
        merged = {
            key: before[key] if key == _SERVER else _merged(before[key], value)
            for key, value in keys.items()
            if key in before
        }
        return {**before, **merged, **missing}
    if isinstance(before, list) and isinstance(keys, list):
        has_hook = any(map(_is_our_hook, before))
        lacks = [one for one in keys if one not in before and not (has_hook and _is_our_hook(one))]
        return [*before, *lacks]
    if isinstance(before, str) and isinstance(keys, list):  # a name where several may stand
        return _merged([before], keys)
    return before


def _is_our_hook(entry: Any) -> bool:
    return bool(_OUR_HOOK.search(str(entry)))


def _kept(workspace: Workspace, path: str) -> bytes | None:
    """Return what a file holds, None where there is none."""
    place = workspace / path
    for part in (place, *place.parents):
        if part == workspace.root:
            break
        if part.is_symlink() or (part == place and part.exists() and not part.is_file()):
            raise UserError(f"{path} is no regular file of the workspace: move it away")
    return place.read_bytes() if place.is_file() else None


def _installed(workspace: Workspace, path: Path, content: bytes) -> InstalledFile:
    before = _kept(workspace, path.as_posix())
    if before == content:
        return InstalledFile(path.as_posix(), "unchanged")
    write_bytes(workspace / path, content)
    return InstalledFile(path.as_posix(), "wrote" if before is None else "extended")


def _template(name: str) -> bytes:
    return resources.files(__package__).joinpath("templates", name).read_bytes()
