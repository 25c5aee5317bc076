"""Figures as files for the browser: the routes of the tab, which the API shares the making of."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request, Response
from pydantic import ValidationError

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell
from assistant.analytics.presentation.files import MEDIA, FileForm, file_name, file_of
from assistant.analytics.query import Query as FigureQuery
from index.access import Principal
from ui.figures.behind import tickets_behind
from ui.figures.links import PATH
from ui.identity import principal_of
from ui.wiring import Services

logger = logging.getLogger(__name__)

_MOST_ROWS = 2000  # tickets in a workbook
_AT_ONCE = 500
_HEADER = (
    "ticket", "machine", "title", "kind", "status", "reported", "completed", "downtime [min]",
    "failure mode", "cause", "resolution", "uid",
)  # fmt: skip
_LONGEST = 6000  # characters of a query in an address


def add_routes(web: FastAPI, services: Services) -> None:
    """Add the route of the files."""

    @web.get(PATH + ".{form}")
    def figure_file(
        request: Request,
        form: str,
        query: Annotated[str, Query(max_length=_LONGEST)],
        language: Annotated[str, Query(max_length=2)] = "en",
    ) -> Response:
        """The figure of a query as the principal sees it, as a file."""
        principal = principal_of(services, request)
        if form not in MEDIA:
            raise HTTPException(404, "Figures are exported as csv, xlsx or png.")
        principal.require("ask")
        services.limits.take(principal, "question")
        try:
            wanted = FigureQuery.model_validate_json(query)
            content, name = made_file(services, principal, wanted, form, language)
        except ValidationError as error:
            raise HTTPException(422, "The address holds no query. Open the figure anew.") from error
        except CannotAnswer as error:
            raise HTTPException(422, str(error)) from error
        services.audit.note(principal, "figure exported", wanted.metric, form=form)
        return Response(content, media_type=MEDIA[form], headers=attachment(name))


def attachment(name: str) -> dict[str, str]:
    """The headers of a file that is to be saved."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def made_file(
    services: Services,
    principal: Principal,
    query: FigureQuery,
    form: FileForm,
    language: str = "en",
) -> tuple[bytes, str]:
    """A figure as a file with its name.

    Raises:
        CannotAnswer: the query cannot be computed, or may not be.
    """
    figure = services.figures.answer(query, principal)
    rows = _rows(services, principal, query) if form == "xlsx" else ()
    return file_of(figure, form, rows, language), file_name(figure, form)


def _rows(services: Services, principal: Principal, query: FigureQuery) -> Sequence[Sequence[Cell]]:
    """The tickets behind a figure as lines of a sheet, the first their header."""
    lines: list[Sequence[Cell]] = [_HEADER]
    for offset in range(0, _MOST_ROWS, _AT_ONCE):
        found = tickets_behind(services, principal, query, offset=offset, limit=_AT_ONCE)
        lines += [
            (
                one.number, one.asset, one.title, one.ticket_type, one.status, one.reported_at,
                one.completed_at, one.downtime_min, one.failure_mode, one.cause, one.resolution,
                one.uid,
            )
            for one in found
        ]  # fmt: skip
        if not found:
            break
    return lines
