"""Fault sessions: ticks, follow-ups, history, handover; each to its owner and receivers only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant import record_tables
from assistant.account_tables import account
from assistant.audit import AuditLog
from assistant.conversations import Conversations
from assistant.errors import RecordNotFound, SessionRefused
from assistant.fault_sessions.checks import Checks, tick_of
from assistant.fault_sessions.following import Following, language_said, read_following
from assistant.fault_sessions.handovers import Handovers
from assistant.fault_sessions.history import History
from assistant.jobs import TurnJobs
from assistant.messages import Answer, AnswerReady
from assistant.records import Records, Turn
from assistant.visible_turns import Sight
from index.access import Principal
from index.database import open_engine
from tests.conftest import Plant

NORTH = frozenset({"Plant North"})
ADA = Principal("ada", "technician", NORTH)
NINA = Principal("nina", "technician", NORTH)
SUE = Principal("sue", "supervisor", NORTH)
SAM = Principal("sam", "supervisor", frozenset({"Plant South"}))
ALL = Principal("root", "administrator")
CAUSES = ["Cooler C1 blocked by dust", "Fan M2 does not run"]
_OK, _BAD = Following("ok", None, ""), Following("not_ok", None, "")
_NEXT = Following(None, None, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("ok that was fine, what next?", _OK),
        ("OK that was fine what next", _OK),
        ("that's not it. What else?", _OK),
        ("ok, das war in Ordnung, was jetzt?", _OK),
        ("passt, weiter", _OK),
        ("这个正常，下一步查什么？", _OK),
        ("好的，没问题，然后呢", _OK),
        ("that was it", _BAD),
        ("das war defekt, was nun?", _BAD),
        ("这个不正常", _BAD),
        ("not ok", _BAD),
        ("what next?", _NEXT),
        ("was jetzt", _NEXT),
        ("接下来呢", _NEXT),
        ("ok 👍", _NEXT),
        ("no, what next?", Following(None, False, "")),
        ("ja", Following(None, True, "")),
        ("the cooler is clean, what now?", Following(None, None, "the cooler is clean")),
        ("is that ok?", None),
        ("that was fine?", None),
        ("that was fine and that was bad", None),
        ("what is the torque of the pump bolts?", None),
        ("ok what is E-218?", None),
        ("how do I clean the cooler?", None),
        ("the gearbox is clean, what now?", None),
        ("next week the pump is replaced", None),
        ("ok " * 400, None),
        ("", None),
        ("?!…", None),
        ("\0", None),
    ],
)
def test_a_follow_up_counts_only_if_nothing_else_is_left_of_it(
    words: str, told: Following | None
) -> None:
    assert read_following(words, CAUSES) == told


@pytest.mark.parametrize(
    ("words", "before", "language"),
    [("was jetzt?", "E-217", "de"), ("ok", "风扇不转怎么办", "zh"), ("下一步", "E-217", "zh")],
)
def test_a_follow_up_is_answered_in_its_language(words: str, before: str, language: str) -> None:
    assert language_said(words, before) == language


class Desk:
    """The services of a home with the sample plant, at which several people work."""

    def __init__(self, plant: Plant, path: Path) -> None:
        self.engine = open_engine(path, record_tables.MIGRATIONS)
        self.audit = AuditLog(self.engine)
        self.records = Records(self.engine, self.audit, Sight(plant.catalog))
        self.checks = Checks(self.engine, self.audit)
        self.history = History(self.engine, self.records)
        self.handovers = Handovers(self.engine, plant.catalog, self.audit)
        self.jobs = TurnJobs(plant.assistant(), self.records)
        for who in (ADA, NINA, SUE, SAM, ALL):
            self._add_account(who)

    def _add_account(self, who: Principal) -> None:
        texts = ("key", "name", "display_name", "provider", "subject", "password_hash")
        texts += ("last_address", "created_at", "created_by", "changed_at", "changed_by")
        values: dict[str, object] = dict.fromkeys(texts, "")
        values |= {"key": who.user, "name": who.user, "role": who.role, "is_disabled": False}
        values["sites"] = None if who.sites is None else sorted(who.sites)
        with self.engine.begin() as connection:
            connection.execute(account.insert().values(values))

    def ask(self, who: Principal, question: str, conversation: str = "") -> Turn:
        talk = conversation or self.records.open_conversation(who)
        turn_id = self.jobs.start(who, talk, question, None, use_model=False)
        *_, last = self.jobs.follow(who, turn_id)
        assert isinstance(last, AnswerReady), last
        return self.records.turn(who, turn_id)

    def shown(self, who: Principal, turn: Turn) -> Answer:
        return self.checks.shown(who, turn)

    def tick(self, who: Principal, turn: Turn, word: str, tick: str = "ok") -> None:
        assert turn.answer is not None
        key = next(cause.key for cause in turn.answer.causes if word in cause.text)
        self.checks.tick(who, turn, key, tick_of(tick))


@pytest.fixture
def desk(plant: Plant, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(plant, tmp_path / "records.db")
    yield desk
    desk.engine.dispose()


def order(shown: Answer) -> list[str]:
    return [cause.text.split()[0] for cause in shown.causes]


def test_a_tick_survives_and_holds_in_every_answer_of_the_conversation(desk: Desk) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    desk.tick(ADA, turn, "Cooler")
    again = Checks(open_engine(Path(str(desk.engine.url.database)), record_tables.MIGRATIONS))
    assert order(again.shown(ADA, turn))[-1] == "Cooler"
    later = desk.ask(ADA, "E-217 on PR-02, ram slow", turn.conversation_id)
    assert order(desk.shown(ADA, later))[-1] == "Cooler"
    elsewhere = desk.ask(ADA, "E-217 on PR-02")
    assert order(desk.shown(ADA, elsewhere))[0] == "Cooler"


def test_a_tick_can_be_changed_and_taken_back_and_each_is_logged_once(desk: Desk) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    for tick in ("ok", "ok", "not_ok", "undone", "undone"):
        desk.tick(ADA, turn, "Fan", tick)
    assert desk.checks.of(ADA, turn.conversation_id) == ()
    assert order(desk.shown(ADA, turn)) == ["Cooler", "Fan", "Relief", "Sensor"]
    rows = [row for row in desk.audit.rows() if row.action == "checked"]
    assert [json.loads(row.details)["verdict"] for row in rows] == ["ok", "not_ok", "undone"]
    assert {(row.user, row.object) for row in rows} == {("ada", turn.turn_id)}
    assert desk.audit.verify().is_whole


def test_nobody_but_the_owner_ticks_or_sees_ticks(desk: Desk) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    for other in (NINA, SUE, ALL):
        with pytest.raises(RecordNotFound):
            desk.tick(other, turn, "Cooler")
        with pytest.raises(RecordNotFound):
            desk.checks.of(other, turn.conversation_id)


@pytest.mark.parametrize("item", ["", "no such key", "'; DROP TABLE session_check; --", "\0"])
def test_a_key_that_the_answer_does_not_have_is_refused(desk: Desk, item: str) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    with pytest.raises(SessionRefused, match="no such cause"):
        desk.checks.tick(ADA, turn, item, "ok")


@pytest.mark.parametrize("text", ["", "OK", None, 7, "<b>"])
def test_what_is_no_tick_is_refused(text: object) -> None:
    with pytest.raises(SessionRefused, match="no tick"):
        tick_of(text)


def test_a_deleted_conversation_takes_its_ticks_along(desk: Desk) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    desk.tick(ADA, turn, "Cooler")
    Conversations(desk.engine).delete(ADA, turn.conversation_id)
    with desk.engine.connect() as connection:
        table = record_tables.session_check
        assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("ok that was fine, what next?", "Next check: Compare B2 with a thermometer"),
        ("ok, das war in Ordnung, was jetzt?", "Nächste Prüfung: Compare B2 with a thermometer"),
        ("这个正常，下一步查什么？", "下一步检查：Compare B2 with a thermometer"),
    ],
)
def test_a_follow_up_ticks_what_was_proposed_and_gives_the_next_check(
    desk: Desk, words: str, says: str
) -> None:
    first = desk.ask(ADA, "E-217 on PR-02, ram slow when warm")
    turn = desk.ask(ADA, words, first.conversation_id)
    assert turn.answer is not None
    assert turn.answer.question == "E-217 on PR-02, ram slow when warm"  # what was searched for
    assert turn.answer.asset == "PR-02"
    assert says in turn.answer.message
    assert not turn.answer.is_degraded
    assert order(desk.shown(ADA, turn)) == ["Cooler", "Fan", "Sensor", "Relief"]
    (check,) = desk.checks.of(ADA, turn.conversation_id)
    assert (check.text, check.verdict) == ("Relief valve V20 passes oil all the time", "ok")


def test_a_follow_up_after_a_tap_ticks_nothing_more(desk: Desk) -> None:
    first = desk.ask(ADA, "E-217 on PR-02")
    desk.tick(ADA, first, "Fan")
    turn = desk.ask(ADA, "that was fine, what next?", first.conversation_id)
    assert [c.text for c in desk.checks.of(ADA, turn.conversation_id)] == ["Fan M2 does not run"]
    assert turn.answer is not None
    assert "Check the setting of V20" in turn.answer.message


def test_a_follow_up_finds_the_diagnosis_behind_another_question(desk: Desk) -> None:
    first = desk.ask(ADA, "E-217 on PR-02")
    desk.ask(ADA, "How do I clean the oil cooler?", first.conversation_id)
    turn = desk.ask(ADA, "the fan M2 does not run, what now?", first.conversation_id)
    assert turn.answer is not None
    assert order(turn.answer)[0] == "Fan"
    assert turn.answer.reported == "the fan M2 does not run"
    after = desk.ask(ADA, "what next?", first.conversation_id)
    assert after.answer is not None
    assert after.answer.reported == "the fan M2 does not run"  # it is kept


def test_without_a_diagnosis_before_it_a_follow_up_is_a_question(desk: Desk) -> None:
    turn = desk.ask(ADA, "ok that was fine, what next?")
    assert turn.answer is not None
    assert turn.answer.question == "ok that was fine, what next?"


def found(desk: Desk, who: Principal, query: str) -> list[str]:
    return [session.questions[0] for session in desk.history.search(who, query, 20)]


def test_own_sessions_are_found_by_question_machine_code_and_what_was_found(desk: Desk) -> None:
    press = desk.ask(ADA, "E-217 on PR-02, 油温高")
    desk.tick(ADA, press, "Fan", "not_ok")
    desk.ask(ADA, "How much is 100% of a_b on LT-01?")
    desk.ask(NINA, "E-217 on PR-02, of nina")
    one, other = "E-217 on PR-02, 油温高", "How much is 100% of a_b on LT-01?"
    for query in ("油温", "pr-02", "e-217", "fan m2", "FAN pr-02", "ｅ-217", "温高 e-217"):
        assert found(desk, ADA, query) == [one], query
    for query in ("100%", "a_b", "lt-01"):
        assert found(desk, ADA, query) == [other], query
    for query in ("%", "_"):
        assert found(desk, ADA, query) == [other], query
    for query in ("nina", "100_", "a%b", "温油", "\\", "'", "cooler c1", "e-217 lt-01"):
        assert found(desk, ADA, query) == [], query
    assert found(desk, ADA, "  ") == [other, one]
    (session,) = desk.history.search(ADA, "fan", 20)
    assert (session.asset, session.codes) == ("PR-02", ("E-217",))
    assert session.found == ("Fan M2 does not run",)


def test_pages_of_a_search_follow_each_other(desk: Desk) -> None:
    for number in range(5):
        desk.records.start_turn(ADA, desk.records.open_conversation(ADA), f"noise {number}", None)
    first = desk.history.search(ADA, "noise", 3)
    end = first[-1].conversation
    rest = desk.history.search(ADA, "noise", 3, (end.created_at, end.conversation_id))
    assert sorted(one.questions[0] for one in (*first, *rest)) == [f"noise {n}" for n in range(5)]


def test_an_answer_that_is_withheld_by_now_is_not_searched(desk: Desk) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    desk.tick(ADA, turn, "Fan", "not_ok")
    moved = replace(ADA, sites=frozenset({"Plant South"}))
    assert found(desk, moved, "fan m2") == []
    (session,) = desk.history.search(moved, "e-217", 5)
    assert (session.asset, session.codes, session.found) == (None, (), ())


def hand(desk: Desk, turn: Turn, **to: str | None) -> str:
    turns = desk.records.turns(ADA, turn.conversation_id)
    made = desk.handovers.hand_over(ADA, turn.conversation_id, turns, note="hot", **to)  # type: ignore[arg-type]
    return made.handover_id


def sees(desk: Desk, who: Principal, handover_id: str) -> bool:
    try:
        desk.handovers.get(who, handover_id)
    except RecordNotFound:
        return False
    return True


def test_a_handover_is_seen_by_giver_receiver_and_the_supervisors_of_its_site(desk: Desk) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    to_nina, to_site = hand(desk, turn, to_user="nina"), hand(desk, turn, site="Plant North")
    bob = Principal("bob", "technician", NORTH)
    people = (ADA, NINA, SUE, ALL, bob, SAM)
    assert [sees(desk, who, to_nina) for who in people] == [True, True, True, True, False, False]
    assert [sees(desk, who, to_site) for who in people] == [True, True, True, True, True, False]
    assert [one.handover_id for one in desk.handovers.received(NINA)] == [to_site, to_nina]
    assert desk.handovers.received(ADA) == []
    assert desk.handovers.received(SAM) == []
    row = next(row for row in desk.audit.rows() if row.object == to_nina)
    assert (row.action, json.loads(row.details)["to"]) == ("handed over", "nina")


def test_only_colleagues_and_own_sites_can_be_handed_a_session(desk: Desk) -> None:
    assert [one.name for one in desk.handovers.colleagues(ADA)] == ["nina", "root", "sue"]
    turn = desk.ask(ADA, "E-217 on PR-02")
    for to in ({"to_user": "sam"}, {"to_user": "ada"}, {"site": "Plant South"}, {"site": None}):
        with pytest.raises(SessionRefused):
            hand(desk, turn, **to)
    turns = desk.records.turns(ADA, turn.conversation_id)
    with pytest.raises(RecordNotFound):
        desk.handovers.hand_over(NINA, turn.conversation_id, turns, to_user="sue")
    with pytest.raises(SessionRefused, match="Nothing was asked"):
        desk.handovers.hand_over(ADA, desk.records.open_conversation(ADA), [], to_user="nina")


def test_a_handover_stays_as_it_was_when_the_session_goes_on_or_is_deleted(desk: Desk) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    desk.tick(ADA, turn, "Cooler")
    handover_id = hand(desk, turn, to_user="nina")
    desk.tick(ADA, turn, "Fan")
    Conversations(desk.engine).delete(ADA, turn.conversation_id)
    page = desk.handovers.get(NINA, handover_id)
    assert [check.text for check in page.checks] == ["Cooler C1 blocked by dust"]
    assert page.answer is not None
    assert order(page.answer)[-1] == "Cooler"
    assert page.note == "hot"


def test_the_receiver_goes_on_in_a_session_that_keeps_machine_code_and_ticks(desk: Desk) -> None:
    first = desk.ask(ADA, "E-217 on PR-02")
    desk.tick(ADA, first, "Cooler")
    handover_id = hand(desk, first, to_user="nina")
    conversation = desk.handovers.go_on(NINA, handover_id)
    assert desk.handovers.go_on(NINA, handover_id) == conversation
    (turn,) = desk.records.turns(NINA, conversation)
    shown = desk.shown(NINA, turn)
    assert (shown.asset, shown.code_cards[0].code, order(shown)[-1]) == ("PR-02", "E-217", "Cooler")
    assert "ada" in shown.causes[-1].speaks_against[-1].text
    later = desk.ask(NINA, "ok that was fine, what next?", conversation)
    assert order(desk.shown(NINA, later)) == ["Fan", "Sensor", "Cooler", "Relief"]
    assert order(desk.shown(ADA, first)) == ["Fan", "Relief", "Sensor", "Cooler"]  # untouched
    with pytest.raises(RecordNotFound):
        desk.handovers.go_on(SAM, handover_id)


def test_who_may_not_see_the_documents_gets_no_word_of_them_in_a_handover(desk: Desk) -> None:
    turn = desk.ask(ADA, "E-217 on PR-02")
    desk.tick(ADA, turn, "Cooler")
    handover_id = hand(desk, turn, to_user="nina")
    moved = replace(NINA, sites=frozenset({"Plant South"}))
    page = desk.handovers.get(moved, handover_id)
    assert page.answer is not None
    assert page.answer.is_withheld
    assert page.checks == ()
    with pytest.raises(SessionRefused, match="may not see"):
        desk.handovers.go_on(moved, handover_id)


def test_records_of_the_version_before_get_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    before = record_tables.MIGRATIONS
    names = [name for name, _ in before]
    old = before[: names.index("m009_fault_sessions")]
    engine = open_engine(path, old)
    with engine.begin() as connection:
        for table in (record_tables.session_check, record_tables.handover):
            table.drop(connection)  # a new home has them from its first change on
    engine.dispose()
    engine = open_engine(path, before)
    assert {"session_check", "handover"} <= set(sa.inspect(engine).get_table_names())
    engine.dispose()
