"""A body over the limit is refused, also one that does not say how long it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import Body, FastAPI, Request
from fastapi.testclient import TestClient

from tests.api_clients import is_problem
from ui.shell.bodies import BodyLimit

_LIMIT = 1000


@pytest.fixture(scope="module")
def client() -> TestClient:
    web = FastAPI(openapi_url=None)
    web.add_middleware(BodyLimit, limit_of=lambda path: 4000 if path == "/file" else _LIMIT)

    @web.post("/length")
    @web.post("/file")
    async def length(request: Request) -> int:
        return len(await request.body())

    @web.post("/api/v1/length")
    async def length_for_programs(request: Request) -> int:
        return len(await request.body())

    @web.post("/json")
    def parsed(sent: Annotated[dict[str, str], Body()]) -> int:
        return len(sent)

    @web.post("/form")
    async def form(request: Request) -> int:
        return len(await request.form())

    return TestClient(web)


def _pieces(size: int) -> Iterator[bytes]:
    """A body whose length is not stated."""
    for _ in range(size // 100):
        yield b"x" * 100


@pytest.mark.parametrize("path", ["/length", "/json", "/form"])
def test_a_body_over_the_limit_is_refused_with_the_limit(client: TestClient, path: str) -> None:
    reply = client.post(path, content=b"x" * (_LIMIT + 1))
    assert reply.status_code == 413
    assert "The request is over the limit of 0 KiB. Send less at once." in reply.text
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize("path", ["/length", "/json"])
def test_a_body_that_does_not_say_how_long_it_is_is_counted(client: TestClient, path: str) -> None:
    kind = {"content-type": "application/json"}
    assert client.post(path, content=_pieces(_LIMIT + 100), headers=kind).status_code == 413


def test_a_form_that_does_not_say_how_long_it_is_is_counted(client: TestClient) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/form", content=_pieces(_LIMIT + 100), headers=kind).status_code == 413


def test_a_body_of_the_limit_passes(client: TestClient) -> None:
    assert client.post("/length", content=b"x" * _LIMIT).json() == _LIMIT
    assert client.post("/length", content=_pieces(_LIMIT)).json() == _LIMIT


def test_each_path_has_its_own_limit(client: TestClient) -> None:
    assert client.post("/file", content=_pieces(4000)).json() == 4000
    assert client.post("/file", content=_pieces(4100)).status_code == 413


@pytest.mark.parametrize("stated", ["-1", "1e3", "9" * 40, "x"])
def test_a_length_that_is_none_is_refused(client: TestClient, stated: str) -> None:
    reply = client.post("/length", content=b"x", headers={"content-length": stated})
    assert reply.status_code == 413


def test_a_program_is_told_in_a_problem(client: TestClient) -> None:
    assert is_problem(client.post("/api/v1/length", content=b"x" * (_LIMIT + 1)), 413)
