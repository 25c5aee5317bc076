"""The migration that adds the facts to a knowledge database, and what keeps them noted as stale.

Triggers do so, so that no writer of tickets or assets can forget it.
"""

from __future__ import annotations

import sqlalchemy as sa

from index.facts import fact_tables

ASSET_COLUMNS = ("area", "line", "criticality", "also_called")
_SHOWN = ("tag", "asset_class", "model", "area", "line", "site")  # of an asset, in facts and plans
_TABLES = "('planned_work.csv', 'meters.csv')"  # rows of plant_table that name assets


def upgrade(connection: sa.Connection) -> None:
    """Add the tables and triggers; the facts of tickets that are in are stale."""
    known = {column["name"] for column in sa.inspect(connection).get_columns("asset")}
    for name in ASSET_COLUMNS:
        if name not in known:
            connection.exec_driver_sql(
                f"ALTER TABLE asset ADD COLUMN {name} VARCHAR NOT NULL DEFAULT ''"
            )
    fact_tables.metadata.create_all(connection)
    connection.exec_driver_sql(
        "CREATE INDEX IF NOT EXISTS ix_ticket_reopened_from ON ticket (reopened_from)"
    )
    for name, event, body in _triggers():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {event} BEGIN {body} END")
    connection.exec_driver_sql("INSERT OR IGNORE INTO fact_stale SELECT id FROM ticket")


def renew_indexes(connection: sa.Connection) -> None:
    """Give the facts of an earlier version the indexes that they have now, and drop the others.

    Who changes an index of the facts gives it another name, and this another migration.
    """
    for table in fact_tables.metadata.sorted_tables:
        wanted = {index.name for index in table.indexes}
        for found in sa.inspect(connection).get_indexes(table.name):
            if found["name"] not in wanted:
                connection.exec_driver_sql(f"DROP INDEX {found['name']}")
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _triggers() -> list[tuple[str, str, str]]:
    """Each with its name, its event and its statements."""
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _SHOWN)
    return [
        ("fact_of_new_ticket", "INSERT ON ticket", _ticket("NEW") + _reopened("NEW")),
        (
            "fact_of_changed_ticket",
            "UPDATE ON ticket",
            _ticket("OLD") + _ticket("NEW") + _reopened("OLD") + _reopened("NEW"),
        ),
        ("fact_of_gone_ticket", "DELETE ON ticket", _ticket("OLD") + _reopened("OLD")),
        ("fact_of_new_asset", "INSERT ON asset", _asset("NEW")),
        (
            "fact_of_changed_asset",
            f"UPDATE ON asset WHEN {changed} OR OLD.also_called IS NOT NEW.also_called "
            "OR OLD.name IS NOT NEW.name",
            _asset("OLD"),
        ),
        ("fact_of_gone_asset", "DELETE ON asset", _asset("OLD")),
        ("fact_of_new_alias", "INSERT ON asset_alias", _unread()),
        ("fact_of_gone_alias", "DELETE ON asset_alias", _unread()),
        ("fact_of_excluded", "INSERT ON excluded_ticket", _excluded("NEW")),
        ("fact_of_included", "DELETE ON excluded_ticket", _excluded("OLD")),
    ]


def _ticket(row: str) -> str:
    return f"INSERT OR IGNORE INTO fact_stale VALUES ({row}.id); "  # noqa: S608


def _reopened(row: str) -> str:
    """The ticket that this one reopens says so of itself."""
    return (
        "INSERT OR IGNORE INTO fact_stale SELECT id FROM ticket "  # noqa: S608
        f"WHERE {row}.reopened_from IS NOT NULL AND uid = {row}.reopened_from; "
    )


def _asset(row: str) -> str:
    of_asset = f"SELECT id FROM ticket WHERE asset_id = {row}.id"  # noqa: S608
    return f"INSERT OR IGNORE INTO fact_stale {of_asset}; {_unread()}"


def _unread() -> str:
    """The files that name assets are read again."""
    return f"DELETE FROM plant_table WHERE name IN {_TABLES}; "  # noqa: S608


def _excluded(row: str) -> str:
    return (
        "INSERT OR IGNORE INTO fact_stale "  # noqa: S608
        f"SELECT id FROM ticket WHERE uid = {row}.uid; "
    )
