"""Commands for the sources that tickets come from again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest.ticket_mapping import load_mapping
from ingest.ticket_sources import SourceKind, SourceOptions, TicketSource
from ui.cli.console import DEFAULT, HomeOption, JsonOption, out, print_json, print_table, services
from ui.cli.tickets import (
    DateOrderOption,
    DelimiterOption,
    EncodingOption,
    GroupOption,
    MappingOption,
    SheetOption,
    SiteOption,
    TimezoneOption,
    ticket_sources,
    tickets_app,
)
from ui.ticket_schemas import SourceOut

sources_app = typer.Typer(no_args_is_help=True, help="Where tickets come from again and again.")
tickets_app.add_typer(sources_app, name="sources")


@sources_app.command("add")
def sources_add(
    name: Annotated[str, typer.Argument(help="A name for the source.")],
    location: Annotated[
        str, typer.Argument(help="A file, a folder, an http(s) address or an SQLAlchemy URL.")
    ],
    query: Annotated[
        str | None, typer.Option(help="SELECT for a database; :since is the last time.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="Name of the system.")] = None,
    mapping: MappingOption = None,
    pattern: Annotated[str, typer.Option(help="Which files of a folder.")] = "*",
    token_env: Annotated[
        str | None, typer.Option(help="Variable of the environment that holds the token.")
    ] = None,
    token_form: Annotated[
        str, typer.Option(help="The header: 'Token {}', 'Bearer {}' or 'apikey: {}'.")
    ] = "Token {}",  # noqa: S107 - the form of a header
    encoding: EncodingOption = None,
    delimiter: DelimiterOption = None,
    date_order: DateOrderOption = None,
    sheet: SheetOption = None,
    timezone: TimezoneOption = None,
    site: SiteOption = None,
    group: GroupOption = None,
    home: HomeOption = DEFAULT,
) -> None:
    """Add a source that 'tickets sync' follows."""
    if mapping:
        load_mapping(mapping)
        mapping = mapping if not Path(mapping).is_file() else str(Path(mapping).resolve())
    options = SourceOptions(
        system=system or "",
        mapping=mapping or "",
        encoding=encoding or "",
        delimiter=delimiter or "",
        date_order=date_order or "",
        sheet=sheet or "",
        timezone=timezone or "",
        query=query or "",
        pattern=pattern,
        token_env=token_env or "",
        token_form=token_form,
        site=site or "",
        groups=tuple(group or ()),
    )
    kind = _kind(location, query)
    place = str(Path(location).resolve()) if kind in ("file", "folder") else location
    ticket_sources(services(home)).add(TicketSource(name, kind, place, options))
    out.print(f"Added {name}: {kind} {SourceOut.shown(place)}", markup=False, highlight=False)


@sources_app.command("list")
def sources_list(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the sources with the last time and the last failure."""
    shapes = [SourceOut.of(source) for source in ticket_sources(services(home)).list()]
    if json_output:
        print_json(shapes)
        return
    rows = [(s.name, s.kind, s.location, s.last_at or "never", s.last_error) for s in shapes]
    print_table("Sources", ("name", "kind", "location", "last", "last failure"), rows)


@sources_app.command("remove")
def sources_remove(
    name: Annotated[str, typer.Argument(help="The source.")], home: HomeOption = DEFAULT
) -> None:
    """Forget a source; its tickets stay."""
    ticket_sources(services(home)).remove(name)
    out.print(f"Removed {name}", markup=False, highlight=False)


def _kind(location: str, query: str | None) -> SourceKind:
    if location.startswith(("http://", "https://")):
        return "url"
    if "://" in location:
        if not query:
            raise typer.BadParameter("A database needs a --query.")
        return "sql"
    return "folder" if Path(location).is_dir() else "file"
