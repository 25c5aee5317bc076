"""Commands that put knowledge in and take it out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from index.access import LOCAL
from index.corpus import DOCUMENTS
from index.storing import delete_document
from ingest.pipeline import FileReport, Stage
from ingest.tagging import Stated
from ingest.tickets import import_assets
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    fail,
    out,
    print_json,
    print_table,
    progress_bar,
    services,
)
from ui.originals import remove_unused
from ui.schemas import DocumentOut, FileOut, ImportOut, IngestOut, ProgressOut

tickets_app = typer.Typer(no_args_is_help=True, help="Tickets of the past.")
assets_app = typer.Typer(no_args_is_help=True, help="The asset register.")
documents_app = typer.Typer(no_args_is_help=True, help="Ingested documents.")
app.add_typer(tickets_app, name="tickets")
app.add_typer(assets_app, name="assets")
app.add_typer(documents_app, name="documents")


@app.command("ingest")
def ingest_command(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of files.")],
    model: Annotated[
        list[str] | None, typer.Option("--model", help="Machine model that the files are about.")
    ] = None,
    asset: Annotated[
        list[str] | None, typer.Option("--asset", help="Asset tag that the files apply to.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="manual, procedure, drawing or bulletin.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Site that may see the files.")] = None,
    progress_json: Annotated[
        bool, typer.Option("--progress-json", help="Print progress and reports as JSON lines.")
    ] = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Read documents and make them searchable. Exit code 1 if a file could not be read."""
    if kind is not None and kind not in DOCUMENTS:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(DOCUMENTS)}", param_hint="--kind")
    opened = services(home)
    for tag in asset or ():
        opened.assets.get(LOCAL, tag)
    stated = Stated(
        kind=kind,
        models=tuple(model or ()),
        assets=tuple(asset or ()),
        site=site,
    )
    reports: list[FileReport] = []
    with progress_bar() as bar:
        shown = _Shown(bar, as_json=progress_json)
        for report in opened.pipeline.ingest(paths, stated, shown.update):
            reports.append(report)
            if progress_json:
                typer.echo(FileOut.of(report).model_dump_json())
            elif not json_output:
                _print_report(report)
    result = IngestOut.of(reports)
    if json_output:
        print_json(result)
    elif not progress_json:
        out.print(
            f"{result.added} added, {result.unchanged} unchanged, {result.failed} failed",
            highlight=False,
        )
    if result.failed:
        raise typer.Exit(1)


class _Shown:
    """Shows the progress of a run, as a bar or as JSON lines."""

    def __init__(self, bar: Progress, *, as_json: bool) -> None:
        self._bar = bar
        self._as_json = as_json
        self._tasks: dict[tuple[Path, Stage], TaskID] = {}

    def update(self, path: Path, stage: Stage, done: int, total: int) -> None:
        if self._as_json:
            line = ProgressOut(path=str(path), stage=stage, done=done, total=total)
            typer.echo(line.model_dump_json())
            return
        key = path, stage
        if key not in self._tasks:
            for task in self._tasks.values():
                self._bar.update(task, visible=False)
            self._tasks[key] = self._bar.add_task(f"{path.name}: {stage}", total=total)
        self._bar.update(self._tasks[key], completed=done, total=total)


def _print_report(report: FileReport) -> None:
    if report.outcome == "failed":
        line = f"failed     {report.reason}"
        out.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
        return
    name = " ".join(part for part in (report.number, report.revision) if part) or report.path.name
    line = f"{report.outcome:<10} {name}: {report.title}"
    if report.outcome == "added":
        pages = report.details.get("pages", 1)
        line += (
            f" ({pages} pages, {report.chunks} chunks, {report.codes} codes and parts, "
            f"{report.safety_messages} safety messages, {report.seconds:.1f} s"
        )
        line += f"; {report.status})" if report.status == "superseded" else ")"
    out.print(line, markup=False, highlight=False, soft_wrap=True)


@tickets_app.command("import")
def tickets_import(
    file: Annotated[Path, typer.Argument(help="CSV or TSV with one ticket a row.")],
    system: Annotated[
        str, typer.Option(help="Name of the system that the tickets come from.")
    ] = "import",
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Import tickets. A second import of the same rows changes nothing."""
    opened = services(home)
    with progress_bar() as bar:
        task = bar.add_task(f"{file.name}: importing", total=None)
        report = opened.ticket_importer.import_file(
            file, system, lambda done, total: bar.update(task, completed=done, total=total)
        )
    result = ImportOut.of(report)
    if json_output:
        print_json(result)
        return
    understood = ", ".join(f"{name} = {column}" for name, column in result.columns.items())
    out.print(f"Columns: {understood}", markup=False, highlight=False, soft_wrap=True)
    out.print(
        f"{result.read} rows read: {result.imported} imported, {result.updated} updated, "
        f"{result.unchanged} unchanged; {len(result.flagged)} flagged, "
        f"{result.unresolved_assets} without a known asset",
        highlight=False,
    )
    for flagged in result.flagged[:20]:
        reasons = "; ".join(flagged.reasons)
        out.print(f"  line {flagged.row}: {reasons}", markup=False, highlight=False)


@assets_app.command("import")
def assets_import(
    file: Annotated[Path, typer.Argument(help="CSV with the columns tag, name, model, ...")],
    home: HomeOption = DEFAULT,
) -> None:
    """Import the asset register; an asset that is there already is updated."""
    count = import_assets(services(home).assets, file)
    out.print(f"{count} assets imported", highlight=False)


@assets_app.command("list")
def assets_list(home: HomeOption = DEFAULT) -> None:
    """List the assets."""
    assets = services(home).assets.list(LOCAL)
    rows = [(a.tag, a.name, a.model, a.serial, a.location) for a in assets]
    print_table("Assets", ("tag", "name", "model", "serial", "location"), rows)


@documents_app.command("list")
def documents_list(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the documents, tickets left out."""
    documents = [d for d in services(home).catalog.documents(LOCAL) if d.kind != "history"]
    shapes = [DocumentOut.of(document) for document in documents]
    if json_output:
        print_json(shapes)
        return
    rows = [
        (d.id, d.document_number, d.revision, d.title, d.pages, ", ".join((*d.models, *d.assets)))
        for d in shapes
    ]
    print_table("Documents", ("id", "number", "rev.", "title", "pages", "applies to"), rows)


@documents_app.command("delete")
def documents_delete(
    document_id: Annotated[int, typer.Argument(help="Id as shown by 'documents list'.")],
    home: HomeOption = DEFAULT,
) -> None:
    """Delete a document with all its revisions."""
    opened = services(home)
    gone = delete_document(opened.catalog, document_id)
    if gone is None:
        fail(f"There is no document {document_id}. 'faultbook documents list' shows them.")
    remove_unused(opened.home, opened.catalog, gone.originals)
    name = f"{gone.document.title} {gone.document.revision}".strip()
    out.print(f"Deleted {name}", markup=False, highlight=False)
