"""Importing tickets and asset registers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index import tables
from index.access import LOCAL
from index.assets import AssetRegister
from index.catalog import Catalog
from index.ticket_embedding import count_waiting, embed_waiting
from index.ticket_tables import ticket
from ingest.errors import UnreadableTable
from ingest.ticket_columns import recognise
from ingest.ticket_mapping import TicketMapping, load_mapping, write_mapping
from ingest.ticket_plan import Options
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
        return list(connection.execute(sa.select(ticket).order_by(ticket.c.id)))


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
    import_assets(register, EXAMPLES / "assets.csv")
    report = put("asset,title\npr01,leak\nPress 2,noise\nKran 7,rope\n,none\n")
    assert report.unresolved_assets == 2
    with catalog.engine.connect() as connection:
        query = sa.select(tables.asset.c.tag).join(ticket, ticket.c.asset_id == tables.asset.c.id)
        assert list(connection.scalars(query)) == ["PR-01", "PR-02"]
    assert [row.asset_raw for row in _rows(catalog)] == ["pr01", "Press 2", "Kran 7", ""]


def test_progress_ends_at_the_number_of_rows(importer: TicketImporter, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("title\n" + "".join(f"leak {i}\n" for i in range(600)), encoding="utf-8")
    steps: list[tuple[int, int]] = []
    importer.import_file(path, "cmms", lambda done, total: steps.append((done, total)))
    assert steps == [(0, 600), (500, 600), (600, 600)]


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
@example(['"\n,,,,,'])
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
    # Its comma stands where a last, empty cell was: five cells, one place off.
    mended = [f for f in report.flagged if "had shifted the row" in f.reasons[0]]
    assert len(mended) == 1
    assert report.skipped == []
    rows = _rows(catalog)
    assert len(rows) == 5485
    (shifted,) = [row for row in rows if row.source_row == mended[0].row]
    assert (shifted.reported_at[:10], shifted.asset_raw) == ("2003-12-31", "B")
    assert (shifted.raw["Cost"], shifted.cost_total) == ("PM01", None)
    assert (shifted.ticket_type, "," in shifted.title) == ("corrective", True)
    others = [row for row in rows if row.id != shifted.id]
    assert all((row.cost_total is not None) == bool(row.raw["Cost"]) for row in others)
    assert sum(row.cost_total or 0 for row in rows) == pytest.approx(17_489_617, rel=1e-3)


def test_ambiguous_days_and_months_are_asked_about_and_never_guessed(
    catalog: Catalog, importer: TicketImporter, put: Any, tmp_path: Path
) -> None:
    text = "id,date,title\n1,03/04/2024,leak\n2,05/06/2024,noise\n"
    with pytest.raises(UnreadableTable, match=r"'date', such as '03/04/2024'.*--date-order dmy"):
        put(text)
    assert catalog.sequence() == 0
    path = tmp_path / "tickets.csv"
    importer.import_file(path, "cmms", lambda *_: None, Options(date_order="mdy"))
    assert [row.reported_at[:10] for row in _rows(catalog)] == ["2024-03-04", "2024-05-06"]


def test_another_column_of_the_file_tells_the_order(catalog: Catalog, put: Any) -> None:
    put("id,date,closed,title\n1,03/04/2024,25/04/2024,leak\n")
    assert _rows(catalog)[0].reported_at == "2024-04-03T00:00:00"


def test_serial_dates_of_a_spreadsheet_are_read_in_a_text(catalog: Catalog, put: Any) -> None:
    put("id,date,title\n1,45231.4375,leak\n2,45232,noise\n")
    assert [row.reported_at for row in _rows(catalog)] == [
        "2023-11-01T10:30:00",
        "2023-11-02T00:00:00",
    ]
    assert [row.time_quality for row in _rows(catalog)] == ["exact", "date_only"]


def test_durations_take_the_unit_of_the_header(catalog: Catalog, put: Any) -> None:
    report = put("id;title;Downtime [h];Hours\n1;leak;1,5;0:30\n2;noise;90 min;1\n")
    assert [(r.downtime_min, r.labor_h) for r in _rows(catalog)] == [(90, 0.5), (90, 1)]
    assert report.notes == ("'Hours' is taken as hours; a mapping can say another unit",) or not (
        report.notes
    )


def test_the_same_number_with_a_later_change_wins_wherever_it_stands(
    catalog: Catalog, put: Any
) -> None:
    text = (
        "id,title,changed at\n1,new,2024-02-02\n1,old,2024-01-01\n2,a,2024-01-01\n2,b,2024-01-02\n"
    )
    report = put(text)
    assert report.outcomes == {"imported": 2, "outdated": 1, "updated": 1}
    assert [row.title for row in _rows(catalog)] == ["new", "b"]
    assert put("id,title,changed at\n1,older,2023-01-01\n").outcomes == {"outdated": 1}
    assert put("id,title,changed at\n1,newest,2025-01-01\n").outcomes == {"updated": 1}
    assert [row.title for row in _rows(catalog)] == ["newest", "b"]


def test_an_update_keeps_the_id_of_the_ticket(catalog: Catalog, put: Any) -> None:
    put("id,title\n1,leak\n")
    before = _rows(catalog)[0].id
    put("id,title\n1,leak at night\n")
    assert [(row.id, row.title) for row in _rows(catalog)] == [(before, "leak at night")]


def test_the_same_row_twice_in_a_file_is_one_ticket(catalog: Catalog, put: Any) -> None:
    report = put("id,title\n1,leak\n2,noise\n1,leak\n")
    assert report.outcomes == {"imported": 2, "unchanged": 1}
    assert report.flagged == []


def test_tickets_of_the_same_event_are_linked_and_both_stay(catalog: Catalog, put: Any) -> None:
    text = (
        "id,asset,date,title\n"
        "1,A,2024-03-05 08:00,Hydraulic pump leaks oil at valve 3\n"
        "2,A,2024-03-05 20:00,hydraulic pump leaks oil at valve 3.\n"
        "3,A,2024-03-05 21:00,Hydraulic pump leaks oil at valve 4\n"
        "4,B,2024-03-05 08:00,Hydraulic pump leaks oil at valve 3\n"
        "5,A,2024-03-06 08:00,Hydraulic pump leaks oil at valve 3\n"
    )
    assert put(text).duplicates == 1
    assert [row.duplicate_of for row in _rows(catalog)] == [None, "cmms:1", None, None, None]
    assert put(text).duplicates == 0
    put("id,asset,date,title\n6,A,2024-03-06 09:00,Hydraulic pump leaks oil at valve 3\n")
    assert _rows(catalog)[-1].duplicate_of == "cmms:5"


def test_a_long_text_on_several_rows_is_joined_by_the_number(catalog: Catalog, put: Any) -> None:
    text = (
        "id,title,long text\n1,leak,* 05.03.2024 14:00 UTC\n1,leak,Pool under the pump\n"
        ",,and at the valve\n2,noise,\n"
    )
    report = put(text)
    assert (report.read, report.joined) == (2, 1)
    first = _rows(catalog)[0]
    assert first.description == "* 05.03.2024 14:00 UTC\nPool under the pump\nand at the valve"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,A,2024-03-05,2024-03-06,leak,9000,", "downtime: the downtime of 9000 min is longer"),
        ("1,A,2999-03-05,,leak,,", "date: '2999-03-05' lies in the future"),
        ("1,1-Feb,2024-03-05,,leak,,", "asset: '1-Feb' was changed by a spreadsheet"),
        ("1,2月1日,2024-03-05,,leak,,", "asset: '2月1日' was changed by a spreadsheet"),
        ("1,1.23E+15,2024-03-05,,leak,,", "asset: '1.23E+15' was changed by a spreadsheet"),
        ("1,A,2024-03-05,,leak,,0 x HP40-1", "a part has the quantity 0"),
    ],
)
def test_what_cannot_be_is_flagged_and_kept(
    catalog: Catalog, put: Any, row: str, reason: str
) -> None:
    report = put(f"id,asset,date,closed,title,downtime,parts\n{row}\n")
    (flagged,) = report.flagged
    (told,) = flagged.reasons
    assert reason.removeprefix("downtime: ") in told
    assert _rows(catalog)[0].quality_flags == [told]


def test_the_raw_row_stays_and_the_searched_text_is_clean(catalog: Catalog, put: Any) -> None:
    put('id,title,cost\n1," =1+1_x000D_\r\nsecond\tline ",5\n')
    (row,) = _rows(catalog)
    assert row.raw["title"] == " =1+1_x000D_\r\nsecond\tline "
    assert row.title == "=1+1\nsecond line"


def test_assets_are_matched_by_alias_serial_and_the_tag_in_a_longer_text(
    catalog: Catalog, importer: TicketImporter, tmp_path: Path
) -> None:
    register = AssetRegister(catalog.engine)
    import_assets(register, EXAMPLES / "assets.csv")
    path = tmp_path / "t.csv"
    path.write_text(
        "asset,title\nＰＲ－０１,a\n0000004117,b\nPR-02 Press 2 (hall 1),c\nold press,d\n"
        "PR-01 / PR-02,e\nPR-09,f\n",
        encoding="utf-8",
    )
    mapping = TicketMapping(aliases={"Old Press": "PR-03"})
    report = importer.import_file(path, "cmms", lambda *_: None, Options(mapping))
    tags = {asset.id: asset.tag for asset in _assets(catalog)}
    rows = _rows(catalog)
    assert [tags.get(row.asset_id) for row in rows] == [
        "PR-01",
        "PR-01",
        "PR-02",
        "PR-03",
        None,
        None,
    ]
    assert rows[2].asset_raw == "PR-02 Press 2 (hall 1)"
    assert 0.9 <= rows[2].asset_match < 1
    assert report.unresolved_assets == 2


def _assets(catalog: Catalog) -> list[Any]:
    with catalog.engine.connect() as connection:
        return list(connection.execute(sa.select(tables.asset)))


def test_a_written_mapping_gives_the_same_result(
    catalog: Catalog, importer: TicketImporter, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(GERMAN.encode("cp1252"))
    plan = importer.plan_file(path, Options(timezone="Europe/Berlin"))
    write_mapping(plan.as_mapping("werk"), tmp_path / "m.toml")
    importer.import_plan(plan, path, "werk", lambda *_: None)
    again = Options(load_mapping(str(tmp_path / "m.toml")))
    assert importer.plan_file(path, again).as_mapping("werk") == plan.as_mapping("werk")
    assert importer.import_file(path, "werk", lambda *_: None, again).outcomes == {"unchanged": 1}


def test_a_table_that_is_large_is_stored_first_and_embedded_later(
    catalog: Catalog, importer: TicketImporter, put: Any
) -> None:
    embedder = HashEmbedder()
    put("id,title\n0,first leak\n")
    report = put("id,title\n" + "".join(f"{i},leak {i}\n" for i in range(1, 5_002)))
    assert (report.read, report.waiting) == (5_001, 5_001)
    assert count_waiting(catalog, embedder.identity) == 5_001
    assert embed_waiting(catalog, embedder, 1_000) == 1_000
    assert count_waiting(catalog, embedder.identity) == 4_001
    assert embed_waiting(catalog, embedder) == 4_001
    assert embed_waiting(catalog, embedder) == 0


def test_an_import_that_is_cut_off_and_run_again_has_every_row_once(
    catalog: Catalog, importer: TicketImporter, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,title\n" + "".join(f"{i},leak {i}\n" for i in range(1_700)), "utf-8")

    class Killed(Exception):
        pass

    def stop(done: int, _: int) -> None:
        if done >= 1_000:
            raise Killed

    with pytest.raises(Killed):
        importer.import_file(path, "cmms", stop)
    assert len(_rows(catalog)) == 1_000
    report = importer.import_file(path, "cmms", lambda *_: None)
    assert report.outcomes == {"unchanged": 1_000, "imported": 700}
    assert len({row.source_id for row in _rows(catalog)}) == len(_rows(catalog)) == 1_700


@pytest.mark.bench_data
def test_the_records_of_aviation_are_imported_whole(importer: TicketImporter) -> None:
    path = bench_folder() / "maintnet_aviation" / "Aircraft_Annotation_DataFile.csv"
    plan = importer.plan_file(path)
    assert plan.columns == {"source_id": "IDENT", "description": "PROBLEM", "resolution": "ACTION"}
    assert plan.rows == 6_169
