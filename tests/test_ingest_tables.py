"""Reading delimited tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import UnreadableTable
from ingest.tables import DelimitedTable, read_table

_TMP = HealthCheck.function_scoped_fixture


def _table(folder: Path, text: str | bytes) -> DelimitedTable:
    path = folder / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    text = "id;title;cost\n1;pump leaks, badly;2,5\n2;belt | noise;3\n".replace(";", delimiter)
    if delimiter in ",|":
        text = text.replace("leaks,", "leaks").replace("2,5", "2.5").replace("belt |", "belt")
    table = _table(tmp_path, text)
    assert (table.delimiter, table.header) == (delimiter, ("id", "title", "cost"))
    assert [len(row.cells) for row in table.rows] == [3, 3]
    assert not any(row.flags for row in table.rows)


def test_quoted_cells_keep_delimiters_quotes_and_line_ends(tmp_path: Path) -> None:
    text = 'id,title\n1,"a ""5 mm"" gap, wide\nand deep"\n2,next\n'
    rows = _table(tmp_path, text).rows
    assert [row.cells["title"] for row in rows] == ['a "5 mm" gap, wide\nand deep', "next"]


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    table = _table(tmp_path, "title\npump leaks\nbelt torn\n")
    assert table.header == ("title",)
    assert [row.cells for row in table.rows] == [{"title": "pump leaks"}, {"title": "belt torn"}]


def test_rows_of_another_length_are_kept_and_flagged(tmp_path: Path) -> None:
    table = _table(tmp_path, "a,b,c\n1,2,3\n1\n1,2,3,4,5\n\n,,\n")
    assert [(row.line, row.cells, row.flags) for row in table.rows] == [
        (2, {"a": "1", "b": "2", "c": "3"}, ()),
        (3, {"a": "1", "b": "", "c": ""}, ("2 cells fewer than the header",)),
        (4, {"a": "1", "b": "2", "c": "3"}, ("2 cells more than the header",)),
    ]


def test_columns_of_the_same_name_do_not_hide_each_other(tmp_path: Path) -> None:
    table = _table(tmp_path, "Description,Description,cost\nleak,hall 1,3\n")
    assert table.header == ("Description", "Description (2)", "cost")
    assert list(table.rows[0].cells.values()) == ["leak", "hall 1", "3"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("titel,maschine\nStörung,Fräse\n", "utf-8"),
        ("titel,maschine\nStörung,Fräse\n", "utf-8-sig"),
        ("titel,maschine\nStörung,Fräse\n", "utf-16"),
        ("titel,maschine\nStörung,Fräse\n", "cp1252"),
        ("标题,设备\n液压泵漏油,一号机\n", "gb18030"),
    ],
)
def test_reads_every_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    table = _table(tmp_path, text.encode(encoding))
    first, second = text.split()
    assert table.header == tuple(first.split(","))
    assert tuple(table.rows[0].cells.values()) == tuple(second.split(","))
    assert table.encoding == encoding


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"is empty \(0 bytes\)\. Export"),
        (b" \r\n\t", r"is empty \(4 bytes\)\. Export"),
        (b"\xef\xbb\xbf", r"has no header in its first line\. Add one"),
        (b",,\n1,2,3\n", r"has no header in its first line\. Add one"),
        (b"id,title\n", r"has a header and no rows\. Export"),
        (b"id,title\n,\n\n", r"has a header and no rows\. Export"),
        (b"id,title\n1," + b"x" * 200_000, r", line 2: field larger than .*\. Export"),
    ],
)
def test_a_table_without_content_is_refused_with_a_remedy(
    tmp_path: Path, data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableTable, match=r"table\.csv" + r"\s?" + message):
        _table(tmp_path, data)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UnreadableTable, match=rf"{path} cannot be opened: .* Check the path"):
            read_table(path)


@settings(max_examples=80, deadline=None, suppress_health_check=[_TMP])
@given(
    st.one_of(
        st.binary(max_size=300), st.text('a1,;\t|"\n\r\x00é阀 ', max_size=120).map(str.encode)
    )
)
def test_any_bytes_give_a_table_or_the_error_of_tables(tmp_path: Path, data: bytes) -> None:
    table, reason = None, ""
    try:
        table = _table(tmp_path, data)
    except UnreadableTable as error:
        reason = str(error)
    assert bool(table) != ("table.csv" in reason)
    if table is not None:
        assert all(set(row.cells) == set(table.header) for row in table.rows)


_cells = st.text('ab 1.,;|"\n阀', max_size=8).map(str.strip)


@settings(max_examples=100, deadline=None, suppress_health_check=[_TMP])
@given(st.lists(st.tuples(_cells, _cells, _cells).filter(any), min_size=1, max_size=12))
def test_what_was_exported_with_quotes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str, str]]
) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("id", "title", "cost"), *rows])
    table = _table(tmp_path, out.getvalue())
    assert [tuple(row.cells.values()) for row in table.rows] == rows
