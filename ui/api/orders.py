"""Draft work orders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import ConfigDict, Field

from assistant.errors import InvalidWorkOrder
from assistant.export import export
from assistant.work_orders import TITLE_LENGTH, Material, WorkOrder, WorkOrderEdit
from ui.api.callers import Caller, Reader, Writer
from ui.api.errors import Problem
from ui.api.pages import Cursor, Limit, cursor_of, read_cursor
from ui.api.problems import problems
from ui.api.texts import RecordId, Text, Word
from ui.schemas import Schema

router = APIRouter(tags=["work orders"])

_MEDIA = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
Number = RecordId


class OrderOut(WorkOrder):
    """A work order with what ``work-order show --json`` prints; ``recalls`` are read first."""

    recalls: tuple[str, ...]
    links: dict[str, str]

    @classmethod
    def of(cls, caller: Caller, order: WorkOrder) -> OrderOut:
        """The shape of a work order."""
        values = order.model_dump(include=set(WorkOrder.model_fields))
        path = caller.path("work-orders", order.number)
        return cls(
            **values,
            recalls=caller.services.recalls.of_order(caller.principal, order),
            links={"self": path, "export": f"{path}/export"},
        )


class OrdersOut(Schema):
    """A page of work orders; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[OrderOut, ...]
    next: str | None


class OrderFrom(Schema):
    """The answer that becomes a draft."""

    model_config = ConfigDict(extra="forbid")

    turn_id: Word


class MaterialIn(Schema):
    """A spare part."""

    model_config = ConfigDict(extra="forbid")

    part_no: Word
    description: Annotated[Text, Field(max_length=1000)] = ""
    quantity: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] = 1.0


class OrderChange(Schema):
    """What is to change; what is left out stays. A step that differs loses its citation."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, le=1 << 53, description="the version that was read")]
    title: Annotated[Text, Field(min_length=1, max_length=TITLE_LENGTH)] | None = None
    description: Annotated[Text, Field(max_length=20_000)] | None = None
    priority: Annotated[int, Field(ge=1, le=5, description="1 is the most urgent")] | None = None
    steps: (
        Annotated[list[Annotated[Text, Field(max_length=10_000)]], Field(max_length=500)] | None
    ) = None
    materials: Annotated[list[MaterialIn], Field(max_length=500)] | None = None


@router.get("/work-orders", operation_id="listWorkOrders", summary="Work orders, newest first")
def list_orders(caller: Reader, limit: Limit = 50, cursor: Cursor = None) -> OrdersOut:
    """The drafts that the user may see."""
    after = read_cursor(cursor, (str,))
    found = caller.services.work_orders.list(caller.principal)
    if after:
        found = [order for order in found if order.number < str(after[0])]
    shown = found[:limit]
    items = tuple(OrderOut.of(caller, order) for order in shown)
    last = cursor_of(shown[-1].number) if len(found) > limit else None
    return OrdersOut(items=items, next=last)


@router.post(
    "/work-orders",
    status_code=201,
    operation_id="draftWorkOrder",
    summary="Make a draft of an answer",
    responses={
        201: {
            "headers": {
                "Location": {"description": "path of the order", "schema": {"type": "string"}}
            }
        },
        **problems(404, 409),
    },
)
def draft(caller: Writer, wanted: Annotated[OrderFrom, Body()], response: Response) -> OrderOut:
    """The draft of a turn of your own; the same turn never makes two."""
    caller.require("ask")
    services, principal = caller.services, caller.principal
    turn = services.records.turn(principal, wanted.turn_id)
    if turn.status == "running":
        raise Problem(409, "The question is still being answered. Wait for the end of its turn.")
    order = OrderOut.of(caller, services.work_orders.draft(principal, turn))
    response.headers["Location"] = order.links["self"]
    return order


@router.get(
    "/work-orders/{number}",
    operation_id="getWorkOrder",
    summary="A work order",
    responses=problems(404),
)
def get_order(caller: Reader, number: Number) -> OrderOut:
    """A draft by its number or id."""
    return OrderOut.of(caller, caller.services.work_orders.get(caller.principal, number))


@router.patch(
    "/work-orders/{number}",
    operation_id="changeWorkOrder",
    summary="Change a draft",
    responses=problems(404, 409),
)
def change(caller: Writer, number: Number, changed: Annotated[OrderChange, Body()]) -> OrderOut:
    """Change a draft whose current version was read; 409 where another change came first."""
    orders, principal = caller.services.work_orders, caller.principal
    order = orders.get(principal, number)
    _check_version(order, changed)
    edit = WorkOrderEdit(
        title=_or(changed.title, order.title),
        description=_or(changed.description, order.description),
        priority=_or(changed.priority, order.priority),
        steps=_or(
            tuple(changed.steps) if changed.steps is not None else None,
            tuple(step.text for step in order.steps),
        ),
        materials=_or(
            tuple(Material(**each.model_dump()) for each in changed.materials)
            if changed.materials is not None
            else None,
            order.materials,
        ),
        version=changed.version,
    )
    try:
        return OrderOut.of(caller, orders.edit(principal, number, edit))
    except InvalidWorkOrder:
        _check_version(orders.get(principal, number), changed)  # somebody was faster
        raise


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _check_version(order: WorkOrder, changed: OrderChange) -> None:
    if order.version != changed.version:
        raise Problem(
            409,
            f"Work order {order.number} is at version {order.version}, and version "
            f"{changed.version} was read. Nothing is changed: read it again.",
        )


@router.get(
    "/work-orders/{number}/export",
    operation_id="exportWorkOrder",
    summary="A work order as a file",
    response_class=Response,
    responses={
        200: {
            "description": "The file, to be saved.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}},
            },
        },
        **problems(404),
    },
)
def export_order(
    caller: Reader,
    number: Number,
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Response:
    """JSON as it is, or CSV whose cells no spreadsheet takes for formulas."""
    order = caller.services.work_orders.get(caller.principal, number)
    caller.note("order exported", order.number, form=form)
    content = export(order, form, caller.services.recalls.of_order(caller.principal, order))
    headers = {"Content-Disposition": f'attachment; filename="{order.number}.{form}"'}
    return Response(content, media_type=_MEDIA[form], headers=headers)
