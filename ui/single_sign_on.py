"""The routes of single sign-on: to the provider, and back with a session."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from assistant.errors import AccountError, AccountRefused, AccountUnknown
from assistant.provider_accounts import ProviderAccounts
from ui.identity import SECURE_COOKIE, cookie_name
from ui.oidc_client import OidcClient, SignInFailed
from ui.oidc_pending import LONGEST_S, Pending, PendingSignIns
from ui.oidc_rights import provided_user
from ui.shell.door import SINGLE_SIGN_ON
from ui.shell.entering import address, own_path, signed_in
from ui.shell.forms import Provider, told_page
from ui.wiring import Services

logger = logging.getLogger(__name__)

RETURN = f"{SINGLE_SIGN_ON}/return"
_TITLE = "Sign-in failed"
_LONGEST_QUERY = 8000  # characters of what the provider sends back


def provider_of(services: Services) -> Provider | None:
    """Single sign-on as the sign-in page offers it; None if the settings name no provider."""
    settings = services.settings.oidc
    return Provider(SINGLE_SIGN_ON, settings.label) if settings.issuer else None


def add_routes(web: FastAPI, services: Services) -> None:
    """Add the routes, if the settings name a provider.

    Raises:
        HomeError: the secret of the client cannot be read.
    """
    settings = services.settings.oidc
    if not settings.issuer:
        return
    client = OidcClient(settings)
    pending = PendingSignIns()

    @web.get(SINGLE_SIGN_ON)
    def begin(request: Request, wanted: Annotated[str, Query(alias="next")] = "/") -> Response:
        """Send the browser to the provider."""
        base = settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
        one, browser = pending.begin(base + RETURN, own_path(wanted), address(request))
        try:
            place = client.authorization_url(one.secrets, one.redirect_uri)
        except SignInFailed as error:
            return _failed(error, 502)
        answer = RedirectResponse(place, 303)
        _set_cookie(answer, request, browser)
        return answer

    @web.get(RETURN)
    def come_back(request: Request) -> Response:
        """Open a session for whom the provider signed in."""
        sent = dict(request.query_params) if len(request.url.query) <= _LONGEST_QUERY else {}
        one = pending.take(sent.get("state", ""), request.cookies.get(_cookie(request), ""))
        if one is None:
            words = "This sign-in was not begun in this browser, is over, or was used. Begin again."
            answer: Response = told_page(_TITLE, words, status=400)
        else:
            answer = _finish(services, client, request, one, sent)
        _set_cookie(answer, request, "")
        return answer


def _finish(
    services: Services, client: OidcClient, request: Request, one: Pending, sent: dict[str, str]
) -> Response:
    issuer = services.settings.oidc.issuer
    accounts = ProviderAccounts(services.records.engine)
    try:
        claims = client.claims(sent, one.secrets, one.redirect_uri)
        user = provided_user(claims, services.settings.oidc)
        if user.role is None:
            accounts.end_access(issuer, user.subject)
            raise AccountRefused(
                f"The provider signed you in as {user.name[:80]}, but none of your groups there "
                "gives you a role in Faultbook. Ask an administrator."
            )
        account = accounts.take(
            issuer,
            user.subject,
            user.name,
            user.role,
            display_name=user.display_name[:120],
            sites=user.sites,
            groups=user.groups,
        )
        came_from = address(request)
        services.audit.note(account.name, "sign-in", address=came_from, provider=issuer)
        secret = services.sessions.open(account.name, came_from)
    except SignInFailed as error:
        return _failed(error, 403)
    except (AccountRefused, AccountUnknown) as error:
        return _failed(error, 403)
    return signed_in(services, request, secret, one.wanted)


def _failed(error: SignInFailed | AccountError, status: int) -> Response:
    logger.warning("single sign-on: %s", error)
    return told_page(_TITLE, f"{error} Begin again at the sign-in page.", status=status)


def _cookie(request: Request) -> str:
    return f"{cookie_name(request)}-sign-in"


def _set_cookie(answer: Response, request: Request, value: str) -> None:
    answer.set_cookie(
        _cookie(request),
        value,
        max_age=LONGEST_S if value else 0,
        path="/",
        secure=cookie_name(request) == SECURE_COOKIE,
        httponly=True,
        samesite="lax",  # the way back begins on the provider's pages
    )
