"""Errors of the assistant package.

    AssistantError
    ├── QuestionRejected     the question is empty or too long
    ├── ModelUnavailable     no language model can be used now; the answer stands on evidence
    ├── GenerationFailed     the language model failed or answered nonsense
    │   └── PromptTooLong        the prompt does not fit the model's window
    ├── Stopped              the reader stopped the turn
    ├── RecordNotFound       no conversation, turn or work order has this id
    ├── AuditFailed          what must be logged cannot be, or a noted head is none
    ├── TooMany              a user asks or uploads more than the limits allow now
    ├── TooLarge             an upload is larger than the limits allow at all
    ├── InvalidWorkOrder     a change would make a work order invalid
    ├── SessionRefused       a tick or a handover cannot be made like this
    ├── FigureRefused        a figure cannot be saved, scheduled or pinned like this
    ├── ExpertRefused        an expert cannot be named, or a question forwarded, like this
    └── AccountError         of accounts, sessions and tokens
        ├── AccountUnknown       there is no account, session or token of this name or id
        ├── AccountRefused       an account or a token cannot be made or changed like this
        ├── PasswordRefused      a new password is too short, too long or too common
        ├── WrongCredentials     the name or the password is wrong, or the account is disabled
        └── TooManyAttempts      too many wrong passwords; the next is looked at later

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


class PromptTooLong(GenerationFailed):
    """A prompt and its answer are longer than the window of the language model."""


class Stopped(AssistantError):
    """The reader stopped the turn while it ran."""


class RecordNotFound(AssistantError):
    """There is no such record."""


class InvalidWorkOrder(AssistantError):
    """A work order would not be valid."""


class SessionRefused(AssistantError):
    """A tick or a handover of a fault session cannot be made like this."""


class FigureRefused(AssistantError):
    """A figure cannot be saved, scheduled or pinned in this way."""


class ExpertRefused(AssistantError):
    """An expert cannot be named, or a question not forwarded or answered, in this way."""


class AuditFailed(AssistantError):
    """The audit log cannot be written, so that what must be logged was refused."""


class TooMany(AssistantError):
    """A user asks or uploads more than the limits allow; ``retry_after_s`` says when to go on."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooLarge(AssistantError):
    """An upload is larger than the limits allow at any time."""


class AccountError(AssistantError):
    """Base of the errors of accounts, sessions and tokens."""


class AccountUnknown(AccountError):
    """There is no such account, session or token, or the user may not see it."""


class AccountRefused(AccountError):
    """An account or a token cannot be made or changed in this way."""


class PasswordRefused(AccountError):
    """A new password cannot be used; the message says why."""


class WrongCredentials(AccountError):
    """A sign-in failed; the message is the same for every reason."""


class TooManyAttempts(AccountError):
    """Too many wrong passwords; for ``retry_after_s`` the right one is refused as well."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            "Too many attempts for this name, from this address or at the same time. Wait "
            f"{retry_after_s} seconds, then try again."
        )
        self.retry_after_s = retry_after_s
