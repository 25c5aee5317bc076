"""A figure as a file: CSV, XLSX, PNG. No cell is a formula, whatever a ticket says (pure)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assistant.analytics.figure import Cell, Figure
from assistant.analytics.presentation.chart import Chart, Point, Series, chart_of
from assistant.analytics.presentation.drawing import draw
from assistant.analytics.presentation.labels import metric_label
from assistant.analytics.presentation.picture import png_of
from assistant.analytics.presentation.words import as_of_words, sentence
from assistant.export import guard

FileForm = Literal["csv", "xlsx", "png"]
MEDIA: dict[FileForm, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}
_MOST_CELL = 32_000  # characters; a spreadsheet holds 32,767
_WIDEST = 70.0  # letters of a column
_NO_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML holds them


def file_of(
    figure: Figure, form: FileForm, rows: Sequence[Sequence[Cell]] = (), language: str = "en"
) -> bytes:
    """The figure as the bytes of a file.

    Args:
        figure: what is written.
        form: of the file.
        rows: the tickets behind the figure, the first line their header; in XLSX alone.
        language: of the sentence.
    """
    match form:
        case "csv":
            return _csv(figure)
        case "xlsx":
            return _xlsx(figure, rows, language)
        case "png":
            return _png(figure, language)


def file_name(figure: Figure, form: FileForm) -> str:
    """A name of ASCII letters: the metrics, the range and as of when."""
    parts = [*figure.query.metrics, figure.query.time.range, f"{figure.as_of:%Y%m%d}"]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", "_".join(parts))[:100] + f".{form}"


def _csv(figure: Figure) -> bytes:
    """The table; UTF-8 with a mark for Excel. What defends it stands in the other forms."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([guard(_headed(column.label, column.unit)) for column in figure.columns])
    for row in figure.rows:
        writer.writerow([_plain(cell) for cell in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return guard(cell) if isinstance(cell, str) else repr(cell)


def _xlsx(figure: Figure, rows: Sequence[Sequence[Cell]], language: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # a new book has one
    sheet.title = "figure"
    heads = [_headed(column.label, column.unit) for column in figure.columns]
    _fill(sheet, [heads, *figure.rows], has_header=True)
    _fill(book.create_sheet("definition"), list(about(figure, language)))
    behind = list(rows) or [["ticket"], *([uid] for uid in figure.uids)]
    _fill(book.create_sheet("rows"), behind, has_header=True)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def about(figure: Figure, language: str = "en") -> Iterator[tuple[str, str]]:
    """All that defends a figure, as pairs of a name and a text."""
    yield "figure", sentence(figure, language)
    yield "data as of", as_of_words(figure)
    for period in figure.periods:
        start = period.start.isoformat() if period.start else "the first ticket"
        end = period.end.isoformat() if period.end else "now"
        yield (
            "period",
            f"{period.text}: {start} to before {end} ({period.field}, {period.time_zone})",
        )
    for each in figure.filters:
        yield "filter", each
    yield "counted", f"{figure.counted} {figure.counted_what}"
    for left_out in figure.excluded:
        yield "excluded", f"{left_out.rows}: {left_out.reason}"
    for known in figure.coverage:
        yield "coverage", f"{known.what} for {known.known} of {known.of}"
    for note in figure.notes:
        yield "note", note
    for meaning in figure.definitions:
        yield "definition", f"{meaning.label} [{meaning.unit or 'count'}]: {meaning.text}"
        yield "source", meaning.source
    yield "query", figure.query.model_dump_json(exclude_defaults=True)
    for statement in figure.statements:
        yield f"SQL: {statement.what}", statement.sql
        if statement.parameters:
            yield "parameters", json.dumps(statement.parameters, ensure_ascii=False)


def _fill(sheet: Worksheet, lines: Sequence[Sequence[Cell]], *, has_header: bool = False) -> None:
    widths: dict[int, float] = {}
    for r, line in enumerate(lines, start=1):
        for c, value in enumerate(line, start=1):
            cell = sheet.cell(r, c)
            if isinstance(value, str):
                cell.value = guard(_NO_CONTROL.sub(" ", value)[:_MOST_CELL])
                cell.data_type = "s"  # else a text that begins with = would be a formula
                widths[c] = max(widths.get(c, 9.0), min(_WIDEST, len(value) + 2.0))
            else:
                cell.value = value
            if has_header and r == 1:
                cell.font = Font(bold=True)
    for c, width in widths.items():
        sheet.column_dimensions[get_column_letter(c)].width = width
    if has_header:
        sheet.freeze_panes = "A2"


def _png(figure: Figure, language: str) -> bytes:
    chart = chart_of(figure) or _single(figure)
    drawing = draw(chart)
    counted = f"{figure.counted:,} {figure.counted_what} counted"
    foot = f"{as_of_words(figure, language)} · {counted}"
    if chart.left_out:
        foot += f" · {chart.left_out} more are not drawn"
    return png_of(drawing, sentence(figure, language), foot)


def _single(figure: Figure) -> Chart:
    """A figure without a chart, drawn as a bar for its number."""
    points = (Point(0, figure.value),)
    name = metric_label(figure.query.metric)
    series = Series(name, figure.unit, "bar", points)
    is_whole = figure.unit == "" and float(figure.value or 0).is_integer()
    return Chart("bar", (name,), (series,), figure.unit, is_whole=is_whole)


def _headed(label: str, unit: str) -> str:
    return f"{label} [{unit}]" if unit else label
