"""The routes of a past ticket: it is shown, taken out of the figures and put back."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.phrases import LANGUAGES
from index.access import Principal
from index.errors import ExclusionRefused, NotAllowed, TicketUnknown
from index.listing import tickets_by_uid
from ui.identity import principal_of
from ui.past_ticket_html import Shown, page_html, piece_html
from ui.repairs_html import ticket_url, uid_of
from ui.shell.entering import Fields
from ui.shell.headers import FORM
from ui.wiring import Services

_PATH = "/past-tickets/{uid:path}"
_NOT_DONE = {NotAllowed: 403, TicketUnknown: 404, ExclusionRefused: 422}
Language = Annotated[str, Query(max_length=2)]


def add_routes(web: FastAPI, services: Services) -> None:
    """Add the page of a ticket, and what its form does."""

    @web.get(_PATH)
    def show(request: Request, uid: str, part: int = 0, lang: Language = "en") -> Response:
        """A ticket that the principal may see: a page, or a piece of one."""
        principal = principal_of(services, request)
        return _answer(_shown(services, principal, uid_of(uid), lang), is_part=bool(part))

    @web.post(_PATH)
    def decide(request: Request, uid: str, fields: Fields) -> Response:
        """Take a ticket out of every figure, or back into them."""
        principal, uid = principal_of(services, request), uid_of(uid)
        language, is_part = fields.get("lang", "en"), bool(fields.get("part"))
        _shown(services, principal, uid, language)  # it is there
        principal.require("curate")
        try:
            if fields.get("act") == "include":
                services.exclusions.take_back(principal, uid)
            else:
                services.exclusions.exclude(principal, uid, fields.get("reason", ""))
        except tuple(_NOT_DONE) as error:
            shown = _shown(services, principal, uid, language, refusal=str(error))
            return _answer(shown, is_part=is_part, status=_NOT_DONE[type(error)])
        if is_part:
            return _answer(_shown(services, principal, uid, language), is_part=True)
        return RedirectResponse(f"{ticket_url(uid)}?lang={_known(language)}", 303)


def _shown(
    services: Services, principal: Principal, uid: str, language: str, *, refusal: str = ""
) -> Shown:
    found = tickets_by_uid(services.catalog, principal, [uid])
    if not found:
        raise HTTPException(404, "There is no such ticket.")
    every = services.exclusions.all(principal)
    return Shown(
        found[0],
        next((one for one in every if one.uid == uid), None),
        principal.may("curate"),
        _known(language),
        refusal,
    )


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"


def _answer(shown: Shown, *, is_part: bool, status: int = 200) -> Response:
    body = piece_html(shown) if is_part else page_html(shown)
    return HTMLResponse(body, status, headers={"Content-Security-Policy": FORM})
