"""The queue of files that came in: how far each is, cancelled or tried again by who may ingest."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from index.intake_items import IntakeItem
from ui.api.callers import Caller, Reader, Writer
from ui.api.errors import Problem, not_found
from ui.api.pages import Cursor, Limit, cursor_of, read_cursor
from ui.api.problems import problems
from ui.api.texts import RowId
from ui.document_schemas import IntakeOut
from ui.intake_queue import shown_name
from ui.schemas import Schema

router = APIRouter(tags=["documents"])

State = Literal["queued", "running", "done", "failed", "cancelled"]


class QueuedOut(IntakeOut):
    """What ``intake list --json`` prints, with the bare name of the file, and links."""

    links: dict[str, str]

    @classmethod
    def of_item(cls, caller: Caller, item: IntakeItem) -> QueuedOut:
        """The shape of an item."""
        values = IntakeOut.of(item).model_dump() | {"name": shown_name(item)}
        values["reason"] = item.reason.replace(item.name, shown_name(item))
        return cls(**values, links={"self": caller.path("intake", item.item_id)})


class IntakePage(Schema):
    """A page of the queue; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[QueuedOut, ...]
    next: str | None


@router.get(
    "/intake", operation_id="listIntake", summary="Files that came in, in the order they did"
)
def list_intake(
    caller: Reader,
    state: Annotated[list[State], Query(max_length=5)] = ["queued", "running", "failed"],  # noqa: B006
    limit: Limit = 50,
    cursor: Cursor = None,
) -> IntakePage:
    """What waits, is being read or failed; others on request."""
    caller.require("ingest")
    after = read_cursor(cursor, (int,))
    first = int(after[0]) if after else 0
    found = [
        item
        for item in caller.services.intake.items(caller.principal, *state)
        if item.item_id > first
    ]
    shown = found[:limit]
    items = tuple(QueuedOut.of_item(caller, item) for item in shown)
    last = cursor_of(shown[-1].item_id) if len(found) > limit else None
    return IntakePage(items=items, next=last)


@router.get(
    "/intake/{item_id}",
    operation_id="getIntake",
    summary="A file that came in",
    responses=problems(404),
)
def get_item(caller: Reader, item_id: RowId) -> QueuedOut:
    """How far it is."""
    return QueuedOut.of_item(caller, _item(caller, item_id))


@router.post(
    "/intake/{item_id}/cancel",
    operation_id="cancelIntake",
    summary="Give up a file that waits or is being read",
    responses=problems(404, 409),
)
def cancel(caller: Writer, item_id: RowId) -> QueuedOut:
    """409 where it is through already."""
    _item(caller, item_id)
    if not caller.services.intake.cancel(caller.principal, item_id):
        raise Problem(409, "It is neither waiting nor being read.")
    return QueuedOut.of_item(caller, _item(caller, item_id))


@router.post(
    "/intake/{item_id}/retry",
    operation_id="retryIntake",
    summary="Read a file again that failed or was cancelled",
    responses=problems(404, 409),
)
def retry(caller: Writer, item_id: RowId) -> QueuedOut:
    """409 where it neither failed nor was cancelled."""
    _item(caller, item_id)
    if not caller.services.intake.try_again(caller.principal, item_id):
        raise Problem(409, "It neither failed nor was cancelled.")
    caller.services.ingestion.ensure_running(at_once=True)
    return QueuedOut.of_item(caller, _item(caller, item_id))


def _item(caller: Caller, item_id: int) -> IntakeItem:
    caller.require("ingest")
    item = caller.services.intake.item(caller.principal, item_id)
    if item is None or item.state == "deleting":
        raise not_found()
    return item
