"""Remove the kept originals of a deleted document."""

from __future__ import annotations

from collections.abc import Iterable

from index.catalog import Catalog
from index.database import writing
from index.home import Home


def remove_unused(home: Home, catalog: Catalog, names: Iterable[str]) -> int:
    """Delete those of these files that no revision refers to; return how many there were.

    Files that are not named are never touched: an ingestion keeps its file before it stores the
    revision that names it.
    """
    removed = 0
    with writing(catalog.engine):  # no revision comes in meanwhile
        for name in set(names) - catalog.originals_in_use():
            path = home.originals / name
            removed += path.exists()
            path.unlink(missing_ok=True)
    return removed
