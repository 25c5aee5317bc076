"""A figure as HTML: the sentence, the chart, the table, and all that defends it (pure).

Every text is escaped: names of machines and titles of tickets come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.analytics.figure import Cell, Figure
from assistant.analytics.presentation.amounts import cell_text
from assistant.analytics.presentation.chart import chart_of, label_columns
from assistant.analytics.presentation.drawing import CARD, draw
from assistant.analytics.presentation.svg import svg_of
from assistant.analytics.presentation.words import as_of_words, sentence
from ui.figures.links import address

_MOST_ROWS = 200  # of the table; a file has them all


def figure_html(figure: Figure, assumptions: Sequence[str] = (), language: str = "en") -> str:
    """The answer as it is read first: words, as of when, chart."""
    said = "".join(f"<li>{_line(text)}</li>" for text in assumptions)
    taken = f'<ul class="fb-taken">{said}</ul>' if said else ""
    return (
        f'<div class="fb-figure"><p class="fb-said">{_line(sentence(figure, language))}</p>'
        f'<p class="fb-where">{_line(as_of_words(figure, language))} · '
        f"{figure.counted:,} {_line(figure.counted_what)} counted{_left_out(figure)}</p>"
        f"{taken}{_notes(figure)}{chart_html(figure, language)}</div>"
    )


def chart_html(figure: Figure, language: str = "en", *, is_card: bool = False) -> str:
    """The chart, empty where none fits; on a card it is small, and only looked at."""
    chart = chart_of(figure)
    if chart is None:
        return ""
    more = (
        f'<p class="fb-where">{chart.left_out} more stand in the table.</p>'
        if chart.left_out
        else ""
    )
    drawing = draw(chart, *CARD) if is_card else draw(chart)
    return svg_of(drawing, sentence(figure, language), is_tapped=not is_card) + more


def table_html(figure: Figure) -> str:
    """The table, whose rows can be tapped for their tickets."""
    if not figure.rows:
        return ""
    heads = "".join(
        f'<th class="{_kind(column.kind)}">{_line(column.label)}'
        f"{f' <small>[{_line(column.unit)}]</small>' if column.unit else ''}</th>"
        for column in figure.columns
    )
    rows = "".join(
        f"<tr{_tap(figure, number)}>{_cells(figure, row)}</tr>"
        for number, row in enumerate(figure.rows[:_MOST_ROWS])
    )
    more = len(figure.rows) - _MOST_ROWS
    said = f'<p class="fb-where">{more} more rows stand in the files.</p>' if more > 0 else ""
    return (
        f'<div class="fb-table"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>'
        f"</table></div>{said}"
    )


def defence_html(figure: Figure) -> str:
    """What defends the figure, folded: definition, period, counted, excluded, coverage, SQL."""
    parts = [
        *(
            _part("Definition", f"{one.label} [{one.unit or 'count'}]: {one.text}", one.source)
            for one in figure.definitions
        ),
        *(
            _part(
                "Period",
                f"{one.text}{'' if one.is_over else ' – not over yet'}",
                f"by {one.field}, {one.time_zone}: "
                f"{one.start.isoformat(' ', 'minutes') if one.start else 'from the first'} to "
                f"before {one.end.isoformat(' ', 'minutes') if one.end else 'the end'}",
            )
            for one in figure.periods
        ),
        _part("Filters", "; ".join(figure.filters) or "none"),
        _part("Rows counted", f"{figure.counted:,} {figure.counted_what}"),
        _part(
            "Left out",
            "; ".join(f"{one.rows:,}: {one.reason}" for one in figure.excluded) or "nothing",
        ),
        _part(
            "Known",
            "; ".join(f"{one.what} for {one.known:,} of {one.of:,}" for one in figure.coverage)
            or "nothing is missing",
        ),
    ]
    sql = "".join(
        f"<p>{_line(one.what)}</p><pre><code>{escape(one.sql)}</code></pre>"
        + (
            f'<p class="fb-where">{_line(", ".join(f"{k} = {v!r}" for k, v in values))}</p>'
            if (values := one.parameters.items())
            else ""
        )
        for one in figure.statements
    )
    folded = f"<details><summary>SQL</summary>{sql}</details>" if sql else ""
    return (
        '<details class="fb-defence"><summary>How this was counted</summary>'
        f'<dl class="fb-facts">{"".join(parts)}</dl>{folded}</details>'
    )


def links_html(figure: Figure, language: str = "en") -> str:
    """The files of a figure."""
    return '<div class="fb-files">' + "".join(
        f'<a class="fb-act" href="{escape(address(figure.query, form, language))}" '
        f"download>{form.upper()}</a>"
        for form in ("csv", "xlsx", "png")
    ) + "</div>"  # fmt: skip


def group_of(figure: Figure, row: int) -> tuple[Cell, ...] | None:
    """The dimensions of a row of the table; None where the figure has none."""
    places = label_columns(figure) if figure.query.dims else []
    if not places or not 0 <= row < len(figure.rows):
        return None
    return tuple(figure.rows[row][i] for i in places)


def row_words(figure: Figure, row: int) -> str:
    """A row of the table in words: its group and its values."""
    cells = zip(figure.columns, figure.rows[row], strict=True)
    return " · ".join(
        cell_text(cell, column) or "–"
        if column.kind != "number"
        else f"{column.label} {cell_text(cell, column) or 'unknown'}"
        f"{'' if column.unit in ('', '%') else ' '}{column.unit if cell is not None else ''}"
        for column, cell in cells
    )


def _left_out(figure: Figure) -> str:
    left_out = sum(one.rows for one in figure.excluded)
    return f", {left_out:,} left out" if left_out else ""


def _notes(figure: Figure) -> str:
    notes = "".join(f"<li>{_line(note)}</li>" for note in figure.notes)
    return f'<ul class="fb-notes">{notes}</ul>' if notes else ""


def _cells(figure: Figure, row: tuple[Cell, ...]) -> str:
    return "".join(
        f'<td class="{_kind(column.kind)}">{_line(cell_text(cell, column)) or "–"}</td>'
        for column, cell in zip(figure.columns, row, strict=True)
    )


def _tap(figure: Figure, number: int) -> str:
    if not figure.query.dims:
        return ""
    return f' data-act="row" data-item="{number}" role="button" tabindex="0"'


def _kind(kind: str) -> str:
    return "fb-number" if kind == "number" else "fb-text"


def _part(name: str, text: str, more: str = "") -> str:
    tail = f'<br><small class="fb-where">{_line(more)}</small>' if more else ""
    return f"<div><dt>{name}</dt><dd>{_line(text)}{tail}</dd></div>"


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
