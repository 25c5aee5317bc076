"""Files of work orders: JSON as it is, CSV that a spreadsheet takes for text."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.export import export, guard
from assistant.messages import Citation, SafetyNotice
from assistant.work_orders import Material, WorkOrder, WorkStep

CITATION = Citation(
    marker=4,
    chunk_id=1,
    revision_id=1,
    document="HP-40 Press",
    document_number="HP40-MM-EN",
    kind="manual",
    revision="C",
    page=14,
    locator="p. 14",
    section="",
    quote="Clean the cooler",
)


def order(**changes: Any) -> WorkOrder:
    values: dict[str, Any] = {
        "uid": "u1",
        "number": "FB-2026-000001",
        "title": "PR-02: E-217 Oil temperature high",
        "symptom": "油温高, “hot”; 65 °C",
        "asset": "PR-02",
        "reporter": "ada",
        "created_at": "2026-03-01T08:00:00.000+00:00",
        "alarm_codes": ("E-217", "E-219"),
        "safety": (
            SafetyNotice(signal="danger", text="DANGER\nRam falls", language="en", marker=1),
            SafetyNotice(signal="caution", text="CAUTION\nHot", language="en", marker=2),
        ),
        "steps": (
            WorkStep(number=1, text="Clean the cooler", marker=4),
            WorkStep(number=2, text="Call Ada"),
        ),
        "materials": (
            Material(part_no="HP40-2231-01", quantity=2),
            Material(part_no="X", quantity=0.5),
            Material(part_no="Y"),
        ),
        "citations": (CITATION,),
    }
    return WorkOrder(**{**values, **changes})


def rows(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_json_reads_back_as_the_same_order() -> None:
    data = export(order(), "json")
    shape = json.loads(data)
    assert shape.pop("recalls") == []
    assert WorkOrder.model_validate(shape) == order()
    assert "油温高" in data.decode("utf-8")
    assert json.loads(data)["format"] == 1


@pytest.mark.parametrize("form", ["json", "csv"])
def test_the_same_order_gives_the_same_bytes(form: Any) -> None:
    assert export(order(), form) == export(order(), form)


def test_csv_has_a_line_for_each_step_or_part_and_the_head_on_each() -> None:
    first, second, third = rows(export(order(), "csv"))
    assert (first["step_no"], first["step"], first["part_no"], first["part_quantity"]) == (
        "1",
        "Clean the cooler",
        "HP40-2231-01",
        "2",
    )
    assert (second["step_no"], second["part_no"], second["part_quantity"]) == ("2", "X", "0.5")
    assert (third["step_no"], third["step"], third["part_no"]) == ("", "", "Y")
    for row in (first, second, third):
        assert row["number"] == "FB-2026-000001"
        assert row["alarm_codes"] == "E-217; E-219"
        assert row["safety"] == "DANGER\nRam falls\n\nCAUTION\nHot"
        assert row["symptom"] == "油温高, “hot”; 65 °C"


def test_csv_says_where_a_step_comes_from() -> None:
    first, second, _ = rows(export(order(), "csv"))
    assert first["step_source"] == "HP40-MM-EN C p. 14"
    assert second["step_source"] == "written by a person"


def test_an_order_without_steps_and_parts_is_still_one_line() -> None:
    (row,) = rows(export(order(steps=(), materials=(), asset=None), "csv"))
    assert (row["title"], row["asset"], row["step"]) == (order().title, "", "")


def test_csv_begins_with_the_mark_that_excel_needs_for_utf_8() -> None:
    data = export(order(), "csv")
    assert data.startswith(b"\xef\xbb\xbfnumber,version,state,title,asset,")
    assert "油温高".encode() in data


ATTACKS = [
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-1+1",
    "-inf",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_can_become_a_formula(attack: str) -> None:
    poisoned = order(
        symptom=attack,
        title=attack,
        description=attack,
        asset=attack,
        alarm_codes=(attack,),
        steps=(WorkStep(number=1, text=attack),),
        materials=(Material(part_no=attack),),
        citations=(),
        safety=(SafetyNotice(signal="danger", text=attack, language="en", marker=1),),
    )
    (row,) = rows(export(poisoned, "csv"))
    for name, cell in row.items():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")), name
    assert row["step"] == "'" + attack


@pytest.mark.parametrize("number", ["-5", "+5", "-5.5", "-0,5"])
def test_a_number_stays_a_number(number: str) -> None:
    assert guard(number) == number


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip),
        max_size=4,
    )
)
def test_any_text_comes_back_from_csv_but_for_the_guard(texts: list[str]) -> None:
    steps = tuple(WorkStep(number=n, text=text) for n, text in enumerate(texts, start=1))
    read = rows(export(order(steps=steps, materials=()), "csv"))
    assert [row["step"] for row in read if row["step_no"]] == [guard(text) for text in texts]
