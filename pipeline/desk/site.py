"""What every page of one desk shares: the workspace, its catalog, who reviews, how pages look."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pipeline.charts.frame import environment
from pipeline.core.errors import UserError
from pipeline.desk.guard import Keys
from pipeline.desk.index.catalog import Catalog
from pipeline.desk.index.senses import Vector, question_vector
from pipeline.desk.keeper import Keeper
from pipeline.domain.nouns import Nouns
from pipeline.embedding.encoders import encoder_of
from pipeline.faucet.review.items import Item
from pipeline.faucet.verdicts.book import read_book
from pipeline.reviews.force import InForce, in_force
from pipeline.store.models import read_models
from pipeline.workspace.layout import VERDICTS
from pipeline.workspace.workspace import Workspace

NAVIGATION = {
    "/": "Overview",
    "/pairs": "Pairs",
    "/review": "Review",
    "/duplicates": "Duplicates",
    "/conflicts": "Conflicts",
    "/deliveries": "Deliveries",
    "/plan": "Plan",
    "/queues": "Queues",
    "/checkpoints": "Checkpoints",
    "/ask": "Ask",
}

MOST_SHOWN = 16
"""Items that are kept as they were shown: of several tabs and reviewers, the last ones."""


@dataclass
class Site:
    """One desk.

    who signs what is written, "" where nobody is known: then the desk only shows. name is what the
    data set is called, nouns what the entries of its plan are. shown_items are the last ones that
    reviewers were shown, by what they are about: a verdict is on what was seen.
    """

    workspace: Workspace
    keeper: Keeper
    keys: Keys
    who: str
    name: str
    nouns: Nouns
    is_read_only: bool
    shown_items: dict[tuple[str, ...], Item] = field(default_factory=dict)
    _books: dict[tuple[int, int], InForce] = field(default_factory=dict)

    @property
    def can_write(self) -> bool:
        """Return whether verdicts and removals may be written here."""
        return bool(self.who) and not self.is_read_only

    @property
    def catalog(self) -> Catalog | None:
        """Return the catalog of the last run's outputs, None before there are any."""
        return self.keeper.look()

    def catalog_or_say(self) -> Catalog:
        """Return the catalog; raises UserError that says what to do where there is none."""
        catalog = self.catalog
        if catalog is None:
            nothing = "there are no pairs yet: `faucet land`, then `faucet repro`"
            raise UserError(self.keeper.fault or nothing)
        return catalog

    def book(self) -> InForce:
        """Return the verdicts in force; the book is read again once its file has changed."""
        path = self.workspace / VERDICTS
        stat = path.stat() if path.exists() else None
        key = (stat.st_size, stat.st_mtime_ns) if stat else (0, 0)
        found = self._books.get(key)
        if found is None:
            found = in_force(read_book(self.workspace))
            self._books = {key: found}
        return found

    def decided(self) -> list[str]:
        """Return the pairs that a person decided on, so that they are open no more."""
        return sorted(self.book().of_one)

    def remember(self, item: Item) -> None:
        """Keep an item that a reviewer is shown, of at most MOST_SHOWN."""
        while len(self.shown_items) >= MOST_SHOWN:
            self.shown_items.pop(next(iter(self.shown_items)), None)
        self.shown_items[item.subject] = item

    def embed(self, text: str) -> Vector:
        """Return the vector of a question; raises UserError where none can be compared with it."""
        encoder = encoder_of(self.workspace.dag.params["embed"], read_models(self.workspace.root))
        return question_vector(self.catalog_or_say().sources, encoder, text)

    def page(
        self, request: Request, template: str, *, status: int = 200, **content: Any
    ) -> Response:
        """Return a page, or a part of one, with what all of them show."""
        text = (
            environment(__package__)
            .get_template(template)
            .render(
                **content,
                site=self,
                navigation=NAVIGATION,
                path=request.url.path,
                csrf=self.keys.csrf,
                origin="",
                is_part=_is_part(request),
            )
        )
        return HTMLResponse(text, status_code=status)


def _is_part(request: Request) -> bool:
    """Return whether htmx asks for what it puts into a page, and not the browser for a page."""
    headers = request.headers
    return headers.get("hx-request") == "true" and "hx-history-restore-request" not in headers


Handler = Callable[[Site, Request], Response]
Writer = Callable[[Site, Request, dict[str, str]], Response]


def form_of(body: bytes) -> dict[str, str]:
    """Return the fields of a form as the browser sends it; of a field sent twice the last one."""
    text = body.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
