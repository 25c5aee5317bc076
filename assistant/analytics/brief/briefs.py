"""Briefs: computed by the engine, worded by the language model where one may be asked."""

from __future__ import annotations

from collections.abc import Callable

from assistant.analytics.brief.contents import Brief
from assistant.analytics.brief.wording import BriefWording
from assistant.analytics.brief.writing import write_month, write_shift
from assistant.analytics.engine import FigureEngine
from assistant.egress import Egress
from index.access import Principal


class Briefs:
    """Makes briefs; ``wording`` and ``egress`` are made when a model is first asked."""

    def __init__(
        self,
        engine: FigureEngine,
        wording: Callable[[], BriefWording],
        egress: Callable[[], Egress],
    ) -> None:
        self._engine = engine
        self._wording = wording
        self._egress = egress

    def write(
        self,
        principal: Principal,
        month: str | None = None,
        site: str | None = None,
        *,
        use_model: bool = True,
    ) -> Brief:
        """The brief of a month (``2026-10``), or of the last shift that is over.

        Raises:
            CannotAnswer: it is no month, or the site has no shifts or is unknown.
        """
        brief = (
            write_month(self._engine, principal, month, site)
            if month
            else write_shift(self._engine, principal, site)
        )
        if not use_model:
            return brief
        clearance = self._egress().clear(principal, site)
        return self._wording().worded(brief, clearance)
