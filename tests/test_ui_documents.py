"""The tab about the life of a document, its handlers called as functions."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.messages import AnswerReady
from assistant.question import Ask
from index.access import LOCAL, Role
from ingest.tagging import Stated
from tests.command_line import PUMP
from tests.conftest import Plant
from tests.html_tags import Tags
from tests.screen_events import event_of, event_with
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


def _me(tab: DocumentsTab) -> gr.Request:
    return event_of(tab._services)


def _press(tab: DocumentsTab, services: Services) -> int:
    return _revision(services, "HP40-MM-EN")


def _revision(services: Services, number: str) -> int:
    (found,) = (d for d in services.catalog.documents(LOCAL) if d.number == number)
    return found.revision_id


def _choose(tab: DocumentsTab, revision_id: int) -> tuple[Any, ...]:
    row = [str(revision_id), "", "", "", "", ""]
    event = gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": row})
    return tab.choose(event, _me(tab))


def _tap(tab: DocumentsTab, act: str, item: object) -> tuple[Any, ...]:
    return tab.act(gr.EventData(None, {"act": act, "item": item}), _me(tab))


def _ask(services: Services, question: str = "E-217 on PR-02") -> str:
    answer = services.assistant.ask(Ask(question, use_model=False), LOCAL)
    records = services.records
    turn_id = records.start_turn(LOCAL, records.open_conversation(LOCAL), question, None)
    records.add_event(turn_id, 1, AnswerReady(answer=answer))
    return turn_id


def test_the_list_shows_what_answers_and_on_demand_every_revision(tab: DocumentsTab) -> None:
    rows = {row[NUMBER]: row for row in tab.rows(False, _me(tab))}
    assert set(rows) == {"HP40-MM-EN", "LT25-SM-EN", "RC15-MM-EN"}
    assert rows["HP40-MM-EN"][REVISION] == "C"
    assert rows["HP40-MM-EN"][APPLIES_TO] == "HP-40, HP-40S"
    assert ">approved<" in rows["HP40-MM-EN"][STATUS]
    every = [(row[NUMBER], row[REVISION]) for row in tab.rows(True, _me(tab))]
    assert ("HP40-MM-EN", "B") in every
    assert len(every) == 4
    assert not any("Tickets" in row[TITLE] for row in tab.rows(True, _me(tab)))


def test_a_chosen_revision_shows_facts_report_and_its_first_page(
    tab: DocumentsTab, services: Services
) -> None:
    press = _press(tab, services)
    shown = _choose(tab, press)
    assert len(shown) == len(tab._panel.outputs)
    assert len(tab.refresh(_me(tab))) == len(tab.outputs)
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
    assert panel.leaf(press, 1, -1, _me(tab))[0] == 1
    assert panel.leaf(press, 1, 1, _me(tab))[0] == 2
    assert panel.leaf(press, 35, 1, _me(tab))[0] == 35
    assert panel.leaf(press, None, 1, _me(tab))[0] == 2
    assert "/7.png" in panel.turn(press, 7, _me(tab))
    assert "Nothing searchable" in panel.turn(press, 999, _me(tab))
    assert panel.turn(999, 1, _me(tab)) == ""


def test_withdrawing_asks_for_a_reason_and_lists_what_cites_it(
    tab: DocumentsTab, services: Services
) -> None:
    turn = services.records.turn(LOCAL, _ask(services))
    order = services.work_orders.draft(LOCAL, turn)
    panel, press = tab._panel, _press(tab, services)
    action, question, reason, yes, confirm, *_ = panel.ask("withdraw", _me(tab))
    assert "Withdraw this revision?" in question
    assert reason["visible"] is True
    assert confirm["visible"] is True
    assert yes == "Yes, withdraw it"
    shown = panel.carry_out(action, press, " torque <wrong> ", _me(tab))
    assert "1 answer and 1 work order cite it" in shown[SAID]
    assert order.number in shown[SAID]
    assert "torque &lt;wrong&gt;" in shown[HEAD]
    assert ">withdrawn<" in shown[HEAD]
    assert shown[APPROVE]["visible"] is True
    assert shown[WITHDRAW]["visible"] is False
    assert "HP40-MM-EN" not in {row[NUMBER] for row in tab.rows(False, _me(tab))}


def test_a_withdrawn_revision_is_approved_again(tab: DocumentsTab, services: Services) -> None:
    panel, press = tab._panel, _press(tab, services)
    panel.carry_out("withdraw", press, "", _me(tab))
    assert panel.ask("approve", _me(tab))[2]["visible"] is False  # no reason is asked for
    shown = panel.carry_out("approve", press, "", _me(tab))
    assert "Approved." in shown[SAID]
    assert "HP40-MM-EN" in {row[NUMBER] for row in tab.rows(False, _me(tab))}


def test_an_older_revision_is_not_approved_beside_a_newer_one(
    tab: DocumentsTab, services: Services
) -> None:
    (old,) = (int(row[ID]) for row in tab.rows(True, _me(tab)) if "superseded" in row[STATUS])
    shown = tab._panel.carry_out("approve", old, "", _me(tab))
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
    shown = tab._panel.carry_out("delete", press, "", _me(tab))
    assert shown[CHOSEN] == 0
    assert "is deleted." in shown[HEAD]
    assert "Nothing is left of it." in shown[HEAD]
    assert "1 answer and 0 work orders" in shown[HEAD]
    assert '<li class="">vectors <b>0</b></li>' in shown[HEAD]
    assert "HP40-MM-EN" not in {row[NUMBER] for row in tab.rows(True, _me(tab))}
    assert len(list(services.home.originals.iterdir())) == originals - 2  # both revisions
    again = tab._panel.carry_out("delete", press, "", _me(tab))
    assert "There is no revision" in again[HEAD]


def _typed(tab: DocumentsTab, revision_id: int, **changes: str) -> tuple[Any, ...]:
    fields = "title number revision date language kind models serials assets site groups".split()
    values = dict(zip(fields, tab._panel.open_form(revision_id, _me(tab))[3:], strict=True))
    return tab._panel.correct(_me(tab), revision_id, *(values | changes).values())


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


def test_held_files_become_drafts_that_are_approved(empty: Services, tmp_path: Path) -> None:
    tab = _tab(empty)
    (tmp_path / "pump.md").write_text(PUMP, encoding="utf-8")
    list(empty.desk.accept(LOCAL, [tmp_path / "pump.md"], Stated(), hold=True))
    list(empty.worker.work(lambda *_: None))
    assert tab.rows(False, _me(tab)) == []
    (row,) = tab.rows(True, _me(tab))
    assert ">draft<" in row[STATUS]
    tab._panel.carry_out("approve", int(row[ID]), "", _me(tab))
    assert len(tab.rows(False, _me(tab))) == 1


def test_the_buttons_of_the_queue_cancel_try_again_and_dismiss(
    empty: Services, tmp_path: Path
) -> None:
    tab = _tab(empty)
    (tmp_path / "bare.md").write_text("# Only a heading\n", encoding="utf-8")
    list(empty.desk.accept(LOCAL, [tmp_path / "bare.md"], Stated()))
    (item,) = empty.intake.items(LOCAL)
    assert "bare.md is cancelled" in _tap(tab, "cancel", str(item.item_id))[0]
    _tap(tab, "retry", str(item.item_id))
    list(empty.worker.work(lambda *_: None))
    html, timer, _ = tab.look(Said(), _me(tab))
    assert "bare.md holds nothing but headings" in html
    assert timer.value == 10.0
    _tap(tab, "retry", str(item.item_id))
    assert empty.intake.items(LOCAL, "queued")
    list(empty.worker.work(lambda *_: None))
    assert _tap(tab, "dismiss", str(item.item_id))[0] == ""
    assert empty.intake.items(LOCAL, "failed") == []


@pytest.mark.parametrize("item", ["", "-1", "x", None, "99999999"])
def test_a_forged_tap_does_nothing(empty: Services, item: object) -> None:
    assert _tap(_tab(empty), "cancel", item)[0] == ""


def test_the_list_is_drawn_anew_only_when_the_knowledge_has_changed(
    tab: DocumentsTab, services: Services
) -> None:
    queue, _, seen, rows = tab.tick(Said(), -1, False, _me(tab))
    assert queue == ""
    assert len(rows) == 3
    assert isinstance(tab.tick(Said(), seen, False, _me(tab))[3], dict)  # what skips an output
    tab._panel.carry_out("delete", _press(tab, services), "", _me(tab))
    assert len(tab.tick(Said(), seen, False, _me(tab))[3]) == 2


def test_the_process_is_started_for_what_a_dead_worker_left(empty: Services) -> None:
    tab = _tab(empty)
    empty.home.originals.joinpath("a.md").write_text("x", encoding="utf-8")
    empty.intake.add("document", "a", original="a.md", name="a.md", source="", options={})
    assert empty.intake.claim("123-dead") is not None
    assert not empty.ingestion.is_alive
    tab.tick(Said(), -1, False, _me(tab))
    assert empty.ingestion.is_alive


SITE = ("Plant North",)


def _of_site(services: Services, number: str, site: str, groups: Sequence[str] = ()) -> int:
    revision = _revision(services, number)
    services.curator.correct(LOCAL, revision, {"site": site, "groups": list(groups)})
    return revision


def test_a_user_sees_the_documents_of_their_sites_and_groups(
    tab: DocumentsTab, services: Services
) -> None:
    press = _of_site(services, "HP40-MM-EN", "Plant South")
    _of_site(services, "LT25-SM-EN", "Plant North", ["Lathes"])
    tess = event_of(services, "tess", "technician", SITE, ())
    for every in (False, True):
        assert [row[NUMBER] for row in tab.rows(every, tess)] == ["RC15-MM-EN"]
    row = [str(press), "", "", "", "", ""]
    shown = tab.choose(gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": row}), tess)
    assert shown[CHOSEN] == 0
    assert "deleted before" in shown[HEAD]  # just as what is not there
    assert tab._panel.turn(press, 1, tess) == ""
    assert tab._panel.leaf(press, 1, 1, tess) == (1, "")


@pytest.mark.parametrize("role", ["technician", "planner"])
def test_who_may_not_curate_reads_and_decides_nothing(
    tab: DocumentsTab, services: Services, role: Role
) -> None:
    press = _of_site(services, "HP40-MM-EN", SITE[0])
    reader = event_of(services, "tess", role, SITE, ())
    _, _, adding, upload, *_ = tab.refresh(reader)
    assert adding["visible"] is False
    assert upload == ""
    row = gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": [str(press)]})
    shown = tab.choose(row, reader)
    assert "HP-40" in shown[HEAD]
    assert shown[ACTS]["visible"] is False
    assert tab.tick(Said(), -1, False, reader)[0] == ""
    panel = tab._panel
    for asked in (
        *(lambda a=a: panel.carry_out(a, press, "", reader) for a in ("approve", "withdraw")),
        lambda: panel.carry_out("delete", press, "", reader),
        lambda: panel.ask("delete", reader),
        lambda: panel.open_form(press, reader),
        lambda: panel.correct(reader, press, *([""] * 11)),
        lambda: tab.act(gr.EventData(None, {"act": "cancel", "item": "1"}), reader),
    ):
        with pytest.raises(gr.Error, match=f"The role {role} may not"):
            asked()
    assert services.curator.revision(LOCAL, press).status == "approved"


def test_a_supervisor_changes_what_is_of_their_site_and_not_what_is_everybodys(
    tab: DocumentsTab, services: Services
) -> None:
    press = _of_site(services, "HP40-MM-EN", SITE[0])
    lathe = _revision(services, "LT25-SM-EN")
    services.curator.correct(LOCAL, lathe, {"site": ""})
    sam = event_of(services, "sam", "supervisor", SITE, ())
    assert ">withdrawn<" in tab._panel.carry_out("withdraw", press, "worn", sam)[HEAD]
    shown = tab._panel.carry_out("withdraw", lathe, "worn", sam)
    assert shown[ACTS]["visible"] is False
    assert "belongs to every site" in shown[SAID]
    assert ">approved<" in shown[HEAD]


def test_nobody_gives_a_document_to_a_site_that_is_not_theirs(
    tab: DocumentsTab, services: Services
) -> None:
    press = _of_site(services, "HP40-MM-EN", SITE[0])
    sam = event_of(services, "sam", "supervisor", SITE, ())
    typed = list(tab._panel.open_form(press, sam)[3:])
    for site in ("Plant South", ""):
        typed[9] = site
        assert 'role="alert"' in tab._panel.correct(sam, press, *typed)[SAID]
        assert services.curator.revision(LOCAL, press).site == SITE[0]


def test_the_queue_holds_the_files_of_ones_own_sites(empty: Services, tmp_path: Path) -> None:
    tab = _tab(empty)
    for name, site in (("ours.md", SITE[0]), ("theirs.md", "Plant South")):
        (tmp_path / name).write_text(f"# {site}\n\nShut the valve.\n", encoding="utf-8")
        list(empty.desk.accept(LOCAL, [tmp_path / name], Stated(site=site)))
    theirs = next(i for i in empty.intake.items(LOCAL) if i.site == "Plant South")
    sam = event_of(empty, "sam", "supervisor", SITE, ())
    html, *_ = tab.look(Said(), sam)
    assert "ours.md" in html
    assert "waits, 1 of 1" in html
    assert "theirs.md" not in html
    tapped = gr.EventData(None, {"act": "cancel", "item": str(theirs.item_id)})
    assert "theirs.md" not in tab.act(tapped, sam)[0]
    assert len(empty.intake.items(LOCAL, "queued")) == 2


def test_an_event_without_a_session_shows_nothing(tab: DocumentsTab) -> None:
    nobody = event_with()
    for asked in (
        lambda: tab.refresh(nobody),
        lambda: tab.rows(True, nobody),
        lambda: tab.tick(Said(), -1, True, nobody),
        lambda: tab.look(Said(), nobody),
        lambda: tab._panel.turn(1, 1, nobody),
    ):
        with pytest.raises(gr.Error, match="You are not signed in"):
            asked()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_document_is_shown_as_text(text: str, tmp_path: Path) -> None:
    services = services_of(tmp_path / "home")
    path = tmp_path / "trick.md"
    title = " ".join(text.split())
    body = f"# {title}\n\nDocument no. TRICK-1\n\nThe valve is shut.\n\n    {title}\n"
    path.write_text(body, encoding="utf-8")
    (report,) = services.worker.ingest(LOCAL, [path], Stated(), lambda *_: None)
    assert report.outcome == "added"
    tab = _tab(services)
    revision_id = _revision(services, "TRICK-1")
    _typed(tab, revision_id, site=title, serials=title)
    shown = tab._panel.carry_out("withdraw", revision_id, text, _me(tab))
    gone = tab._panel.carry_out("delete", revision_id, "", _me(tab))
    known = {"h3", "h4", "p", "span", "dl", "div", "dt", "dd", "b", "ul", "li", "i", "br"}
    known |= {"details", "summary", "code", "table", "thead", "tbody", "tr", "th", "td"}
    for html in (shown[HEAD], shown[SAID], shown[FACTS], shown[REPORT], shown[PAGE], gone[HEAD]):
        assert Tags(html).found <= known
