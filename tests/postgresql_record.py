"""The facts of a record in PostgreSQL, served on a socket of this machine."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from index import tables
from index.facts import fact_tables
from index.facts.record import PlainPlant, Record
from index.ticket_tables import ticket, ticket_batch
from tests.components import missing


@contextmanager
def served(folder: Path) -> Iterator[sa.Engine]:
    """A PostgreSQL server of its own; the test skips where the packages are missing."""
    for name in ("pgserver", "pg8000"):
        if importlib.util.find_spec(name) is None:
            missing(f"The package {name}", f"Install it with 'pip install {name}'.")
    with pytest.MonkeyPatch.context() as patch:
        runtime = folder / "runtime"
        runtime.mkdir(parents=True)
        runtime.chmod(0o700)  # else it is not used
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pgserver

        server = pgserver.get_server(folder / "data", cleanup_mode="delete")
        uri = sa.make_url(server.get_uri())
    socket = next(Path(str(uri.query["host"])).glob(".s.PGSQL.*[0-9]"))
    engine = sa.create_engine(f"postgresql+pg8000://postgres@/postgres?unix_sock={socket}")
    try:
        yield engine
    finally:
        engine.dispose()
        server.cleanup()


def copied(record: Record, engine: sa.Engine) -> Record:
    """The same record in another database: its facts, tickets, assets and imports."""
    others = (tables.asset, ticket, ticket_batch)
    for table in (*fact_tables.metadata.sorted_tables, *others):
        table.create(engine)
        if table.name == "fact_stale":  # nothing is stale there: no trigger fills it
            continue
        with record.engine.connect() as source, engine.begin() as target:
            found = source.execution_options(yield_per=2000).execute(sa.select(table))
            for rows in found.mappings().partitions():
                target.execute(sa.insert(table), [dict(row) for row in rows])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return Record(engine, PlainPlant(record.plant))
