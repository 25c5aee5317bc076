"""The part of Gradio that the page needs, and nothing else of it.

Gradio brings about eighty routes. Those that the page uses are passed on; all others are not there.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from urllib.parse import parse_qs

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.identity import session_of
from ui.shell.bindings import PageBindings
from ui.shell.gradio_page import (
    hardened,
    has_plain_templates,
    html_widget_script,
    on_load_scripts,
    without_evaluation,
)
from ui.shell.headers import app_policy
from ui.wiring import Services

logger = logging.getLogger(__name__)

UPLOADS_BY_GRADIO = False
"""Whether gr.File may upload; files come in by our own route alone."""
UPLOAD_PATH = "/gradio_api/upload"

NOT_FOUND = "There is nothing at this address."
_HASH = r"[A-Za-z0-9_-]{6,64}"
_HEARTBEAT = re.compile(rf"/gradio_api/heartbeat/({_HASH})")
_FILES = re.compile(r"/(?:assets|static)/[\w.-]+(?:/[\w.-]+)*")
_JOIN, _DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
_PLAIN = frozenset({"/theme.css", "/favicon.ico"})
_KEYS = ("session_hash", "data", "event_data", "fn_index", "trigger_id")
_DROPPED = (b"forwarded", b"x-gradio-server", b"authorization")  # and all of x-forwarded-...
_BUILT = Path(gr.__file__).parent / "templates" / "frontend"


class GradioGate:
    """ASGI application around Gradio's: an allow-list, and pages that belong to one sign-in."""

    def __init__(self, gradio: ASGIApp, app: gr.Blocks, services: Services) -> None:
        self.app = gradio
        self._services = services
        self._bindings = PageBindings()
        self._widget = _widget_script(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to Gradio, or answer 404."""
        if scope["type"] != "http":
            return  # Gradio has no websocket, and its start and end come with those of the parent
        method, path = scope["method"], scope["path"]
        scope = {**scope, "headers": _own_headers(scope)}
        is_read = method in ("GET", "HEAD")
        if path == "/" and is_read:
            await self._page(scope, receive, send)
        elif is_read and self._widget and path == f"/assets/{self._widget[0]}":
            await _script(self._widget[1])(scope, receive, send)
        elif is_read and (path in _PLAIN or (_FILES.fullmatch(path) and ".." not in path)):
            await self.app(scope, receive, _kept(send, path))
        elif method == "GET" and (beat := _HEARTBEAT.fullmatch(path)):
            await self._bound(beat[1], scope, receive, send)
        elif method == "GET" and path == _DATA:
            asked = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
            scope["query_string"] = f"session_hash={asked[0]}".encode() if asked else b""
            await self._bound(asked[0] if asked else "", scope, receive, send)
        elif method == "POST" and path == _JOIN:
            await self._join(scope, receive, send)
        elif method == "POST" and path == UPLOAD_PATH and UPLOADS_BY_GRADIO:
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse(NOT_FOUND, 404)(scope, receive, send)

    async def _bound(self, session_hash: str, scope: Scope, receive: Receive, send: Send) -> None:
        if await self._may_use(session_hash, scope):
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse(NOT_FOUND, 404)(scope, receive, send)

    async def _may_use(self, session_hash: str, scope: Scope) -> bool:
        if not re.fullmatch(_HASH, session_hash):
            return False
        session = await run_in_threadpool(session_of, self._services, HTTPConnection(scope))
        return self._bindings.claim(session_hash, session.session_id)

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an event on with those fields that the page sends; what was checked is what goes."""
        try:
            sent = json.loads(await _body(receive))
        except (ValueError, RecursionError):
            sent = None
        if not isinstance(sent, dict) or not isinstance(sent.get("session_hash"), str):
            words = "An event is a JSON object with a session_hash."
            await PlainTextResponse(words, 400)(scope, receive, send)
            return
        body = json.dumps({key: sent[key] for key in _KEYS if key in sent}).encode()
        headers = MutableHeaders(scope=scope)
        headers["content-type"] = "application/json"
        headers["content-length"] = str(len(body))
        await self._bound(sent["session_hash"], scope, _replayed(body, receive), send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page, with a policy that names the scripts in it by their hashes."""
        headers = MutableHeaders(scope=scope)
        del headers["accept-encoding"]  # what is compressed cannot be read
        del headers["if-none-match"]
        scope["query_string"] = b""  # a page has no state of another to begin with
        status = 200
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            parts.append(message.get("body", b""))

        await self.app({**scope, "method": "GET"}, receive, collect)
        page, hashes = hardened(b"".join(parts).decode("utf-8"))
        policy = app_policy(hashes, evaluates=self._widget is None)
        answer = Response(page, status, {"Content-Security-Policy": policy}, media_type="text/html")
        await answer(scope, receive, send)


def _widget_script(app: gr.Blocks) -> tuple[str, str] | None:
    """Name and text of the HTML widget's script that runs no texts."""
    path = html_widget_script(_BUILT / "assets") if has_plain_templates(app) else None
    text = path.read_text(encoding="utf-8") if path else ""
    changed = without_evaluation(text, on_load_scripts(app)) if path else None
    if path is None or changed is None:
        logger.warning(
            "Gradio %s is not a version that Faultbook knows: its page may run texts as scripts "
            "('unsafe-eval'). Install the version of constraints.txt.",
            gr.__version__,
        )
        return None
    return path.name, changed


def _script(text: str) -> Response:
    return Response(text, 200, {"Cache-Control": "private, no-cache"}, "text/javascript")


def _own_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The headers without those by which a client could tell Gradio another address of ours."""
    return [
        (name, value)
        for name, value in scope["headers"]
        if name not in _DROPPED and not name.startswith(b"x-forwarded-")
    ]


def _kept(send: Send, path: str) -> Send:
    """Let a browser keep files that never change under their name."""
    is_hashed = path.startswith("/assets/")

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            kept = "private, max-age=31536000, immutable" if is_hashed else "private, no-cache"
            MutableHeaders(scope=message)["Cache-Control"] = kept
        await send(message)

    return keep


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more; then what the connection says."""
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
