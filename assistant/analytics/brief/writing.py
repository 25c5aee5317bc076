"""Make a brief: the sections for a shift or for a month, computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from assistant.analytics.brief.contents import Brief, Section
from assistant.analytics.brief.inquiry import Inquiry
from assistant.analytics.brief.sections import (
    bottleneck,
    for_the_maker,
    gathered,
    overdue,
    overview,
    returning,
    stock,
)
from assistant.analytics.engine import FigureEngine
from assistant.analytics.errors import CannotAnswer
from index.access import Principal

Kind = Literal["shift", "month"]
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def write_month(
    engine: FigureEngine, principal: Principal, month: str, site: str | None = None
) -> Brief:
    """The brief of a month, written ``2026-10``.

    Raises:
        CannotAnswer: it is no month, or the site is unknown.
    """
    match = _MONTH.fullmatch(month)
    if match is None:
        raise CannotAnswer(f"{month!r} is no month. Write it as 2026-10.")
    year, number = int(match[1]), int(match[2])
    before = f"{year}-{number - 1:02d}" if number > 1 else f"{year - 1}-12"
    after = f"{year}-{number + 1:02d}" if number < 12 else f"{year + 1}-01"
    earlier = number - 5
    first = f"{year}-{earlier:02d}" if earlier > 0 else f"{year - 1}-{earlier + 12:02d}"
    half_year = f"{first}-01..{after}-01"
    inquiry = Inquiry(engine, principal, month, site)
    makers: list[tuple[str, Callable[[], Section]]] = [
        ("Overview", lambda: overview(inquiry, before)),
        ("The bottleneck machine", lambda: bottleneck(inquiry)),
        ("The fault that returns", lambda: returning(inquiry, half_year)),
        ("The part to stock", lambda: stock(inquiry)),
        ("Planned work", lambda: overdue(inquiry)),
        ("For the makers", lambda: for_the_maker(inquiry)),
    ]
    return _brief(f"Maintenance brief {month}", site, makers)


def write_shift(engine: FigureEngine, principal: Principal, site: str | None = None) -> Brief:
    """The brief of the last shift that is over.

    Raises:
        CannotAnswer: the site has no shifts in ``plant.toml``, or is unknown.
    """
    inquiry = Inquiry(engine, principal, "last_shift", site)
    makers: list[tuple[str, Callable[[], Section]]] = [
        ("Overview", lambda: overview(inquiry, None)),
        ("The bottleneck machine", lambda: bottleneck(inquiry)),
        ("The fault that returns", lambda: returning(inquiry, "last_90d")),
        ("The part to stock", lambda: stock(inquiry)),
        ("Planned work", lambda: overdue(inquiry.over("last_30d"))),
    ]
    return _brief("Shift brief", site, makers)


def _brief(title: str, site: str | None, makers: list[tuple[str, Callable[[], Section]]]) -> Brief:
    first, *others = gathered(makers)
    figures = [figure for section in (first, *others) for figure in section.figures]
    if not first.figures:  # nothing can be said of this site or this time
        raise CannotAnswer(" ".join(first.statements))
    period = first.figures[0].periods[0]
    text = f"{title} · {site}" if site else title
    return Brief(text, period.text, site or "", figures[0].as_of, (first, *others))
