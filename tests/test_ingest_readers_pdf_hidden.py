"""Text that a PDF holds and its page does not show never reaches a block."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers.contents import Contents
from ingest.readers.pdf import read_pdf
from tests.hidden_pdf import MARKER, SEEN, TRICKS, write_hidden, write_raw


def _texts(contents: Contents) -> list[str]:
    return [block.text for block in contents.blocks]


@pytest.mark.parametrize("rotate", [0, 90])
@pytest.mark.parametrize("trick", TRICKS)
def test_hidden_text_is_reported_and_the_seen_text_is_read(
    tmp_path: Path, trick: str, rotate: int
) -> None:
    contents = read_pdf(write_hidden(tmp_path / "a.pdf", trick, rotate=rotate))
    assert _texts(contents) == [SEEN]
    assert [(piece.page, piece.text) for piece in contents.hidden] == [(1, MARKER)]


@pytest.mark.parametrize("direction", ["0 1 -1 0 595 0", "0 -1 1 0 0 842"], ids=["up", "down"])
@pytest.mark.parametrize(
    "trick",
    [trick for trick in TRICKS if trick not in ("beside the page", "white above the seen text")],
)
def test_what_is_hidden_in_text_of_another_direction_is_found_too(
    tmp_path: Path, trick: str, direction: str
) -> None:
    content = f"BT /F1 12 Tf 60 760 Td ({SEEN}) Tj ET q {direction} cm {TRICKS[trick]} Q"
    contents = read_pdf(write_raw(tmp_path / "a.pdf", content.encode()))
    assert _texts(contents) == [SEEN]
    assert [(piece.page, piece.text) for piece in contents.hidden] == [(1, MARKER)]


def test_turned_text_under_turned_seen_text_is_hidden(tmp_path: Path) -> None:
    trick = TRICKS["white above the seen text"]
    content = f"BT /F1 12 Tf 60 760 Td ({SEEN}) Tj ET q 0 1 -1 0 800 0 cm {trick} Q"
    contents = read_pdf(write_raw(tmp_path / "a.pdf", content.encode()))
    assert _texts(contents) == [SEEN, SEEN]
    assert [piece.text for piece in contents.hidden] == [MARKER]


def test_turned_text_beside_the_page_is_hidden(tmp_path: Path) -> None:
    trick = f"BT /F1 12 Tf 900 300 Td ({MARKER}) Tj ET"
    content = f"BT /F1 12 Tf 60 760 Td ({SEEN}) Tj ET q 0 1 -1 0 595 0 cm {trick} Q"
    contents = read_pdf(write_raw(tmp_path / "a.pdf", content.encode()))
    assert _texts(contents) == [SEEN]
    assert [piece.text for piece in contents.hidden] == [MARKER]


def test_a_turned_text_in_a_font_that_says_other_letters_is_read_as_it_looks(
    tmp_path: Path,
) -> None:
    shown = "The pump must be locked out before the work."
    turned = f"q 0 1 -1 0 595 0 cm BT /F3 12 Tf 60 300 Td ({shown}) Tj ET Q"
    content = f"BT /F1 12 Tf 60 760 Td ({SEEN}) Tj ET {turned}"
    contents = read_pdf(write_raw(tmp_path / "a.pdf", content.encode()))
    assert _texts(contents) == [SEEN, shown]
    assert "Tur chzc" in contents.hidden[0].text


@pytest.mark.parametrize(
    ("trick", "reason"),
    [
        ("render mode 3", "invisible"),
        ("white on white", "colour of its background"),
        ("one point", "smaller than 2 points"),
        ("beside the page", "outside the page"),
        ("transparent", "transparent"),
        ("under a picture", "covered"),
    ],
)
def test_the_report_says_why_a_text_is_hidden(tmp_path: Path, trick: str, reason: str) -> None:
    (piece,) = read_pdf(write_hidden(tmp_path / "a.pdf", trick)).hidden
    assert reason in piece.reason


def test_text_outside_the_crop_box_is_hidden(tmp_path: Path) -> None:
    content = f"BT /F1 12 Tf 60 700 Td ({SEEN}) Tj 0 -600 Td ({MARKER}) Tj ET".encode()
    path = write_raw(tmp_path / "a.pdf", content, page=b"/CropBox [0 300 595 842] ")
    contents = read_pdf(path)
    assert _texts(contents) == [SEEN]
    assert [piece.text for piece in contents.hidden] == [MARKER]


@pytest.mark.parametrize(
    "content",
    [
        "0 0 0.5 rg 50 690 300 30 re f 1 g BT /F1 12 Tf 60 700 Td (Main switch off) Tj ET",
        "0.6 g BT /F1 6 Tf 60 700 Td (Main switch off) Tj ET",
        "BT 1 Tr 0.3 w /F1 12 Tf 60 700 Td (Main switch off) Tj ET",
        "BT /F1 12 Tf 60 700 Td (Main switch off) Tj ET 1 0 0 RG 60 705 m 140 705 l S",
        "q 40 680 400 60 re W n BT /F1 12 Tf 60 700 Td (Main switch off) Tj ET Q",
        "BT /F1 2.5 Tf 60 700 Td (Main switch off) Tj ET",
    ],
    ids=["white on a bar", "small grey", "outlined", "struck through", "clip around", "2.5 points"],
)
def test_unusual_text_that_can_be_seen_is_kept(tmp_path: Path, content: str) -> None:
    contents = read_pdf(write_raw(tmp_path / "a.pdf", content.encode()))
    assert _texts(contents) == ["Main switch off"]
    assert contents.hidden == ()


def test_a_font_that_says_other_letters_than_it_shows_is_read_as_it_looks(tmp_path: Path) -> None:
    shown = "The pump must be locked out before the work."
    contents = read_pdf(
        write_raw(tmp_path / "a.pdf", f"BT /F3 12 Tf 60 700 Td ({shown}) Tj ET".encode())
    )
    assert _texts(contents) == [shown]
    assert "Tur chzc" in contents.hidden[0].text


def test_a_replacement_text_is_not_believed_against_the_page(tmp_path: Path) -> None:
    content = (
        "BT /F1 12 Tf 60 700 Td /Span << /ActualText (Open the guard while running) >> BDC "
        "(Keep the guard closed always) Tj EMC ET"
    )
    contents = read_pdf(write_raw(tmp_path / "a.pdf", content.encode()))
    assert _texts(contents) == ["Keep the guard closed always"]
    assert contents.hidden[0].text == "Open the guard while running"


def test_annotations_and_properties_are_no_text_of_the_page(tmp_path: Path) -> None:
    annotation = (
        f"/Annots [ << /Type /Annot /Subtype /Text /Rect [60 600 80 620] /Contents ({MARKER}) >> ] "
    )
    contents = read_pdf(
        write_raw(
            tmp_path / "a.pdf",
            f"BT /F1 12 Tf 60 700 Td ({SEEN}) Tj ET".encode(),
            page=annotation.encode(),
        )
    )
    assert _texts(contents) == [SEEN]
