"""Experts are named by who may, for their sites; a forwarded question stays between two people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant import record_tables
from assistant.accounts import Accounts
from assistant.audit import AuditLog
from assistant.errors import ExpertRefused, RecordNotFound
from assistant.experts.forwarding import Forwarding
from assistant.experts.naming import Experts
from assistant.messages import Answer, AnswerReady, Citation, Timings
from assistant.passwords import Cost, Passwords
from assistant.records import Records
from assistant.visible_turns import Sight
from index import tables
from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.database import open_engine
from index.errors import NotAllowed

TESS = Principal("tess", "technician", frozenset({"north"}))
SUE = Principal("sue", "technician", frozenset({"south"}))
PAUL = Principal("paul", "planner", frozenset({"north"}))
EVA = Principal("eva", "technician", frozenset({"north"}))
PRESS = Asset("PR-01", asset_class="Hydraulic press", site="north")


@dataclass
class Desk:
    experts: Experts
    forwarding: Forwarding
    records: Records
    accounts: Accounts
    audit: AuditLog

    def turn(
        self, principal: Principal, question: str = "E-999 on PR-01", **changes: object
    ) -> str:
        """A turn that the documents did not answer."""
        talk = self.records.open_conversation(principal)
        turn_id = self.records.start_turn(principal, talk, question, "PR-01")
        answer = Answer(
            question=question,
            status="unsupported",
            code_status="unknown",
            asset="PR-01",
            message="The code E-999 is not in the documents.",
            is_degraded=True,
            timings=Timings(evidence_s=0.1, total_s=0.1),
        ).model_copy(update=changes)
        self.records.add_event(turn_id, 1, AnswerReady(answer=answer))
        return turn_id


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_engine(tmp_path / "records.db", record_tables.MIGRATIONS)
    catalog = Catalog(open_engine(tmp_path / "knowledge.db", tables.MIGRATIONS))
    assets = AssetRegister(catalog.engine)
    assets.put([PRESS, Asset("SW-01", asset_class="Saw", site="south")])
    audit = AuditLog(engine)
    sight = Sight(catalog)
    records = Records(engine, audit, sight)
    accounts = Accounts(engine, Passwords(Cost(passes=1, memory_kib=8, lanes=1)))
    for name, role, sites in (
        ("tess", "technician", ("north",)),
        ("sue", "technician", ("south",)),
        ("paul", "planner", ("north",)),
        ("eva", "technician", ("north",)),
    ):
        accounts.add(name, role, LOCAL, display_name=name.title(), sites=sites, groups=None)  # type: ignore[arg-type]
    experts = Experts(engine, audit)
    forwarding = Forwarding(engine, audit, records, experts, assets, sight)
    yield Desk(experts, forwarding, records, accounts, audit)
    engine.dispose()
    catalog.engine.dispose()


def test_a_planner_names_the_expert_of_a_class_at_their_site(desk: Desk) -> None:
    expert = desk.experts.set(PAUL, "hydraulic  PRESS", "EVA", "north")
    assert (expert.user, expert.shown, expert.site) == ("eva", "Eva", "north")
    found = desk.experts.find(TESS, PRESS)
    assert found is not None
    assert found.user == "eva"


def test_the_expert_of_the_class_comes_before_the_one_of_any_machine(desk: Desk) -> None:
    desk.experts.set(LOCAL, "", "paul")
    first = desk.experts.find(TESS, PRESS)
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    second = desk.experts.find(TESS, PRESS)
    without = desk.experts.find(TESS, None)
    assert [one.user if one else None for one in (first, second, without)] == [
        "paul",
        "eva",
        "paul",
    ]


def test_naming_another_one_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.experts.set(LOCAL, "Saw", "eva")
    desk.experts.set(LOCAL, "saw", "paul")
    assert [(e.asset_class, e.user) for e in desk.experts.all(LOCAL)] == [("saw", "paul")]


@pytest.mark.parametrize(
    ("principal", "site"), [(TESS, "north"), (PAUL, None), (PAUL, "south")], ids=str
)
def test_who_may_not_names_nobody(desk: Desk, principal: Principal, site: str | None) -> None:
    with pytest.raises(NotAllowed):
        desk.experts.set(principal, "Saw", "eva", site)
    assert desk.experts.all(LOCAL) == []


@pytest.mark.parametrize(
    ("user", "site", "why"),
    [
        ("nobody", None, "no account 'nobody'"),
        ("eva", "south", "does not see the site 'south'"),
        ("", None, "no account ''"),
    ],
)
def test_an_expert_is_an_account_that_sees_the_site(
    desk: Desk, user: str, site: str | None, why: str
) -> None:
    with pytest.raises(ExpertRefused, match=why):
        desk.experts.set(LOCAL, "Saw", user, site)


def test_a_class_is_one_short_line(desk: Desk) -> None:
    for bad in ("x" * 121, "a\u202eb"):
        with pytest.raises(ExpertRefused, match="at most 120"):
            desk.experts.set(LOCAL, bad, "eva")


def test_a_disabled_expert_is_nobody(desk: Desk) -> None:
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    desk.accounts.disable(LOCAL, "eva")
    assert desk.experts.find(TESS, PRESS) is None


def test_a_planner_of_another_site_neither_sees_nor_removes_an_expert(desk: Desk) -> None:
    expert = desk.experts.set(LOCAL, "Saw", "sue", "south")
    assert desk.experts.all(PAUL) == []
    with pytest.raises(RecordNotFound):
        desk.experts.remove(PAUL, expert.expert_id)
    desk.experts.remove(LOCAL, expert.expert_id)
    assert desk.experts.all(LOCAL) == []


def test_a_forwarded_question_reaches_the_expert_and_the_reply_the_asker(desk: Desk) -> None:
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    turn_id = desk.turn(TESS)
    sent = desk.forwarding.forward(TESS, turn_id)
    (got,) = desk.forwarding.received(EVA)
    assert (got.question, got.asset, got.owner_shown, got.state) == (
        "E-999 on PR-01",
        "PR-01",
        "Tess",
        "open",
    )
    assert got.found is not None
    assert got.found.message == "The code E-999 is not in the documents."
    desk.forwarding.reply(EVA, got.forwarded_id, "It is the new pump board.\nSwap fuse F3.")
    (seen,) = desk.forwarding.of_conversation(TESS, sent.conversation_id)
    assert (seen.state, seen.expert_shown) == ("answered", "Eva")
    assert seen.reply == "It is the new pump board.\nSwap fuse F3."
    assert seen.replied_at is not None
    # The answer of the documents is what it was.
    answer = desk.records.turn(TESS, turn_id).answer
    assert answer is not None
    assert (answer.status, answer.citations) == ("unsupported", ())


def test_a_question_is_forwarded_once_and_answered_once(desk: Desk) -> None:
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    turn_id = desk.turn(TESS)
    first, second = (desk.forwarding.forward(TESS, turn_id) for _ in range(2))
    assert first == second
    desk.forwarding.reply(EVA, first.forwarded_id, "Fuse F3")
    with pytest.raises(ExpertRefused, match="is answered"):
        desk.forwarding.reply(EVA, first.forwarded_id, "No, F4")


def test_an_open_question_goes_to_the_expert_that_was_named_since(desk: Desk) -> None:
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    turn_id = desk.turn(TESS)
    desk.forwarding.forward(TESS, turn_id)
    desk.experts.set(LOCAL, "Hydraulic press", "paul")
    assert desk.forwarding.forward(TESS, turn_id).expert == "paul"
    assert desk.forwarding.received(EVA) == []


def test_nobody_else_sees_forwards_or_answers_it(desk: Desk) -> None:
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    turn_id = desk.turn(TESS)
    with pytest.raises(RecordNotFound):
        desk.forwarding.forward(SUE, turn_id)
    sent = desk.forwarding.forward(TESS, turn_id)
    for principal in (SUE, PAUL, LOCAL):
        with pytest.raises(RecordNotFound):
            desk.forwarding.get(principal, sent.forwarded_id)
        with pytest.raises(RecordNotFound):
            desk.forwarding.reply(principal, sent.forwarded_id, "x")
    with pytest.raises(RecordNotFound):  # the asker does not answer it either
        desk.forwarding.reply(TESS, sent.forwarded_id, "x")
    assert desk.forwarding.of_conversation(SUE, sent.conversation_id) == []


def test_an_expert_who_lost_the_site_sees_the_question_no_more(desk: Desk) -> None:
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    sent = desk.forwarding.forward(TESS, desk.turn(TESS))
    moved = Principal("eva", "technician", frozenset({"south"}))
    assert desk.forwarding.received(moved) == []
    with pytest.raises(RecordNotFound):
        desk.forwarding.reply(moved, sent.forwarded_id, "x")


def test_what_was_found_is_withheld_from_an_expert_who_may_not_see_its_source(desk: Desk) -> None:
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    secret = Citation(
        marker=1,
        chunk_id=1,
        revision_id=1,
        document="Secret",
        document_number="S-1",
        kind="manual",
        revision="A",
        page=1,
        locator="p. 1",
        section="1",
        quote="q",
        content_hash="ab" * 32,
        site="north",
        groups=("board",),
    )
    board = Principal("tess", "technician", frozenset({"north"}), frozenset({"board"}))
    desk.forwarding.forward(board, desk.turn(board, citations=(secret,)))
    outside = Principal("eva", "technician", frozenset({"north"}), frozenset({"fitters"}))
    (got,) = desk.forwarding.received(outside)
    assert got.found is None
    assert got.question == "E-999 on PR-01"


def test_without_an_expert_nothing_is_forwarded(desk: Desk) -> None:
    with pytest.raises(ExpertRefused, match="No expert is named for the class 'Hydraulic press'"):
        desk.forwarding.forward(TESS, desk.turn(TESS))


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b\u202e", "x" * 4001])
def test_a_reply_has_words(desk: Desk, text: str) -> None:
    desk.experts.set(LOCAL, "Hydraulic press", "eva")
    sent = desk.forwarding.forward(TESS, desk.turn(TESS))
    with pytest.raises(ExpertRefused, match="1 to 4000"):
        desk.forwarding.reply(EVA, sent.forwarded_id, text)


def test_every_decision_is_in_the_audit_log_without_its_text(desk: Desk) -> None:
    expert = desk.experts.set(LOCAL, "Hydraulic press", "eva")
    sent = desk.forwarding.forward(TESS, desk.turn(TESS))
    desk.forwarding.reply(EVA, sent.forwarded_id, "Swap fuse F3")
    desk.experts.remove(LOCAL, expert.expert_id)
    rows = [row for row in desk.audit.rows() if row.action.startswith(("expert", "question"))]
    assert [(row.user, row.action, row.object) for row in rows] == [
        ("local", "expert named", "eva"),
        ("tess", "question forwarded", sent.turn_id),
        ("eva", "expert replied", sent.turn_id),
        ("local", "expert removed", "eva"),
    ]
    assert not any("F3" in row.details for row in rows)
    assert desk.audit.verify().fault == ""
