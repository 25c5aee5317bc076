"""Who sends a request: the cookie of a session, the token of a program, and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from starlette.requests import Request

from index.access import LOCAL, Principal
from tests.account_homes import AccountHome
from ui.identity import (
    NotSignedIn,
    PasswordChangeNeeded,
    caller_of,
    cookie_name,
    principal_of,
    secret_of,
    session_of,
)

TESS = Principal("tess", "technician", frozenset({"Hall 1"}))


class Known:
    """The services that identity needs."""

    def __init__(self, home: AccountHome) -> None:
        self.sessions = home.sessions
        self.api_tokens = home.tokens


@pytest.fixture
def home(tmp_path: Path) -> AccountHome:
    found = AccountHome(tmp_path / "records.db")
    found.add("tess", sites=["Hall 1"])
    found.add("sam", "supervisor")
    return found


@pytest.fixture
def services(home: AccountHome) -> Any:
    return Known(home)


def _request(path: str = "/", *, scheme: str = "http", **headers: str) -> Request:
    raw = [] if "host" in headers else [(b"host", b"plant.example")]
    raw += [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "method": "GET",
            "scheme": scheme,
            "path": path,
            "root_path": "",
            "query_string": b"",
            "headers": raw,
            "server": ("plant.example", 80),
            "client": ("192.0.2.7", 1),
        }
    )


def test_a_request_without_a_session_is_nobodys(services: Any) -> None:
    for request in (
        _request(),
        _request(cookie="faultbook="),
        _request(cookie="faultbook=x"),
        _request(cookie="other=x; __Host-faultbook=y"),
        _request("/api/v1/ask"),
        gr.Request(_request()),
    ):
        for call in (principal_of, session_of):
            with pytest.raises(NotSignedIn, match="You are not signed in"):
                call(services, request)


def test_the_cookie_names_the_session(home: AccountHome, services: Any) -> None:
    secret = home.sessions.open("tess", "")
    for request in (_request(cookie=f"faultbook={secret}"),):
        assert principal_of(services, request) == TESS
        assert principal_of(services, gr.Request(request)) == TESS
        assert session_of(services, gr.Request(request)).account.name == "tess"
        assert secret_of(request) == secret
        assert caller_of(services, request) == (TESS, None)


def test_over_https_only_the_cookie_counts_that_no_other_host_can_set(
    home: AccountHome, services: Any
) -> None:
    secret = home.sessions.open("tess", "")
    secure = _request(scheme="https", cookie=f"__Host-faultbook={secret}")
    assert cookie_name(secure) == "__Host-faultbook"
    assert principal_of(services, secure) == TESS
    for wrong in (
        _request(scheme="https", cookie=f"faultbook={secret}"),
        _request(scheme="http", cookie=f"__Host-faultbook={secret}"),
    ):
        with pytest.raises(NotSignedIn):
            principal_of(services, wrong)


def test_a_token_counts_below_the_api_only(home: AccountHome, services: Any) -> None:
    _, secret = home.tokens.create(TESS, "x", ["ask"], 1)
    for words in (f"Bearer {secret}", f"bearer  {secret} "):
        request = _request("/api/v1/ask", authorization=words)
        assert caller_of(services, request) == (TESS, frozenset({"ask"}))
    for path in ("/", "/api/v10/ask", "/api/v1x", "/pages/1.png", "/x/api/v1/ask", "//api/v1/ask"):
        with pytest.raises(NotSignedIn):
            principal_of(services, _request(path, authorization=f"Bearer {secret}"))


def test_a_host_that_looks_like_a_path_of_the_api_opens_nothing(
    home: AccountHome, services: Any
) -> None:
    _, secret = home.tokens.create(TESS, "x", ["ask"], 1)
    for path in ("/", "/pages/1.png"):
        request = _request(path, host="evil/api/v1", authorization=f"Bearer {secret}")
        with pytest.raises(NotSignedIn):
            principal_of(services, request)


def test_where_both_are_sent_the_token_counts(home: AccountHome, services: Any) -> None:
    cookie = f"faultbook={home.sessions.open('sam', '')}"
    _, secret = home.tokens.create(TESS, "x", ["ask"], 1)
    both = _request("/api/v1/ask", authorization=f"Bearer {secret}", cookie=cookie)
    assert principal_of(services, both) == TESS
    for words in ("Bearer", "Bearer ", "Bearer x", f"Bearer {secret[:-1]}"):
        with pytest.raises(NotSignedIn, match="token is not valid"):
            principal_of(services, _request("/api/v1/ask", authorization=words, cookie=cookie))
    for words in ("Basic eDp5", "", secret):
        request = _request("/api/v1/ask", authorization=words, cookie=cookie)
        assert principal_of(services, request).user == "sam"
    outside = _request("/", authorization=f"Bearer {secret}", cookie=cookie)
    assert principal_of(services, outside).user == "sam"


def test_who_must_change_the_password_can_do_nothing_else(home: AccountHome, services: Any) -> None:
    _, one_time = home.accounts.add("new", "technician", LOCAL)
    secret = home.sign_in.password("new", one_time, "")
    request = _request(cookie=f"faultbook={secret}")
    with pytest.raises(PasswordChangeNeeded, match="Change it first"):
        principal_of(services, request)
    assert session_of(services, request).account.must_change_password
    changed = home.sign_in.change_password("new", one_time, "a better password", "")
    assert principal_of(services, _request(cookie=f"faultbook={changed}")).user == "new"
    with pytest.raises(NotSignedIn):
        principal_of(services, request)


def test_a_revoked_right_holds_at_the_next_request(home: AccountHome, services: Any) -> None:
    request = _request(cookie=f"faultbook={home.sessions.open('tess', '')}")
    home.accounts.change(LOCAL, "tess", sites=[])
    assert principal_of(services, request).sites == frozenset()
    home.accounts.disable(LOCAL, "tess")
    with pytest.raises(NotSignedIn):
        principal_of(services, request)
