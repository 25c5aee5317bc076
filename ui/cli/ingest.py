"""Commands that take documents in."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from index.access import LOCAL
from index.corpus import DOCUMENTS
from ingest.curation import Curator
from ingest.pipeline import FileReport, Stage
from ingest.tagging import Stated
from ingest.watching import missing_files, watch
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
from ui.document_schemas import IngestOut, IntakeOut
from ui.wiring import Services

intake_app = typer.Typer(no_args_is_help=True, help="Files that were taken in.")
app.add_typer(intake_app, name="intake")

_BESIDE_CHAT = 10  # how much the chat goes before, in steps of the system's niceness


@app.command("ingest")
def ingest_command(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files, or folders of files.")] = None,
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
    group: Annotated[
        list[str] | None,
        typer.Option("--group", help="Group of the site that may see the files; else all of it."),
    ] = None,
    hold: Annotated[
        bool, typer.Option("--hold", help="Keep the files as drafts until somebody approves them.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Read what is still queued, and nothing else.")
    ] = False,
    follow: Annotated[
        list[Path] | None,
        typer.Option("--watch", help="Folder to follow until the command is stopped."),
    ] = None,
    every: Annotated[
        float, typer.Option("--every", min=0.2, help="Seconds between two looks at a folder.")
    ] = 10.0,
    withdraw_removed: Annotated[
        bool,
        typer.Option("--withdraw-removed", help="Withdraw documents whose file left the folder."),
    ] = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Read documents and make them searchable. Exit code 1 if a file could not be read."""
    if kind is not None and kind not in DOCUMENTS:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(DOCUMENTS)}", param_hint="--kind")
    if not paths and not resume and not follow:
        raise typer.BadParameter("name files or folders, or use --watch or --resume")
    opened = services(home)
    opened.prepare()
    stated = Stated(
        kind=kind,
        models=tuple(model or ()),
        assets=tuple(opened.assets.get(LOCAL, tag).tag for tag in asset or ()),
        site=site,
        groups=tuple(group or ()),
    )
    if resume:
        os.nice(_BESIDE_CHAT)
    reports = [] if resume else _run(opened, paths or [], stated, hold=hold, quiet=json_output)
    if resume:
        with progress_bar() as bar:
            reports = list(opened.worker.work(_Shown(bar).update))
    result = IngestOut.of(reports)
    if json_output:
        print_json(result)
    elif paths or resume:
        out.print(_sum(result), highlight=False)
    if follow:
        _follow(opened, follow, every, stated, hold=hold, withdraw=withdraw_removed)
    if result.failed:
        raise typer.Exit(1)


def _run(
    opened: Services, paths: list[Path], stated: Stated, *, hold: bool, quiet: bool = False
) -> list[FileReport]:
    reports: list[FileReport] = []
    with progress_bar() as bar:
        for report in opened.worker.ingest(LOCAL, paths, stated, _Shown(bar).update, hold=hold):
            reports.append(report)
            if not quiet:
                _print_report(report)
    return reports


def _follow(
    opened: Services,
    folders: list[Path],
    every_s: float,
    stated: Stated,
    *,
    hold: bool,
    withdraw: bool,
) -> None:
    is_wanted = _until_stopped()
    said: set[int] = set()

    def handle(files: list[Path]) -> None:
        _run(opened, files, stated, hold=hold)

    def complain(message: str) -> None:
        out.print(message, style="red", markup=False, highlight=False, soft_wrap=True)

    def look_for_removed() -> bool:
        for folder in folders:
            for stored in missing_files(folder, opened.catalog, LOCAL):
                if stored.revision_id in said:
                    continue
                said.add(stored.revision_id)
                what = "removed   "
                if withdraw:
                    _withdraw(opened.curator, stored.revision_id)
                    what = "withdrawn "
                line = f"{what} {stored.source}: {stored.title}"
                out.print(line, markup=False, highlight=False, soft_wrap=True)
        return is_wanted()

    out.print(
        f"Following {', '.join(map(str, folders))}. Stop with Ctrl+C.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    watch(folders, every_s, handle, complain, look_for_removed)


def _withdraw(curator: Curator, revision_id: int) -> None:
    curator.withdraw(LOCAL, [revision_id], "its file was removed from the watched folder")


def _until_stopped() -> Callable[[], bool]:
    stopped: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _: stopped.append(number))
    return lambda: not stopped


class _Shown:
    """Shows the progress of a run as a bar."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[tuple[Path, Stage], TaskID] = {}

    def update(self, path: Path, stage: Stage, done: int, total: int) -> None:
        key = path, stage
        if key not in self._tasks:
            for task in self._tasks.values():
                self._bar.update(task, visible=False)
            self._tasks[key] = self._bar.add_task(f"{path.name}: {stage}", total=total)
        self._bar.update(self._tasks[key], completed=done, total=total)


def _sum(result: IngestOut) -> str:
    counts = [("added", result.added), ("unchanged", result.unchanged), ("failed", result.failed)]
    counts += [("retagged", result.retagged), ("cancelled", result.cancelled)]
    always = ("added", "unchanged", "failed")
    return ", ".join(f"{count} {name}" for name, count in counts if count or name in always)


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
        line += ")" if report.status == "approved" else f"; {report.status})"
    if hidden := report.details.get("hidden_pieces"):
        line += f" [{hidden} pieces of hidden text held back]"
    out.print(line, markup=False, highlight=False, soft_wrap=True)


@intake_app.command("list")
def intake_list(
    every: Annotated[bool, typer.Option("--all", help="Also what is done.")] = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """List the files that wait, are being read, or could not be read."""
    opened = services(home)
    items = [item for item in opened.intake.items(LOCAL) if every or item.state != "done"]
    shapes = [IntakeOut.of(item) for item in items]
    if json_output:
        print_json(shapes)
        return
    rows = [(s.id, s.name, s.state, s.stage, f"{s.done}/{s.total}", s.reason) for s in shapes]
    print_table("Intake", ("id", "file", "state", "stage", "done", "reason"), rows)


@intake_app.command("cancel")
def intake_cancel(
    item_id: Annotated[int, typer.Argument(help="Id as shown by 'intake list'.")],
    home: HomeOption = DEFAULT,
) -> None:
    """Give up a file that waits or is being read."""
    if not services(home).intake.cancel(LOCAL, item_id):
        fail(f"Nothing that could be cancelled has the id {item_id}. See 'faultbook intake list'.")
    out.print(f"Cancelled {item_id}", highlight=False)


@intake_app.command("delete")
def intake_delete(
    item_id: Annotated[int, typer.Argument(help="Id as shown by 'intake list --all'.")],
    home: HomeOption = DEFAULT,
) -> None:
    """Delete a file that failed or was cancelled, with its copy among the originals."""
    item = services(home).curator.discard(LOCAL, item_id)
    out.print(f"Deleted {item.name}", markup=False, highlight=False, soft_wrap=True)
