"""The API as an application of its own, below /api/v1 of the web application."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.routing import Mount

from ui.api import (
    accounts,
    audit,
    briefs,
    conversations,
    curation,
    documents,
    events,
    experts,
    figures,
    health,
    intake,
    orders,
    own,
    saved_figures,
    search,
    tickets,
    turns,
    uploads,
)
from ui.api.callers import Reader
from ui.api.docs_page import docs_page, style_hash
from ui.api.errors import add_handlers
from ui.api.guard import Guard
from ui.api.problems import EVERYWHERE, SCHEMA
from ui.identity import API_ROOT
from ui.wiring import Services

_SIGNED_IN = (
    turns,
    events,
    conversations,
    search,
    documents,
    uploads,
    intake,
    curation,
    tickets,
    orders,
    experts,
    saved_figures,
    figures,
    briefs,
    own,
    accounts,
    audit,
)
_ABOUT = (
    "Maintenance answers from the plant's own manuals and fault history. Sign in with a token "
    "(`Authorization: Bearer fb_...`) or with the cookie of a session. What is not there and what "
    "you may not see give the same 404. Problems are RFC 9457 `application/problem+json`."
)


def add_api(web: FastAPI, services: Services) -> None:
    """Put the API into the web application, before what takes every other path."""
    web.mount(API_ROOT, build_api(services), name="api")
    (mount,) = (each for each in web.routes if isinstance(each, Mount) and each.path == API_ROOT)
    # A path with a line break is the API's to refuse as well.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)


def build_api(services: Services) -> FastAPI:
    """Return the API; nothing is opened yet."""
    api = FastAPI(
        title="Faultbook",
        version=version("faultbook"),
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    api.state.services = services
    api.add_middleware(Guard, uploads="/documents")
    add_handlers(api)
    for module in _SIGNED_IN:
        api.include_router(module.router, responses=EVERYWHERE)
    api.include_router(health.router)
    _add_description(api)
    return api


def _add_description(api: FastAPI) -> None:
    @api.get("/openapi.json", include_in_schema=False)
    def openapi(_caller: Reader) -> JSONResponse:
        """The OpenAPI document."""
        return JSONResponse(describe(api))

    @api.get("/docs", include_in_schema=False)
    def docs(_caller: Reader) -> HTMLResponse:
        """The same as a page to read."""
        policy = f"default-src 'none'; style-src 'sha256-{style_hash()}'; frame-ancestors 'none'"
        return HTMLResponse(docs_page(describe(api)), headers={"Content-Security-Policy": policy})


def describe(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the API."""
    if api.openapi_schema is None:
        document = get_openapi(
            title=api.title,
            version=api.version,
            description=api.description,
            routes=api.routes,
            servers=[{"url": API_ROOT}],
        )
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = SCHEMA
        components["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "an API token"},
            "session": {"type": "apiKey", "in": "cookie", "name": "faultbook"},
        }
        for path, item in document["paths"].items():
            for operation in item.values():
                is_open = path in ("/health", "/ready")
                operation["security"] = [] if is_open else [{"token": []}, {"session": []}]
        api.openapi_schema = document
    return api.openapi_schema
