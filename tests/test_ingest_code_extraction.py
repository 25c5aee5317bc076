"""Alarm codes and part numbers of a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.corpus import Block, CodeEntry
from ingest.chunking import cut
from ingest.code_extraction import component_of, find_codes
from ingest.readers.pdf import read_pdf
from ingest.readers.text import read_text
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


def _listed(tmp_path: Path, text: str) -> list[CodeEntry]:
    path = tmp_path / "help.txt"
    path.write_text(text, encoding="utf-8")
    return find_codes(cut(read_text(path).blocks)[0], "CV-40")


def test_codes_one_a_line_are_entries_with_what_stands_behind_them(tmp_path: Path) -> None:
    text = (
        "HELP\n====\nThe last error is shown by F1.\n\n"
        "ER 07  Pallet lost. Wipe the lenses.\n"
        "ER 09  Spindle not ready. Check the\n       plug X7.\n"
        "ER 11  Guard open\n"
        "ER 11b Guard of the lift open\n"
    )
    entries = _listed(tmp_path, text)
    assert [(e.code, e.kind, e.meaning) for e in entries] == [
        ("ER 07", "alarm", "Pallet lost. Wipe the lenses."),
        ("ER 09", "alarm", "Spindle not ready. Check the plug X7."),
        ("ER 11", "alarm", "Guard open"),
        ("ER 11b", "alarm", "Guard of the lift open"),
    ]


def test_codes_one_a_paragraph_have_causes_and_remedies_and_end_with_their_list(
    tmp_path: Path,
) -> None:
    paragraphs = [
        f"E-{n}   Text {n} of it\n   Cause: Plug {n} loose.\n   Remedy: Seat it. Press F5."
        for n in (217, 218, 219)
    ]
    text = "ERRORS\n------\n" + "\n\n".join(paragraphs)
    entries = _listed(tmp_path, f"{text}\n\nAll of them are kept in the memory of the drive.\n")
    assert [(e.code, e.meaning, e.causes, e.remedies) for e in entries] == [
        (f"E-{n}", f"Text {n} of it", (f"Plug {n} loose.",), ("Seat it. Press F5.",))
        for n in (217, 218, 219)
    ]
    assert {entry.component for entry in entries} == {""}


@pytest.mark.parametrize(
    ("heading", "lines", "codes"),
    [
        ("Help", ("Error 1: fan off", "Error 2: fuse blown", "Error 13: no air"), "1 2 13"),
        ("Hilfe", ("Störung 4 - Ölstand", "Störung 5 - Druck", "Störung 6 - Luft"), "4 5 6"),
        ("帮助", ("报警 12 主轴过载", "报警 13 油温高", "报警 14 气压低"), "12 13 14"),
        ("说明", ("E01过流", "E02过压", "E03欠压"), "E01 E02 E03"),
        ("Help", ("AL.5\tHot", "AL.6\tCold", "AL.7\tWet"), "AL.5 AL.6 AL.7"),
        ("Drive faults", ("F1 Overload", "F2 Phase lost", "F3 Hot"), "F1 F2 F3"),
        ("Fault codes", ("1001 Stop", "1002 Door", "1003 Belt"), "1001 1002 1003"),
        ("Störungsmeldungen", ("712  Öl", "713  Luft", "714  Öl"), "712 713 714"),
    ],
)
def test_lists_of_codes_come_in_many_forms(
    tmp_path: Path, heading: str, lines: tuple[str, ...], codes: str
) -> None:
    entries = _listed(tmp_path, f"# {heading}\n" + "\n".join(lines) + "\n")
    assert [entry.code for entry in entries] == codes.split()


@pytest.mark.parametrize("heading", ["Overview", "Errors", "Fault codes"])
@pytest.mark.parametrize(
    "lines",
    [
        ("1. Clear the rollers.", "2. Press F5.", "3. Press START.", "4. Watch the display."),
        ("1) Clear", "2) Press", "3) Watch"),
        ("12 Clear the rollers.", "13 Press reset.", "14 Watch."),
        ("1.1 Scope", "1.2 Errors", "1.3 Faults"),
        ("2009-11-30 First issue", "2010-01-04 Second issue", "2011-02-03 Third issue"),
        ("30.11.2009 First", "04.01.2010 Second", "03.02.2011 Third"),
        ("40-0610-2 Roller", "40-0622-1 Chain", "40-0631-4 Motor"),
        ("CD7-0093-A Battery", "CD7-0094-B Cover", "CD7-0095-C Plug"),
        ("Page 3 Safety", "Page 4 Errors", "Page 5 Parts"),
        ("PAGE 3 Safety", "PAGE 4 Errors", "PAGE 5 Parts"),
        ("Step 4 Remove the guard", "Step 5 Wipe", "Step 6 Close"),
        ("STEP 4 Remove the guard", "STEP 5 Wipe", "STEP 6 Close"),
        ("AB 12 screws hold it.", "AB 13 nuts do.", "AB 14 washers do."),
        ("ER 09 was shown first.", "ER 10 came next.", "ER 11 followed."),
        ("400 V at the clamps.", "230 V at the lamp.", "110 VDC at the switch."),
        ("ISO 4413 Hydraulics", "ISO 4414 Pneumatics", "ISO 4415 Other"),
        ("ER 09  Link lost", "ER 10  Fuse blown"),
        ("ER 09  Link lost", "ER 09  Link lost", "ER 09  Link lost"),
        ("In the hall E-217 was shown and then E-218 and E-219.",),
    ],
)
def test_other_lists_and_sentences_define_no_codes(
    tmp_path: Path, lines: tuple[str, ...], heading: str
) -> None:
    text = f"# {heading}\n" + "\n".join(lines) + "\n"
    assert _listed(tmp_path, text) == []
    assert _listed(tmp_path, f"# {heading}\n" + "\n\n".join(lines) + "\n") == []


@pytest.mark.parametrize(
    ("heading", "lines"),
    [
        ("Keys", ("F1   Help.", "F2   Jog forward.", "F3   Jog backward.")),
        ("Valves", ("V1 Inlet", "V2 Outlet", "V3 Bypass")),
        ("Fuses", ("F01 Main switch", "F02 Lamp", "F03 Pump")),
        ("Parameters", ("P001 Speed", "P002 Ramp", "P003 Torque")),
        ("Order numbers", ("4711 Belt", "4712 Motor", "4713 Lamp")),
        ("Errors", ("4711 Belt", "4712 Motor", "4713 Lamp")),  # plain numbers, not called codes
    ],
)
def test_a_list_of_codes_that_are_no_alarms_defines_none(
    tmp_path: Path, heading: str, lines: tuple[str, ...]
) -> None:
    title = "# Fault manual of the CV-40\n"
    assert _listed(tmp_path, f"{title}## {heading}\n" + "\n".join(lines) + "\n") == []


def test_a_code_that_a_table_defines_is_not_taken_again_from_a_list() -> None:
    header = ("Code", "Meaning")
    rows = [
        Block("row", f"ER 0{n} | Hot", header=header, cells=(f"ER 0{n}", "Hot")) for n in (1, 2)
    ]
    lines = [Block("paragraph", f"ER 0{n}  Read the table.") for n in (1, 2, 3)]
    entries = find_codes(cut([*rows, *lines])[0], "HP-40")
    assert [(entry.code, entry.meaning) for entry in entries] == [
        ("ER 01", "Hot"),
        ("ER 02", "Hot"),
        ("ER 03", "Read the table."),
    ]


def test_a_listed_code_points_at_its_chunk_and_sentence() -> None:
    filler = " ".join(["word"] * 60) + "."
    blocks = [Block("paragraph", f"ER 0{n}  Hot {n}. {filler}") for n in (1, 2, 3)]
    chunks = cut(blocks)[0]
    for entry in find_codes(chunks, "HP-40"):
        assert chunks[entry.chunk_ordinal].sentences[entry.sentence].text.startswith(entry.code)
