"""The events of a turn as a stream that can be cut and taken up again at any of them."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from assistant.errors import AssistantError
from assistant.jobs import Seen
from assistant.messages import AnswerEvent
from index.errors import KnowledgeError
from ui.api.callers import Caller, Reader
from ui.api.errors import Problem
from ui.api.problems import problems
from ui.api.texts import RecordId
from ui.schemas import Schema

router = APIRouter(tags=["ask"])

_MOST = 1_000_000  # the number of an event
_PAUSES_S = (0.05, 0.25)  # between two looks, the shorter one after news
_CHECK_EVERY_S = 2.0  # whether the caller still may
_BEAT_EVERY_S = 15.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class NumberedEvent(Schema):
    """An event with its number."""

    id: int
    event: AnswerEvent


class EventsOut(Schema):
    """The events that are there now; ``is_over`` tells that no others will come."""

    items: tuple[NumberedEvent, ...]
    is_over: bool


_STREAM: dict[str, Any] = {
    "description": "The events; one message each, `id` is its number, `event` its kind.",
    "model": EventsOut,
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "object",
                "description": "one message of the stream",
                "properties": {
                    "id": {"type": "string", "description": "the number of the event"},
                    "event": {"enum": ["evidence", "cause", "answer", "failed"]},
                    "data": {
                        "type": "string",
                        "contentMediaType": "application/json",
                        "description": "`event` of the same item as JSON",
                    },
                },
            },
            "example": 'id: 1\nevent: evidence\ndata: {"kind": "evidence", "answer": {}}\n\n',
        },
    },
}


@router.get(
    "/turns/{turn_id}/events",
    operation_id="followTurn",
    summary="The events of a turn, as a stream or as JSON",
    response_class=Response,
    responses={
        200: _STREAM,
        204: {"description": "The turn is over and nothing came after that number."},
        **problems(404),
    },
)
def follow(
    caller: Reader,
    turn_id: RecordId,
    after: Annotated[int, Query(ge=0, le=_MOST, description="events with a higher number")] = 0,
    last: Annotated[
        str | None,
        Header(alias="Last-Event-ID", description="goes before `after`", max_length=20),
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Server-sent events until the turn ends; with `Accept: application/json` those of now."""
    after = _number(last, after)
    seen = caller.services.jobs.look(caller.principal, turn_id, after)
    if "application/json" in accept and "text/event-stream" not in accept:
        shape = EventsOut(
            items=tuple(NumberedEvent(id=number, event=event) for number, event in seen.events),
            is_over=seen.is_over,
        )
        return JSONResponse(shape.model_dump(mode="json"))
    if seen.is_over and not seen.events:
        return Response(status_code=204)  # tells a browser not to connect again
    stream = _stream(caller, turn_id, after, seen)
    return StreamingResponse(stream, media_type="text/event-stream", headers=_HEADERS)


def _number(last: str | None, after: int) -> int:
    if not last:
        return after
    if not re.fullmatch(r"\d{1,7}", last, re.ASCII) or int(last) > _MOST:
        raise Problem(422, "Last-Event-ID: it is the number of no event.")
    return int(last)


async def _stream(caller: Caller, turn_id: str, after: int, seen: Seen) -> AsyncIterator[bytes]:
    """The events after a number, from what was seen already until the last."""
    principal = caller.principal
    checked = beaten = time.monotonic()
    yield b"retry: 1000\n\n"
    while True:
        for after, event in seen.events:
            yield _message(after, event)
        if seen.is_over:
            return
        await asyncio.sleep(_PAUSES_S[0] if seen.events else _PAUSES_S[1])
        now = time.monotonic()
        if now - beaten >= _BEAT_EVERY_S:
            beaten = now
            yield b": still at work\n\n"
        try:
            if now - checked >= _CHECK_EVERY_S:
                checked = now
                principal = await run_in_threadpool(caller.again)
            seen = await run_in_threadpool(caller.services.jobs.look, principal, turn_id, after)
        except (AssistantError, KnowledgeError, OperationalError):
            return  # signed out, deleted or busy: the next request learns which


def _message(number: int, event: AnswerEvent) -> bytes:
    # JSON has no line end inside, so one data line holds it.
    data = json.dumps(event.model_dump(mode="json"), ensure_ascii=False)
    return f"id: {number}\nevent: {event.kind}\ndata: {data}\n\n".encode()
