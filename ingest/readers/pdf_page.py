"""Lay a page out: what on it is a table, a figure, a safety panel, running text (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.readers.page_content import PageContent, Run
from ingest.readers.pdf_columns import find_open_tables
from ingest.readers.pdf_figures import find_figures
from ingest.readers.pdf_layout import Item, lines_of, read_order
from ingest.readers.pdf_tables import Lattice, find_lattices
from ingest.signal_words import leads, stands_alone


def lay_out(content: PageContent) -> list[Item]:
    """Return lines, lattices and figures of a page in reading order.

    Tables and safety panels are taken first, so that no drawing swallows a warning; a frame that
    lies in a drawing belongs to the drawing.
    """
    lattices = find_lattices(content)
    firm = [lattice for lattice in lattices if _is_table(lattice) or _is_panel(lattice)]
    free = _without(content.runs, firm)
    figures, free = find_figures(content, [lattice.box for lattice in firm], free)
    loose = set(map(id, free))
    frames = [
        lattice
        for lattice in lattices
        if lattice not in firm and all(id(run) in loose for run in lattice.runs)
    ]
    tables, loose_runs = find_open_tables(_without(free, frames))
    return read_order(loose_runs, [*firm, *frames, *tables, *figures], content.width)


def _is_table(lattice: Lattice) -> bool:
    """A single row or column of filled cells may as well be a frame in a drawing."""
    filled = {i for row in lattice.rows for i, cell in enumerate(row) if cell.runs}
    return len(lattice.rows) > 1 and len(filled) > 1


def _is_panel(lattice: Lattice) -> bool:
    lines = lines_of(lattice.rows[0][0].runs)
    return bool(lines) and bool(stands_alone(lines[0].text) or leads(lines[0].text))


def _without(runs: Sequence[Run], lattices: Iterable[Lattice]) -> list[Run]:
    taken = {id(run) for lattice in lattices for run in lattice.runs}
    return [run for run in runs if id(run) not in taken]
