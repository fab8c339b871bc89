"""Which texts want a vector, and what of them is there: wanted = collected + failed + missing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

import daft
import pyarrow as pa
import pyarrow.compute as pc
from daft import col

from pipeline.core.json_values import Json
from pipeline.embedding.recorded import texts_by_key
from pipeline.faucet.batches.vector_jobs import is_of
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.portions import portions_of
from pipeline.faucet.lookup import KEPT, table
from pipeline.formats.limits import token_counts, within
from pipeline.providers.provider import Provider
from pipeline.secrets.masking import without_secrets
from pipeline.store.recorded import recorded_keys
from pipeline.workspace.layout import RECORDED
from pipeline.workspace.workspace import Workspace

OVER_LIMIT = "over_limit"
PART_MISSING = "part_missing"


class VectorAccount(NamedTuple):
    """The texts of the kept pairs by what is known of their vectors; every text is in one place.

    failed has the reason by key; waited_for are the keys of open jobs, not_asked those of none,
    pair by pair, so that a bounded submit has whole pairs.
    """

    wanted: int
    collected: int
    failed: Mapping[str, str]
    waited_for: tuple[str, ...]
    not_asked: tuple[str, ...]

    @property
    def missing(self) -> int:
        """Return how many texts have neither vector nor reason."""
        return len(self.waited_for) + len(self.not_asked)

    def as_json(self) -> Json:
        """Return the counts; wanted = collected + the sum of failed + missing."""
        return {
            "wanted": self.wanted,
            "collected": self.collected,
            "failed": dict(sorted(Counter(self.failed.values()).items())),
            "missing": self.missing,
            "in_open_jobs": len(self.waited_for),
        }


class Requests(NamedTuple):
    """Texts as they are sent: key, role, text and tokens of each, and what the limit did."""

    rows: pa.Table
    cut: int
    refused: tuple[str, ...]


def wanted_texts(workspace: Workspace, provider: Provider) -> daft.DataFrame:
    """Return key, text and pair_id of every text of the kept pairs that a provider is to embed.

    Each text is there once, with the first of the pairs that it is of. Raises UserError where no
    run has kept pairs yet.
    """
    kept = table(workspace, KEPT).select("pair_id", "question", "answer")
    by_role = [texts_by_key(kept, role) for role in provider.roles]
    return (
        reduce(daft.DataFrame.concat, by_role)
        .groupby("key")
        .agg(col("text").any_value(), col("pair_id").min())
    )


def vector_account(
    workspace: Workspace, provider: Provider, jobs: Iterable[Job], texts: daft.DataFrame
) -> VectorAccount:
    """Return what is known of the vectors of texts in the space of a provider.

    Texts over the limit that the provider's entry refuses are failed without having been asked.
    Texts whose vectors were collected into a part that is not here (an older checkpoint was brought
    back, DVC has not pulled) are failed too: they were paid, and are not asked for again.
    """
    columns = texts.select("key", "pair_id").to_pydict()
    pairs = dict(zip(columns["key"], columns["pair_id"], strict=True))
    wanted = set(pairs)
    there = wanted & recorded_keys(workspace, provider.space)
    ours = [job for job in jobs if is_of(job, provider)]
    waited = {key for job in ours if job.is_open for key in job.keys} & wanted - there
    failed = {key: PART_MISSING for job in ours if is_lost(workspace, job) for key in job.keys}
    failed |= {key: why for job in ours for key, why in job.failed.items()}
    failed = {key: failed[key] for key in wanted - there - waited if key in failed}
    rest = wanted - there - waited - set(failed)
    if provider.over_limit == "refuse" and rest:
        refused = set(_too_long(texts, provider)) & rest
        failed |= dict.fromkeys(refused, OVER_LIMIT)
        rest -= refused
    account = VectorAccount(
        len(wanted),
        len(there),
        failed,
        tuple(sorted(waited)),
        tuple(sorted(rest, key=lambda key: (pairs[key], key))),
    )
    assert account.wanted == account.collected + len(account.failed) + account.missing
    return account


def is_lost(workspace: Workspace, job: Job) -> bool:
    """Return whether the vectors of a job were recorded and are not here."""
    space = RECORDED / job.plan["encoder"] / job.plan["revision"]
    return job.part is not None and not (workspace / space / job.part).is_file()


def requests_for(texts: daft.DataFrame, keys: Sequence[str], provider: Provider) -> Requests:
    """Return the texts of keys as they are sent, in order of key.

    Secrets are hidden, because the texts go to another's service; what the model wants before a
    text is put there; what is longer than it takes is cut or refused, as the provider's entry says.
    """
    asked = daft.from_arrow(pa.table({"key": pa.array(keys, pa.large_string())}))
    return _as_sent(texts.join(asked, on="key").sort("key").to_arrow().combine_chunks(), provider)


def _as_sent(found: pa.Table, provider: Provider) -> Requests:
    plain = without_secrets(found, ("text",), "mask").table
    names = plain["key"].to_pylist()
    roles = [key.partition("-")[0] for key in names]
    sent = [provider.prefixes.get(role, "") + text for role, text in zip(roles, _texts(plain))]  # noqa: B905 - of one table
    tokens = token_counts(pa.array(sent, pa.large_string())).to_pylist()
    long = [place for place, count in enumerate(tokens) if count > provider.max_tokens]
    if provider.over_limit == "cut":
        for place in long:
            sent[place] = within(sent[place], provider.max_tokens)
            tokens[place] = provider.max_tokens
    columns = {"key": names, "role": roles, "text": sent, "tokens": tokens}
    rows = pa.table(
        columns,
        schema=pa.schema(
            [(name, pa.large_string()) for name in ("key", "role", "text")]
            + [("tokens", pa.int64())]
        ),
    )
    if provider.over_limit == "cut":
        return Requests(rows, len(long), ())
    fits = pc.less_equal(rows["tokens"], provider.max_tokens)
    return Requests(rows.filter(fits), 0, tuple(names[place] for place in long))


def portions(rows: pa.Table, provider: Provider) -> Iterator[pa.Table]:
    """Yield rows in portions that one job takes: by number of requests, and by size of its file."""
    lengths = pc.binary_length(rows["text"]).to_pylist()
    sizes = (n + n // 4 + 512 for n in lengths)  # escapes of JSON, and what stands around the text
    for part in portions_of(sizes, provider):
        yield rows.slice(part.start, part.stop - part.start)


def _texts(rows: pa.Table) -> list[str]:
    texts: list[str] = rows["text"].to_pylist()
    return texts


def _too_long(texts: daft.DataFrame, provider: Provider) -> Iterator[str]:
    """Yield the keys of the texts that are longer than the model takes."""
    for batch in texts.to_arrow_iter():
        yield from _as_sent(pa.Table.from_batches([batch]), provider).refused
