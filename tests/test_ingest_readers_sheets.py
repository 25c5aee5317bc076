"""Sheets as documents: tables found, values as shown, what is hidden kept back."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from index.corpus import CodeEntry
from index.rows import split_numbered
from ingest.chunking import cut
from ingest.code_extraction import find_codes
from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents
from ingest.readers.number_format import Value, show
from ingest.readers.sheets import read_sheets
from ingest.reading import read_file

_ALARMS = ("Alarm code", "Meaning", "Cause", "Remedy")
_OLD = Path(__file__).parent / "data" / "alarm_list.xls"


def _save(tmp_path: Path, rows: Sequence[Sequence[object]], *merged: str) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for cells in merged:
        book.active.merge_cells(cells)
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


def _edit_sheet(path: Path, edit: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = edit(parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def _texts(contents: Contents) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in contents.blocks]


def _codes(contents: Contents) -> list[CodeEntry]:
    return find_codes(cut(contents.blocks)[0], "Press")


def test_an_alarm_list_under_a_merged_title_gives_its_codes(tmp_path: Path):
    rows = [
        ["Alarm list HP-40"],
        ["Date:", datetime.date(2024, 3, 5)],
        [],
        _ALARMS,
        ["E-217", "Oil hot", "1) cooler dirty 2) fan off", "1) clean 2) replace"],
        ["Spindle drive"],
        ["E-300", "Overload", "Bearing", "Replace"],
    ]
    contents = read_sheets(_save(tmp_path, rows, "A1:D1", "A6:D6"))
    assert contents.title == "Alarm list HP-40"
    assert contents.front == ("Alarm list HP-40", "Date: 2024-03-05")
    first, second = _codes(contents)
    assert (first.code, first.meaning, first.component) == ("E-217", "Oil hot", "")
    assert (first.causes, first.remedies) == (("cooler dirty", "fan off"), ("clean", "replace"))
    assert (second.code, second.component) == ("E-300", "Spindle drive")


@pytest.mark.parametrize(
    "header",
    [
        ("Störungsnummer", "Bedeutung", "Ursache", "Abhilfe"),
        ("报警号", "含义", "原因", "处理方法"),
        ("Fehlercode", "Beschreibung", "Mögliche Ursache", "Maßnahme"),
        ("报警代码", "报警内容", "故障原因", "解决方法"),
    ],
)
def test_headers_in_german_and_chinese_are_understood(tmp_path: Path, header: tuple[str, ...]):
    row = ("AL-01", "hot", "①风扇故障②温度高", "1、更换风扇；2、降低温度")
    (code,) = _codes(read_sheets(_save(tmp_path, [header, row, row])))[:1]
    assert (code.code, code.meaning) == ("AL-01", "hot")
    assert code.causes == ("风扇故障", "温度高")
    assert code.remedies == ("更换风扇；", "降低温度")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1）检查电缆 2）更换电池", ("检查电缆", "更换电池")),
        ("1、检查1、2号阀 2、更换", ("检查1、2号阀", "更换")),
        ("1、2号泵检查", ("1、2号泵检查",)),
        ("（1）检查（2）更换", ("检查", "更换")),
        ("①检查②更换", ("检查", "更换")),
        ("1）设定为1.5MPa 2）重启", ("设定为1.5MPa", "重启")),
    ],
)
def test_chinese_numbering_is_split(text: str, items: tuple[str, ...]):
    assert split_numbered(text) == items


def test_a_parts_list_keeps_its_numbers_as_shown(tmp_path: Path):
    rows = [
        ("Artikelnummer", "Benennung", "Menge"),
        ("007", "Dichtung", 2),
        (4711, "Schraube", 10),
        ("1E+05", "Ring", 1),
        (123456789012, "Lager", 1.50),
    ]
    path = _save(tmp_path, rows)
    book = openpyxl.load_workbook(path)
    book.active["A3"].number_format = "000-0000"
    book.active["C5"].number_format = '0.00" kg"'
    book.save(path)
    contents = read_sheets(path)
    assert [block.cells for block in contents.blocks[1:]] == [
        ("007", "Dichtung", "2"),
        ("000-4711", "Schraube", "10"),
        ("1E+05", "Ring", "1"),
        ("123456789012", "Lager", "1.50 kg"),
    ]
    assert [code.code for code in _codes(contents)][:2] == ["007", "000-4711"]


def test_header_rows_are_joined_and_merged_cells_filled_down(tmp_path: Path):
    rows = [
        ("Part number", "Name", "Torque", None),
        (None, None, "min", "max"),
        ("A-1", "Bolt", 1, 2),
        ("A-2", None, 3, 4),
    ]
    contents = read_sheets(_save(tmp_path, rows, "A1:A2", "B1:B2", "C1:D1", "B3:B4"))
    first, second = contents.blocks[1:]
    assert first.header == ("Part number", "Name", "Torque / min", "Torque / max")
    assert second.cells == ("A-2", "Bolt", "3", "4")


def test_a_row_of_units_belongs_to_the_header(tmp_path: Path):
    rows = [("Name", "Torque"), (None, "N·m"), ("Bolt", 10), ("Nut", 20)]
    blocks = read_sheets(_save(tmp_path, rows)).blocks[1:]
    assert [block.header for block in blocks] == [("Name", "Torque / N·m")] * 2


def test_two_tables_below_and_beside_each_other_are_told_apart(tmp_path: Path):
    rows = [
        ("Part number", "Name", None, "Code", "Meaning"),
        ("A-1", "Seal", None, "E1", "low"),
        ("A-2", "Ring", None, "E2", "high"),
        (),
        ("A-3", "Nut"),
        (),
        ("Parameter", "Default", "Unit"),
        ("P1", 5, "s"),
    ]
    blocks = read_sheets(_save(tmp_path, rows)).blocks[1:]
    assert [(block.header, block.text) for block in blocks] == [
        (("Part number", "Name"), "A-1 | Seal"),
        (("Part number", "Name"), "A-2 | Ring"),
        (("Code", "Meaning"), "E1 | low"),
        (("Code", "Meaning"), "E2 | high"),
        (("Part number", "Name"), "A-3 | Nut"),
        (("Parameter", "Default", "Unit"), "P1 | 5 | s"),
    ]


def test_an_empty_column_does_not_cut_a_table(tmp_path: Path):
    rows = [("Code", "Text", None, "Cause", "Remedy")] + [("E1", "low", None, "leak", "fix")] * 3
    blocks = read_sheets(_save(tmp_path, rows)).blocks[1:]
    assert blocks[0].header == ("Code", "Text", "Cause", "Remedy")


def test_warnings_between_rows_become_safety_messages(tmp_path: Path):
    rows = [
        ("WARNING", "Hot surface"),
        (),
        ("Fault", "Cause", "Remedy"),
        ("Loud", "Air", "Vent"),
        ("WARNING: Release the pressure.",),
        ("DANGER",),
        ("Lock out first.",),
        ("Hot", "Oil", "Fill"),
    ]
    contents = read_sheets(_save(tmp_path, rows, "A5:C5"))
    assert [text for kind, text in _texts(contents) if kind == "safety"] == [
        "WARNING\nHot surface",
        "WARNING: Release the pressure.",
        "DANGER\nLock out first.",
    ]
    assert [text for kind, text in _texts(contents) if kind == "row"] == [
        "Loud | Air | Vent",
        "Hot | Oil | Fill",
    ]


def test_what_nobody_sees_is_kept_back_with_its_reason(tmp_path: Path):
    path = _save(
        tmp_path,
        [
            (*_ALARMS, "Secret"),
            ("E1", "low", "leak", "fix", "s1"),
            ("E2", "white", "leak", "fix", "s2"),
            ("E3", "row", "leak", "fix", "s3"),
            ("E4", "shown", "tiny", 5, "s4"),
        ],
    )
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet["B3"].font = Font(color="FFFFFFFF")
    sheet["B5"].font = Font(color="FFFFFFFF")
    sheet["B5"].fill = PatternFill("solid", fgColor="FF000080")
    sheet["C5"].font = Font(sz=1)
    sheet["D5"].number_format = ";;;"
    sheet["A2"].comment = Comment("ask Bob", "me")
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["E"].hidden = True
    for state in ("hidden", "veryHidden"):
        other = book.create_sheet(state)
        other["A1"] = f"text {state}"
        other.sheet_state = state
    book.save(path)
    contents = read_sheets(path)
    assert [block.text for block in contents.blocks[1:]] == [
        "E1 | low | leak | fix",
        "E2 |  | leak | fix",
        "E4 | shown |  | ",
    ]
    hidden = {(item.page, item.text, item.reason) for item in contents.hidden}
    assert hidden == {
        (1, "white", "text in the colour of its cell"),
        (1, "tiny", "tiny text"),
        (1, "5", "number format that hides the value"),
        (1, "ask Bob", "comment of a cell"),
        (1, "E3 | row | leak | fix | s3", "hidden row"),
        (1, "Secret | s1 | s2 | s4", "hidden column"),
        (2, "text hidden", "hidden sheet"),
        (3, "text veryHidden", "very hidden sheet"),
    }
    assert contents.report["pages_without_text"] == [2, 3]


def test_formulas_give_their_stored_values_and_errors_are_marked(tmp_path: Path):
    path = _save(tmp_path, [("Code", "Meaning"), ("E1", "=1+1"), ("E2", "x")])
    error = b'<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D2"><f>2+2</f></c>'

    def fill_in(data: bytes) -> bytes:
        before, _, after = data.partition(b"<f>1+1</f><v")
        return before + b"<f>1+1</f><v>2</v></c>" + error + after.partition(b"</c>")[2]

    _edit_sheet(path, fill_in)
    contents = read_sheets(path)
    assert contents.blocks[1].text == "E1 | 2 | [error #DIV/0!]"
    assert contents.report["error_cells"] == ["Sheet!C2"]
    assert contents.report["formulas_without_value"] == 1


def test_each_sheet_is_a_page_under_its_name(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "Alarms"
    book.active.append(["Pump stops"])
    book.create_sheet("Empty")
    book.create_sheet("Parts").append(["Seal kit"])
    book.save(tmp_path / "a.xlsx")
    contents = read_file(tmp_path / "a.xlsx")
    assert [(block.page, block.text) for block in contents.blocks] == [
        (1, "Alarms"),
        (1, "Pump stops"),
        (3, "Parts"),
        (3, "Seal kit"),
    ]
    assert (contents.report["pages"], contents.report["pages_without_text"]) == (3, [2])


def test_an_old_workbook_is_read_as_shown():
    contents = read_file(_OLD)
    assert _texts(contents)[2:] == [
        ("row", "0017 | Oil hot | Cooler dirty | Clean it"),
        ("row", "0018 | 05.03.2024 |  | Fill up"),
        ("safety", "WARNING: Release the pressure first."),
        ("row", "E-20 | Pump off | Fuse | Replace fuse"),
    ]
    assert {(hidden.text, hidden.reason) for hidden in contents.hidden} == {
        ("secret note", "text in the colour of its cell"),
        ("0019 | filtered out", "hidden row"),
        ("never shown", "very hidden sheet"),
    }


def _open_document(tmp_path: Path, table: str) -> Path:
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            *(("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")),
            ("fo", "xsl-fo-compatible"),
        )
    )
    path = tmp_path / "list.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "content.xml",
            f"""<office:document-content {spaces}><office:automatic-styles>
            <style:style style:name="w"><style:text-properties fo:color="#ffffff"/></style:style>
            </office:automatic-styles><office:body><office:spreadsheet>
            <table:table table:name="Alarms">{table}</table:table></office:spreadsheet>
            </office:body></office:document-content>""",
        )
    return path


def _row(*cells: str, attributes: str = "") -> str:
    inner = "".join(
        f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells
    )
    return f"<table:table-row {attributes}>{inner}</table:table-row>"


def test_an_open_document_sheet_is_read_as_shown(tmp_path: Path):
    white = '<table:table-cell table:style-name="w"><text:p>secret</text:p></table:table-cell>'
    note = (
        "<table:table-cell><office:annotation><text:p>ask</text:p></office:annotation>"
        "<text:p>shown</text:p></table:table-cell>"
    )
    empty = '<table:table-row table:number-rows-repeated="900000"><table:table-cell '
    empty += 'table:number-columns-repeated="16384"/></table:table-row>'
    table = (
        _row("Alarm code", "Meaning", "Remedy")
        + _row("007", "Oil<text:s text:c='1'/>hot", "Clean")
        + f"<table:table-row>{note}{white}</table:table-row>"
        + _row("009", "filtered", "x", attributes='table:visibility="filter"')
        + empty
        + _row("010", "far", "below")
    )
    contents = read_file(_open_document(tmp_path, table))
    assert [block.text for block in contents.blocks[1:]] == [
        "007 | Oil hot | Clean",
        "shown |  | ",
        "010 | far | below",
    ]
    assert {hidden.text for hidden in contents.hidden} == {"secret", "ask", "009 | filtered | x"}


def test_an_open_document_sheet_that_repeats_without_end_is_refused(tmp_path: Path):
    table = _row("x", "y", attributes='table:number-rows-repeated="1000000"')
    with pytest.raises(UnreadableDocument, match="rows"):
        read_sheets(_open_document(tmp_path, table))


@pytest.mark.parametrize(
    ("name", "text", "encoding"),
    [
        ("a.csv", 'Code;Meaning;Remedy\nE1;"oil; hot";fill\nE2;low;fix\n', "utf-8"),
        ("a.csv", "Code,Meaning,Remedy\nE1,oil; hot,fill\nE2,low,fix\n", "cp1252"),
        ("a.tsv", "Code\tMeaning\tRemedy\nE1\toil; hot\tfill\nE2\tlow\tfix\n", "utf-16"),
    ],
)
def test_delimited_files_are_lists_as_well(tmp_path: Path, name: str, text: str, encoding: str):
    (tmp_path / name).write_bytes(text.encode(encoding))
    codes = _codes(read_file(tmp_path / name))
    assert [(code.code, code.meaning) for code in codes] == [("E1", "oil; hot"), ("E2", "low")]


def test_a_list_that_begins_with_bmk_is_no_picture(tmp_path: Path):
    (tmp_path / "a.csv").write_text("BMK;Bezeichnung\n-K1;Motor\n-K2;Fan\n")
    assert read_file(tmp_path / "a.csv").blocks[0].cells == ("-K1", "Motor")


@pytest.mark.parametrize(
    "part",
    [
        b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
    ],
)
def test_a_range_of_the_whole_sheet_is_refused(tmp_path: Path, part: bytes):
    path = _save(tmp_path, [["x", "y"]])
    _edit_sheet(path, lambda data: data.replace(b"</sheetData>", b"</sheetData>" + part))
    with pytest.raises(UnreadableDocument, match="merges"):
        read_sheets(path)


def test_a_cell_far_away_costs_nothing(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active["ALL1048576"] = "far"
    book.save(tmp_path / "a.xlsx")
    assert [block.text for block in read_sheets(tmp_path / "a.xlsx").blocks] == ["Sheet", "far"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xlsm", "a.xls", "a.ods", "a.csv"])
def test_a_damaged_file_is_refused_in_words(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"\x00\x01nothing that a program wrote")
    with pytest.raises(UnreadableDocument, match="a\\."):
        read_sheets(tmp_path / name)


def test_a_workbook_that_shows_nothing_is_empty(tmp_path: Path):
    with pytest.raises(EmptyDocument, match="shows no text"):
        read_sheets(_save(tmp_path, []))


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (7, "0000", "0007"),
        (7.0, "General", "7"),
        (1e11, "General", "100000000000"),
        (0.1 + 0.2, "General", "0.3"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.125, "0.0%", "12.5%"),
        (-3, "0;(0)", "(3)"),
        (100000.0, "0.00E+00", "1.00E+05"),
        (5, ";;;", ""),
        (47110815, '000"-"000"/"00', "471-108/15"),
        (datetime.datetime(2024, 3, 5, 14, 7), "dd.mm.yyyy hh:mm", "05.03.2024 14:07"),
        (datetime.datetime(2024, 3, 5), "mm-dd-yy", "2024-03-05"),
        (45356.0, "d mmm yy", "5 Mar 24"),
        (0.5, "[h]:mm", "12:00"),
        (True, "General", "TRUE"),
        (float("inf"), "0", "inf"),
        ("text", "0.00", "text"),
        (None, "0", ""),
    ],
)
def test_values_are_shown_by_their_format(value: Value, code: str, shown: str):
    assert show(value, code) == shown
