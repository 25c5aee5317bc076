"""Safety panels: a signal word beside its message, above it in a grid, on a coloured ground."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from ingest.readers.image import read_image
from ingest.readers.ocr import Recognised
from ingest.readers.page_content import Line, PageContent, Rect, Run
from ingest.readers.panels import message_beside, split_message
from ingest.readers.pdf_tables import find_lattices
from ingest.readers.scan_grounds import find_grounds, without_grounds
from ingest.readers.scan_skew import skew_of
from tests.scan_panels import write_panels
from tests.scans import scan, skewed


def _run(text: str, left: float, baseline: float, *, size: float = 10, bold: bool = False) -> Run:
    box = Rect(left, baseline, left + 5 * len(text), baseline + 0.7 * size)
    return Run(text, box, baseline, size, bold)


def _grid(*rows: tuple[str, ...]) -> list[list[list[Run]]]:
    return [
        [[_run(text, 40 + 100 * c, 700 - 20 * r)] if text else [] for c, text in enumerate(row)]
        for r, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("", "Oil burns."), ("WARNING", "Cool it."), ("", "Wear gloves.")], 3),
        ([("WARNING", "Oil burns.")], 1),
        ([("!", "WARNING"), ("", "Oil burns.")], 1),
        ([("", "WARNING"), ("A", "Oil burns."), ("", "Cool it.")], 2),
        ([("警告",), ("油温高。",)], 1),
        ([("GEFAHR", "Hochspannung."), ("", "Abschalten.")], 2),
        ([("WARNING", "Oil burns."), ("CAUTION", "Slip.")], None),  # explains two words
        ([("Notice", "Action"), ("E-1", "Stop"), ("E-2", "Wait")], None),
        ([("Code", "Warning"), ("E-1", "Stop")], None),
        ([("WARNING", "E-1", "Stop")], None),
        ([("E-1", "Stop"), ("E-2", "Wait")], None),
    ],
)
def test_a_grid_around_one_signal_word_and_its_message_is_a_panel(
    rows: list[tuple[str, ...]], message: int | None
) -> None:
    found = split_message(_grid(*rows))
    assert (len(found[1]) if found else None) == message


def test_the_lines_beside_a_word_at_half_their_height_are_its_message() -> None:
    word = _run("WARNING", 40, 685, size=12)
    lines = [_run(f"Line {i} of the message.", 140, 700 - 15 * i) for i in range(3)]
    after = _run("Then check the level of the oil.", 40, 630)
    assert message_beside(word, [word, *lines, after], ()) == lines


def test_text_of_another_column_is_no_message() -> None:
    word = _run("WARNING", 40, 685, size=12)
    own = [_run("Hot oil burns.", 40, 670), _run("Cool it down.", 40, 655)]
    other = [_run(f"Line {i} of another column.", 300, 715 - 15 * i) for i in range(6)]
    assert message_beside(word, [word, *own, *other], ()) is None


def test_two_columns_beside_a_word_are_a_table() -> None:
    word = _run("Warning", 40, 685)
    assert message_beside(word, [word, _run("E-1", 140, 685), _run("Stop", 240, 685)], ()) is None


def test_a_rule_ends_a_message() -> None:
    word = _run("WARNING", 40, 700, size=12)
    lines = [_run("Hot oil.", 140, 700), _run("Next table", 140, 684)]
    rules = [Line(696.5, 30, 300)]
    assert message_beside(word, [word, *lines], rules) == lines[:1]


def test_two_tables_with_nearly_the_same_columns_keep_their_own() -> None:
    """The columns of the second begin 0.9 points beside those of the first."""
    content = PageContent(1, 600, 800)
    for top, middles in ((700, (250.0,)), (500, (250.9, 400.0))):
        for row in range(3):
            content.horizontals.append(Line(top - 20 * row, 50, 550))
        for at in (50.0, *middles, 550.0):
            content.verticals.append(Line(at, top - 40, top))
        for row in range(2):
            for at in (50.0, *middles):
                content.runs.append(_run("A1", at + 5, top - 15 - 20 * row))
    assert sorted(lattice.columns for lattice in find_lattices(content)) == [2, 3]


@pytest.mark.parametrize("level", [60, 150, 205])
def test_a_ground_is_found_and_letters_of_any_tone_on_it_are_dark(level: int) -> None:
    page = np.full((400, 600), 240, dtype=np.uint8)
    page[100:180, 50:550] = level
    letter = 250 if level < 200 else 20
    page[120:160, 100:104] = letter
    (ground,) = find_grounds(page, 0.36)
    assert (ground.left, ground.top) == (pytest.approx(50, abs=4), pytest.approx(100, abs=4))
    assert (ground.right, ground.bottom) == (pytest.approx(550, abs=4), pytest.approx(180, abs=4))
    plain = without_grounds(page, [ground])
    assert int(plain[110, 300]) > 225
    assert int(plain[140, 102]) < 180


@pytest.mark.parametrize("degrees", [0.0, 0.5, -2.0, 4.0])
def test_the_skew_of_a_page_of_short_cells_is_measured(tmp_path: Path, degrees: float) -> None:
    write_panels(tmp_path / "page.pdf", "en", ("rows", "grid", "ground", "ruled"))
    picture = skewed(scan(tmp_path / "page.pdf", 1, noise=15), degrees)
    found = Recognised((), 0, 0.0, 1.0)
    measured = skew_of(np.asarray(picture), found, 72 / 200)
    assert measured == pytest.approx(degrees, abs=0.15)


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize(
    ("language", "styles", "skew", "turn"),
    [
        ("en", ("bar", "beside", "rows", "ruled"), 2.5, 0),
        ("de", ("framed", "grid", "loose", "ground"), -1.0, 180),
        ("zh", ("beside", "grid", "rows", "loose"), 4.0, 90),
    ],
)
def test_safety_panels_of_a_skewed_scan_are_whole_messages(
    tmp_path: Path, language: str, styles: tuple[str, ...], skew: float, turn: int
) -> None:
    panels = write_panels(tmp_path / "page.pdf", language, styles)
    picture = skewed(scan(tmp_path / "page.pdf", 1, noise=8), skew).rotate(turn, expand=True)
    picture.save(tmp_path / "scan.jpg", quality=75, dpi=(200, 200))
    blocks = read_image(tmp_path / "scan.jpg").blocks
    read = [(b.signal, _bare(b.text)) for b in blocks if b.kind == "safety"]
    assert read == [(p.signal, _bare(p.word + "".join(p.lines))) for p in panels]
    assert not [b for b in blocks if b.kind == "row"]
