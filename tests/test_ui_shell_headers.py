"""The headers that keep a browser from running or showing what is not ours."""

from __future__ import annotations

import logging

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from ui.shell.headers import NOTHING, SecurityHeaders, app_policy


@pytest.fixture
def web() -> FastAPI:
    web = FastAPI(openapi_url=None)
    web.add_middleware(SecurityHeaders)

    @web.get("/plain")
    def plain() -> Response:
        return Response("x", headers={"Access-Control-Allow-Origin": "*", "X-Frame-Options": "x"})

    @web.get("/page")
    def page() -> Response:
        headers = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-cache"}
        return Response("x", headers=headers)

    @web.get("/fails")
    def fails() -> None:
        raise RuntimeError("password rusty gate valve")

    return web


@pytest.mark.parametrize("path", ["/plain", "/nothing", "/fails"])
def test_every_answer_carries_the_headers(web: FastAPI, path: str) -> None:
    headers = TestClient(web).get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["content-security-policy"] == NOTHING
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


def test_an_answer_may_state_its_own_policy(web: FastAPI) -> None:
    headers = TestClient(web).get("/page").headers
    assert headers["content-security-policy"] == "default-src 'self'"
    assert headers["cache-control"] == "no-cache"


def test_only_https_promises_https(web: FastAPI) -> None:
    over_https = TestClient(web, base_url="https://plant.example").get("/plain")
    assert over_https.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in TestClient(web).get("/plain").headers


def test_a_failure_says_nothing_of_what_failed(
    web: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        reply = TestClient(web).get("/fails")
    assert reply.status_code == 500
    assert reply.text == "Faultbook failed at this. The log of the server says why."
    assert "GET /fails" in caplog.text


def test_the_policy_of_the_app_allows_files_of_ours_and_scripts_with_a_known_hash() -> None:
    policy = dict(part.split(" ", 1) for part in app_policy(["abc="], evaluates=False).split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'sha256-abc='"
    assert policy["script-src-attr"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["form-action"] == "'self'"
    for name in ("frame-ancestors", "base-uri", "object-src", "frame-src", "worker-src"):
        assert policy[name] == "'none'"
    assert app_policy([], evaluates=True).count("'unsafe-eval'") == 1
