"""The plant's dictionary from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import fail, succeed

pytest_plugins = ["tests.command_fixtures"]


def _tickets(path: Path) -> Path:
    rows = [f"T-{n},CP-01,hyd pump leaks,seal worn,hyd seal replaced,{n}" for n in range(8)]
    path.write_text("ticket_id,asset,title,cause,action,downtime_min\n" + "\n".join(rows))
    return path


def test_terms_are_proposed_approved_and_rejected(stocked_home: Path, tmp_path: Path) -> None:
    succeed("tickets", "import", _tickets(tmp_path / "t.csv"))
    proposed = succeed("dictionary", "propose", "--json").json()
    (hyd,) = [term for term in proposed if term["short"] == "hyd"]
    assert (hyd["long"], hyd["status"], hyd["count"]) == ("hydraulic", "proposed", 16)
    succeed("dictionary", "approve", str(hyd["id"]))
    (approved,) = succeed("dictionary", "list", "--status", "approved", "--json").json()
    assert approved["short"] == "hyd"
    succeed("dictionary", "reject", str(hyd["id"]))
    assert succeed("dictionary", "list", "--status", "approved", "--json").json() == []
    assert "hydraulic" in succeed("dictionary", "list").out


@pytest.mark.usefixtures("empty_home")
def test_terms_are_added_one_by_one_and_from_a_table(tmp_path: Path) -> None:
    succeed("dictionary", "add", "R/H", "right hand")
    table = tmp_path / "terms.csv"
    table.write_text("Short;Long\n主轴;spindle\nzyl;Zylinder\n", encoding="utf-8")
    assert "2 approved" in succeed("dictionary", "import", table).out
    terms = succeed("dictionary", "list", "--json").json()
    assert {(term["short"], term["long"]) for term in terms} == {
        ("r/h", "right hand"),
        ("主轴", "spindle"),
        ("zyl", "zylinder"),
    }


@pytest.mark.usefixtures("empty_home")
def test_what_cannot_be_done_is_said_with_a_remedy(tmp_path: Path) -> None:
    assert "There is no term 7" in fail("dictionary", "approve", "7")
    assert "is none of proposed" in fail("dictionary", "list", "--status", "new", code=2)
    table = tmp_path / "terms.csv"
    table.write_text("kurz,lang\na,b\n")
    assert "Name two columns short and long" in fail("dictionary", "import", table)
