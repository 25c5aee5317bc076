"""Importing tickets and asset registers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import tables
from index.access import LOCAL
from index.assets import AssetRegister
from index.catalog import Catalog
from ingest.errors import UnreadableTable
from ingest.ticket_columns import recognise
from ingest.tickets import ImportReport, TicketImporter, import_assets
from tests.components import bench_folder
from tests.example_scripts import EXAMPLES
from tests.hash_embedder import HashEmbedder

ENGLISH = (
    "Ticket ID,Asset,Reported at,Closed,Status,Type,Title,Cause,Action,Downtime [min],Cost,Parts\n"
    "T-1,PR-01,2024-03-01 08:00,2024-03-01 09:30,closed,corrective,Press leaks,Seal worn,"
    '"Seal changed, tested",90,"1,250.50",2 x HP40-1\n'
    "T-2,PR-01,2024-03-02 08:00,,open,preventive,Oil check,,,,,\n"
)


@pytest.fixture
def importer(catalog: Catalog) -> TicketImporter:
    return TicketImporter(catalog, HashEmbedder())


@pytest.fixture
def put(importer: TicketImporter, tmp_path: Path) -> Any:
    """Import a text as a table."""

    def import_text(text: str | bytes, system: str = "cmms") -> ImportReport:
        path = tmp_path / "tickets.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return importer.import_file(path, system, lambda *_: None)

    return import_text


def _rows(catalog: Catalog) -> list[Any]:
    with catalog.engine.connect() as connection:
        return list(connection.execute(sa.select(tables.ticket).order_by(tables.ticket.c.id)))


def _state(catalog: Catalog) -> tuple[list[Any], list[Any], int]:
    with catalog.engine.connect() as connection:
        chunks = list(connection.execute(sa.select(tables.chunk).order_by(tables.chunk.c.id)))
    return _rows(catalog), chunks, catalog.sequence()


def test_imports_every_field(catalog: Catalog, put: Any) -> None:
    report = put(ENGLISH)
    assert (report.read, report.outcomes) == (2, {"imported": 2})
    assert report.flagged == []
    first, second = _rows(catalog)
    assert (first.source_id, first.asset_raw, first.title) == ("T-1", "PR-01", "Press leaks")
    assert (first.cause, first.resolution) == ("Seal worn", "Seal changed, tested")
    assert (first.reported_at, first.completed_at) == ("2024-03-01T08:00:00", "2024-03-01T09:30:00")
    assert (first.status, first.ticket_type) == ("done", "corrective")
    assert (first.downtime_min, first.cost_total) == (90, 1250.5)
    assert first.parts == [["HP40-1", 2.0]]
    assert first.raw["Downtime [min]"] == "90"
    assert (second.status, second.ticket_type, second.completed_at) == ("open", "preventive", None)
    assert (second.downtime_min, second.cost_total, second.parts) == (None, None, [])


GERMAN = (
    "Auftrag;Technischer Platz;Kurztext;Langtext;Ursache;Maßnahme;Gemeldet;Erledigt;Stillstand;"
    "Kosten;Techniker\n"
    "4711;PR-01;Öl läuft aus;Pfütze unter der Presse;Dichtung defekt;Dichtung ersetzt;"
    "05.03.2024 08:00:00;05.03.2024 10:15:00;135;1.250,50;J. Müller\n"
)
CHINESE = (
    "工单号,设备编号,故障现象,故障描述,原因,处理措施,报修时间,完成时间,停机时间,费用,维修人员\n"
    "4711,PR-01,液压泵漏油,压力机下方有油,密封圈损坏,更换密封圈,2024年3月5日,2024年3月6日,135,1250.5,王伟\n"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "cp1252"),
        (GERMAN, "utf-8-sig"),
        (CHINESE, "utf-8"),
        (CHINESE, "gb18030"),
    ],
)
def test_imports_german_and_chinese_tables(
    catalog: Catalog, put: Any, text: str, encoding: str
) -> None:
    report = put(text.encode(encoding))
    assert (report.read, report.flagged, report.encoding) == (1, [], encoding)
    header, line = text.splitlines()
    delimiter = report.delimiter
    cells = dict(zip(header.split(delimiter), line.split(delimiter), strict=True))
    (row,) = _rows(catalog)
    assert row.raw == cells
    found = (row.source_id, row.asset_raw, row.title, row.description, row.cause, row.resolution)
    assert found == tuple(line.split(delimiter)[:6])
    assert row.reported_at.startswith("2024-03-05")
    assert row.completed_at is not None
    assert (row.downtime_min, row.cost_total) == (135, 1250.5)
    assert row.technician == line.split(delimiter)[-1]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("WONUM,DESCRIPTION,ASSETNUM,REPORTDATE,WORKTYPE", "source_id description asset "
         "reported_at ticket_type"),
        ("Notification;Description;Functional Location;Breakdown Dur.", "source_id description "
         "asset downtime_min"),
        ("BscStartDate,Asset,OriginalShorttext,PMType,Cost", "reported_at asset title ticket_type "
         "cost_total"),
        ("meldung,kurztext,anlage,schadensbild,priorität", "source_id title asset failure_mode "
         "priority"),
        ("编号,设备,描述,故障代码,备件,工时", "source_id asset description alarm_codes parts "
         "labor_h"),
        ("Colour,Size,Weight", ""),
    ],
)  # fmt: skip
def test_recognises_headers_of_known_systems(header: str, fields: str) -> None:
    names = header.replace(";", ",").split(",")
    columns = recognise(names)
    assert columns == dict(zip(fields.split(), names, strict=False))


def test_a_column_is_used_for_one_field_only_and_brackets_do_not_count() -> None:
    columns = recognise(
        ["Downtime (min)", "Cause", "Short text", "Status【code】", "Date", "Date (2)"]
    )
    assert columns["downtime_min"] == "Downtime (min)"
    assert columns["reported_at"] == "Date"
    assert len(set(columns.values())) == len(columns)


def test_importing_twice_changes_nothing(catalog: Catalog, put: Any) -> None:
    put(ENGLISH)
    before = _state(catalog)
    report = put(ENGLISH)
    assert report.outcomes == {"unchanged": 2}
    assert _state(catalog) == before


def test_an_updated_row_replaces_the_old_one_and_leaves_the_others(
    catalog: Catalog, put: Any
) -> None:
    put(ENGLISH)
    untouched = _rows(catalog)[1]
    report = put(ENGLISH.replace("Seal worn", "Seal hardened"))
    assert report.outcomes == {"updated": 1, "unchanged": 1}
    rows = {row.source_id: row for row in _rows(catalog)}
    assert len(rows) == 2
    assert rows["T-1"].cause == "Seal hardened"
    assert rows["T-2"] == untouched
    with catalog.engine.connect() as connection:
        texts = list(connection.scalars(sa.select(tables.chunk.c.search_text)))
    assert len(texts) == 2
    assert not [text for text in texts if "Seal worn" in text]


def test_the_same_number_in_two_systems_is_two_tickets(catalog: Catalog, put: Any) -> None:
    put(ENGLISH, "north")
    assert put(ENGLISH, "south").outcomes == {"imported": 2}
    assert len(_rows(catalog)) == 4


def test_a_number_that_occurs_twice_is_kept_and_flagged(catalog: Catalog, put: Any) -> None:
    text = "id,title\n1,leak\n1,noise\n"
    report = put(text)
    assert [(f.row, f.reasons) for f in report.flagged] == [
        (3, ("the number '1' occurs 2 times in the file",))
    ]
    assert [row.title for row in _rows(catalog)] == ["leak", "noise"]
    assert put(text).outcomes == {"unchanged": 2}


def test_rows_without_a_number_are_told_apart_even_if_they_are_equal(
    catalog: Catalog, put: Any
) -> None:
    text = "date,title\n2024-01-01,leak\n2024-01-01,leak\n2024-01-02,leak\n"
    report = put(text)
    assert (report.outcomes, report.flagged) == ({"imported": 3}, [])
    assert put(text).outcomes == {"unchanged": 3}
    assert [row.locator for row in _rows(catalog)] == [f"tickets.csv line {n}" for n in (2, 3, 4)]


def test_a_row_with_shifted_columns_is_flagged_with_its_line_and_kept(
    catalog: Catalog, put: Any
) -> None:
    text = "date,asset,title,cost\n2024-01-01,A,leak,5\n2024-01-02,B,runs, then stops,7\n"
    report = put(text)
    assert [(f.row, f.reasons) for f in report.flagged] == [
        (3, ("1 surplus cells put back into 'title'",))
    ]
    rows = _rows(catalog)
    assert [(row.title, row.cost_total) for row in rows] == [("leak", 5), ("runs, then stops", 7)]
    assert rows[1].quality_flags == ["1 surplus cells put back into 'title'"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("2024-02-30,,leak,5", "date: '2024-02-30' is not a date"),
        ("2024-02-01,,leak,free", "cost: 'free' is not a number"),
        ("2024-02-01,,leak,-5", "cost: '-5' is negative"),
        ("2024-02-02,2024-02-01,leak,5", "completed before it was reported"),
        ("2024-02-02,,,5", "the row has no text"),
        ("2024-02-02,,leak", "1 cells fewer than the header"),
    ],
)
def test_what_is_odd_about_a_row_is_said_and_the_row_is_kept(
    catalog: Catalog, put: Any, cells: str, reason: str
) -> None:
    report = put(f"date,closed,title,cost\n2024-01-01,2024-01-02,noise,5\n{cells}\n")
    assert [(f.row, f.reasons) for f in report.flagged] == [(3, (reason,))]
    assert len(_rows(catalog)) == 2


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["03/04/2024", "25/04/2024"], ["2024-04-03", "2024-04-25"]),
        (["03/04/2024", "04/25/2024"], ["2024-03-04", "2024-04-25"]),
        (["3.4.2024", "25.12.2023"], ["2024-04-03", "2023-12-25"]),
        (["2024/04/03 10:30", "2024/12/25 8:05"], ["2024-04-03", "2024-12-25"]),
        (["2024年4月3日", "2024年12月25日"], ["2024-04-03", "2024-12-25"]),
        (["2024-04-03T10:00:00", "2024-12-25T10:00:00"], ["2024-04-03", "2024-12-25"]),
    ],
)
def test_the_dates_of_a_column_are_read_in_one_way(
    catalog: Catalog, put: Any, values: list[str], expected: list[str]
) -> None:
    report = put("date,title\n" + "".join(f"{value},leak\n" for value in values))
    assert report.flagged == []
    assert [row.reported_at[:10] for row in _rows(catalog)] == expected


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("2 x HP40-1; RC15-10.014", [["HP40-1", 2.0], ["RC15-10.014", 1.0]]),
        ("1.5× oil，3 x AB", [["oil", 1.5], ["AB", 3.0]]),
        (" ; ", []),
    ],
)
def test_parts_have_quantities(catalog: Catalog, put: Any, cell: str, parts: list[Any]) -> None:
    put(f'title,parts\nleak,"{cell}"\n')
    assert _rows(catalog)[0].parts == parts


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        ("Closed", "PM01", ("done", "corrective")),
        ("work in progress", "planned", ("in_progress", "preventive")),
        ("erledigt", "Störung", ("done", "corrective")),
        ("已完成", "保养", ("done", "preventive")),
        ("Storniert", "Inspection", ("cancelled", "inspection")),
        ("waiting", "other", ("unknown", "unknown")),
        ("", "", ("unknown", "unknown")),
    ],
)
def test_status_and_type_are_brought_to_one_vocabulary(
    catalog: Catalog, put: Any, status: str, kind: str, expected: tuple[str, str]
) -> None:
    put(f"title,status,type\nleak,{status},{kind}\n")
    (row,) = _rows(catalog)
    assert (row.status, row.ticket_type) == expected


def test_assets_are_resolved_against_the_register_and_the_rest_is_counted(
    catalog: Catalog, put: Any
) -> None:
    register = AssetRegister(catalog.engine)
    assert import_assets(register, EXAMPLES / "assets.csv") == 9
    report = put("asset,title\npr01,leak\nPress 2,noise\nKran 7,rope\n,none\n")
    assert report.unresolved_assets == 2
    with catalog.engine.connect() as connection:
        query = sa.select(tables.asset.c.tag).join(
            tables.ticket, tables.ticket.c.asset_id == tables.asset.c.id
        )
        assert list(connection.scalars(query)) == ["PR-01", "PR-02"]
    assert [row.asset_raw for row in _rows(catalog)] == ["pr01", "Press 2", "Kran 7", ""]


def test_progress_ends_at_the_number_of_rows(importer: TicketImporter, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("title\n" + "".join(f"leak {i}\n" for i in range(300)), encoding="utf-8")
    steps: list[tuple[int, int]] = []
    importer.import_file(path, "cmms", lambda done, total: steps.append((done, total)))
    assert steps == [(0, 300), (256, 300), (300, 300)]


def test_a_table_without_a_text_column_is_refused_with_its_columns(put: Any) -> None:
    message = (
        r"tickets\.csv has no column .* are Colour, \(empty\), Size\. Name one of them 'title'"
    )
    with pytest.raises(UnreadableTable, match=message):
        put("Colour,,Size\nred,1,2\n")


@pytest.mark.parametrize("text", ["", "id,title\n"])
def test_an_empty_table_is_refused_and_changes_nothing(
    catalog: Catalog, put: Any, text: str
) -> None:
    with pytest.raises(UnreadableTable, match=r"tickets\.csv (?:is empty|has a header).*Export"):
        put(text)
    assert catalog.sequence() == 0


def test_an_asset_register_needs_a_column_of_tags(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "assets.csv"
    path.write_text("colour,size\nred,5\n", encoding="utf-8")
    register = AssetRegister(catalog.engine)
    with pytest.raises(UnreadableTable, match=r"assets\.csv has no column 'tag'.*colour, size"):
        import_assets(register, path)
    path.write_text("Asset Tag;Description\nP-1;Pump\n;nameless\nP-2;Fan\n", encoding="utf-8")
    assert import_assets(register, path) == 2
    assert [(a.tag, a.name) for a in register.list(LOCAL)] == [("P-1", "Pump"), ("P-2", "Fan")]
    assert import_assets(register, path) == 2
    assert len(register.list(LOCAL)) == 2


_cell = st.text('a1,;".-/: \n阀', max_size=10)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(_cell, max_size=7).map(",".join), max_size=6))
def test_any_rows_are_imported_or_refused_with_an_ingest_error(put: Any, rows: list[str]) -> None:
    report, reason = None, ""
    try:
        report = put("id,date,title,cost,parts,asset\n" + "\n".join(rows))
    except UnreadableTable as error:
        reason = str(error)
    assert bool(report) != ("tickets.csv" in reason)
    if report is not None:
        assert report.read == sum(report.outcomes.values()) > 0


@pytest.mark.bench_data
def test_the_excavators_are_imported_whole_with_their_shifted_row(
    catalog: Catalog, importer: TicketImporter
) -> None:
    path = bench_folder() / "excavators" / "excavators.csv"
    report = importer.import_file(path, "excavators", lambda *_: None)
    assert report.read == 5485
    assert report.outcomes == {"imported": 5485}
    # The comma of the shifted row stands where a last, empty cell was: five cells, one place off.
    not_numbers = [f for f in report.flagged if "Cost: 'PM01' is not a number" in f.reasons]
    assert len(not_numbers) == 1
    rows = _rows(catalog)
    assert len(rows) == 5485
    (shifted,) = [row for row in rows if row.source_row == not_numbers[0].row]
    assert (shifted.reported_at[:10], shifted.asset_raw) == ("2003-12-31", "B")
    assert (shifted.raw["Cost"], shifted.cost_total) == ("PM01", None)
    others = [row for row in rows if row.id != shifted.id]
    assert all((row.cost_total is not None) == bool(row.raw["Cost"]) for row in others)
    assert all(row.reported_at is not None for row in rows)


def test_a_column_decides_what_its_commas_mean(catalog: Catalog, put: Any) -> None:
    report = put('title,downtime_min,cost_total\na,"1,440","1.440"\nb,"12,345,678","2,5"\n')
    assert [(t.downtime_min, t.cost_total) for t in _rows(catalog)] == [
        (1440.0, 1440.0),
        (12345678.0, 2.5),
    ]
    assert report.flagged == []


def test_a_number_that_may_mean_two_is_flagged_and_not_divided(catalog: Catalog, put: Any) -> None:
    report = put('title,downtime_min\na,"1,440"\n')
    assert _rows(catalog)[0].downtime_min is None
    (flagged,) = report.flagged
    assert flagged.reasons == ("downtime_min: '1,440' may mean two numbers",)
