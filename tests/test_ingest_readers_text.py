"""Reading plain text and Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.corpus import Block
from ingest.errors import EmptyDocument, IngestError, UnreadableDocument
from ingest.readers.text import read_text


def _read(folder: Path, text: str, name: str = "a.md") -> tuple[Block, ...]:
    path = folder / name
    path.write_bytes(text.encode())
    return read_text(path).blocks


def test_reads_headings_paragraphs_steps_and_items(tmp_path: Path) -> None:
    text = """# 5.2 Spindle drive
A drive that
turns.

1. Close V1
   and lock it.
2) Open V2.
- a bullet
* another **bold** one
"""
    assert _read(tmp_path, text) == (
        Block("heading", "Spindle drive", level=1, number="5.2"),
        Block("paragraph", "A drive that turns."),
        Block("step", "Close V1 and lock it.", number="1."),
        Block("step", "Open V2.", number="2."),
        Block("item", "a bullet"),
        Block("item", "another bold one"),
    )


def test_reads_a_table_with_its_header_and_every_cell(tmp_path: Path) -> None:
    text = """| Code | Limit | Remedy |
|------|:-----:|--------|
| E-1 | > 85 °C | none |
| - | - | - |
| E-2 | a \\| b |
|| 5 | x |
"""
    header = ("Code", "Limit", "Remedy")
    rows = _read(tmp_path, text)
    assert [row.cells for row in rows] == [
        ("E-1", "> 85 °C", "none"),
        ("-", "-", "-"),
        ("E-2", "a | b", ""),
        ("", "5", "x"),
    ]
    assert {row.header for row in rows} == {header}


def test_a_table_after_a_blank_line_has_its_own_header(tmp_path: Path) -> None:
    text = "| A | B |\n|---|---|\n| 1 | 2 |\n\n| C | D |\n|---|---|\n| 3 | 4 |\n\n| 5 | 6 |\n"
    assert [(row.header, row.cells) for row in _read(tmp_path, text)] == [
        (("A", "B"), ("1", "2")),
        (("C", "D"), ("3", "4")),
        ((), ("5", "6")),
    ]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    "text",
    [
        "WARNING\nHot oil.\nWear gloves.\n",
        "**WARNING**\n\nHot oil. Wear gloves.\n",
        "WARNING:\n\nHot oil. Wear gloves.\n",
        "WARNING!\n- Hot oil. Wear gloves.\n",
    ],
)
def test_a_signal_word_on_its_own_line_takes_what_stands_below(
    tmp_path: Path, name: str, text: str
) -> None:
    (block,) = _read(tmp_path, text, name)
    assert (block.kind, block.signal) == ("safety", "warning")
    assert block.text.split("\n")[0].startswith("WARNING")
    assert block.text.split("\n")[1] == "Hot oil. Wear gloves."


@pytest.mark.parametrize(
    "text",
    [
        "## DANGER\nHigh voltage kills.\n",
        "> **DANGER**\n> High voltage\n> kills.\n",
        "> [!DANGER]\n> High voltage kills.\n",
    ],
)
def test_headings_and_quotations_of_markdown_may_hold_a_safety_message(
    tmp_path: Path, text: str
) -> None:
    (block,) = _read(tmp_path, text)
    assert (block.kind, block.signal) == ("safety", "danger")
    assert block.text.endswith("\nHigh voltage kills.")


def test_a_warning_among_steps_and_items_is_a_safety_message(tmp_path: Path) -> None:
    text = """1. Close V1.
   CAUTION: Hot oil.
2. Open V2.
- WARNING: Sharp edges.
- Clean the tank.
"""
    assert [(b.kind, b.signal, b.text) for b in _read(tmp_path, text)] == [
        ("step", None, "Close V1."),
        ("safety", "caution", "CAUTION: Hot oil."),
        ("step", None, "Open V2."),
        ("safety", "warning", "WARNING: Sharp edges."),
        ("item", None, "Clean the tank."),
    ]


def test_a_limit_at_the_start_of_a_plain_line_keeps_its_sign(tmp_path: Path) -> None:
    (block,) = _read(tmp_path, "> 85 °C: stop the machine.\n", "a.txt")
    assert block.text == "> 85 °C: stop the machine."


def test_comments_of_markdown_are_left_out(tmp_path: Path) -> None:
    (block,) = _read(tmp_path, "Seen. <!-- not\nseen --> Also seen.\n")
    assert block.text == "Seen.  Also seen."


def test_chinese_text_in_gb18030_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("警告：高压\n\n1. 关闭阀门。\n".encode("gb18030"))
    assert [(b.kind, b.signal, b.text) for b in read_text(path).blocks] == [
        ("safety", "warning", "警告：高压"),
        ("step", None, "关闭阀门。"),
    ]


@pytest.mark.parametrize("text", [" \n\t\n", "<!-- only a comment -->"])
def test_a_file_without_text_is_empty(tmp_path: Path, text: str) -> None:
    with pytest.raises(EmptyDocument, match=r"a\.md holds no text\. Remove it"):
        _read(tmp_path, text)


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.txt"
    path.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(UnreadableDocument, match=r"photo\.txt is not a text file.* Give it"):
        read_text(path)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(str.encode)))
def test_any_bytes_give_blocks_or_an_ingest_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.md"
    path.write_bytes(data)
    blocks, reason = (), ""
    try:
        blocks = read_text(path).blocks
    except IngestError as error:
        reason = str(error)
    assert bool(blocks) != bool("any.md" in reason)
    assert all(len(block.header) in (0, len(block.cells)) for block in blocks)


_WORD = st.sampled_from(
    "valve pump 85 °C open WARNING Danger: | # - 1. > ** `x` ⚠ 阀 E-217".split()
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(_WORD, max_size=6).map(" ".join), min_size=1, max_size=12))
def test_no_word_of_a_text_is_lost(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "any.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        blocks = read_text(path).blocks
    except EmptyDocument:
        blocks = ()
    read = " ".join(text for b in blocks for text in (b.number, b.text, *b.header)).split()
    for word in ("valve", "pump", "85", "open", "E-217", "阀"):
        assert read.count(word) >= sum(line.split().count(word) for line in lines)


def _hidden(folder: Path, text: str) -> dict[str, str]:
    path = folder / "a.md"
    path.write_text(text, encoding="utf-8")
    return {piece.reason: piece.text for piece in read_text(path).hidden}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Seen<!-- secret --> too", {"comment": "secret"}),
        ("Seen\n<!-- secret", {"comment": "secret"}),
        ("Seen\n\n[//]: # (secret)", {"link definition": "// # secret"}),
        ('Seen\n\n[a]: http://x.io "secret"', {"link definition": "a http://x.io secret"}),
        ('[Seen](http://x.io "secret")', {"link title": "secret"}),
        ("Seen ![secret](a.png)", {"alternative text or title": "secret"}),
        ('Seen <span style="display:none">secret</span>', {"display: none": "secret"}),
        ("Seen <p hidden>secret</p>", {"hidden attribute": "secret"}),
        ("Seen <script>secret</script>", {"script element": "secret"}),
        ('Seen <b title="secret"></b>', {"alternative text or title": "secret"}),
        ('Seen <font color="white">secret</font>', {"white text": "secret"}),
        ("Se\u200ben", {"zero-width characters": "U+200B"}),
    ],
)
def test_what_a_viewer_of_markdown_does_not_show_is_held_back(
    tmp_path: Path, text: str, hidden: dict[str, str]
) -> None:
    assert [block.text for block in _read(tmp_path, text)] == [
        "Seen too" if "too" in text else "Seen"
    ]
    assert _hidden(tmp_path, text) == hidden


def test_code_keeps_its_lines_and_what_looks_like_markup(tmp_path: Path) -> None:
    text = "Type `<b> | x` now.\n```gcode\n1. G0  <!-- X1 -->\n# M30\n```\n- a `**b**`\n"
    assert [(b.kind, b.text) for b in _read(tmp_path, text)] == [
        ("paragraph", "Type <b> | x now."),
        ("paragraph", "1. G0  <!-- X1 -->\n# M30"),
        ("item", "a **b**"),
    ]


def test_limits_and_placeholders_in_angle_brackets_are_no_html(tmp_path: Path) -> None:
    (block,) = _read(tmp_path, "If p <5 bar or T > 3, set <V1> to <b>10</b>.")
    assert block.text == "If p <5 bar or T > 3, set <V1> to 10."


def test_underlined_titles_are_headings_and_dividers_are_nothing(tmp_path: Path) -> None:
    text = "5 Drive\n=======\n\nMotor\n-----\nText.\n\n---\n***\nA sentence.\n------\nMore.\n"
    assert [(b.kind, b.level, b.number, b.text) for b in _read(tmp_path, text)] == [
        ("heading", 1, "5", "Drive"),
        ("heading", 2, "", "Motor"),
        ("paragraph", 0, "", "Text."),
        ("paragraph", 0, "", "A sentence."),
        ("paragraph", 0, "", "More."),
    ]


def test_nested_and_chinese_lists_keep_their_marks(tmp_path: Path) -> None:
    text = """一、安全须知
1、关闭阀门
（2）挂牌
二、先断开主电源，然后等待五分钟。
1. Open
   a) left
   b) right
      - inner
"""
    assert [(b.kind, b.number, b.text) for b in _read(tmp_path, text)] == [
        ("heading", "一、", "安全须知"),
        ("step", "1、", "关闭阀门"),
        ("step", "（2）", "挂牌"),
        ("step", "二、", "先断开主电源，然后等待五分钟。"),
        ("step", "1.", "Open"),
        ("step", "a)", "left"),
        ("step", "b)", "right"),
        ("item", "", "inner"),
    ]


def test_tables_without_outer_bars_and_indented_ones_are_read(tmp_path: Path) -> None:
    text = "Code | Cause\n---|---\nE-1 | hot\n\n    | A | B |\n    |---|---|\n    | 1 | 2 |\n"
    assert [(b.header, b.cells) for b in _read(tmp_path, text)] == [
        (("Code", "Cause"), ("E-1", "hot")),
        (("A", "B"), ("1", "2")),
    ]


def test_a_numbered_warning_is_a_safety_message_with_its_number(tmp_path: Path) -> None:
    text = (
        "2. Open V2.\n3. WARNING: Hot oil\n   burns.\n4. CAUTION\n   Sharp.\n5. Warning lamp on?\n"
    )
    assert [(b.kind, b.number, b.text) for b in _read(tmp_path, text)] == [
        ("step", "2.", "Open V2."),
        ("safety", "3.", "WARNING: Hot oil burns."),
        ("safety", "4.", "CAUTION\nSharp."),
        ("step", "5.", "Warning lamp on?"),
    ]


def test_front_matter_is_no_text_but_says_what_the_document_is(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: HP-40\nrevision: C\n---\n# Drive\n", encoding="utf-8")
    contents = read_text(path)
    assert [b.text for b in contents.blocks] == ["Drive"]
    assert contents.front[:2] == ("title: HP-40", "revision: C")


def test_comments_that_never_end_do_not_stall(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="comments that never end"):
        _read(tmp_path, "x <!-- y " * 100_000)
