"""The rows of the audit log: what one holds, how it is hashed, and what breaks the chain (pure)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from assistant.errors import AuditFailed
from assistant.redaction import remove_secrets
from index.auditing import KnowledgeAction

AuditAction = Literal[
    "sign-in",
    "sign-in refused",
    "sign-out",
    "password change",
    "account added",
    "account changed",
    "account disabled",
    "account enabled",
    "account reset",
    "token created",
    "token revoked",
    KnowledgeAction,
    "answer",
    "checked",
    "handed over",
    "taken over",
    "expert named",
    "expert removed",
    "question forwarded",
    "expert replied",
    "draft",
    "order changed",
    "order exported",
    "figure exported",
    "approval",
    "egress",
    "audit export",
    "audit verified",
    "restore",
    "backup",
    "release",
    "rollback",
]
"""Everything that is logged."""

FIRST = "0" * 64
"""What the first row has in the place of the hash of the row before."""
_MOST_TEXT = 4000  # characters of one detail
FIELDS = ("sequence", "at", "user", "address", "action", "object", "details", "previous", "hash")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row; ``details`` is JSON, ``hash`` covers all other fields."""

    sequence: int
    at: str
    user: str
    address: str
    action: str
    object: str
    details: str
    previous: str
    hash: str

    def digest(self) -> str:
        """The hash that the row must have: SHA-256 over its fields in one canonical form."""
        fields = [getattr(self, name) for name in FIELDS[:-1]]
        text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of the log as a person can note it elsewhere, written ``SEQUENCE:HASH``."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what :meth:`__str__` wrote.

        Raises:
            AuditFailed: it is no head.
        """
        number, _, digest = text.strip().partition(":")
        if not (number.isascii() and number.isdecimal() and len(digest) == 64):
            raise AuditFailed(
                f"{text!r} is no head of an audit log. Give what 'faultbook audit head' printed."
            )
        return cls(int(number), digest)


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a check of the chain found; ``fault`` is empty where the chain holds."""

    rows: int
    head: Head
    fault: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, removed, inserted or moved."""
        return not self.fault


def fault_of(row: AuditRow, before: Head) -> str:
    """What is wrong with a row after the one before it; empty where nothing is."""
    if row.sequence != before.sequence + 1:
        if row.sequence == before.sequence + 2:
            return f"row {before.sequence + 1} is missing"
        return f"rows {before.sequence + 1} to {row.sequence - 1} are missing"
    if row.hash != row.digest():
        return f"row {row.sequence} was changed"
    if row.previous != before.hash:
        return f"row {row.sequence} does not follow row {before.sequence}: one was put in or moved"
    return ""


def canonical(details: dict[str, Any]) -> str:
    """Details as the one JSON text that is hashed; what is empty is left out."""
    return json.dumps(
        {name: _value(value) for name, value in details.items() if value not in (None, "")},
        ensure_ascii=True,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def _value(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_value(item) for item in items]
    return plain(str(value))


def plain(text: str) -> str:
    """Return a text without secrets, short, and such that SQL can hold it."""
    cut = remove_secrets(text)[:_MOST_TEXT]
    return cut.replace("\0", " ").encode("utf-8", "replace").decode()
