"""The user's own conversations."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import ConfigDict, Field

from assistant.causes.settling import Verdict
from assistant.fault_sessions.checks import Check, Tick
from assistant.fault_sessions.history import Session, visible_checks
from ui.api.callers import Asker, Caller, Reader, Writer
from ui.api.errors import Problem
from ui.api.pages import Cursor, Limit, cursor_of, read_cursor
from ui.api.problems import problems
from ui.api.texts import RecordId, Text, Word
from ui.api.turns import TurnOut, shape
from ui.schemas import Schema

router = APIRouter(tags=["ask"])


class CheckOut(Schema):
    """What was found of a cause or a symptom; of a symptom "ok" says that it is not seen."""

    item: str
    kind: Literal["cause", "symptom"]
    text: str
    verdict: Verdict
    by: str
    at: str

    @classmethod
    def of(cls, check: Check) -> CheckOut:
        """The shape of a check."""
        return cls(**{name: getattr(check, name) for name in cls.model_fields})


class Ticked(Schema):
    """A tick of a cause or a symptom of an answer; ``undone`` takes the one before back."""

    model_config = ConfigDict(extra="forbid")

    item: Annotated[Word, Field(description="the `key` of a cause, or its `symptom_key`")]
    tick: Tick


class ConversationOut(Schema):
    """A conversation; ``question`` is its first one, ``asked_at`` when its last was asked.

    ``found`` are the causes that a check found not in order.
    """

    id: str
    created_at: str
    turns: int
    question: str
    asked_at: str
    asset: str | None
    codes: tuple[str, ...]
    found: tuple[str, ...]
    links: dict[str, str]

    @classmethod
    def of(cls, caller: Caller, session: Session) -> ConversationOut:
        """The shape of a conversation."""
        conversation = session.conversation
        return cls(
            id=conversation.conversation_id,
            created_at=conversation.created_at,
            turns=conversation.turns,
            question=conversation.question,
            asked_at=conversation.asked_at,
            asset=session.asset,
            codes=session.codes,
            found=session.found,
            links={"self": caller.path("conversations", conversation.conversation_id)},
        )


class ConversationsOut(Schema):
    """A page of conversations; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[ConversationOut, ...]
    next: str | None


class ConversationWithTurns(ConversationOut):
    """A conversation with its turns, the oldest first, and what was checked."""

    items: tuple[TurnOut, ...]
    checks: tuple[CheckOut, ...]


@router.get(
    "/conversations", operation_id="listConversations", summary="Your conversations, newest first"
)
def list_conversations(
    caller: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    query: Annotated[
        Text,
        Query(max_length=200, description="words that all stand in it: question, machine, code"),
    ] = "",
) -> ConversationsOut:
    """The user's own conversations, with a query those in which every word of it stands."""
    after = read_cursor(cursor, (str, str))
    before = (str(after[0]), str(after[1])) if after else None
    found = caller.services.history.search(caller.principal, query, limit + 1, before)
    shown = found[:limit]
    end = shown[-1].conversation if shown else None
    last = cursor_of(end.created_at, end.conversation_id) if end else None
    items = tuple(ConversationOut.of(caller, each) for each in shown)
    return ConversationsOut(items=items, next=last if len(found) > limit else None)


@router.get(
    "/conversations/{conversation_id}",
    operation_id="getConversation",
    summary="A conversation of your own, with its turns",
    responses=problems(404),
)
def get_conversation(caller: Reader, conversation_id: RecordId) -> ConversationWithTurns:
    """The conversation as it is now."""
    services, principal = caller.services, caller.principal
    found = services.history.get(principal, conversation_id)
    turns = services.records.turns(principal, conversation_id)
    checks = visible_checks(turns, services.checks.of(principal, conversation_id))
    values = ConversationOut.of(caller, found).model_dump()
    return ConversationWithTurns(
        **values,
        items=tuple(shape(caller, turn) for turn in turns),
        checks=tuple(map(CheckOut.of, checks)),
    )


@router.post(
    "/turns/{turn_id}/checks",
    operation_id="tickCause",
    summary="Say what a check found",
    responses=problems(404),
)
def tick_cause(caller: Asker, turn_id: RecordId, ticked: Annotated[Ticked, Body()]) -> TurnOut:
    """Only in a conversation of your own. The turn comes back with its causes in the new order."""
    caller.require("ask")
    services, principal = caller.services, caller.principal
    turn = services.records.turn(principal, turn_id)
    services.checks.tick(principal, turn, ticked.item, ticked.tick)
    return shape(caller, turn)


@router.delete(
    "/conversations/{conversation_id}",
    status_code=204,
    operation_id="deleteConversation",
    summary="Delete a conversation of your own, with its turns",
    responses=problems(404, 409),
)
def delete_conversation(caller: Writer, conversation_id: RecordId) -> Response:
    """Work orders that were drafted from it stay."""
    caller.services.conversations.get(caller.principal, conversation_id)
    caller.note("delete", f"conversation {conversation_id}")
    if caller.services.conversations.delete(caller.principal, conversation_id) == "running":
        raise Problem(409, "A question in it is still being answered. Wait for its end.")
    return Response(status_code=204)
