"""Who calls, and what they may do: asked at every request, before anything else is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from assistant.api_tokens import Scope
from assistant.audit import AuditAction
from index.access import Action, Principal
from index.errors import NotAllowed
from ui.identity import caller_of, principal_of
from ui.wiring import Services


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a request; ``is_token`` tells that a program signed in for them."""

    services: Services
    principal: Principal
    request: Request
    is_token: bool

    def require(self, action: Action) -> None:
        """Go on only if the role allows an action.

        Raises:
            NotAllowed: it does not.
        """
        self.principal.require(action)

    def again(self) -> Principal:
        """The user as they are now: what was taken away meanwhile holds."""
        return principal_of(self.services, self.request)

    def note(self, action: AuditAction, what: object = "", **details: Any) -> None:
        """Log what is about to be done.

        Raises:
            AuditFailed: it cannot be logged, so it must not be done.
        """
        client = self.request.client
        address = client.host if client else ""
        self.services.audit.note(self.principal, action, str(what), address=address, **details)

    def path(self, *parts: object) -> str:
        """The address of something of this API, as a path on this server."""
        root = str(self.request.scope.get("root_path", ""))
        return "/".join([root, *map(str, parts)])


def _caller(scope: Scope) -> Callable[[Request], Caller]:
    def find(request: Request) -> Caller:
        services: Services = request.app.state.services
        principal, scopes = caller_of(services, request)
        if scopes is not None and scope not in scopes:
            raise NotAllowed(
                f"This token has not the scope {scope!r}. Make one that has it, for no longer "
                "than it is needed."
            )
        if scope == "administer":
            principal.require("administer")
        return Caller(services, principal, request, scopes is not None)

    return find


Reader = Annotated[Caller, Depends(_caller("read"))]
Asker = Annotated[Caller, Depends(_caller("ask"))]
Writer = Annotated[Caller, Depends(_caller("write"))]
Administrator = Annotated[Caller, Depends(_caller("administer"))]
