"""The brief: one page that tells an agent what to do, how it is judged, and what went wrong.

Texts of deliveries never reach it: what an answer says could be an instruction to whoever reads
it. Of a delivery that was refused the brief tells reasons, places and counts alone.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import jinja2
import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json, compact
from pipeline.core.text import excerpt
from pipeline.faucet.gates.criteria import criteria_of, failed, in_words
from pipeline.faucet.gates.delivered import stored_starts
from pipeline.faucet.gates.scores import LEVERS
from pipeline.faucet.portion import PORTION_PAIRS
from pipeline.faucet.tasks.owed import owed
from pipeline.faucet.tasks.refill import Gap
from pipeline.faucet.tasks.state import MAX_ATTEMPTS, Task
from pipeline.faucet.terminal import one_line
from pipeline.faucet.texts import subject_page
from pipeline.faucet.work.assignment import Places
from pipeline.faucet.work.covered import Covered
from pipeline.quality.redaction import redacted
from pipeline.store.words import read_nouns
from pipeline.workspace.workspace import Workspace

_SHOWN = frozenset(
    {"task_id", "priority", "status", "description", "indicators", "gates", "dependencies", "kind"}
)
_NOTHING = Covered()
_MOST_CHARS = 6_000
_MOST_FAULT_CHARS = 400
_MOST_NAME_CHARS = 60


def brief(
    task: Task,
    places: Places,
    coverage: Mapping[str, Gap],
    faults: tuple[str, ...] = (),
    there: Covered = _NOTHING,
    portion: int = PORTION_PAIRS,
    *,
    is_answered: bool = False,
) -> str:
    """Return the brief of a claimed task as Markdown.

    coverage has kept and wanted pairs by indicator, faults is what receipts of this task's
    deliveries ask for (to_mend), there what the data set has for its indicators. Of what is owed
    at most portion pairs are asked for in one call. is_answered says that the answer to the page
    is the delivery: then it names no place of this machine, and is the same in every turn.
    """
    entry = task.rest
    dealt = owed(task, portion)
    indicators = [_row(one, coverage, task) for one in dealt]
    words = [one_line(in_words(criterion)) for criterion in criteria_of(entry)]
    page = _template().render(
        task_id=task.task_id,
        agent=task.agent,
        attempt=task.attempt,
        most_attempts=MAX_ATTEMPTS,
        goal=one_line(str(entry.get("description", "See what the task says below."))),
        indicators=indicators,
        entry=one_line(read_nouns(places.workspace).entry).replace("|", "/"),
        criteria=words or ["there is a file that you made, or an account of your work"],
        faults=[_as_data(fault) for fault in (*_faults(task), *faults)],
        report=[_as_data(line) for line in _report(task)],
        pairs=sum(one["target_pairs"] for one in dealt),
        left=sum(one["target_pairs"] for one in owed(task)),
        levers=LEVERS,
        there=there,
        is_answered=is_answered,
        is_delivery=bool(indicators) or entry.get("kind") == "deliver",
        workdir=places.workdir.as_posix(),
        subject=subject_page(places.workspace),
        result=places.result.as_posix(),
        root=places.workspace.root.as_posix(),
        stage=one_line(str(entry.get("stage", ""))),
        more=_more(entry),
    )
    return page.strip() + "\n"


def to_mend(workspace: Workspace, task: Task) -> tuple[str, ...]:
    """Return what the receipts of a task's deliveries ask its agent to mend, a sentence each."""
    starts = stored_starts(task)
    if not starts:
        return ()
    try:
        from pipeline.faucet.answers.receipts import receipts  # noqa: PLC0415 - few briefs have any

        written = [receipt for receipt in receipts(workspace) if receipt["agent"] == task.agent]
    except UserError:
        return ()
    mine = [receipt for receipt in written if receipt["delivery"].startswith(starts)]
    return tuple(
        f"{_short_name(receipt)}: {fault}" for receipt in mine for fault in receipt["to_mend"]
    )


def _short_name(receipt: Json) -> str:
    """Return the name of a delivery's file as a quoted text that is too short to persuade."""
    return f"file {compact(excerpt(receipt['name'], _MOST_NAME_CHARS))}"


def _as_data(fault: str) -> str:
    """Return what programs and files say on one line that can end no block, without secrets."""
    return excerpt(redacted(one_line(fault)), _MOST_FAULT_CHARS).replace("`", "'")


def _report(task: Task) -> Iterator[str]:
    """Yield every gate of the last report: what was wanted and found, and whether it passed."""
    last = task.failures[-1]["report"] if task.failures else None
    for row in last["criteria"] if last else ():
        got = "nothing" if row["got"] is None else row["got"]
        verdict = "passed" if row["passed"] else "MISSED"
        yield f"{verdict}: {row['criterion']}: wanted {row['wanted']}, got {got}"


def _row(dealt: Json, coverage: Mapping[str, Gap], task: Task) -> dict[str, str]:
    known = coverage.get(dealt["name"])
    return {
        "name": one_line(dealt["name"]).replace("|", "/"),
        "owed": f"{dealt['target_pairs']:,}",
        "counted": f"{task.credit.get(dealt['name'], 0):,}",
        "kept": f"{known.pairs:,}" if known else "unknown",
        "wanted": f"{known.target_pairs:,}" if known else "unknown",
    }


def _faults(task: Task) -> Iterator[str]:
    if not task.failures:
        return
    last = task.failures[-1]
    if not last["report"]:
        yield one_line(last["reason"])
        return
    yield from (one_line(sentence) for sentence in failed(last["report"]))


def _more(entry: Json) -> str:
    """Return what a task says beyond the page as JSON; the fence around it cannot be closed."""
    rest = {name: value for name, value in entry.items() if name not in _SHOWN}
    text = orjson.dumps(rest, option=orjson.OPT_INDENT_2).decode() if rest else ""
    return text.replace("`", "\\u0060")[:_MOST_CHARS]


@cache
def _template() -> jinja2.Template:
    text = resources.files(__package__).joinpath("templates/brief.md.j2").read_text("utf-8")
    return jinja2.Environment(  # noqa: S701 - Markdown; what is filled in goes through one_line
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    ).from_string(text)
