"""What the intake holds: a file, how it was to be read, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

IntakeKind = Literal["document", "tickets", "assets"]
IntakeState = Literal["queued", "running", "done", "failed", "cancelled", "deleting"]


@dataclass(frozen=True, slots=True)
class IntakeItem:
    """A file in the intake; ``done`` of ``total`` is how far its stage is.

    ``by`` is the user who took it in; ``site`` and ``groups`` say who sees it.
    """

    item_id: int
    kind: IntakeKind
    content_hash: str
    original: str
    name: str
    source: str
    options: dict[str, Any]
    state: IntakeState
    worker: str
    attempts: int
    stage: str
    done: int
    total: int
    reason: str
    report: dict[str, Any]
    taken_at: str
    started_at: str | None
    finished_at: str | None
    by: str = ""
    site: str | None = None
    groups: tuple[str, ...] = ()


def item_of(row: Any) -> IntakeItem:
    """The item that a row of the intake holds."""
    values = dict(row._mapping)
    values["groups"] = tuple(values["groups"])
    return IntakeItem(item_id=values.pop("id"), **values)
