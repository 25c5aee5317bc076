"""What holds for every request of the API: the size of its body, and headers of its answer."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.errors import Problem, respond

MOST_JSON = 256 * 1024
"""Bytes of a body that carries no files."""
_WORDS = f"The request is over the limit of {MOST_JSON >> 10} KiB. Send less at once."


class Guard:
    """ASGI middleware: a body that is too large is not read, an answer is not kept by anybody."""

    def __init__(self, app: ASGIApp, uploads: str) -> None:
        """``uploads`` is the path, below the API, to which files are sent."""
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("X-Content-Type-Options", "nosniff")
            await send(message)

        if scope["method"] == "POST" and scope["path"].endswith(self._uploads):
            await self._app(scope, receive, sent)
            return
        stated = Headers(scope=scope).get("content-length", "0")
        if not stated.isdecimal() or len(stated) > 18 or int(stated) > MOST_JSON:
            await respond(Problem(413, _WORDS))(scope, receive, sent)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MOST_JSON:
                raise HTTPException(413, _WORDS)  # what reads a body lets this one pass
            return message

        await self._app(scope, counted, sent)
