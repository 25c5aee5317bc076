"""Work off the intake: one file after the other, by any number of processes, each file by one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from index.access import LOCAL, Principal
from index.auditing import Auditor, NoAuditor
from index.home import Home
from index.intake import Intake
from index.intake_items import IntakeItem, IntakeState
from index.steps import step
from ingest.accepting import Desk, check_intake
from ingest.errors import IngestError
from ingest.pipeline import FileReport, Pipeline, Stage
from ingest.tagging import Stated

Shown = Callable[[Path, Stage, int, int], None]
"""Called with a file, what is being done to it, and how much of it is done of how much."""

_PAUSE_S = 0.2  # between two looks at what another process reads
_STATE: dict[str, IntakeState] = {"failed": "failed", "cancelled": "cancelled"}


class Worker:
    """Takes files in and makes knowledge of them."""

    def __init__(
        self,
        home: Home,
        intake: Intake,
        desk: Desk,
        pipeline: Pipeline,
        audit: Auditor | None = None,
    ) -> None:
        self._audit = audit or NoAuditor()
        self._home = home
        self._intake = intake
        self._desk = desk
        self._pipeline = pipeline

    def ingest(
        self,
        principal: Principal,
        paths: Sequence[Path],
        stated: Stated,
        shown: Shown,
        *,
        hold: bool = False,
    ) -> Iterator[FileReport]:
        """Take files in and read them; yield a report for each, refused ones first.

        All of them are safe in the intake before the first is read.

        Raises:
            NotAllowed: the principal may not take files in, or not for this site and these groups.
        """
        check_intake(principal, stated)
        return self._ingest(principal, paths, stated, shown, hold=hold)

    def _ingest(
        self,
        principal: Principal,
        paths: Sequence[Path],
        stated: Stated,
        shown: Shown,
        *,
        hold: bool,
    ) -> Iterator[FileReport]:
        waiting: dict[int, IntakeItem] = {}
        given: dict[int, Path] = {}
        copies: list[tuple[Path, int]] = []
        with self._home.changing_knowledge():
            self._pipeline.reconnect()
            for path, accepted in self._desk.accept(principal, paths, stated, hold=hold):
                item = self._settled(principal, path, accepted, stated, hold=hold)
                if isinstance(item, FileReport):
                    yield item
                elif item.item_id in waiting:
                    copies.append((path, item.item_id))
                else:
                    waiting[item.item_id] = item
                    given[item.item_id] = path
            for item_id, report in self._work(shown, set(waiting)):
                # Its content may have been taken in under another name, and not been read yet.
                yield replace(report, path=given[item_id])
            for item in waiting.values():
                if Stated.of(item.options) != stated:  # another process read it, as told before
                    self._pipeline.restate(principal, item, stated)
        for path, item_id in copies:
            yield self._copy_of(principal, item_id, path)

    def _settled(
        self,
        principal: Principal,
        path: Path,
        item: IntakeItem | IngestError,
        stated: Stated,
        *,
        hold: bool,
    ) -> IntakeItem | FileReport:
        """The report of a file about which nothing is to be done, else its queued item."""
        while True:
            if isinstance(item, IngestError):
                return FileReport(path, "failed", str(item))
            if item.state != "done":
                return item
            report = self._pipeline.restate(principal, item, stated)
            if report is not None:
                return replace(report, path=path)
            # It was deleted just now, or the knowledge was lost: it is to be read (again).
            self._intake.requeue(item.item_id)
            item = self._desk.accept_file(principal, path, stated, hold=hold)

    def _copy_of(self, principal: Principal, item_id: int, path: Path) -> FileReport:
        item = self._intake.item(principal, item_id)
        if item is None:
            return FileReport(path, "cancelled", f"{path} was deleted.")
        report = replace(report_of(item), path=path)
        return replace(report, outcome="unchanged") if report.outcome == "added" else report

    def work(self, shown: Shown, item_ids: Iterable[int] | None = None) -> Iterator[FileReport]:
        """Read what is queued (of some items, if named); yield a report for each.

        Named items that another process is reading are waited for.
        """
        left = set(item_ids) if item_ids is not None else None
        for _, report in self._work(shown, left):
            yield report

    def _work(self, shown: Shown, left: set[int] | None) -> Iterator[tuple[int, FileReport]]:
        with self._home.changing_knowledge(), self._home.work() as name:
            self._pipeline.reconnect()
            while True:
                self._intake.requeue_orphans(self._home.worker_lives)
                item = self._intake.claim(name, left)
                if item is not None:
                    step("claimed")
                    if left is not None:
                        left.discard(item.item_id)
                    yield item.item_id, self._run(item, shown)
                    continue
                if left is None:
                    return
                yield from self._finished_elsewhere(left)
                if not left:
                    return
                time.sleep(_PAUSE_S)

    def _run(self, item: IntakeItem, shown: Shown) -> FileReport:
        path = Path(item.name)

        def progress(stage: Stage, done: int, total: int) -> bool:
            shown(path, stage, done, total)
            return self._intake.progress(item, stage, done, total)

        report = self._pipeline.run(item, progress)
        facts = {k: v for k, v in asdict(report).items() if k not in ("path", "reason")}
        # Before the item is finished: what cannot be logged is read again, and logged then.
        short = item.content_hash[:16]
        self._audit.note(LOCAL, "ingest", short, kind=item.kind, outcome=report.outcome)
        self._intake.finish(
            item.item_id,
            _STATE.get(report.outcome, "done"),
            report.reason,
            facts,
            worker=item.worker,
            at=report.stored_at,
        )
        return report

    def _finished_elsewhere(self, left: set[int]) -> Iterator[tuple[int, FileReport]]:
        for item_id in sorted(left):
            item = self._intake.item(LOCAL, item_id)
            if item is None or item.state not in ("queued", "running"):
                left.discard(item_id)
                if item is not None:
                    yield item_id, report_of(item)


def report_of(item: IntakeItem) -> FileReport:
    """The report of an item that was finished, by whichever process."""
    path = Path(item.name)
    if item.state == "failed":
        return FileReport(path, "failed", item.reason)
    if item.state == "cancelled":
        return FileReport(path, "cancelled", f"{path} was cancelled.")
    return FileReport(path=path, reason="", **item.report)
