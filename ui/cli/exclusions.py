"""Commands for tickets that no figure is to count."""

from __future__ import annotations

from typing import Annotated

import typer

from index.access import LOCAL
from ui.cli.console import DEFAULT, HomeOption, JsonOption, out, print_json, print_table, services
from ui.cli.tickets import tickets_app
from ui.ticket_schemas import ExclusionOut

_Ticket = Annotated[str, typer.Argument(help="The number of the ticket, or its uid.")]


@tickets_app.command("exclude")
def tickets_exclude(
    uid: _Ticket,
    reason: Annotated[str, typer.Option(help="Why it is to count no more.")],
    home: HomeOption = DEFAULT,
) -> None:
    """Take a wrong or superseded ticket out of every figure; it is still found and shown."""
    opened = services(home)
    with opened.home.changing_knowledge():
        done = opened.exclusions.exclude(LOCAL, uid, reason)
    text = f"{done.uid} ({done.title}) counts no more: {done.reason}"
    out.print(text, markup=False, highlight=False, soft_wrap=True)


@tickets_app.command("include")
def tickets_include(uid: _Ticket, home: HomeOption = DEFAULT) -> None:
    """Let figures count a ticket again that was taken out of them."""
    opened = services(home)
    with opened.home.changing_knowledge():
        opened.exclusions.take_back(LOCAL, uid)
    out.print(f"{uid} counts again", markup=False, highlight=False)


@tickets_app.command("excluded")
def tickets_excluded(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the tickets that no figure counts, with the reasons."""
    shapes = [ExclusionOut.of(one) for one in services(home).exclusions.all(LOCAL)]
    if json_output:
        print_json(shapes)
        return
    rows = [(s.uid, s.asset, s.title, s.reason, s.by, s.at) for s in shapes]
    print_table("Excluded", ("uid", "asset", "title", "reason", "by", "at"), rows)
