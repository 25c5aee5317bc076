"""Changing one's own password."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from assistant.errors import PasswordRefused, TooManyAttempts, WrongCredentials
from ui.identity import session_of
from ui.shell.door import PASSWORD
from ui.shell.entering import Fields, address, signed_in, too_many
from ui.shell.forms import password_page, told_page
from ui.shell.refusals import retry_after
from ui.wiring import Services

_TITLE = "Change the password"
_ELSEWHERE = "You sign in through your organisation. Change the password there."


def add_routes(web: FastAPI, services: Services) -> None:
    """Add the page to change the password."""

    @web.get(PASSWORD)
    def ask_for_password(request: Request) -> Response:
        account = session_of(services, request).account
        if account.provider:
            return told_page(_TITLE, _ELSEWHERE, status=200)
        return password_page(account.name, must_change=account.must_change_password)

    @web.post(PASSWORD)
    def change_password(request: Request, fields: Fields) -> Response:
        account = session_of(services, request).account
        if account.provider:
            return told_page(_TITLE, _ELSEWHERE, status=403)
        new, headers = fields.get("new", ""), {}
        try:
            if new != fields.get("again", ""):
                raise PasswordRefused("The new password was not typed the same twice.")
            old = fields.get("old", "")
            secret = services.sign_in.change_password(account.name, old, new, address(request))
        except PasswordRefused as error:
            said, status = str(error), 422
        except WrongCredentials:
            said, status = "The old password is wrong.", 403
        except TooManyAttempts as error:
            said, status, headers = too_many(error.retry_after_s), 429, retry_after(error)
        else:
            return signed_in(services, request, secret, "/")
        return password_page(
            account.name,
            must_change=account.must_change_password,
            said=said,
            status=status,
            retry_after=headers,
        )
