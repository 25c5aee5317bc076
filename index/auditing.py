"""What the lower packages need of the audit log, which lies above them."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from index.access import Principal

KnowledgeAction = Literal[
    "ingest",
    "approve",
    "withdraw",
    "correct",
    "delete",
    "dictionary changed",
    "alias changed",
    "refused",
]


class Auditor(Protocol):
    """Takes note of what somebody is about to do to the knowledge."""

    def note(
        self, principal: Principal, action: KnowledgeAction, object: str = "", **details: Any
    ) -> object:
        """Log it, or raise: then it must not be done."""


class NoAuditor:
    """Takes note of nothing, for knowledge that nobody answers for, such as that of a test."""

    def note(
        self, principal: Principal, action: KnowledgeAction, object: str = "", **details: Any
    ) -> object:
        """Do nothing."""
        return None
