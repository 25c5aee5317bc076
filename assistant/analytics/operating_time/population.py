"""The assets of the register that a figure is about, whether or not any ticket names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from assistant.analytics.conditions import in_words
from assistant.analytics.dimensions import UNREGISTERED
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell
from assistant.analytics.query import Dimension, Filter
from assistant.analytics.scope import Scope
from index.facts.fact_tables import fact
from index.facts.plant import plain_name
from index.tables import asset
from index.visibility import visible_assets

OF_ASSETS: tuple[Dimension, ...] = ("asset", "asset_class", "model", "site", "area", "line")
"""What is known of an asset, so that its hours can be split and chosen by it."""

_MOST_IDS = 500  # beyond, rows of all assets are read and those of others passed over


@dataclass(frozen=True, slots=True)
class Registered:
    """An asset of the register."""

    asset_id: int
    tag: str
    asset_class: str
    model: str
    site: str | None
    area: str
    line: str

    def cell(self, name: Dimension) -> Cell:
        """What a dimension of assets says of it; None where it is not recorded."""
        return (self.tag if name == "asset" else str(getattr(self, name) or "")) or None


def registered(scope: Scope) -> list[Registered]:
    """The assets that the filters on assets choose; filters on tickets do not make them fewer."""
    columns = (asset.c.id, asset.c.tag, asset.c.asset_class, asset.c.model, asset.c.site)
    statement = (
        sa.select(*columns, asset.c.area, asset.c.line)
        .where(visible_assets(scope.principal))
        .order_by(asset.c.tag)
    )
    chosen = [each for each in scope.query.filters if each.field in OF_ASSETS]
    found = (Registered(*row) for row in scope.run("assets of the register", statement))
    return [each for each in found if all(_fits(one, each) for one in chosen)]


def conditions_of_tickets(scope: Scope) -> tuple[str, ...]:
    """The filters, in words, that choose tickets but not the hours of assets."""
    return tuple(in_words(each) for each in scope.query.filters if each.field not in OF_ASSETS)


def of_assets(assets: Sequence[Registered]) -> sa.ColumnElement[bool]:
    """That a ticket is of one of the assets, or of any if they are many."""
    if len(assets) > _MOST_IDS:
        return fact.c.asset_id.is_not(None)
    return fact.c.asset_id.in_([each.asset_id for each in assets])


def _fits(chosen: Filter, one: Registered) -> bool:
    cell = one.cell(chosen.field)  # type: ignore[arg-type]  # a field of assets is a dimension
    text = plain_name("" if cell is None else str(cell))
    if chosen.op in ("null", "known"):
        return bool(text) == (chosen.op == "known")
    values = chosen.value if isinstance(chosen.value, tuple) else (str(chosen.value),)
    wanted = [plain_name(value.removeprefix(UNREGISTERED)) for value in values]
    test = _TESTS.get(chosen.op)
    if test is None:
        raise CannotAnswer(
            f"The filter '{in_words(chosen)}' does not fit: it needs a text; take is, is not, "
            "is one of or holds."
        )
    return test(text, wanted)


_TESTS: dict[str, Callable[[str, list[str]], bool]] = {
    "eq": lambda text, wanted: text in wanted,
    "in": lambda text, wanted: text in wanted,
    "ne": lambda text, wanted: text not in wanted,
    "contains": lambda text, wanted: any(each in text for each in wanted),
}
