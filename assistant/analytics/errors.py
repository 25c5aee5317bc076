"""Errors of the analytics.

CannotAnswer    the query does not fit: the message says what is wrong and what to do
"""

from __future__ import annotations

from assistant.errors import AssistantError


class CannotAnswer(AssistantError):
    """A query asks for what cannot be computed, or may not be."""
