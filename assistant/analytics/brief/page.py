"""A brief as an HTML page that stands alone: to read, to print, to send (pure).

It has no script and asks for nothing elsewhere; every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from assistant.analytics.brief.contents import Brief, Section
from assistant.analytics.figure import Cell, Column, Figure
from assistant.analytics.presentation.amounts import amount

MOST_ROWS = 15
_STYLE = """
:root{color-scheme:light}
body{font:16px/1.5 system-ui,"Segoe UI","Noto Sans","Noto Sans CJK SC",sans-serif;margin:0;
color:#1c2530;background:#fff}
main{max-width:52rem;margin:0 auto;padding:1.25rem}
h1{margin:0;font-size:1.7rem}
h2{margin:2rem 0 .4rem;font-size:1.2rem;border-bottom:2px solid #d9480f}
.facts,.foot{color:#556;font-size:.88rem}
.worded{border-left:4px solid #d9480f;padding:.2rem .8rem;background:#fff7f0}
table{border-collapse:collapse;width:100%;margin:.6rem 0;font-size:.92rem}
th,td{border:1px solid #ccd3da;padding:.25rem .5rem;text-align:left;vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums}
details{margin:.3rem 0;font-size:.85rem;color:#445}pre{white-space:pre-wrap;overflow-wrap:anywhere}
@media print{main{max-width:none;padding:0}h2,table{break-inside:avoid}}
"""


def brief_page(brief: Brief) -> str:
    """The page."""
    parts = [
        f"<h1>{escape(brief.title)}</h1>",
        f'<p class="facts">{escape(" · ".join(about(brief)))}</p>',
        *(_section(section, brief) for section in brief.sections),
        f'<p class="foot">{escape(closing(brief))}</p>',
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(brief.title)} · Faultbook</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{''.join(parts)}\n</main>\n</body>\n</html>\n"
    )


def about(brief: Brief) -> list[str]:
    """Site, period and the moment that the data is as of."""
    as_of = f"data as of {brief.as_of:%Y-%m-%d %H:%M} UTC"
    return [text for text in (brief.site or "all sites", brief.period, as_of) if text]


def closing(brief: Brief) -> str:
    """How the brief was made, in words."""
    said = ["Every figure is computed from the record."]
    if brief.model:
        said.append(
            f"The marked wording is by the language model {brief.model}; each of its sentences was "
            f"checked against the figures, and {brief.dropped} were dropped."
        )
    return " ".join([*said, *brief.notes])


def _section(section: Section, brief: Brief) -> str:
    worded = ""
    if section.wording:
        worded = f'<p class="worded" title="{escape(brief.model)}">{escape(section.wording)}</p>'
    told = "".join(f"<li>{escape(statement)}</li>" for statement in section.statements)
    figures = "".join(_figure(figure) for figure in section.figures)
    return f"<h2>{escape(section.title)}</h2>{worded}<ul>{told}</ul>{figures}"


def _figure(figure: Figure) -> str:
    return (_table(figure) if figure.rows and len(figure.columns) > 1 else "") + _defence(figure)


def _table(figure: Figure) -> str:
    head = "".join(f"<th>{escape(headed(column))}</th>" for column in figure.columns)
    body = "".join(
        f"<tr>{''.join(_cell(cell, at) for cell, at in zip(row, figure.columns, strict=True))}</tr>"
        for row in figure.rows[:MOST_ROWS]
    )
    left = len(figure.rows) - MOST_ROWS
    more = f'<p class="facts">and {left} more rows</p>' if left > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def headed(column: Column) -> str:
    """The heading of a column with its unit."""
    return f"{column.label} [{column.unit}]" if column.unit else column.label


def printed(cell: Cell) -> str:
    """A cell as it is printed; what is missing is a dash, never 0."""
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else amount(cell)


def _cell(cell: Cell, column: Column) -> str:
    kind = ' class="number"' if column.kind == "number" else ""
    return f"<td{kind}>{escape(printed(cell))}</td>"


def defences(figure: Figure) -> Iterable[str]:
    """What a figure is: definition, period, filters, rows counted and left out, coverage, notes."""
    for definition in figure.definitions:
        yield f"{definition.label}: {definition.text} ({definition.source})"
    for period in figure.periods:
        yield f"Period: {period.text} ({period.time_zone})"
    if figure.filters:
        yield f"Only: {'; '.join(figure.filters)}"
    yield f"Counted: {figure.counted:,} {figure.counted_what}"
    for exclusion in figure.excluded:
        yield f"Left out: {exclusion.rows:,}, {exclusion.reason}"
    for coverage in figure.coverage:
        yield f"{coverage.what}: {coverage.known:,} of {coverage.of:,}"
    yield from figure.notes


def _defence(figure: Figure) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in defences(figure))
    statements = "".join(f"<pre>{escape(one.sql)}</pre>" for one in figure.statements)
    name = ", ".join(definition.label for definition in figure.definitions)
    return (
        f"<details><summary>How “{escape(name)}” was computed</summary>"
        f"<ul>{lines}</ul>{statements}</details>"
    )
