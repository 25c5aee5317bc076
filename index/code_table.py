"""Exact look-up of alarm codes and part numbers in SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from index import tables
from index.chunk_rows import batches
from index.codes import asked_spellings


@dataclass(frozen=True, slots=True)
class CodeHit:
    """An entry of the code table that a spelling found; level 0 is the printed spelling."""

    code: str
    kind: Literal["alarm", "part"]
    device: str
    component: str
    meaning: str
    causes: tuple[str, ...]
    remedies: tuple[str, ...]
    level: int
    chunk_id: int
    revision_id: int
    sentence: int


class CodeTable:
    """The codes of the documents, scoped by revision."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def look_up(self, code: str, revision_ids: Sequence[int]) -> list[CodeHit]:
        """Return the entries that a spelling means in these revisions, closest spelling only.

        Several entries of the same closeness are all returned: the same code on several devices or
        components. An empty list means that the code is unknown there.
        """
        asked = {spelling.key: spelling.level for spelling in asked_spellings(code)}
        key, table = tables.code_key.c, tables.code.c
        query = (
            sa.select(tables.code, key.key, key.level)
            .join(tables.code_key, key.code_id == table.id)
            .where(key.key.in_(asked), table.revision_id.in_(revision_ids))
            .order_by(table.id)
        )
        hits: dict[int, CodeHit] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                level = max(row.level, asked[row.key])
                if row.id not in hits or level < hits[row.id].level:
                    hits[row.id] = _hit(row, level)
        closest = min((hit.level for hit in hits.values()), default=0)
        return [hit for hit in hits.values() if hit.level == closest]

    def printed(self, keys: Collection[str], revision_ids: Sequence[int]) -> frozenset[str]:
        """Those of these folded spellings in which some code of these revisions is printed."""
        key, table = tables.code_key.c, tables.code.c
        found: set[str] = set()
        with self._engine.connect() as connection:
            for part in batches(sorted(keys), 500):
                query = (
                    sa.select(key.key)
                    .join(tables.code, key.code_id == table.id)
                    .where(key.key.in_([f"f:{one}" for one in part]))
                    .where(table.revision_id.in_(revision_ids))
                )
                found.update(connection.scalars(query))
        return frozenset(one.removeprefix("f:") for one in found)

    def codes(self, revision_ids: Sequence[int]) -> list[str]:
        """Every alarm code of these revisions, as printed."""
        query = sa.select(tables.code.c.code).where(
            tables.code.c.revision_id.in_(revision_ids), tables.code.c.kind == "alarm"
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query.distinct().order_by(tables.code.c.code)))

    def defining(self, codes: Sequence[str], revision_ids: Sequence[int]) -> tuple[int, ...]:
        """Those of these revisions that explain one of some alarm codes, as printed."""
        table = tables.code.c
        query = sa.select(table.revision_id).where(
            table.code.in_(codes), table.revision_id.in_(revision_ids), table.kind == "alarm"
        )
        with self._engine.connect() as connection:
            return tuple(connection.scalars(query.distinct().order_by(table.revision_id)))

    def prefixes(self, revision_ids: Sequence[int]) -> frozenset[str]:
        """The letters that codes of these revisions begin with."""
        return frozenset(self._distinct(tables.code.c.prefix, revision_ids)) - {""}

    def components(self, revision_ids: Sequence[int]) -> frozenset[str]:
        """The components that show codes in these revisions."""
        return frozenset(self._distinct(tables.code.c.component, revision_ids)) - {""}

    def defining_chunks(self, revision_ids: Sequence[int]) -> frozenset[int]:
        """The chunks that say what some alarm code means."""
        query = sa.select(tables.code.c.chunk_id).where(
            tables.code.c.revision_id.in_(revision_ids), tables.code.c.kind == "alarm"
        )
        with self._engine.connect() as connection:
            return frozenset(connection.scalars(query.distinct()))

    def _distinct(self, column: sa.Column[Any], revision_ids: Sequence[int]) -> Iterable[str]:
        query = sa.select(column).where(tables.code.c.revision_id.in_(revision_ids)).distinct()
        with self._engine.connect() as connection:
            return list(connection.scalars(query))


def _hit(row: Any, level: int) -> CodeHit:
    return CodeHit(
        code=row.code,
        kind=row.kind,
        device=row.device,
        component=row.component,
        meaning=row.meaning,
        causes=tuple(row.causes),
        remedies=tuple(row.remedies),
        level=level,
        chunk_id=row.chunk_id,
        revision_id=row.revision_id,
        sentence=row.sentence,
    )
