"""The route of a session that was handed over: one page to read and print."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from assistant.errors import RecordNotFound
from ui.handover_page import POLICY, SHEET, handover_page
from ui.identity import principal_of
from ui.wiring import Services


def add_routes(web: FastAPI, services: Services) -> None:
    """Add the page and its style sheet."""

    @web.get(SHEET)
    def sheet() -> Response:
        """The style sheet of the page."""
        text = files("ui").joinpath("static", "handover.css").read_text(encoding="utf-8")
        headers = {"Cache-Control": "private, no-cache"}
        return Response(text, media_type="text/css", headers=headers)

    @web.get("/handovers/{handover_id}")
    def page(request: Request, handover_id: str) -> Response:
        """A handover that the principal may see."""
        principal = principal_of(services, request)
        try:
            handover = services.handovers.get(principal, handover_id)
        except RecordNotFound as error:
            raise HTTPException(404, "There is no such handover.") from error
        answer = handover.answer
        marks = (
            services.recalls.of_answer(principal, answer, handover.answered_at) if answer else ()
        )
        headers = {"Content-Security-Policy": POLICY}
        return HTMLResponse(handover_page(handover, marks), headers=headers)
