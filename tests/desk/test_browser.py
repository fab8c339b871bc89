"""The desk in a real browser: every page, in light and dark, wide and narrow, by keyboard alone."""

import http.server
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from pipeline.desk.application import application
from pipeline.desk.guard import CSRF, TOKEN, Keys
from pipeline.desk.keeper import Keeper
from pipeline.desk.site import Site
from pipeline.domain.nouns import nouns_of
from pipeline.faucet.verdicts.book import append, now, read_book, read_edits
from pipeline.reviews.force import in_force
from pipeline.reviews.records import Verdict
from pipeline.workspace.workspace import Workspace
from tests.desk.attacked import DELIVERY, OF_TWO, ONE, OTHER
from tests.lazy_modules import LazyModule
from tests.thoroughness import LONG

axe = LazyModule("axe_playwright_python.sync_playwright")
playwright = LazyModule("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; CI has Debian's"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the browser's driver
]

FORMS = [(1280, "light"), (400, "dark"), *([(1280, "dark"), (400, "light")] if LONG else [])]
"""Width and colours; both of each are seen in every run, all four in `make nightly`."""
PAGES = (
    *("/", "/pairs", "/pairs?flag=off_topic&q=slippage", "/pairs?flag=nothing"),
    *(f"/pair/{ONE}", "/review", f"/review?kind=proposal&at={OF_TWO[0]}%2B{OF_TWO[1]}"),
    *("/review/many?flag=off_topic", "/duplicates", f"/duplicates/{min(ONE, OTHER)}"),
    *("/conflicts", "/deliveries", "/deliveries/zai/" + DELIVERY.replace("%", "%25"), "/plan"),
    *("/queues", "/checkpoints", "/checkpoints/compare", "/ask?q=slippage", "/nothing"),
)
AXE_RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}
CONTRAST = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}


@contextmanager
def served(
    workspace: Workspace, place: socket.socket, who: str = "nora"
) -> Iterator[tuple[Site, str]]:
    """Yield a desk that listens at a place of this machine, and its address with the token."""
    listener = place.dup()
    port = listener.getsockname()[1]
    keeper = Keeper(workspace)
    assert keeper.catalog is not None
    keeper.catalog.complete()
    site = Site(
        workspace,
        keeper,
        Keys((f"127.0.0.1:{port}",)),
        who,
        "a base",
        nouns_of({}),
        is_read_only=False,
    )
    server = uvicorn.Server(
        uvicorn.Config(
            application(site), log_level="error", lifespan="off", timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield site, f"http://127.0.0.1:{port}/?{TOKEN}={site.keys.token}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        keeper.close()


@pytest.fixture(scope="module")
def place() -> Iterator[socket.socket]:
    """Return where all desks listen, one after the other: to the browser they are one site."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture(scope="module")
def tab() -> Iterator[Any]:
    """Return the first tab of a browser that has no network but this machine's.

    All tests use it one after the other: a tab, or a site, of its own costs a process of its own.
    """
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        context = started.new_context(reduced_motion="reduce")
        context.set_default_timeout(20_000)
        yield context.new_page()
        started.close()


@pytest.fixture
def enter(tab: Any) -> Iterator["Enter"]:
    """Return what opens a desk in the tab, or in a new one; nothing of a test stays in them."""
    entered: list[Watched] = []

    def opened(
        address: str, width: int = 1280, scheme: str = "light", *, beside: bool = False
    ) -> Watched:
        page = tab.context.new_page() if beside else tab
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        watched = Watched(page, address.partition("/?")[0])
        entered.append(watched)
        page.goto(address)
        return watched

    yield opened
    for watched in entered:
        watched.leave()
    for page in tab.context.pages[1:]:
        page.close()
    tab.context.clear_cookies()
    tab.evaluate("sessionStorage.clear(), localStorage.clear()")


@pytest.fixture
def desk(written: Workspace, place: socket.socket) -> Iterator[tuple[Site, str]]:
    """Return a desk on a workspace of one's own."""
    with served(written, place) as opened:
        yield opened


class Watched:
    """A page of the browser that keeps what no page of the desk may do."""

    def __init__(self, page: Any, origin: str) -> None:
        self.page = page
        self.dialogs: list[str] = []
        self.outside: list[str] = []
        self.faults: list[str] = []
        self._heard = {
            "dialog": lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()),
            "pageerror": lambda fault: self.faults.append(str(fault)),
            "console": self._note,
            "request": lambda request: self._asked(request.url, origin),
        }
        for event, hear in self._heard.items():
            page.on(event, hear)

    def leave(self) -> None:
        for event, hear in self._heard.items():
            self.page.remove_listener(event, hear)

    def _note(self, message: Any) -> None:
        is_status = "responded with a status" in message.text
        if message.type in ("error", "warning") and not is_status:
            self.faults.append(message.text)

    def _asked(self, url: str, origin: str) -> None:
        if not url.startswith((origin + "/", "data:")):
            self.outside.append(url)

    def is_clean(self) -> bool:
        assert (self.dialogs, self.outside, self.faults) == ([], [], [])
        return True


Enter = Callable[..., Watched]


@pytest.mark.parametrize(("width", "scheme"), FORMS)
def test_every_page_is_readable_and_runs_nothing(
    enter: Enter, place: socket.socket, laid_out: Path, tmp_path: Path, width: int, scheme: str
) -> None:
    """No rule of axe is broken, nothing is wider than the page, no attack runs or calls home.

    In the short form each page is seen in one of the forms and its contrast in the colours of the
    other too, in the long one all of it in all.
    """
    workspace = Workspace(shutil.copytree(laid_out, tmp_path / "base"))
    with served(workspace, place) as (_, address):
        watched, checker = enter(address, width, scheme), axe.Axe()
        page, origin = watched.page, address.partition("/?")[0]
        for path in PAGES if LONG else PAGES[FORMS.index((width, scheme)) :: len(FORMS)]:
            page.goto(origin + path)
            for folded in page.query_selector_all("details:not([open])"):
                folded.evaluate("node => { node.open = true; }")
            if path.startswith("/pair/"):
                page.wait_for_selector("text=It has no vector yet")
            found = checker.run(page, options=AXE_RULES).response["violations"]
            if not LONG:
                page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
                found += checker.run(page, options=CONTRAST).response["violations"]
                page.emulate_media(color_scheme=scheme)
            assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert watched.is_clean()


def wait_for_item(page: Any, which: str) -> None:
    """Wait until the item to be decided is one that a selector fits, and the page is at rest."""
    page.wait_for_selector(f"#decide{which}", state="attached")
    busy = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
    page.wait_for_selector(f"html:not(:has({busy}))", state="attached")


def test_a_reviewer_needs_no_mouse(enter: Enter, desk: tuple[Site, str]) -> None:
    """Why, note, edit, verdict, undo, back and on: every step of a review is a key."""
    site, address = desk
    watched = enter(address)
    page, workspace = watched.page, site.workspace
    page.goto(address.partition("/?")[0] + "/review?kind=pair&flag=off_topic")
    first = page.input_value("input[name=pair_id]")
    of_first = f"input[name=pair_id][value='{first}']"
    page.keyboard.press("3")
    page.keyboard.press("n")
    page.keyboard.type("about jam, r and a are letters here")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_selector(".said:not([hidden])")
    (line,) = read_book(workspace)
    assert (line.verdict, line.pair_id) == ("reject", first)
    assert line.note == "off_topic: about jam, r and a are letters here"
    second = page.input_value("input[name=pair_id]")
    assert second != first
    page.keyboard.press("u")
    wait_for_item(page, f":has({of_first})")
    assert in_force(read_book(workspace)).lines == {}
    page.keyboard.press("j")
    wait_for_item(page, f":not(:has({of_first}))")
    page.keyboard.press("k")
    wait_for_item(page, f":has({of_first})")
    page.keyboard.press("e")
    page.keyboard.press("Tab")
    page.fill("textarea[name=answer]", "An answer that a person wrote.")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    wait_for_item(page, f":not(:has({of_first}))")
    (edit,) = read_edits(workspace)
    assert (edit.pair_id, edit.answer) == (first, "An answer that a person wrote.")
    assert watched.is_clean()


@pytest.mark.parametrize(
    ("key", "verdict"),
    [("m", "merge"), ("d", "keep_apart"), ("o", "keep_both"), ("w", "better_of_rerun")],
)
def test_two_pairs_are_decided_by_one_key(
    enter: Enter, desk: tuple[Site, str], key: str, verdict: str
) -> None:
    """Each verdict on two pairs has its key, and unedited texts are no edit."""
    site, address = desk
    watched = enter(address)
    at = "%2B".join(OF_TWO)
    watched.page.goto(address.partition("/?")[0] + f"/review?kind=proposal&at={at}")
    watched.page.keyboard.press(key)
    watched.page.wait_for_selector(".said:not([hidden])")
    assert in_force(read_book(site.workspace)).of_two == {OF_TWO: verdict}
    assert read_edits(site.workspace) == []
    assert watched.is_clean()


def test_an_accepted_pair_is_not_edited_by_its_form(enter: Enter, desk: tuple[Site, str]) -> None:
    """What a browser makes of texts full of controls and line ends is no change of theirs."""
    site, address = desk
    watched = enter(address)
    watched.page.goto(address.partition("/?")[0] + f"/review?at={ONE}")
    watched.page.keyboard.press("a")
    watched.page.wait_for_selector(".said:not([hidden])")
    assert in_force(read_book(site.workspace)).of_one == {ONE: "accept"}
    assert read_edits(site.workspace) == []


def test_lists_are_walked_by_keys_and_the_way_back_holds(
    enter: Enter, desk: tuple[Site, str]
) -> None:
    """Search, rows, a pair, and back to the same list at the same address."""
    _, address = desk
    watched = enter(address)
    page = watched.page
    page.keyboard.press("/")
    page.keyboard.type("wallet")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pairs?q=wallet")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pair/*")
    page.go_back()
    page.wait_for_url("**/pairs?q=wallet")
    assert page.locator(".rows > li").count() == 2
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    assert watched.is_clean()


def test_the_way_back_through_a_review_holds(enter: Enter, desk: tuple[Site, str]) -> None:
    """After a verdict the browser's back button shows the pair before, and what was said of it."""
    _, address = desk
    watched = enter(address)
    page = watched.page
    page.goto(address.partition("/?")[0] + f"/review?kind=pair&at={ONE}")
    page.keyboard.press("a")
    page.wait_for_selector(".said:not([hidden])")
    page.go_back()
    page.wait_for_selector(f"input[name=pair_id][value='{ONE}']", state="attached")
    assert "nora" in page.inner_text("aside")
    assert watched.is_clean()


def test_two_tabs_say_what_the_other_did(enter: Enter, desk: tuple[Site, str]) -> None:
    """Who is second sees the first verdict before overruling it; neither is lost."""
    site, address = desk
    place = address.partition("/?")[0] + f"/review?at={ONE}"
    one, other = enter(address), enter(address, beside=True)
    for watched in (one, other):
        watched.page.goto(place)
    one.page.keyboard.press("a")
    one.page.wait_for_selector(".said:not([hidden])")
    other.page.keyboard.press("r")
    other.page.wait_for_selector(".clash")
    assert "accept" in other.page.inner_text(".clash")
    assert len(read_book(site.workspace)) == 1
    other.page.keyboard.press("y")
    other.page.wait_for_selector(".said:not([hidden])")
    assert [line.verdict for line in read_book(site.workspace)] == ["accept", "reject"]
    assert one.is_clean()
    assert other.is_clean()


def test_many_are_decided_by_keys(enter: Enter, desk: tuple[Site, str]) -> None:
    """From a filter to one verdict on all of it: the first press asks, the second writes."""
    site, address = desk
    watched = enter(address)
    page = watched.page
    page.goto(address.partition("/?")[0] + "/pairs?flag=off_topic")
    page.focus("text=decide on these in bulk")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/many?**")
    page.keyboard.press("r")
    page.keyboard.press("R")
    assert "Sure?" in page.inner_text("button.reject")
    assert read_book(site.workspace) == []
    page.keyboard.press("R")
    page.wait_for_selector("text=3 verdicts written: reject")
    page.wait_for_load_state()  # a key is heard once the page's script has run
    assert len(read_book(site.workspace)) == 3
    page.keyboard.press("g")
    page.keyboard.press("3")
    page.wait_for_url("**/review")
    page.keyboard.press("B")
    page.wait_for_url("**/review/many?**")
    assert watched.is_clean()


def test_blind_hides_and_a_verdict_of_others_shows(enter: Enter, desk: tuple[Site, str]) -> None:
    """The key b hides what the rules say; what people said is shown all the same."""
    site, address = desk
    append(site.workspace, [Verdict(now(), "eva", "accept", OTHER)])
    watched = enter(address)
    page = watched.page
    page.goto(address.partition("/?")[0] + f"/review?at={ONE}")
    assert page.locator("#work mark").count() > 0
    page.keyboard.press("b")
    page.wait_for_selector("text=Hidden until you decide")
    assert page.locator("#work mark").count() == 0
    page.goto(address.partition("/?")[0] + f"/review?blind=1&at={OTHER}")
    assert "eva" in page.inner_text("aside")
    assert watched.is_clean()


def test_another_sites_page_writes_nothing(
    enter: Enter, desk: tuple[Site, str], tmp_path: Path
) -> None:
    """A form, a script and a frame of another origin in this browser change and read nothing."""
    site, address = desk
    origin = address.partition("/?")[0]
    evil = tmp_path / "evil"
    evil.mkdir()
    fields = {CSRF: site.keys.csrf, "list": "kind=pair", "pair_id": ONE, "verdict": "reject"}
    inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
    (evil / "index.html").write_text(
        f'<form id="f" action="{origin}/review/decide" method="post">{inputs}</form>'
        f'<iframe id="i" src="{origin}/pairs"></iframe>'
    )

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(evil))

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        watched = enter(address)
        page = watched.page
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/index.html")
        tried = f"""fetch('{origin}/review/decide', {{method: 'POST', credentials: 'include',
            headers: {{'content-type': 'application/x-www-form-urlencoded'}},
            body: new URLSearchParams(new FormData(document.getElementById('f')))}})
            .then((answer) => answer.text(), (fault) => 'refused')"""
        assert page.evaluate(tried) == "refused"
        assert (
            page.evaluate(
                f"fetch('{origin}/pairs', {{credentials: 'include'}})"
                ".then((answer) => answer.text(), (fault) => 'refused')"
            )
            == "refused"
        )
        assert "slippage" not in (page.frames[1].content() if len(page.frames) > 1 else "")
        page.evaluate("document.getElementById('f').submit()")
        page.wait_for_url(f"{origin}/review/decide")
        assert "another page" in page.inner_text("body")
        server.shutdown()
    assert read_book(site.workspace) == []
