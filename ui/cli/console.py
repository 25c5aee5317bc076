"""What all commands share: the app, common options, output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ingest.errors import UnreadablePlant
from ui.plain import printable
from ui.settings import DEFAULT_HOME
from ui.wiring import Services, open_services

app = typer.Typer(
    name="faultbook",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Answer maintenance questions from a plant's own manuals and fault history.",
)
out = Console()
err = Console(stderr=True)

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="FAULTBOOK_HOME", help="Folder that holds everything."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
AssetOption = Annotated[
    str | None, typer.Option("--asset", help="Tag of the asset that the question is about.")
]
DEFAULT = DEFAULT_HOME.expanduser()


def services(home: Path, *, use_model: bool = True) -> Services:
    """Open the home folder that a command was given."""
    return open_services(home, use_model=use_model)


def fail(message: str) -> NoReturn:
    """Print a message to standard error and end with exit code 1."""
    err.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)


def freshen(opened: Services) -> None:
    """Make the facts that figures count now, so that nobody waits for them at the first figure.

    What stands against it is said, as it does not undo what was done before.
    """
    try:
        opened.record.fresh()
    except UnreadablePlant as error:
        err.print(
            f"Figures cannot be made yet: {error}", style="yellow", markup=False, soft_wrap=True
        )


def print_json(shape: BaseModel | Sequence[BaseModel]) -> None:
    """Print a shape, or a list of shapes, as JSON."""
    if isinstance(shape, BaseModel):
        typer.echo(shape.model_dump_json(indent=2))
    else:
        typer.echo("[" + ",\n".join(item.model_dump_json(indent=2) for item in shape) + "]")


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table. Where it is too wide for the terminal, cells are wrapped and never cut."""
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    out.print(table)


def progress_bar() -> Progress:
    """A bar on standard error with what is done and the time that is left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )
