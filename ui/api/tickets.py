"""Tickets and assets, as far as the user may see them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import ConfigDict, Field

from index.errors import AssetUnknown
from index.facts.exclusions import LONGEST_REASON
from index.listing import ListedTicket, TicketFilter, get_ticket, list_tickets
from ui.api.callers import Caller, Reader, Writer
from ui.api.errors import Problem, not_found
from ui.api.pages import Cursor, Limit, cursor_of, read_cursor
from ui.api.problems import problems
from ui.api.texts import RowId, Text, Word
from ui.asset_schemas import AssetOut
from ui.schemas import Schema
from ui.ticket_schemas import ExclusionOut

router = APIRouter(tags=["tickets"])

_TIME = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$"
Time = Annotated[
    str | None,
    Query(pattern=_TIME, description="ISO 8601, as tickets say", examples=["2024-03-01"]),
]


class PartOut(Schema):
    """A part that was used."""

    part_no: str
    quantity: float


class TicketOut(Schema):
    """A ticket without who worked on it; its ``id`` changes when the knowledge is rebuilt."""

    id: int
    uid: str
    ticket_id: str
    asset: str
    title: str
    description: str
    cause: str
    resolution: str
    type: str
    status: str
    priority: int | None
    failure_mode: str
    alarm_codes: tuple[str, ...]
    reported_at: str | None
    completed_at: str | None
    downtime_min: float | None
    labor_h: float | None
    parts: tuple[PartOut, ...]
    duplicate_of: str | None
    quality_flags: tuple[str, ...]
    links: dict[str, str]

    @classmethod
    def of(cls, caller: Caller, ticket: ListedTicket) -> TicketOut:
        """The shape of a ticket."""
        return cls(
            id=ticket.ticket_id,
            uid=ticket.uid,
            ticket_id=ticket.number,
            asset=ticket.asset,
            title=ticket.title,
            description=ticket.description,
            cause=ticket.cause,
            resolution=ticket.resolution,
            type=ticket.ticket_type,
            status=ticket.status,
            priority=ticket.priority,
            failure_mode=ticket.failure_mode,
            alarm_codes=ticket.alarm_codes,
            reported_at=ticket.reported_at,
            completed_at=ticket.completed_at,
            downtime_min=ticket.downtime_min,
            labor_h=ticket.labor_h,
            parts=tuple(PartOut(part_no=name, quantity=count) for name, count in ticket.parts),
            duplicate_of=ticket.duplicate_of,
            quality_flags=ticket.quality_flags,
            links={"self": caller.path("tickets", ticket.ticket_id)},
        )


class TicketExclusion(Schema):
    """Why a ticket is to count no more."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Text, Field(min_length=1, max_length=LONGEST_REASON, pattern=r"\S")]


class TicketsOut(Schema):
    """A page of tickets; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[TicketOut, ...]
    next: str | None


class AssetsOut(Schema):
    """A page of assets; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[AssetOut, ...]
    next: str | None


@router.get("/tickets", operation_id="listTickets", summary="Tickets, the last reported first")
def tickets(
    caller: Reader,
    asset: Annotated[Word | None, Query(description="tag of the register")] = None,
    status: Annotated[Word | None, Query()] = None,
    alarm_code: Annotated[Word | None, Query()] = None,
    failure_mode: Annotated[Word | None, Query()] = None,
    q: Annotated[Word | None, Query(description="stands in one of the texts")] = None,
    since: Time = None,
    until: Time = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> TicketsOut:
    """Every row of the fault history that all filters let through."""
    if asset is not None:
        asset = caller.services.assets.get(caller.principal, asset).tag
    where = TicketFilter(
        asset=asset,
        status=status or "",
        alarm_code=alarm_code or "",
        failure_mode=failure_mode or "",
        text=q or "",
        since=since or "",
        until=until or "",
    )
    found = list_tickets(
        caller.services.catalog,
        caller.principal,
        where,
        after=_after(cursor),
        limit=limit + 1,
    )
    shown = found[:limit]
    last = cursor_of(shown[-1].reported_at or "", shown[-1].ticket_id) if shown else None
    items = tuple(TicketOut.of(caller, ticket) for ticket in shown)
    return TicketsOut(items=items, next=last if len(found) > limit else None)


def _after(cursor: str | None) -> tuple[str | None, int] | None:
    values = read_cursor(cursor, (str, int))
    return (str(values[0]) or None, int(values[1])) if values else None


@router.get(
    "/tickets/{ticket_id}",
    operation_id="getTicket",
    summary="A ticket",
    responses=problems(404),
)
def ticket(caller: Reader, ticket_id: RowId) -> TicketOut:
    """One row of the fault history."""
    found = get_ticket(caller.services.catalog, caller.principal, ticket_id)
    if found is None:
        raise not_found()
    return TicketOut.of(caller, found)


@router.post(
    "/tickets/{ticket_id}/exclusion",
    operation_id="excludeTicket",
    summary="Let no figure count a ticket",
    responses=problems(404),
)
def exclude(
    caller: Writer, ticket_id: RowId, exclusion: Annotated[TicketExclusion, Body()]
) -> ExclusionOut:
    """It is still found and shown; the reason stands beside the figures that leave it out."""
    found = _to_change(caller, ticket_id)
    done = caller.services.exclusions.exclude(caller.principal, found.uid, exclusion.reason)
    return ExclusionOut.of(done)


@router.delete(
    "/tickets/{ticket_id}/exclusion",
    operation_id="includeTicket",
    summary="Let figures count a ticket again",
    status_code=204,
    responses=problems(404, 409),
)
def include(caller: Writer, ticket_id: RowId) -> None:
    """It counts from the next figure on."""
    found = _to_change(caller, ticket_id)
    caller.services.exclusions.take_back(caller.principal, found.uid)


def _to_change(caller: Caller, ticket_id: int) -> ListedTicket:
    found = get_ticket(caller.services.catalog, caller.principal, ticket_id)
    if found is None:
        raise not_found()
    caller.require("curate")
    return found


@router.get("/assets", operation_id="listAssets", summary="The asset register, by tag")
def assets(
    caller: Reader,
    q: Annotated[Word | None, Query(description="stands in the tag, name or model")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AssetsOut:
    """The assets that the user may see."""
    start = read_cursor(cursor, (int,))
    first = int(start[0]) if start else 0
    if first < 0:
        raise Problem(422, "cursor: it is none of this list. Take `next` of the page before.")
    found = caller.services.assets.list(caller.principal)
    if q is not None:
        wanted = q.casefold()
        found = [a for a in found if wanted in f"{a.tag}\n{a.name}\n{a.model}".casefold()]
    items = tuple(AssetOut.of(asset) for asset in found[first : first + limit])
    end = first + limit
    return AssetsOut(items=items, next=cursor_of(end) if end < len(found) else None)


@router.get(
    "/assets/{tag}",
    operation_id="getAsset",
    summary="An asset by its tag, spelled in any way",
    responses=problems(404),
)
def asset(caller: Reader, tag: str) -> AssetOut:
    """One asset of the register."""
    if len(tag) > 200 or "\0" in tag:
        raise not_found()
    try:
        return AssetOut.of(caller.services.assets.get(caller.principal, tag))
    except AssetUnknown as error:  # its hints are for a person who typed it
        raise not_found() from error
