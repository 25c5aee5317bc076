"""Errors as RFC 9457 problems: one shape, never a stack trace, never what was sent.

What is not there and what may not be seen give the same answer.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from assistant import errors as assistant_errors
from assistant.redaction import remove_secrets
from index import errors as index_errors
from ingest.errors import IngestError
from ui.identity import NotSignedIn, PasswordChangeNeeded

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2  # where something is busy
_MOST_FAULTS = 20  # of a request that are told
_KIND = "urn:faultbook:problem:"

KINDS: dict[int, str] = {
    400: "malformed",
    401: "not-signed-in",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    413: "too-large",
    415: "unsupported-format",
    422: "invalid",
    429: "too-many",
    500: "internal",
    503: "unavailable",
}
_NOT_FOUND = "There is nothing here, or nothing that you may see."
_SAID = {404: _NOT_FOUND, 405: "This address has no such method. `docs` lists them."}
_INTERNAL = "Something went wrong inside Faultbook; the log has the details. Try again."
_BUSY = "The knowledge is busy just now. Try again in a moment."


class Problem(Exception):
    """An answer other than what was asked for; ``extra`` are members of its own."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra


def not_found() -> Problem:
    """What is not there, or not there for this user."""
    return Problem(404, _NOT_FOUND)


def busy() -> Problem:
    """Something is held by another process for a moment."""
    return Problem(503, _BUSY, {"Retry-After": str(RETRY_AFTER_S)})


def respond(problem: Problem) -> JSONResponse:
    """A problem as the response that tells it."""
    status = problem.status
    headers = dict(problem.headers)
    if status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="faultbook"')
    body = {
        "type": _KIND + KINDS.get(status, "other"),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": remove_secrets(problem.detail),
        **problem.extra,
    }
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """The problem that an error of ours is to a program that calls.

    Raises:
        Exception: the same one, where nothing is known about it.
    """
    match error:
        case Problem():
            return error
        case (
            index_errors.DocumentUnknown()
            | index_errors.TicketUnknown()
            | assistant_errors.RecordNotFound()
            | assistant_errors.AccountUnknown()
        ):
            return not_found()
        case (
            index_errors.NotAllowed() | PasswordChangeNeeded() | assistant_errors.WrongCredentials()
        ):
            return Problem(403, str(error))
        case NotSignedIn():
            return Problem(401, str(error))
        case assistant_errors.TooMany() | assistant_errors.TooManyAttempts():
            seconds = str(max(1, math.ceil(error.retry_after_s)))
            return Problem(429, str(error), {"Retry-After": seconds})
        case assistant_errors.TooLarge():
            return Problem(413, str(error))
        case index_errors.HomeError() | OperationalError() | assistant_errors.AuditFailed():
            logger.warning("the API is busy: %s", error)
            return busy()
        case (
            index_errors.StatusRefused()
            | assistant_errors.AccountRefused()
            | assistant_errors.ExpertRefused()
            | index_errors.ExclusionRefused()
        ):
            return Problem(409, str(error))
        case assistant_errors.AssistantError() | index_errors.KnowledgeError() | IngestError():
            return Problem(422, str(error))
    raise error


def add_handlers(api: FastAPI) -> None:
    """Let every error of the API leave as a problem."""

    async def known(_request: Request, error: Exception) -> JSONResponse:
        return respond(problem_of(error))

    async def of_http(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # it is the handler of this class
        detail = _SAID.get(error.status_code) or str(error.detail)
        headers = dict(error.headers or {})
        return respond(Problem(error.status_code, detail, headers))

    async def of_request(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # it is the handler of this class
        faults = error.errors()
        if any(fault["type"] == "json_invalid" for fault in faults):
            return respond(Problem(400, "The body is not JSON. Send JSON in UTF-8."))
        is_json = "json" in request.headers.get("content-type", "")
        is_of_body = any(f["loc"] == ("body",) and f["type"] != "missing" for f in faults)
        if is_of_body and not is_json:
            words = "Send JSON with the header Content-Type: application/json."
            return respond(Problem(415, words))
        told = [_told(fault) for fault in faults[:_MOST_FAULTS]]
        detail = "; ".join(f"{fault['field']}: {fault['message']}" for fault in told)
        return respond(Problem(422, detail, faults=told))

    async def internal(request: Request, error: Exception) -> JSONResponse:
        logger.error("%s %s", request.method, request.url.path, exc_info=error)
        return respond(Problem(500, _INTERNAL))

    for kind in (
        Problem,
        index_errors.KnowledgeError,
        assistant_errors.AssistantError,
        IngestError,
        OperationalError,
    ):
        api.add_exception_handler(kind, known)
    api.add_exception_handler(HTTPException, of_http)
    api.add_exception_handler(RequestValidationError, of_request)
    api.add_exception_handler(Exception, internal)


def _told(fault: Mapping[str, Any]) -> dict[str, str]:
    """A fault of a request without what was sent: that may be a secret, or huge."""
    place = ".".join(str(part) for part in fault["loc"] if isinstance(part, str | int))
    # A name in the place comes from the request where a field is unknown.
    return {
        "field": place[:200].encode(errors="replace").decode(),
        "message": str(fault["msg"]).removeprefix("Value error, "),
    }
