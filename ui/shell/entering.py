"""What signing in and changing a password share: the form that comes, the session that begins."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from ui.identity import cookie_name, secret_of
from ui.shell.door import SIGN_IN, SIGN_OUT
from ui.wiring import Services

_LONGEST = 1000  # characters of a field


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form as a browser sends it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "Send the fields of the form, url-encoded.")
    try:
        text = (await request.body()).decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=10, errors="strict")
    except ValueError as error:
        raise HTTPException(400, "The form cannot be read. Load the page again.") from error
    return {name: values[0][:_LONGEST] for name, values in fields.items()}


Fields = Annotated[dict[str, str], Depends(_fields)]


def signed_in(services: Services, request: Request, secret: str, wanted: str) -> Response:
    """The answer that begins a session; one that the browser had before is over."""
    services.sessions.close(secret_of(request))
    answer = RedirectResponse(wanted, 303)
    set_cookie(answer, request, secret)
    return answer


def set_cookie(answer: Response, request: Request, secret: str) -> None:
    """Give the browser the secret of its session, or take it away where it is empty."""
    name = cookie_name(request)
    answer.set_cookie(
        name,
        secret,
        max_age=None if secret else 0,  # it goes with the browser; the server ends it sooner
        path="/",
        secure=name.startswith("__Host-"),
        httponly=True,
        samesite="lax",
    )


def address(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def own_path(wanted: str) -> str:
    """A path of ours to go to, ``/`` where what was asked for is none."""
    is_plain = (
        wanted.isascii() and wanted.isprintable() and "\\" not in wanted and " " not in wanted
    )
    if not is_plain or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path in (SIGN_IN, SIGN_OUT):
        return "/"
    return wanted[:_LONGEST]


def too_many(seconds: float) -> str:
    """What is said to who tried too often."""
    whole = max(1, round(seconds))
    if whole < 90:
        wait = f"{whole} second{'s' if whole > 1 else ''}"
    else:
        wait = f"{-(-whole // 60)} minutes"
    return f"Too many wrong attempts. Wait {wait}, then try again."
