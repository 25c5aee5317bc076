"""Figures over the plant's record: computed, asked in words, as files."""

from __future__ import annotations

from typing import Annotated, Any

import pydantic
from fastapi import APIRouter, Body, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ConfigDict, Field

from assistant.analytics.asking.asked import AskBack
from assistant.analytics.catalogue import CATALOGUE
from assistant.analytics.figure import Figure
from assistant.analytics.presentation.files import MEDIA, FileForm
from assistant.analytics.presentation.words import language_of, sentence
from assistant.analytics.query import Query as FigureQuery
from ui.api.callers import Asker, Caller, Reader
from ui.api.texts import Text
from ui.api.tickets import TicketOut
from ui.figure_schemas import AskedOut, BehindIn, DefinitionsOut
from ui.figures.behind import tickets_behind
from ui.figures.files import attachment, made_file
from ui.figures.reading import read_question
from ui.schemas import Schema

router = APIRouter(tags=["figures"])

LONGEST_QUESTION = 1000
LONGEST_QUERY = 6000
"""Characters of a query that stands in an address."""
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, to be saved.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            MEDIA["xlsx"]: {"schema": {"type": "string", "format": "binary"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
Form = Annotated[FileForm, Query(alias="format")]


class BehindOut(Schema):
    """Tickets behind a figure, in the order of their report."""

    items: tuple[TicketOut, ...]


class FigureAsked(Schema):
    """A question over the record, in English or Chinese."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=LONGEST_QUESTION,
            examples=["Which five machines failed most this year?"],
        ),
    ]
    before: Annotated[
        FigureQuery | None,
        Field(description="the query before, which a few words such as 'by shift' change"),
    ] = None


@router.post("/figures", operation_id="computeFigure", summary="Compute a figure")
def compute(caller: Reader, query: Annotated[FigureQuery, Body()]) -> Figure:
    """The figure of a query object, over the tickets that you may see."""
    _take(caller)
    return caller.services.figures.answer(query, caller.principal)


@router.post("/figures/ask", operation_id="askFigure", summary="Ask for a figure in words")
def ask(caller: Asker, asked: Annotated[FigureAsked, Body()]) -> AskedOut:
    """The query that the words mean with its figure, or what is asked back with choices."""
    _take(caller)
    services, principal = caller.services, caller.principal
    found = read_question(services, principal, asked.text, asked.before)
    if isinstance(found, AskBack):
        return AskedOut.back(found)
    figure = services.figures.answer(found.query, principal)
    return AskedOut.of(found, figure, sentence(figure, language_of(asked.text)))


@router.post("/figures/tickets", operation_id="listBehind", summary="The tickets behind a figure")
def behind(caller: Reader, wanted: Annotated[BehindIn, Body()]) -> BehindOut:
    """Those of the whole figure, or of one of its groups."""
    _take(caller)
    found = tickets_behind(
        caller.services,
        caller.principal,
        wanted.query,
        wanted.group,
        offset=wanted.offset,
        limit=wanted.limit,
    )
    return BehindOut(items=tuple(TicketOut.of(caller, ticket) for ticket in found))


@router.get("/figures/definitions", operation_id="listDefinitions", summary="What can be computed")
def definitions(_caller: Reader) -> DefinitionsOut:
    """Each metric with its definition, unit and source."""
    return DefinitionsOut(items=tuple(entry.definition for entry in CATALOGUE.values()))


@router.get(
    "/figures/export",
    operation_id="exportFigure",
    summary="A figure as a file",
    response_class=Response,
    responses=FILE,
)
def export(
    caller: Reader,
    query: Annotated[
        str,
        Query(
            max_length=LONGEST_QUERY,
            description="the query object as JSON",
            examples=['{"metrics": ["failure_count"], "dims": ["asset"]}'],
        ),
    ],
    form: Form = "csv",
) -> Response:
    """CSV holds the table, XLSX also the definition and the tickets, PNG the chart."""
    return file_response(caller, read_query(query), form)


def file_response(caller: Caller, query: FigureQuery, form: FileForm) -> Response:
    """The file of a query's figure, noted in the audit log."""
    _take(caller)
    services, principal = caller.services, caller.principal
    content, name = made_file(services, principal, query, form)
    caller.note("figure exported", query.metric, form=form)
    return Response(content, media_type=MEDIA[form], headers=attachment(name))


def read_query(text: str) -> FigureQuery:
    """The query that stands in an address.

    Raises:
        RequestValidationError: it is none; the error names the field.
    """
    try:
        return FigureQuery.model_validate_json(text)
    except pydantic.ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        told = [{**fault, "loc": ("query", "query", *fault["loc"])} for fault in faults]
        for fault in told:  # else it would be told that the body is no JSON
            fault["type"] = "value_error"
        raise RequestValidationError(told) from error


def _take(caller: Caller) -> None:
    """A figure counts as a question: it costs the database as much."""
    caller.require("ask")
    caller.services.limits.take(caller.principal, "question")
