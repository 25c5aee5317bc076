"""The size of what is sent to us."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.shell.refusals import refusal

SMALL = 256 * 1024
"""Bytes of a request that carries no file."""
UPLOAD = 200 * 1024 * 1024
"""Bytes of a request that carries files."""


class BodyLimit:
    """ASGI middleware that refuses a body over the limit while it comes in, with 413."""

    def __init__(self, app: ASGIApp, limit_of: Callable[[str], int]) -> None:
        """``limit_of`` gives the most bytes that a request to a path may have."""
        self._app = app
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count what it sends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        words = f"The request is over the limit of {_size(limit)}. Send less at once."
        stated = Headers(scope=scope).get("content-length", "0")
        if not stated.isdecimal() or len(stated) > 18 or int(stated) > limit:
            answer = refusal(scope["path"], words, 413, {"Connection": "close"})
            await answer(scope, receive, send)
            return
        received = 0
        has_begun = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # What reads a body lets this one pass, and anything else becomes a 400.
                raise HTTPException(413, words, {"Connection": "close"})
            return message

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except HTTPException as error:  # read outside the routes, which answer for themselves
            if has_begun:
                raise
            answer = refusal(scope["path"], words, error.status_code, error.headers)
            await answer(scope, receive, send)


def _size(limit: int) -> str:
    return f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit >> 10} KiB"
