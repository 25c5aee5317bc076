"""SQL engines: pragmas, write transactions, numbered migrations.

Knows how a database is opened and brought up to date, not what is in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from index.errors import HomeError

logger = logging.getLogger(__name__)

Migration = tuple[str, Callable[[sa.Connection], None]]

_applied = sa.Table(
    "migration",
    sa.MetaData(),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("applied_at", sa.String, nullable=False),
)


def now() -> str:
    """The time as ISO 8601 in UTC, the form that every table stores."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def open_engine(path: Path, migrations: Sequence[Migration]) -> sa.Engine:
    """Open (or create) a SQLite database and apply the migrations that it lacks.

    Raises:
        HomeError: the file is damaged, not writable, or written by a newer version.
    """
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 5.0})
    sa.event.listen(engine, "connect", _prepare_connection)
    sa.event.listen(engine, "begin", _begin)
    try:
        _migrate(engine, path, migrations)
    except DatabaseError as error:
        raise HomeError(
            f"The database {path} cannot be used: {error.orig}. "
            "Restore it from a backup, or move it away to start empty."
        ) from error
    return engine


def _prepare_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin, not by the driver
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten
        "busy_timeout=5000",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # A read transaction that turns into a write cannot wait for the lock (SQLITE_BUSY at once), so
    # writers take it at the start.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One write transaction: committed at the end, rolled back on an exception."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def outside_transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection without a transaction, for what cannot run inside one (VACUUM, ATTACH, ...)."""
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("BEGIN")  # which the connection ends when it closes


def write_back(engine: sa.Engine, tries: int = 4) -> bool:
    """Write the log of a database back into its file, and empty the log.

    False if somebody was reading an older state all the while, each try for the busy timeout: some
    of the log then stays until a later time.
    """
    for _ in range(tries):
        with outside_transaction(engine) as connection:
            is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
        if not is_busy:
            return True
    return False


def vacuum(engine: sa.Engine) -> bool:
    """Write a database anew, without what deleted rows left; readers go on meanwhile.

    False if it could not be, because somebody wrote or read all the while.
    """
    try:
        with outside_transaction(engine) as connection:
            connection.exec_driver_sql("VACUUM")
    except DatabaseError as error:
        logger.warning("a database was not written anew: %s", error)
        return False
    return write_back(engine)


def _migrate(engine: sa.Engine, path: Path, migrations: Sequence[Migration]) -> None:
    with engine.connect() as connection:  # where nothing is outstanding, no writer is waited for
        if sa.inspect(connection).has_table(_applied.name):
            done = set(connection.scalars(sa.select(_applied.c.name)))
            if done == {name for name, _ in migrations}:
                return
    with writing(engine) as connection:
        _applied.create(connection, checkfirst=True)
        done = set(connection.scalars(sa.select(_applied.c.name)))
        if unknown := sorted(done - {name for name, _ in migrations}):
            raise HomeError(
                f"{path.parent} was written by a newer version of Faultbook "
                f"(it has the database change {unknown[-1]!r}, which this version does not know). "
                "Install that version, or choose another folder with --home."
            )
        for name, apply in migrations:
            if name not in done:
                apply(connection)
                connection.execute(_applied.insert().values(name=name, applied_at=now()))
