"""Commands for draft work orders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.export import ExportFormat, export
from assistant.messages import AnswerReady
from assistant.question import Ask, check_question
from assistant.work_orders import WorkOrder
from index.access import LOCAL
from ui.cli.console import (
    DEFAULT,
    AssetOption,
    HomeOption,
    JsonOption,
    app,
    fail,
    out,
    print_table,
    services,
)
from ui.plain import order_text, printable
from ui.wiring import Services

orders_app = typer.Typer(no_args_is_help=True, help="Draft work orders.")
app.add_typer(orders_app, name="work-order")


@orders_app.command("draft")
def draft(
    text: Annotated[str, typer.Argument(help="The question whose answer becomes a draft.")],
    asset: AssetOption = None,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Answer a question from evidence and make a draft of the answer."""
    question = check_question(text)
    opened = services(home, use_model=False)
    answer = opened.assistant.ask(Ask(question, asset, use_model=False), LOCAL)
    if not answer.is_supported:
        fail(f"No draft: {answer.message or answer.status}")
    records = opened.records
    turn_id = records.start_turn(LOCAL, records.open_conversation(LOCAL), question, asset)
    records.add_event(turn_id, 1, AnswerReady(answer=answer))
    order = opened.work_orders.draft(LOCAL, records.turn(LOCAL, turn_id))
    _print_order(opened, order, json_output=json_output)


@orders_app.command("list")
def list_orders(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the drafts, newest first."""
    opened = services(home)
    marked = [(o, opened.recalls.of_order(LOCAL, o)) for o in opened.work_orders.list(LOCAL)]
    if json_output:
        shapes = [export(order, "json", marks).decode() for order, marks in marked]
        typer.echo("[" + ",\n".join(shapes) + "]")
        return
    rows = [
        (o.number, o.version, o.asset or "", o.priority, o.title, "STOP" if marks else "")
        for o, marks in marked
    ]
    print_table("Work orders", ("number", "version", "asset", "priority", "title", "recall"), rows)
    for order, marks in marked:
        for mark in marks:
            line = f"{order.number}: {printable(mark)}"
            out.print(line, style="red", markup=False, highlight=False, soft_wrap=True)


@orders_app.command("show")
def show(
    number: Annotated[str, typer.Argument(help="Number of the work order.")],
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Show a draft, below what is to be known about the documents that it cites."""
    opened = services(home)
    order = opened.work_orders.get(LOCAL, number)
    _print_order(opened, order, json_output=json_output)


@orders_app.command("export")
def export_order(
    number: Annotated[str, typer.Argument(help="Number of the work order.")],
    form: Annotated[str, typer.Option("--format", help="json or csv.")] = "json",
    out_file: Annotated[
        Path | None, typer.Option("--out", help="File to write; by default NUMBER.FORMAT.")
    ] = None,
    home: HomeOption = DEFAULT,
) -> None:
    """Write a draft to a file."""
    if form not in ("json", "csv"):
        raise typer.BadParameter(f"{form!r} is neither 'json' nor 'csv'", param_hint="--format")
    opened = services(home)
    order = opened.work_orders.get(LOCAL, number)
    marks = opened.recalls.of_order(LOCAL, order)
    chosen: ExportFormat = "csv" if form == "csv" else "json"
    path = out_file or Path(f"{order.number}.{form}")
    opened.audit.note(LOCAL, "order exported", order.number, form=form, version=order.version)
    try:
        path.write_bytes(export(order, chosen, marks))
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}. Choose another file with --out.")
    out.print(f"Wrote {path}", markup=False, highlight=False)
    for mark in marks:
        out.print(printable(mark), style="red", markup=False, highlight=False, soft_wrap=True)


def _print_order(opened: Services, order: WorkOrder, *, json_output: bool) -> None:
    marks = opened.recalls.of_order(LOCAL, order)
    if json_output:
        typer.echo(export(order, "json", marks).decode())
    else:
        out.print(order_text(order, marks), markup=False, highlight=False, soft_wrap=True)
