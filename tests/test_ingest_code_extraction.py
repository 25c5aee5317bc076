"""Alarm codes and part numbers of a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.corpus import Block, CodeEntry
from ingest.chunking import cut
from ingest.code_extraction import component_of, find_codes
from ingest.readers.pdf import read_pdf
from tests.example_scripts import EXAMPLES, load


def _table(header: tuple[str, ...], *rows: tuple[str, ...], heading: str = "") -> list[CodeEntry]:
    blocks = [Block("heading", heading, level=1)] if heading else []
    blocks += [Block("row", " | ".join(row), header=header, cells=row) for row in rows]
    return find_codes(cut(blocks)[0], "HP-40")


def _under(heading: str, *texts: str) -> list[CodeEntry]:
    blocks = [Block("heading", heading, level=1), *(Block("paragraph", text) for text in texts)]
    return find_codes(cut(blocks)[0], "HP-40")


@pytest.mark.parametrize(
    ("name", "alarms", "parts"),
    [("hp40-rev-c", 67, 69), ("lt25-rev-a", 68, 76), ("rc15-rev-d", 72, 74)],
)
def test_every_alarm_and_every_part_of_the_manuals_is_found(
    manuals: dict[str, Path], name: str, alarms: int, parts: int
) -> None:
    entries = find_codes(cut(read_pdf(manuals[name]).blocks)[0], name)
    assert sum(entry.kind == "alarm" for entry in entries) == alarms
    assert sum(entry.kind == "part" for entry in entries) == parts
    stem, _, revision = name.partition("-rev-")
    source = load("manual_source")
    manual = source.read_manual(EXAMPLES / "manuals" / f"{stem}.md", revision.upper())
    tables = [block for block in manual.blocks if isinstance(block, source.Table)]
    written = {row[:2] for table in tables for row in table.rows}
    assert {(entry.code, entry.meaning) for entry in entries} <= written
    assert all(entry.remedies for entry in entries if entry.kind == "alarm")


def test_a_row_gives_meaning_causes_and_remedies() -> None:
    header = ("Alarm", "Text", "Possible cause", "Corrective action")
    row = ("E-217", "Oil hot", "1) Fan off 2) Filter full", "1) Check M2 2) Change F1")
    (entry,) = _table(header, row, heading="5.2 Hydraulic unit alarms E-200 to E-299")
    assert entry == CodeEntry(
        code="E-217",
        kind="alarm",
        device="HP-40",
        component="Hydraulic unit",
        meaning="Oil hot",
        causes=("Fan off", "Filter full"),
        remedies=("Check M2", "Change F1"),
    )


@pytest.mark.parametrize(
    ("header", "row", "code"),
    [
        (("代码", "含义", "处理措施"), ("Er.731", "过流", "检查电机"), "Er.731"),
        (("Fehlercode", "Bedeutung", "Abhilfe"), ("F0012", "Temperatur", "Kühlen"), "F0012"),
        (("No.", "Cause", "Remedy"), ("12", "low", "fill"), "12"),
        (("Display", "Meaning", "Remedy"), ("AL 5", "hot", "cool"), "AL 5"),
        (("Fault no.", "Description", "Remedy"), ("0x1C", "bus", "plug in"), "0x1C"),
    ],
)
def test_headers_of_several_languages_name_a_column_of_codes(
    header: tuple[str, ...], row: tuple[str, ...], code: str
) -> None:
    (entry,) = _table(header, row)
    assert (entry.kind, entry.code) == ("alarm", code)
    assert entry.remedies == (row[2],)


def test_several_codes_in_one_cell_are_entries_of_their_own() -> None:
    entries = _table(("Code", "Meaning"), ("E-1, E-2 / E-3", "Encoder"))
    assert [entry.code for entry in entries] == ["E-1", "E-2", "E-3"]
    assert {entry.meaning for entry in entries} == {"Encoder"}


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (("No.", "Name"), [("1", "Pump"), ("2", "Motor")]),  # call-outs of a drawing
        (("Property", "Value"), [("Pressure", "160"), ("Power", "15")]),
        (("Fault", "Remedy"), [("Ram is slow", "Warm up"), ("No light", "Switch Q2 on")]),
        (("Code", "Quantity"), [("E-1", "3"), ("E-2", "4")]),  # nothing is explained
    ],
)
def test_other_tables_define_no_codes(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    assert _table(header, *rows) == []


@pytest.mark.parametrize(
    "header", [("Part no.", "Name"), ("Artikel", "Benennung"), ("料号", "名称")]
)
def test_parts_are_found_and_are_no_alarms(header: tuple[str, ...]) -> None:
    entries = _table(header, ("HP40-2201-01", "Pump P1"), ("RC15-10.014", "Kit"))
    assert [(e.kind, e.code, e.meaning) for e in entries] == [
        ("part", "HP40-2201-01", "Pump P1"),
        ("part", "RC15-10.014", "Kit"),
    ]


def test_an_entry_points_at_its_chunk_and_sentence() -> None:
    header = ("Code", "Meaning")
    entries = _table(header, ("E-1", "one"), ("E-2", "two"))
    assert [(entry.code, entry.chunk_ordinal, entry.sentence) for entry in entries] == [
        ("E-1", 0, 0),
        ("E-2", 1, 0),
    ]


@pytest.mark.parametrize(
    ("heading", "code", "meaning"),
    [
        ("Alarm E-217: oil temperature high", "E-217", "oil temperature high"),
        ("Error code 0x1C", "0x1C", "Fan off."),
        ("Fault No. 12", "12", "Fan off."),
        ("Er. 731 – overcurrent", None, ""),
        ("报警 E-217：油温高", "E-217", "油温高"),
        ("故障代码 29056", "29056", "Fan off."),
        ("code other", "other", "Fan off."),
    ],
)
def test_a_heading_that_is_a_code_defines_it(heading: str, code: str | None, meaning: str) -> None:
    entries = _under(heading, "Fan off. Wait.")
    assert [(e.code, e.meaning) for e in entries] == ([(code, meaning)] if code else [])


@pytest.mark.parametrize(
    "heading",
    [
        "Fault finding",
        "Warning messages",
        "Alarm list",
        "Error codes",
        "Error code list",
        "Alarm codes 100 to 199",
        "Error codes 100",
        "Alarm group 2",
        "Display",
        "5.2 Alarms of the drive",
    ],
)
def test_a_heading_about_codes_is_none(heading: str) -> None:
    assert _under(heading, "Something is said.") == []


def test_labels_below_a_heading_fill_its_entry_even_across_chunks() -> None:
    filler = " ".join(["word"] * 90) + "."
    (entry,) = _under(
        "Alarm E-5", f"Description: Oil hot. {filler}", "Cause: Fan off. Remedy: Clean."
    )
    assert entry.causes == ("Fan off.",)
    assert entry.remedies == ("Clean.",)
    assert entry.chunk_ordinal == 0


def test_other_spellings_below_a_heading_are_aliases() -> None:
    (entry,) = _under("Alarm E-217", "Display code: A17. Auxiliary code 0x1C, 28. It is hot.")
    assert entry.aliases == ("A17", "0x1C", "28")


def test_an_alias_of_many_entries_names_a_class_and_is_dropped() -> None:
    blocks = []
    for i in range(4):
        blocks += [Block("heading", f"Alarm E-{i}", level=1), Block("paragraph", f"Code 7, 9{i}.")]
    entries = find_codes(cut(blocks)[0], "x")
    assert [entry.aliases for entry in entries] == [(f"9{i}",) for i in range(4)]


@pytest.mark.parametrize(
    ("path", "component"),
    [
        (("5 Alarms", "5.2 Spindle drive alarms"), "Spindle drive"),
        (("3.1 Hydraulic unit", "Fault codes"), "Hydraulic unit"),
        (("Faults of the feed axis",), "feed axis"),
        (("5 Alarms", "Error messages"), ""),
        (("主轴驱动 报警列表",), "主轴驱动"),
        ((), ""),
    ],
)
def test_the_nearest_heading_that_names_something_is_the_component(
    path: tuple[str, ...], component: str
) -> None:
    assert component_of(path) == component
