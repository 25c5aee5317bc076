"""A small web interface on this machine that serves tickets, page after page."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class TicketServer:
    """Serves ``items`` two a page at ``/tasks/`` to who has the token; ``fails`` answers 503."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.fails = False
        self.asked: list[str] = []
        self.address = ""

    def answer(self, path: str, token: str | None) -> tuple[int, Any]:
        self.asked.append(path)
        if self.fails:
            return 503, {}
        if token != "Token secret":
            return 401, {}
        query = parse_qs(urlsplit(path).query)
        start = int(query.get("page", ["0"])[0])
        page = self.items[start : start + 2]
        more = f"{self.address}/tasks/?page={start + 2}" if start + 2 < len(self.items) else None
        return 200, {"count": len(self.items), "next": more, "results": page}


@contextmanager
def ticket_server() -> Iterator[TicketServer]:
    """Run a server until the block is left."""
    state = TicketServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = state.answer(self.path, self.headers.get("Authorization"))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    worker = threading.Thread(target=server.serve_forever)
    worker.start()
    try:
        yield state
    finally:
        server.shutdown()
        worker.join()
        server.server_close()
