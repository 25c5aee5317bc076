"""The command line. Each module adds its commands to one Typer app."""

from __future__ import annotations

import logging
import sys

from assistant.errors import AssistantError
from index.errors import KnowledgeError
from ingest.errors import IngestError
from ui.cli import (
    answers,
    assets,
    dictionary,
    documents,
    evaluate,
    ingest,
    knowledge,
    models,
    orders,
    serve,
    ticket_sources,
    tickets,
)
from ui.cli.console import app, fail

# Imported for their commands.
_MODULES = (
    ingest,
    assets,
    dictionary,
    tickets,
    ticket_sources,
    documents,
    knowledge,
    answers,
    orders,
    evaluate,
    models,
    serve,
)


def main() -> None:
    """Run a command: exit code 0 if it did what was asked, 1 if not, 2 for wrong usage."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s"
    )
    try:
        app()
    except (AssistantError, IngestError, KnowledgeError) as error:
        fail(str(error))
