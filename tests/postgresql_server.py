"""A PostgreSQL server that is started for tests."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.components import missing

_AT_ONCE = 1_000


@contextmanager
def running(factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty database while the server runs."""
    for name in ("pgserver", "pg8000"):
        if importlib.util.find_spec(name) is None:
            missing(f"The package {name}", f"Install it with 'pip install {name}'.")
    folder = factory.mktemp("pg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(factory.mktemp("runtime")))
        import pgserver

        server = pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
        uri = sa.make_url(server.get_uri())
    socket = next(Path(str(uri.query["host"])).glob(".s.PGSQL.*[0-9]"))
    try:
        yield f"postgresql+pg8000://postgres@/postgres?unix_sock={socket}"
    finally:
        server.cleanup()


def copy_tables(source: sa.Engine, target: sa.Engine, tables: list[sa.Table]) -> None:
    """Make tables in a database with the rows that they have in another."""
    with source.connect() as rows, target.begin() as connection:
        for table in tables:
            table.create(connection)
            found = rows.execute(sa.select(table)).mappings().all()
            for at in range(0, len(found), _AT_ONCE):
                connection.execute(table.insert(), [dict(row) for row in found[at : at + _AT_ONCE]])
