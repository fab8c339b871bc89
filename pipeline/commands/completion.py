"""`faucet completion`: the script that lets a shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

_VARIABLE = "_FAUCET_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    For good: put the line of the example into ~/.bashrc, with zsh into ~/.zshrc. For fish:
    `faucet completion fish > ~/.config/fish/completions/faucet.fish`.
    """
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(ctx.find_root().command, {}, "faucet", _VARIABLE).source())
