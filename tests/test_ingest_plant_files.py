"""The plant's own files: read, refused by line, imported wholly or not at all, kept in step."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa

from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.facts.fact_tables import meter_reading, part, planned_work
from index.facts.plant import KnownName, Line, Shift, Team, Window
from index.home import Home
from ingest.errors import UnreadablePlant
from ingest.plant_files import PlantFiles
from ingest.plant_tables import recognise_table
from ingest.plant_toml import read_plant

PLANT = """\
as_of = 2026-11-20T22:00:00+01:00

[[site]]
name = "North"
time_zone = "Europe/Berlin"
currency = "eur"
week_start = "sunday"
fiscal_year_start = 10
holidays = ["2026-12-26", 2026-12-25]
[[site.shift]]
name = "night"
from = "22:00"
to = "06:00"
[[site.shift]]
name = "late"
from = "14:00"
to = "24:00"
[site.hours]
monday = "06:00-14:00, 15:30-24:00"
tuesday = "22:00-06:00"
wednesday = "00:00-24:00"
thursday = ""
friday = ""
saturday = ""
sunday = ""

[[line]]
name = "Line 3"
site = "the north"
arrangement = "parallel"

[[asset_hours]]
asset = "P-1"
hours = { monday = "", tuesday = "", wednesday = "", thursday = "", friday = "", saturday = "", \
sunday = "06:00-08:00" }

[[team]]
name = "mechanical"
site = "North"
hours_per_week = 160
also = ["机械班"]

[[name]]
field = "site"
value = "North"
also = ["the north"]
"""
PLAN = "number,asset,title,team,due,done,interval_d,tolerance_d,est_labor_h\n"


def test_everything_that_a_plant_says_is_read() -> None:
    plant = read_plant(PLANT, "plant.toml")
    assert plant.as_of == datetime(2026, 11, 20, 21, tzinfo=UTC)
    (site,) = plant.sites
    told = (site.time_zone.key, site.currency, site.week_start, site.fiscal_month)
    assert told == ("Europe/Berlin", "EUR", 6, 10)
    assert site.shifts == (Shift("night", time(22), time(6)), Shift("late", time(14), time(0)))
    assert (site.shift_at(time(23)), site.shift_at(time(5, 59))) == ("night", "night")
    assert (site.shift_at(time(14)), site.shift_at(time(6))) == ("late", "")
    assert site.hours[:3] == (
        (Window(360, 840), Window(930, 1440)),
        (Window(1320, 360),),
        (Window(0, 1440),),
    )
    assert site.holidays == (date(2026, 12, 25), date(2026, 12, 26))
    assert plant.lines == (Line("Line 3", "the north", "parallel"),)
    assert plant.asset_hours[0].hours[6] == (Window(360, 480),)
    assert plant.teams == (Team("mechanical", "North", 160.0, ("机械班",)),)
    assert plant.names == (KnownName("site", "North", ("the north",)),)
    assert plant.site("The  NORTH") is site
    assert plant.team("机械班") == plant.teams[0]
    assert (plant.line("line 3"), plant.line("Line 9")) == (plant.lines[0], None)
    assert plant.now() == plant.as_of


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[[line]]", "[line"), r"p\.toml, line 27: this is no TOML"),
        (('"Europe/Berlin"', '"Berlin"'), r"line 5: 'time_zone'.*no zone 'Berlin'"),
        (('"eur"', '"Euro"'), r"line 6: 'currency'.*three letters"),
        (('"sunday"\n', '"someday"\n'), r"line 7: 'week_start'.*monday, tuesday"),
        (("fiscal_year_start = 10", "fiscal_year_start = 13"), r"line 8: .*1 to 12"),
        (("2026-12-26", "2026-13-26"), r"line 9: 'holidays'.*'2026-13-26' is no day"),
        (('"22:00"', '"26:00"'), r"line 10: 'shift'.*'26:00' is no time"),
        (('from = "14:00"\n', ""), r"line 10: 'shift'.*name, from and to"),
        (('"22:00-06:00"', '"22:00"'), r"line 20: 'tuesday'.*no time span"),
        (('"00:00-24:00"', '"24:00-06:00"'), r"line 21: 'wednesday'.*begins at 24:00"),
        (('thursday = ""\n', ""), r"line 18: 'hours'.*thursday is missing"),
        (('"parallel"', '"both"'), r"line 30: 'arrangement'.*neither"),
        (('site = "the north"', 'site = "West"'), r"line 29: 'site'.*no site 'West'.*North"),
        (("= 160", "= -1"), r"line 39: 'hours_per_week'"),
        (('"site"\n', '"colour"\n'), r"line 43: 'field'.*'colour' is none of site"),
        (("[[team]]", "[[teem]]"), r"line 36: 'teem'.*\[\[team\]\]"),
        (('also = ["机械班"]', 'alias = ["机械班"]'), r"line 40: 'alias'.*none of name"),
        (('also = ["机械班"]', 'also = "x"'), r"line 40: 'also'.*list of texts"),
        (('name = "mechanical"', "name = 7"), r"line 37: 'name'.*quotation marks"),
        (('name = "mechanical"', 'name = " "'), r"line 37: 'name'.*missing or empty"),
        (("22:00:00+01:00", "22:00:00"), r"line 1: 'as_of'.*with its offset"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(
    change: tuple[str, str], message: str
) -> None:
    assert change[0] in PLANT
    with pytest.raises(UnreadablePlant, match=message):
        read_plant(PLANT.replace(*change, 1), "p.toml")


def test_a_site_stands_there_once() -> None:
    twice = '[[site]]\nname = "A"\n[[site]]\nname = "a"\n'
    with pytest.raises(UnreadablePlant, match=r"line 4: 'name'.*another site has this name"):
        read_plant(twice, "p.toml")


@pytest.fixture
def files(home: Home) -> PlantFiles:
    return PlantFiles(home)


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("planned_work.csv", PLAN + "PM-1,P-1,,,,,,,\n", r"line 2, column 'due': is empty"),
        ("planned_work.csv", PLAN + "PM-1,P-1,,,soon,,,,\n", r"line 2, .*'soon' is no day"),
        (
            "planned_work.csv",
            PLAN + ",P-1,,,2026-01-05,,,,\n",
            r"line 2, column 'number': is empty",
        ),
        (
            "planned_work.csv",
            PLAN + "PM-1,P-1,,,2026-01-05,,30,,2\nPM-2,P-1,,,2026-01-05,,x,,2\n",
            r"line 3, column 'interval_d': 'x' is no number",
        ),
        ("planned_work.csv", PLAN + "PM-1,P-1,,,2026-01-05,,1.5,,2\n", r"no whole number of days"),
        ("planned_work.csv", PLAN + "PM-1,P-1,a,b,c,d,e,f,g,h\n", r"line 2: 1 cells more"),
        ("planned_work.csv", PLAN + "PM-1,P-1,,,03/04/2026,,,,\n", r"'03/04/2026' may mean two"),
        ("planned_work.csv", "number,asset\nPM-1,P-1\n", r"line 1: the column 'due' is missing"),
        ("planned_work.csv", "", r"is empty \(0 bytes\)"),
        ("meters.csv", "asset,read_at,hours\nP-1,2026-01-05,-3\n", r"line 2, .*no number from 0"),
        ("meters.csv", "asset,read_at,hours\nP-1,2026-01-05,\n", r"column 'hours': is empty"),
        ("meters.csv", "asset,read_at,hours\nP-1,x,5\n", r"line 2, .*'x' is no time"),
        ("parts.csv", "part_no,name\nA,x\nA,y\n", r"line 3, .*'A' stands there twice"),
        ("other.csv", "a,b\n1,2\n", r"line 1: its columns are a, b.*planned_work\.csv has number"),
        ("plant.toml", "[[site]]\nname = 7\n", r"plant\.toml, line 2"),
    ],
)
def test_one_bad_file_keeps_all_out(
    files: PlantFiles, tmp_path: Path, name: str, text: str, message: str
) -> None:
    is_plant = name == "plant.toml"
    good = _write(tmp_path, *(("parts.csv", "part_no\nA\n") if is_plant else ("good.toml", PLANT)))
    bad = _write(tmp_path, name, text)
    with pytest.raises(UnreadablePlant, match=message) as caught:
        files.take([good, bad])
    assert str(bad) in str(caught.value)
    assert files.load().sites == ()
    assert not files.path("plant.toml").exists()
    assert not files.path("parts.csv").exists()


def test_a_file_that_is_missing_or_named_twice_is_refused(
    files: PlantFiles, tmp_path: Path
) -> None:
    with pytest.raises(UnreadablePlant, match=r"nowhere\.toml cannot be read"):
        files.take([tmp_path / "nowhere.toml"])
    paths = [_write(tmp_path, name, PLANT) for name in ("a.toml", "b.toml")]
    with pytest.raises(UnreadablePlant, match=r"are both plant\.toml"):
        files.take(paths)
    latin = tmp_path / "plant.toml"
    latin.write_bytes("[[site]]\nname = 'Süd'\n".encode("latin-1"))
    with pytest.raises(UnreadablePlant, match="is not UTF-8: byte 19"):
        files.take([latin])


def test_tables_are_recognised_by_their_columns(tmp_path: Path) -> None:
    german = _write(tmp_path, "a.csv", "Wartungsplan;Anlage;Fällig\n1;P-1;05.01.2026\n")
    chinese = _write(tmp_path, "b.csv", "设备编号,抄表时间,运行小时\nP-1,2026-01-05 08:00,12\n")
    parts = _write(tmp_path, "c.csv", "Part No,Name\nA,x\n")
    assert recognise_table(german) == "planned_work.csv"
    assert recognise_table(chinese) == "meters.csv"
    assert recognise_table(parts) == "parts.csv"


def _rows(catalog: Catalog, table: sa.Table) -> list[dict[str, object]]:
    with catalog.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def test_tables_follow_the_files_and_the_assets(
    files: PlantFiles, catalog: Catalog, tmp_path: Path
) -> None:
    register = AssetRegister(catalog.engine)
    register.put([Asset("P-1", asset_class="pump", site="North", line="Line 3")])
    plan = (
        PLAN
        + "PM-1,p 1,Oil,机械班,2026-01-05,2026-01-06,30,3,2.5\nPM-2,X-9,Oil,机械班,2026-02-05,,,,\n"
    )
    meters = "asset,read_at,hours\nP-1,2026-07-01 08:00,12.5\nP-1,2026-07-02T08:00+00:00,20\n"
    parts = 'part_no,name,category,stock,price,currency\nA,Bearing,bearing,3,"1,5",eur\n'
    texts = {
        "plant.toml": PLANT,
        "planned_work.csv": plan,
        "meters.csv": meters,
        "parts.csv": parts,
    }
    taken = files.take([_write(tmp_path, name, text) for name, text in texts.items()])
    assert [(one.name, one.rows) for one in taken] == [
        ("plant.toml", 1),
        ("planned_work.csv", 2),
        ("meters.csv", 2),
        ("parts.csv", 1),
    ]
    files.sync(catalog.engine)
    known, unknown = _rows(catalog, planned_work)
    assert known | {"id": 0, "asset_id": 0} == {
        "id": 0,
        "number": "PM-1",
        "site": "North",
        "asset_id": 0,
        "asset": "P-1",
        "asset_class": "pump",
        "model": "",
        "area": "",
        "line": "Line 3",
        "title": "Oil",
        "team": "mechanical",
        "due_on": "2026-01-05",
        "done_on": "2026-01-06",
        "interval_d": 30,
        "tolerance_d": 3.0,
        "est_labor_h": 2.5,
    }
    assert (unknown["asset_id"], unknown["asset"], unknown["site"]) == (None, "X-9", "North")
    assert files.unknown_assets(catalog.engine) == {"planned_work.csv": ["X-9"]}
    readings = [(row["at"], row["hours"]) for row in _rows(catalog, meter_reading)]
    assert readings == [(1782885600, 12.5), (1782979200, 20.0)]
    assert [(row["price"], row["currency"]) for row in _rows(catalog, part)] == [(1.5, "EUR")]
    register.put([Asset("X-9", site="South")])
    files.sync(catalog.engine)
    assert files.unknown_assets(catalog.engine) == {}
    assert [row["site"] for row in _rows(catalog, planned_work)] == ["North", "South"]
    files.path("planned_work.csv").unlink()
    files.sync(catalog.engine)
    assert _rows(catalog, planned_work) == []
    assert len(_rows(catalog, part)) == 1


def test_what_has_not_changed_is_not_written_again(
    files: PlantFiles, catalog: Catalog, tmp_path: Path
) -> None:
    files.take([_write(tmp_path, "parts.csv", "part_no,name\nA,x\n")])
    files.sync(catalog.engine)
    statements: list[str] = []
    sa.event.listen(catalog.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    files.sync(catalog.engine)
    assert [text.split()[0] for text in statements] == ["BEGIN", "SELECT"]
    files.path("parts.csv").write_text("part_no,name\nA,x\nB,y\n", encoding="utf-8")
    files.sync(catalog.engine)
    assert len(_rows(catalog, part)) == 2


def test_a_file_that_is_broken_by_hand_says_so_and_changes_nothing(
    files: PlantFiles, catalog: Catalog, tmp_path: Path
) -> None:
    files.take([_write(tmp_path, "parts.csv", "part_no,name\nA,x\n")])
    files.sync(catalog.engine)
    files.path("parts.csv").write_text("part_no,name\nA,x\nA,y\n", encoding="utf-8")
    with pytest.raises(UnreadablePlant, match=r"parts\.csv, line 3"):
        files.sync(catalog.engine)
    assert len(_rows(catalog, part)) == 1


def test_the_plant_is_read_again_when_its_file_changes(files: PlantFiles, tmp_path: Path) -> None:
    files.take([_write(tmp_path, "plant.toml", PLANT)])
    first = files.load()
    assert files.load() is first
    files.take([_write(tmp_path, "plant.toml", PLANT.replace("North", "Nord"))])
    assert files.load().sites[0].name == "Nord"


def test_the_documented_plant_is_read() -> None:
    text = (Path(__file__).parents[1] / "docs" / "plant.md").read_text(encoding="utf-8")
    plant = read_plant(text.partition("```toml\n")[2].partition("```")[0], "plant.toml")
    assert len(plant.sites) == len(plant.teams) == len(plant.asset_hours) == 1
