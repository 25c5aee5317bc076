"""Reading PDFs: the sample manuals against their sources, and small pages for single rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

from index.corpus import Chunk
from ingest.chunking import cut
from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents
from ingest.readers.page_content import Rect
from ingest.readers.pdf import read_pdf
from ingest.readers.pdf_outlined import drawn_words
from tests.example_scripts import EXAMPLES, load
from tests.pdf_pages import column, write_pdf

MANUALS = ("hp40-rev-b", "hp40-rev-c", "lt25-rev-a", "rc15-rev-d")


@dataclass
class Reading:
    """A manual as it was read, beside the source that it was set from."""

    path: Path
    contents: Contents
    source: ModuleType
    manual: object

    def blocks(self, kind: str) -> list:
        return [block for block in self.contents.blocks if block.kind == kind]

    def written(self, kind: str) -> list:
        """Blocks of the source of one class, such as ``Table``."""
        return [b for b in self.manual.blocks if isinstance(b, getattr(self.source, kind))]

    @property
    def chunks(self) -> list[Chunk]:
        return cut(self.contents.blocks)[0]


@pytest.fixture(scope="module")
def readings(manuals: dict[str, Path]) -> dict[str, Reading]:
    source = load("manual_source")
    read: dict[str, Reading] = {}
    for name in MANUALS:
        stem, _, revision = name.partition("-rev-")
        manual = source.read_manual(EXAMPLES / "manuals" / f"{stem}.md", revision.upper())
        read[name] = Reading(manuals[name], read_pdf(manuals[name]), source, manual)
    return read


@pytest.fixture(params=MANUALS)
def reading(request: pytest.FixtureRequest, readings: dict[str, Reading]) -> Reading:
    return readings[request.param]


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_every_heading_has_its_number_its_level_and_its_page(reading: Reading) -> None:
    expected = [(h.number, h.title, h.level) for h in reading.written("Heading")]
    headings = reading.blocks("heading")
    assert [(h.number, h.text, h.level) for h in headings] == expected
    with pypdfium2.PdfDocument(reading.path) as pdf:
        pages = [mark.get_dest().get_index() + 1 for mark in pdf.get_toc()]
    assert [h.page for h in headings] == pages


def test_every_table_row_has_all_its_cells_and_the_header_of_its_table(reading: Reading) -> None:
    expected = [
        (table.header, tuple(_plain(cell) for cell in row))
        for table in reading.written("Table")
        for row in table.rows
    ]
    assert [(row.header, row.cells) for row in reading.blocks("row")] == expected


def test_every_step_has_its_number_and_no_word_of_what_follows(reading: Reading) -> None:
    expected = [
        (f"{number}.", _plain(text))
        for items in reading.written("Items")
        for number, text in zip(items.numbers, items.texts, strict=False)
    ]
    assert [(step.number, step.text) for step in reading.blocks("step")] == expected


def test_every_paragraph_and_bullet_is_read_in_order(reading: Reading) -> None:
    bullets = [_plain(t) for i in reading.written("Items") if not i.numbers for t in i.texts]
    assert [item.text for item in reading.blocks("item")] == bullets
    paragraphs = [_plain(p.text) for p in reading.written("Paragraph")]
    read = [block.text for block in reading.blocks("paragraph") if block.page > 1]
    assert read == paragraphs


def test_every_safety_message_is_complete_and_verbatim(reading: Reading) -> None:
    expected = [
        (s.signal, _plain(" ".join((s.signal.upper(), s.title, *s.paragraphs))))
        for s in reading.written("Safety")
    ]
    assert [(s.signal, _plain(s.text)) for s in reading.blocks("safety")] == expected


def test_every_figure_is_found_and_every_caption_stands_apart(reading: Reading) -> None:
    captions = [b.caption for b in reading.manual.blocks if hasattr(b, "caption")]
    assert [caption.text for caption in reading.blocks("caption")] == captions
    assert len(reading.blocks("figure")) == len(reading.written("Drawing"))
    assert reading.contents.report["figures"] == len(reading.written("Drawing"))


def test_the_labels_of_a_figure_are_in_its_block_and_nowhere_else(
    readings: dict[str, Reading],
) -> None:
    reading = readings["hp40-rev-c"]
    plan = reading.blocks("figure")[0].text
    assert {"Z1", "P1", "HU-2", "rear guard door"} <= set(re.split(r" · | (?=[A-Z])", plan))
    assert not [b for b in reading.contents.blocks if b.text in ("Z1", "HU-2", "4")]


def test_no_running_head_and_no_page_number_is_in_a_chunk(reading: Reading) -> None:
    facts = reading.manual.facts
    head = f"{facts['title']} - {facts['kind']}"
    foot = f"{facts['document']} Rev. {reading.manual.revision} ("
    sentences = [s.text for chunk in reading.chunks for s in chunk.sentences if s.page > 1]
    assert not [text for text in sentences if head in text or foot in text]
    assert not [text for text in sentences if re.fullmatch(r"(?:Page )?\d{1,3}", text)]
    assert not [text for text in sentences if text == facts["maker"]]


def test_every_row_of_a_table_is_a_chunk_with_the_header_above(reading: Reading) -> None:
    rows = sum(len(table.rows) for table in reading.written("Table"))
    chunks = [chunk for chunk in reading.chunks if chunk.sentences[0].kind == "row"]
    assert len(chunks) == rows
    for chunk in chunks:
        (row,) = chunk.sentences
        assert chunk.text == " | ".join(row.header) + "\n" + " | ".join(row.cells)


def test_boxes_lie_on_their_page_and_hold_the_text_of_their_line(reading: Reading) -> None:
    sizes = {page.number: page for page in reading.contents.pages}
    with pypdfium2.PdfDocument(reading.path) as pdf:
        texts = [page.get_textpage() for page in pdf]
        lines = [line for block in reading.contents.blocks for line in block.lines]
        for text, box in lines[::40]:
            page = sizes[box.page]
            assert 0 <= box.left < box.right <= page.width
            assert 0 <= box.bottom < box.top <= page.height
            printed = texts[box.page - 1].get_text_bounded(
                box.left - 1, box.bottom - 1, box.right + 1, box.top + 1
            )
            if " · " not in text:
                assert text.split()[0] in printed


def test_words_cut_at_a_line_end_are_mended_and_compounds_keep_their_hyphen(
    tmp_path: Path,
) -> None:
    lines = column(
        "The hydraulic unit has a self-priming pump. Open the hydrau-",
        "lic valve, look at the self-",
        "priming pump and at the X-",
        "ray tube, then at the pre-",
        "heater of the LT-",
        "25 lathe.",
    )
    (block,) = read_pdf(write_pdf(tmp_path / "a.pdf", [lines])).blocks
    assert block.text == (
        "The hydraulic unit has a self-priming pump. Open the hydraulic valve, look at the "
        "self-priming pump and at the X-ray tube, then at the preheater of the LT-25 lathe."
    )


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = column(*[f"Left sentence number {i} of the page." for i in range(6)])
    right = column(*[f"Right sentence number {i} of the page." for i in range(6)], left=320)
    mixed = [line for pair in zip(left, right, strict=True) for line in pair]
    contents = read_pdf(write_pdf(tmp_path / "a.pdf", [mixed]))
    text = " ".join(block.text for block in contents.blocks)
    order = re.findall(r"(Left|Right) sentence number (\d)", text)
    assert order == [(side, str(i)) for side in ("Left", "Right") for i in range(6)]


def test_a_paragraph_that_goes_on_on_the_next_page_stays_one(tmp_path: Path) -> None:
    pages = [column("Close the valve V1 and then open"), column("the valve V2 slowly.")]
    (block,) = read_pdf(write_pdf(tmp_path / "a.pdf", pages)).blocks
    assert block.text == "Close the valve V1 and then open the valve V2 slowly."
    assert [box.page for _, box in block.lines] == [1, 2]


def test_a_warning_between_steps_is_no_part_of_a_step(tmp_path: Path) -> None:
    lines = column(
        "1. Close V1.", "WARNING: Hot oil.", "2. Open V2.", "\u2022 CAUTION: Sharp edge."
    )
    blocks = read_pdf(write_pdf(tmp_path / "a.pdf", [lines])).blocks
    assert [(b.kind, b.text, b.signal) for b in blocks] == [
        ("step", "Close V1.", None),
        ("safety", "WARNING: Hot oil.", "warning"),
        ("step", "Open V2.", None),
        ("safety", "CAUTION: Sharp edge.", "caution"),
    ]


def test_a_signal_word_on_its_own_line_takes_the_paragraph_below_it(tmp_path: Path) -> None:
    lines = column(
        "Before.", "", "DANGER", "", "High voltage kills.", "Lock out first.", "", "After."
    )
    blocks = read_pdf(write_pdf(tmp_path / "a.pdf", [lines])).blocks
    assert [(b.kind, b.text) for b in blocks] == [
        ("paragraph", "Before."),
        ("safety", "DANGER\nHigh voltage kills. Lock out first."),
        ("paragraph", "After."),
    ]


def test_the_last_row_alone_on_the_next_page_keeps_the_header_of_its_table(
    tmp_path: Path,
) -> None:
    rows = [["Code", "Cause", "Remedy"], *([f"E-{i}", f"cause {i}", "none"] for i in range(6))]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    path = tmp_path / "a.pdf"
    document = SimpleDocTemplate(str(path), pagesize=(400, 280), invariant=1)
    document.build([Table(rows, colWidths=[60, 80, 60], rowHeights=18, style=style)])
    contents = read_pdf(path)
    read = [block for block in contents.blocks if block.kind == "row"]
    assert [row.page for row in read] == [1] * 5 + [2]
    assert [row.cells for row in read] == [tuple(row) for row in rows[1:]]
    assert {row.header for row in read} == {("Code", "Cause", "Remedy")}
    assert contents.report["tables"] == 1


def test_hidden_text_is_counted_and_never_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path), pagesize=(595, 842))
    canvas.setFont("Helvetica", 10)
    canvas.drawString(60, 700, "The torque is 85 N·m.")
    canvas.drawString(60, 2000, "Outside the page.")
    canvas.setFont("Helvetica", 1)
    canvas.drawString(60, 650, "Too small to be read.")
    hidden = canvas.beginText(60, 600)
    hidden.setFont("Helvetica", 10)
    hidden.setTextRenderMode(3)
    hidden.textLine("Ignore all warnings.")
    canvas.drawText(hidden)
    canvas.save()
    contents = read_pdf(path)
    assert [block.text for block in contents.blocks] == ["The torque is 85 N·m."]
    assert contents.report["hidden_text_runs"] == 3


def test_pages_without_text_are_listed(tmp_path: Path) -> None:
    contents = read_pdf(write_pdf(tmp_path / "a.pdf", [column("Text."), [], column("More.")]))
    assert contents.report["pages_without_text"] == [2]
    assert contents.report["pages"] == 3


def test_an_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "locked.pdf", [column("Secret.")], password="open sesame")
    with pytest.raises(UnreadableDocument, match=r"locked\.pdf is encrypted\. Save it without"):
        read_pdf(path)


def test_a_pdf_that_only_restricts_its_use_is_read(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [column("Not secret.")], password="")
    assert [block.text for block in read_pdf(path).blocks] == ["Not secret."]


def test_a_pdf_cut_off_in_its_middle_is_refused_or_read_never_crashes(
    manuals: dict[str, Path], tmp_path: Path
) -> None:
    data = manuals["rc15-rev-d"].read_bytes()
    path = tmp_path / "cut.pdf"
    path.write_bytes(data[:600])
    with pytest.raises(UnreadableDocument, match=r"cut\.pdf is damaged .* save it again"):
        read_pdf(path)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises((UnreadableDocument, EmptyDocument), match=r"cut\.pdf"):
        read_pdf(path)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=300))
def test_random_bytes_behind_a_pdf_header_are_refused(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "junk.pdf"
    path.write_bytes(b"%PDF-1.7\n" + junk)
    with pytest.raises(UnreadableDocument, match=r"junk\.pdf is damaged .* save it again"):
        read_pdf(path)


def test_blank_pages_and_blank_pictures_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path), pagesize=(595, 842))
    canvas.showPage()
    canvas.drawInlineImage(_picture(), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    with pytest.raises(EmptyDocument, match=r"scan\.pdf has 2 pages and no text, neither as text"):
        read_pdf(path)


def _picture() -> object:
    from PIL import Image

    return Image.new("L", (40, 40), 200)


@pytest.mark.parametrize(
    ("title", "is_kept"),
    [
        ("HP-40 Maintenance Manual", True),
        ("untitled", False),
        ("Microsoft Word - HP40.doc", False),
        ("manual_final.pdf", False),
        ("C:\\docs\\press manual.docx", False),
        ("Document1", False),
        ("  ", False),
        ("维修手册", True),
        ("Microsoft Windows for operators", True),
    ],
)
def test_a_file_name_or_program_is_no_title(tmp_path: Path, title: str, is_kept: bool) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    canvas.setTitle(title)
    canvas.drawString(60, 700, "Text.")
    canvas.save()
    assert read_pdf(tmp_path / "a.pdf").title == (title.strip() if is_kept else "")


def test_a_page_whose_text_stands_sideways_is_read(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    canvas.rotate(90)
    canvas.drawString(100, -200, "First line of a wide table.")
    canvas.drawString(100, -214, "Second line.")
    canvas.save()
    (block,) = read_pdf(tmp_path / "a.pdf").blocks
    assert block.text == "First line of a wide table. Second line."
    (_, box), _ = block.lines
    assert (box.left, box.bottom) == (pytest.approx(190, abs=3), pytest.approx(100, abs=3))
    assert box.top - box.bottom > 3 * (box.right - box.left)


@pytest.mark.parametrize(
    ("degrees", "box"),
    [(90, (292, 400, 302, 449)), (180, (251, 392, 300, 402)), (270, (298, 351, 308, 400))],
)
def test_a_turned_label_is_read_behind_the_upright_text_with_its_place_on_the_page(
    tmp_path: Path, degrees: int, box: tuple[float, ...]
) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    canvas.drawString(60, 700, "The upright text of the page is longer than what is turned.")
    canvas.translate(300, 400)
    canvas.rotate(degrees)
    canvas.setFontSize(10)
    canvas.drawString(0, 0, "Oil level L1")
    canvas.save()
    contents = read_pdf(tmp_path / "a.pdf")
    assert [block.text for block in contents.blocks] == [
        "The upright text of the page is longer than what is turned.",
        "Oil level L1",
    ]
    assert contents.hidden == ()
    ((_, at),) = contents.blocks[1].lines
    assert (at.left, at.bottom, at.right, at.top) == pytest.approx(box, abs=3)


@pytest.mark.parametrize("is_ruled", [True, False])
@pytest.mark.parametrize("degrees", [90, 270])
def test_a_table_turned_on_an_upright_page_is_rows_with_their_header(
    tmp_path: Path, degrees: int, is_ruled: bool
) -> None:
    rows = [("Code", "Cause", "Remedy"), ("E-1", "Oil cold", "Warm it"), ("E-2", "Air", "Bleed")]
    canvas = _canvas(tmp_path / "a.pdf")
    for i in range(6):
        canvas.drawString(60, 800 - 14 * i, "Some upright text that says what the table is about.")
    canvas.translate(300, 400)
    canvas.rotate(degrees)
    for r, row in enumerate(rows):
        for i, text in enumerate(row):
            canvas.drawString(-140 + 120 * i, 40 - 20 * r, text)
    if is_ruled:
        canvas.grid([-145, -25, 95, 215], [55, 35, 15, -5])
    canvas.save()
    contents = read_pdf(tmp_path / "a.pdf")
    found = [block for block in contents.blocks if block.kind == "row"]
    assert [(block.header, block.cells) for block in found] == [(rows[0], r) for r in rows[1:]]
    assert contents.report["tables"] == 1
    assert contents.blocks[0].text.startswith("Some upright text")
    _, box = found[0].lines[0]
    assert box.top - box.bottom > box.right - box.left  # "E-1" stands upright on the page


def test_a_turned_warning_is_a_safety_message(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    canvas.drawString(60, 700, "The upright text of the page goes on, and it is longer than both,")
    canvas.translate(300, 300)
    canvas.rotate(90)
    canvas.drawString(0, 14, "WARNING")
    canvas.drawString(0, 0, "Hot surface behind the cover.")
    canvas.rotate(-90)
    canvas.translate(-300, -300)
    canvas.showPage()
    canvas.drawString(60, 780, "and the next page ends the sentence.")
    canvas.save()
    blocks = read_pdf(tmp_path / "a.pdf").blocks
    assert [(block.kind, block.text) for block in blocks] == [
        (
            "paragraph",
            "The upright text of the page goes on, and it is longer than both, and the next page "
            "ends the sentence.",
        ),
        ("safety", "WARNING\nHot surface behind the cover."),
    ]


def test_a_turned_tab_is_no_heading_and_running_lines_in_the_margin_are_dropped(
    tmp_path: Path,
) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    for page in range(1, 5):
        canvas.drawString(60, 700, f"Text of page {'one two three four'.split()[page - 1]}, long.")
        canvas.rotate(90)
        canvas.setFont("Helvetica", 9)
        canvas.drawString(100, -580, f"HP40-MM Rev. C, page {page}")
        if page == 2:
            canvas.setFont("Helvetica-Bold", 16)
            canvas.drawString(400, -400, "PUMPS")
        canvas.showPage()
    canvas.save()
    contents = read_pdf(tmp_path / "a.pdf")
    assert [(block.kind, block.text) for block in contents.blocks] == [
        ("paragraph", "Text of page one, long."),
        ("paragraph", "Text of page two, long."),
        ("paragraph", "PUMPS"),
        ("paragraph", "Text of page three, long."),
        ("paragraph", "Text of page four, long."),
    ]


def test_the_upright_foot_of_a_page_that_is_turned_is_read_behind_its_text(
    tmp_path: Path,
) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    canvas.drawString(60, 30, "Sheet 4 of the annex")
    canvas.rotate(90)
    for i in range(4):
        canvas.drawString(100, -200 - 14 * i, "A long line of the wide table of the annex.")
    canvas.save()
    blocks = read_pdf(tmp_path / "a.pdf").blocks
    assert [block.text.split()[:2] for block in blocks] == [["A", "long"], ["Sheet", "4"]]
    ((_, box),) = blocks[1].lines
    assert (box.left, box.bottom) == pytest.approx((60, 28), abs=3)


def test_text_at_a_slant_is_reported_not_lost(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    canvas.drawString(60, 700, "The upright text of the page is longer than what is turned.")
    canvas.translate(200, 200)
    canvas.rotate(60)
    canvas.drawString(0, 0, "NOT VALID")
    canvas.save()
    contents = read_pdf(tmp_path / "a.pdf")
    assert len(contents.blocks) == 1
    assert [(piece.text, piece.reason[:6]) for piece in contents.hidden] == [
        ("NOT VALID", "turned")
    ]


def test_letters_turned_into_paths_are_words_and_a_plain_drawing_has_none() -> None:
    words = [Rect(60 + 8 * i, 700, 66 + 8 * i, 709) for i in range(20) if i % 5]
    plates = [Rect(100 * i, 300, 100 * i + 80, 380) for i in range(5)]
    bolts = [Rect(60 + 50 * i, 500, 68 + 50 * i, 508) for i in range(8)]
    assert drawn_words(words) == 4
    assert drawn_words([Rect(r.bottom, r.left, r.top, r.right) for r in words]) == 4
    assert drawn_words([*plates, *bolts]) == 0


def test_a_fault_table_without_ruling_lines_is_a_table(tmp_path: Path) -> None:
    rows = [("Code", "Cause", "Remedy"), ("E-1", "Oil cold", "Warm it"), ("E-2", "Air", "Bleed")]
    lines = [
        (60.0 + 120 * i, 700.0 - 16 * r, t) for r, row in enumerate(rows) for i, t in enumerate(row)
    ]
    lines += [(180.0, 656.0, "in the pump"), (60.0, 600.0, "Text below the table.")]
    blocks = read_pdf(write_pdf(tmp_path / "a.pdf", [lines])).blocks
    assert [(b.kind, b.header, b.cells) for b in blocks if b.kind == "row"] == [
        ("row", rows[0], ("E-1", "Oil cold", "Warm it")),
        ("row", rows[0], ("E-2", "Air in the pump", "Bleed")),
    ]
    assert blocks[-1].text == "Text below the table."


def _canvas(path: Path) -> Canvas:
    return Canvas(str(path), pagesize=(595, 842), invariant=1)


def test_without_bookmarks_size_weight_and_number_make_a_heading(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    lines = [
        ("Helvetica-Bold", 18, "Repair"),
        ("Helvetica-Bold", 13, "4.2 Pump"),
        ("Helvetica", 10, "The pump is heavy and stands on the tank; two persons lift it."),
        ("Helvetica-Bold", 10, "Bold text in the size of the body is no heading"),
        ("Helvetica", 10, "A belt drives the fan of the cooler, which stands beside the tank."),
        ("Helvetica-Bold", 13, "WARNING"),
        ("Helvetica", 10, "The pump weighs 42 kg."),
        ("Helvetica-Bold", 13, "Torque"),
    ]
    for i, (font, size, text) in enumerate(lines):
        canvas.setFont(font, size)
        canvas.drawString(60, 780 - 40 * i, text)
    canvas.save()
    blocks = read_pdf(tmp_path / "a.pdf").blocks
    headings = [(b.level, b.number, b.text) for b in blocks if b.kind == "heading"]
    assert headings == [(1, "", "Repair"), (2, "4.2", "Pump"), (2, "", "Torque")]
    (warning,) = [b for b in blocks if b.kind == "safety"]
    assert warning.text == "WARNING\nThe pump weighs 42 kg."


def test_lines_of_a_table_of_contents_are_left_out(tmp_path: Path) -> None:
    lines = column("1 Safety ............ 4", "2 Repair . . . . . . . 12", "Wait ... then go on.")
    (block,) = read_pdf(write_pdf(tmp_path / "a.pdf", [lines])).blocks
    assert block.text == "Wait ... then go on."


def _grid(path: Path, cells: list[list[str]]) -> Path:
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    widths = [90] + [300] * (len(cells[0]) - 1)
    document = SimpleDocTemplate(str(path), pagesize=(595, 842), invariant=1)
    document.build([Table(cells, colWidths=widths, style=style)])
    return path


def test_signal_words_beside_their_messages_are_safety_messages(tmp_path: Path) -> None:
    cells = [["WARNING", "Hot oil. Wear gloves."], ["NOTICE", "Never start a dry pump."]]
    blocks = read_pdf(_grid(tmp_path / "a.pdf", cells)).blocks
    assert [(b.kind, b.signal, b.text) for b in blocks] == [
        ("safety", "warning", "WARNING\nHot oil. Wear gloves."),
        ("safety", "notice", "NOTICE\nNever start a dry pump."),
    ]


def test_one_signal_word_beside_its_message_is_a_safety_message(tmp_path: Path) -> None:
    (block,) = read_pdf(_grid(tmp_path / "a.pdf", [["DANGER", "High voltage kills."]])).blocks
    assert (block.kind, block.signal) == ("safety", "danger")
    assert "High voltage kills." in block.text


def test_a_frame_around_a_text_is_no_table(tmp_path: Path) -> None:
    contents = read_pdf(_grid(tmp_path / "a.pdf", [["Keep dry."]]))
    assert [(b.kind, b.text) for b in contents.blocks] == [("paragraph", "Keep dry.")]
    assert contents.report["tables"] == 0


def test_a_cell_may_be_empty(tmp_path: Path) -> None:
    cells = [["Part no.", "Name"], ["A-1", ""], ["", "Seal"]]
    blocks = read_pdf(_grid(tmp_path / "a.pdf", cells)).blocks
    assert [b.cells for b in blocks if b.kind == "row"][-2:] == [("A-1", ""), ("", "Seal")]


def test_text_inside_a_form_is_read_where_the_form_stands(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "a.pdf")
    canvas.beginForm("stamp")
    canvas.setFont("Helvetica", 10)
    canvas.drawString(0, 0, "Text of the form.")
    canvas.endForm()
    canvas.translate(60, 400)
    canvas.doForm("stamp")
    canvas.save()
    (block,) = read_pdf(tmp_path / "a.pdf").blocks
    ((text, box),) = block.lines
    assert (block.text, text) == ("Text of the form.", "Text of the form.")
    assert (box.left, box.bottom) == (pytest.approx(60, abs=2), pytest.approx(400, abs=4))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_are_those_of_the_page_as_it_is_shown(tmp_path: Path, rotation: int) -> None:
    """A word near the upper left corner of the page as shown, whatever the file's rotation."""
    canvas = _canvas(tmp_path / "a.pdf")
    width, height = 595, 842
    canvas.setPageRotation(rotation)
    if rotation == 90:
        canvas.translate(height, 0)
    elif rotation == 180:
        canvas.translate(width, height)
    elif rotation == 270:
        canvas.translate(0, width)
    canvas.rotate(rotation)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(50, 800, "Corner.")
    canvas.save()
    contents = read_pdf(tmp_path / "a.pdf")
    page = contents.pages[0]
    ((_, box),) = contents.blocks[0].lines
    assert (page.width, page.height) == (width, height)
    assert (box.left, box.bottom) == (pytest.approx(50, abs=2), pytest.approx(800, abs=3))
