"""Commands for tickets: import, follow their sources, make them searchable by meaning."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from index.access import LOCAL
from index.ticket_embedding import count_waiting, embed_waiting
from ingest.dates import ORDERS
from ingest.delimited import Delimited
from ingest.table_keeping import TableKeeper
from ingest.ticket_fetch import fetch_sql
from ingest.ticket_mapping import TicketMapping, load_mapping, write_mapping
from ingest.ticket_plan import Options, Plan, plan_import
from ingest.ticket_sources import TicketSources
from ingest.ticket_sync import Synced, TicketSync
from ingest.tickets import TicketImporter
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    err,
    fail,
    freshen,
    out,
    print_json,
    print_table,
    progress_bar,
    services,
)
from ui.ticket_schemas import ImportOut, PreviewOut, SyncOut
from ui.wiring import Services

tickets_app = typer.Typer(no_args_is_help=True, help="Tickets of the past.")
app.add_typer(tickets_app, name="tickets")

MappingOption = Annotated[
    str | None,
    typer.Option(help="sap, maximo, atlas, nemo, erpnext, odoo, or a TOML file of your own."),
]
EncodingOption = Annotated[str | None, typer.Option(help="utf-8, cp1252, gb18030, utf-16, ...")]
DelimiterOption = Annotated[str | None, typer.Option(help="The delimiter; 'tab' for a tab.")]
DateOrderOption = Annotated[str | None, typer.Option(help=f"{', '.join(ORDERS)}.")]
SheetOption = Annotated[str | None, typer.Option(help="The sheet of a workbook.")]
TimezoneOption = Annotated[
    str | None, typer.Option(help="Zone of the plant, such as Europe/Berlin; times become UTC.")
]
SiteOption = Annotated[
    str | None,
    typer.Option(help="Site of the tickets whose row and asset name none; else every site's."),
]
GroupOption = Annotated[
    list[str] | None,
    typer.Option("--group", help="Group of the site that may see the tickets; else all of it."),
]
_EVERY = re.compile(r"(\d+)\s*(s|m|h|d)")
_SHOWN = 20  # flagged rows on the screen


@tickets_app.command("import")
def tickets_import(
    file: Annotated[
        Path | None, typer.Argument(help="CSV, TSV, XLSX, XLS, ODS or JSON with the tickets.")
    ] = None,
    sql: Annotated[str | None, typer.Option(help="SQLAlchemy URL of a database to read.")] = None,
    query: Annotated[str | None, typer.Option(help="SELECT whose rows are the tickets.")] = None,
    system: Annotated[
        str | None, typer.Option(help="Name of the system that the tickets come from.")
    ] = None,
    mapping: MappingOption = None,
    write: Annotated[
        Path | None, typer.Option("--write-mapping", help="Write what was understood as TOML.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what was understood and store nothing.")
    ] = False,
    encoding: EncodingOption = None,
    delimiter: DelimiterOption = None,
    date_order: DateOrderOption = None,
    sheet: SheetOption = None,
    timezone: TimezoneOption = None,
    site: SiteOption = None,
    group: GroupOption = None,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Import tickets. A second import of the same rows changes nothing."""
    if (file is None) == (sql is None) or (sql is None) != (query is None):
        raise typer.BadParameter("Name a file, or a database with --sql and --query.")
    known = load_mapping(mapping) if mapping else TicketMapping()
    options = Options(
        known,
        encoding or "",
        delimiter or "",
        date_order or "",
        sheet or "",
        timezone or "",
        site or "",
        tuple(group or ()),
    )
    opened = services(home)
    importer = _importer(opened)
    place = file or Path("query")
    fetched = fetch_sql(sql, query) if sql is not None and query is not None else None
    plan = (
        plan_import(fetched, str(place), options) if fetched else importer.plan_file(place, options)
    )
    name = system or known.system or "import"
    if write is not None:
        write_mapping(replace(plan.as_mapping(name), sheet=sheet or known.sheet), write)
    shown = PreviewOut.of(plan)
    if preview:
        if json_output:
            print_json(shown)
        else:
            _print_plan(shown, plan)
        return
    if not json_output:
        _print_plan(shown, plan)
    with opened.home.changing_knowledge(), progress_bar() as bar:
        keeper = _keeper(opened)
        # Kept before it is imported, so that a rebuilt home has it and a kill loses nothing.
        if fetched is not None:
            item = keeper.keep_rows(LOCAL, fetched, str(place), name, options)
            assert item is not None  # no rows were said to be known
        else:
            item = keeper.keep_file(LOCAL, place, name, options)
        opened.aliases.carry_out()
        if isinstance(plan.table.source, Delimited):  # what is imported is what was kept
            plan.table.source.path = opened.home.originals / item.original
        with keeper.importing(item):
            report = importer.import_plan(
                plan, place, name, _follow(bar, f"{place.name}: importing"), at=item.taken_at
            )
        freshen(opened)
    result = ImportOut.of(report)
    if json_output:
        print_json(result)
    else:
        _print_report(result)


@tickets_app.command("embed")
def tickets_embed(
    limit: Annotated[int | None, typer.Option(help="At most so many tickets.")] = None,
    home: HomeOption = DEFAULT,
) -> None:
    """Make imported tickets searchable by meaning; it may be stopped and run again."""
    opened = services(home)
    waiting = count_waiting(opened.catalog, opened.embedder.identity)
    total = waiting if limit is None else min(limit, waiting)
    with progress_bar() as bar:
        task = bar.add_task("embedding", total=total)
        done = embed_waiting(
            opened.catalog, opened.embedder, limit, lambda count: bar.update(task, completed=count)
        )
    out.print(f"{done} tickets embedded, {max(0, waiting - done)} wait", highlight=False)


@tickets_app.command("sync")
def tickets_sync(
    name: Annotated[str | None, typer.Argument(help="The source; without it, all.")] = None,
    every: Annotated[
        str | None, typer.Option(help="Again and again: 30s, 15m, 2h, 1d; until it is stopped.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--all", help="Take everything, not only what is new or changed.")
    ] = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Take what is new or changed in a source. Exit code 1 if that failed."""
    pause = _seconds(every) if every else 0.0
    opened = services(home)
    sources = ticket_sources(opened)
    while True:
        names = [name] if name else [source.name for source in sources.list()]
        if not names:
            fail("There is no source. Add one with 'faultbook tickets sources add'.")
        with opened.home.changing_knowledge():
            opened.catalog.engine.dispose()  # a rebuild may have put another file in its place
            opened.aliases.carry_out()
            knowledge = opened.catalog.uid()
            sync = TicketSync(LOCAL, _importer(opened), sources, _keeper(opened), knowledge)
            results = [_sync_one(sync, one, again=again, quiet=json_output) for one in names]
            freshen(opened)
        if json_output:
            print_json([SyncOut.of(result) for result in results])
        if not every:
            break
        embed_waiting(opened.catalog, opened.embedder, 5_000)
        again = False
        time.sleep(pause)
    if any(result.error for result in results):
        raise typer.Exit(1)


def _keeper(opened: Services) -> TableKeeper:
    return TableKeeper(opened.home, opened.intake)


def _importer(opened: Services) -> TicketImporter:
    return TicketImporter(opened.catalog, opened.embedder, opened.home.cache)


def ticket_sources(opened: Services) -> TicketSources:
    """The sources of a home; they survive a rebuild of its knowledge."""
    return TicketSources(opened.records.engine)


def _follow(bar: Progress, text: str) -> _Bar:
    return _Bar(bar, text)


class _Bar:
    """Shows how many rows are done."""

    def __init__(self, bar: Progress, text: str) -> None:
        self._bar = bar
        self._task = bar.add_task(text, total=None)

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)


def _seconds(every: str) -> float:
    match = _EVERY.fullmatch(every.strip())
    if match is None or int(match[1]) == 0:
        raise typer.BadParameter(
            f"{every!r} is no span of time such as 15m or 2h", param_hint="--every"
        )
    return int(match[1]) * {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}[match[2]]


def _sync_one(sync: TicketSync, name: str, *, again: bool, quiet: bool) -> Synced:
    with progress_bar() as bar:
        result = sync.sync(name, _follow(bar, f"{name}: syncing"), again=again)
    if result.error:
        err.print(f"{name}: {result.error}", style="red", markup=False, soft_wrap=True)
    if not quiet:
        for report in result.reports:
            out.print(f"{name}: {report.path}", markup=False, highlight=False)
            _print_report(ImportOut.of(report))
        if not result.reports and not result.error:
            out.print(f"{name}: nothing new", markup=False, highlight=False)
    return result


def _print_plan(shown: PreviewOut, plan: Plan) -> None:
    form = f"{shown.form}, {shown.encoding}, delimiter {shown.delimiter!r}"
    out.print(f"{shown.path}: {shown.rows} rows ({form})", markup=False, highlight=False)
    rows = [(c.field, c.column, c.reading, " | ".join(c.samples)) for c in shown.columns]
    print_table("Columns", ("field", "column", "read as", "samples"), rows)
    if shown.unused:
        out.print(f"Kept, not used: {', '.join(shown.unused)}", markup=False, highlight=False)
    for note in shown.notes:
        out.print(f"Note: {note}", markup=False, highlight=False)


def _print_report(result: ImportOut) -> None:
    older = f", {result.outdated} outdated" if result.outdated else ""
    out.print(
        f"{result.read} rows read: {result.imported} imported, {result.updated} updated, "
        f"{result.unchanged} unchanged{older}; {result.flagged_rows} flagged, "
        f"{result.unresolved_assets} without a known asset, {result.duplicates} linked as the "
        f"same event (batch {result.batch})",
        highlight=False,
    )
    for flagged in result.flagged[:_SHOWN]:
        reasons = "; ".join(flagged.reasons)
        out.print(f"  line {flagged.row}: {reasons}", markup=False, highlight=False)
    if result.skipped:
        out.print(f"{result.skipped_rows} records are no tickets:", highlight=False)
    for skipped in result.skipped[:_SHOWN]:
        out.print(f"  line {skipped.row}: {skipped.reason}", markup=False, highlight=False)
    if result.waiting:
        out.print(
            f"{result.waiting} tickets are found by words only until 'faultbook tickets embed' "
            "has run",
            highlight=False,
        )
