"""Who sends a request, for our own routes and for Gradio's events.

The browser names its session by a cookie, a program its token by a header. Both are looked up at
every request, so that a right that was taken away holds at once. Over HTTP nobody is ``LOCAL``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.api_tokens import Scope
from assistant.errors import AssistantError
from assistant.sessions import Session
from index.access import Principal

if TYPE_CHECKING:  # the services import every package, and need none of this
    from ui.wiring import Services

SECURE_COOKIE, PLAIN_COOKIE = "__Host-faultbook", "faultbook"
API_ROOT = "/api/v1"
"""Below it programs are answered, which send a token instead of a cookie."""


class NotSignedIn(AssistantError):
    """A request names no session or token that is open."""


class PasswordChangeNeeded(NotSignedIn):
    """The password is one that somebody else gave: nothing works until its owner changes it."""


def is_of_programs(path: str) -> bool:
    """Tell whether a path is one of the HTTP API."""
    return path.startswith(f"{API_ROOT}/")


def cookie_name(request: Any) -> str:
    """The name of the session's cookie: over HTTPS one that no other host or path can set."""
    is_secure = _unwrapped(request).scope["scheme"] in ("https", "wss")
    return SECURE_COOKIE if is_secure else PLAIN_COOKIE


def secret_of(request: Any) -> str:
    """The secret that the cookie of a request holds, empty if there is none."""
    secret = _unwrapped(request).cookies.get(cookie_name(request), "")
    return str(secret)


def session_of(services: Services, request: Any) -> Session:
    """The session that the cookie of a request names.

    ``request`` is a ``starlette`` connection or a ``gr.Request``. A user who must change the
    password has a session, for the change itself and for signing out: see :func:`principal_of`.

    Raises:
        NotSignedIn: there is none, or it has ended.
    """
    session = services.sessions.find(secret_of(request))
    if session is None:
        raise NotSignedIn("You are not signed in, or your session has ended. Sign in.")
    return session


def principal_of(services: Services, request: Any) -> Principal:
    """Who sent a request.

    Raises:
        NotSignedIn: nobody who is signed in.
        PasswordChangeNeeded: somebody who has to change the password first.
    """
    return caller_of(services, request)[0]


def caller_of(services: Services, request: Any) -> tuple[Principal, frozenset[Scope] | None]:
    """Who sent a request, with the scopes of their token; None for a session, which has all.

    A token counts below ``/api/v1`` only. Where a request names one there, its cookie does not
    count, even if the token is worth nothing.

    Raises:
        NotSignedIn: nobody who is signed in.
        PasswordChangeNeeded: somebody who has to change the password first.
    """
    connection = _unwrapped(request)
    token = _token_of(connection)
    if token is not None:
        found = services.api_tokens.find(token)
        if found is None:
            raise NotSignedIn(
                "This token is not valid: unknown, revoked, expired, or its owner is shut out. "
                "Make a new one."
            )
        return found
    account = session_of(services, connection).account
    if account.must_change_password:
        raise PasswordChangeNeeded("Your password was given to you. Change it first.")
    return account.principal(), None


def _token_of(connection: Any) -> str | None:
    """The bearer token of a request, None if it names none or none counts there."""
    path = connection.scope["path"]  # its url is made of the host that the request names
    if path != API_ROOT and not is_of_programs(path):
        return None
    kind, _, token = connection.headers.get("authorization", "").strip().partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _unwrapped(request: Any) -> Any:
    """The connection: gradio's request hands on attributes, but makes other things of some."""
    return getattr(request, "request", None) or request
