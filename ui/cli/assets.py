"""Commands for the asset register, and for what tickets call the assets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from index.access import LOCAL
from index.ticket_assets import unresolved
from ingest.errors import UnreadableTable
from ingest.tables import read_table
from ingest.tickets import import_assets
from ui.asset_schemas import AliasOut, AssetOut, UnresolvedOut
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    freshen,
    out,
    print_json,
    print_table,
    services,
)

assets_app = typer.Typer(no_args_is_help=True, help="The asset register.")
app.add_typer(assets_app, name="assets")


@assets_app.command("import")
def assets_import(
    file: Annotated[Path, typer.Argument(help="CSV with the columns tag, name, model, ...")],
    home: HomeOption = DEFAULT,
) -> None:
    """Import the asset register; an asset that is there already is updated."""
    opened = services(home)
    with opened.home.changing_knowledge():
        item = opened.desk.take_table(LOCAL, "assets", file, {})
        try:
            count = import_assets(opened.assets, file)
        except UnreadableTable as error:
            opened.intake.finish(item.item_id, "failed", str(error), {})
            raise
        opened.intake.finish(item.item_id, "done", "", {})
        opened.aliases.carry_out()
        freshen(opened)
    out.print(f"{count} assets imported", highlight=False)


@assets_app.command("list")
def assets_list(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the assets."""
    shapes = [AssetOut.of(asset) for asset in services(home).assets.list(LOCAL)]
    if json_output:
        print_json(shapes)
        return
    rows = [(a.tag, a.name, a.model, a.serial, a.location) for a in shapes]
    print_table("Assets", ("tag", "name", "model", "serial", "location"), rows)


@assets_app.command("unresolved")
def assets_unresolved(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List what tickets call assets that are not known, or not for sure."""
    shapes = [UnresolvedOut.of(one) for one in unresolved(services(home).catalog, LOCAL)]
    if json_output:
        print_json(shapes)
        return
    rows = [
        (s.text, s.tickets, s.taken_for, ", ".join(f"{c.tag} {c.score:.2f}" for c in s.candidates))
        for s in shapes
    ]
    print_table("Unresolved", ("text", "tickets", "taken for", "may mean"), rows)
    if rows:
        out.print("Confirm one with 'faultbook assets alias TEXT TAG'.", highlight=False)


@assets_app.command("alias")
def assets_alias(
    text: Annotated[str | None, typer.Argument(help="What tickets call the asset.")] = None,
    tag: Annotated[str | None, typer.Argument(help="The tag of the asset.")] = None,
    show: Annotated[bool, typer.Option("--list", help="List the aliases.")] = False,
    remove: Annotated[str | None, typer.Option(help="The alias to take back.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="CSV with the columns text and tag.")
    ] = None,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Confirm what tickets call an asset: it holds for all tickets, also those that are in."""
    if sum((show, remove is not None, file is not None, text is not None)) != 1 or (
        (text is None) != (tag is None)
    ):
        raise typer.BadParameter("Name a text and a tag, or use --list, --remove or --file.")
    opened = services(home)
    known = opened.aliases
    if show:
        shapes = [AliasOut.of(alias) for alias in known.all(LOCAL)]
        if json_output:
            print_json(shapes)
            return
        rows = [(s.text, s.tag, s.by, s.at) for s in shapes]
        print_table("Aliases", ("text", "tag", "by", "at"), rows)
        return
    with opened.home.changing_knowledge():
        if remove is not None:
            known.remove(LOCAL, remove)
            out.print(f"Removed {remove}", markup=False, highlight=False)
            return
        pairs = _pairs(file) if file is not None else [(text or "", tag or "")]
        for alias in known.confirm(LOCAL, pairs):
            out.print(f"{alias.text} means {alias.tag}", markup=False, highlight=False)


def _pairs(file: Path) -> list[tuple[str, str]]:
    table = read_table(file)
    names = {name.casefold().strip(): name for name in table.header}
    if "text" not in names or "tag" not in names:
        raise UnreadableTable(
            f"{file} lacks the column 'text' or 'tag'; its columns are "
            f"{', '.join(table.header)}. Name the two columns so."
        )
    return [(row.cells[names["text"]], row.cells[names["tag"]]) for row in table.rows]
