"""Tickets that report the same event: linked, never deleted.

Two tickets of one asset that the same people see report the same event if they were reported less
than 24 h apart, their texts are alike and name the same numbers. The later one points to the
first.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from rapidfuzz import fuzz

from index.catalog import Catalog
from index.chunk_rows import batches
from index.database import writing
from index.steps import step
from index.ticket_tables import ticket

_WITHIN = timedelta(hours=24)
_ALIKE = 90.0  # of 100
_MOST = 20  # earlier tickets that one is compared with
_AT_ONCE = 500
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Report:
    ticket_id: int
    uid: str
    at: datetime
    text: str
    numbers: list[str]


def link_same_events(catalog: Catalog, since: str | None = None, until: str | None = None) -> int:
    """Link the tickets reported in a range of time (ISO 8601); return how many links are new.

    Links that no longer hold in that range are taken back.
    """
    changed, latest = _link(catalog, since, until)
    while until and latest > until:  # what changed after the range has its own consequences
        since, until = until, latest
        more, latest = _link(catalog, since, until)
        changed += more
    step("tickets linked")
    return changed


def _link(catalog: Catalog, since: str | None, until: str | None) -> tuple[int, str]:
    """Link what was reported in a range; return how many links are new and the last that changed.

    The second is a time of report, empty where nothing changed.
    """
    found: list[tuple[int, str | None]] = []
    changed, latest = 0, ""
    for ticket_id, at, before, now in _links(catalog, since, until):
        if before != now:
            found.append((ticket_id, now))
            changed += now is not None
            latest = max(latest, at)
        if len(found) >= _AT_ONCE:
            _store(catalog, found)
            found = []
    _store(catalog, found)
    return changed, latest


def _links(
    catalog: Catalog, since: str | None, until: str | None
) -> Iterator[tuple[int, str, str | None, str | None]]:
    """Yield (ticket id, time of report, its link before, its link now)."""
    window: deque[_Report] = deque(maxlen=_MOST)
    current: tuple[Any, ...] | None = None
    for row in _reports(catalog, since, until):
        asset = (row.asset_id, row.unresolved, row.site, row.groups)
        if asset != current:
            window.clear()
            current = asset
        text = f"{row.title}\n{row.description}".casefold()
        try:
            at = datetime.fromisoformat(row.reported_at)
        except ValueError:
            continue
        report = _Report(row.id, row.uid, at, text, sorted(_NUMBER.findall(text)))
        while window and report.at - window[0].at >= _WITHIN:
            window.popleft()
        if since and row.reported_at < since:  # read for comparison only: its link stays
            if row.duplicate_of is None:
                window.append(report)
            continue
        first = next((one for one in window if _is_same(one, report)), None)
        if first is None:
            window.append(report)
        yield row.id, row.reported_at, row.duplicate_of, first.uid if first else None


def _is_same(one: _Report, other: _Report) -> bool:
    if one.numbers != other.numbers:  # "valve 3" is not "valve 4"
        return False
    return fuzz.ratio(one.text, other.text, score_cutoff=_ALIKE) >= _ALIKE


def _reports(catalog: Catalog, since: str | None, until: str | None) -> Iterator[Any]:
    table = ticket.c
    unresolved = sa.case((table.asset_id.is_(None), table.asset_raw), else_="")
    query = (
        sa.select(
            *(table.id, table.uid, table.asset_id, unresolved.label("unresolved")),
            *(table.site, table.groups, table.reported_at),
            *(table.title, table.description, table.duplicate_of),
        )
        .where(
            table.reported_at.is_not(None), (table.asset_id.is_not(None)) | (table.asset_raw != "")
        )
        .order_by(
            *(table.asset_id, unresolved, table.site, table.groups),
            *(table.reported_at, table.uid),
        )
    )
    if since and until:
        first = (datetime.fromisoformat(since) - _WITHIN).isoformat()
        last = (datetime.fromisoformat(until) + _WITHIN).isoformat()
        query = query.where(table.reported_at.between(first, last))
    with catalog.engine.connect() as connection:
        yield from connection.execution_options(yield_per=2_000).execute(query)


def _store(catalog: Catalog, found: list[tuple[int, str | None]]) -> None:
    update = (
        ticket.update()
        .where(ticket.c.id == sa.bindparam("of"))
        .values(duplicate_of=sa.bindparam("to"))
    )
    for part in batches(found, _AT_ONCE):
        with writing(catalog.engine) as connection:
            connection.execute(update, [{"of": one, "to": uid} for one, uid in part])
