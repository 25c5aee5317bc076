"""A stream of events ends when the session that reads it does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from index.access import LOCAL
from tests.ui_services import account_of, services_of
from ui.identity import PLAIN_COOKIE
from ui.shell.door import SignedInOnly
from ui.wiring import Services

_LONGEST_S = 30.0
Sent = list[Mapping[str, Any]]


@pytest.fixture
def services(tmp_path: Path) -> Services:
    services = services_of(tmp_path / "home")
    account_of(services, "tess", "technician")
    return services


async def _endless(scope: Any, receive: Any, send: Any) -> None:
    """An application that sends an event and then waits for ever."""
    headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
    await asyncio.Event().wait()


async def _follow(services: Services, secret: str, then: Any) -> Sent:
    """What is sent to a browser, where something happens as soon as the stream has begun."""
    sent: Sent = []
    begun = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)
        if message.get("body"):
            begun.set()

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/gradio_api/queue/data",
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 7860),
        "headers": [(b"cookie", f"{PLAIN_COOKIE}={secret}".encode())],
    }
    door = SignedInOnly(_endless, services, look_s=0.01)
    async with asyncio.timeout(_LONGEST_S):
        asked = asyncio.create_task(door(scope, receive, send))
        await begun.wait()
        then()
        await asked
    return sent


@pytest.mark.parametrize("end", ["session", "all", "account"])
def test_a_stream_ends_when_the_session_does(services: Services, end: str) -> None:
    secret = services.sessions.open("tess", "127.0.0.1")

    def then() -> None:
        if end == "session":
            services.sessions.close(secret)
        elif end == "all":
            services.sessions.close_all("tess")
        else:
            services.accounts.disable(LOCAL, "tess")

    sent = asyncio.run(_follow(services, secret, then))
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
