"""Commands for experts: whom the application names where the documents do not answer."""

from __future__ import annotations

from typing import Annotated

import typer

from index.access import LOCAL
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
from ui.expert_schemas import ExpertOut

experts_app = typer.Typer(no_args_is_help=True, help="Whom to ask about which machines.")
app.add_typer(experts_app, name="experts")

SiteOption = Annotated[
    str | None, typer.Option("--site", help="Of the machines; every site if left out.")
]


@experts_app.command("set")
def experts_set(
    asset_class: Annotated[
        str, typer.Argument(help="Class as in the asset register; '' for any machine.")
    ],
    user: Annotated[str, typer.Argument(help="Name of an account.")],
    site: SiteOption = None,
    home: HomeOption = DEFAULT,
) -> None:
    """Name the expert of a class of machines, in the place of the one before."""
    expert = services(home).experts.set(LOCAL, asset_class, user, site)
    about = expert.asset_class or "any machine"
    where = f" at {expert.site}" if expert.site else ""
    out.print(f"{expert.shown} is asked about {about}{where}", highlight=False, markup=False)


@experts_app.command("list")
def experts_list(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the experts."""
    shapes = [ExpertOut.of(expert) for expert in services(home).experts.all(LOCAL)]
    if json_output:
        print_json(shapes)
        return
    rows = [
        (s.id, s.asset_class or "any", s.site or "every", s.user, s.name, s.set_by) for s in shapes
    ]
    print_table("Experts", ("id", "class", "site", "user", "name", "named by"), rows)


@experts_app.command("remove")
def experts_remove(
    expert_id: Annotated[str, typer.Argument(help="Id as 'faultbook experts list' shows it.")],
    home: HomeOption = DEFAULT,
) -> None:
    """Take an expert away; questions that wait for them stay theirs."""
    services(home).experts.remove(LOCAL, expert_id)
    out.print("The expert is no longer named", highlight=False)
