"""Figures over the plant's record, asked for in words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from assistant.analytics.asking.asked import AskBack, Choice, Understood
from assistant.analytics.figure import Cell, Figure
from assistant.analytics.presentation.amounts import cell_text
from assistant.analytics.presentation.files import about, file_of
from assistant.analytics.presentation.words import language_of, sentence
from assistant.analytics.query import Query
from index.access import LOCAL
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    fail,
    out,
    print_json,
    print_table,
    services,
)
from ui.figure_schemas import AskedOut
from ui.plain import printable
from ui.wiring import Services

_ASKED_BACK = 2


@app.command("stats")
def stats(
    text: Annotated[str, typer.Argument(help="The question, in English or Chinese.")] = "",
    json_output: JsonOption = False,
    query: Annotated[
        str, typer.Option(help="A query as JSON, or a file that holds one, instead of words.")
    ] = "",
    rows: Annotated[
        int, typer.Option(min=0, max=2000, help="How many of the tickets behind it are shown.")
    ] = 0,
    csv: Annotated[Path | None, typer.Option(help="File to write the table to.")] = None,
    home: HomeOption = DEFAULT,
) -> None:
    """Answer a question about the plant's record with a figure; ask back with exit code 2."""
    if bool(text.strip()) == bool(query):
        raise typer.BadParameter("Give either a question or --query.")
    opened = services(home, use_model=bool(text))
    asked = opened.asker.ask(text, LOCAL) if text else Understood(query=_query(query))
    if isinstance(asked, AskBack):
        _ask_back(asked, json_output=json_output)
    figure = opened.figures.answer(asked.query, LOCAL)
    said = sentence(figure, language_of(text))
    if csv is not None:
        _write(figure, csv)
    if json_output:
        print_json(AskedOut.of(asked, figure, said))
        return
    _show(asked, figure, said)
    if rows:
        _show_rows(opened, asked.query, rows)


def _query(given: str) -> Query:
    """The query of an option: JSON, or the name of a file."""
    held = given
    if not given.lstrip().startswith("{"):
        try:
            held = Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            fail(
                f"{given} cannot be read: {error}. Give a query as JSON, or a file that holds one."
            )
    try:
        return Query.model_validate_json(held)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        fail(f"The query is not valid: {place}: {first['msg']}. See docs/questions.md.")


def _ask_back(asked: AskBack, *, json_output: bool) -> NoReturn:
    if json_output:
        print_json(AskedOut.back(asked))
    else:
        _say(asked.question)
        _choices(asked.choices)
    sys.exit(_ASKED_BACK)


def _choices(choices: Sequence[Choice]) -> None:
    for choice in choices:
        query = choice.query.model_dump_json(exclude_defaults=True) if choice.query else ""
        _say(f"  - {choice.label}" + (f": --query '{query}'" if query else ""))


def _show(asked: Understood, figure: Figure, said: str) -> None:
    _say(said)
    for note in asked.assumptions:
        _say(f"  {note}")
    if figure.rows:
        header = [c.label + (f" [{c.unit}]" if c.unit else "") for c in figure.columns]
        print_table("", header, [_cells(figure, row) for row in figure.rows])
    for name, value in about(figure):
        if name != "figure":
            _say(f"{name}: {value}")
    if asked.others:
        _say("Read otherwise:")
        _choices(asked.others)


def _cells(figure: Figure, row: tuple[Cell, ...]) -> list[str]:
    return [cell_text(cell, column) for cell, column in zip(row, figure.columns, strict=True)]


def _show_rows(opened: Services, query: Query, most: int) -> None:
    found = opened.figures.tickets(query, LOCAL, None, 0, most)
    header = ("ticket", "reported", "machine", "title")
    lines = [(row.locator, row.reported, row.asset, row.title) for row in found]
    print_table(f"{len(lines)} tickets", header, lines)


def _write(figure: Figure, path: Path) -> None:
    try:
        path.write_bytes(file_of(figure, "csv"))
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}. Name another file with --csv.")


def _say(text: str) -> None:
    out.print(printable(text), markup=False, highlight=False, soft_wrap=True)
