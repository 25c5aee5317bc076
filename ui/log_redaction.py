"""Keep secrets out of every log: tokens, passwords, headers, and the secrets of the settings.

A record is cleaned when it is made, so that no handler, whoever added it, sees a secret. What
Python itself prints of an exception that nobody caught is cleaned as well.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

from pydantic import BaseModel, SecretStr

from assistant.redaction import know_secret, remove_secrets

_EXCEPTION = logging.Formatter()


class CleanRecord(logging.LogRecord):
    """A record without secrets, whatever formats it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0] is not None:
            self.exc_text = remove_secrets(_EXCEPTION.formatException(self.exc_info))
        if self.stack_info:
            self.stack_info = remove_secrets(self.stack_info)

    def getMessage(self) -> str:  # noqa: N802  the name is the standard library's
        """The message with its arguments, cleaned."""
        return remove_secrets(super().getMessage())


def install() -> None:
    """Clean every record and every uncaught exception of this process from now on."""
    logging.setLogRecordFactory(CleanRecord)
    if sys.excepthook is sys.__excepthook__:  # whoever put in their own knows why
        sys.excepthook = _print_exception
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _print_of_thread


def hide_settings(settings: BaseModel) -> None:
    """Keep every secret that the settings hold out of the logs."""
    for secret in _secrets(settings):
        know_secret(secret)


def _secrets(settings: BaseModel) -> Iterator[str]:
    for name in type(settings).model_fields:
        yield from _secret_values(getattr(settings, name))


def _secret_values(value: Any) -> Iterable[str]:
    if isinstance(value, SecretStr):
        return [value.get_secret_value()]
    if isinstance(value, BaseModel):
        return _secrets(value)
    return []


def _print_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    sys.stderr.write(remove_secrets("".join(traceback.format_exception(kind, error, trace))))


def _print_of_thread(event: threading.ExceptHookArgs) -> None:
    if event.exc_type is SystemExit:
        return
    name = event.thread.name if event.thread else "?"
    text = "".join(traceback.format_exception(event.exc_type, event.exc_value, event.exc_traceback))
    sys.stderr.write(remove_secrets(f"Exception in thread {name}:\n{text}"))
