"""The user's own account: who they are, their sessions, tokens and password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import ConfigDict, Field, SecretStr

from assistant.api_tokens import LONGEST_DAYS, ApiToken, Scope
from assistant.sessions import Session
from index.access import Role
from index.errors import NotAllowed
from ui.api.callers import Caller, Reader, Writer
from ui.api.problems import problems
from ui.api.texts import RecordId, Text
from ui.identity import SECURE_COOKIE, cookie_name, secret_of, session_of
from ui.schemas import Schema
from ui.wiring import Services

router = APIRouter(tags=["your account"])

_Secret = Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class MeOut(Schema):
    """Who you are; ``sites`` and ``groups`` are null where you belong to every one."""

    name: str
    role: Role
    sites: tuple[str, ...] | None
    groups: tuple[str, ...] | None


class SessionOut(Schema):
    """A session that is open; ``is_this`` marks the one that asks."""

    id: str
    address: str
    opened_at: str
    last_seen_at: str
    is_this: bool

    @classmethod
    def of(cls, session: Session, this: str) -> SessionOut:
        """The shape of a session."""
        return cls(
            id=session.session_id,
            address=session.address,
            opened_at=session.opened_at,
            last_seen_at=session.last_seen_at,
            is_this=session.session_id == this,
        )


class SessionsOut(Schema):
    """Your sessions, the last used first."""

    items: tuple[SessionOut, ...]


class TokenOut(Schema):
    """A token without its secret."""

    id: str
    label: str
    scopes: tuple[Scope, ...]
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None
    is_valid: bool

    @classmethod
    def of(cls, token: ApiToken) -> TokenOut:
        """The shape of a token."""
        values = {name: getattr(token, name) for name in cls.model_fields if name != "id"}
        return cls(id=token.token_id, **values)


class TokensOut(Schema):
    """Your tokens, the newest first, with those that are over."""

    items: tuple[TokenOut, ...]


class NewToken(Schema):
    """A token for a program of yours."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[Text, Field(min_length=1, max_length=120, examples=["dashboard"])]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4, examples=[["read", "ask"]])]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 30


class TokenWithSecret(TokenOut):
    """A token with its secret, told here and never again."""

    secret: str


class PasswordChange(Schema):
    """Your password and the one that takes its place."""

    model_config = ConfigDict(extra="forbid")

    old: _Secret
    new: _Secret


@router.get("/me", operation_id="getMe", summary="Who you are")
def me(caller: Reader) -> MeOut:
    """The user behind the request, with the rights of now."""
    who = caller.principal
    return MeOut(
        name=who.user,
        role=who.role,
        sites=None if who.sites is None else tuple(sorted(who.sites)),
        groups=None if who.groups is None else tuple(sorted(who.groups)),
    )


@router.get("/me/sessions", operation_id="listSessions", summary="Your open sessions")
def sessions(caller: Reader) -> SessionsOut:
    """Where you are signed in."""
    services = caller.services
    this = services.sessions.find(secret_of(caller.request))
    found = services.sessions.list(caller.principal.user)
    this_id = this.session_id if this else ""
    return SessionsOut(items=tuple(SessionOut.of(session, this_id) for session in found))


@router.delete(
    "/me/sessions/{session_id}",
    status_code=204,
    operation_id="revokeSession",
    summary="End a session of yours",
    responses=problems(404),
)
def revoke_session(caller: Writer, session_id: RecordId) -> Response:
    """It is signed out at its next request."""
    caller.services.sessions.revoke(caller.principal, session_id)
    return Response(status_code=204)


@router.get("/me/tokens", operation_id="listTokens", summary="Your tokens")
def tokens(caller: Reader) -> TokensOut:
    """What programs of yours sign in with."""
    found = caller.services.api_tokens.list(caller.principal)
    return TokensOut(items=tuple(TokenOut.of(token) for token in found))


@router.post(
    "/me/tokens",
    status_code=201,
    operation_id="createToken",
    summary="Make a token",
    responses=problems(404, 409),
)
def create_token(caller: Writer, new: Annotated[NewToken, Body()]) -> TokenWithSecret:
    """Only from a session: no token makes another that may do more."""
    _require_session(caller)
    token, secret = caller.services.api_tokens.create(
        caller.principal, new.label, new.scopes, new.days
    )
    return TokenWithSecret(**TokenOut.of(token).model_dump(), secret=secret)


@router.delete(
    "/me/tokens/{token_id}",
    status_code=204,
    operation_id="revokeToken",
    summary="End a token of yours",
    responses=problems(404),
)
def revoke_token(caller: Writer, token_id: RecordId) -> Response:
    """It counts no more at its next request."""
    caller.services.api_tokens.revoke(caller.principal, token_id)
    return Response(status_code=204)


@router.put(
    "/me/password",
    status_code=204,
    operation_id="changePassword",
    summary="Change your password",
)
def change_password(request: Request, change: Annotated[PasswordChange, Body()]) -> Response:
    """Only from a session. All your sessions end, and this one goes on under a new secret."""
    services: Services = request.app.state.services
    account = session_of(services, request).account
    secret = services.sign_in.change_password(
        account.name,
        change.old.get_secret_value(),
        change.new.get_secret_value(),
        request.client.host if request.client else "",
    )
    response = Response(status_code=204)
    name = cookie_name(request)
    response.set_cookie(
        name, secret, path="/", secure=name == SECURE_COOKIE, httponly=True, samesite="lax"
    )
    return response


def _require_session(caller: Caller) -> None:
    if caller.is_token:
        raise NotAllowed("A token cannot do this. Sign in and do it from the session.")
