"""The facts of a record in PostgreSQL, served on a socket of this machine."""

from __future__ import annotations

import atexit
import importlib.util
import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from index import tables
from index.facts import fact_tables
from index.facts.record import PlainPlant, Record
from index.ticket_tables import ticket, ticket_batch
from tests.components import missing


@contextmanager
def served() -> Iterator[sa.Engine]:
    """A PostgreSQL server of its own; the test skips where the packages are missing.

    Its folder is none of pytest's: each run of pytest shuts the folder of all runs to other users,
    and for root the server runs as another user.
    """
    for name in ("pgserver", "pg8000"):
        if importlib.util.find_spec(name) is None:
            missing(f"The package {name}", f"Install it with 'pip install {name}'.")
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name, _server(Path(name)) as engine:
        yield engine


@contextmanager
def _server(folder: Path) -> Iterator[sa.Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", _runtime())
        from pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
        uri = sa.make_url(server.get_uri())
    socket = next(Path(str(uri.query["host"])).glob(".s.PGSQL.*[0-9]"))
    engine = sa.create_engine(f"postgresql+pg8000://postgres@/postgres?unix_sock={socket}")
    try:
        yield engine
    finally:
        engine.dispose()
        server.cleanup()


@cache
def _runtime() -> str:
    """Where the package keeps its lock: read once, when it is imported."""
    folder = tempfile.mkdtemp(prefix="postgresql-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def copied(record: Record, engine: sa.Engine) -> Record:
    """The same record in another database: its facts, tickets, assets and imports."""
    others = (tables.asset, ticket, ticket_batch)
    for table in (*fact_tables.metadata.sorted_tables, *others):
        table.create(engine)
        if table.name == "fact_stale":  # nothing is stale there: no trigger fills it
            continue
        with record.engine.connect() as source, engine.begin() as target:
            found = source.execution_options(yield_per=20_000).execute(sa.select(table))
            for rows in found.partitions():
                if table.metadata is fact_tables.metadata:
                    _copy(target, table, rows)
                else:
                    target.execute(sa.insert(table), [dict(row._mapping) for row in rows])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")  # as the server does by itself, in time
    return Record(engine, PlainPlant(record.plant))


def _copy(target: sa.Connection, table: sa.Table, rows: Sequence[sa.Row[Any]]) -> None:
    """Rows of texts and numbers in bulk: a million, one by one, take a quarter of an hour."""
    lines = ("\t".join(map(_as_text, row)) + "\n" for row in rows)
    stream = io.BytesIO("".join(lines).encode())
    cursor: Any = target.connection.cursor()  # its execute takes a stream
    cursor.execute(f"COPY {table.name} FROM STDIN", stream=stream)
    cursor.close()


def _as_text(value: Any) -> str:
    if value is None:
        return r"\N"
    text = str(value).replace("\\", r"\\")
    return text.replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
