"""What people decided about revisions: held back, let through, withdrawn, and the releases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index.corpus import RevisionStatus
from index.database import now, writing
from index.document_status import StatusChange
from index.intake_tables import release, status_decision


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about the revision with this content."""

    content_hash: str
    status: RevisionStatus
    reason: str
    by: str
    at: str
    number: int = 0
    is_done: bool = True


@dataclass(frozen=True, slots=True)
class Release:
    """Drafts that were let through together; ``checked`` is what the golden questions gave."""

    release_id: int
    at: str
    by: str
    changes: tuple[StatusChange, ...]
    checked: dict[str, Any]
    rolled_back_at: str | None


class Decisions:
    """The decisions of one home."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use a database that has the tables of :mod:`index.intake_tables`."""
        self._engine = engine

    def record(
        self,
        content_hashes: Iterable[str],
        status: RevisionStatus,
        reason: str,
        by: str,
        *,
        is_done: bool = True,
    ) -> list[int]:
        """Note that revisions are to have a status; return the numbers of the decisions.

        One that is not done yet waits for :meth:`mark_done` or :meth:`drop`.
        """
        numbers: list[int] = []
        with writing(self._engine) as connection:
            for key in content_hashes:
                values = {
                    "content_hash": key,
                    "status": status,
                    "reason": reason,
                    "by": by,
                    "at": now(),
                    "is_done": is_done,
                }
                result = connection.execute(status_decision.insert().values(values))
                (number,) = result.inserted_primary_key or (0,)
                numbers.append(int(number))
        return numbers

    def mark_done(self, numbers: Iterable[int]) -> None:
        """Note that the knowledge says so as well."""
        mine = status_decision.c.id.in_(list(numbers))
        with writing(self._engine) as connection:
            connection.execute(status_decision.update().where(mine).values(is_done=True))

    def drop(self, numbers: Iterable[int]) -> None:
        """Take decisions back that could not be carried out."""
        with writing(self._engine) as connection:
            mine = status_decision.c.id.in_(list(numbers))
            connection.execute(status_decision.delete().where(mine))

    def pending(self) -> list[Decision]:
        """Decisions that a process wrote down and did not carry out, the oldest first."""
        return self._read(~status_decision.c.is_done)

    def all(self) -> list[Decision]:
        """Every decision, in the order in which they were made."""
        return self._read()

    def latest(self, content_hash: str) -> Decision | None:
        """The last decision about a revision."""
        newest = sa.func.max(status_decision.c.id)
        last = sa.select(newest).where(status_decision.c.content_hash == content_hash)
        return next(iter(self._read(status_decision.c.id == last.scalar_subquery())), None)

    def _read(self, *where: sa.ColumnElement[bool]) -> list[Decision]:
        query = sa.select(status_decision).where(*where).order_by(status_decision.c.id)
        with self._engine.connect() as connection:
            return [
                Decision(
                    row.content_hash,
                    row.status,
                    row.reason,
                    row.by,
                    row.at,
                    number=row.id,
                    is_done=row.is_done,
                )
                for row in connection.execute(query)
            ]

    def forget(self, content_hashes: Iterable[str]) -> None:
        """Drop the decisions about revisions that are gone."""
        with writing(self._engine) as connection:
            connection.execute(
                status_decision.delete().where(
                    status_decision.c.content_hash.in_(list(content_hashes))
                )
            )

    def add_release(
        self, changes: Sequence[StatusChange], checked: Mapping[str, Any], by: str
    ) -> int:
        """Note a release; return its number."""
        packed = [[change.content_hash, change.before, change.after] for change in changes]
        with writing(self._engine) as connection:
            result = connection.execute(
                release.insert().values(at=now(), by=by, changes=packed, checked=dict(checked))
            )
            (number,) = result.inserted_primary_key or (0,)
            return int(number)

    def releases(self) -> list[Release]:
        """Every release, the last one first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(release).order_by(release.c.id.desc())).all()
        return [
            Release(
                release_id=row.id,
                at=row.at,
                by=row.by,
                changes=tuple(StatusChange(*change) for change in row.changes),
                checked=row.checked,
                rolled_back_at=row.rolled_back_at,
            )
            for row in rows
        ]

    def mark_rolled_back(self, release_id: int) -> None:
        """Note that a release was taken back."""
        with writing(self._engine) as connection:
            connection.execute(
                release.update().where(release.c.id == release_id).values(rolled_back_at=now())
            )
