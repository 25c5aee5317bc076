"""A user's own conversations: listed by page, opened once for a key, deleted with their turns."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from assistant import record_tables as tables
from assistant.errors import RecordNotFound
from index.access import Principal
from index.database import now, writing

Deleted = Literal["deleted", "running"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of questions; ``question`` is the first one, empty while there is none."""

    conversation_id: str
    created_at: str
    turns: int
    question: str
    asked_at: str


class Conversations:
    """The conversations of one home; every call sees only the principal's own."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use a database that has the tables of :mod:`assistant.record_tables`."""
        self._engine = engine

    def list(
        self, principal: Principal, limit: int, before: tuple[str, str] | None = None
    ) -> Sequence[Conversation]:
        """Conversations, the newest first.

        Args:
            principal: whose.
            limit: how many at most.
            before: creation time and id of the last one of the page before.
        """
        talk = tables.conversation.c
        query = _described().where(talk.owner == principal.user)
        query = query.order_by(talk.created_at.desc(), talk.id.desc()).limit(limit)
        if before is not None:
            query = query.where(sa.tuple_(talk.created_at, talk.id) < before)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [_conversation(row) for row in rows]

    def get(self, principal: Principal, conversation_id: str) -> Conversation:
        """One conversation.

        Raises:
            RecordNotFound: the principal has none such.
        """
        talk = tables.conversation.c
        query = _described().where(talk.id == conversation_id, talk.owner == principal.user)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise _unknown(conversation_id)
        return _conversation(row)

    def open_for(self, principal: Principal, key: str) -> str:
        """Return the conversation that belongs to a key of the user, opened on first call."""
        conversation_id = record_id(principal, "conversation", key)
        with writing(self._engine) as connection:
            connection.execute(
                tables.conversation.insert()
                .prefix_with("OR IGNORE")
                .values(id=conversation_id, owner=principal.user, asset=None, created_at=now())
            )
        return conversation_id

    def delete(self, principal: Principal, conversation_id: str) -> Deleted:
        """Delete a conversation with its turns; "running" where one is still being answered.

        Work orders that were drafted from it stay.

        Raises:
            RecordNotFound: the principal has none such.
        """
        talk, turn = tables.conversation.c, tables.turn.c
        mine = (talk.id == conversation_id) & (talk.owner == principal.user)
        running = sa.exists().where(turn.conversation_id == conversation_id)
        with writing(self._engine) as connection:
            if connection.scalar(sa.select(talk.id).where(mine)) is None:
                raise _unknown(conversation_id)
            if connection.scalar(sa.select(running.where(turn.status == "running"))):
                return "running"
            connection.execute(tables.conversation.delete().where(mine))
        return "deleted"


def record_id(principal: Principal, kind: str, key: str) -> str:
    """The id of what a user makes under a key of their own: the same key gives the same id."""
    return hashlib.sha256(f"{kind}\0{principal.user}\0{key}".encode()).hexdigest()[:32]


def _described() -> sa.Select[tuple[str, str, int, str, str]]:
    talk, turn = tables.conversation.c, tables.turn.c
    mine = turn.conversation_id == talk.id
    first = sa.select(turn.question).where(mine).order_by(turn.ordinal).limit(1)
    count = sa.select(sa.func.count(turn.id)).where(mine)
    last = sa.select(sa.func.max(turn.started_at)).where(mine)
    return sa.select(
        talk.id,
        talk.created_at,
        count.scalar_subquery().label("turns"),
        first.scalar_subquery().label("question"),
        last.scalar_subquery().label("asked_at"),
    )


def _conversation(row: sa.Row) -> Conversation:  # type: ignore[type-arg]
    return Conversation(row.id, row.created_at, row.turns, row.question or "", row.asked_at or "")


def _unknown(conversation_id: str) -> RecordNotFound:
    return RecordNotFound(f"There is no conversation {conversation_id!r}.")
