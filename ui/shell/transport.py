"""Nothing is answered over a connection that others can read."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_ANSWERED = frozenset({"/healthz", "/readyz"})
_PLAIN = (
    "Faultbook is reached by HTTPS only. If this request came through the proxy, the proxy must "
    "send 'X-Forwarded-Proto: https' and its address must be that of --trusted-proxy."
)


class SecureOnly:
    """ASGI middleware that answers plain HTTP with 400; for a server that others can reach.

    Whether it lives is told to anybody, so that the machine itself can look.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400."""
        is_plain = scope["type"] == "http" and scope["scheme"] != "https"
        if is_plain and scope["path"] not in _ANSWERED:
            await PlainTextResponse(_PLAIN, 400)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
