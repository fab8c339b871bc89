"""Review, one after the other: what the rules leave to people, and what a person says of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pipeline.charts.label import printable
from pipeline.core.errors import UserError
from pipeline.desk.index.catalog import Catalog
from pipeline.desk.marking import differing, flagged
from pipeline.desk.review_list import (
    ReviewList,
    Subject,
    asked_of,
    first_open,
    last_line,
    progress,
    rule_counts,
    subjects,
)
from pipeline.desk.site import Site
from pipeline.faucet.review.agreement import agreement
from pipeline.faucet.review.items import Item, Kind, item_of
from pipeline.faucet.review.whys import WHYS, note_of, why_of
from pipeline.faucet.review.withdrawing import withdraw
from pipeline.faucet.verdicts.book import append, append_edit, now
from pipeline.reviews.records import NOTE, Edit, Verdict

KEYS: dict[Kind, dict[str, tuple[str, str]]] = {
    "pair": {"accept": ("a", "Accept"), "reject": ("r", "Reject")},
    "proposal": {
        "merge": ("m", "Merge"),
        "keep_apart": ("d", "Keep apart"),
        "keep_both": ("o", "Keep both"),
        "better_of_rerun": ("w", "Keep the better"),
    },
}
"""Verdict -> its key and its name, by what is decided."""

_EDITED = "edited"


def show(site: Site, request: Request) -> Response:
    """Return the subject that the address stands at, the first open one where it names none."""
    catalog = site.catalog_or_say()
    asked, at = asked_of(request.url.query)
    listed = subjects(catalog, asked)
    subject = at or first_open(listed, site.book()) or (listed[-1] if listed else ())
    return _shown(site, request, catalog, asked, listed, subject)


def show_agreement(site: Site, request: Request) -> Response:
    """Return the part of the page that tells how people and rules agree."""
    return site.page(request, "agreement.html", report=agreement(site.workspace))


def decide(site: Site, request: Request, form: dict[str, str]) -> Response:
    """Write what a person says into the book, then show the next open subject.

    Where somebody else decided since the page was shown, nothing is written until the reviewer
    says so: both lines would be in the book, and the later one would count.
    """
    catalog = site.catalog_or_say()
    asked, _ = asked_of(form.get("list", ""))
    subject = tuple(sorted(filter(None, (form.get("pair_id", ""), form.get("other_id", "")))))
    listed = subjects(catalog, asked)
    line = last_line(subject, site.book())
    seen = form.get("seen", "")
    if (line.when if line else "") != seen and not form.get("anyway"):
        return _shown(site, request, catalog, asked, listed, subject, form=form, clash=line)
    verdict = form.get("verdict", "")
    item = site.shown_items.pop(subject, None) or item_of(site.workspace, subject)
    message = _write(site, item, verdict, form)
    if verdict == NOTE:
        return _shown(site, request, catalog, asked, listed, subject, message=message)
    if asked.is_blind:
        message += f"; the rules say {_ruled(item)}"
    following = first_open(listed, site.book(), subject) or subject
    return _shown(site, request, catalog, asked, listed, following, message=message, undo=subject)


def undo(site: Site, request: Request, form: dict[str, str]) -> Response:
    """Take the verdict in force on a subject back, as `faucet review --withdraw` does."""
    catalog = site.catalog_or_say()
    asked, _ = asked_of(form.get("list", ""))
    subject = tuple(sorted(form.get("subject", "").split("+")))[:2]
    other = subject[1] if len(subject) > 1 else None
    line = withdraw(site.workspace, subject[0], other, site.who)
    message = f"taken back: {_word(line.verdict)} by {line.who}"
    return _shown(site, request, catalog, asked, subjects(catalog, asked), subject, message=message)


def _write(site: Site, item: Item, verdict: str, form: dict[str, str]) -> str:
    """Write one verdict, with an edit where the texts were changed; return what was done."""
    if verdict not in (*KEYS[item.kind], NOTE):
        raise UserError(f"{verdict[:40]!r} is no verdict on a {item.kind}: nothing was written")
    note = note_of(item.kind, form.get("why", ""), form.get("note", ""))
    if verdict == NOTE and not note:
        raise UserError("a note needs words: nothing was written")
    edit = _edit(site, item, form) if verdict == "accept" else None
    line = Verdict(
        now(), site.who, verdict, item.pair_id, item.other_id, note or (_EDITED if edit else "")
    )
    if edit is not None:
        append_edit(site.workspace, edit._replace(when=line.when))
    append(site.workspace, [line])
    return "noted" if verdict == NOTE else f"written: {_word(verdict)}{', edited' if edit else ''}"


def _edit(site: Site, item: Item, form: dict[str, str]) -> Edit | None:
    """Return the edit that a form holds, None where its texts are those that were shown."""
    question, answer = (_as_sent(form.get(name, "")) for name in ("question", "answer"))
    shown = (_as_sent(printable(item.question)), _as_sent(printable(item.answer)))
    if not (question or answer) or (question, answer) == shown:
        return None
    return Edit("", site.who, item.pair_id, question, answer)


def _as_sent(text: str) -> str:
    """Return text as it comes back from a form: browsers send line ends of their own."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _shown(
    site: Site,
    request: Request,
    catalog: Catalog,
    asked: ReviewList,
    listed: list[Subject],
    subject: Subject,
    *,
    message: str = "",
    undo: Subject = (),
    form: dict[str, str] | None = None,
    clash: Verdict | None = None,
) -> Response:
    """Return the page at a subject; form is what a reviewer said that was not written yet."""
    item, fault = _item(site, subject)
    book = site.book()
    line = last_line(subject, book)
    response = site.page(
        request,
        "review.html",
        asked=asked,
        item=item,
        fault=fault,
        subject=subject,
        progress=progress(listed, subject, book),
        line=line,
        why=why_of(asked.kind, line.note) if line else None,
        keys=KEYS[asked.kind],
        whys=WHYS[asked.kind],
        message=message,
        undo="+".join(undo),
        form=form,
        clash=clash,
        is_clash=form is not None,
        rules=rule_counts(catalog) if asked.kind == "proposal" else {},
        is_hidden=asked.is_blind and line is None,
        **({} if item is None else texts_of(item)),
    )
    response.headers["hx-push-url"] = f"/review?{asked.address(subject)}"
    return response


def _item(site: Site, subject: Subject) -> tuple[Item | None, str]:
    if not subject:
        return None, ""
    try:
        item = item_of(site.workspace, subject)
    except UserError as fault:
        return None, str(fault)
    site.remember(item)
    return item, ""


def texts_of(item: Item) -> dict[str, Any]:
    """Return the texts of an item in parts: flagged spans, or where two pairs differ."""
    if item.kind == "pair":
        return {
            "question": flagged(item.question, item.flags),
            "answer": flagged(item.answer, item.flags),
        }
    question, other_question = differing(item.question, item.other_question)
    answer, other_answer = differing(item.answer, item.other_answer)
    return {
        "question": question,
        "answer": answer,
        "other_question": other_question,
        "other_answer": other_answer,
    }


def _ruled(item: Item) -> str:
    if item.decision is not None:
        return f"{item.decision['kind']}: {item.decision['why']}"
    codes = [flag["code"] for flag in item.flags if flag["severity"] != "info"]
    return f"{item.verdict}, score {item.score:.0f}" + (f": {', '.join(codes)}" if codes else "")


def _word(verdict: str) -> str:
    return verdict.replace("_", " ")
