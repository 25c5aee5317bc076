"""The command line. Each module adds its commands to one Typer app."""

from __future__ import annotations

import logging
import sys

from assistant.errors import AssistantError
from assistant.redaction import remove_secrets
from index.errors import KnowledgeError
from ingest.errors import IngestError
from ui.cli import (
    answers,
    assets,
    audit,
    brief,
    dictionary,
    documents,
    evaluate,
    exclusions,
    experts,
    ingest,
    knowledge,
    models,
    orders,
    plant,
    prompts,
    serve,
    stats,
    ticket_sources,
    tickets,
    tokens,
    users,
)
from ui.cli.console import app, fail
from ui.log_redaction import install

# Imported for their commands.
_MODULES = (
    ingest,
    assets,
    dictionary,
    tickets,
    ticket_sources,
    exclusions,
    plant,
    documents,
    knowledge,
    answers,
    orders,
    brief,
    evaluate,
    models,
    prompts,
    audit,
    users,
    tokens,
    experts,
    stats,
    serve,
)


def main() -> None:
    """Run a command: exit code 0 if it did what was asked, 1 if not, 2 for wrong usage."""
    install()
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s"
    )
    try:
        app()
    except (AssistantError, IngestError, KnowledgeError) as error:
        fail(remove_secrets(str(error)))
