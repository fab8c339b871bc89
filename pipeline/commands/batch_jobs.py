"""How commands print jobs at providers: lines for people, one JSON object a line for programs."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.faucet.jobs.following import Followed
    from pipeline.faucet.jobs.job import Job


def print_jobs(jobs: "Iterable[Job]", without: str, *, as_json: bool) -> None:
    """Print jobs as they are brought; without is said to people where there is none."""
    from pipeline.faucet.jobs.view import job_as_json, job_line

    found = False
    for job in jobs:
        found = True
        if as_json:
            print_json(job_as_json(job))
        else:
            click.echo(job_line(job))
    if not found and not as_json:
        click.echo(without)


def print_followed(followed: "Iterable[Followed]", *, as_json: bool) -> None:
    """Print batches with how they stand at their provider, as they are looked at."""
    from pipeline.faucet.jobs.view import followed_line, job_as_json

    found = False
    for one in followed:
        found = True
        if as_json:
            print_json(job_as_json(one.job))
        else:
            click.echo(followed_line(one))
    if not found and not as_json:
        click.echo("no batch is open")


def print_json(value: object) -> None:
    """Print a value as JSON with sorted keys."""
    click.echo(json.dumps(value, sort_keys=True))
