"""An answer that was made of what its reader sees no longer is withheld, wherever it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import InvalidWorkOrder, RecordNotFound
from assistant.messages import AnswerReady, EvidenceReady
from assistant.question import Ask
from assistant.records import Records
from assistant.visible_turns import WITHHELD
from assistant.work_orders import WorkOrderEdit
from index.access import LOCAL, Principal
from index.assets import Asset
from index.errors import NotAllowed
from ingest.tagging import Stated
from ingest.ticket_plan import Options
from tests.ui_services import services_of
from ui.wiring import Services

NIA = Principal("nia", "supervisor", frozenset({"North"}), frozenset({"electric"}))
REVOKED = Principal("nia", "supervisor", frozenset({"West"}), frozenset({"electric"}))
PLANNER = Principal("pat", "planner", frozenset({"North"}), frozenset({"electric"}))
BLIND = Principal("bob", "planner", frozenset({"North"}), frozenset())
SOUTH = Principal("sam", "planner", frozenset({"South"}))
TECHNICIAN = Principal("tim", "technician", frozenset({"North"}))
QUESTION = "What does E-1 mean?"
CANARY = "wobblezim"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = services_of(tmp_path / "home")
    services.assets.put([Asset("PR-1", site="North")])
    path = tmp_path / "gear.md"
    path.write_text(
        "# Gear manual\n\nDocument no. X-1\n\n## Faults\n\n| Code | Meaning | Cause | Remedy |\n"
        f"|---|---|---|---|\n| E-1 | {CANARY} low | {CANARY} bolts | tighten {CANARY} |\n",
        encoding="utf-8",
    )
    stated = Stated(site="North", groups=("electric",))
    reports = list(services.worker.ingest(LOCAL, [path], stated, lambda *_: None))
    assert [report.outcome for report in reports] == ["added"]
    yield services
    services.catalog.engine.dispose()
    services.records.engine.dispose()


def _asked(services: Services, principal: Principal, question: str = QUESTION) -> tuple[str, str]:
    records = services.records
    talk = records.open_conversation(principal)
    turn_id = records.start_turn(principal, talk, question, None)
    for number, event in enumerate(
        services.assistant.stream(Ask(question, use_model=False), principal), start=1
    ):
        records.add_event(turn_id, number, event)
    return talk, turn_id


def _shown(services: Services, principal: Principal, talk: str, turn_id: str) -> str:
    records = services.records
    events = [event for _, event in records.events_after(principal, turn_id, 0)]
    whole = [
        records.turn(principal, turn_id),
        *records.turns(principal, talk),
        *events,
        *services.jobs.follow(principal, turn_id),
    ]
    return repr(whole)


def test_a_turn_is_shown_while_its_documents_are_seen(services: Services) -> None:
    talk, turn_id = _asked(services, NIA)
    assert CANARY in _shown(services, NIA, talk, turn_id)
    assert WITHHELD not in _shown(services, NIA, talk, turn_id)


def test_a_turn_of_who_lost_the_site_is_withheld(services: Services) -> None:
    talk, turn_id = _asked(services, NIA)
    shown = _shown(services, REVOKED, talk, turn_id)
    assert CANARY not in shown
    assert WITHHELD in shown
    answer = services.records.turn(REVOKED, turn_id).answer
    assert answer is not None
    assert (answer.question, answer.is_withheld, answer.citations) == (QUESTION, True, ())
    events = [event for _, event in services.records.events_after(REVOKED, turn_id, 0)]
    assert [type(event) for event in events] == [EvidenceReady, AnswerReady]
    assert len(services.records.events_after(REVOKED, turn_id, 1)) == 1
    with pytest.raises(InvalidWorkOrder):
        services.work_orders.draft(REVOKED, services.records.turn(REVOKED, turn_id))


def test_a_document_that_is_given_to_others_takes_its_answers_along(services: Services) -> None:
    talk, turn_id = _asked(services, NIA)
    (document,) = services.catalog.documents(LOCAL)
    services.curator.correct(LOCAL, document.revision_id, {"groups": ["optics"]})
    assert CANARY not in _shown(services, NIA, talk, turn_id)
    services.curator.correct(LOCAL, document.revision_id, {"groups": ["electric"]})
    assert CANARY in _shown(services, NIA, talk, turn_id)


def test_a_deleted_document_is_judged_by_who_saw_it(services: Services) -> None:
    talk, turn_id = _asked(services, NIA)
    (document,) = services.catalog.documents(LOCAL)
    services.curator.delete(LOCAL, document.document_id, lambda: services.caches)
    assert CANARY in _shown(services, NIA, talk, turn_id)
    assert CANARY not in _shown(services, REVOKED, talk, turn_id)


def test_a_similar_ticket_that_is_hidden_now_withholds_the_answer(
    services: Services, tmp_path: Path
) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("ticket_id,asset,title\n1,PR-1,seal leaks zzcanary\n", encoding="utf-8")
    services.ticket_importer.import_file(path, "cmms", lambda *_: None)
    talk, turn_id = _asked(services, NIA, "seal leaks")
    assert "zzcanary" in _shown(services, NIA, talk, turn_id)
    options = Options(groups=("optics",))
    services.ticket_importer.import_file(path, "cmms", lambda *_: None, options)
    assert "zzcanary" not in _shown(services, NIA, talk, turn_id)


def test_records_without_a_knowledge_show_nothing_to_who_sees_only_a_part(
    services: Services,
) -> None:
    talk, turn_id = _asked(services, NIA)
    blind = Records(services.records.engine)
    answer = blind.turn(NIA, turn_id).answer
    assert answer is not None
    assert answer.is_withheld
    assert CANARY not in repr(blind.turns(NIA, talk))


def _edit(version: int) -> WorkOrderEdit:
    return WorkOrderEdit(
        title="t", description="", priority=3, steps=("a",), materials=(), version=version
    )


def test_an_order_is_seen_by_its_owner_and_the_planners_of_its_site(services: Services) -> None:
    _, turn_id = _asked(services, NIA)
    orders = services.work_orders
    order = orders.draft(NIA, services.records.turn(NIA, turn_id))
    for reader in (NIA, PLANNER, LOCAL):
        assert orders.get(reader, order.number) == order
        assert orders.list(reader) == [order]
    messages = set()
    for reader in (SOUTH, TECHNICIAN):
        assert orders.list(reader) == []
        for key in (order.number, "FB-1"):
            with pytest.raises(RecordNotFound) as unknown:
                orders.get(reader, key)
            messages.add(str(unknown.value).replace(key, ""))
        with pytest.raises(RecordNotFound):
            orders.edit(reader, order.number, _edit(1))
    assert len(messages) == 1
    assert orders.edit(PLANNER, order.number, _edit(1)).version == 2


def test_an_order_that_cites_what_is_hidden_is_shown_without_its_content(
    services: Services,
) -> None:
    _, turn_id = _asked(services, NIA)
    orders = services.work_orders
    order = orders.draft(NIA, services.records.turn(NIA, turn_id))
    for reader in (BLIND, REVOKED):
        shown = orders.get(reader, order.number)
        assert shown.is_withheld
        assert CANARY not in json.dumps([shown.model_dump(), orders.list(reader)[0].model_dump()])
        with pytest.raises(InvalidWorkOrder, match="may not see"):
            orders.edit(reader, order.number, _edit(1))
    assert orders.get(NIA, order.number) == order


def test_an_order_of_no_site_is_changed_by_who_sees_every_site(services: Services) -> None:
    _, turn_id = _asked(services, LOCAL)
    orders = services.work_orders
    order = orders.draft(LOCAL, services.records.turn(LOCAL, turn_id))
    assert orders.get(PLANNER, order.number).number == order.number
    with pytest.raises(NotAllowed, match="every site"):
        orders.edit(PLANNER, order.number, _edit(1))


def test_who_asks_what_cites_a_document_is_told_their_own(services: Services) -> None:
    _asked(services, NIA, f"{QUESTION} please")
    _asked(services, PLANNER)
    (document,) = services.catalog.documents(LOCAL)
    hashes = [document.content_hash]
    own = services.recalls.citing(NIA, hashes)
    assert [(each.owner, each.title) for each in own] == [("nia", f"{QUESTION} please")]
    every = services.recalls.citing(LOCAL, hashes)
    assert [(each.owner, each.title) for each in every] == [("nia", ""), ("pat", "")]
