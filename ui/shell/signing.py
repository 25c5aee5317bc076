"""Signing in and out by our own page."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from assistant.errors import TooManyAttempts, WrongCredentials
from ui.identity import NotSignedIn, secret_of, session_of
from ui.shell.door import SHEET, SIGN_IN, SIGN_OUT
from ui.shell.entering import Fields, address, own_path, set_cookie, signed_in, too_many
from ui.shell.forms import Provider, sign_in_page
from ui.shell.refusals import retry_after
from ui.wiring import Services

_WRONG = "The name or the password is wrong."


def add_routes(web: FastAPI, services: Services, provider: Provider | None = None) -> None:
    """Add the page to sign in, and the way out."""

    @web.get(SHEET)
    def sheet() -> Response:
        text = files("ui").joinpath("static", "sign_in.css").read_text(encoding="utf-8")
        return Response(text, media_type="text/css", headers={"Cache-Control": "no-cache"})

    @web.get(SIGN_IN)
    def ask(request: Request) -> Response:
        wanted = own_path(request.query_params.get("next", "/"))
        if _session_name(services, request):
            return RedirectResponse(wanted, 303)
        return sign_in_page(wanted, provider=provider)

    @web.post(SIGN_IN)
    def sign_in(request: Request, fields: Fields) -> Response:
        name, wanted = fields.get("name", ""), own_path(fields.get("next", "/"))
        try:
            secret = services.sign_in.password(name, fields.get("password", ""), address(request))
        except WrongCredentials:
            return sign_in_page(wanted, name=name, said=_WRONG, status=401, provider=provider)
        except TooManyAttempts as error:
            return sign_in_page(
                wanted,
                name=name,
                said=too_many(error.retry_after_s),
                status=429,
                retry_after=retry_after(error),
                provider=provider,
            )
        return signed_in(services, request, secret, wanted)

    @web.post(SIGN_OUT)
    def sign_out(request: Request) -> Response:
        services.sessions.close(secret_of(request))
        answer = RedirectResponse(SIGN_IN, 303)
        set_cookie(answer, request, "")
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer


def _session_name(services: Services, request: Request) -> str:
    try:
        return session_of(services, request).account.name
    except NotSignedIn:
        return ""
