"""What was checked in a conversation: ticks that are added and never changed.

Only the owner of a conversation ticks. A tick names a cause or a symptom by its key, which holds in
every answer of the conversation; taking one back is a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import sqlalchemy as sa

from assistant import record_tables as tables
from assistant.audit import AuditLog
from assistant.causes.settling import Finding, Verdict, settled
from assistant.errors import RecordNotFound, SessionRefused
from assistant.fault_sessions.following import language_said
from assistant.messages import Answer
from assistant.phrases import Language, language_for
from assistant.records import Turn
from index.access import Principal
from index.database import now, writing

Tick = Literal["ok", "not_ok", "undone"]
"""Found in order, found not in order (of a symptom: not seen, seen), or taken back."""
TICKS: tuple[Tick, ...] = get_args(Tick)
_MOST_TICKS = 500  # of a conversation, so that nobody fills the disk by tapping


def tick_of(text: object) -> Tick:
    """A tick that a screen sent.

    Raises:
        SessionRefused: it is none.
    """
    for tick in TICKS:
        if text == tick:
            return tick
    raise SessionRefused(f"{str(text)[:40]!r} is no tick. Use one of {', '.join(TICKS)}.")


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of a cause or symptom; ``text`` is verbatim, ``at`` ISO 8601 in UTC."""

    sequence: int
    item: str
    kind: Literal["cause", "symptom"]
    text: str
    verdict: Verdict
    by: str
    at: str
    turn_id: str | None

    @property
    def finding(self) -> Finding:
        """The check as the order of the causes takes it."""
        return Finding(self.verdict, self.by, self.at)


class Checks:
    """The ticks of one home; every call sees only what belongs to the principal."""

    def __init__(self, engine: sa.Engine, audit: AuditLog | None = None) -> None:
        """Use the records; with an audit log every tick is logged in its own transaction."""
        self._engine = engine
        self._audit = audit

    def tick(self, principal: Principal, turn: Turn, item: str, tick: Tick) -> None:
        """Add what was found of a cause or a symptom of a turn's answer, or take it back.

        The turn is the principal's own, as the records gave it.

        Raises:
            RecordNotFound: the principal has no such conversation.
            SessionRefused: the answer has no such cause or symptom, or too much was ticked.
        """
        kind, text = _named(turn.answer, item)
        table = tables.session_check
        with writing(self._engine) as connection:
            _check_owner(connection, principal, turn.conversation_id)
            of_talk = table.c.conversation_id == turn.conversation_id
            count = connection.scalar(sa.select(sa.func.count()).where(of_talk)) or 0
            if count >= _MOST_TICKS:
                raise SessionRefused(
                    f"This session holds {count} ticks, the most that one may. Start a new one."
                )
            last = connection.scalar(
                sa.select(table.c.verdict)
                .where(of_talk, table.c.item == item)
                .order_by(table.c.sequence.desc())
                .limit(1)
            )
            if (last or "undone") == tick:
                return  # tapped twice
            connection.execute(
                table.insert().values(
                    conversation_id=turn.conversation_id,
                    turn_id=turn.turn_id,
                    item=item,
                    kind=kind,
                    text=text,
                    verdict=tick,
                    user=principal.user,
                    at=now(),
                )
            )
            if self._audit is not None:
                self._audit.append(
                    connection, principal, "checked", turn.turn_id, item=item, verdict=tick
                )

    def of(self, principal: Principal, conversation_id: str) -> tuple[Check, ...]:
        """What was found in a conversation and holds, in the order of the ticks.

        Raises:
            RecordNotFound: the principal has no such conversation.
        """
        with self._engine.connect() as connection:
            _check_owner(connection, principal, conversation_id)
            return read_checks(connection, conversation_id)

    def _language(self, turn: Turn, shown: Answer) -> Language:
        """That of the question; a follow-up is told from the question that was searched for."""
        if turn.question.strip() == shown.question.strip():
            return language_for(shown.question)
        return language_said(turn.question, shown.question)

    def shown(self, principal: Principal, turn: Turn, answer: Answer | None = None) -> Answer:
        """The answer of a turn, or another one in its place, with what was found in its session.

        Raises:
            RecordNotFound: the principal has no such conversation.
            ValueError: there is no answer.
        """
        shown = answer or turn.answer
        if shown is None:
            raise ValueError(f"turn {turn.turn_id} has no answer")
        if not shown.causes:
            return shown
        found = findings(self.of(principal, turn.conversation_id))
        return settled(shown, found, self._language(turn, shown))


def findings(checks: Iterable[Check]) -> Mapping[str, Finding]:
    """Checks by the key of what they are about."""
    return {check.item: check.finding for check in checks}


def read_checks(connection: sa.Connection, conversation_id: str) -> tuple[Check, ...]:
    """What holds in a conversation; who may see it is decided before."""
    table = tables.session_check.c
    rows = connection.execute(
        sa.select(tables.session_check)
        .where(table.conversation_id == conversation_id)
        .order_by(table.sequence)
    )
    latest: dict[str, Check | None] = {}
    for row in rows:
        latest.pop(row.item, None)  # a later tick stands later
        latest[row.item] = None if row.verdict == "undone" else _check(row)
    return tuple(check for check in latest.values() if check is not None)


def copy_checks(connection: sa.Connection, checks: Sequence[Check], conversation_id: str) -> None:
    """Write checks into another conversation, with who found them and when."""
    for check in checks:
        connection.execute(
            tables.session_check.insert().values(
                conversation_id=conversation_id,
                turn_id=None,
                item=check.item,
                kind=check.kind,
                text=check.text,
                verdict=check.verdict,
                user=check.by,
                at=check.at,
            )
        )


def _check(row: sa.Row) -> Check:  # type: ignore[type-arg]
    return Check(
        sequence=row.sequence,
        item=row.item,
        kind=cast("Literal['cause', 'symptom']", row.kind),  # only these are written
        text=row.text,
        verdict=cast("Verdict", row.verdict),
        by=row.user,
        at=row.at,
        turn_id=row.turn_id,
    )


def _named(answer: Answer | None, item: str) -> tuple[str, str]:
    """The kind and the text of what a key names in an answer.

    Raises:
        SessionRefused: it names nothing there.
    """
    for cause in answer.causes if answer is not None and item else ():
        if cause.key == item:
            return "cause", cause.text
        if cause.symptom_key == item:
            return "symptom", cause.symptom
    raise SessionRefused("This answer has no such cause or symptom. Load the page again.")


def _check_owner(connection: sa.Connection, principal: Principal, conversation_id: str) -> None:
    table = tables.conversation.c
    owner = connection.scalar(sa.select(table.owner).where(table.id == conversation_id))
    if owner != principal.user:
        raise RecordNotFound(f"There is no conversation {conversation_id!r}.")
