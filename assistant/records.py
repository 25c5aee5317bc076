"""Conversations and turns. A turn is a log of events that any screen can follow from any point."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from pydantic import TypeAdapter

from assistant import record_tables as tables
from assistant.audit import AuditLog, answer_facts
from assistant.errors import RecordNotFound
from assistant.messages import Answer, AnswerEvent, AnswerReady, TurnFailed
from assistant.visible_turns import Sight
from index.access import Principal
from index.database import now, writing

_EVENT: TypeAdapter[AnswerEvent] = TypeAdapter(AnswerEvent)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer, None while it runs or if it failed."""

    turn_id: str
    conversation_id: str
    question: str
    asset: str | None
    status: str
    started_at: str
    answer: Answer | None


class Records:
    """The records database; every call sees only what belongs to the principal.

    An answer that was made of what the principal does not see any more is withheld here, so that
    no screen can show it.
    """

    def __init__(
        self, engine: sa.Engine, audit: AuditLog | None = None, sight: Sight | None = None
    ) -> None:
        """Use a database; with an audit log the end of every turn is logged with the turn.

        Without a sight only who sees everything gets answers that cite something.
        """
        self.engine = engine
        self.audit = audit
        self._sight = sight or Sight(None)

    def open_conversation(self, principal: Principal) -> str:
        """Start a conversation and return its id."""
        conversation_id = uuid.uuid4().hex
        with writing(self.engine) as connection:
            connection.execute(
                tables.conversation.insert().values(
                    id=conversation_id, owner=principal.user, asset=None, created_at=now()
                )
            )
        return conversation_id

    def start_turn(
        self,
        principal: Principal,
        conversation_id: str,
        question: str,
        asset: str | None,
        turn_id: str | None = None,
    ) -> str:
        """Record a question and return the id of its turn, a new one where none is given.

        Raises:
            RecordNotFound: the principal has no such conversation.
            IntegrityError: there is a turn of this id already.
        """
        turn_id = turn_id or uuid.uuid4().hex
        table = tables.turn
        with writing(self.engine) as connection:
            self._check_conversation(connection, principal, conversation_id)
            last: int | None = connection.scalar(
                sa.select(sa.func.max(table.c.ordinal)).where(
                    table.c.conversation_id == conversation_id
                )
            )
            connection.execute(
                table.insert().values(
                    id=turn_id,
                    conversation_id=conversation_id,
                    ordinal=(last or 0) + 1,
                    question=question,
                    asset=asset,
                    status="running",
                    started_at=now(),
                )
            )
        return turn_id

    def add_event(self, turn_id: str, sequence: int, event: AnswerEvent) -> None:
        """Append an event; the last one closes the turn."""
        with writing(self.engine) as connection:
            connection.execute(
                tables.turn_event.insert().values(
                    turn_id=turn_id,
                    sequence=sequence,
                    kind=event.kind,
                    event=event.model_dump(mode="json"),
                )
            )
            if isinstance(event, AnswerReady | TurnFailed):
                is_done = isinstance(event, AnswerReady)
                answer = event.answer.model_dump(mode="json") if is_done else None  # type: ignore[union-attr]
                connection.execute(
                    tables.turn.update()
                    .where(tables.turn.c.id == turn_id)
                    .values(
                        status="done" if is_done else "failed", finished_at=now(), answer=answer
                    )
                )
                self._note_end(connection, turn_id, event)

    def _note_end(
        self, connection: sa.Connection, turn_id: str, event: AnswerReady | TurnFailed
    ) -> None:
        """Log who got which answer: ids of what it cites, no text."""
        if self.audit is None:
            return
        talk, turn = tables.conversation.c, tables.turn.c
        query = sa.select(talk.owner, turn.question).join(
            tables.turn, turn.conversation_id == talk.id
        )
        row = connection.execute(query.where(turn.id == turn_id)).one()
        facts = (
            answer_facts(event.answer) if isinstance(event, AnswerReady) else {"status": "failed"}
        )
        self.audit.append(connection, row.owner, "answer", turn_id, question=row.question, **facts)

    def events_after(
        self, principal: Principal, turn_id: str, sequence: int
    ) -> list[tuple[int, AnswerEvent]]:
        """Return the events of a turn after a sequence number (0 for all), with their numbers.

        Raises:
            RecordNotFound: the principal has no such turn.
        """
        event = tables.turn_event.c
        with self.engine.connect() as connection:
            self._check_turn(connection, principal, turn_id)
            rows = connection.execute(
                sa.select(event.sequence, event.event)
                .where(event.turn_id == turn_id)
                .order_by(event.sequence)
            ).all()
        if not rows or rows[-1].sequence <= sequence:
            return []
        # All of them: what a cause was made of stands in the evidence before it.
        events = [(row.sequence, _EVENT.validate_python(row.event)) for row in rows]
        return self._sight.events(principal, events, sequence)

    def turn(self, principal: Principal, turn_id: str) -> Turn:
        """One turn.

        Raises:
            RecordNotFound: the principal has no such turn.
        """
        with self.engine.connect() as connection:
            self._check_turn(connection, principal, turn_id)
            row = connection.execute(
                sa.select(tables.turn).where(tables.turn.c.id == turn_id)
            ).one()
        return self._shown(principal, [_turn(row)])[0]

    def turns(self, principal: Principal, conversation_id: str) -> Sequence[Turn]:
        """The turns of a conversation, oldest first.

        Raises:
            RecordNotFound: the principal has no such conversation.
        """
        table = tables.turn
        with self.engine.connect() as connection:
            self._check_conversation(connection, principal, conversation_id)
            rows = connection.execute(
                sa.select(table)
                .where(table.c.conversation_id == conversation_id)
                .order_by(table.c.ordinal)
            ).all()
        return self._shown(principal, [_turn(row) for row in rows])

    def _shown(self, principal: Principal, turns: Sequence[Turn]) -> list[Turn]:
        answers = [turn.answer for turn in turns if turn.answer is not None]
        shown = iter(self._sight.answers(principal, answers))
        return [
            turn if turn.answer is None else replace(turn, answer=next(shown)) for turn in turns
        ]

    def close_interrupted(self) -> int:
        """Mark the turns that an earlier process left running as failed; return how many.

        Called once by the process that owns the home, before it starts turns of its own.
        """
        table = tables.turn
        with self.engine.connect() as connection:
            running = connection.scalars(
                sa.select(table.c.id).where(table.c.status == "running")
            ).all()
        for turn_id in running:
            with self.engine.connect() as connection:
                last: int | None = connection.scalar(
                    sa.select(sa.func.max(tables.turn_event.c.sequence)).where(
                        tables.turn_event.c.turn_id == turn_id
                    )
                )
            failed = TurnFailed(message="Faultbook was restarted meanwhile. Ask again.")
            self.add_event(turn_id, (last or 0) + 1, failed)
        return len(running)

    def _check_conversation(
        self, connection: sa.Connection, principal: Principal, conversation_id: str
    ) -> None:
        table = tables.conversation.c
        owner = connection.scalar(sa.select(table.owner).where(table.id == conversation_id))
        if owner != principal.user:
            raise RecordNotFound(f"There is no conversation {conversation_id!r}.")

    def _check_turn(self, connection: sa.Connection, principal: Principal, turn_id: str) -> None:
        owner = connection.scalar(
            sa.select(tables.conversation.c.owner)
            .join(tables.turn, tables.turn.c.conversation_id == tables.conversation.c.id)
            .where(tables.turn.c.id == turn_id)
        )
        if owner != principal.user:
            raise RecordNotFound(f"There is no answer {turn_id!r}.")


def _turn(row: sa.Row) -> Turn:  # type: ignore[type-arg]
    return Turn(
        turn_id=row.id,
        conversation_id=row.conversation_id,
        question=row.question,
        asset=row.asset,
        status=row.status,
        started_at=row.started_at,
        answer=Answer.model_validate(row.answer) if row.answer is not None else None,
    )
