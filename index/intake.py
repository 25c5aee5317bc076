"""The intake: every file that was given to Faultbook, in order, and what has become of it.

It is the queue of what is still to be read and the log from which the knowledge is made again. A
row is written when the original is safe on disk, before the file is read; a process that dies
leaves its row to the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from index.access import Principal
from index.database import now, writing
from index.intake_items import IntakeItem, IntakeKind, IntakeState, item_of
from index.intake_tables import intake
from index.steps import step
from index.visibility import check_change, visible_rows

_MOST_ATTEMPTS = 5


class Intake:
    """The intake of one home."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use a database that has the tables of :mod:`index.intake_tables`."""
        self._engine = engine

    def add(
        self,
        kind: IntakeKind,
        content_hash: str,
        *,
        original: str,
        name: str,
        source: str,
        options: Mapping[str, Any],
        by: str = "",
        is_kept: Callable[[], bool] = lambda: True,
        again: bool = False,
    ) -> IntakeItem | None:
        """Queue a file; one whose content is queued, running or done already is not added again.

        One that is still queued takes these options. A file that failed or was cancelled before is
        queued again under its old number. With ``again`` it takes the last place in any case: of
        tables the order matters. ``by`` is the user; who sees the item is what the options say
        (``site``, ``groups``). None, with nothing changed, where ``is_kept`` says that the
        original is gone or the old one is just being deleted: it is then to be kept again.
        """
        seen_by = {"site": options.get("site"), "groups": list(options.get("groups") or ())}
        with writing(self._engine) as connection:
            if not is_kept():
                return None
            same = (intake.c.kind == kind) & (intake.c.content_hash == content_hash)
            if again:
                connection.execute(intake.delete().where(same))
            known = connection.execute(sa.select(intake).where(same)).first()
            if known is not None and known.state == "deleting":
                return None
            if known is not None and known.state == "queued":
                query = intake.update().where(intake.c.id == known.id)
                connection.execute(query.values(options=dict(options), **seen_by))
                known = connection.execute(sa.select(intake).where(same)).one()
            if known is not None and known.state not in ("failed", "cancelled"):
                return item_of(known)
            values = {
                "kind": kind,
                "content_hash": content_hash,
                "original": original,
                "name": name,
                "source": source,
                "options": dict(options),
                "state": "queued",
                "worker": "",
                "attempts": 0,
                "stage": "",
                "done": 0,
                "total": 0,
                "reason": "",
                "report": {},
                "taken_at": now(),
                "started_at": None,
                "finished_at": None,
                "by": by,
                **seen_by,
            }
            if known is None:
                connection.execute(intake.insert().values(values))
            else:
                connection.execute(intake.update().where(intake.c.id == known.id).values(values))
            return item_of(connection.execute(sa.select(intake).where(same)).one())

    def claim(self, worker: str, item_ids: Iterable[int] | None = None) -> IntakeItem | None:
        """Take the oldest queued item (of some, if named) for a worker; None if there is none."""
        queued = sa.select(intake.c.id).where(intake.c.state == "queued")
        if item_ids is not None:
            queued = queued.where(intake.c.id.in_(list(item_ids)))
        with writing(self._engine) as connection:
            found = connection.scalar(queued.order_by(intake.c.id).limit(1))
            if found is None:
                return None
            connection.execute(
                intake.update()
                .where(intake.c.id == found)
                .values(
                    state="running",
                    worker=worker,
                    attempts=intake.c.attempts + 1,
                    started_at=now(),
                    reason="",
                )
            )
            return item_of(connection.execute(sa.select(intake).where(intake.c.id == found)).one())

    def progress(self, item: IntakeItem, stage: str, done: int, total: int) -> bool:
        """Note how far the worker that claimed an item is; False if it is to be given up.

        Somebody cancelled it then, or deleted what it is about; another worker may have it by now.
        """
        with writing(self._engine) as connection:
            result = connection.execute(
                intake.update()
                .where(
                    intake.c.id == item.item_id,
                    intake.c.state == "running",
                    intake.c.worker == item.worker,
                )
                .values(stage=stage, done=done, total=total)
            )
            return bool(result.rowcount)

    def finish(
        self,
        item_id: int,
        state: IntakeState,
        reason: str,
        report: Mapping[str, Any],
        *,
        worker: str = "",
        at: str = "",
    ) -> None:
        """Note what has become of an item that waits, or that this worker works on.

        ``at`` is when it came into the knowledge (ISO 8601, UTC); a rebuild follows that order.
        """
        step("before finish")
        with writing(self._engine) as connection:
            connection.execute(
                intake.update()
                .where(
                    intake.c.id == item_id,
                    intake.c.worker == worker,
                    intake.c.state.in_(("queued", "running")),
                )
                .values(
                    state=state,
                    reason=reason,
                    report=dict(report),
                    worker="",
                    finished_at=at or now(),
                )
            )
        step("after finish")

    def requeue(self, item_id: int) -> bool:
        """Queue again what is done but no longer in the knowledge; False if it is not done."""
        with writing(self._engine) as connection:
            result = connection.execute(
                intake.update()
                .where(intake.c.id == item_id, intake.c.state == "done")
                .values(state="queued", worker="", attempts=0, stage="")
            )
            return bool(result.rowcount)

    def revise(self, item_id: int, state: IntakeState, reason: str = "", at: str = "") -> None:
        """Put right what is said about an item that nobody works on."""
        with writing(self._engine) as connection:
            values = {"state": state, "reason": reason, "finished_at": at or now()}
            connection.execute(
                intake.update()
                .where(intake.c.id == item_id, intake.c.state.in_(("done", "failed", "cancelled")))
                .values(values)
            )

    def cancel(self, principal: Principal, item_id: int) -> bool:
        """Give up an item that waits or is being read; False if the principal sees none such.

        One that is just being stored is as good as done.

        Raises:
            NotAllowed: the principal may not take files in, or not change this one.
        """
        mine = self._changeable(principal, item_id)
        with writing(self._engine) as connection:
            result = connection.execute(
                intake.update()
                .where(
                    mine,
                    intake.c.state.in_(("queued", "running")),
                    intake.c.stage != "storing",
                )
                .values(state="cancelled", worker="", finished_at=now(), reason="cancelled")
            )
            return bool(result.rowcount)

    def try_again(self, principal: Principal, item_id: int) -> bool:
        """Queue an item that failed or was cancelled again; False if the principal sees none such.

        Raises:
            NotAllowed: the principal may not take files in, or not change this one.
        """
        values = {
            "state": "queued",
            "attempts": 0,
            "stage": "",
            "done": 0,
            "total": 0,
            "reason": "",
            "started_at": None,
            "finished_at": None,
        }
        return self._change(principal, item_id, ("failed", "cancelled"), values)

    def dismiss(self, principal: Principal, item_id: int) -> bool:
        """Take note that an item failed, so that it is not shown any more.

        False if the principal sees none that did.

        Raises:
            NotAllowed: the principal may not take files in, or not change this one.
        """
        return self._change(principal, item_id, ("failed",), {"state": "cancelled"})

    def requeue_orphans(self, is_alive: Callable[[str], bool]) -> list[int]:
        """Queue again what a worker that has died was working on; return the items.

        A file that several workers died of is given up.
        """
        with self._engine.connect() as connection:
            running = connection.execute(
                sa.select(intake.c.id, intake.c.worker, intake.c.attempts).where(
                    intake.c.state == "running"
                )
            ).all()
        requeued: list[int] = []
        for row in running:
            if is_alive(row.worker):
                continue
            values: dict[str, Any] = {"worker": "", "stage": "", "done": 0, "total": 0}
            if row.attempts < _MOST_ATTEMPTS:
                values["state"] = "queued"
            else:
                reason = (
                    f"The process that read it died {row.attempts} times. "
                    "Save the file again, or split it, and add it again."
                )
                values |= {"state": "failed", "reason": reason, "finished_at": now()}
            mine = (intake.c.id == row.id) & (intake.c.worker == row.worker)
            with writing(self._engine) as connection:
                result = connection.execute(
                    intake.update().where(mine, intake.c.state == "running").values(values)
                )
            if result.rowcount:
                requeued.append(row.id)
        return requeued

    def mark_deleting(self, content_hashes: Iterable[str]) -> None:
        """Note that documents are to go, before anything of them goes."""
        with writing(self._engine) as connection:
            connection.execute(
                intake.update()
                .where(intake.c.kind == "document", intake.c.content_hash.in_(list(content_hashes)))
                .values(state="deleting", worker="")
            )

    def forget(
        self,
        content_hashes: Iterable[str],
        originals: Iterable[str],
        unlink: Callable[[str], None],
    ) -> None:
        """Drop the rows of documents that are gone, and originals that no row names any more.

        They are those of the rows and the named ones. No file is taken in meanwhile, so that an
        original that just came in again stays.
        """
        gone = list(content_hashes)
        mine = (intake.c.kind == "document") & intake.c.content_hash.in_(gone)
        with writing(self._engine) as connection:
            names = {*originals, *connection.scalars(sa.select(intake.c.original).where(mine))}
            connection.execute(intake.delete().where(mine))
            _unlink_unused(connection, names, unlink)
            step("originals unlinked")
        step("intake forgotten")

    def drop_unused(self, originals: Iterable[str], unlink: Callable[[str], None]) -> None:
        """Drop those of some originals that no row names; no file is taken in meanwhile."""
        with writing(self._engine) as connection:
            _unlink_unused(connection, set(originals), unlink)

    def item(self, principal: Principal, item_id: int) -> IntakeItem | None:
        """One item that the principal sees."""
        query = sa.select(intake).where(intake.c.id == item_id, _seen(principal))
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return item_of(row) if row is not None else None

    def of_original(self, principal: Principal, file_hash: str) -> list[IntakeItem]:
        """The documents made of a file with this hash that the principal sees.

        The one that has the hash for its own comes first: others hold the same file for others.
        """
        query = sa.select(intake).where(
            intake.c.kind == "document",
            intake.c.original.startswith(f"{file_hash}.", autoescape=True)
            | (intake.c.original == file_hash),
            _seen(principal),
        )
        query = query.order_by(intake.c.content_hash != file_hash, intake.c.id)
        with self._engine.connect() as connection:
            return [item_of(row) for row in connection.execute(query)]

    def items(self, principal: Principal, *states: IntakeState) -> list[IntakeItem]:
        """The items in these states (all, if none is named) that the principal sees.

        They come in the order in which they were taken in.
        """
        query = sa.select(intake).where(_seen(principal)).order_by(intake.c.id)
        if states:
            query = query.where(intake.c.state.in_(states))
        with self._engine.connect() as connection:
            return [item_of(row) for row in connection.execute(query)]

    def finished_since(self, principal: Principal, at: str) -> list[IntakeItem]:
        """The documents that were done at a time (ISO 8601, UTC) or later, the last one first.

        Only those that the principal sees.
        """
        query = (
            sa.select(intake)
            .where(_seen(principal))
            .where(intake.c.kind == "document", intake.c.state == "done")
            .where(intake.c.finished_at >= at)
            .order_by(intake.c.finished_at.desc(), intake.c.id.desc())
        )
        with self._engine.connect() as connection:
            return [item_of(row) for row in connection.execute(query)]

    def _changeable(self, principal: Principal, item_id: int) -> sa.ColumnElement[bool]:
        """The item, if the principal sees it.

        Raises:
            NotAllowed: they see it, but may not change it.
        """
        principal.require("ingest")
        item = self.item(principal, item_id)
        if item is not None and item.by != principal.user:
            check_change(principal, item.name, item.site, item.groups)
        return (intake.c.id == item_id) & _seen(principal)

    def _change(
        self,
        principal: Principal,
        item_id: int,
        states: Iterable[IntakeState],
        values: dict[str, Any],
    ) -> bool:
        mine = self._changeable(principal, item_id) & intake.c.state.in_(list(states))
        with writing(self._engine) as connection:
            return bool(connection.execute(intake.update().where(mine).values(values)).rowcount)


def _seen(principal: Principal) -> sa.ColumnElement[bool]:
    return visible_rows(principal, intake.c.site, intake.c.groups)


def _unlink_unused(
    connection: sa.Connection, names: set[str], unlink: Callable[[str], None]
) -> None:
    used = set(connection.scalars(sa.select(intake.c.original)))
    for name in sorted(names - used):
        unlink(name)
