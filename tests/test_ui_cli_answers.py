"""Searching and answering on the command line, also with a language model that misbehaves."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant.messages import Answer
from tests.command_line import fail, run, succeed
from ui.schemas import SearchOut

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("stocked_home")

QUESTION = "CP-01 shows E-217"
_PROSE = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "some-model",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Have you tried tea?"},
        }
    ],
}
CAUSES = ("Cooler blocked by dust", "Fan does not turn", "Coolant level low")


@contextmanager
def _server(status: int, body: bytes) -> Iterator[str]:
    """A server that says the same to every request."""

    class _Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _reply  # noqa: N815  the names that the base class looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _use_server(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("FAULTBOOK_LLM__BASE_URL", url)
    monkeypatch.setenv("FAULTBOOK_LLM__MODEL", "some-model")


def test_a_known_code_is_answered_with_its_causes_and_where_they_stand() -> None:
    answer = Answer.model_validate_json(succeed("ask", QUESTION, "--json").out)
    assert answer.status == "grounded"
    assert answer.asset == "CP-01"
    assert {cause.text for cause in answer.causes} == set(CAUSES)
    assert {answer.citation(c.marker).document_number for c in answer.causes} == {"PX7-MM"}


def test_an_answer_is_printed_with_its_sources_and_says_that_no_model_ranked_it() -> None:
    out = succeed("ask", QUESTION).out
    assert out.startswith("From your documents for CP-01\n")
    assert all(cause in out for cause in CAUSES)
    assert "PX7-MM B, p. 1, Alarms" in out
    assert "Without a language model: no language model: no server is named" in out


def test_asking_for_no_model_says_so() -> None:
    answer = succeed("ask", QUESTION, "--llm", "none", "--json").json()
    assert answer["is_degraded"]
    assert answer["degraded_reason"] == "no language model was asked for"


def test_an_unknown_code_is_said_to_be_unknown() -> None:
    answer = Answer.model_validate_json(succeed("ask", "E-218 on CP-01", "--json").out)
    assert (answer.status, answer.code_status) == ("unsupported", "unknown")
    assert not answer.causes
    assert "E-218 is not in the documents" in answer.message
    assert "E-217" in answer.message


def test_the_question_may_name_one_asset_and_the_option_another() -> None:
    answer = Answer.model_validate_json(succeed("ask", QUESTION, "--asset", "CP-02", "--json").out)
    assert answer.status == "needs_clarification"


@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_asset_may_be_spelled_in_any_way(command: str) -> None:
    assert succeed(command, "E-217", "--asset", "cp 01", "--json").json()["asset"] == "CP-01"


@pytest.mark.parametrize("command", [("ask",), ("search",), ("work-order", "draft")])
def test_an_unknown_asset_is_named_with_its_neighbours_and_a_remedy(
    command: tuple[str, ...],
) -> None:
    message = fail(*command, "E-217", "--asset", "CP-11")
    assert "No asset has the tag 'CP-11'. Nearest tags: CP-01" in message
    assert "faultbook assets import FILE" in message


@pytest.mark.parametrize("command", [("ask",), ("search",), ("work-order", "draft")])
@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "The question is empty. Say what the machine shows"),
        ("  ?! ", "The question is empty"),
        ("x" * 100_000, "The question has 100,000 characters, more than 4,000. Shorten it"),
    ],
    ids=["empty", "marks", "long"],
)
def test_a_question_that_cannot_be_asked_is_refused_with_a_remedy(
    command: tuple[str, ...], question: str, message: str
) -> None:
    assert message in fail(*command, question)


def test_a_question_of_the_longest_length_is_answered() -> None:
    assert succeed("ask", f"{QUESTION} {'very ' * 795}", "--json").json()["status"] == "grounded"


def test_an_empty_question_is_refused_without_loading_a_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", "/nowhere")
    assert "The question is empty" in fail("ask", "")


def test_an_unknown_choice_of_model_is_wrong_usage() -> None:
    assert "'gpt' is neither 'auto' nor 'none'" in fail("ask", "x", "--llm", "gpt", code=2)


def test_search_gives_as_many_passages_as_asked_for_with_ranks_and_paths() -> None:
    result = SearchOut.model_validate_json(
        succeed("search", "coolant E-217", "-k", "2", "--json").out
    )
    assert [passage.rank for passage in result.passages] == [1, 2]
    assert result.code_status == "known"
    assert result.passages[0].paths[0] == "code"
    assert result.passages[0].section[-1] == "Alarms"


@pytest.mark.parametrize("k", ["0", "101", "many"])
def test_a_number_of_passages_out_of_range_is_wrong_usage(k: str) -> None:
    assert "-k" in fail("search", "seal", "-k", k, code=2)


def test_a_search_says_which_codes_are_unknown() -> None:
    out = succeed("search", "E-999 on CP-01").out
    assert out.startswith("Unknown: E-999\n")


def test_a_search_that_finds_nothing_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAULTBOOK_HOME", str(tmp_path / "bare"))
    assert succeed("search", "seal").out == "Nothing found in 0 documents\n"
    assert "No document applies. Ingest its manual" in succeed("ask", "seal leaks").out


def test_control_characters_of_a_document_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "trick.md"
    path.write_text("# Zebra\n\nThe zebra \x1b[2J\x9b2J valve is closed.\n", encoding="utf-8")
    succeed("ingest", path)
    for command in ("search", "ask"):
        out = succeed(command, "zebra valve").out
        assert "The zebra" in out
        assert not {"\x1b", "\x9b"} & set(out)


def test_a_server_that_is_down_leaves_the_evidence_and_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _use_server(monkeypatch, f"http://127.0.0.1:{_closed_port()}/v1")
    answer = Answer.model_validate_json(succeed("ask", QUESTION, "--json").out)
    assert answer.status == "grounded"
    assert {cause.text for cause in answer.causes} == set(CAUSES)
    assert answer.is_degraded
    assert answer.degraded_reason
    assert answer.model is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>welcome</html>"),
        (200, b'{"choices": []}'),
        (200, json.dumps(_PROSE).encode()),
        (500, b'{"error": {"message": "out of memory"}}'),
        (200, b""),
    ],
    ids=["html", "no choices", "prose", "error", "nothing"],
)
def test_a_server_that_talks_rubbish_leaves_the_evidence_and_a_reason(
    monkeypatch: pytest.MonkeyPatch, status: int, body: bytes
) -> None:
    with _server(status, body) as url:
        _use_server(monkeypatch, url)
        answer = Answer.model_validate_json(succeed("ask", QUESTION, "--json").out)
    assert answer.status == "grounded"
    assert {cause.text for cause in answer.causes} == set(CAUSES)
    assert answer.is_degraded
    assert answer.degraded_reason
    assert "tea" not in answer.model_dump_json()


def test_doctor_names_a_server_that_is_down_and_says_what_goes_on_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"http://127.0.0.1:{_closed_port()}/v1"
    _use_server(monkeypatch, url)
    done = run("doctor")
    assert done.code == 1
    assert f"FAIL language model: The server at {url} does not answer" in done.out
    assert "Until then answers stand on evidence alone" in done.out


def test_doctor_accepts_a_server_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with _server(200, b'{"object": "list", "data": []}') as url:
        _use_server(monkeypatch, url)
        assert "ok   language model: server some-model, because" in succeed("doctor").out
