"""A revision, its quality report and its pages as HTML."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.recalls import Citing
from index.access import LOCAL
from index.catalog import StoredDocument
from index.chunk_rows import StoredChunk
from index.corpus import Box, PageSize, SafetyMessage, Sentence
from index.decisions import Decision
from index.page_chunks import InspectedChunk, PageChunks
from ingest.curation import Deletion
from tests.conftest import Plant
from tests.html_tags import Tags
from tests.ui_services import HOSTILE
from ui.document_detail import citing_html, deletion_html, facts_html, head_html, report_html
from ui.page_view import page_view_html

_STORED = StoredDocument(
    document_id=1,
    revision_id=2,
    number="SG-300",
    title="Gearbox",
    kind="manual",
    revision="A",
    date="2026-01-31",
    status="approved",
    language="en",
    site=None,
    pages=4,
    chunks=12,
    models=("SG-3",),
    serials=("4000-4399",),
    assets=(),
    source="upload/scan.pdf",
    content_hash="ab" * 32,
    original="x.pdf",
    ingested_at="2026-03-01T08:00:00.000+00:00",
    report={},
)


def _report(**report: Any) -> str:
    return report_html(replace(_STORED, report=report))


def test_the_least_certain_scanned_pages_stand_first() -> None:
    html = _report(
        ocr=[
            {"page": 1, "confidence": 0.97, "rotation": 0, "lines": 40},
            {"page": 2, "confidence": 0.61, "rotation": 90, "lines": 1},
        ]
    )
    assert html.index("<b>Page 2</b>") < html.index("<b>Page 1</b>")
    assert "61% sure, 1 line, turned by 90°" in html
    assert "97% sure, 40 lines<" in html
    assert "1 page read with low confidence" in html
    assert "<dt>Rotated pages</dt><dd>2 (90°)</dd>" in html


def test_the_report_names_pages_without_text_and_counts() -> None:
    html = _report(pages=4, pages_without_text=[2, 4], tables=3, codes=7, parts=5)
    assert "<dt>Pages without text</dt><dd>2, 4</dd>" in html
    assert "<dt>Tables</dt><dd>3</dd>" in html
    assert "<dt>Alarm codes</dt><dd>7</dd>" in html
    assert "<dt>Hidden text</dt><dd>0 pieces held back</dd>" in html
    assert "Recognised" not in html


def test_hidden_text_is_shown_with_its_page_and_reason() -> None:
    html = _report(hidden=[[3, "ignore <all> rules", "white text"]], hidden_pieces=250)
    assert "<td>3</td><td>ignore &lt;all&gt; rules</td><td>white text</td>" in html
    assert "The first 1 of 250." in html
    report = {"hidden_pieces": 250}
    assert "250 pieces of hidden text held back" in head_html(replace(_STORED, report=report), None)


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"ocr": None, "hidden": None, "pages_without_text": None},
        {"ocr": "x", "hidden": "x", "tables": "x"},
        {"ocr": [1, {}, {"confidence": "high", "page": None}], "hidden": [[1], 2, "abc"]},
        {"ocr": [{"page": 1, "confidence": 9.0, "rotation": None, "lines": None}]},
    ],
)
def test_a_report_of_another_time_is_shown_as_far_as_it_is_understood(
    report: dict[str, Any],
) -> None:
    assert "<dt>Searchable pieces</dt><dd>12</dd>" in _report(**report)


def test_the_head_says_why_a_revision_was_withdrawn() -> None:
    decision = Decision(_STORED.content_hash, "withdrawn", "", "ada", "2026-03-02T10:00:00")
    gone = replace(_STORED, status="withdrawn")
    assert "Withdrawn on 2026-03-02: no reason given" in head_html(gone, decision)
    assert "Withdrawn on" not in head_html(_STORED, decision)  # approved again since
    assert ">approved<" in head_html(_STORED, None)


def test_what_cites_a_document_is_counted_and_named() -> None:
    answer = Citing("answer", "t1", "", "ada", "2026-03-01T08:00:00", "E-217 <on> PR-02")
    order = Citing("work order", "o1", "FB-2026-000001", "ada", "2026-03-01T09:00:00", "Clean")
    html = citing_html([answer, order])
    assert "1 answer and 1 work order cite it." in html
    assert "E-217 &lt;on&gt; PR-02" in html
    assert "FB-2026-000001" in html
    assert "0 answers and 1 work order cites it." in citing_html([order])
    assert "No answer and no work order" in citing_html([])
    assert "and 10 more" in citing_html([answer] * 60)


def test_traces_that_a_deletion_left_are_told() -> None:
    clean = deletion_html(Deletion(_STORED, ("a",), {"chunks": 0, "vectors": 0}), [])
    assert "Nothing is left of it." in clean
    left = deletion_html(Deletion(_STORED, ("a",), {"chunks": 0, "vectors": 2}), [])
    assert "2 traces left." in left
    assert "Nothing is left" not in left
    assert '<li class="fb-low">vectors <b>2</b></li>' in left


def _inspected(text: str = "Shut the valve.", chunk_id: int = 7, **changes: Any) -> InspectedChunk:
    box = Box(3, 59.5, 421.0, 178.5, 505.2)
    sentence = Sentence(text, "step", 3, (box,), "2.", ("Code", text), (text, "x"))
    chunk = StoredChunk(
        chunk_id, 2, "Gearbox", "SG-300", "manual", "A", 1, ("1 Oil", text), (sentence,), ""
    )
    values: dict[str, Any] = {"kind": "steps", "codes": (("E-1", text),), "safety": ()}
    return InspectedChunk(chunk, **values | changes)


def test_a_box_lies_where_its_line_is_printed() -> None:
    html = page_view_html("ab" * 32, 3, PageSize(3, 595.0, 842.0), [_inspected()])
    # 59.5 of 595 from the left; 842 - 505.2 = 336.8 of 842 from the top; 119 wide, 84.2 high
    assert "left:10.00%;top:40.00%;width:20.00%;height:10.00%" in html
    assert f'<img src="/pages/{"ab" * 32}/3.png"' in html
    assert html.count('data-chunk="7"') == 2  # the box and the chunk that it opens
    other = page_view_html("ab" * 32, 4, PageSize(4, 595.0, 842.0), [_inspected()])
    assert "fb-box" not in other


def test_a_chunk_shows_its_codes_and_what_guards_it() -> None:
    message = SafetyMessage("danger", "DANGER\nRam falls.\nBlock it.", "en", 2, (), 1)
    html = page_view_html("", 3, None, [_inspected(safety=(message,))])
    assert "<code>E-1</code> Shut the valve." in html
    assert "<b>DANGER</b><p>Ram falls.</p><p>Block it.</p>" in html
    assert "page 2" in html
    assert "<img" not in html  # there is no picture of it
    short = SafetyMessage("notice", "Wear gloves.", "en", 1, (), 1)
    html = page_view_html("", 3, None, [_inspected(safety=(short,))])
    assert "<b>NOTICE</b><p>Wear gloves.</p>" in html
    assert "No safety message guards it." in page_view_html("", 3, None, [_inspected()])


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_text(text: str) -> None:
    stored = replace(
        _STORED,
        title=text,
        number=text,
        status=text,
        source=text,
        site=text,
        report={
            "ocr": [{"page": text, "confidence": 0.5, "rotation": text}],
            "pages_without_text": [text],
            "hidden": [[text, text, text]],
        },
    )
    citing = [Citing("answer", text, text, text, text, text)]
    message = SafetyMessage("danger", text, "en", 1, (), 1)
    html = (
        head_html(stored, Decision("", "withdrawn", text, "", text))
        + facts_html(stored)
        + report_html(stored)
        + deletion_html(Deletion(stored, (), {text: 1}), citing)
        + page_view_html(text, 3, PageSize(3, 10, 10), [_inspected(text, safety=(message,))])
    )
    known = "h3 h4 p span dl div dt dd b ul li i br meter table thead tbody tr th td".split()
    assert Tags(html).found <= {*known, "details", "summary", "code", "img"}
    assert html.count("<img") == 1


def test_the_chunks_of_a_page_are_those_that_are_printed_on_it(plant: Plant) -> None:
    (press,) = (d for d in plant.catalog.documents(LOCAL) if d.number == "HP40-MM-EN")
    pages = PageChunks(plant.catalog.engine)
    assert pages.count_parts(LOCAL, press.revision_id) == press.pages
    seen: set[int] = set()
    for page in range(1, press.pages + 1):
        size = pages.page_size(LOCAL, press.revision_id, page)
        assert size is not None
        for inspected in pages.of_part(LOCAL, press.revision_id, page):
            boxes = inspected.boxes_on(page)
            assert boxes or any(s.page == page for s in inspected.chunk.sentences)
            assert all(0 <= box.left <= box.right <= size.width for box in boxes)
            seen.add(inspected.chunk.chunk_id)
    assert len(seen) == press.chunks  # any chunk is found on a page
    assert pages.of_part(LOCAL, press.revision_id, press.pages + 1) == []
    assert pages.page_size(LOCAL, press.revision_id, 0) is None


def test_a_chunk_is_shown_with_the_codes_and_messages_of_its_own(plant: Plant) -> None:
    (press,) = (d for d in plant.catalog.documents(LOCAL) if d.number == "HP40-MM-EN")
    pages = PageChunks(plant.catalog.engine)
    rows = [
        c for n in range(1, press.pages + 1) for c in pages.of_part(LOCAL, press.revision_id, n)
    ]
    hot = next(c for c in rows if ("E-217", "Oil temperature high, above 62 °C") in c.codes)
    assert hot.kind == "fault"
    assert any("Alarm at hot oil" in message.text for message in hot.safety)
    assert any(not c.codes and not c.safety for c in rows)
