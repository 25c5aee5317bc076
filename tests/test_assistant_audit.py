"""The audit log: every row is there, in its order, as it was written."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant import record_tables
from assistant.audit import AuditLog, Head
from assistant.audit_export import lines
from assistant.errors import AuditFailed
from assistant.jobs import TurnJobs
from assistant.records import Records
from assistant.work_orders import WorkOrderEdit, WorkOrders
from index.access import LOCAL, Principal
from index.database import open_engine, outside_transaction, writing
from index.errors import NotAllowed
from index.home import Home
from tests.conftest import Plant

EVE = Principal("eve", "technician", frozenset({"Plant North"}))


@pytest.fixture
def engine(home: Home) -> Iterator[sa.Engine]:
    engine = open_engine(home.records, record_tables.MIGRATIONS)
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: sa.Engine) -> AuditLog:
    return AuditLog(engine)


def filled(log: AuditLog, rows: int = 9) -> AuditLog:
    for number in range(rows):
        log.note(EVE, "answer", f"turn-{number}", status="grounded", documents=["ab", "cd"])
    return log


def without_guards(engine: sa.Engine, *statements: str) -> None:
    """Change the log as somebody does who can write the file."""
    with outside_transaction(engine) as connection:
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_no_{verb}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_row_says_who_did_what_to_which_thing_and_when(log: AuditLog) -> None:
    row = log.note(EVE, "order exported", "FB-2026-000001", address="10.1.2.3", form="csv")
    (stored,) = log.rows()
    assert stored == row
    assert (stored.user, stored.action, stored.object) == (
        "eve",
        "order exported",
        "FB-2026-000001",
    )
    assert stored.address == "10.1.2.3"
    assert json.loads(stored.details) == {"form": "csv"}
    assert stored.at.endswith("+00:00")


def test_the_hash_is_that_of_the_canonical_fields(log: AuditLog) -> None:
    """Anyone can check it with a few lines of their own."""
    import hashlib

    first, second = log.note("bob", "sign-in"), log.note("bob", "sign-out")
    fields = [2, second.at, "bob", "", "sign-out", "", "{}", first.hash]
    text = json.dumps(fields, separators=(",", ":"))
    assert second.hash == hashlib.sha256(text.encode()).hexdigest()
    assert first.previous == "0" * 64


def test_an_untouched_log_is_whole(log: AuditLog) -> None:
    assert log.verify().is_whole
    assert log.verify().rows == 0
    check = filled(log).verify()
    assert (check.is_whole, check.rows, check.head) == (True, 9, log.head())


@pytest.mark.parametrize("row", [1, 5, 9])
@pytest.mark.parametrize(
    "change",
    [
        "user = 'bob'",
        "at = '2020-01-01T00:00:00.000+00:00'",
        "action = 'sign-in'",
        "object = 'x'",
        "details = '{}'",
        "address = '::1'",
        "previous = hash",
        "hash = previous",
    ],
)
def test_a_changed_row_is_found_anywhere(
    log: AuditLog, engine: sa.Engine, row: int, change: str
) -> None:
    filled(log)
    without_guards(engine, f"UPDATE audit SET {change} WHERE sequence = {row}")
    check = log.verify()
    assert not check.is_whole
    assert str(row) in check.fault


@pytest.mark.parametrize("row", [1, 5, 8])
def test_a_removed_row_is_found(log: AuditLog, engine: sa.Engine, row: int) -> None:
    filled(log)
    without_guards(engine, f"DELETE FROM audit WHERE sequence = {row}")
    assert log.verify().fault == f"row {row} is missing"


@pytest.mark.parametrize("row", [1, 5, 8])
def test_a_removed_row_is_found_though_the_others_move_up(
    log: AuditLog, engine: sa.Engine, row: int
) -> None:
    filled(log)
    moves = [f"UPDATE audit SET sequence = {n} WHERE sequence = {n + 1}" for n in range(row, 9)]
    without_guards(engine, f"DELETE FROM audit WHERE sequence = {row}", *moves)
    assert f"row {row} was changed" in log.verify().fault


def test_reordered_rows_are_found(log: AuditLog, engine: sa.Engine) -> None:
    filled(log)
    without_guards(
        engine,
        "UPDATE audit SET sequence = 100 WHERE sequence = 4",
        "UPDATE audit SET sequence = 4 WHERE sequence = 5",
        "UPDATE audit SET sequence = 5 WHERE sequence = 100",
    )
    assert "row 4" in log.verify().fault


def test_an_inserted_row_is_found_though_its_own_hash_is_right(
    log: AuditLog, engine: sa.Engine
) -> None:
    filled(log)
    row = list(log.rows())[4]
    forged = type(row)(**{**_fields(row), "user": "mallory", "hash": ""})
    without_guards(
        engine,
        f"UPDATE audit SET user = 'mallory', hash = '{forged.digest()}' WHERE sequence = 5",
    )
    assert "row 6 does not follow row 5" in log.verify().fault


def test_a_cut_off_tail_is_found_with_a_head_that_was_noted(
    log: AuditLog, engine: sa.Engine
) -> None:
    noted = Head.parse(str(filled(log).head()))
    without_guards(engine, "DELETE FROM audit WHERE sequence > 6")
    assert log.verify().is_whole  # nothing inside tells of it
    assert "ends at row 6; 3 rows" in log.verify(noted).fault


def test_a_chain_that_was_written_anew_is_found_with_a_head_that_was_noted(
    log: AuditLog, engine: sa.Engine
) -> None:
    noted = filled(log).head()
    without_guards(engine, "DELETE FROM audit")
    filled(log, 12)
    assert log.verify().is_whole
    assert "row 9 is not the one that was noted" in log.verify(noted).fault


def test_a_noted_head_still_fits_when_the_log_has_grown(log: AuditLog) -> None:
    noted = filled(log).head()
    assert filled(log).verify(noted).is_whole


@pytest.mark.parametrize("text", ["", "5", "x:y", "5:abc", "-1:" + "0" * 64, "５:" + "0" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(AuditFailed, match="is no head"):
        Head.parse(text)


@pytest.mark.parametrize("statement", ["UPDATE audit SET user = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_a_row(
    log: AuditLog, engine: sa.Engine, statement: str
) -> None:
    filled(log)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), writing(engine) as connection:
        connection.exec_driver_sql(statement)
    assert log.verify().rows == 9


def test_many_threads_write_one_chain(log: AuditLog) -> None:
    def write(name: str) -> None:
        for number in range(10):
            log.note(name, "answer", str(number))

    threads = [threading.Thread(target=write, args=(f"u{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.verify().is_whole
    assert log.verify().rows == 80


def test_several_processes_write_one_chain(log: AuditLog, home: Home) -> None:
    code = (
        "import sys; from pathlib import Path; from assistant import record_tables; "
        "from assistant.audit import AuditLog; from index.database import open_engine; "
        f"log = AuditLog(open_engine(Path({str(home.records)!r}), record_tables.MIGRATIONS)); "
        "[log.note(sys.argv[1], 'sign-in', str(n)) for n in range(25)]"
    )
    root = Path(__file__).resolve().parents[1]
    running = [subprocess.Popen([sys.executable, "-c", code, f"p{n}"], cwd=root) for n in range(2)]
    for number in range(25):
        log.note("here", "sign-out", str(number))
    assert [process.wait(60) for process in running] == [0, 0]
    assert log.verify().is_whole
    assert log.verify().rows == 75


def test_an_unknown_action_is_refused(log: AuditLog) -> None:
    with pytest.raises(ValueError, match="no action"):
        log.note(EVE, "hello")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["a\0b", "half \ud800 pair", "=cmd()", "\u202e", "x" * 100_000, '{"json": 1}', "行 1\n行 2"],
)
def test_any_text_can_be_logged_and_checked(log: AuditLog, text: str) -> None:
    log.note(text, "sign-in refused", text, address=text, reason=text)
    assert log.verify().is_whole
    assert all(len(row) < 100_000 for row in lines(log.rows(), "jsonl"))


def test_secrets_are_taken_out_of_what_is_logged(log: AuditLog) -> None:
    log.note(EVE, "refused", "https://u:hunter2@host/", reason="token fb_abcdefgh12345678")
    (line,) = lines(log.rows(), "jsonl")
    assert "hunter2" not in line
    assert "fb_abcdefgh" not in line


def test_questions_are_logged_only_where_the_settings_say_so(engine: sa.Engine) -> None:
    for texts, expected in ((False, {}), (True, {"question": "why is it hot"})):
        row = AuditLog(engine, texts=texts).note(EVE, "answer", question="why is it hot")
        assert json.loads(row.details) == expected


def test_a_failed_write_refuses_what_it_tells_of(log: AuditLog, engine: sa.Engine) -> None:
    with outside_transaction(engine) as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    with pytest.raises(AuditFailed, match="'sign-in' was refused"):
        log.note(EVE, "sign-in")


def test_only_an_administrator_exports_and_that_is_logged(log: AuditLog) -> None:
    filled(log, 2)
    with pytest.raises(NotAllowed):
        log.export(EVE)
    rows = list(log.export(LOCAL))
    assert [row.action for row in rows] == ["answer", "answer", "audit export"]


def test_a_csv_export_holds_no_formula(log: AuditLog) -> None:
    log.note("=HYPERLINK(1)", "sign-in refused", "+1")
    header, row = lines(log.rows(), "csv")
    assert header.startswith("sequence,at,user")
    assert "'=HYPERLINK(1)" in row
    assert "'+1" not in row  # a number stays one


def _fields(row: object) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(row)  # type: ignore[call-overload, no-any-return]


def test_a_turn_is_logged_once_with_its_end_and_without_its_text(
    plant: Plant, engine: sa.Engine
) -> None:
    log = AuditLog(engine)
    records = Records(engine, log)
    jobs = TurnJobs(plant.assistant(), records)
    question = "E-217 on PR-02, said Quibblewick"
    turn = jobs.start(LOCAL, records.open_conversation(LOCAL), question, None)
    *_, last = jobs.follow(LOCAL, turn)
    assert last.kind == "answer"
    (row,) = log.rows()
    details = json.loads(row.details)
    assert (row.user, row.action, row.object) == ("local", "answer", turn)
    assert details["asset"] == "PR-02"
    assert details["codes"] == ["E-217"]
    assert details["documents"]
    assert "Quibblewick" not in "".join(lines([row], "jsonl"))


def test_an_answer_that_cannot_be_logged_is_not_recorded(plant: Plant, engine: sa.Engine) -> None:
    records = Records(engine, AuditLog(engine))
    jobs = TurnJobs(plant.assistant(), records)
    conversation = records.open_conversation(LOCAL)
    with outside_transaction(engine) as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    turn = jobs.start(LOCAL, conversation, "E-217 on PR-02", None)
    events = list(jobs.follow(LOCAL, turn))
    assert [event.kind for event in events] == ["evidence", "failed"]
    assert records.turn(LOCAL, turn).answer is None


def test_an_interrupted_turn_is_logged_as_failed(engine: sa.Engine) -> None:
    records = Records(engine, AuditLog(engine))
    turn = records.start_turn(EVE, records.open_conversation(EVE), "E-217", None)
    assert records.close_interrupted() == 1
    (row,) = AuditLog(engine).rows()
    assert (row.user, row.object, json.loads(row.details)) == ("eve", turn, {"status": "failed"})


def test_drafts_and_their_changes_are_logged_with_them(plant: Plant, engine: sa.Engine) -> None:
    log = AuditLog(engine)
    records, orders = Records(engine, log), WorkOrders(engine, log)
    jobs = TurnJobs(plant.assistant(), records)
    turn = jobs.start(LOCAL, records.open_conversation(LOCAL), "E-217 on PR-02", None)
    assert list(jobs.follow(LOCAL, turn))
    order = orders.draft(LOCAL, records.turn(LOCAL, turn))
    orders.draft(LOCAL, records.turn(LOCAL, turn))  # the same answer makes no second one
    edit = WorkOrderEdit(
        title="Cooler", description="", priority=1, steps=("Clean",), materials=(), version=1
    )
    orders.edit(LOCAL, order.number, edit)
    _, draft, change = log.rows()
    assert (draft.action, draft.object) == ("draft", order.number)
    assert (change.action, change.object) == ("order changed", order.number)
    assert json.loads(change.details)["fields"] == ["priority", "steps", "title"]
