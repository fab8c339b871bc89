"""What every page shows: all of it as text, and something to go on with where there is nothing."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from pipeline.charts.frame import environment
from pipeline.desk.application import GETS
from pipeline.desk.site import NAVIGATION, Site
from pipeline.faucet.changes.comparing import Changes, PairsOfOne
from pipeline.faucet.changes.states import DataState
from pipeline.faucet.monitor.idle import REASONS
from pipeline.faucet.queues.storage import create
from pipeline.faucet.review.whys import WHYS
from pipeline.faucet.tasks.operations import JudgeTask
from pipeline.workspace.workspace import Workspace
from tests.desk.attacked import ALL, DELIVERY, EDITED, ONE, OTHER, QUESTION, desk_on
from tests.faucet import made_up
from tests.faucet.monitor.story import entry, play, queue, take
from tests.faucet.team import PASSED, later
from tests.workspaces import ROOT, bare

Opened = tuple[Site, TestClient]
STATIC = ROOT / "pipeline/desk/static"
HTMX_SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
ASKED = {
    "/": "",
    "/pairs": f"?indicator={ONE}&flag=off_topic&q=slippage&cluster=<script>",
    "/pair/{pair_id}": "",
    "/pair/{pair_id}/near": "",
    "/review": f"?at={ONE}",
    "/review/agreement": "",
    "/review/many": "?flag=off_topic",
    "/duplicates": '?kind=<script>&guard="><svg onload=alert(1)>',
    "/duplicates/{cluster_id}": "",
    "/conflicts": "",
    "/deliveries": "",
    "/deliveries/{agent}/{delivery}": "",
    "/plan": "",
    "/plan/brief": "?indicator=%3Cscript%3Ealert(1)%3C/script%3E",
    "/queues": "?since=<script>",
    "/checkpoints": "",
    "/checkpoints/compare": "",
    "/ask": "?q=<script>alert(1)</script>",
}
PROPOSAL = f"/review?kind=proposal&at={min(ONE, OTHER)}%2B{max(ONE, OTHER)}"


def address(path: str) -> str:
    known = {"pair_id": ONE, "cluster_id": min(ONE, OTHER), "agent": "zai"}
    place = path.format(**known, delivery=DELIVERY.replace("%", "%25"))
    return place + ASKED[path]


def parsed(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(text)


def test_every_page_is_asked() -> None:
    """A page that is added is tried with attacks, too."""
    assert set(ASKED) == set(GETS)
    assert set(NAVIGATION) <= set(GETS)


@pytest.mark.parametrize("path", [*map(address, ASKED), "/pairs", PROPOSAL, "/pairs?q=%22"])
def test_no_attack_is_more_than_text(read: Opened, path: str) -> None:
    """No element, attribute or address of a page comes from what was delivered or asked."""
    answer = read[1].get(path)
    assert answer.status_code in (200, 400, 404), answer.text
    page = parsed(answer.text)
    scripts = [node.attributes.get("src") for node in page.css("script")]
    assert set(scripts) <= {"/static/htmx.min.js", "/static/desk.js"}
    assert not page.css("iframe, base, style, object, embed, img, svg[onload], form[action^=http]")
    for node in page.css("*"):
        names = set(node.attributes)
        assert not [name for name in names if name.startswith("on")], node.html
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            place = node.attributes.get(name) or "/"
            assert place.startswith(("/", "#", "data:,")), place
            assert not place.startswith("//"), place
    assert not set(answer.text) & set("\x1b\x07\u202e\u2066")


def test_attacks_are_shown_as_they_were_delivered(read: Opened) -> None:
    """A reviewer reads what stands in the pair, character for character but for controls."""
    page = parsed(read[1].get(f"/pair/{ONE}").text)
    wanted = " ".join(
        QUESTION.translate({ord(c): "\ufffd" for c in "\u202e\u2066\x1b\x07"}).split()
    )
    assert page.css_first("h1").text() == wanted


def test_a_cleaned_copy_is_shown_beside_what_was_delivered(read: Opened) -> None:
    """Which rule made it, whether it counts, what came instead, and its texts: all as text."""
    page = parsed(read[1].get(f"/pair/{ONE}").text)
    (section,) = [one for one in page.css("section") if "Cleaned copy" in one.text()]
    assert section.css_first("h2 small").text() == "score, duplicates and exports take it"
    assert section.css_first(".pill").text() == "edit"
    assert "in the answer" in section.css_first("li").text()
    assert "wrote" in " ".join(node.text() for node in section.css("mark"))
    shown = [" ".join(node.text().split()) for node in section.css("details .text")]
    clean = EDITED.translate({ord(c): "\ufffd" for c in "\u202e\u2066\x1b\x07"})
    assert shown[1] == " ".join(clean.split())


OUTPUTS = {
    "data/integrate/pairs.parquet": "group",
    "data/qa/scores.parquet": "flags",
    "data/dedup/kept.parquet": "aliases",
    "data/dedup/decisions.parquet": "guards",
    "data/split/assignments.parquet": "split",
}


@pytest.mark.parametrize("is_whole", [True, False], ids=["of another version", "cut off"])
@pytest.mark.parametrize("name", list(OUTPUTS))
def test_outputs_that_cannot_be_read_are_named(
    written: Workspace, name: str, is_whole: bool
) -> None:
    """An output that lacks a column, or its end, is one sentence that names it and what mends it.

    Pages that do not need it are there, and once it is mended all are.
    """
    content = (written / name).read_bytes()
    if is_whole:
        pq.write_table(pq.read_table(written / name).drop([OUTPUTS[name]]), written / name)
    else:
        (written / name).write_bytes(content[: len(content) // 2])
    with desk_on(written) as (site, client):
        for path in ("/", "/pairs", "/review", "/duplicates"):
            page = parsed(client.get(path).text).body.text()
            assert name in page
            assert "`faucet repro` makes it anew" in page
        for path in map(address, ASKED):
            assert client.get(path).status_code in (200, 400, 404), path
        (written / name).write_bytes(content)
        site.keeper._looked_s = 0.0
        site.keeper.look()
        assert site.keeper._renewing is not None
        site.keeper._renewing.join()
        assert client.get("/pairs").status_code == 200


@pytest.mark.parametrize("path", list(map(address, ASKED)))
def test_before_the_first_run_pages_say_what_to_do(tmp_path: Path, path: str) -> None:
    """Without outputs nothing breaks: a page is empty, or names the command that fills it."""
    with desk_on(bare(tmp_path)) as (_, client):
        answer = client.get(path)
        assert answer.status_code in (200, 400, 404), answer.text
        assert "<h1" in answer.text or "<h2" in answer.text


def test_a_part_of_the_stages_is_enough(tmp_path: Path) -> None:
    """Where only integrate has run, its pairs are listed without scores and clusters."""
    workspace = bare(tmp_path)
    made_up.put(tmp_path, "data/integrate/pairs.parquet", made_up._pairs())
    with desk_on(workspace) as (_, client):
        page = client.get("/pairs").text
        assert "6 of 6" in page.replace("1 to ", "")
        assert client.get(f"/pair/{made_up.KEPT}").status_code == 200
        assert client.get("/review").status_code == 200
        assert client.get("/duplicates").status_code == 200


def test_every_number_leads_to_its_list(read: Opened) -> None:
    """The list that a figure of the overview links to has as many rows as the figure says."""
    _, client = read
    tiles = parsed(client.get("/").text).css(".tiles > div")
    checked = 0
    for tile in tiles:
        link = tile.css_first("a")
        if link is None or not (link.attributes["href"] or "").startswith("/pairs"):
            continue
        figure = tile.css_first("strong").text()
        if "." in figure or figure == "-":
            continue
        listed = parsed(client.get(str(link.attributes["href"])).text).css_first("h1 small").text()
        assert listed == figure, link.text()
        checked += 1
    assert checked >= 8


def test_the_start_of_an_id_finds_its_pair(read: Opened) -> None:
    """In the search, and in the address of a pair, six digits are enough."""
    _, client = read
    assert client.get(f"/pairs?q={ONE[:8]}").headers["location"] == f"/pair/{ONE}"
    assert client.get(f"/pair/{ONE[:8]}").headers["location"] == f"/pair/{ONE}"
    assert client.get("/pair/ffffffff").status_code == 404
    assert client.get("/pairs?q=ffffffffff").status_code == 200


def test_a_page_and_its_part_say_the_same(read: Opened) -> None:
    """What htmx puts in is the content of the page that the browser gets for the same address."""
    _, client = read
    whole = client.get("/review").text
    part = client.get("/review", headers={"hx-request": "true"}).text
    assert "<html" in whole
    assert "<html" not in part
    assert parsed(part).css_first("#work").html == parsed(whole).css_first("#work").html
    restored = {"hx-request": "true", "hx-history-restore-request": "true"}
    assert "<html" in client.get("/review", headers=restored).text


def test_htmx_is_the_published_one() -> None:
    """The one script of somebody else is byte for byte that of its package, with its licence."""
    content = (STATIC / "htmx.min.js").read_bytes()
    assert hashlib.sha256(content).hexdigest() == HTMX_SHA256
    assert "Zero-Clause BSD" in (STATIC / "htmx.LICENSE").read_text(encoding="utf-8")


def test_templates_trust_no_delivered_text() -> None:
    """No template takes a text for safe, and every one escapes."""
    for path in sorted((ROOT / "pipeline/desk/templates").glob("*.html")):
        source = path.read_text(encoding="utf-8")
        assert "|safe" not in source.replace(" ", "")
        assert "autoescape" not in source
        assert " style=" not in source, path.name
        assert " on" not in source.replace("<", " <").partition("{#")[0] or not any(
            f" on{event}=" in source for event in ("click", "load", "change", "submit", "error")
        )
    template = environment("pipeline.desk").from_string("{{ x }}{{ x|prose }}")
    assert "<" not in template.render(x=ALL)


def test_whys_have_keys() -> None:
    """Every reason of the list can be chosen by one digit."""
    assert all(len(whys) <= 9 for whys in WHYS.values())


def test_a_compared_pair_leads_to_where_it_is(
    read: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gained or lost, a pair that lies here has its page; another one names its checkpoint."""
    before, after = DataState("b" * 40, "before"), DataState("a" * 40, "after")
    gained, lost = (
        PairsOfOne(2, [{"pair_id": one, "question": one, "indicator": None} for one in ids])
        for ids in ((ONE, "0" * 32), (OTHER, "f" * 32))
    )
    found = Changes(before, after, [], 0, [], gained, lost, [], "")
    monkeypatch.setattr("pipeline.desk.pages.checkpoints.changes", lambda *_: found)
    page = parsed(read[1].get("/checkpoints/compare").text)
    links = [node.attributes["href"] for node in page.css("main .trail a")]
    assert links == [
        *(f"/pair/{ONE}", f"/checkpoints#{after.commit}"),
        *(f"/pair/{OTHER}", f"/checkpoints#{before.commit}"),
    ]


def test_idle_agents_are_told_as_the_monitor_tells_them(written: Workspace) -> None:
    """A task that waits for a delivery which never came keeps nobody busy, on this page too."""
    gates = [{"arrived": {"agent": "nora", "name": "*shared*"}, "min": 1}]
    create(written, [queue("zai", entry("draft"), entry("integrate_shared", gates=gates))], [])
    play(written, *take("draft", "zai", 1, 0, 90), JudgeTask("draft", 1, later(100), PASSED))
    with desk_on(written) as (_, client):
        text = client.get("/queues").text
    assert REASONS["unable"] in text
    assert REASONS["unworked"] not in text
