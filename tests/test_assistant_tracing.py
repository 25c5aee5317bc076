"""Traces go where they may and nowhere else, and only where they are wanted."""

from __future__ import annotations

import gzip
import importlib.util
import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assistant.answering import Assistant
from assistant.egress import EgressSettings
from assistant.errors import AuditFailed
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.slot import ModelSlot
from assistant.question import Ask
from assistant.tracing import Tracer, TracingRefused, TracingServer, open_tracing
from index.access import LOCAL
from tests.components import missing
from tests.conftest import Plant

LONG_S = 60.0
REPLY = json.dumps({"answerable": True, "causes": ["C", "A"], "check": "none"})
AWAY = TracingServer(url="https://traces.example/api")


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes], threading.Event]]:
    """A server that takes whatever it is sent and keeps it."""
    bodies: list[bytes] = []
    got = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._done(b"{}")

        def do_POST(self) -> None:
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
            else:
                body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            elif self.headers.get("Content-Encoding") == "deflate":
                body = zlib.decompress(body)
            bodies.append(body)
            if b"technician" in body:
                got.set()
            self._done(b"{}")

        def _done(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", bodies, got
    server.shutdown()
    server.server_close()
    thread.join()


def traced(plant: Plant, callbacks: list[Any]) -> Assistant:
    model = ScriptedChatModel(replies=[REPLY], callbacks=callbacks)
    return plant.assistant(ModelSlot.filled(model, "scripted", writes_notes=False))


@pytest.mark.parametrize("tracer", ["langsmith", "langfuse"])
def test_a_server_on_this_machine_gets_prompt_and_answer(
    plant: Plant, collector: tuple[str, list[bytes], threading.Event], tracer: Tracer
) -> None:
    if tracer == "langfuse" and importlib.util.find_spec("langfuse") is None:
        missing("The package langfuse", "Install it: pip install 'faultbook[langfuse]'.")
    url, bodies, got = collector
    server = TracingServer(url=url, public_key="pk", key="sk")  # type: ignore[arg-type]
    callbacks = open_tracing(tracer, server, EgressSettings())
    answer = traced(plant, list(callbacks)).ask(Ask("E-217 on PR-02"), LOCAL)
    assert not answer.is_degraded
    if tracer == "langfuse":
        from langfuse import get_client

        get_client(public_key="pk").flush()
    assert got.wait(LONG_S)
    if tracer == "langfuse":
        get_client(public_key="pk").shutdown()
    everything = b"".join(bodies)
    assert b"Cooler C1 blocked by dust" in everything


def test_off_is_off_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    assert open_tracing("off", AWAY, EgressSettings()) == []


@pytest.mark.parametrize("tracer", ["langsmith", "langfuse"])
@pytest.mark.parametrize("server", [AWAY, TracingServer()])
def test_a_host_that_the_rules_do_not_name_is_refused(
    tracer: Tracer, server: TracingServer
) -> None:
    with pytest.raises(TracingRefused, match=r"'egress\.traces'"):
        open_tracing(tracer, server, EgressSettings())


@pytest.mark.parametrize(
    "rules",
    [
        {"tickets": False},
        {"manuals": False},
        {"question": False},
        {"sites": {"Plant South": {"tickets": False}}},
    ],
)
def test_a_rule_of_any_site_that_forbids_something_forbids_traces(rules: dict[str, Any]) -> None:
    settings = EgressSettings(traces=("Traces.Example",), **rules)
    with pytest.raises(TracingRefused, match="keeps text from leaving"):
        open_tracing("langsmith", AWAY, settings)


def test_a_named_host_needs_an_audit_log_and_stand_ins() -> None:
    settings = EgressSettings(traces=("traces.example",))
    with pytest.raises(TracingRefused, match="audit log"):
        open_tracing("langsmith", AWAY, settings)


def test_a_trace_that_cannot_be_logged_is_not_sent_and_the_evidence_stays(plant: Plant) -> None:
    class FullDisk:
        def note(self, *_: Any, **__: Any) -> None:
            raise AuditFailed("The audit log cannot be written.")

    audit: Any = FullDisk()
    settings = EgressSettings(traces=("traces.example",), pseudonyms=False)
    callbacks = open_tracing("langsmith", AWAY, settings, audit=audit)
    answer = traced(plant, list(callbacks)).ask(Ask("E-217 on PR-02"), LOCAL)
    assert "audit log cannot be written" in answer.degraded_reason
    assert answer.causes  # and conftest lets no test talk to another machine
