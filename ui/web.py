"""The web application: our own routes, with Gradio mounted beside them."""

from __future__ import annotations

import os
from importlib.resources import files
from typing import Annotated

import gradio as gr
from fastapi import FastAPI, HTTPException, Query, Response
from pypdfium2 import PdfiumError
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from assistant.errors import RecordNotFound
from assistant.export import ExportFormat, export
from index.access import LOCAL
from ingest.errors import UnreadableDocument
from ingest.readers.image_file import IMAGE_ENDINGS
from ui.app import THEME, build_app
from ui.pages import page_picture, parse_marks
from ui.wiring import Services

_FOREIGN = "Faultbook answers its own pages only, and no page of another site."
_MAX_UPLOAD = "200mb"
_MEDIA = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


class OwnPagesOnly:
    """ASGI middleware that refuses what a page of another site asks for.

    Gradio's own guard knows some names of this machine only, and uploads have none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403."""
        if scope["type"] not in ("http", "websocket") or not _is_foreign(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, _FOREIGN)(scope, receive, send)
        else:
            await PlainTextResponse(_FOREIGN, 403)(scope, receive, send)


def _is_foreign(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    host = headers.get("host", "").lower()
    own = (f"http://{host}", f"https://{host}")
    if any(origin.lower() not in own for origin in headers.getlist("origin")):
        return True
    if headers.get("sec-fetch-site") != "cross-site":
        return False
    is_link = (  # somebody followed a link to here, which no frame of the other site shows
        scope.get("method") == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest", "document") == "document"
    )
    return not is_link


def build_web(services: Services, host: str = "127.0.0.1") -> FastAPI:
    """Return the application; nothing is served and no model is loaded yet.

    It answers requests for ``host``, written as in an address, and for this machine's usual names.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    uploads = services.home.cache / "uploads"
    uploads.mkdir(exist_ok=True)
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)
    web = FastAPI(title="Faultbook", docs_url=None, redoc_url=None, openapi_url=None)
    web.add_middleware(OwnPagesOnly)
    # A page elsewhere must not reach this server under a name of its own (DNS rebinding).
    names = [host, "127.0.0.1", "localhost", "[::1]"]
    web.add_middleware(TrustedHostMiddleware, allowed_hosts=names)
    _add_routes(web, services)
    gr.mount_gradio_app(
        web,
        build_app(services),
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size=_MAX_UPLOAD,
        theme=THEME,
        css=_static("app.css"),
        head=f"<script>{_static('app.js')}</script>",
    )
    return web


def _add_routes(web: FastAPI, services: Services) -> None:
    @web.get("/healthz")
    def healthz() -> dict[str, object]:
        """Tell that the server runs and what it knows."""
        return {"status": "ok", "change": services.catalog.sequence()}

    @web.get("/pages/{content_hash}/{page}.png")
    def page(
        content_hash: str, page: int, marks: Annotated[str, Query(max_length=4000)] = ""
    ) -> Response:
        """A page of a document that the principal may see."""
        document = services.catalog.visible_content(LOCAL, content_hash)
        if document is None or not document.original.endswith((".pdf", *IMAGE_ENDINGS)):
            raise HTTPException(404, "There is no such page.")
        try:
            picture = page_picture(
                services.home.originals / document.original, page, parse_marks(marks)
            )
        except (IndexError, ValueError, OSError, PdfiumError, UnreadableDocument) as error:
            raise HTTPException(404, "There is no such page.") from error
        headers = {
            "Cache-Control": "private, no-cache",  # who may see it may change
            "X-Page-Height": f"{picture.height:.2f}",  # in points, to find the cited passage
        }
        return Response(picture.png, media_type="image/png", headers=headers)

    @web.get("/work-orders/{number}.{form}")
    def work_order(number: str, form: str) -> Response:
        """A work order of the principal as a file."""
        if form not in _MEDIA:
            raise HTTPException(404, "Work orders are exported as json or csv.")
        chosen: ExportFormat = "csv" if form == "csv" else "json"
        try:
            order = services.work_orders.get(LOCAL, number)
        except RecordNotFound as error:
            raise HTTPException(404, str(error)) from error
        headers = {"Content-Disposition": f'attachment; filename="{order.number}.{form}"'}
        content = export(order, chosen, services.recalls.of_order(order))
        return Response(content, media_type=_MEDIA[form], headers=headers)


def _static(name: str) -> str:
    return files("ui").joinpath("static", name).read_text(encoding="utf-8")
