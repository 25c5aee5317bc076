"""How problems stand in the OpenAPI document."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from ui.api.errors import KINDS, MEDIA_TYPE

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:faultbook:problem:not-found"]},
        "title": {"type": "string", "examples": ["Not Found"]},
        "status": {"type": "integer", "examples": [404]},
        "detail": {
            "type": "string",
            "description": "what happened and what to do",
            "examples": ["There is nothing here, or nothing that you may see."],
        },
        "faults": {
            "type": "array",
            "description": "of a request that is invalid: the fields",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}

_WORDS = {
    400: "The request is malformed.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "The role of the user, or the scope of the token, does not allow this.",
    404: "It is not there, or the user may not see it.",
    405: "The address has no such method.",
    409: "It is in a state in which this cannot be done; the detail says what to do.",
    413: "The request is too large.",
    415: "What was sent is not of a kind that can be read.",
    422: "A value is invalid; the detail names it.",
    429: "Too much in a short time.",
    503: "Busy just now.",
}
_RETRY = {
    "Retry-After": {
        "description": "seconds to wait",
        "schema": {"type": "integer"},
    }
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route says of the problems that it answers with."""
    return {status: _response(status) for status in statuses}


def _response(status: int) -> dict[str, Any]:
    example = {
        "type": f"urn:faultbook:problem:{KINDS[status]}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _WORDS[status],
    }
    response: dict[str, Any] = {
        "description": _WORDS[status],
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        },
    }
    if status in (429, 503):
        response["headers"] = _RETRY
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return response


EVERYWHERE = problems(400, 401, 403, 413, 415, 422, 429, 503)
"""What any operation may answer."""
