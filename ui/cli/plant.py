"""Commands for what the plant says about itself: calendars, plan of maintenance, meters, parts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from index.facts.fact_tables import meter_reading, part, planned_work
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    err,
    out,
    print_json,
    print_table,
    services,
)
from ui.plant_schemas import PlantOut
from ui.wiring import Services

plant_app = typer.Typer(
    no_args_is_help=True, help="The plant: its calendars, names, plan of maintenance and parts."
)
app.add_typer(plant_app, name="plant")

_SHOWN = 10  # unknown assets on the screen


@plant_app.command("import")
def plant_import(
    files: Annotated[
        list[Path],
        typer.Argument(help="plant.toml, planned_work.csv, meters.csv, parts.csv, or some of them"),
    ],
    home: HomeOption = DEFAULT,
) -> None:
    """Import the plant's own files; one that is there already is replaced.

    All are checked first: where one cannot be understood, none is imported.
    """
    opened = services(home)
    with opened.home.changing_knowledge():
        for taken in opened.plant_files.take(files):
            what = "sites" if taken.name.endswith(".toml") else "rows"
            text = f"{taken.path}: {taken.rows} {what} imported as {taken.name}"
            out.print(text, markup=False, highlight=False, soft_wrap=True)
        opened.record.fresh()
    for name, unknown in opened.plant_files.unknown_assets(opened.catalog.engine).items():
        _tell(name, unknown)


@plant_app.command("show")
def plant_show(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """Show what is known about the plant, and which rows name unknown assets."""
    opened = services(home)
    opened.plant_files.sync(opened.catalog.engine)
    unknown = opened.plant_files.unknown_assets(opened.catalog.engine)
    shape = PlantOut.of(opened.plant_files.load(), _counts(opened), unknown)
    if json_output:
        print_json(shape)
        return
    rows = [
        (
            site.name,
            site.time_zone,
            site.currency,
            site.week_start,
            site.fiscal_year_start,
            ", ".join(f"{s.name} {s.start}-{s.end}" for s in site.shifts),
        )
        for site in shape.sites
    ]
    header = ("site", "time zone", "currency", "week from", "fiscal year from month", "shifts")
    print_table("Sites", header, rows)
    for name, found in (("lines", shape.lines), ("teams", shape.teams)):
        out.print(f"{name}: {', '.join(found) or 'none'}", markup=False, highlight=False)
    out.print(
        f"{shape.planned_work} planned works, {shape.meter_readings} meter readings, "
        f"{shape.parts} parts, {len(shape.names)} names"
        + (f", as of {shape.as_of.isoformat()}" if shape.as_of else ""),
        markup=False,
        highlight=False,
    )
    for name, assets in unknown.items():
        _tell(name, assets)


def _tell(name: str, unknown: list[str]) -> None:
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    err.print(
        f"{name}: {len(unknown)} assets are not in the register: "
        f"{', '.join(text or '(empty)' for text in unknown[:_SHOWN])}{more}. Their rows are kept. "
        "Import the register with 'faultbook assets import', or confirm what they are called with "
        "'faultbook assets alias'.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _counts(opened: Services) -> tuple[int, int, int]:
    tables = (planned_work, meter_reading, part)
    with opened.catalog.engine.connect() as connection:
        plans, readings, parts = (
            connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in tables
        )
    return plans, readings, parts
