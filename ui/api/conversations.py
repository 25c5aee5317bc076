"""The user's own conversations."""

from __future__ import annotations

from fastapi import APIRouter, Response

from assistant.conversations import Conversation
from ui.api.callers import Caller, Reader, Writer
from ui.api.errors import Problem
from ui.api.pages import Cursor, Limit, cursor_of, read_cursor
from ui.api.problems import problems
from ui.api.texts import RecordId
from ui.api.turns import TurnOut, shape
from ui.schemas import Schema

router = APIRouter(tags=["ask"])


class ConversationOut(Schema):
    """A conversation; ``question`` is its first one, ``asked_at`` when its last was asked."""

    id: str
    created_at: str
    turns: int
    question: str
    asked_at: str
    links: dict[str, str]

    @classmethod
    def of(cls, caller: Caller, conversation: Conversation) -> ConversationOut:
        """The shape of a conversation."""
        return cls(
            id=conversation.conversation_id,
            created_at=conversation.created_at,
            turns=conversation.turns,
            question=conversation.question,
            asked_at=conversation.asked_at,
            links={"self": caller.path("conversations", conversation.conversation_id)},
        )


class ConversationsOut(Schema):
    """A page of conversations; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[ConversationOut, ...]
    next: str | None


class ConversationWithTurns(ConversationOut):
    """A conversation with its turns, the oldest first."""

    items: tuple[TurnOut, ...]


@router.get(
    "/conversations", operation_id="listConversations", summary="Your conversations, newest first"
)
def list_conversations(
    caller: Reader, limit: Limit = 50, cursor: Cursor = None
) -> ConversationsOut:
    """The user's own conversations."""
    after = read_cursor(cursor, (str, str))
    before = (str(after[0]), str(after[1])) if after else None
    found = caller.services.conversations.list(caller.principal, limit + 1, before)
    shown = found[:limit]
    last = cursor_of(shown[-1].created_at, shown[-1].conversation_id) if shown else None
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
    found = services.conversations.get(principal, conversation_id)
    turns = services.records.turns(principal, conversation_id)
    values = ConversationOut.of(caller, found).model_dump()
    return ConversationWithTurns(**values, items=tuple(shape(caller, turn) for turn in turns))


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
