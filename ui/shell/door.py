"""Nothing passes without a session but what is listed here."""

from __future__ import annotations

from urllib.parse import quote

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from ui.identity import (
    NotSignedIn,
    PasswordChangeNeeded,
    caller_of,
    is_of_programs,
    session_of,
)
from ui.shell.refusals import refusal
from ui.wiring import Services

SIGN_IN, SIGN_OUT, PASSWORD = "/sign-in", "/sign-out", "/account/password"
SHEET = "/shell/sign-in.css"
SINGLE_SIGN_ON = "/single-sign-on"
"""The routes below it begin and end a sign-in at a provider."""
_OPEN = frozenset({SIGN_IN, SIGN_OUT, SHEET, "/healthz", "/readyz"})
_NOT_SIGNED_IN = "You are not signed in, or your session has ended. Sign in."
_CHANGE_FIRST = "Your password was given to you. Change it first, at /account/password."
_LOOK_S = 2.0  # between two looks whether who reads a stream is still signed in


class SignedInOnly:
    """ASGI middleware that passes on what a session sends, and sends others to the sign-in.

    What lies below ``/api/v1`` is passed on: those routes look for a token or a session themselves.
    A stream of events ends within seconds after its session or token has.
    """

    def __init__(self, app: ASGIApp, services: Services, look_s: float = _LOOK_S) -> None:
        """``look_s`` are the seconds between two looks whether a stream may go on."""
        self._app = app
        self._services = services
        self._look_s = look_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 303, 401 or 403."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":  # the app has no websocket
            await WebSocketClose(1008, _NOT_SIGNED_IN)(scope, receive, send)
        elif is_open(scope["path"]):
            await self._app(scope, receive, send)
        else:
            await self._checked(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        try:
            await run_in_threadpool(self._check, scope)
        except PasswordChangeNeeded:
            if path != PASSWORD:
                await _refuse(scope, receive, send, PASSWORD, 403, _CHANGE_FIRST)
                return
        except NotSignedIn:
            if not is_of_programs(path):
                await _refuse(scope, receive, send, _sign_in_of(scope), 401, _NOT_SIGNED_IN)
                return
        await self._while_allowed(scope, receive, send)

    async def _while_allowed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and end the stream of events that is sent when the session has."""
        is_stream = anyio.Event()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                kind = Headers(raw=message.get("headers", [])).get("content-type", "")
                if kind.startswith("text/event-stream"):
                    is_stream.set()
            await send(message)

        async def watch(whole: anyio.CancelScope) -> None:
            await is_stream.wait()
            while True:
                await anyio.sleep(self._look_s)
                try:
                    await run_in_threadpool(self._check, scope)
                except NotSignedIn:
                    whole.cancel()
                    return

        has_ended = False
        failure: Exception | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(watch, group.cancel_scope)
            try:
                await self._app(scope, receive, watched)
            except Exception as error:  # raised below: a group would wrap it
                failure = error
            has_ended = True
            group.cancel_scope.cancel()
        if failure is not None:
            raise failure
        if not has_ended:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _check(self, scope: Scope) -> None:
        connection = HTTPConnection(scope)
        if scope["path"] == PASSWORD:
            session_of(self._services, connection)
        else:
            caller_of(self._services, connection)


def is_open(path: str) -> bool:
    """Tell whether a path is there for those who are not signed in."""
    return path in _OPEN or path == SINGLE_SIGN_ON or path.startswith(f"{SINGLE_SIGN_ON}/")


async def _refuse(
    scope: Scope, receive: Receive, send: Send, elsewhere: str, status: int, words: str
) -> None:
    headers = Headers(scope=scope)
    is_page = scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", "")
    is_page = is_page and headers.get("sec-fetch-mode", "navigate") == "navigate"
    if is_page and not is_of_programs(scope["path"]):
        await RedirectResponse(elsewhere, 303)(scope, receive, send)
        return
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    await refusal(scope["path"], words, status, challenge)(scope, receive, send)


def _sign_in_of(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    wanted = quote(scope["path"], safe="/") + (f"?{query}" if query else "")
    return SIGN_IN if wanted == "/" else f"{SIGN_IN}?next={quote(wanted, safe='/')}"
