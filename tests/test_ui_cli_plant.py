"""Commands for the plant's own files and for tickets that no figure counts."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from index.facts.fact_tables import fact, fact_stale
from tests.command_line import fail, succeed
from ui.plant_schemas import PlantOut
from ui.ticket_schemas import ExclusionOut
from ui.wiring import open_services

pytest_plugins = ["tests.command_fixtures"]

PLANT = '[[site]]\nname = "North"\ntime_zone = "Europe/Berlin"\ncurrency = "EUR"\n'
PLAN = "number,asset,due\nPM-1,CP-01,2026-01-05\nPM-2,ZZ-9,2026-02-05\n"


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_files_of_the_plant_are_imported_and_shown(stocked_home: Path, tmp_path: Path) -> None:
    done = succeed(
        *("plant", "import"),
        _write(tmp_path, "plant.toml", PLANT),
        _write(tmp_path, "plan.csv", PLAN),
    )
    assert "1 sites imported as plant.toml" in done.out
    assert "2 rows imported as planned_work.csv" in done.out
    assert "ZZ-9" in done.err
    shown = PlantOut.model_validate(succeed("plant", "show", "--json").json())
    assert [site.name for site in shown.sites] == ["North"]
    assert (shown.planned_work, shown.unknown_assets) == (2, {"planned_work.csv": ["ZZ-9"]})
    assert "Europe/Berlin" in succeed("plant", "show").out
    assert "assets alias" in succeed("plant", "show").err


def test_a_file_that_cannot_be_understood_is_refused_by_line(
    stocked_home: Path, tmp_path: Path
) -> None:
    bad = _write(tmp_path, "plan.csv", PLAN + "PM-3,CP-01,soon\n")
    good = _write(tmp_path, "plant.toml", PLANT)
    assert "plan.csv, line 4, column 'due'" in fail("plant", "import", good, bad)
    assert succeed("plant", "show", "--json").json()["sites"] == []


def test_an_import_leaves_facts_that_are_fresh(stocked_home: Path, tmp_path: Path) -> None:
    path = _write(tmp_path, "t.csv", "ticket_id,asset,title,team\nT-9,CP-01,noise,blue\n")
    succeed("tickets", "import", path)
    engine = open_services(stocked_home, use_model=False).catalog.engine
    with engine.connect() as connection:
        assert connection.execute(sa.select(fact_stale)).all() == []
        found = connection.execute(sa.select(fact).where(fact.c.locator == "T-9")).one()
    assert (found.asset, found.team) == ("CP-01", "blue")
    engine.dispose()


def test_an_import_is_done_even_where_a_file_of_the_plant_is_broken(
    stocked_home: Path, tmp_path: Path
) -> None:
    succeed("plant", "import", _write(tmp_path, "plant.toml", PLANT))
    (stocked_home / "plant" / "plant.toml").write_text("[[site]]\n", encoding="utf-8")
    path = _write(tmp_path, "t.csv", "ticket_id,asset,title\nT-9,CP-01,noise\n")
    done = succeed("tickets", "import", path)
    assert "1 imported" in done.out
    assert "Figures cannot be made yet: plant.toml, line 1: 'name'" in done.err


def test_a_ticket_is_excluded_listed_and_included(stocked_home: Path) -> None:
    services = open_services(stocked_home, use_model=False)
    services.record.fresh()
    with services.catalog.engine.connect() as connection:
        uid, number = connection.execute(sa.select(fact.c.uid, fact.c.locator)).first() or ("", "")
    services.catalog.engine.dispose()
    assert (
        "counts no more: wrong machine"
        in succeed("tickets", "exclude", number, "--reason", "wrong machine").out
    )
    (shape,) = succeed("tickets", "excluded", "--json").json()
    found = ExclusionOut.model_validate(shape)
    assert (found.uid, found.number, found.reason, found.by) == (
        uid,
        number,
        "wrong machine",
        "local",
    )
    assert "wrong machine" in succeed("tickets", "excluded").out
    assert "counts again" in succeed("tickets", "include", uid).out
    assert succeed("tickets", "excluded", "--json").json() == []
    assert "is not excluded" in fail("tickets", "include", uid)
    assert "Say why" in fail("tickets", "exclude", number, "--reason", " ")
    assert "no ticket 'X-1'" in fail("tickets", "exclude", "X-1", "--reason", "a test")


@pytest.mark.parametrize("name", ["plant.toml", "parts.csv"])
def test_a_missing_file_is_named(empty_home: Path, tmp_path: Path, name: str) -> None:
    assert f"{tmp_path / name} cannot be read" in fail("plant", "import", tmp_path / name)
