"""Errors of the assistant package.

    AssistantError
    ├── QuestionRejected     the question is empty or too long
    ├── ModelUnavailable     no language model can be used now; the answer stands on evidence
    ├── GenerationFailed     the language model failed or answered nonsense
    ├── RecordNotFound       no conversation, turn or work order has this id
    └── InvalidWorkOrder     a change would make a work order invalid

Every message says what happened, names the thing and says what to do.
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of all errors that a caller of this package can act on."""


class QuestionRejected(AssistantError):
    """The question cannot be asked."""


class ModelUnavailable(AssistantError):
    """There is no language model to ask."""


class GenerationFailed(AssistantError):
    """The language model was asked and gave nothing usable."""


class RecordNotFound(AssistantError):
    """There is no such record."""


class InvalidWorkOrder(AssistantError):
    """A work order would not be valid."""
