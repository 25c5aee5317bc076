"""Whether the server lives and can answer; nobody needs to be signed in for this."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from fastapi import APIRouter, Request

from ui.api.problems import problems
from ui.schemas import Schema
from ui.wiring import Services

router = APIRouter(tags=["health"])


class HealthOut(Schema):
    """The server lives."""

    status: Literal["ok"] = "ok"


class ReadyOut(Schema):
    """The server can answer."""

    status: Literal["ready"] = "ready"


@router.get("/health", operation_id="getHealth", summary="Whether the server lives")
def health() -> HealthOut:
    """Touches nothing."""
    return HealthOut()


@router.get(
    "/ready",
    operation_id="getReady",
    summary="Whether the server can answer",
    responses=problems(503),
)
def ready(request: Request) -> ReadyOut:
    """503 while a database cannot be read."""
    services: Services = request.app.state.services
    services.catalog.sequence()
    with services.records.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1 FROM conversation LIMIT 1"))
    return ReadyOut()
