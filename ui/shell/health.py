"""Whether the server is alive, and whether it can answer."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from assistant.redaction import remove_secrets
from index.errors import KnowledgeError
from ui.identity import NotSignedIn, principal_of
from ui.wiring import Services

logger = logging.getLogger(__name__)


def add_routes(web: FastAPI, services: Services) -> None:
    """Add ``/healthz`` and ``/readyz``. Who may administer reads there what is not ready."""

    @web.get("/healthz")
    def healthz() -> dict[str, str]:
        """Tell that the server runs."""
        return {"status": "ok"}

    @web.get("/readyz")
    def readyz(request: Request) -> JSONResponse:
        """Tell whether questions can be answered; the language model may come later."""
        parts = {"database": _database(services), "search": _search(services)}
        is_ready = all(state == "ready" for state in parts.values())
        told = {"status": "ready" if is_ready else "not ready"}
        try:
            if principal_of(services, request).may("administer"):
                told |= parts | {"language model": _model(services)} | _prompts(services)
        except NotSignedIn:
            pass  # it is told to everybody whether, and to some what
        except SQLAlchemyError:
            pass  # then nobody can be known
        return JSONResponse(told, 200 if is_ready else 503)


def _database(services: Services) -> str:
    try:
        services.catalog.sequence()
        services.sessions.find("x")
    except (SQLAlchemyError, OSError) as error:
        logger.error("the database does not answer: %s", error)
        return "does not answer"
    return "ready"


def _search(services: Services) -> str:
    try:
        _ = services.retriever
    except (KnowledgeError, SQLAlchemyError, OSError) as error:
        logger.error("search is not ready: %s", error)
        return f"not ready: {error}"
    return "ready"


def _model(services: Services) -> str:
    health, why = services.model_slot.health
    if health in ("failing", "trying"):
        return f"{health}: {remove_secrets(why)}"
    return why or "ready"


def _prompts(services: Services) -> dict[str, str]:
    """Overrides that are not used, and why."""
    unused = (s for s in services.prompts.states() if s.use not in ("shipped", "override"))
    return {f"prompt {state.name}": state.reason for state in unused}
