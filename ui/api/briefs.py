"""Written briefs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from assistant.analytics.brief.page import brief_page
from assistant.analytics.brief.sheet import brief_sheet
from ui.api.callers import Reader
from ui.api.problems import problems

router = APIRouter(tags=["figures"])

_MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
# The page is opened beside the app: it may load nothing and run nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


@router.get(
    "/brief",
    operation_id="getBrief",
    summary="The brief of a month or of the last shift",
    response_class=Response,
    responses={200: {"content": {media: {} for media in _MEDIA.values()}}, **problems(403, 422)},
)
def get_brief(
    caller: Reader,
    month: Annotated[
        str | None, Query(pattern=r"^\d{4}-\d\d$", description="2026-10; else the last shift")
    ] = None,
    site: Annotated[str | None, Query(max_length=200, description="all without it")] = None,
    format_: Annotated[Literal["html", "pdf"], Query(alias="format")] = "html",
) -> Response:
    """Figures of what the user may see, worded by code; each is explained below it."""
    made = caller.services.briefs.write(caller.principal, month, site, use_model=False)
    body = brief_page(made).encode() if format_ == "html" else brief_sheet(made)
    name = f"brief-{month or 'shift'}.{format_}"
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=_MEDIA[format_], headers=headers)
