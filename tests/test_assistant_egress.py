"""What leaves for a remote language model: a real server on loopback stands for it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant import record_tables
from assistant.answering import Assistant
from assistant.audit import AuditLog
from assistant.egress import Egress, EgressSettings, Piece, is_remote
from assistant.errors import ModelUnavailable
from assistant.llm.choice import Choice, ModelSettings, ModelSlot, load
from assistant.messages import Answer
from assistant.names import Roster
from assistant.pseudonyms import Pseudonyms
from assistant.question import Ask
from assistant.translation import Translator
from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine, outside_transaction
from index.home import Home
from index.retrieval import Retriever
from ingest.tagging import Stated
from tests.hash_embedder import HashEmbedder
from tests.ingesting import worker_of
from tests.remote_model import RemoteModel, remote_model

ROOT = Path(__file__).resolve().parents[1]
REMOTE: dict[str, Any] = {"remote": ("127.0.0.1",)}
NORTH = Principal("tess", "technician", frozenset({"North"}))
SOUTH = Principal("sid", "technician", frozenset({"South"}))
BOTH = Principal("bo", "technician", frozenset({"North", "South"}))
ROSTER = Roster(["Jürgen Köhler", "Anna Lind"])
MANUAL = """\
# {name} Pump

Document no. {name}-MM

Models: {name}

## Introduction

This is the manual of the pump. Read it before you work on the pump and keep it with the machine.

## Faults

| Symptom | Cause | Remedy |
|---|---|---|
| Pump leaks hot oil | {canary}SEAL worn | Replace seal, ask Jürgen Köhler |
| Pump leaks hot oil | {canary}HOUSING cracked | Call j.koehler@plant.example |
"""
CANARY = {"North": "NORTHCANARY", "South": "SOUTHCANARY", None: "SHAREDCANARY"}


def say(prompt: str) -> dict[str, Any]:
    """Turn the order around and mention whoever stands in the last block."""
    letters = re.findall(r"^([A-Z]): ", prompt, re.M)
    if not letters:
        question = re.findall(r"<question>(.*?)</question>", prompt, re.S)[-1]
        return {"translation": f"{question} pump leaks hot oil"}
    named = re.findall(r"Person [0-9a-f]+", prompt)
    note = f"{named[-1]} knows the seal" if named else "seal"
    causes = [{"id": letter, "note": note} for letter in reversed(letters[:3])]
    return {"answerable": True, "causes": causes, "check": letters[-1], "missing": ""}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """A manual of each of two sites and one of all, and an asset of each site."""
    from index import tables

    folder = tmp_path_factory.mktemp("sites")
    home, embedder = Home(folder / "home"), HashEmbedder()
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    AssetRegister(catalog.engine).put(
        [
            Asset("PN-01", "Pump", "NP-7", site="North"),
            Asset("PS-01", "Pump", "SP-7", site="South"),
        ]
    )
    worker = worker_of(home, catalog, embedder)
    for site, name in (("North", "NP-7"), ("South", "SP-7"), (None, "AP-7")):
        path = folder / f"{name}.md"
        path.write_text(MANUAL.format(name=name, canary=CANARY[site]), encoding="utf-8")
        (report,) = worker.ingest(LOCAL, [path], Stated(site=site), lambda *_: None)
        assert report.outcome == "added", report
    yield Retriever(catalog, embedder, Caches(catalog, embedder, None))
    catalog.engine.dispose()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(tmp_path / "records.db", record_tables.MIGRATIONS)
    yield engine
    engine.dispose()


@pytest.fixture
def server() -> Iterator[RemoteModel]:
    with remote_model(say) as model:
        yield model


def assistant(
    retriever: Retriever,
    server: RemoteModel,
    engine: sa.Engine,
    translates: bool = False,
    **egress: Any,
) -> Assistant:
    llm = ModelSettings(
        backend="server", model="m", base_url=server.address, api_key="sk-CANARYKEY0001"
    )  # type: ignore[arg-type]
    model = load(Choice("server", "m", ""), llm, Path())
    slot = ModelSlot.filled(model, "m", writes_notes=True, endpoint=server.address)
    policy = Egress(
        EgressSettings(**egress),
        server.address,
        pseudonyms=Pseudonyms(b"k" * 32, lambda: ROSTER),
        audit=AuditLog(engine),
    )
    translator = Translator(slot, first_token_s=20, next_token_s=20) if translates else None
    return Assistant(retriever, slot, llm, translator, policy)


def ask(subject: Assistant, principal: Principal, question: str, **about: Any) -> Answer:
    return subject.ask(Ask(question, **about), principal)


QUESTION = "Anna Lind: pump leaks hot oil, ext. 4417"


def test_what_may_leave_leaves_with_stand_ins_and_is_logged(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    answer = ask(assistant(retriever, server, engine, **REMOTE), NORTH, QUESTION)
    (prompt,) = server.prompts
    assert "NORTHCANARY" in prompt
    assert "SHAREDCANARY" in prompt
    for secret in ("Lind", "Anna", "Köhler", "j.koehler", "4417"):
        assert secret not in server.bodies[0], secret
    assert "Person " in prompt
    assert answer.sent is not None
    assert (answer.sent.host, answer.sent.withheld) == ("127.0.0.1", 0)
    assert answer.sent.place == "sent to 127.0.0.1"
    (row,) = AuditLog(engine).rows()
    assert (row.user, row.action, row.object) == ("tess", "egress", "127.0.0.1")
    assert json.loads(row.details)["passages"] == answer.sent.passages
    assert "leaks" not in row.details


def test_a_name_comes_back_where_the_model_mentions_its_stand_in(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    answer = ask(assistant(retriever, server, engine, **REMOTE), NORTH, QUESTION)
    notes = [cause.note or "" for cause in answer.causes]
    assert any("knows the seal" in note for note in notes)
    assert not any("Person " in note for note in notes)
    assert any(re.search("Lind|Köhler", note) for note in notes)


def test_a_site_that_says_no_keeps_its_manuals_here_and_the_answer_says_so(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    subject = assistant(retriever, server, engine, sites={"North": {"manuals": False}}, **REMOTE)
    answer = ask(subject, LOCAL, "pump leaks hot oil", asset="PN-01")
    assert "NORTHCANARY" in " ".join(cause.text for cause in answer.causes)
    assert server.bodies == []
    assert answer.is_degraded
    assert re.search(r"\d of \d passages were not sent to 127\.0\.0\.1", answer.degraded_reason)


def test_passages_that_stay_are_still_shown_and_counted(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    """Who belongs to the other site asks: only the passage's own site forbids it."""
    policy = assistant(retriever, server, engine, sites={"south": {"manuals": False}}, **REMOTE)
    clearance = policy._egress.clear(NORTH)
    pieces = [Piece("manual", "North"), Piece("manual", "South"), Piece("manual"), Piece("history")]
    assert clearance.kept(pieces) == [0, 2, 3]
    assert clearance.account().note == "1 of 4 passages was not sent to 127.0.0.1"


def test_no_passage_of_a_site_that_says_no_ever_leaves(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    rules = {"South": {"manuals": False}}
    subject = assistant(retriever, server, engine, sites=rules, **REMOTE)
    for principal in (LOCAL, NORTH, SOUTH, BOTH):
        for question in ("pump leaks hot oil", "why does the pump leak oil", QUESTION):
            for asset in (None, "PN-01", "PS-01"):
                if asset == "PN-01" and principal is SOUTH:
                    continue
                if asset == "PS-01" and principal is NORTH:
                    continue
                answer = ask(subject, principal, question, asset=asset)
                shown = " ".join(cause.text for cause in answer.causes)
                if asset == "PS-01":
                    assert "SOUTHCANARY" in shown
    assert server.bodies
    assert not [body for body in server.bodies if "SOUTHCANARY" in body]


def test_a_question_that_may_not_leave_is_answered_from_evidence_alone(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    rules = {"South": {"question": False}}
    subject = assistant(retriever, server, engine, True, sites=rules, **REMOTE)
    for principal, about in ((SOUTH, {}), (BOTH, {}), (LOCAL, {"asset": "PS-01"}), (LOCAL, {})):
        answer = ask(subject, principal, QUESTION, **about)
        assert answer.is_degraded
        assert "does not let questions leave for 127.0.0.1" in answer.degraded_reason
        assert answer.model is None
        assert answer.causes
        answer = ask(subject, principal, "水泵漏油", **about)
        assert answer.searched_as is None
    assert server.bodies == []
    assert ask(subject, BOTH, QUESTION, asset="PN-01").sent.host == "127.0.0.1"  # type: ignore[union-attr]


def test_a_question_leaves_for_its_translation_under_the_same_rules(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    subject = assistant(retriever, server, engine, True, **REMOTE)
    answer = ask(subject, NORTH, "Anna Lind 说水泵漏油，电话13812345678")
    assert answer.searched_as is not None
    assert "Anna Lind" in answer.searched_as  # she is back
    assert not [body for body in server.bodies if "Lind" in body or "13812345678" in body]
    assert next(row.action for row in AuditLog(engine).rows()) == "egress"


def test_nothing_leaves_where_it_cannot_be_logged(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    subject = assistant(retriever, server, engine, True, **REMOTE)
    with outside_transaction(engine) as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    answer = ask(subject, NORTH, QUESTION)
    assert answer.is_degraded
    assert "audit log cannot be written" in answer.degraded_reason
    assert ask(subject, NORTH, "水泵漏油").searched_as is None
    assert server.bodies == []


@pytest.mark.parametrize("switch", ["question", "manuals"])
def test_an_administrator_can_forbid_it_for_all_sites(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine, switch: str
) -> None:
    answer = ask(assistant(retriever, server, engine, **{switch: False}, **REMOTE), NORTH, QUESTION)
    assert server.bodies == []
    assert answer.is_degraded
    assert answer.causes


def test_a_site_can_forbid_and_never_allow() -> None:
    settings = EgressSettings.model_validate(
        {"tickets": False, "sites": {"North": {"tickets": True}}, **REMOTE}
    )
    egress = _egress(settings)
    assert egress.clear(NORTH).kept([Piece("history", "North")]) == []


def test_tickets_are_ruled_apart_from_manuals() -> None:
    clearance = _egress(EgressSettings(tickets=False, **REMOTE)).clear(NORTH)
    assert clearance.kept([Piece("history", "North"), Piece("manual", "North")]) == [1]


def test_a_misspelled_site_is_told() -> None:
    settings = EgressSettings.model_validate(
        {"sites": {"Nort": {"manuals": False}, " north  ": {}}, **REMOTE}
    )
    assert _egress(settings).unknown_sites(["North"]) == ["Nort"]


def _egress(settings: EgressSettings) -> Egress:
    engine = sa.create_engine("sqlite://")
    people = Pseudonyms(b"k" * 32)
    return Egress(settings, "http://127.0.0.1:1/v1", pseudonyms=people, audit=AuditLog(engine))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8000/v1", False),
        ("http://127.8.9.10/v1", False),
        ("http://[::1]:8000/v1", False),
        ("http://LOCALHOST:8000/v1", False),
        ("http://llm.plant.example/v1", False),
        ("http://LLM.plant.example./v1", False),
        ("https://api.example.com/v1", True),
        ("http://localhost.evil.example/v1", True),
        ("http://127.0.0.1.evil.example/v1", True),
        ("http://127.0.0.1@evil.example/v1", True),
        ("http://10.0.0.5/v1", True),
        ("http://0.0.0.0/v1", True),
        ("http://llm.plant.example@evil.example/", True),
        ("evil.example/v1", True),
        ("", True),
        ("http://near.example/v1", True),
    ],
)
def test_what_is_remote(address: str, expected: bool) -> None:
    settings = EgressSettings(
        inside=("llm.plant.example", "near.example"), remote=("NEAR.example",)
    )
    assert is_remote(address, settings) is expected


def test_a_remote_server_without_a_policy_is_refused(retriever: Retriever) -> None:
    with pytest.raises(ModelUnavailable, match=r"must not go to api\.example\.com"):
        Assistant(retriever, ModelSlot("m", endpoint="https://api.example.com/v1"))


def test_a_server_inside_gets_the_text_as_it_is(
    retriever: Retriever, server: RemoteModel, engine: sa.Engine
) -> None:
    answer = ask(assistant(retriever, server, engine), NORTH, QUESTION)
    assert "Anna Lind" in server.prompts[0]
    assert answer.sent is not None
    assert answer.sent.place == "on this machine"
    assert not list(AuditLog(engine).rows())


def test_a_server_that_redirects_sends_nobody_else_the_text(
    retriever: Retriever, engine: sa.Engine
) -> None:
    with remote_model(say) as other:
        to = f"{other.address}/chat/completions"
        for status in (301, 302, 307, 308):
            with remote_model(say, status, to) as near:
                answer = ask(assistant(retriever, near, engine), NORTH, QUESTION)
                assert answer.is_degraded
                assert near.bodies
        assert other.bodies == []


def test_no_proxy_and_no_tracing_of_the_environment_gets_the_text(
    retriever: Retriever,
    server: RemoteModel,
    engine: sa.Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with remote_model(say) as eavesdropper:
        elsewhere = eavesdropper.address.removesuffix("/v1")
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY"):
            monkeypatch.setenv(name, elsewhere)
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
            monkeypatch.setenv(name, "true")
        for name in ("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT"):
            monkeypatch.setenv(name, elsewhere)
        monkeypatch.setenv("LANGSMITH_API_KEY", "x")
        assert ask(assistant(retriever, server, engine), NORTH, QUESTION).model == "m"
        assert server.bodies
        assert eavesdropper.bodies == []


def test_a_key_that_the_server_repeats_is_not_shown(
    retriever: Retriever, engine: sa.Engine
) -> None:
    with remote_model(say, 401) as server:
        answer = ask(assistant(retriever, server, engine, **REMOTE), NORTH, QUESTION)
    assert answer.is_degraded
    assert "CANARYKEY" in server.headers[0]
    assert "CANARYKEY" not in answer.model_dump_json()


def test_prompts_are_made_in_one_place_and_sent_by_five() -> None:
    """A new caller must go through the clearance: it shows here."""
    renders, streams = set(), set()
    for path in [*ROOT.glob("assistant/**/*.py"), *ROOT.glob("ui/**/*.py")]:
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr == "render" and node.args:
                renders.add((name, ast.unparse(node.func.value)))
            if isinstance(node.func, ast.Name) and node.func.id == "stream_json":
                streams.add(name)
    assert renders == {
        ("assistant/analytics/asking/model_reading.py", "clearance"),
        ("assistant/analytics/brief/wording.py", "clearance"),
        ("assistant/egress.py", "template"),
        ("assistant/diagnosis.py", "self.clearance"),
        ("assistant/safety_translation.py", "clearance"),
        ("assistant/translation.py", "clearance"),
    }
    assert streams == {
        "assistant/analytics/asking/model_reading.py",
        "assistant/analytics/brief/wording.py",
        "assistant/diagnosis.py",
        "assistant/safety_translation.py",
        "assistant/translation.py",
    }
