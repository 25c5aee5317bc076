"""The audit log, for administrators."""

from __future__ import annotations

import json
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query

from assistant.audit import AuditRow
from ui.api.callers import Administrator
from ui.api.pages import Cursor, Limit, cursor_of, read_cursor
from ui.schemas import Schema

router = APIRouter(tags=["accounts"])

_TIME = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(\+00:00|Z)?)?$"
Time = Annotated[
    str | None, Query(pattern=_TIME, description="ISO 8601 in UTC", examples=["2026-03-01"])
]


class AuditRowOut(Schema):
    """A row of the log; ``hash`` covers the row and the hash of the row before."""

    sequence: int
    at: str
    user: str
    address: str
    action: str
    object: str
    details: dict[str, Any]
    previous: str
    hash: str

    @classmethod
    def of(cls, row: AuditRow) -> AuditRowOut:
        """The shape of a row."""
        names = [name for name in cls.model_fields if name != "details"]
        values = {name: getattr(row, name) for name in names}
        return cls(**values, details=json.loads(row.details))


class AuditOut(Schema):
    """A page of the log; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[AuditRowOut, ...]
    next: str | None


@router.get("/audit", operation_id="listAudit", summary="The audit log, oldest first")
def list_audit(
    caller: Administrator,
    since: Time = None,
    until: Time = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AuditOut:
    """What was done, by whom and when; that its first page was read is logged as well."""
    caller.require("administer")
    after = read_cursor(cursor, (int, str))
    if after is None:
        caller.note("audit export", form="api", since=since or "", until=until or "")
    first = int(after[0]) if after else 0
    begin = str(after[1]) if after else since or ""
    rows = (row for row in caller.services.audit.rows(begin, until or "") if row.sequence > first)
    found = list(islice(rows, limit + 1))
    shown = found[:limit]
    last = cursor_of(shown[-1].sequence, shown[-1].at) if len(found) > limit else None
    return AuditOut(items=tuple(AuditRowOut.of(row) for row in shown), next=last)
