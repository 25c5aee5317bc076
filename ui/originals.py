"""Remove the kept originals that no document refers to any more."""

from __future__ import annotations

from index.catalog import Catalog
from index.home import Home


def remove_unused(home: Home, catalog: Catalog) -> int:
    """Delete the files that nothing refers to; return how many."""
    used = catalog.originals_in_use()
    unused = [p for p in home.originals.iterdir() if p.name not in used and p.suffix != ".part"]
    for path in unused:
        path.unlink()
    return len(unused)
