"""Commands for what a plant's short forms and terms stand for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from index.access import LOCAL
from index.dictionary import TermStatus, mine
from ingest.errors import UnreadableTable
from ingest.tables import read_table
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    out,
    print_json,
    print_table,
    services,
)
from ui.dictionary_schemas import TermOut
from ui.wiring import Services

dictionary_app = typer.Typer(
    no_args_is_help=True, help="What the plant's short forms and terms stand for."
)
app.add_typer(dictionary_app, name="dictionary")

IdsArgument = Annotated[
    list[int], typer.Argument(help="Ids of terms as shown by 'dictionary list'.")
]
_STATUSES = get_args(TermStatus)


@dictionary_app.command("propose")
def dictionary_propose(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """Look for short forms, misspellings and translations in the tickets and manuals."""
    opened = services(home)
    added = opened.dictionary.note(LOCAL, mine(opened.catalog, LOCAL))
    if not json_output:
        out.print(f"{added} new proposals", highlight=False)
    _print(opened, "proposed", json_output=json_output)


@dictionary_app.command("list")
def dictionary_list(
    status: Annotated[
        str | None, typer.Option(help=f"Only those of a status: {', '.join(_STATUSES)}.")
    ] = None,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """List the terms. Only approved ones are used."""
    if status is not None and status not in _STATUSES:
        raise typer.BadParameter(
            f"{status!r} is none of {', '.join(_STATUSES)}", param_hint="--status"
        )
    _print(services(home), cast("TermStatus | None", status), json_output=json_output)


@dictionary_app.command("approve")
def dictionary_approve(term_ids: IdsArgument, home: HomeOption = DEFAULT) -> None:
    """Let terms be used: a question with one spelling finds the other as well."""
    services(home).dictionary.decide(LOCAL, term_ids, "approved")
    out.print(f"{len(term_ids)} approved", highlight=False)


@dictionary_app.command("reject")
def dictionary_reject(term_ids: IdsArgument, home: HomeOption = DEFAULT) -> None:
    """Do not use terms, and do not propose them again."""
    services(home).dictionary.decide(LOCAL, term_ids, "rejected")
    out.print(f"{len(term_ids)} rejected", highlight=False)


@dictionary_app.command("add")
def dictionary_add(
    short: Annotated[str, typer.Argument(help="The short form, or the term in one language.")],
    long: Annotated[str, typer.Argument(help="What it stands for.")],
    home: HomeOption = DEFAULT,
) -> None:
    """Add an approved term."""
    services(home).dictionary.add(LOCAL, short, long)
    out.print(f"{short} = {long}", markup=False, highlight=False)


@dictionary_app.command("import")
def dictionary_import(
    file: Annotated[Path, typer.Argument(help="CSV with the columns short and long.")],
    home: HomeOption = DEFAULT,
) -> None:
    """Add approved terms from a table."""
    table = read_table(file)
    names = {name.casefold().strip(): name for name in table.header}
    if missing := [name for name in ("short", "long") if name not in names]:
        raise UnreadableTable(
            f"{file} has no column {missing[0]!r}; its columns are {', '.join(table.header)}. "
            "Name two columns short and long."
        )
    pairs = [(row.cells[names["short"]], row.cells[names["long"]]) for row in table.rows]
    dictionary = services(home).dictionary
    for short, long in pairs:
        dictionary.add(LOCAL, short, long)
    out.print(f"{len(pairs)} approved", highlight=False)


def _print(opened: Services, status: TermStatus | None, *, json_output: bool) -> None:
    shapes = [TermOut.of(term) for term in opened.dictionary.terms(LOCAL, status)]
    if json_output:
        print_json(shapes)
        return
    rows = [
        (s.id, s.short, s.long, s.kind, s.status, f"{s.score:.2f}", s.count, " / ".join(s.examples))
        for s in shapes
    ]
    header = ("id", "short", "stands for", "kind", "status", "score", "count", "examples")
    print_table("Dictionary", header, rows)
