"""How middleware refuses: a problem for programs, plain words for browsers."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import PlainTextResponse, Response

from ui.api.errors import Problem, respond

API_ROOT = "/api/v1"
"""Below it programs are answered too, which send a token instead of a cookie."""


def refusal(
    path: str, words: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to a request to a path that is not passed on."""
    if path.startswith(f"{API_ROOT}/"):
        return respond(Problem(status, words, headers))
    return PlainTextResponse(words, status, dict(headers or {}))
