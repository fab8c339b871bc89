"""Who is let in and who may write: the address with its token, its own host, its own pages."""

import re

import pytest
from starlette.testclient import TestClient

from pipeline.desk.application import GETS, POSTS, application
from pipeline.desk.guard import CSRF, CSRF_HEADER, MOST_BODY_BYTES, TOKEN
from pipeline.desk.site import Site
from pipeline.faucet.verdicts.book import read_book
from pipeline.workspace.workspace import Workspace
from tests.desk.attacked import DELIVERY, ONE, ORIGIN, desk_on, post

Opened = tuple[Site, TestClient]
FORM = {"list": "kind=pair", "pair_id": ONE, "other_id": "", "seen": "", "verdict": "accept"}


def stranger(site: Site) -> TestClient:
    return TestClient(application(site), base_url=ORIGIN, follow_redirects=False)


def some_path(path: str) -> str:
    known = {"pair_id": ONE, "cluster_id": ONE, "agent": "zai", "delivery": DELIVERY}
    return re.sub(r"{(\w+)}", lambda found: known[found[1]], path)


@pytest.mark.parametrize("path", [*GETS, "/static/desk.js", "/nothing"])
def test_without_the_token_nothing_is_seen(read: Opened, path: str) -> None:
    """No page, no file and no fault says anything to who did not get the printed address."""
    answer = stranger(read[0]).get(some_path(path))
    assert answer.status_code == 403
    assert "slippage" not in answer.text
    assert "token that `faucet desk` printed" in answer.text


@pytest.mark.parametrize("token", ["", "x", "é"])
def test_a_wrong_token_opens_nothing(read: Opened, token: str) -> None:
    """Neither as token nor as cookie is anything else taken than what was drawn."""
    site, _ = read
    client = stranger(site)
    assert client.get("/", params={TOKEN: token}).status_code == 403
    client.cookies.set(site.keys.cookie_name, site.keys.token)
    assert client.get("/").status_code == 403


def test_the_token_leaves_the_address(read: Opened) -> None:
    """It becomes a cookie that scripts cannot read, and the page is shown without it."""
    site, _ = read
    answer = stranger(site).get(f"/pairs?flag=off_topic&{TOKEN}={site.keys.token}&q=a+b")
    assert answer.headers["location"] == "/pairs?flag=off_topic&q=a+b"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert site.keys.token.lower() not in cookie


def test_the_token_leads_nowhere_else(read: Opened) -> None:
    """An address that begins like another host's stays on this one."""
    site, _ = read
    answer = stranger(site).get(f"{ORIGIN}//evil.example/x?{TOKEN}={site.keys.token}")
    assert answer.headers["location"].startswith("/evil.example")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "a.localhost:8765"])
def test_another_host_name_gets_nothing(read: Opened, host: str) -> None:
    """A name that a stranger makes lead here is refused, with the cookie and with the token."""
    site, client = read
    for path in ("/", f"/?{TOKEN}={site.keys.token}"):
        answer = client.get(path, headers={"host": host})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    answer = client.post(
        "/review/decide", data={CSRF: site.keys.csrf}, headers={"host": host, "origin": ORIGIN}
    )
    assert answer.status_code == 403


def test_another_page_loads_nothing(read: Opened) -> None:
    """What is loaded into another site's page is refused; a link that somebody follows is not."""
    _, client = read
    foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client.get("/pairs", headers=foreign).status_code == 403
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/pairs", headers=followed).status_code == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8765"},
    ],
)
def test_only_the_desks_own_pages_write(
    written: Workspace, path: str, headers: dict[str, str]
) -> None:
    """A write from elsewhere, or from nowhere, is refused whatever else it has."""
    with desk_on(written) as (site, client):
        data = {CSRF: site.keys.csrf, **FORM, "reason": "x"}
        answer = client.post(some_path(path), data=data, headers=headers)
        assert answer.status_code == 403
        assert "another page" in answer.text
    assert read_book(written) == []
    assert not (written / "data/reviews/removed.jsonl").exists()


@pytest.mark.parametrize("path", POSTS)
def test_a_write_needs_the_token_of_the_forms(written: Workspace, path: str) -> None:
    """Cookie and origin are not enough: a form has the token, in a field or a header."""
    with desk_on(written) as (site, client):
        for fields in ({}, {CSRF: "x"}, {CSRF: site.keys.token}):
            answer = client.post(
                some_path(path), data={**FORM, **fields}, headers={"origin": ORIGIN}
            )
            assert answer.status_code == 403
        assert read_book(written) == []
        headers = {"origin": ORIGIN, CSRF_HEADER: site.keys.csrf}
        assert client.post("/review/decide", data=FORM, headers=headers).status_code == 200
    assert [line.verdict for line in read_book(written)] == ["accept"]


@pytest.mark.parametrize("path", POSTS)
def test_a_desk_for_reading_writes_nothing(written: Workspace, path: str) -> None:
    """With --read-only every write is refused, and no page shows a form that writes."""
    with desk_on(written, is_read_only=True) as (site, client):
        answer = post(site, client, some_path(path), **FORM, reason="x")
        assert answer.status_code == 403
        assert "reading only" in answer.text
        for page in ("/review", f"/pair/{ONE}", "/review/many", "/deliveries"):
            assert 'name="verdict"' not in client.get(page).text
    assert read_book(written) == []


def test_nobody_named_decides_nothing(written: Workspace) -> None:
    """Without a name to sign with nothing is written."""
    with desk_on(written, who="") as (site, client):
        answer = post(site, client, "/review/decide", **FORM)
        assert answer.status_code == 403
        assert "--who" in answer.text
    assert read_book(written) == []


def test_a_long_form_is_refused(read: Opened) -> None:
    """A form larger than a pair may be is refused unread, with or without its length."""
    site, client = read
    answer = post(site, client, "/review/decide", **FORM, note="x" * MOST_BODY_BYTES)
    assert answer.status_code == 413
    headers = {"origin": ORIGIN, CSRF_HEADER: site.keys.csrf}
    answer = client.post("/review/decide", content=iter([b"a=1"]), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/", "/pairs", "/nothing", "/static/desk.css"])
def test_every_answer_has_its_policy(read: Opened, path: str) -> None:
    """No script but the desk's own runs, nothing is framed, nothing is kept in a cache."""
    for client in (read[1], stranger(read[0])):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


def test_two_desks_have_nothing_in_common(written: Workspace) -> None:
    """Every desk draws its own token, cookie and form token."""
    with desk_on(written) as (one, _), desk_on(written) as (other, _):
        drawn = {one.keys.token, other.keys.token, one.keys.csrf, other.keys.csrf}
        assert len({*drawn, one.keys.cookie, other.keys.cookie}) == 6
