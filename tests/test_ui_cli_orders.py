"""Draft work orders on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from assistant.work_orders import WorkOrder
from tests.command_line import fail, succeed

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("stocked_home")


def _draft(question: str = "CP-01 shows E-217") -> WorkOrder:
    done = succeed("work-order", "draft", question, "--json")
    return _read(done.out)


def _read(text: str | bytes) -> WorkOrder:
    """An order that cites nothing that was recalled, out of its JSON."""
    shape = json.loads(text)
    assert shape.pop("recalls") == []
    return WorkOrder.model_validate(shape)


def test_an_answer_becomes_a_draft_with_the_remedies_as_steps() -> None:
    order = _draft()
    assert order.number.endswith("-000001")
    assert (order.state, order.version, order.asset) == ("draft", 1, "CP-01")
    assert set(order.alarm_codes) == {"E-217"}
    assert order.symptom == "CP-01 shows E-217"
    assert [step.text for step in order.steps] == [
        "If Cooler blocked by dust: Clean the cooler fins",
        "If Fan does not turn: Replace the fan motor",
        "If Coolant level low: Fill coolant up to the mark",
    ]


def test_the_warning_of_a_procedure_stands_in_the_draft_word_for_word() -> None:
    order = _draft("How do I replace the shaft seal?")
    warning = "WARNING: Hot coolant. Let the pump cool down to 40 °C before you open it."
    assert [notice.text for notice in order.safety] == [warning]
    out = succeed("work-order", "show", order.number).out
    assert out.index(warning) < out.index("Close both valves.")


def test_drafts_are_listed_newest_first() -> None:
    first, second = _draft(), _draft()
    listed = [o["number"] for o in succeed("work-order", "list", "--json").json()]
    assert listed == [second.number, first.number]
    out = succeed("work-order", "list").out
    assert out.index(second.number) < out.index(first.number)


def test_a_draft_is_shown_as_it_was_made() -> None:
    order = _draft()
    shown = succeed("work-order", "show", order.number, "--json").out
    assert _read(shown) == order


def test_a_question_that_the_documents_do_not_answer_makes_no_draft() -> None:
    message = fail("work-order", "draft", "E-999 on CP-01")
    assert "No draft: The code E-999 is not in the documents." in message
    assert succeed("work-order", "list", "--json").json() == []


def test_an_export_holds_the_order(tmp_path: Path) -> None:
    order = _draft()
    as_json, as_csv = tmp_path / "o.json", tmp_path / "o.csv"
    assert str(as_json) in succeed("work-order", "export", order.number, "--out", as_json).out
    succeed("work-order", "export", order.number, "--format", "csv", "--out", as_csv)
    assert _read(as_json.read_bytes()) == order
    with as_csv.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == [step.text for step in order.steps]


def test_an_export_is_named_after_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = _draft()
    monkeypatch.chdir(tmp_path)
    succeed("work-order", "export", order.number, "--format", "csv")
    assert (tmp_path / f"{order.number}.csv").exists()


@pytest.mark.parametrize("out", ["", "no-folder/o.json"])
def test_an_export_that_cannot_be_written_says_so(tmp_path: Path, out: str) -> None:
    order = _draft()
    message = fail("work-order", "export", order.number, "--out", tmp_path / out)
    assert str(tmp_path / out) in message
    assert "Choose another file with --out" in message


@pytest.mark.parametrize("command", ["show", "export"])
def test_an_unknown_number_says_where_to_look(command: str) -> None:
    message = fail("work-order", command, "FB-1")
    assert message == "There is no work order 'FB-1'. 'faultbook work-order list' shows them."


def test_an_unknown_format_is_wrong_usage() -> None:
    message = fail("work-order", "export", "FB-1", "--format", "pdf", code=2)
    assert "'pdf' is neither 'json' nor 'csv'" in message


def test_a_withdrawn_manual_is_told_above_its_orders(tmp_path: Path) -> None:
    order = _draft()
    (document,) = succeed("documents", "list", "--json").json()
    succeed("documents", "withdraw", str(document["revision_id"]), "--reason", "wrong seal")
    mark = "(wrong seal). Do not work from it."
    assert succeed("work-order", "show", order.number).out.startswith("!!! STOP.")
    assert mark in succeed("work-order", "show", order.number, "--json").json()["recalls"][0]
    assert mark in " ".join(succeed("work-order", "list").out.split())
    out = succeed("work-order", "export", order.number, "--out", tmp_path / "o.json").out
    assert mark in " ".join(out.split())
    assert mark in json.loads((tmp_path / "o.json").read_bytes())["recalls"][0]
