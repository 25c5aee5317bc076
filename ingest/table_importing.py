"""Import a table that the intake holds: its import was cut off, or the knowledge is made anew."""

from __future__ import annotations

from pathlib import Path

from index.assets import AssetRegister
from index.catalog import Catalog
from index.embedding import Embedder
from index.intake_items import IntakeItem
from ingest.tickets import TicketImporter, import_assets


def import_table(catalog: Catalog, embedder: Embedder, originals: Path, item: IntakeItem) -> None:
    """Import an asset register or tickets as they were imported.

    Raises:
        UnreadableTable: the table cannot be understood.
    """
    path = originals / item.original
    if item.kind == "assets":
        import_assets(AssetRegister(catalog.engine), path)
    else:
        TicketImporter(catalog, embedder).import_again(path, item)
