"""A server of an OpenAI-compatible model as a process that a test may kill or freeze.

It says a JSON answer piece by piece. ``python -m tests.llm_process PORT [PIECES]``: after so many
pieces it waits for ever, as a model that hangs.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

ANSWER = ('{"answerable":true,', '"causes":["C",', '"A"],', '"check":"A"}')
_START_LIMIT_S = 60.0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # in chunks, as real servers stream: an end that is none shows
    pieces = len(ANSWER)

    def do_GET(self) -> None:
        body = b'{"object": "list", "data": [{"id": "m", "max_model_len": 8192}]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in ANSWER[: self.pieces]:
            self._say({"delta": {"role": "assistant", "content": piece}})
        while self.pieces < len(ANSWER):
            time.sleep(3600)
        self._say({"delta": {}, "finish_reason": "stop"})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _say(self, choice: dict[str, object]) -> None:
        data = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        event = {**data, "choices": [{"index": 0, **choice}]}
        self._chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, body: bytes) -> None:
        self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def llm_process(port: int = 0, pieces: int = len(ANSWER)) -> Iterator[tuple[str, int]]:
    """Run a server until the block ends; yields its address and process id."""
    port = port or free_port()
    command = [sys.executable, "-m", "tests.llm_process", str(port), str(pieces)]
    process = subprocess.Popen(command)
    try:
        until = time.monotonic() + _START_LIMIT_S
        while True:
            assert process.poll() is None, "the server ended"
            try:
                httpx.get(f"http://127.0.0.1:{port}/v1/models", trust_env=False)
                break
            except httpx.TransportError:
                assert time.monotonic() < until, "the server does not listen"
                time.sleep(0.05)  # nothing tells when it listens
        yield f"http://127.0.0.1:{port}/v1", process.pid
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    _Handler.pieces = int(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Handler).serve_forever()
