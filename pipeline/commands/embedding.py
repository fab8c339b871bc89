"""`faucet embed`: vectors from a provider, in batches or online, and tables of a base's own."""

from pathlib import Path

import click

from pipeline.commands.batch_jobs import print_followed, print_jobs, print_json, print_status
from pipeline.commands.distilling import distill
from pipeline.commands.program import Subcommands
from pipeline.workspace.workspace import find_workspace

_PROVIDER = click.option("--provider", "name", help="A provider of providers.yaml.")
_LIMIT = click.option("--limit", type=click.IntRange(min=1), help="At most so many texts.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(cls=Subcommands)
def embed() -> None:
    """Ask a provider for vectors, or make a table of word vectors of your own.

    What a provider gave is an input of the DAG (data/embeddings/recorded): with `embed.encoder:
    recorded` runs use it, offline and exactly. docs/embeddings.md tells the whole way.
    """


embed.add_command(distill)


@embed.command()
@_LIMIT
@_PROVIDER
@_JSON
def plan(limit: int | None, name: str | None, *, as_json: bool) -> None:
    """Say what is wanted, there and missing, and what a submit would send and cost."""
    from pipeline.faucet.batches.planning import plan_submit
    from pipeline.faucet.batches.settings import chosen_provider
    from pipeline.faucet.batches.view import plan_lines

    workspace = find_workspace(Path.cwd())
    provider = chosen_provider(workspace, name)
    found = plan_submit(workspace, provider, limit)
    if as_json:
        print_json(found.as_json(provider))
    else:
        click.echo("\n".join(plan_lines(found, provider)))


@embed.command()
@_LIMIT
@_PROVIDER
@_JSON
def submit(limit: int | None, name: str | None, *, as_json: bool) -> None:
    """Hand texts without a vector to the provider, in batches; each is asked for once.

    Jobs that a killed command left half way go on first. The ledger in data/embeddings/jobs says
    what was begun and done.
    """
    from pipeline.faucet.batches.settings import chosen_provider
    from pipeline.faucet.batches.submitting import submit as hand_over
    from pipeline.providers.services import batch_service

    workspace = find_workspace(Path.cwd())
    provider = chosen_provider(workspace, name)
    with batch_service(provider) as service:
        print_jobs(
            hand_over(workspace, provider, service, limit=limit),
            "nothing is left to ask for: `faucet embed status`",
            as_json=as_json,
        )


@embed.command()
@_PROVIDER
@_JSON
def status(name: str | None, *, as_json: bool) -> None:
    """Ask the provider how open batches stand, and count the texts."""
    from pipeline.faucet.batches.settings import chosen_provider
    from pipeline.faucet.batches.vector_jobs import VECTORS
    from pipeline.faucet.batches.wanted import vector_account, wanted_texts
    from pipeline.faucet.jobs.following import follow
    from pipeline.faucet.jobs.ledger import read_jobs
    from pipeline.faucet.jobs.view import account_lines
    from pipeline.providers.services import batch_service

    workspace = find_workspace(Path.cwd())
    provider = chosen_provider(workspace, name)
    is_asked = any(job.is_open and job.kind == "batch" for job in read_jobs(workspace, VECTORS))
    followed = []
    if is_asked:
        with batch_service(provider) as service:
            followed = list(follow(workspace, VECTORS, provider.name, service))
    texts = wanted_texts(workspace, provider).collect()
    account = vector_account(workspace, provider, read_jobs(workspace, VECTORS), texts)
    lines = account_lines(account, len(account.waited_for), VECTORS.noun)
    print_status(followed, account.as_json(), lines, as_json=as_json)


@embed.command()
@click.option("--partial", "is_partial", is_flag=True, help="Take fewer results than announced.")
@_PROVIDER
@_JSON
def collect(name: str | None, *, is_partial: bool, as_json: bool) -> None:
    """Fetch the results of batches that ended, and record their vectors."""
    from pipeline.faucet.batches.collecting import collect as bring_home
    from pipeline.faucet.batches.settings import chosen_provider
    from pipeline.providers.services import batch_service

    workspace = find_workspace(Path.cwd())
    provider = chosen_provider(workspace, name)
    with batch_service(provider) as service:
        followed = bring_home(workspace, provider, service, is_partial=is_partial)
        print_followed(followed, as_json=as_json)


@embed.command()
@click.argument("job", required=False)
@_PROVIDER
@_JSON
def retry(job: str | None, name: str | None, *, as_json: bool) -> None:
    """Ask again for texts that failed, of one JOB or of all."""
    from pipeline.faucet.batches.retrying import release
    from pipeline.faucet.batches.settings import chosen_provider
    from pipeline.faucet.batches.submitting import submit as hand_over
    from pipeline.providers.services import batch_service

    workspace = find_workspace(Path.cwd())
    provider = chosen_provider(workspace, name)
    with batch_service(provider) as service:
        keys = release(workspace, provider, job)
        jobs = hand_over(workspace, provider, service, keys=keys)
        print_jobs(jobs, "no text failed", as_json=as_json)


@embed.command()
@click.argument("job", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every open batch of the provider.")
@_PROVIDER
@_JSON
def cancel(job: str | None, name: str | None, *, is_all: bool, as_json: bool) -> None:
    """Ask the provider to stop JOB; what it has done until then is still collected."""
    from pipeline.faucet.batches.settings import chosen_provider
    from pipeline.faucet.batches.vector_jobs import VECTORS
    from pipeline.faucet.jobs.following import cancel as stop
    from pipeline.providers.services import batch_service

    if (job is None) != is_all:
        raise click.UsageError("name a JOB, or give --all")
    workspace = find_workspace(Path.cwd())
    provider = chosen_provider(workspace, name)
    with batch_service(provider) as service:
        jobs = stop(workspace, VECTORS, provider.name, service, job)
        print_jobs(jobs, "no batch is open", as_json=as_json)


@embed.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_PROVIDER
@_JSON
def import_(file: Path, name: str | None, *, as_json: bool) -> None:
    """Record the vectors of FILE, results of a provider that somebody fetched by hand.

    Its lines have the keys of requests, or the pair ids of the files in data/format.
    """
    from pipeline.faucet.batches.importing import import_results
    from pipeline.faucet.batches.settings import chosen_provider

    workspace = find_workspace(Path.cwd())
    job = import_results(workspace, chosen_provider(workspace, name), file)
    print_jobs([job] if job else [], "all of it was recorded before", as_json=as_json)


@embed.command()
@_LIMIT
@_PROVIDER
@_JSON
def now(limit: int | None, name: str | None, *, as_json: bool) -> None:
    """Ask for vectors online: Ollama, vLLM, TEI, LM Studio, OpenAI and what speaks like it."""
    from pipeline.faucet.batches.asking_now import embed_now
    from pipeline.faucet.batches.settings import chosen_provider
    from pipeline.providers.services import connected

    workspace = find_workspace(Path.cwd())
    provider = chosen_provider(workspace, name)
    with connected(provider) as connection:
        print_jobs(
            embed_now(workspace, provider, connection, limit=limit),
            "no text is without a vector",
            as_json=as_json,
        )
