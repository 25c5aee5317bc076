"""Who confirmed what people call an asset stands in the audit log."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import record_tables
from assistant.audit import AuditLog
from index.access import LOCAL
from index.asset_aliases import AssetAliases
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.database import open_engine
from index.errors import AliasUnknown, AssetUnknown


def test_what_is_confirmed_and_taken_back_is_logged_and_what_is_refused_is_not(
    tmp_path: Path, catalog: Catalog
) -> None:
    engine = open_engine(tmp_path / "records.db", record_tables.MIGRATIONS)
    log = AuditLog(engine)
    AssetRegister(catalog.engine).put([Asset("P-1")])
    aliases = AssetAliases(engine, catalog, log)
    aliases.confirm(LOCAL, [("old pump", "P-1")])
    with pytest.raises(AssetUnknown):
        aliases.confirm(LOCAL, [("new pump", "P-2")])
    with pytest.raises(AliasUnknown):
        aliases.remove(LOCAL, "new pump")
    aliases.remove(LOCAL, "old pump")
    assert [(row.action, row.object, row.details) for row in log.rows()] == [
        ("alias changed", "P-1", "{}"),
        ("alias changed", "", '{"is_removed":true}'),
    ]
    engine.dispose()
