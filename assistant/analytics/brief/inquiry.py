"""The questions of a brief, put to the engine for one site and one period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.analytics.engine import FigureEngine
from assistant.analytics.figure import Cell, Figure
from assistant.analytics.query import Dimension, Filter, Metric, Params, Query, TimeRange
from index.access import Principal


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Asks about one site (None: all that the principal sees) and one range of time."""

    engine: FigureEngine
    principal: Principal
    range: str
    site: str | None = None

    def over(self, other: str) -> Inquiry:
        """The same about another range."""
        return replace(self, range=other)

    def ask(
        self,
        *metrics: Metric,
        by: tuple[Dimension, ...] = (),
        where: tuple[Filter, ...] = (),
        most: int | None = None,
        params: Params | None = None,
        range_: str | None = None,
    ) -> Figure:
        """The figure; groups come with the highest first.

        Raises:
            CannotAnswer: the record does not hold what the metric needs.
        """
        own = (Filter(field="site", op="eq", value=self.site),) if self.site else ()
        query = Query(
            metrics=metrics,
            dims=by,
            filters=own + where,
            time=TimeRange(range=range_ or self.range),
            order="desc" if by else None,
            limit=most,
            params=params or Params(),
        )
        return self.engine.answer(query, self.principal)


def rows_of(figure: Figure) -> Iterator[dict[str, Cell]]:
    """The rows of a figure by the names of its columns."""
    names = [column.name for column in figure.columns]
    for row in figure.rows:
        yield dict(zip(names, row, strict=True))


def number(cell: Cell) -> float:
    """A cell as a number; 0 for what is missing or a text, which the caller has ruled out."""
    return float(cell) if isinstance(cell, int | float) else 0.0
