"""Tables in the forms that exports come in."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from ingest.errors import UnreadableTable
from ingest.table_sources import open_source
from ingest.tables import Table

ROWS = [["id", "title", "date", "cost"], ["1", "pump leaks", "2024-03-05", "12.5"],
        ["2", "液压泵漏油", "2024-03-06", "7"]]  # fmt: skip


def _cells(path: Path, **options: str) -> list[list[str]]:
    return [cells for _, cells in open_source(path, **options).records()]


def _write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_reads_delimited_text_in_every_encoding(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    text = "\r\n".join(delimiter.join(row) for row in ROWS)
    assert _cells(_write(tmp_path, "t.csv", text.encode(encoding))) == ROWS


def test_a_stated_encoding_that_is_not_the_files_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path, "t.csv", "id,title\n1,Störung\n".encode("cp1252"))
    with pytest.raises(UnreadableTable, match=r"t\.csv is not written in utf-8.*--encoding"):
        _cells(path, encoding="utf-8")
    assert _cells(path, encoding="cp1252")[1] == ["1", "Störung"]


def test_an_open_quote_does_not_swallow_the_rows_below(tmp_path: Path) -> None:
    text = 'id,title,cost\n1,leak,5\n2,"seal worn,6\n3,noise,7\n4,"a, b",8\n5,heat,9\n'
    source = open_source(_write(tmp_path, "t.csv", text))
    assert list(source.records()) == [
        (1, ["id", "title", "cost"]),
        (2, ["1", "leak", "5"]),
        (3, ["2", "seal worn", "6"]),
        (4, ["3", "noise", "7"]),
        (5, ["4", "a, b", "8"]),
        (6, ["5", "heat", "9"]),
    ]
    assert source.notes == {3: "a quote is not closed; the row was read without it"}


def test_a_quote_that_is_open_to_the_end_of_a_long_file_is_recovered(tmp_path: Path) -> None:
    rows = "".join(f"{i},noise on machine {i},{i}\n" for i in range(3, 9_000))
    source = open_source(_write(tmp_path, "t.csv", 'id,title,cost\n2,"seal worn,6\n' + rows))
    found = list(source.records())
    assert len(found) == 8_999
    assert found[-1] == (8_999, ["8999", "noise on machine 8999", "8999"])
    assert list(source.notes) == [2]


def test_a_text_of_many_lines_that_is_quoted_stays_one_cell(tmp_path: Path) -> None:
    text = 'id,title,cost\n1,"first, we\n- looked, then\n- closed",5\n2,next,6\n'
    rows = _cells(_write(tmp_path, "t.csv", text))
    assert rows[1] == ["1", "first, we\n- looked, then\n- closed", "5"]
    assert len(rows) == 3


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": 1, "title": "leak", "asset": {"tag": "PR-01"}}, {"id": 2, "title": "noise"}]',
        '{"id": 1, "title": "leak", "asset": {"tag": "PR-01"}}\n{"id": 2, "title": "noise"}\n',
        '{"count": 2, "next": null, "results": '
        '[{"id": 1, "title": "leak", "asset": {"tag": "PR-01"}},'
        ' {"id": 2, "title": "noise"}]}',
        '{"d": {"results": [{"id": 1, "title": "leak", "asset": {"tag": "PR-01"}},'
        ' {"id": 2, "title": "noise"}]}}',
    ],
)
def test_reads_json_in_its_usual_forms(tmp_path: Path, text: str) -> None:
    assert _cells(_write(tmp_path, "t.json", text)) == [
        ["id", "title", "asset.tag"],
        ["1", "leak", "PR-01"],
        ["2", "noise", ""],
    ]


def test_lists_and_links_in_json_become_texts(tmp_path: Path) -> None:
    item = {
        "equipment_id": [7, "Press 1"],
        "tags": ["a", "b"],
        "parts": [{"no": "HP40-1", "qty": 2}, {"no": "AB", "qty": 1.50}],
        "down": True,
        "none": None,
    }
    header, row = _cells(_write(tmp_path, "t.json", json.dumps([item])))
    assert dict(zip(header, row, strict=True)) == {
        "equipment_id": "Press 1",
        "equipment_id.id": "7",
        "tags": "a; b",
        "parts.no": "HP40-1; AB",
        "parts.qty": "2; 1.5",
        "down": "true",
        "none": "",
    }


@pytest.mark.parametrize("text", ["[{", '{"a": }', "[{]"])
def test_broken_json_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableTable, match=r"t\.json is not valid JSON.*Export it again"):
        _cells(_write(tmp_path, "t.json", text))


def _xlsx(path: Path, epoch_1904: bool = False) -> Path:
    book = xlsxwriter.Workbook(path, {"date_1904": epoch_1904})
    book.add_worksheet("Notes").write(0, 0, "nothing here")
    sheet = book.add_worksheet("Tickets")
    day = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    sheet.write_row(0, 0, ["id", "title", "date", "cost", "down"])
    sheet.write_row(1, 0, [1, "=leak"[1:]])
    sheet.write_datetime(1, 2, dt.datetime(2024, 3, 5, 14, 5), day)
    sheet.write_number(1, 3, 12.5)
    sheet.write_boolean(1, 4, True)
    book.close()
    return path


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_reads_a_workbook_with_dates_of_both_epochs(tmp_path: Path, epoch_1904: bool) -> None:
    path = _xlsx(tmp_path / "t.xlsx", epoch_1904)
    assert _cells(path) == [
        ["id", "title", "date", "cost", "down"],
        ["1", "leak", "2024-03-05 14:05:00", "12.5", "true"],
    ]
    assert _cells(path, sheet="Notes") == [["nothing here"]]
    with pytest.raises(UnreadableTable, match=r"no sheet 'X'; its sheets are Notes, Tickets"):
        _cells(path, sheet="X")


def test_reads_the_old_workbook_and_the_open_one(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Tickets")
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    book.save(str(tmp_path / "t.xls"))
    assert _cells(tmp_path / "t.xls") == ROWS
    assert _cells(_ods(tmp_path / "t.ods")) == ROWS


def _ods(path: Path) -> Path:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in row
        )
        + "</table:table-row>"
        for row in ROWS
    )
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="T">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
    return path


@pytest.mark.parametrize("name", ["t.xlsx", "t.ods", "t.xls"])
def test_a_damaged_workbook_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("nothing.xml", "<a/>")
    with pytest.raises(UnreadableTable, match=r"cannot be read as a workbook.*save it again"):
        open_source(path)


def test_a_text_that_calls_itself_xls_is_read_as_text(tmp_path: Path) -> None:
    path = _write(tmp_path, "t.xls", "\n".join("\t".join(row) for row in ROWS).encode("utf-16"))
    assert _cells(path) == ROWS


def test_headers_and_totals_inside_the_data_are_no_rows(tmp_path: Path) -> None:
    text = (
        "Work orders of hall 2,,,\nid,title,date,cost\n1,leak,2024-03-05,5\nid,title,date,cost\n"
        "2,Total loss of pressure,2024-03-06,7\n3,Total,2024-03-06,1\nTotal,,,13\nPage 1 of 2,,,\n"
    )
    path = _write(tmp_path, "t.csv", text)
    table = Table(open_source(path), "t.csv", lambda cells: len({"id", "title"} & set(cells)))
    assert [line.cells[0] for line in table.rows()] == ["1", "2", "3"]
    assert [(line, why.split()[0:2]) for line, why in table.skipped] == [
        (1, ["it", "stands"]),
        (4, ["it", "repeats"]),
        (7, ["it", "is"]),
        (8, ["it", "is"]),
    ]
