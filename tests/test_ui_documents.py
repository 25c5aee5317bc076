"""The tab about the life of a document, its handlers called as functions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.messages import AnswerReady
from assistant.question import Ask
from index.access import LOCAL
from ingest.reading import READERS
from ingest.tagging import Stated
from tests.command_line import PUMP
from tests.conftest import Plant
from tests.html_tags import Tags
from tests.ui_services import HOSTILE, built, copy_of, services_of
from ui.documents import DocumentsTab, Said
from ui.ingest_process import IngestProcess
from ui.wiring import Services

ID, TITLE, NUMBER, REVISION, STATUS, APPLIES_TO = range(6)
# Positions among the outputs of the panel.
CHOSEN, HEAD, SAID, ACTS, APPROVE, WITHDRAW, CONFIRM, FORM, BODY = range(9)
FACTS, REPORT, PART, COUNT, PAGE = range(9, 14)


def _tab(services: Services) -> DocumentsTab:
    def make() -> DocumentsTab:
        with gr.Blocks(analytics_enabled=False):
            return DocumentsTab(services)

    return built(make)


@pytest.fixture
def services(plant: Plant, tmp_path: Path) -> Services:
    return services_of(copy_of(plant, tmp_path))


@pytest.fixture
def tab(services: Services) -> DocumentsTab:
    return _tab(services)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Services]:
    """A home without documents, whose process only waits to be ended."""
    services = services_of(tmp_path / "home")
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    services.ingestion = IngestProcess(services.home, command)
    yield services
    services.ingestion.stop()


def _press(tab: DocumentsTab, services: Services) -> int:
    return _revision(services, "HP40-MM-EN")


def _revision(services: Services, number: str) -> int:
    (found,) = (d for d in services.catalog.documents(LOCAL) if d.number == number)
    return found.revision_id


def _choose(tab: DocumentsTab, revision_id: int) -> tuple[Any, ...]:
    row = [str(revision_id), "", "", "", "", ""]
    return tab.choose(gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": row}))


def _tap(tab: DocumentsTab, act: str, item: object) -> tuple[Any, ...]:
    return tab.act(gr.EventData(None, {"act": act, "item": item}), Said())


def _ask(services: Services, question: str = "E-217 on PR-02") -> str:
    answer = services.assistant.ask(Ask(question, use_model=False), LOCAL)
    records = services.records
    turn_id = records.start_turn(LOCAL, records.open_conversation(LOCAL), question, None)
    records.add_event(turn_id, 1, AnswerReady(answer=answer))
    return turn_id


def test_the_list_shows_what_answers_and_on_demand_every_revision(tab: DocumentsTab) -> None:
    rows = {row[NUMBER]: row for row in tab.rows(False)}
    assert set(rows) == {"HP40-MM-EN", "LT25-SM-EN", "RC15-MM-EN"}
    assert rows["HP40-MM-EN"][REVISION] == "C"
    assert rows["HP40-MM-EN"][APPLIES_TO] == "HP-40, HP-40S"
    assert ">approved<" in rows["HP40-MM-EN"][STATUS]
    every = [(row[NUMBER], row[REVISION]) for row in tab.rows(True)]
    assert ("HP40-MM-EN", "B") in every
    assert len(every) == 4
    assert not any("Tickets" in row[TITLE] for row in tab.rows(True))


def test_a_chosen_revision_shows_facts_report_and_its_first_page(
    tab: DocumentsTab, services: Services
) -> None:
    press = _press(tab, services)
    shown = _choose(tab, press)
    assert len(shown) + 2 == len(tab.outputs)
    assert shown[CHOSEN] == press
    assert "<dt>Revision</dt><dd>C of 2024-03-12</dd>" in shown[FACTS]
    assert "<dt>Pages without text</dt><dd>none</dd>" in shown[REPORT]
    assert shown[APPROVE]["visible"] is False
    assert shown[WITHDRAW]["visible"] is True
    assert "/1.png" in shown[PAGE]
    assert "of 35" in shown[COUNT]


def test_a_row_that_is_gone_opens_no_other_document(tab: DocumentsTab) -> None:
    shown = _choose(tab, 99)
    assert shown[CHOSEN] == 0
    assert "deleted before" in shown[HEAD]
    assert shown[ACTS]["visible"] is False


def test_pages_are_turned_one_by_one_and_not_beyond_the_last(
    tab: DocumentsTab, services: Services
) -> None:
    panel, press = tab._panel, _press(tab, services)
    assert panel.leaf(press, 1, -1)[0] == 1
    assert panel.leaf(press, 1, 1)[0] == 2
    assert panel.leaf(press, 35, 1)[0] == 35
    assert panel.leaf(press, None, 1)[0] == 2
    assert "/7.png" in panel.turn(press, 7)
    assert "Nothing searchable" in panel.turn(press, 999)
    assert panel.turn(999, 1) == ""


def test_withdrawing_asks_for_a_reason_and_lists_what_cites_it(
    tab: DocumentsTab, services: Services
) -> None:
    turn = services.records.turn(LOCAL, _ask(services))
    order = services.work_orders.draft(LOCAL, turn)
    panel, press = tab._panel, _press(tab, services)
    action, question, reason, yes, confirm, *_ = panel.ask("withdraw")
    assert "Withdraw this revision?" in question
    assert reason["visible"] is True
    assert confirm["visible"] is True
    assert yes == "Yes, withdraw it"
    shown = panel.carry_out(action, press, " torque <wrong> ")
    assert "1 answer and 1 work order cite it" in shown[SAID]
    assert order.number in shown[SAID]
    assert "torque &lt;wrong&gt;" in shown[HEAD]
    assert ">withdrawn<" in shown[HEAD]
    assert shown[APPROVE]["visible"] is True
    assert shown[WITHDRAW]["visible"] is False
    assert "HP40-MM-EN" not in {row[NUMBER] for row in tab.rows(False)}


def test_a_withdrawn_revision_is_approved_again(tab: DocumentsTab, services: Services) -> None:
    panel, press = tab._panel, _press(tab, services)
    panel.carry_out("withdraw", press, "")
    assert panel.ask("approve")[2]["visible"] is False  # no reason is asked for
    shown = panel.carry_out("approve", press, "")
    assert "Approved." in shown[SAID]
    assert "HP40-MM-EN" in {row[NUMBER] for row in tab.rows(False)}


def test_an_older_revision_is_not_approved_beside_a_newer_one(
    tab: DocumentsTab, services: Services
) -> None:
    (old,) = (int(row[ID]) for row in tab.rows(True) if "superseded" in row[STATUS])
    shown = tab._panel.carry_out("approve", old, "")
    assert (
        'role="alert">A newer revision than B is approved. Withdraw that one first.'
        in (shown[SAID])
    )
    assert ">superseded<" in shown[HEAD]


def test_a_deleted_document_leaves_no_trace_and_says_so(
    tab: DocumentsTab, services: Services
) -> None:
    _ask(services)
    press = _press(tab, services)
    originals = len(list(services.home.originals.iterdir()))
    shown = tab._panel.carry_out("delete", press, "")
    assert shown[CHOSEN] == 0
    assert "is deleted." in shown[HEAD]
    assert "Nothing is left of it." in shown[HEAD]
    assert "1 answer and 0 work orders" in shown[HEAD]
    assert '<li class="">vectors <b>0</b></li>' in shown[HEAD]
    assert "HP40-MM-EN" not in {row[NUMBER] for row in tab.rows(True)}
    assert len(list(services.home.originals.iterdir())) == originals - 2  # both revisions
    again = tab._panel.carry_out("delete", press, "")
    assert "There is no revision" in again[HEAD]


def _typed(tab: DocumentsTab, revision_id: int, **changes: str) -> tuple[Any, ...]:
    fields = "title number revision date language kind models serials assets site".split()
    values = dict(zip(fields, tab._panel.open_form(revision_id)[3:], strict=True))
    return tab._panel.correct(revision_id, *(values | changes).values())


def test_a_correction_changes_what_was_typed_and_nothing_else(
    tab: DocumentsTab, services: Services
) -> None:
    press = _press(tab, services)
    shown = _typed(tab, press, models="HP-40, HP-40X,", assets="pr-02", revision="D")
    assert "Corrected." in shown[SAID]
    assert "<dt>Models</dt><dd>HP-40, HP-40X</dd>" in shown[FACTS]
    assert "<dt>Assets</dt><dd>PR-02</dd>" in shown[FACTS]
    assert "<dt>Revision</dt><dd>D of 2024-03-12</dd>" in shown[FACTS]
    stored = services.curator.revision(LOCAL, press)
    corrected = tab._services.recalls._corrections.of_stored(stored)
    assert {item.field for item in corrected} == {"models", "assets", "revision"}


def test_a_form_that_is_saved_as_it_was_corrects_nothing(
    tab: DocumentsTab, services: Services
) -> None:
    press = _press(tab, services)
    assert "Nothing was changed." in _typed(tab, press)[SAID]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"assets": "PR-99"}, "No asset has the tag &#x27;PR-99&#x27;"),
        ({"title": "  "}, "A document needs a title. Type one."),
        ({"kind": "novel"}, "&#x27;novel&#x27; is no kind of document."),
    ],
)
def test_a_correction_that_cannot_be_says_why_and_keeps_the_form(
    tab: DocumentsTab, services: Services, changes: dict[str, str], words: str
) -> None:
    press = _press(tab, services)
    shown = _typed(tab, press, **changes)
    assert words in shown[SAID]
    assert "visible" not in shown[FORM]
    assert services.curator.revision(LOCAL, press).title.startswith("HP-40")


def test_uploads_are_queued_and_bad_ones_refused_at_once(empty: Services, tmp_path: Path) -> None:
    tab = _tab(empty)
    files = {"pump.md": PUMP.encode(), "<b>empty.pdf": b"", "run.exe": b"MZ", "fake.pdf": b"BM.."}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    html, timer, said, upload = tab.add([str(tmp_path / name) for name in files], False)
    assert upload is None
    assert "&lt;b&gt;empty.pdf is empty (0 bytes)" in html
    assert "run.exe has the ending" in html
    assert "fake.pdf ends in" in html
    assert str(tmp_path) not in html
    assert "<b>pump.md</b>" in html
    assert timer.value == 1.0
    assert len(said.refused) == 3
    (item,) = empty.intake.items()
    assert item.state == "queued"
    assert (empty.home.originals / item.original).read_bytes() == PUMP.encode()
    assert empty.ingestion.is_alive
    assert not any((tmp_path / name).exists() for name in files)


def test_a_file_that_is_in_already_is_told(empty: Services, tmp_path: Path) -> None:
    path = tmp_path / "pump.md"
    for words in ("waits, 1 of 1", "There already: pump.md."):
        path.write_text(PUMP, encoding="utf-8")
        html, *_ = _tab(empty).add([str(path)], False)
        assert words in html
        list(empty.worker.work(lambda *_: None))


def test_held_files_become_drafts_that_are_approved(empty: Services, tmp_path: Path) -> None:
    tab = _tab(empty)
    (tmp_path / "pump.md").write_text(PUMP, encoding="utf-8")
    tab.add([str(tmp_path / "pump.md")], True)
    list(empty.worker.work(lambda *_: None))
    assert tab.rows(False) == []
    (row,) = tab.rows(True)
    assert ">draft<" in row[STATUS]
    tab._panel.carry_out("approve", int(row[ID]), "")
    assert len(tab.rows(False)) == 1


def test_the_buttons_of_the_queue_cancel_try_again_and_dismiss(
    empty: Services, tmp_path: Path
) -> None:
    tab = _tab(empty)
    (tmp_path / "bare.md").write_text("# Only a heading\n", encoding="utf-8")
    tab.add([str(tmp_path / "bare.md")], False)
    (item,) = empty.intake.items()
    assert "bare.md is cancelled" in _tap(tab, "cancel", str(item.item_id))[0]
    _tap(tab, "retry", str(item.item_id))
    list(empty.worker.work(lambda *_: None))
    html, timer, _ = tab._shown(Said())
    assert "bare.md holds nothing but headings" in html
    assert timer.value == 10.0
    _tap(tab, "retry", str(item.item_id))
    assert empty.intake.items("queued")
    list(empty.worker.work(lambda *_: None))
    assert _tap(tab, "dismiss", str(item.item_id))[0] == ""
    assert empty.intake.items("failed") == []


@pytest.mark.parametrize("item", ["", "-1", "x", None, "99999999"])
def test_a_forged_tap_does_nothing(empty: Services, item: object) -> None:
    assert _tap(_tab(empty), "cancel", item)[0] == ""


def test_the_list_is_drawn_anew_only_when_the_knowledge_has_changed(
    tab: DocumentsTab, services: Services
) -> None:
    queue, _, seen, rows = tab.tick(Said(), -1, False)
    assert queue == ""
    assert len(rows) == 3
    assert isinstance(tab.tick(Said(), seen, False)[3], dict)  # what skips an output
    tab._panel.carry_out("delete", _press(tab, services), "")
    assert len(tab.tick(Said(), seen, False)[3]) == 2


def test_the_process_is_started_for_what_a_dead_worker_left(empty: Services) -> None:
    tab = _tab(empty)
    empty.home.originals.joinpath("a.md").write_text("x", encoding="utf-8")
    empty.intake.add("document", "a", original="a.md", name="a.md", source="", options={})
    assert empty.intake.claim("123-dead") is not None
    assert not empty.ingestion.is_alive
    tab.tick(Said(), -1, False)
    assert empty.ingestion.is_alive


def test_every_format_that_can_be_read_can_be_chosen(tab: DocumentsTab) -> None:
    assert tab._upload.file_types == sorted(READERS)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_document_is_shown_as_text(text: str, tmp_path: Path) -> None:
    services = services_of(tmp_path / "home")
    path = tmp_path / "trick.md"
    title = " ".join(text.split())
    body = f"# {title}\n\nDocument no. TRICK-1\n\nThe valve is shut.\n\n    {title}\n"
    path.write_text(body, encoding="utf-8")
    (report,) = services.worker.ingest([path], Stated(), lambda *_: None)
    assert report.outcome == "added"
    tab = _tab(services)
    revision_id = _revision(services, "TRICK-1")
    _typed(tab, revision_id, site=title, serials=title)
    shown = tab._panel.carry_out("withdraw", revision_id, text)
    gone = tab._panel.carry_out("delete", revision_id, "")
    known = {"h3", "h4", "p", "span", "dl", "div", "dt", "dd", "b", "ul", "li", "i", "br"}
    known |= {"details", "summary", "code", "table", "thead", "tbody", "tr", "th", "td"}
    for html in (shown[HEAD], shown[SAID], shown[FACTS], shown[REPORT], shown[PAGE], gone[HEAD]):
        assert Tags(html).found <= known
