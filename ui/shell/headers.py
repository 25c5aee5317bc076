"""Headers that every answer carries, so that a browser runs and shows nothing that is not ours."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

_HSTS = "max-age=31536000"
_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with "no-referrer" a form would send "Origin: null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), "
        "display-capture=(), browsing-topics=()"
    ),
}
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For what is no page: pictures, files, JSON."""
FORM = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""For our own pages, which have no script at all."""


def app_policy(hashes: Iterable[str], *, evaluates: bool) -> str:
    """The policy of the app's page.

    Args:
        hashes: base64 SHA-256 of the scripts that stand in the page; no other script in a page, and
            no handler in an attribute, runs.
        evaluates: whether the page must be allowed to run texts as scripts.
    """
    own = ["'self'", *(f"'sha256-{each}'" for each in hashes)]
    if evaluates:
        own.append("'unsafe-eval'")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(own)}",
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",  # widgets are sized by style attributes
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-src 'none'",
            "worker-src 'none'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """ASGI middleware that puts the headers on every answer, also on that of a failure.

    An answer may state its own policy and how long it may be kept; what does not is kept nowhere.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and complete the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def complete(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                _complete(MutableHeaders(scope=message), is_secure=scope["scheme"] == "https")
            await send(message)

        try:
            await self._app(scope, receive, complete)
        except Exception:
            if has_begun:
                raise
            logger.exception("%s %s", scope["method"], scope["path"])
            failed = PlainTextResponse(
                "Faultbook failed at this. The log of the server says why.", 500
            )
            await failed(scope, receive, complete)


def _complete(headers: MutableHeaders, *, is_secure: bool) -> None:
    for name in [name for name in headers if name.startswith("access-control-")]:
        del headers[name]  # no page of another origin has anything to read here
    for name, value in _COMMON.items():
        headers[name] = value
    headers.setdefault("Content-Security-Policy", NOTHING)
    headers.setdefault("Cache-Control", "no-store")
    if is_secure:
        headers["Strict-Transport-Security"] = _HSTS
