"""Commands for the audit log."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from assistant.audit import Head
from assistant.audit_export import AuditForm, lines
from index.access import LOCAL
from ui.cli.console import DEFAULT, HomeOption, app, fail, out, services

audit_app = typer.Typer(no_args_is_help=True, help="The log of who did what.")
app.add_typer(audit_app, name="audit")


@audit_app.command("verify")
def verify(
    head: Annotated[
        str,
        typer.Option(
            "--head", help="What 'audit head' printed earlier: finds a tail that was cut off."
        ),
    ] = "",
    home: HomeOption = DEFAULT,
) -> None:
    """Check that no row was changed, removed, put in or moved. Exit code 1 if one was."""
    known = Head.parse(head) if head else None
    check = services(home, use_model=False).audit.verify(known)
    if not check.is_whole:
        fail(
            f"The audit log is broken: {check.fault}. Keep a copy of the home folder as it is, and "
            "compare it with a backup."
        )
    out.print(f"{check.rows} rows, none changed; the last is {check.head}", highlight=False)


@audit_app.command("head")
def show_head(home: HomeOption = DEFAULT) -> None:
    """Print the last row's number and hash, to be kept elsewhere."""
    typer.echo(str(services(home, use_model=False).audit.head()))


@audit_app.command("export")
def export(
    since: Annotated[
        str, typer.Option("--since", help="From this day or time on, such as 2026-11-01 (UTC).")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", help="Up to and with this day, or before this time (UTC).")
    ] = "",
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    out_file: Annotated[
        Path | None, typer.Option("--out", help="File to write; by default standard output.")
    ] = None,
    home: HomeOption = DEFAULT,
) -> None:
    """Write the rows of a time; that they were exported is a row as well."""
    if form not in ("jsonl", "csv"):
        raise typer.BadParameter(f"{form!r} is neither 'jsonl' nor 'csv'", param_hint="--format")
    chosen: AuditForm = "csv" if form == "csv" else "jsonl"
    begin = time_of(since, "--since")
    end = time_of(until, "--until", is_end=True)
    rows = services(home, use_model=False).audit.export(LOCAL, begin, end, form)
    if out_file is None:
        sys.stdout.writelines(lines(rows, chosen))
        return
    try:
        with out_file.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines(rows, chosen))
    except OSError as error:
        fail(f"{out_file} cannot be written: {error.strerror}. Choose another file with --out.")
    out.print(f"Wrote {out_file}", markup=False, highlight=False)


def time_of(text: str, option: str, *, is_end: bool = False) -> str:
    """A day or a time as the log writes times (ISO 8601, UTC); empty stays empty.

    A day that ends a span is part of it.
    """
    if not text:
        return ""
    try:
        if len(text) == len("2026-11-01"):
            day = date.fromisoformat(text) + timedelta(days=is_end)
            found = datetime(day.year, day.month, day.day, tzinfo=UTC)
        else:
            found = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        message = f"{text!r} is no day and no time such as 2026-11-01 or 2026-11-01T06:00"
        raise typer.BadParameter(message, param_hint=option) from error
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).isoformat(timespec="milliseconds")
