"""What is refused over HTTP: errors of ours in their own words, and what is not passed on."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from assistant import errors as ours
from assistant.redaction import remove_secrets
from index import errors as known
from ui.api.errors import Problem, respond
from ui.identity import NotSignedIn, PasswordChangeNeeded, is_of_programs

_STATUS: dict[type[Exception], int] = {
    NotSignedIn: 401,
    PasswordChangeNeeded: 403,
    known.NotAllowed: 403,
    known.DocumentUnknown: 404,
    known.AssetUnknown: 404,
    known.AliasUnknown: 404,
    known.TermUnknown: 404,
    known.StatusRefused: 409,
    known.CorrectionRefused: 422,
    ours.RecordNotFound: 404,
    ours.AccountUnknown: 404,
    ours.AccountRefused: 422,
    ours.PasswordRefused: 422,
    ours.QuestionRejected: 422,
    ours.InvalidWorkOrder: 422,
    ours.TooLarge: 413,
    ours.TooMany: 429,
    ours.TooManyAttempts: 429,
}


def status_of(error: Exception) -> int:
    """The status of an error of ours; 500 of any other."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def retry_after(error: Exception) -> dict[str, str]:
    """The header that says when to ask again, in whole seconds, for what was too much."""
    seconds = getattr(error, "retry_after_s", None)
    return {} if seconds is None else {"Retry-After": str(max(1, math.ceil(seconds)))}


def add_handlers(web: FastAPI) -> None:
    """Answer with the words of an error and its status; other errors go on."""

    def answer(_: Request, error: Exception) -> Response:
        headers = retry_after(error)
        if isinstance(error, NotSignedIn) and status_of(error) == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return PlainTextResponse(remove_secrets(str(error)), status_of(error), headers)

    for kind in _STATUS:
        web.add_exception_handler(kind, answer)


def refusal(
    path: str, words: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to a request that is not passed on: a problem for programs, else plain words."""
    if is_of_programs(path):
        return respond(Problem(status, words, headers))
    return PlainTextResponse(words, status, dict(headers or {}))
