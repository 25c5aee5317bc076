"""Events of a screen as Gradio hands them to a handler: with the request of a signed-in browser."""

from __future__ import annotations

import gradio as gr
from starlette.requests import Request

from index.access import Role
from tests.ui_services import account_of
from ui.identity import PLAIN_COOKIE
from ui.wiring import Services


def event_of(
    services: Services,
    name: str = "ada",
    role: Role = "administrator",
    sites: tuple[str, ...] | None = None,
    groups: tuple[str, ...] | None = None,
) -> gr.Request:
    """An event of a user who has just signed in; the account is made if needed."""
    account_of(services, name, role, sites, groups)
    return event_with(services.sessions.open(name, "127.0.0.1"))


def event_with(secret: str = "") -> gr.Request:
    """An event of a browser that sends this secret of a session, if any."""
    headers = [(b"host", b"127.0.0.1:7860")]
    if secret:
        headers.append((b"cookie", f"{PLAIN_COOKIE}={secret}".encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/gradio_api/queue/join",
        "query_string": b"",
        "headers": headers,
        "server": ("127.0.0.1", 7860),
        "client": ("127.0.0.1", 50000),
    }
    return gr.Request(Request(scope))
