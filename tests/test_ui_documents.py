"""The tab in which documents are added and deleted, its handlers called as functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from index.access import LOCAL
from ingest.tagging import Stated
from tests.command_line import PUMP, variables
from tests.conftest import Plant
from tests.ui_services import HOSTILE, built, copy_of, services_of
from ui.documents import DocumentsTab
from ui.wiring import Services

pytest_plugins = ["tests.command_fixtures"]
ID, TITLE, NUMBER, REVISION, PAGES, APPLIES_TO, ADDED = range(7)


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


def _choose(tab: DocumentsTab, number: str) -> tuple[str, int]:
    rows = tab.refresh()[0]
    (row,) = (i for i, cells in enumerate(rows) if cells[NUMBER] == number)
    event = gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": rows[row]})
    detail, document_id, *_ = tab.choose(event)
    return detail, document_id


def test_every_manual_is_listed_with_what_it_applies_to(tab: DocumentsTab) -> None:
    rows = {row[NUMBER]: row for row in tab.refresh()[0]}
    assert set(rows) == {"HP40-MM-EN", "LT25-SM-EN", "RC15-MM-EN"}
    press = rows["HP40-MM-EN"]
    assert press[REVISION] == "C"
    assert press[APPLIES_TO] == "HP-40, HP-40S"
    assert int(press[PAGES]) >= 20


def test_a_row_that_is_gone_opens_no_other_document(tab: DocumentsTab) -> None:
    row = ["99", *tab.refresh()[0][0][1:]]
    detail, chosen, *_ = tab.choose(
        gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": row})
    )
    assert chosen == 0
    assert "deleted" in detail


def test_tickets_are_no_documents_of_the_list(tab: DocumentsTab, services: Services) -> None:
    assert any(d.kind == "history" for d in services.catalog.documents(LOCAL))
    assert not any("Tickets" in row[TITLE] for row in tab.refresh()[0])


def test_a_chosen_document_shows_what_was_read_from_it(
    tab: DocumentsTab, services: Services
) -> None:
    detail, document_id = _choose(tab, "HP40-MM-EN")
    (press,) = (d for d in services.catalog.documents(LOCAL) if d.number == "HP40-MM-EN")
    assert document_id == press.document_id
    assert "<dt>Revision</dt><dd>C of 2024-03-12</dd>" in detail
    assert f"<dt>Safety messages</dt><dd>{press.report['safety_messages']}</dd>" in detail
    assert "<dt>Pages without text</dt><dd>none</dd>" in detail


def test_a_deleted_document_is_gone_from_list_and_search(
    tab: DocumentsTab, services: Services
) -> None:
    _, document_id = _choose(tab, "RC15-MM-EN")
    originals = len(list(services.home.originals.iterdir()))
    rows, said, chosen, *_ = tab.delete(document_id)
    assert "is deleted" in said
    assert chosen == 0
    assert "RC15-MM-EN" not in {row[NUMBER] for row in rows}
    assert len(list(services.home.originals.iterdir())) == originals - 1
    found = services.retriever.retrieve("compressor shaft seal", LOCAL)
    assert "RC15-MM-EN" not in {passage.document_number for passage in found.passages}


def test_deleting_twice_says_that_it_was_gone(tab: DocumentsTab) -> None:
    _, document_id = _choose(tab, "RC15-MM-EN")
    tab.delete(document_id)
    rows, said, *_ = tab.delete(document_id)
    assert "was deleted before" in said
    assert len(rows) == 2


@pytest.fixture
def empty(tmp_path: Path, tiny_embedder: Path) -> Iterator[DocumentsTab]:
    """The tab over a home without documents, whose ingestion has an embedder."""
    with variables(tmp_path / "home", tiny_embedder):
        yield _tab(services_of(tmp_path / "home"))


def test_uploaded_files_are_read_one_by_one_and_a_bad_one_stops_none(
    empty: DocumentsTab, tmp_path: Path
) -> None:
    (tmp_path / "pump.md").write_text(PUMP, encoding="utf-8")
    (tmp_path / "<b>empty.pdf").write_bytes(b"")
    paths = [str(tmp_path / "<b>empty.pdf"), str(tmp_path / "pump.md")]
    screens = list(empty.add(paths))
    assert any("<progress" in screen[0] for screen in screens)
    progress, upload, rows = screens[-1]
    assert "<progress" not in progress
    assert '<li class="fb-failed">&lt;b&gt;empty.pdf is empty (0 bytes)' in progress
    assert str(tmp_path) not in progress
    assert "<b>pump.md</b> PX-7 Coolant Pump Manual B: " in progress
    assert upload is None
    assert [row[NUMBER] for row in rows] == ["PX7-MM"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_title_is_shown_as_text(text: str, tmp_path: Path) -> None:
    services = services_of(tmp_path / "home")
    path = tmp_path / "trick.md"
    title = " ".join(text.split())
    path.write_text(f"# {title}\n\nDocument no. TRICK-1\n\nThe valve is shut.\n", encoding="utf-8")
    (report,) = services.pipeline.ingest([path], Stated(), lambda *_: None)
    assert report.outcome == "added"
    tab = _tab(services)
    detail, document_id = _choose(tab, "TRICK-1")
    _, said, *_ = tab.delete(document_id)
    for html in (detail, said):
        for tag in ("<script", "<img", "<iframe"):
            assert tag not in html
