"""What the lower packages need of the audit log, which lies above them."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import sqlalchemy as sa

from index.access import Principal

KnowledgeAction = Literal[
    "ingest",
    "approve",
    "withdraw",
    "correct",
    "delete",
    "dictionary changed",
    "alias changed",
    "exclusion changed",
    "refused",
]


class Auditor(Protocol):
    """Takes note of what somebody does to the knowledge, or decides about it."""

    def note(
        self, principal: Principal, action: KnowledgeAction, object: str = "", **details: Any
    ) -> object:
        """Log it before it is done, or raise: then it must not be done."""

    def append(
        self,
        connection: sa.Connection,
        principal: Principal,
        action: KnowledgeAction,
        object: str = "",
        **details: Any,
    ) -> object:
        """Log it inside the write transaction of the records that does it: both, or neither."""


class NoAuditor:
    """Takes note of nothing, for knowledge that nobody answers for, such as that of a test."""

    def note(
        self, principal: Principal, action: KnowledgeAction, object: str = "", **details: Any
    ) -> object:
        """Do nothing."""
        return None

    def append(
        self,
        connection: sa.Connection,
        principal: Principal,
        action: KnowledgeAction,
        object: str = "",
        **details: Any,
    ) -> object:
        """Do nothing."""
        return None
