"""Review in bulk: one verdict on all that a filter leaves open, seen before it is written."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.desk.index.catalog import Catalog
from pipeline.desk.listing import facts_of
from pipeline.desk.pages.reviewing import KEYS, texts_of
from pipeline.desk.review_list import (
    ReviewList,
    Subject,
    asked_of,
    is_settled,
    rule_counts,
    subjects,
)
from pipeline.desk.site import Site
from pipeline.faucet.review.bulk import SAMPLE_ITEMS, write_many
from pipeline.faucet.review.items import Item, item_of
from pipeline.reviews.force import InForce

_DIGEST_BYTES = 12


class Many(NamedTuple):
    """What a bulk verdict would be about: its open subjects, and what is known of them.

    digest names exactly these: what is written is what was seen, or nothing.
    """

    subjects: list[Subject]
    digest: str
    by_verdict: dict[str, int]
    by_agent: dict[str, int]
    by_flag: dict[str, int]


def show(site: Site, request: Request) -> Response:
    """Return the preview: how many, what the rules say of them, who brought them, and a sample."""
    catalog = site.catalog_or_say()
    asked, _ = asked_of(request.url.query)
    many = _many(catalog, asked, site.book())
    return site.page(
        request,
        "review_many.html",
        asked=asked,
        many=many,
        keys=KEYS[asked.kind],
        sample=[(item, texts_of(item)) for item in _sample(site, many.subjects)],
        rules=rule_counts(catalog) if asked.kind == "proposal" else {},
        message=request.query_params.get("done", ""),
    )


def decide(site: Site, request: Request, form: dict[str, str]) -> Response:
    """Write one verdict on all that the preview showed, all or none."""
    catalog = site.catalog_or_say()
    asked, _ = asked_of(form.get("list", ""))
    verdict = form.get("verdict", "")
    if verdict not in KEYS[asked.kind]:
        raise UserError(f"{verdict[:40]!r} is no verdict on a {asked.kind}: nothing was written")
    many = _many(catalog, asked, site.book())
    if many.digest != form.get("digest"):
        raise UserError(
            "nothing was written: others decided on some of these meanwhile, or a run changed them;"
            " go back, load the preview again and look once more"
        )
    chosen = " ".join(filter(None, (asked.address(), form.get("note", ""))))
    ids = [(one[0], one[1] if len(one) > 1 else "") for one in many.subjects]
    written = write_many(site.workspace, ids, verdict, site.who, chosen)
    done = f"{counted(written, 'verdict')} written: {verdict.replace('_', ' ')}"
    return site.page(request, "done.html", message=done, address=f"/review?{asked.address()}")


def _many(catalog: Catalog, asked: ReviewList, book: InForce) -> Many:
    listed = [one for one in subjects(catalog, asked) if not is_settled(one, book)]
    facts = facts_of(catalog, sorted({pair_id for one in listed for pair_id in one}))
    known = [facts[pair_id] for one in listed for pair_id in one if pair_id in facts]
    return Many(
        listed,
        _digest(listed),
        _counted([row["verdict"] for row in known]),
        _counted([agent for row in known for agent in row["agents"]]),
        _counted([flag for row in known for flag in row["flags"]]),
    )


def _sample(site: Site, listed: Sequence[Subject]) -> list[Item]:
    """Return a few of the subjects, drawn by their ids, as `faucet review --bulk` draws them."""
    drawn = sorted(listed, key=lambda one: _hash("".join(one)))[:SAMPLE_ITEMS]
    return [item_of(site.workspace, subject) for subject in drawn]


def _digest(listed: Sequence[Subject]) -> str:
    return _hash(" ".join("+".join(one) for one in sorted(listed)))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _counted(words: Sequence[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))
