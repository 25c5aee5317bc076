"""Saved figures: by a name, on a dashboard, made anew by a schedule."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Response

from assistant.analytics.figure import Figure
from ui.api.callers import Reader, Writer
from ui.api.figures import FILE, Form, file_response
from ui.api.problems import problems
from ui.api.texts import RecordId
from ui.figure_schemas import RunOut, RunsOut, SavedIn, SavedListOut, SavedOut

router = APIRouter(tags=["figures"], prefix="/figures/saved")


@router.get("", operation_id="listSavedFigures", summary="Saved figures")
def list_saved(caller: Reader) -> SavedListOut:
    """Yours by name, then those that others share with you."""
    found = caller.services.saved_figures.all(caller.principal)
    return SavedListOut(items=tuple(SavedOut.of(one) for one in found))


@router.post("", status_code=201, operation_id="saveFigure", summary="Save a figure")
def save(caller: Writer, new: Annotated[SavedIn, Body()]) -> SavedOut:
    """Under a name that you have not used yet. What is kept is the query, never rows."""
    return SavedOut.of(caller.services.saved_figures.save(caller.principal, new.wanted()))


@router.get(
    "/{saved_id}",
    operation_id="getSavedFigure",
    summary="A saved figure",
    responses=problems(404),
)
def get_saved(caller: Reader, saved_id: RecordId) -> SavedOut:
    """One of yours, or one that is shared with you."""
    return SavedOut.of(caller.services.saved_figures.get(caller.principal, saved_id))


@router.put(
    "/{saved_id}",
    operation_id="changeSavedFigure",
    summary="Change a saved figure",
    responses=problems(404),
)
def change(caller: Writer, saved_id: RecordId, new: Annotated[SavedIn, Body()]) -> SavedOut:
    """Put another in the place of one of yours; its schedule begins anew."""
    found = caller.services.saved_figures.change(caller.principal, saved_id, new.wanted())
    return SavedOut.of(found)


@router.delete(
    "/{saved_id}",
    status_code=204,
    operation_id="deleteSavedFigure",
    summary="Delete a saved figure",
    responses=problems(404),
)
def delete(caller: Writer, saved_id: RecordId) -> Response:
    """One of yours, with all that its schedule made."""
    caller.services.saved_figures.delete(caller.principal, saved_id)
    return Response(status_code=204)


@router.put(
    "/{saved_id}/pin",
    operation_id="pinFigure",
    summary="Pin a figure to your dashboard",
    responses=problems(404),
)
def pin(caller: Writer, saved_id: RecordId) -> SavedOut:
    """One of yours, or one that is shared with you; the dashboard is your own."""
    return SavedOut.of(caller.services.saved_figures.pin(caller.principal, saved_id))


@router.delete(
    "/{saved_id}/pin",
    operation_id="unpinFigure",
    summary="Take a figure off your dashboard",
    responses=problems(404),
)
def unpin(caller: Writer, saved_id: RecordId) -> SavedOut:
    """It stays saved."""
    saved = caller.services.saved_figures
    return SavedOut.of(saved.pin(caller.principal, saved_id, is_pinned=False))


@router.get(
    "/{saved_id}/figure",
    operation_id="computeSavedFigure",
    summary="Compute a saved figure now",
    responses=problems(404),
)
def compute(caller: Reader, saved_id: RecordId) -> Figure:
    """Over the tickets that you may see, whoever saved it."""
    services, principal = caller.services, caller.principal
    saved = services.saved_figures.get(principal, saved_id)
    services.limits.take(principal, "question")
    return services.figures.answer(saved.query, principal)


@router.get(
    "/{saved_id}/export",
    operation_id="exportSavedFigure",
    summary="A saved figure as a file",
    response_class=Response,
    responses={**FILE, **problems(404)},
)
def export(caller: Reader, saved_id: RecordId, form: Form = "csv") -> Response:
    """Computed now, over the tickets that you may see."""
    saved = caller.services.saved_figures.get(caller.principal, saved_id)
    return file_response(caller, saved.query, form)


@router.get(
    "/{saved_id}/runs",
    operation_id="listFigureRuns",
    summary="What a schedule made",
    responses=problems(404),
)
def runs(caller: Reader, saved_id: RecordId) -> RunsOut:
    """The results of a figure of yours, without the figures themselves, the newest first."""
    found = caller.services.figure_runs.of(caller.principal, saved_id)
    bare = (RunOut.of(run).model_copy(update={"figure": None}) for run in found)
    return RunsOut(items=tuple(bare))


@router.get(
    "/{saved_id}/runs/{run_id}",
    operation_id="getFigureRun",
    summary="One result of a schedule",
    responses=problems(404),
)
def get_run(caller: Reader, saved_id: RecordId, run_id: RecordId) -> RunOut:
    """With its figure, as it was computed then."""
    return RunOut.of(caller.services.figure_runs.get(caller.principal, saved_id, run_id))
