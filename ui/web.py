"""The web application: our own routes, with Gradio mounted beside them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.resources import files
from typing import Annotated

import gradio as gr
from fastapi import FastAPI, HTTPException, Query, Request, Response
from pypdfium2 import PdfiumError
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from assistant.export import ExportFormat, export
from ingest.errors import UnreadableDocument
from ingest.readers.image_file import IMAGE_ENDINGS
from ui import handovers, past_tickets, single_sign_on
from ui.api.app import add_api
from ui.app import THEME, build_app
from ui.figures import files as figure_files
from ui.identity import is_of_programs, principal_of
from ui.pages import page_picture, parse_marks
from ui.shell import health, password_change, refusals, signing
from ui.shell.bodies import SMALL, UPLOAD, BodyLimit
from ui.shell.door import SignedInOnly
from ui.shell.gradio_gate import UPLOAD_PATH, GradioGate
from ui.shell.headers import SecurityHeaders
from ui.shell.origin import OwnPagesOnly
from ui.shell.transport import SecureOnly
from ui.wiring import Services

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_MAX_UPLOAD = "200mb"
_SCRIPT = "/shell/app.js"
_SCRIPTS = ("session.js", "account.js", "app.js", "past_ticket.js", "upload.js", "figures.js")
_MEDIA = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def build_web(
    services: Services,
    host: str = "127.0.0.1",
    *,
    names: Sequence[str] = (),
    is_public: bool = False,
) -> FastAPI:
    """Return the application; nothing is served and no model is loaded yet.

    Args:
        services: what it serves.
        host: the address that it listens on, written as in an address.
        names: more names under which it is asked for, such as that of the machine.
        is_public: whether others than this machine reach it; they are answered over HTTPS only.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    uploads = services.home.cache / "uploads"
    uploads.mkdir(exist_ok=True)
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)
    web = FastAPI(title="Faultbook", docs_url=None, redoc_url=None, openapi_url=None)
    # What was added last sees a request first.
    web.add_middleware(BodyLimit, limit_of=_limit_of)
    web.add_middleware(SignedInOnly, services=services)
    web.add_middleware(OwnPagesOnly)
    if is_public:
        web.add_middleware(SecureOnly)
    # A page elsewhere must not reach this server under a name of its own (DNS rebinding).
    web.add_middleware(TrustedHostMiddleware, allowed_hosts=[host, *LOOPBACK_NAMES, *names])
    web.add_middleware(SecurityHeaders)
    refusals.add_handlers(web)
    health.add_routes(web, services)
    single_sign_on.add_routes(web, services)
    signing.add_routes(web, services, single_sign_on.provider_of(services))
    password_change.add_routes(web, services)
    _add_routes(web, services)
    handovers.add_routes(web, services)
    past_tickets.add_routes(web, services)
    figure_files.add_routes(web, services)
    add_api(web, services)
    _mount_gradio(web, services)
    return web


def _limit_of(path: str) -> int:
    # The API counts what is no upload itself, and says so in its own words.
    return UPLOAD if path == UPLOAD_PATH or is_of_programs(path) else SMALL


def _mount_gradio(web: FastAPI, services: Services) -> None:
    app = build_app(services)
    gr.mount_gradio_app(
        web,
        app,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size=_MAX_UPLOAD,
        theme=THEME,
        css=_static("app.css"),
        head=f'<script src="{_SCRIPT}"></script>',
    )
    (mount,) = (route for route in web.routes if isinstance(route, Mount) and route.path == "")
    mount.app = GradioGate(mount.app, app, services)


def _add_routes(web: FastAPI, services: Services) -> None:
    @web.get(_SCRIPT)
    def script() -> Response:
        """The script of the app's page."""
        text = "\n".join(_static(name) for name in _SCRIPTS)
        headers = {"Cache-Control": "private, no-cache"}
        return Response(text, media_type="text/javascript", headers=headers)

    @web.get("/pages/{content_hash}/{page}.png")
    def page(
        request: Request,
        content_hash: str,
        page: int,
        marks: Annotated[str, Query(max_length=4000)] = "",
    ) -> Response:
        """A page of a document that the principal may see."""
        document = services.catalog.visible_content(principal_of(services, request), content_hash)
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
    def work_order(request: Request, number: str, form: str) -> Response:
        """A work order of the principal as a file."""
        principal = principal_of(services, request)
        if form not in _MEDIA:
            raise HTTPException(404, "Work orders are exported as json or csv.")
        chosen: ExportFormat = "csv" if form == "csv" else "json"
        order = services.work_orders.get(principal, number)
        headers = {"Content-Disposition": f'attachment; filename="{order.number}.{form}"'}
        services.audit.note(principal, "order exported", order.number, form=form)
        content = export(order, chosen, services.recalls.of_order(principal, order))
        return Response(content, media_type=_MEDIA[form], headers=headers)


def _static(name: str) -> str:
    return files("ui").joinpath("static", name).read_text(encoding="utf-8")
