"""Commands for draft work orders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.answering import Ask, check_question
from assistant.export import ExportFormat, export
from assistant.messages import AnswerReady
from index.access import LOCAL
from ui.cli.console import (
    DEFAULT,
    AssetOption,
    HomeOption,
    JsonOption,
    app,
    fail,
    out,
    print_json,
    print_table,
    services,
)
from ui.plain import order_text

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
    if json_output:
        print_json(order)
    else:
        out.print(order_text(order), markup=False, highlight=False, soft_wrap=True)


@orders_app.command("list")
def list_orders(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the drafts, newest first."""
    orders = list(services(home).work_orders.list(LOCAL))
    if json_output:
        print_json(orders)
        return
    rows = [(o.number, o.version, o.asset or "", o.priority, o.title) for o in orders]
    print_table("Work orders", ("number", "version", "asset", "priority", "title"), rows)


@orders_app.command("show")
def show(
    number: Annotated[str, typer.Argument(help="Number of the work order.")],
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Show a draft."""
    order = services(home).work_orders.get(LOCAL, number)
    if json_output:
        print_json(order)
    else:
        out.print(order_text(order), markup=False, highlight=False, soft_wrap=True)


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
    order = services(home).work_orders.get(LOCAL, number)
    chosen: ExportFormat = "csv" if form == "csv" else "json"
    path = out_file or Path(f"{order.number}.{form}")
    try:
        path.write_bytes(export(order, chosen))
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}. Choose another file with --out.")
    out.print(f"Wrote {path}", markup=False, highlight=False)
