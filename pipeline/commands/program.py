"""The program itself: its commands in groups, and how each of them ends."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.core.errors import INTERRUPTED, STOPPED, UserError, disk_fault
from pipeline.faucet.terminal import one_line, paragraphs
from pipeline.workspace.workspace import find_workspace

_WHOLE_SENTENCE_CHARS = 300


class Program(click.Group):
    """A group that lists its commands in sections and ends each with a sentence and a code.

    Sections is the order of README. A UserError ends with its sentence and exit code 1, Ctrl-C
    with 130, a full or failing disk with what mends it. Whatever else is raised in a workspace
    that is broken itself is told as what is broken, with the fault behind it; in a sound one it
    is a bug and keeps its traceback. Names of files in a sentence steer no terminal.
    """

    sections: Mapping[str, Sequence[str]] = {}

    def make_context(self, *words: Any, **settings: Any) -> click.Context:
        """Read the words of a call; Ctrl-C meanwhile ends it as it does later."""
        try:
            return super().make_context(*words, **settings)
        except click.ClickException as fault:
            raise _plain(fault) from None
        except KeyboardInterrupt:
            click.echo(f"\n{STOPPED}", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command that was named, and end it as the class says."""
        try:
            return super().invoke(ctx)
        except UserError as fault:
            raise click.ClickException(paragraphs(_cause(fault))) from None
        except (KeyboardInterrupt, click.Abort):
            click.echo(f"\n{STOPPED}", err=True)
            ctx.exit(INTERRUPTED)
        except click.ClickException as fault:
            raise _plain(fault) from None
        except (click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as fault:
            if isinstance(fault, OSError) and (of_disk := disk_fault(fault)):
                raise click.ClickException(paragraphs(of_disk)) from fault
            if (cause := _broken()) is None:
                raise
            what = one_line(f"{type(fault).__name__}: {fault}")
            raise click.ClickException(f"{cause} (what failed: {what})") from fault

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands section by section, each with its whole first sentence."""
        for title, names in self.sections.items():
            commands = [(name, self.commands[name]) for name in names]
            with formatter.section(title):
                formatter.write_dl(
                    [
                        (name, cmd.get_short_help_str(_WHOLE_SENTENCE_CHARS))
                        for name, cmd in commands
                    ]
                )


class Subcommands(click.Group):
    """A group within the program; its list shows whole sentences, too."""

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in the order in which they were added."""
        rows = [
            (name, command.get_short_help_str(_WHOLE_SENTENCE_CHARS))
            for name, command in self.commands.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _plain(fault: click.ClickException) -> click.ClickException:
    """Return a fault whose sentence steers no terminal, whoever wrote it: click, DVC, we."""
    vars(fault)["message"] = paragraphs(fault.message)  # final for mypy, and of click alone
    return fault


def _cause(fault: UserError) -> str:
    """Return what a command ends with: what is broken, where its fault speaks of just that."""
    cause = _broken()
    if cause is None:
        return str(fault)
    subject = cause.split(" ", 1)[0]
    speaks_of_it = str(fault).startswith(subject) or f" {subject} " in f" {fault} "
    return cause if speaks_of_it or str(fault).startswith("git ") else str(fault)


def _broken() -> str | None:
    from pipeline.faucet.runs.diagnosis import broken

    try:
        return broken(find_workspace(Path.cwd()))
    except (UserError, OSError):  # a file that may not be read is told by who wanted it
        return None
