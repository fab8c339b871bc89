"""`faucet`: what people and agents call. A command is a library call and nothing more."""

if __name__ == "__main__":
    from pipeline.start import main

    main()  # loads this module under its name; nothing below comes into its way

import click

from pipeline.commands.agents import agents
from pipeline.commands.checkpoints import archive, checkpoint, gc, import_base, restore
from pipeline.commands.completion import completion
from pipeline.commands.deliveries import check, fresh, land, receipts, remove
from pipeline.commands.desk import desk
from pipeline.commands.embedding import embed
from pipeline.commands.examples import show_examples
from pipeline.commands.fsck import fsck
from pipeline.commands.looking import ask, dup, review, trace
from pipeline.commands.mcp import mcp
from pipeline.commands.model import model
from pipeline.commands.monitor import log, monitor
from pipeline.commands.program import Program
from pipeline.commands.publishing import publish
from pipeline.commands.queue import queue
from pipeline.commands.running import exp, report, repro, summary, verify
from pipeline.commands.starting import init, upgrade
from pipeline.commands.topics import topics
from pipeline.commands.work import run, work

SECTIONS: dict[str, tuple[click.Command, ...]] = {
    "Start": (init, upgrade),
    "Bring in deliveries": (check, land, import_base, repro, summary, receipts, remove, fresh),
    "Look into it, and decide": (desk, ask, topics, trace, dup, review),
    "Keep agents busy": (queue, run, work, agents, model, mcp, monitor),
    "Meaning": (embed,),
    "Checkpoints": (checkpoint, log, restore, archive, publish, gc),
    "Experiment and prove": (exp, report, verify, fsck),
    "This program": (completion,),
}
"""The commands as README has them."""


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qa-data-factory")
def faucet() -> None:
    """Turn deliveries of question-answer pairs into a data set that can be trusted.

    Exit codes: 0 done, 1 failed or refused, 2 called wrongly, 75 nothing to do now, 130 stopped
    by Ctrl-C. `faucet COMMAND --help` has an example; --json is for programs.
    """


for commands in SECTIONS.values():
    for command in commands:
        faucet.add_command(command)
faucet.sections = {
    title: tuple(str(one.name) for one in commands) for title, commands in SECTIONS.items()
}
show_examples(faucet)
