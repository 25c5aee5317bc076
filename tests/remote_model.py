"""A server that speaks as an OpenAI-compatible language model and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Say = Callable[[str], dict[str, Any]]
"""From the prompt to the JSON that the model answers."""


@dataclass
class RemoteModel:
    """The server's address, and the bodies and headers of all requests so far."""

    address: str
    bodies: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    @property
    def prompts(self) -> list[str]:
        """The text of each prompt."""
        return [
            "\n".join(message["content"] for message in json.loads(body)["messages"])
            for body in self.bodies
        ]


@contextmanager
def remote_model(say: Say, status: int = 200, location: str = "") -> Iterator[RemoteModel]:
    """Serve on loopback until the block ends; another status is answered to every request."""
    model = RemoteModel("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            model.bodies.append(body)
            model.headers.append(str(self.headers))
            if status != 200:
                self._send(status, b'{"error": {"message": "refused: ' + self._key() + b'"}}')
                return
            prompt = "\n".join(message["content"] for message in json.loads(body)["messages"])
            text = json.dumps(say(prompt))
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            delta = {"index": 0, "delta": {"role": "assistant", "content": text}}
            end = {"index": 0, "delta": {}, "finish_reason": "stop"}
            events = [{**chunk, "choices": [delta]}, {**chunk, "choices": [end]}]
            stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
            self._send(200, f"{stream}data: [DONE]\n\n".encode(), "text/event-stream")

        def _key(self) -> bytes:
            return str(self.headers.get("Authorization", "")).encode()

        def _send(self, code: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(code)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    model.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
