"""How commands print jobs at providers: lines for people, one JSON object a line for programs."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from pipeline.core.json_values import Json

if TYPE_CHECKING:
    from pipeline.faucet.jobs.following import Followed
    from pipeline.faucet.jobs.job import Job


def print_jobs(jobs: "Iterable[Job]", without: str, *, as_json: bool) -> None:
    """Print jobs as they are brought; without is said to people where there is none."""
    from pipeline.faucet.jobs.view import job_as_json, job_line

    _print_each(((job_as_json(job), job_line(job)) for job in jobs), without, as_json=as_json)


def print_followed(followed: "Iterable[Followed]", *, as_json: bool) -> None:
    """Print batches with how they stand at their provider, as they are looked at."""
    from pipeline.faucet.jobs.view import followed_line, job_as_json

    shown = ((job_as_json(one.job), followed_line(one)) for one in followed)
    _print_each(shown, "no batch is open", as_json=as_json)


def print_status(
    followed: "Iterable[Followed]", account: Json, lines: Iterable[str], *, as_json: bool
) -> None:
    """Print how batches stand, and an account of what was to be asked for, as JSON or as lines."""
    from pipeline.faucet.jobs.view import followed_as_json, followed_line

    if as_json:
        print_json({"jobs": list(map(followed_as_json, followed)), "account": account})
    else:
        click.echo("\n".join([*map(followed_line, followed), *lines]))


def _print_each(shown: Iterable[tuple[Json, str]], without: str, *, as_json: bool) -> None:
    found = False
    for value, line in shown:
        found = True
        if as_json:
            print_json(value)
        else:
            click.echo(line)
    if not found and not as_json:
        click.echo(without)


def print_json(value: object) -> None:
    """Print a value as JSON with sorted keys."""
    click.echo(json.dumps(value, sort_keys=True))
