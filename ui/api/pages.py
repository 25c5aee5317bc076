"""Pages of a list: a cursor says where the next one begins, and means nothing to the caller."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from ui.api.errors import Problem

_LONGEST = 400  # characters of a cursor

Limit = Annotated[int, Query(ge=1, le=200, description="how many items at most")]
Cursor = Annotated[
    str | None,
    Query(max_length=_LONGEST, description="`next` of the page before; leave out for the first"),
]


def cursor_of(*values: str | int | None) -> str:
    """A cursor that holds some values."""
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, kinds: Sequence[type]) -> list[str | int] | None:
    """The values of a cursor, None for the first page.

    Raises:
        Problem: it is none that was given out for this list.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _wrong() from error
    if not isinstance(values, list) or [type(value) for value in values] != list(kinds):
        raise _wrong()
    if any(isinstance(value, int) and abs(value) >= 1 << 63 for value in values):
        raise _wrong()  # more than SQL can hold
    if any(isinstance(value, str) and not value.isascii() for value in values):
        raise _wrong()
    return values


def _wrong() -> Problem:
    return Problem(422, "cursor: it is none of this list. Take `next` of the page before.")
