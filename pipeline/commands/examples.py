"""One example or two for every command, shown below its help; a test calls each of them."""

import click

EXAMPLES = {
    "init": ["faucet init kb --plan plan.csv", "faucet init garden --example garden"],
    "upgrade": ["faucet upgrade --dry-run", "faucet upgrade"],
    "check": ["faucet check answers.json", "faucet check answers.csv --map question=Frage --json"],
    "land": ["faucet land", "faucet land answers.json more.csv --agent zai"],
    "import-base": ["faucet import-base old_base.sqlite"],
    "remove": ["faucet remove 0a1b2c3d --reason 'wrong formulas'", "faucet remove --undo 0a1b2c3d"],
    "repro": ["faucet repro", "faucet repro dedup"],
    "summary": ["faucet summary", "faucet summary --json"],
    "receipts": ["faucet receipts"],
    "fresh": ["faucet fresh"],
    "desk": ["faucet desk", "faucet desk --read-only --no-browser --port 8080"],
    "ask": ['faucet ask "What does a funding rate above zero mean?" --limit 3'],
    "topics": ["faucet topics", "faucet topics --write"],
    "trace": ["faucet trace 03db2a08"],
    "dup": ["faucet dup 03db2a08 --json"],
    "review": ["faucet review", "faucet review --export open.csv"],
    "run": ["faucet run --until-idle"],
    "work": ["faucet work --agent zai --once"],
    "mcp": ["faucet mcp --agent claude"],
    "agents": ["faucet agents check"],
    "agents check": ["faucet agents check", "faucet agents check --json"],
    "agents install": ["faucet agents install", "faucet agents install --for claude --agent zai"],
    "agents hook": ["faucet agents hook --agent claude"],
    "model": ["faucet model plan", "faucet model judge --limit 50"],
    "model plan": ["faucet model plan --labelled --limit 100"],
    "model judge": ["faucet model judge --limit 50", "faucet model judge --labelled --json"],
    "model repair": ["faucet model repair --agent nora --limit 10"],
    "model status": ["faucet model status --json"],
    "model collect": ["faucet model collect", "faucet model collect --partial"],
    "model retry": ["faucet model retry"],
    "model cancel": ["faucet model cancel --all"],
    "model agreement": ["faucet model agreement --json"],
    "monitor": ["faucet monitor --once --since 12h", "faucet monitor --html flow.html"],
    "queue": ["faucet queue show", "faucet queue claim --agent zai"],
    "queue init": ["faucet queue init", "faucet queue init --agent nora"],
    "queue show": ["faucet queue show --agent zai"],
    "queue graph": ["faucet queue graph"],
    "queue add": ["faucet queue add read_paper --agent zai --after plan_paper"],
    "queue refill": ["faucet queue refill"],
    "queue claim": ["faucet queue claim --agent zai --brief"],
    "queue submit": ["faucet queue submit read_paper notes.md"],
    "queue judge": ["faucet queue judge"],
    "queue fail": ['faucet queue fail read_paper --reason "no network" --transient'],
    "queue release": ["faucet queue release read_paper"],
    "queue retry": ["faucet queue retry read_paper"],
    "queue pause": ["faucet queue pause --agent zai"],
    "queue resume": ["faucet queue resume --agent zai"],
    "embed": ["faucet embed plan", "faucet embed submit --limit 10000"],
    "embed plan": ["faucet embed plan --provider gemini"],
    "embed submit": ["faucet embed submit --limit 10000"],
    "embed status": ["faucet embed status --json"],
    "embed collect": ["faucet embed collect"],
    "embed retry": ["faucet embed retry", "faucet embed retry faucet-0a1b2c3d"],
    "embed cancel": ["faucet embed cancel faucet-0a1b2c3d", "faucet embed cancel --all"],
    "embed import": ["faucet embed import results.jsonl --provider gemini"],
    "embed now": ["faucet embed now --provider local --limit 100"],
    "embed distill": ["faucet embed distill"],
    "checkpoint": ["faucet checkpoint --tag before-review"],
    "log": ["faucet log --limit 10"],
    "restore": ["faucet restore before-review"],
    "archive": ["faucet archive backup.tar"],
    "gc": ["faucet gc", "faucet gc --keep 20 --yes"],
    "exp": ["faucet exp -S dedup.fuzzy_threshold=92"],
    "publish": ["faucet publish hf:org/name --dry-run", "faucet publish remote://store/faq"],
    "report": ["faucet report HEAD~1", "faucet report before-review --html changes.html"],
    "verify": ["faucet verify HEAD~1"],
    "fsck": ["faucet fsck", "faucet fsck --repair"],
    "completion": ['eval "$(faucet completion bash)"'],
}
"""Examples by the words of a command."""


def show_examples(group: click.Group, words: str = "") -> None:
    """Let the help of every command below group end with its examples."""
    for name, command in group.commands.items():
        path = f"{words} {name}".strip()
        if path in EXAMPLES:
            command.epilog = "\n".join(("\b", "Example:", *(f"  {e}" for e in EXAMPLES[path])))
        if isinstance(command, click.Group):
            show_examples(command, path)
