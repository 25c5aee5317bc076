"""Commands for assets, and for what tickets call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import fail, succeed

pytest_plugins = ["tests.command_fixtures"]

TICKETS = """\
ticket_id,asset,title
A-1,big pump,leak
A-2,big pump,noise
A-3,CP-0I,heat
A-4,CP-01 (hall 1),drips
"""


@pytest.fixture
def plant(tmp_path: Path, stocked_home: Path) -> Path:
    path = tmp_path / "more.csv"
    path.write_text(TICKETS, encoding="utf-8")
    succeed("tickets", "import", path)
    return tmp_path


def _unresolved() -> dict[str, int]:
    found = succeed("assets", "unresolved", "--json").json()
    return {one["text"]: one["tickets"] for one in found}


def test_assets_are_listed_as_json(stocked_home: Path) -> None:
    first, second = succeed("assets", "list", "--json").json()
    assert first == {
        "tag": "CP-01",
        "name": "Coolant pump 1",
        "model": "PX-7",
        "serial": "7001",
        "asset_class": "pump",
        "location": "Hall 1",
        "site": None,
        "area": "",
        "line": "",
        "criticality": "",
        "also_called": "",
    }
    assert second["tag"] == "CP-02"


def test_what_is_not_resolved_is_listed_with_its_nearest_assets(plant: Path) -> None:
    found = {one["text"]: one for one in succeed("assets", "unresolved", "--json").json()}
    assert [*found] == ["big pump", "CP-0I", "XX-99"]  # the most frequent first
    assert found["CP-0I"]["candidates"][0] == {"tag": "CP-01", "score": 0.75}
    assert found["XX-99"]["taken_for"] == ""
    out = succeed("assets", "unresolved").out
    assert "big pump" in out
    assert "CP-01 0.75" in out


def test_a_confirmed_alias_holds_at_once_later_and_after_a_rebuild(plant: Path) -> None:
    assert "Big  Pump means CP-02" in succeed("assets", "alias", "Big  Pump", "cp02").out
    assert _unresolved() == {"CP-0I": 1, "XX-99": 1}
    assert "A-1" in succeed("search", "leak", "--asset", "CP-02").out
    later = plant / "later.csv"
    later.write_text("ticket_id,asset,title\nB-1,BIG PUMP,belt\n", encoding="utf-8")
    report = succeed("tickets", "import", later, "--json").json()
    assert report["unresolved_assets"] == 0
    succeed("knowledge", "rebuild")
    assert _unresolved() == {"CP-0I": 1, "XX-99": 1}
    (alias,) = succeed("assets", "alias", "--list", "--json").json()
    assert (alias["text"], alias["tag"], alias["by"]) == ("Big  Pump", "CP-02", "local")
    assert "Removed big pump" in succeed("assets", "alias", "--remove", "big pump").out
    assert _unresolved() == {"big pump": 2, "BIG PUMP": 1, "CP-0I": 1, "XX-99": 1}
    assert "A-1" not in succeed("search", "leak", "--asset", "CP-02").out
    assert "All stores agree" in succeed("knowledge", "check").out


def test_aliases_come_from_a_file_all_or_none(plant: Path) -> None:
    path = plant / "aliases.csv"
    path.write_text("text,tag\nbig pump,CP-01\nXX-99,nowhere\n", encoding="utf-8")
    assert "No asset has the tag 'nowhere'" in fail("assets", "alias", "--file", path)
    assert succeed("assets", "alias", "--list", "--json").json() == []
    path.write_text("text,tag\nbig pump,CP-01\nXX-99,CP-02\n", encoding="utf-8")
    succeed("assets", "alias", "--file", path)
    assert _unresolved() == {"CP-0I": 1}
    path.write_text("name,tag\nbig pump,CP-01\n", encoding="utf-8")
    assert "its columns are name, tag" in fail("assets", "alias", "--file", path)


@pytest.mark.parametrize(
    "arguments", [(), ("pump",), ("--list", "--remove", "x"), ("a", "b", "--list")]
)
def test_an_alias_needs_one_thing_to_do(empty_home: Path, arguments: tuple[str, ...]) -> None:
    assert "Name a text and a tag" in fail("assets", "alias", *arguments, code=2)


def test_an_alias_of_nothing_or_to_nothing_is_refused(stocked_home: Path) -> None:
    assert "An alias is empty" in fail("assets", "alias", " ", "CP-01")
    assert "No asset has the tag 'CP-77'" in fail("assets", "alias", "x", "CP-77")
    assert "There is no alias 'x'" in fail("assets", "alias", "--remove", "x")
