"""Requests that pages of other sites have browsers send are refused."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from ui.identity import is_of_programs
from ui.shell.refusals import refusal

FOREIGN = "Faultbook answers its own pages only, and no page of another site."
UNSTATED = (
    "Faultbook changes nothing for a request that does not say where it comes from. Send the "
    "header Origin with the address of Faultbook, or use an API token."
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnPagesOnly:
    """ASGI middleware that refuses what a page of another site asks for.

    What changes something must state that it comes from a page of ours, unless it carries a token
    in a header, which no page of another site can make a browser send.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403."""
        words = _fault(scope) if scope["type"] in ("http", "websocket") else ""
        if not words:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, words)(scope, receive, send)
        else:
            await refusal(scope["path"], words, 403)(scope, receive, send)


def _fault(scope: Scope) -> str:
    headers = Headers(scope=scope)
    scheme = "https" if scope.get("scheme") in ("https", "wss") else "http"
    own = f"{scheme}://{headers.get('host', '').lower()}"
    origins = headers.getlist("origin")
    if any(origin.lower() != own for origin in origins) or _is_foreign_fetch(scope, headers):
        return FOREIGN
    if scope.get("method", "GET") in SAFE_METHODS or _has_token(scope, headers):
        return ""
    is_stated = bool(origins) or headers.get("sec-fetch-site") == "same-origin"
    return "" if is_stated else UNSTATED


def _has_token(scope: Scope, headers: Headers) -> bool:
    names_token = headers.get("authorization", "").lower().startswith("bearer ")
    return is_of_programs(scope["path"]) and names_token


def _is_foreign_fetch(scope: Scope, headers: Headers) -> bool:
    # Another port of this machine is the same site, and gets the same cookies, but is not ours.
    if headers.get("sec-fetch-site") not in ("cross-site", "same-site"):
        return False
    is_link = (  # somebody followed a link to here, which no frame of the other site shows
        scope.get("method") == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest", "document") == "document"
    )
    return not is_link
