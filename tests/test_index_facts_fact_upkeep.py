"""Facts of an earlier version get the indexes of this one, and keep their rows."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from index import tables
from index.database import open_engine, writing
from index.facts.fact_tables import fact, metadata

OLD = {"fact_failures": "fact (is_failure, reported)", "ix_fact_code_folded": "fact_code (folded)"}


def _indexes(engine: sa.Engine) -> dict[str, list[str]]:
    """The columns of each index of the facts, by its name."""
    seen = sa.inspect(engine)
    return {
        str(index["name"]): [str(name) for name in index["column_names"]]
        for table in metadata.tables
        for index in seen.get_indexes(table)
    }


def test_facts_of_an_earlier_version_get_the_indexes_of_this_one(tmp_path: Path) -> None:
    new, old = tmp_path / "new.db", tmp_path / "old.db"
    wanted = _indexes(open_engine(new, tables.MIGRATIONS))
    names = [name for name, _ in tables.MIGRATIONS]
    engine = open_engine(old, tables.MIGRATIONS[: names.index("m007_fact_indexes")])
    with writing(engine) as connection:
        for name in ("fact_stood", "fact_part_used", "fact_code_tickets"):
            connection.exec_driver_sql(f"DROP INDEX {name}")
        for name, columns in OLD.items():
            connection.exec_driver_sql(f"CREATE INDEX {name} ON {columns}")
        connection.execute(fact.insert().values(ticket_id=1, uid="a"))
    engine.dispose()
    engine = open_engine(old, tables.MIGRATIONS)
    assert _indexes(engine) == wanted
    with engine.connect() as connection:
        assert connection.scalars(sa.select(fact.c.uid)).all() == ["a"]


def test_the_indexes_of_a_new_database_are_those_of_the_tables(tmp_path: Path) -> None:
    named = {
        str(index.name): [column.name for column in index.columns]
        for table in metadata.sorted_tables
        for index in table.indexes
    }
    assert _indexes(open_engine(tmp_path / "k.db", tables.MIGRATIONS)) == named
