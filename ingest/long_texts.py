"""Join long texts that an export has split over several rows (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.tables import Line


def joined(rows: Iterable[Line], key: int | None, text: int | None) -> Iterator[Line]:
    """Join a row with the rows below that only go on with its text.

    Those have the same key, or none, and nothing that differs from it in any other column.
    ``key`` and ``text`` are positions of columns; where one is missing nothing is joined.
    """
    if key is None or text is None:
        yield from rows
        return
    current: Line | None = None
    count = 1
    for row in rows:
        if current is not None and _goes_on(current, row, key, text):
            current.cells[text] += "\n" + row.cells[text]
            if text < min(len(current.raw), len(row.raw)):
                current.raw[text] += "\n" + row.raw[text]
            count += 1
            continue
        if current is not None:
            yield _marked(current, count)
        current, count = row, 1
    if current is not None:
        yield _marked(current, count)


def _goes_on(current: Line, row: Line, key: int, text: int) -> bool:
    cells, before = row.cells, current.cells
    if (cells[key] and cells[key] != before[key]) or not cells[text] or not before[key]:
        return False
    if cells[text] == before[text]:
        return False
    return all(
        not cell or cell == before[at] for at, cell in enumerate(cells) if at not in (key, text)
    )


def _marked(row: Line, count: int) -> Line:
    return row if count == 1 else row._replace(flags=(*row.flags, f"{JOINED} of {count} rows"))


JOINED = "the long text is joined"
