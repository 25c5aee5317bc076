"""What every language model must do, whatever is behind it.

The local models enforce a schema while they generate. ``transformers serve`` ignores
``response_format``, and the scripted model says what it was told to: of these two, what they say
is parsed only, so rubbish must surface as an error and never as an object.
"""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import ToolMessage
from pydantic import BaseModel, ConfigDict, Field

from assistant.answering import Assistant
from assistant.diagnosis import Diagnosis
from assistant.errors import GenerationFailed, PromptTooLong
from assistant.llm.choice import ModelSettings, ModelSlot, choose, load
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.structured import stream_json
from assistant.llm.window import Windowed
from assistant.messages import Answer, Cause
from assistant.question import Ask
from index.access import LOCAL
from tests.components import missing
from tests.conftest import Plant
from tests.tiny_chat_model import make_chat_model

LIMIT_S = 120.0  # a test fails after it; nothing is measured
QUESTION = "What does a relief valve do? Say it in one sentence."
MESSAGES = [("system", "You help."), ("user", QUESTION)]


class Pick(BaseModel):
    """A bounded object."""

    model_config = ConfigDict(extra="forbid")

    letter: Literal["A", "B"]
    is_sure: bool
    others: list[Literal["A", "B", "C"]] = Field(min_length=1, max_length=2)
    note: str = Field(max_length=12)


PICK = Pick(letter="B", is_sure=True, others=["A"], note="hot oil")
CAUSES = tuple(
    Cause(text=text, remedy="Clean it", symptom="Oil hot", marker=1) for text in ("Dust", "Fan")
)


@dataclass(frozen=True)
class Backend:
    """A model with what may be asked of it."""

    model: BaseChatModel
    enforces_schema: bool
    keeps_stop: bool = False
    """Whether the token that ends a stop sequence is part of the text (``transformers serve``)."""

    @cached_property
    def brief(self) -> BaseChatModel:
        """The model with short answers: what is promised of one holds for any length."""
        if isinstance(self.model, ScriptedChatModel):
            return self.model
        return self.model.model_copy(update={"max_tokens": 16})

    @cached_property
    def whole(self) -> str:
        """The short answer to the question, asked once."""
        return self.brief.invoke(MESSAGES).text

    def saying(self, text: str) -> BaseChatModel:
        """The model; a scripted one is told what to say."""
        if isinstance(self.model, ScriptedChatModel):
            return ScriptedChatModel(replies=[text])
        return self.model


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_chat_model(tmp_path_factory.mktemp("tiny") / "tiny-chat")


@pytest.fixture(scope="session")
def scripted() -> Backend:
    model = ScriptedChatModel(replies=["It opens when the pressure is too high."])
    return Backend(model, enforces_schema=False)


@pytest.fixture(scope="session")
def transformers(tiny: Path) -> Backend:
    from assistant.llm.huggingface import ChatTransformers

    model = ChatTransformers(model=str(tiny), device="cpu", max_tokens=48)
    return Backend(model, enforces_schema=True)


@pytest.fixture(scope="session")
def openvino(models: Path) -> Backend:
    from assistant.llm.openvino import QWEN, load_qwen

    model = load_qwen(models / QWEN.name)
    model.max_tokens = 48
    return Backend(model, enforces_schema=True)


@pytest.fixture(scope="session")
def server(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """``transformers serve`` on loopback over the tiny model."""
    if importlib.util.find_spec("accelerate") is None:
        missing("The package accelerate", "Install it: 'transformers serve' loads models with it.")
    port = _free_port()
    program = "from transformers.cli.transformers import main; main()"
    address = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    log = tmp_path_factory.mktemp("serve") / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", program, "serve", *address, str(tiny)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"HF_HUB_OFFLINE": "1"},
        )
    try:
        _wait_until_healthy(process, port, log)
        settings = ModelSettings(
            backend="server", model=str(tiny), base_url=f"http://127.0.0.1:{port}/v1"
        )
        model = load(choose(settings, tiny), settings, tiny)
        model.max_tokens = 48  # type: ignore[attr-defined]
        yield Backend(model, enforces_schema=False, keeps_stop=True)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)  # nothing tells when it listens
    raise AssertionError(log.read_text())


OPENVINO = pytest.param("openvino", marks=pytest.mark.model)
ENFORCING = ["transformers", OPENVINO]
BACKENDS = ["scripted", "server", *ENFORCING]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    found: Backend = request.getfixturevalue(request.param)
    return found


def test_a_question_is_answered_with_text(backend: Backend) -> None:
    assert isinstance(backend.whole, str)
    assert backend.whole


def test_the_pieces_of_a_stream_are_the_answer(backend: Backend) -> None:
    pieces = [piece.text for piece in backend.brief.stream(MESSAGES)]
    assert "".join(pieces) == backend.whole
    assert sum(bool(piece) for piece in pieces) > 1


def test_the_answer_ends_before_a_stop_sequence(backend: Backend) -> None:
    whole = backend.whole
    stop = whole[len(whole) // 2 :][:3]
    before = whole[: whole.index(stop)]
    invoked = backend.brief.invoke(MESSAGES, stop=[stop]).text
    streamed = "".join(piece.text for piece in backend.brief.stream(MESSAGES, stop=[stop]))
    if backend.keeps_stop:
        assert whole.startswith(invoked)
        assert streamed == invoked
        assert len(before + stop) <= len(invoked) < len(whole)
    else:
        assert invoked == streamed == before


def test_a_schema_gives_an_object_or_an_error_but_no_wrong_object(backend: Backend) -> None:
    schema = Pick.model_json_schema()
    model = backend.saying(PICK.model_dump_json())
    structured = model.with_structured_output(Pick)
    from_schema = model.with_structured_output(schema)
    if isinstance(model, ScriptedChatModel):
        assert structured.invoke(MESSAGES) == PICK
        assert from_schema.invoke(MESSAGES) == PICK.model_dump()
    elif backend.enforces_schema:
        assert isinstance(structured.invoke(MESSAGES), Pick)
        Pick.model_validate(from_schema.invoke(MESSAGES))
    else:
        for runnable in (structured, from_schema):
            with pytest.raises(Exception, match=r"(?i)parse|json|length"):
                runnable.invoke(MESSAGES)


@pytest.mark.parametrize("rubbish", ["It is hot.", '{"letter":"B","is_sure":tr', '{"letter":"Z"}'])
def test_rubbish_is_an_error_and_not_an_object(rubbish: str) -> None:
    model = ScriptedChatModel(replies=[rubbish])
    with pytest.raises(OutputParserException):
        model.with_structured_output(Pick).invoke(MESSAGES)
    raw = model.with_structured_output(Pick, include_raw=True).invoke(MESSAGES)
    assert isinstance(raw, dict)
    assert raw["parsed"] is None
    assert isinstance(raw["parsing_error"], OutputParserException)
    assert raw["raw"].text == rubbish


@pytest.mark.parametrize("rubbish", ["It is hot.", '{"letter":"B","is_sure":tr', ""])
def test_json_that_was_cut_is_not_completed(rubbish: str) -> None:
    model = ScriptedChatModel(replies=[rubbish or " "])
    with pytest.raises(OutputParserException):
        model.with_structured_output(Pick.model_json_schema()).invoke(MESSAGES)


@pytest.mark.parametrize("notes", [True, False])
def test_a_diagnosis_points_at_causes_or_fails(backend: Backend, notes: bool) -> None:
    pointer: Any = {"id": "B", "note": ""} if notes else "B"
    said = {"answerable": True, "causes": [pointer], "check": "none", "missing": ""}
    model = backend.saying(json.dumps(said))
    if hasattr(model, "max_tokens") and backend.enforces_schema:
        model = model.model_copy(update={"max_tokens": 400})
    subject = Diagnosis("Oil is hot", "HP-40", CAUSES, [], notes)

    def run() -> list[Cause]:
        return list(subject.run(model, first_token_s=LIMIT_S, next_token_s=LIMIT_S))

    if backend.enforces_schema or isinstance(model, ScriptedChatModel):
        named = run()
        assert {cause.text for cause in named} <= {"Dust", "Fan"}
        assert subject.closing is not None
        assert len(subject.ranked(named)) == 2
    else:
        with pytest.raises(GenerationFailed):
            run()


@pytest.mark.parametrize("backend", ENFORCING, indirect=True)
def test_constrained_json_is_compact_and_comes_in_pieces(backend: Backend) -> None:
    limits = {"first_token_s": LIMIT_S, "next_token_s": LIMIT_S}
    pieces = list(stream_json(backend.model, MESSAGES, Pick.model_json_schema(), **limits))
    text = "".join(pieces)
    pick = Pick.model_validate_json(text)
    assert text == json.dumps(pick.model_dump(), separators=(",", ":"), ensure_ascii=False)
    assert sum(bool(piece) for piece in pieces) > 1


@pytest.mark.parametrize("backend", BACKENDS[1:], indirect=True)
def test_closing_a_stream_stops_the_generation(backend: Backend) -> None:
    """An answer without an end would keep the model busy for longer than the test may take."""
    endless = backend.model.model_copy(update={"max_tokens": 1_000_000})
    stream = endless.stream([("user", "Count from 1 to 100000.")])
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert _in_time(lambda: backend.brief.invoke(MESSAGES).text)


def test_two_questions_at_once_both_get_their_answer(backend: Backend) -> None:
    alone = [backend.brief.invoke(text).text for text in ("Hello!", "Good bye!")]
    together: dict[str, str] = {}

    def ask(text: str) -> None:
        together[text] = "".join(piece.text for piece in backend.brief.stream(text))

    threads = [threading.Thread(target=ask, args=(t,)) for t in ("Hello!", "Good bye!")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
    # On some processors a batch adds up in another order than one alone: a near tie may then end an
    # answer earlier. The answer of the other question it never is.
    for own, other in zip((together["Hello!"], together["Good bye!"]), alone, strict=True):
        assert own
        assert own.startswith(other) or other.startswith(own)


def test_every_model_knows_its_window_and_counts_tokens(backend: Backend) -> None:
    model = backend.model
    assert isinstance(model, Windowed)
    assert model.window() >= 4096
    few, many = model.count_tokens("hot oil"), model.count_tokens("hot oil " * 50)
    assert 0 < few < many <= 50 * 9


@pytest.mark.parametrize("backend", ENFORCING, indirect=True)
def test_a_prompt_longer_than_the_window_is_an_error_of_its_own(backend: Backend) -> None:
    model = backend.model
    assert isinstance(model, Windowed)
    messages = [("user", "hot oil " * model.window())]
    limits = {"first_token_s": LIMIT_S, "next_token_s": LIMIT_S}
    with pytest.raises(PromptTooLong, match="too long"):
        list(stream_json(backend.model, messages, Pick.model_json_schema(), **limits))


@pytest.mark.parametrize("backend", ["transformers"], indirect=True)
def test_a_message_that_the_model_cannot_take_is_an_error(backend: Backend) -> None:
    with pytest.raises(ValueError, match="'tool'"):
        backend.model.invoke([ToolMessage("x", tool_call_id="1")])


def _in_time(do: Callable[[], Any]) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(do()), daemon=True)
    thread.start()
    thread.join(LIMIT_S)
    assert results, f"no answer within {LIMIT_S:.0f} s"
    return results[0]


# Servers that misbehave


class FakeServer(ThreadingHTTPServer):
    """An OpenAI-compatible server that does what it is told; ``bodies`` are what it was sent."""

    daemon_threads = True

    def __init__(self, behaviour: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.bodies.append(json.loads(self.rfile.read(length)))
                behaviour(self)

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


def _send(handler: BaseHTTPRequestHandler, status: int, kind: str, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.end_headers()
    handler.wfile.write(body)


def _chunk(text: str, end: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": end}
    data = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps({**data, 'choices': [choice]})}\n\n".encode()


def _saying(text: str, *, finish: bool = True) -> Callable[[BaseHTTPRequestHandler], None]:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        middle = len(text) // 2
        body = _chunk(text[:middle]) + _chunk(text[middle:])
        if finish:
            body += _chunk("", "stop") + b"data: [DONE]\n\n"
        _send(handler, 200, "text/event-stream", body)

    return behave


def _cut(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(_chunk('{"answerable":true,"causes":["A",'))


def _silent(handler: BaseHTTPRequestHandler) -> None:
    server = handler.server
    assert isinstance(server, FakeServer)
    server.released.wait(LIMIT_S)


def _silent_after_a_word(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    handler.wfile.write(_chunk('{"answerable":'))
    handler.wfile.flush()
    _silent(handler)


GOOD = '{"answerable":true,"causes":["C","A"],"check":"A"}'
FAULTS = {
    "answers 500": lambda h: _send(h, 500, "application/json", b'{"error":{"message":"boom"}}'),
    "answers 404": lambda h: _send(h, 404, "text/html", b"<html>no such page</html>"),
    "is busy": lambda h: _send(h, 429, "application/json", b'{"error":{"message":"busy"}}'),
    "answers html": lambda h: _send(h, 200, "text/html", b"<html>login</html>"),
    "answers nothing": lambda h: _send(h, 200, "text/event-stream", b""),
    "answers broken events": lambda h: _send(h, 200, "text/event-stream", b"data: {oops\n\n"),
    "closes at once": lambda h: h.connection.shutdown(socket.SHUT_RDWR),
    "closes in the middle": _cut,
    "talks rubbish": _saying("I am a teapot."),
    "stops in the middle": _saying(GOOD[:30]),
    "stops without an end": _saying(GOOD[:30], finish=False),
    "names no letters": _saying('{"answerable":true,"causes":"A","check":"Z"}'),
    "is silent": _silent,
    "falls silent": _silent_after_a_word,
}


@pytest.fixture
def serve() -> Iterator[Callable[[Any], FakeServer]]:
    running: list[FakeServer] = []

    def start(behaviour: Any) -> FakeServer:
        server = FakeServer(behaviour)
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield start
    for server in running:
        server.released.set()
        server.shutdown()
        server.server_close()


def _ask_through(plant: Plant, url: str, limit_s: float) -> Answer:
    settings = ModelSettings(
        backend="server", model="m", base_url=url, first_token_s=limit_s, next_token_s=limit_s
    )
    model = load(choose(settings, Path()), settings, Path())
    slot = ModelSlot.filled(model, "m", writes_notes=False)
    return Assistant(plant.retriever, slot, settings).ask(Ask("E-217 on PR-02"), LOCAL)


def test_a_server_that_answers_orders_the_causes(
    plant: Plant, serve: Callable[[Any], FakeServer]
) -> None:
    server = serve(_saying(GOOD))
    answer = _ask_through(plant, server.url, LIMIT_S)
    assert (answer.is_degraded, answer.model) == (False, "m")
    assert answer.causes[0].text.startswith("Relief valve")
    (body,) = server.bodies
    assert body["response_format"]["type"] == "json_schema"
    asked = body["response_format"]["json_schema"]
    assert asked["strict"] is True
    assert asked["schema"]["properties"]["check"]["enum"] == ["A", "B", "C", "D", "none"]
    assert (body["temperature"], body["stream"]) == (0, True)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_misbehaves_leaves_the_evidence(
    plant: Plant, serve: Callable[[Any], FakeServer], fault: str
) -> None:
    server = serve(FAULTS[fault])
    is_silent = "silent" in fault
    answer = _ask_through(plant, server.url, 0.5 if is_silent else LIMIT_S)
    assert answer.is_degraded
    assert answer.degraded_reason.startswith("The language model")
    assert [cause.text for cause in answer.causes][:2] == [
        "Cooler C1 blocked by dust",
        "Fan M2 does not run",
    ]
    assert len(server.bodies) == 1  # a person waits: nothing is tried again


def test_a_server_that_is_down_leaves_the_evidence(plant: Plant) -> None:
    answer = _ask_through(plant, f"http://127.0.0.1:{_free_port()}/v1", LIMIT_S)
    assert answer.degraded_reason == "The language model failed: Connection error."
    assert answer.causes
