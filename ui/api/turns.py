"""Questions and their answers. A turn runs on when the caller goes; its events are kept."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import ConfigDict
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool

from assistant.conversations import record_id
from assistant.errors import RecordNotFound
from assistant.messages import Answer, TurnFailed
from assistant.question import check_question
from assistant.records import Turn
from assistant.redaction import remove_secrets
from ui.api.callers import Asker, Caller, Reader
from ui.api.errors import Problem
from ui.api.problems import problems
from ui.api.texts import Question, RecordId, Word
from ui.schemas import Schema

router = APIRouter(tags=["ask"])

Status = Literal["running", "done", "failed"]

_LOOK_EVERY_S = 0.1
_MOST_WAIT_S = 120.0
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="the same key, sent again with the same question, gives the same turn",
    ),
]


class Asked(Schema):
    """A question; without a conversation it begins one, without ``use_model`` evidence answers."""

    model_config = ConfigDict(extra="forbid")

    question: Question
    asset: Word | None = None
    conversation_id: Word | None = None
    use_model: bool = True


class TurnOut(Schema):
    """A turn; ``answer`` is what ``ask --json`` prints, ``failure`` says why there is none.

    ``recalls`` say which cited documents were withdrawn, replaced or corrected since. ``ahead`` is
    how many questions are looked at before this one, while it waits.
    """

    id: str
    conversation_id: str
    question: str
    asset: str | None
    status: Status
    started_at: str
    answer: Answer | None
    failure: str | None
    recalls: tuple[str, ...]
    ahead: int = 0
    links: dict[str, str]


_LOCATION = {"Location": {"description": "path of the turn", "schema": {"type": "string"}}}
_CREATED = {"headers": _LOCATION}


@router.post(
    "/turns",
    status_code=201,
    operation_id="ask",
    summary="Ask a question",
    responses={201: _CREATED, **problems(404)},
)
def ask(
    caller: Asker,
    asked: Annotated[Asked, Body()],
    response: Response,
    key: Key = None,
) -> TurnOut:
    """Start a turn and return it as it is: its answer comes at `GET /turns/{id}`."""
    turn = shape(caller, begin(caller, asked, key))
    response.headers["Location"] = turn.links["self"]
    return turn


@router.post(
    "/ask",
    operation_id="askAndWait",
    summary="Ask a question and wait for the answer",
    response_model=TurnOut,
    responses={
        202: {
            "model": TurnOut,
            "description": "It takes longer; follow the Location",
            "headers": _LOCATION,
        },
        **problems(404),
    },
)
async def ask_and_wait(
    caller: Asker,
    asked: Annotated[Asked, Body()],
    response: Response,
    wait: Annotated[float, Query(ge=0, le=_MOST_WAIT_S, description="seconds")] = 60.0,
    key: Key = None,
) -> TurnOut:
    """Start a turn and return it with its answer, or as it is when the time to wait is over."""
    until = time.monotonic() + wait
    started = await run_in_threadpool(begin, caller, asked, key)
    while not await run_in_threadpool(_is_over, caller, started.turn_id):
        if time.monotonic() >= until:
            response.status_code = 202
            break
        await asyncio.sleep(_LOOK_EVERY_S)
    turn = await run_in_threadpool(_read, caller, started.turn_id)
    response.headers["Location"] = turn.links["self"]
    return turn


@router.get(
    "/turns/{turn_id}",
    operation_id="getTurn",
    summary="A turn of your own, with its answer",
    responses=problems(404),
)
def get_turn(caller: Reader, turn_id: RecordId) -> TurnOut:
    """The turn as it is now."""
    return _read(caller, turn_id)


@router.post(
    "/turns/{turn_id}/cancel",
    operation_id="cancelTurn",
    summary="Stop a turn of your own",
    responses=problems(404),
)
def cancel_turn(caller: Asker, turn_id: RecordId) -> TurnOut:
    """The language model stops; the evidence stays as the answer. One that is over stays as it is.

    The turn is returned as it is now: its last event may come a moment later.
    """
    caller.services.jobs.stop(caller.principal, turn_id)
    return _read(caller, turn_id)


def begin(caller: Caller, asked: Asked, key: str | None) -> Turn:
    """Start a turn, or return the one that the key started before.

    Raises:
        Problem: the key was used for another question.
        TooMany: the user asks too often.
        RecordNotFound: the user has no such conversation.
        QuestionRejected: the question is none.
        AssetUnknown: the asset is not in the register.
    """
    services, principal = caller.services, caller.principal
    caller.require("ask")
    question = remove_secrets(check_question(asked.question))  # as it will be stored
    asset = services.assets.get(principal, asked.asset).tag if asked.asset else None
    turn_id = record_id(principal, "turn", key) if key else None
    if turn_id and (earlier := _earlier(caller, turn_id, asked, question, asset)):
        return earlier
    if asked.conversation_id:
        services.conversations.get(principal, asked.conversation_id)
    services.limits.take(principal, "question")
    conversation_id = asked.conversation_id or (
        services.conversations.open_for(principal, key)
        if key
        else services.records.open_conversation(principal)
    )
    try:
        turn_id = services.jobs.start(
            principal,
            conversation_id,
            question,
            asset,
            use_model=asked.use_model,
            turn_id=turn_id,
        )
    except IntegrityError:  # the same key was sent twice at once
        earlier = _earlier(caller, turn_id or "", asked, question, asset)
        if earlier is None:
            raise
        return earlier
    return services.records.turn(principal, turn_id)


def _earlier(
    caller: Caller, turn_id: str, asked: Asked, question: str, asset: str | None
) -> Turn | None:
    try:
        turn = caller.services.records.turn(caller.principal, turn_id)
    except RecordNotFound:
        return None
    is_same = (turn.question, turn.asset) == (question, asset)
    if not is_same or asked.conversation_id not in (None, turn.conversation_id):
        raise Problem(
            422, "Idempotency-Key: it was used for another question. Use a new one for each."
        )
    return turn


def shape(caller: Caller, turn: Turn) -> TurnOut:
    """The shape of a turn."""
    services = caller.services
    answer = services.checks.shown(caller.principal, turn) if turn.answer else None
    path = caller.path("turns", turn.turn_id)
    failure = None
    if turn.status == "failed":
        events = services.records.events_after(caller.principal, turn.turn_id, 0)
        said = [event.message for _, event in events if isinstance(event, TurnFailed)]
        failure = said[-1] if said else ""
    return TurnOut(
        id=turn.turn_id,
        conversation_id=turn.conversation_id,
        question=turn.question,
        asset=turn.asset,
        status=cast("Status", turn.status),  # only these are written
        started_at=turn.started_at,
        answer=answer,
        failure=failure,
        recalls=services.recalls.of_answer(caller.principal, answer, turn.started_at)
        if answer
        else (),
        ahead=services.jobs.ahead(turn.turn_id) if turn.status == "running" else 0,
        links={
            "self": path,
            "events": f"{path}/events",
            "conversation": caller.path("conversations", turn.conversation_id),
        },
    )


def _read(caller: Caller, turn_id: str) -> TurnOut:
    return shape(caller, caller.services.records.turn(caller.principal, turn_id))


def _is_over(caller: Caller, turn_id: str) -> bool:
    return caller.services.jobs.look(caller.principal, turn_id).is_over
