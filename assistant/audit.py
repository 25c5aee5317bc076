"""The audit log: who did what, when, to which thing. Rows are added and never changed.

Each row holds the hash of the row before, so that a changed, removed, inserted or moved row breaks
the chain. Whoever can write the database can also write a whole new chain; a head that was noted
elsewhere (``audit head``) finds that out, and a tail that was cut off.

A row that cannot be written raises :class:`AuditFailed`. What happens inside the records database
(answers, drafts, changed orders) is written in one transaction with its row: neither is there
without the other. Everything else is logged before it takes effect, and is refused if it cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import SQLAlchemyError

from assistant.audit_rows import (
    FIELDS,
    FIRST,
    AuditAction,
    AuditCheck,
    AuditRow,
    Head,
    canonical,
    fault_of,
    plain,
)
from assistant.audit_tables import audit as table
from assistant.errors import AuditFailed
from assistant.messages import Answer
from index.access import Principal
from index.database import now, writing

__all__ = [
    "FIELDS",
    "AuditAction",
    "AuditCheck",
    "AuditLog",
    "AuditRow",
    "AuditSettings",
    "Head",
    "answer_facts",
]


class AuditSettings(BaseModel):
    """What the log holds beside ids: with ``texts`` the questions themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: bool = False


class AuditLog:
    """Adds rows and checks them; safe to use from several threads and processes."""

    def __init__(self, engine: sa.Engine, *, texts: bool = False) -> None:
        """Use the records database; with ``texts`` the questions themselves are logged too."""
        self._engine = engine
        self._texts = texts

    def note(
        self,
        principal: Principal | str,
        action: AuditAction,
        object: str = "",
        *,
        address: str = "",
        **details: Any,
    ) -> AuditRow:
        """Add a row in a transaction of its own; the ``principal`` may be a bare user name.

        Raises:
            AuditFailed: it cannot be written; what it tells of must then not take effect.
        """
        try:
            with writing(self._engine) as connection:
                return self.append(
                    connection, principal, action, object, address=address, **details
                )
        except SQLAlchemyError as error:
            raise AuditFailed(
                f"The audit log cannot be written ({_reason(error)}), so {action!r} was refused. "
                "Check the space on the disk and the rights of the home folder, and try again."
            ) from error

    def append(
        self,
        connection: sa.Connection,
        principal: Principal | str,
        action: AuditAction,
        object: str = "",
        *,
        address: str = "",
        **details: Any,
    ) -> AuditRow:
        """Add a row inside a write transaction of the caller: both are there, or neither.

        Details are ids, counts and short words. The detail ``question`` is left out unless the log
        keeps texts. The transaction must have been begun by :func:`index.database.writing`, which
        lets one writer in at a time: the chain depends on it.
        """
        if action not in get_args(AuditAction):
            raise ValueError(f"{action!r} is no action of the audit log")
        last = connection.execute(
            sa.select(table.c.sequence, table.c.hash).order_by(table.c.sequence.desc()).limit(1)
        ).first()
        if not self._texts:
            details.pop("question", None)
        row = AuditRow(
            sequence=last.sequence + 1 if last else 1,
            at=now(),
            user=plain(principal.user if isinstance(principal, Principal) else principal),
            address=plain(address),
            action=action,
            object=plain(str(object)),
            details=canonical(details),
            previous=last.hash if last else FIRST,
            hash="",
        )
        values = {**asdict(row), "hash": row.digest()}
        connection.execute(table.insert().values(values))
        return AuditRow(**values)

    def head(self) -> Head:
        """The last row; sequence 0 for an empty log."""
        query = sa.select(table.c.sequence, table.c.hash).order_by(table.c.sequence.desc()).limit(1)
        with self._engine.connect() as connection:
            last = connection.execute(query).first()
        return Head(last.sequence, last.hash) if last else Head(0, FIRST)

    def rows(self, since: str = "", until: str = "") -> Iterator[AuditRow]:
        """The rows of a time, oldest first.

        Args:
            since: ISO 8601 in UTC, also a bare day; rows from then on.
            until: likewise; rows before that. Empty for no limit.
        """
        query = sa.select(table).order_by(table.c.sequence)
        if since:
            query = query.where(table.c.at >= since)
        if until:
            query = query.where(table.c.at < until)
        with self._engine.connect() as connection:
            result = connection.execution_options(yield_per=1000).execute(query)
            for row in result:
                yield AuditRow(**row._mapping)

    def latest(self, sequence: int, most: int) -> list[AuditRow]:
        """The rows up to a number, the newest first, at most so many."""
        query = sa.select(table).where(table.c.sequence <= sequence)
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(table.c.sequence.desc()).limit(most))
            return [AuditRow(**row._mapping) for row in found]

    def verify(self, known: Head | None = None) -> AuditCheck:
        """Follow the whole chain; with a head that was noted earlier also look for that row."""
        before = Head(0, FIRST)
        for row in self.rows():
            if fault := fault_of(row, before):
                return AuditCheck(row.sequence, before, fault)
            before = Head(row.sequence, row.hash)
            if known and known.sequence == before.sequence and known.hash != before.hash:
                return AuditCheck(
                    before.sequence,
                    before,
                    f"row {before.sequence} is not the one that was noted: "
                    "the log was written anew",
                )
        if known and known.sequence > before.sequence:
            missing = known.sequence - before.sequence
            return AuditCheck(
                before.sequence,
                before,
                f"the log ends at row {before.sequence}; {missing} rows up to the noted row "
                f"{known.sequence} were cut off",
            )
        return AuditCheck(before.sequence, before)

    def export(
        self, principal: Principal, since: str = "", until: str = "", form: str = "jsonl"
    ) -> Iterator[AuditRow]:
        """Return the rows of a time, oldest first; that they were read is logged first.

        Raises:
            NotAllowed: the role may not read the audit log.
            AuditFailed: the export cannot be logged.
        """
        principal.require("administer")
        self.note(principal, "audit export", form=form, since=since, until=until)
        return self.rows(since, until)


def answer_facts(answer: Answer) -> dict[str, Any]:
    """What is logged of an answer: what it is about, what it cites, where text went; no text."""
    cited = dict.fromkeys(citation.content_hash[:16] for citation in answer.citations)
    sent = answer.sent
    return {
        "status": answer.status,
        "asset": answer.asset,
        "documents": [digest for digest in cited if digest],
        "tickets": [ticket.ticket_id for ticket in answer.similar_tickets],
        "codes": [card.code for card in answer.code_cards],
        "model": answer.model,
        "sent_to": sent.host if sent else "",
        "withheld": sent.withheld if sent and sent.withheld else None,
        "change": answer.knowledge_sequence,
    }


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or type(error).__name__)
