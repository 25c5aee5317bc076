"""Signing in and out, and what one meets who is not signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from index.access import LOCAL
from tests.ui_services import PASSWORD, account_of, services_of, sign_in
from ui.identity import PLAIN_COOKIE, SECURE_COOKIE
from ui.shell import health, password_change, refusals, signing
from ui.shell.door import SignedInOnly
from ui.shell.entering import own_path, too_many
from ui.shell.forms import Provider
from ui.shell.headers import SecurityHeaders
from ui.shell.origin import OwnPagesOnly
from ui.wiring import Services

_NEW = "another gate valve 34"
_OWN = {"origin": "http://127.0.0.1:7860"}
_PAGE = {"accept": "text/html,application/xhtml+xml", "sec-fetch-mode": "navigate"}


@pytest.fixture
def services(tmp_path: Path) -> Services:
    services = services_of(tmp_path / "home")
    account_of(services, "tess", "technician")
    return services


def _web(services: Services) -> FastAPI:
    """The shell around two routes, without the app."""
    web = FastAPI(openapi_url=None)
    web.add_middleware(SignedInOnly, services=services)
    web.add_middleware(OwnPagesOnly)
    web.add_middleware(SecurityHeaders)
    refusals.add_handlers(web)
    health.add_routes(web, services)
    signing.add_routes(web, services, Provider("/single-sign-on/start", "Plant <login>"))
    password_change.add_routes(web, services)

    @web.get("/")
    def app() -> str:
        return "the app"

    return web


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(
        _web(services), base_url="http://127.0.0.1:7860", follow_redirects=False
    ) as client:
        yield client


def _enter(client: TestClient, name: str = "tess", password: str = PASSWORD, **fields: str) -> str:
    """Sign in and return the secret of the session."""
    form = {"name": name, "password": password, **fields}
    reply = client.post("/sign-in", data=form, headers=_OWN)
    assert reply.status_code == 303, reply.text
    return str(client.cookies[PLAIN_COOKIE])


def test_who_signs_in_gets_the_page_that_was_wanted(client: TestClient) -> None:
    form = {"name": "tess", "password": PASSWORD, "next": "/pages/ab/3.png?marks=1,2,3,4"}
    reply = client.post("/sign-in", data=form, headers=_OWN)
    assert (reply.status_code, reply.headers["location"]) == (303, form["next"])
    assert client.get("/").json() == "the app"


def test_the_cookie_is_for_this_host_and_no_script(client: TestClient) -> None:
    form = {"name": "tess", "password": PASSWORD}
    (cookie,) = client.post("/sign-in", data=form, headers=_OWN).headers.get_list("set-cookie")
    name, _, rest = cookie.partition("=")
    assert name == PLAIN_COOKIE
    assert rest.partition("; ")[2] == "HttpOnly; Path=/; SameSite=lax"


def test_over_https_the_cookie_is_one_that_no_other_host_can_set(services: Services) -> None:
    client = TestClient(_web(services), base_url="https://plant.example", follow_redirects=False)
    form = {"name": "tess", "password": PASSWORD}
    own = {"origin": "https://plant.example"}
    (cookie,) = client.post("/sign-in", data=form, headers=own).headers.get_list("set-cookie")
    assert cookie.startswith(f"{SECURE_COOKIE}=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=lax; Secure")
    assert client.get("/").json() == "the app"


@pytest.mark.parametrize("name", ["tess", "nobody", "", "dora", "<b>x</b>", "a" * 5000])
def test_a_wrong_password_a_wrong_name_and_a_disabled_account_are_the_same_message(
    client: TestClient, services: Services, name: str
) -> None:
    account_of(services, "dora", "technician")
    services.accounts.disable(LOCAL, "dora")
    password = PASSWORD if name == "dora" else "wrong"
    reply = client.post("/sign-in", data={"name": name, "password": password}, headers=_OWN)
    assert reply.status_code == 401
    assert '<p class="bad" role="alert">The name or the password is wrong.</p>' in reply.text
    assert "<b>x</b>" not in reply.text
    assert "set-cookie" not in reply.headers


def test_who_tries_too_often_is_told_how_long_to_wait(client: TestClient) -> None:
    for _ in range(30):
        reply = client.post("/sign-in", data={"name": "tess", "password": "no"}, headers=_OWN)
        if reply.status_code == 429:
            break
    assert reply.status_code == 429
    assert int(reply.headers["retry-after"]) > 0
    assert "Too many wrong attempts. Wait " in reply.text
    right = client.post("/sign-in", data={"name": "tess", "password": PASSWORD}, headers=_OWN)
    assert right.status_code == 429


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "Wait 1 second,"),
        (45, "Wait 45 seconds,"),
        (91, "Wait 2 minutes,"),
        (300, "Wait 5 minutes,"),
    ],
)
def test_a_wait_is_said_in_words(seconds: float, words: str) -> None:
    assert words in too_many(seconds)


def test_each_sign_in_has_a_new_session_and_ends_the_one_before(
    client: TestClient, services: Services
) -> None:
    first = _enter(client)
    second = _enter(client)
    assert first != second
    assert services.sessions.find(first) is None
    assert services.sessions.find(second) is not None


def test_a_session_that_somebody_planted_is_not_taken_over(
    client: TestClient, services: Services
) -> None:
    form = {"name": "tess", "password": PASSWORD}
    headers = {**_OWN, "cookie": f"{PLAIN_COOKIE}=planted"}
    reply = client.post("/sign-in", data=form, headers=headers)
    assert reply.cookies[PLAIN_COOKIE] != "planted"
    assert services.sessions.find("planted") is None


def test_who_signs_out_is_out(client: TestClient, services: Services) -> None:
    secret = _enter(client)
    reply = client.post("/sign-out", headers=_OWN)
    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in")
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert services.sessions.find(secret) is None
    assert client.post("/sign-out", headers=_OWN).status_code == 303  # twice is no error


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/\t/evil.example",
        "/a\r\nset-cookie: x=1",
        "/ä",
        "/sign-out",
        "/sign-in?next=/sign-in",
        "http:/evil.example",
        "/[::1",
    ],
)
def test_no_sign_in_leads_away_from_here(client: TestClient, wanted: str) -> None:
    assert own_path(wanted) in ("/", "/[::1")
    form = {"name": "tess", "password": PASSWORD, "next": wanted}
    reply = client.post("/sign-in", data=form, headers=_OWN)
    assert reply.headers["location"] in ("/", "/[::1")
    assert "x=1" not in reply.headers["set-cookie"]


def test_what_was_wanted_goes_through_the_page_unharmed(client: TestClient) -> None:
    page = client.get("/sign-in", params={"next": '/a?b="><script>alert(1)</script>'}).text
    assert "<script" not in page
    assert 'value="/a?b=&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in page


def test_the_pages_work_without_a_script_and_ask_nobody_else(client: TestClient) -> None:
    for path in ("/sign-in", "/account/password"):
        page = client.get(path)
        assert page.status_code == 200
        assert "script" not in page.text.lower()
        assert "http" not in page.text.replace("http-equiv", "")
        assert "script-src" not in page.headers["content-security-policy"]
        assert page.headers["content-security-policy"].startswith("default-src 'none';")
        assert page.headers["cache-control"] == "no-store"
        _enter(client)
    sheet = client.get("/shell/sign-in.css")
    assert "url(" not in sheet.text


def test_single_sign_on_is_offered_where_there_is_one(client: TestClient) -> None:
    page = client.get("/sign-in").text
    assert 'href="/single-sign-on/start">Sign in with Plant &lt;login&gt;</a>' in page


def test_who_is_signed_in_needs_no_sign_in(client: TestClient) -> None:
    _enter(client)
    reply = client.get("/sign-in?next=/pages/x")
    assert (reply.status_code, reply.headers["location"]) == (303, "/pages/x")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "/sign-in"),
        ("/pages/ab/1.png?marks=1", "/sign-in?next=/pages/ab/1.png%3Fmarks%3D1"),
        ("/nothing/%2F..%20ä", "/sign-in?next=/nothing//..%2520%25C3%25A4"),
    ],
)
def test_who_opens_a_page_without_a_session_is_led_to_the_sign_in(
    client: TestClient, path: str, location: str
) -> None:
    reply = client.get(path, headers=_PAGE)
    assert (reply.status_code, reply.headers["location"]) == (303, location)


@pytest.mark.parametrize(
    "headers",
    [{}, {"accept": "application/json"}, {"accept": "text/html", "sec-fetch-mode": "cors"}],
)
@pytest.mark.parametrize("path", ["/", "/nothing", "/healthz/", "/sign-in/", "/account/password"])
def test_what_a_script_asks_for_without_a_session_is_refused(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    reply = client.get(path, headers=headers)
    assert reply.status_code == 401
    assert reply.text == "You are not signed in, or your session has ended. Sign in."


def test_a_right_that_was_taken_away_is_gone_at_the_next_request(
    client: TestClient, services: Services
) -> None:
    _enter(client)
    assert client.get("/").status_code == 200
    services.accounts.disable(LOCAL, "tess")
    assert client.get("/").status_code == 401


def test_who_was_given_a_password_can_do_nothing_but_change_it(
    client: TestClient, services: Services
) -> None:
    _, one_time = services.accounts.add("nina", "planner", LOCAL)
    before = _enter(client, "nina", one_time)
    reply = client.get("/", headers=_PAGE)
    assert (reply.status_code, reply.headers["location"]) == (303, "/account/password")
    assert client.get("/").status_code == 403
    assert "Choose your own before you go on." in client.get("/account/password").text
    form = {"old": one_time, "new": _NEW, "again": _NEW}
    reply = client.post("/account/password", data=form, headers=_OWN)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert client.cookies[PLAIN_COOKIE] != before
    assert services.sessions.find(before) is None
    assert client.get("/").json() == "the app"


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"old": PASSWORD, "new": _NEW, "again": "x"}, 422, "not typed the same twice"),
        ({"old": "wrong", "new": _NEW, "again": _NEW}, 403, "The old password is wrong."),
        ({"old": PASSWORD, "new": "short", "again": "short"}, 422, "at least"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, 422, "is the old one"),
        ({"old": PASSWORD}, 422, "at least"),
    ],
)
def test_a_password_that_cannot_be_is_refused_with_the_reason(
    client: TestClient, form: dict[str, str], status: int, words: str
) -> None:
    _enter(client)
    reply = client.post("/account/password", data=form, headers=_OWN)
    assert reply.status_code == status
    assert words in reply.text
    assert client.get("/").status_code == 200  # the session goes on


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "none"}, {"referer": _OWN["origin"]}])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account/password", "/nothing"])
def test_what_changes_something_must_say_where_it_comes_from(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    reply = client.post(path, headers=headers)
    assert reply.status_code == 403
    assert "does not say where it comes from" in reply.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 401),
        ({"origin": "http://127.0.0.1:7860"}, 401),
        ({"origin": "https://127.0.0.1:7860"}, 403),  # the same host, but not what was served
        ({"sec-fetch-site": "same-site"}, 403),  # another port of this machine
        ({"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-site"}, 403),
        ({"authorization": "Bearer x"}, 403),  # a token counts below /api/v1
    ],
)
def test_only_pages_of_this_origin_may_change_something(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    assert client.post("/anything", headers=headers).status_code == status


def test_a_program_with_a_token_needs_no_origin(client: TestClient) -> None:
    token = {"authorization": "Bearer x"}
    assert client.post("/api/v1/anything", headers=token).status_code == 404  # it is let through
    assert client.post("/api/v1/anything").status_code == 403


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"name": "tess"}', "application/json", 415),
        (b"name=tess", "text/plain", 415),
        (b"name=%ff%fe&password=x", "application/x-www-form-urlencoded", 400),
        ("name=ä".encode(), "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=b"] * 50), "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_is_refused(
    client: TestClient, content: bytes, kind: str, status: int
) -> None:
    reply = client.post("/sign-in", content=content, headers={**_OWN, "content-type": kind})
    assert reply.status_code == status


def test_a_websocket_is_refused(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("ws://127.0.0.1:7860/any", headers=_OWN),
    ):
        pass
    assert refused.value.code == 1008


def test_everybody_learns_whether_it_is_ready_and_who_administers_what_is_not(
    client: TestClient, services: Services
) -> None:
    assert client.get("/readyz").json() == {"status": "ready"}
    sign_in(services, client, "tess")
    assert client.get("/readyz").json() == {"status": "ready"}
    sign_in(services, client, "ada", "administrator")
    parts = client.get("/readyz").json()
    assert parts["database"] == parts["search"] == "ready"
    assert parts["language model"] == "no language model is configured"


def test_who_cannot_answer_is_not_ready(client: TestClient, services: Services) -> None:
    services.records.engine.dispose()
    services.home.records.unlink()
    services.home.records.mkdir()
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()) == (503, {"status": "not ready"})
    assert client.get("/healthz").status_code == 200
