"""The group of the commands that measure."""

from __future__ import annotations

import typer

from ui.cli.console import app

evaluate_app = typer.Typer(no_args_is_help=True, help="Measure retrieval and answers.")
app.add_typer(evaluate_app, name="evaluate")
