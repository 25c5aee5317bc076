"""The written brief for a shift or a month."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.analytics.brief.page import brief_page
from assistant.analytics.brief.sheet import brief_sheet
from index.access import LOCAL
from ui.cli.console import DEFAULT, HomeOption, app, fail, out, services


@app.command("brief")
def brief(
    to: Annotated[Path, typer.Option("--out", help="File to write: .html or .pdf.")],
    month: Annotated[str, typer.Option(help="The month, such as 2026-10.")] = "",
    shift: Annotated[bool, typer.Option("--shift", help="The last shift that is over.")] = False,
    site: Annotated[str, typer.Option(help="One site; all without it.")] = "",
    no_model: Annotated[bool, typer.Option("--no-model", help="Word it by code alone.")] = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Write the brief of a month or of the last shift as a page or a PDF."""
    if bool(month) == shift:
        raise typer.BadParameter("Name either --month 2026-10 or --shift.")
    makers = {".html": lambda made: brief_page(made).encode(), ".pdf": brief_sheet}
    if to.suffix.lower() not in makers:
        raise typer.BadParameter(
            f"{to.name} is neither .html nor .pdf. Name the file so with --out."
        )
    opened = services(home, use_model=not no_model)
    made = opened.briefs.write(LOCAL, month or None, site or None, use_model=not no_model)
    try:
        to.write_bytes(makers[to.suffix.lower()](made))
    except OSError as error:
        fail(f"{to} cannot be written: {error.strerror}. Name another file with --out.")
    out.print(f"Wrote {to}: {made.title}, {len(made.sections)} sections", markup=False)
    if made.model:
        out.print(f"Worded by {made.model}; {made.dropped} of its sentences dropped", markup=False)
