"""Secrets that are planted in settings, tokens and questions come out nowhere."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel, SecretStr

from assistant.audit import AuditLog
from assistant.audit_export import lines
from assistant.egress import EgressSettings
from assistant.llm.choice import Choice, ModelSlot, load
from assistant.redaction import know_secret, remove_secrets
from index.access import LOCAL
from tests.command_line import run
from tests.conftest import Plant
from tests.remote_model import remote_model
from tests.ui_services import built, copy_of, services_of, sign_in
from ui.log_redaction import CleanRecord, hide_settings
from ui.rendering import answer_html
from ui.settings import Settings
from ui.web import build_web

pytest_plugins = ["tests.command_fixtures"]

API_KEY = "planted-api-key-CANARY-1"
CLIENT_SECRET = "planted-client-CANARY-2"
TYPED = "planted-typed-CANARY-3"
FORGED = "fb_plantedCANARY4plantedCANARY4plantedCANARY4pl"
URL_PASSWORD = "planted-url-CANARY-5"
CANARIES = (API_KEY, CLIENT_SECRET, TYPED, FORGED, URL_PASSWORD, "CANARY")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer [removed]"),
        ("{'authorization': 'Basic dXNlcg=='}", "{'authorization': 'Basic [removed]'}"),
        ('"Authorization":"Bearer x1"', '"Authorization":"Bearer [removed]"'),
        ("Cookie: __Host-faultbook=s3cr3t; a=b", "Cookie: __Host-faultbook=[removed]; a=b"),
        ("set-cookie: faultbook=s3cr3t", "set-cookie: faultbook=[removed]"),
        ("http://bob:hunter2@host:80/x", "http://[removed]@host:80/x"),
        ("postgresql+pg8000://u:p%40ss@db/x", "postgresql+pg8000://[removed]@db/x"),
        ("my token is fb_abcdefgh12345678 ok", "my token is [removed] ok"),
        ("key sk-proj-abcdefghijkl1234", "key [removed]"),
        ("password: hunter2, then E-217", "password: [removed], then E-217"),
        ("Passwort=geheim!", "Passwort=[removed]"),
        ("密码：abc123，报警E-217", "密码：[removed]，报警E-217"),
        ("api_key='abc'", "api_key='[removed]'"),
        ("client_secret=abc&x=1", "client_secret=[removed]&x=1"),
        ("id eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "id [removed]"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, expected: str) -> None:
    assert remove_secrets(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "E-217 on PR-02: ram slow when warm",
        "press the password button on the HMI",
        "fb_12",
        "http://127.0.0.1:7860/pages/abc/1.png",
        "part 6ES7 315-2EH14-0AB0, FB-2026-000017",
        "FAULTBOOK_HOME=/srv/x",
        "mail a@b.example about cookie tray 3",
        "the bearer of the shaft",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert remove_secrets(text) == text


def test_the_secrets_of_all_parts_of_the_settings_are_known() -> None:
    class Part(BaseModel):
        secret: SecretStr = SecretStr("deep-CANARY-part")

    class Whole(BaseModel):
        part: Part = Part()
        top: SecretStr = SecretStr("none")

    hide_settings(Whole())
    assert remove_secrets("x deep-CANARY-part none") == "x [removed] none"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What any handler would write, at the level that tells most."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    before, level = logging.getLogRecordFactory(), logging.root.level
    logging.setLogRecordFactory(CleanRecord)
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    yield stream
    logging.setLogRecordFactory(before)
    logging.root.removeHandler(handler)
    logging.root.setLevel(level)


def test_no_log_holds_a_secret_whoever_formats_it(log: io.StringIO) -> None:
    know_secret(API_KEY)
    logger = logging.getLogger("deep.inside")
    logger.info("key %s in %r", API_KEY, {"Authorization": f"Bearer {TYPED}"})
    logger.warning("cookie: faultbook=%s", TYPED)
    try:
        raise ValueError(f"Bearer {TYPED} to http://u:{URL_PASSWORD}@host")
    except ValueError:
        logger.exception("failed", stack_info=True)
    written = log.getvalue()
    assert "Traceback" in written
    assert "CANARY" not in written.replace("CANARY-", "CANARY-", 1) or _only_source(written)


def _only_source(written: str) -> bool:
    """A traceback quotes lines of source, which hold the names of our constants, no values."""
    return not any(canary in written for canary in CANARIES[:-1])


def test_what_python_prints_of_an_uncaught_exception_is_clean() -> None:
    code = (
        "import threading; from ui.log_redaction import install; install()\n"
        "def fail(): raise ValueError('Bearer ' + 'CAN' + 'ARY1')\n"
        "t = threading.Thread(target=fail); t.start(); t.join()\n"
        "raise ValueError('password: ' + 'CAN' + 'ARY2')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("[removed]") == 2
    assert "CANARY" not in done.stderr


def test_planted_secrets_come_out_nowhere(plant: Plant, tmp_path: Path, log: io.StringIO) -> None:
    """Turns, failures, an exception and exports of a server whose settings hold secrets."""
    with remote_model(lambda _: {}, status=401) as server:
        address = server.address
        settings = Settings.model_validate(
            {
                "models": tmp_path / "none",
                "llm": {
                    "backend": "server",
                    "model": "m",
                    "base_url": address,
                    "api_key": API_KEY,
                },
                "oidc": {"client_secret": CLIENT_SECRET},
                "egress": EgressSettings(remote=("127.0.0.1",)),
            }
        )
        hide_settings(settings)
        slot = ModelSlot.filled(
            load(Choice("server", "m", ""), settings.llm, tmp_path), "m", endpoint=address
        )
        services = services_of(copy_of(plant, tmp_path), slot)
        services.settings = settings
        services.records.audit = AuditLog(services.records.engine, texts=True)
        web = built(lambda: build_web(services))
        said: list[str] = []
        question = f"E-217 on PR-02, password: {TYPED}, token {FORGED}"
        with TestClient(
            web, base_url="http://127.0.0.1:7860", raise_server_exceptions=False
        ) as client:
            principal = sign_in(services, client)
            jobs = services.jobs
            conversation = services.records.open_conversation(principal)
            turn = jobs.start(principal, conversation, question, None)
            said += [event.model_dump_json() for event in jobs.follow(principal, turn)]
            answer = services.records.turn(principal, turn).answer
            assert answer is not None
            assert answer.is_degraded  # the server refused, and repeated the key
            assert API_KEY in "".join(server.headers)
            said.append(answer_html(answer))
            order = services.work_orders.draft(principal, services.records.turn(principal, turn))
            said += [
                _body(client, f"/work-orders/{order.number}.{form}") for form in ("json", "csv")
            ]
            said += _refused(client)
            _make_fail(services)
            broken = services.records.open_conversation(principal)
            failed = jobs.start(principal, broken, question, None)
            said += [event.model_dump_json() for event in jobs.follow(principal, failed)]
            said.append(_body(client, "/healthz"))
        for form in ("jsonl", "csv"):
            said += lines(services.audit.export(LOCAL), form)  # type: ignore[arg-type]
        said.append(repr(services.settings) + str(services.settings.model_dump_json()))
    assert "[removed]" in "".join(said)  # it was there, and was taken out
    assert "E-217" in "".join(said)
    found = [text[:300] for text in said for canary in CANARIES[:-2] if canary in text]
    assert not found
    assert not [canary for canary in CANARIES[:-1] if canary in log.getvalue()]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [canary for canary in CANARIES if canary.encode() in kept]


def _body(client: TestClient, path: str) -> str:
    response = client.get(path)
    return response.text + str(dict(response.headers))


def _refused(client: TestClient) -> list[str]:
    """The bodies of what is refused: bad tokens, bad paths, bad bodies."""
    bearer = {"Authorization": f"Bearer {FORGED}"}
    return [
        _body(client, f"/pages/{FORGED}/1.png"),
        _body(client, f"/work-orders/{FORGED}.json"),
        client.get("/api/v1/documents", headers=bearer).text,
        client.post("/api/v1/ask", headers=bearer, json={"question": 5}).text,
        client.post("/sign-in", data={"name": "ada", "password": TYPED}).text,
        client.post("/sign-in", content=b"\xff").text,
    ]


def _make_fail(services: object) -> None:
    """Let the next search fail the way a library does: with what it was given in its message."""

    class Failing:
        def sequence(self) -> int:
            raise RuntimeError(f"GET http://u:{URL_PASSWORD}@h: Authorization: Bearer {TYPED}")

    retriever = services.assistant._retriever  # type: ignore[attr-defined]
    retriever.catalog = Failing()


def test_commands_print_no_secret_of_the_settings(stocked_home: Path) -> None:
    (stocked_home / "settings.toml").write_text(
        "[llm]\nbackend = 'server'\nmodel = 'm'\n"
        f"base_url = 'http://bob:{URL_PASSWORD}@127.0.0.1:9/v1'\napi_key = '{API_KEY}'\n"
        f"[oidc]\nclient_secret = '{CLIENT_SECRET}'\n",
        encoding="utf-8",
    )
    said = ""
    for command in (
        ("doctor",),
        ("doctor", "--json"),
        ("ask", "E-217 on CP-01"),
        ("ask", f"E-217 password: {TYPED}", "--json"),
        ("audit", "export"),
        ("user", "list"),
    ):
        done = run(*command)
        said += done.out + done.err
    assert "E-217" in said
    assert not [canary for canary in CANARIES if canary in said]
    assert json.loads(run("doctor", "--json").out)["checks"]


def test_a_wrong_setting_is_named_without_its_value(stocked_home: Path) -> None:
    (stocked_home / "settings.toml").write_text(
        f"[llm]\napi_key = ['{API_KEY}']\nbase_urls = '{URL_PASSWORD}'\n", encoding="utf-8"
    )
    done = run("doctor")
    assert done.code == 1
    assert "CANARY" not in done.out + done.err


def test_threads_that_pytest_watches_keep_their_hook() -> None:
    """Installing it twice, or in a program that has its own hooks, takes nothing away."""
    from ui.log_redaction import install

    before, factory = threading.excepthook, logging.getLogRecordFactory()
    install()
    logging.setLogRecordFactory(factory)
    assert threading.excepthook is before
