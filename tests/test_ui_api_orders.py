"""Work orders over the HTTP API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assistant.messages import Answer, AnswerReady
from assistant.work_orders import WorkOrder
from tests.api_clients import Api, is_problem, served_api
from tests.conftest import Plant

FORMULAS = (
    "=HYPERLINK(1)",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1+1",
    "＠A1",
)


@pytest.fixture(scope="module")
def api(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with served_api(plant, tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture
def order(api: Api) -> dict[str, Any]:
    """A new draft of tess."""
    turn = api.answer("tess", "E-217 on PR-02")
    reply = api.post("tess", "/work-orders", json={"turn_id": turn["id"]})
    assert reply.status_code == 201
    assert reply.headers["location"] == f"/api/v1/work-orders/{reply.json()['number']}"
    made: dict[str, Any] = reply.json()
    return made


def test_a_draft_is_made_once_of_a_turn(api: Api, order: dict[str, Any]) -> None:
    again = api.post("tess", "/work-orders", json={"turn_id": order["turn_id"]})
    assert again.json() == order
    assert set(WorkOrder.model_fields) <= set(order)
    assert order["asset"] == "PR-02"
    assert order["safety"]
    assert order["steps"]


def test_the_list_has_the_newest_first_and_each_once(api: Api, order: dict[str, Any]) -> None:
    numbers: list[str] = []
    cursor = ""
    while True:
        page = api.get("tess", f"/work-orders?limit=1{cursor}").json()
        numbers += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert numbers[0] == order["number"]
    assert numbers == sorted(set(numbers), reverse=True)


def test_a_change_keeps_what_it_does_not_name(api: Api, order: dict[str, Any]) -> None:
    path = f"/work-orders/{order['number']}"
    reply = api.call("tess", "PATCH", path, json={"version": 1, "title": "Clean the cooler"})
    changed = reply.json()
    assert reply.status_code == 200
    different = {name for name, value in changed.items() if order[name] != value}
    assert different == {"title", "version"}
    assert changed["version"] == 2


def test_an_outdated_change_is_a_conflict_and_changes_nothing(
    api: Api, order: dict[str, Any]
) -> None:
    path = f"/work-orders/{order['number']}"

    def change(number: int) -> int:
        body = {"version": 1, "title": f"Title {number}"}
        status: int = api.call("tess", "PATCH", path, json=body).status_code
        return status

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(change, range(8)))
    assert statuses == [200] + [409] * 7
    assert api.get("tess", path).json()["version"] == 2
    late = api.call("tess", "PATCH", path, json={"version": 1, "title": "late"})
    assert is_problem(late, 409)
    assert api.get("tess", path).json()["title"].startswith("Title ")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "no version"},
        {"version": 0},
        {"version": 1 << 60},
        {"version": "one"},
        {"version": 1, "title": ""},
        {"version": 1, "title": "   "},
        {"version": 1, "title": "x" * 101},
        {"version": 1, "priority": 0},
        {"version": 1, "priority": 6},
        {"version": 1, "steps": ["a\0b"]},
        {"version": 1, "materials": [{"part_no": ""}]},
        {"version": 1, "materials": [{"part_no": "1", "quantity": 0}]},
        {"version": 1, "materials": [{"part_no": "1", "quantity": -1}]},
        {"version": 1, "materials": [{"part_no": "1", "quantity": 1e300}]},
        {"version": 1, "state": "approved"},
        {"version": 1, "safety": []},
    ],
)
def test_a_change_that_is_none_is_refused(
    api: Api, order: dict[str, Any], body: dict[str, Any]
) -> None:
    path = f"/work-orders/{order['number']}"
    assert is_problem(api.call("tess", "PATCH", path, json=body), 422)
    assert api.get("tess", path).json()["version"] == 1


def test_nobody_else_gets_anything_of_a_draft(api: Api, order: dict[str, Any]) -> None:
    for user in ("tom", "nina"):
        for method, end, body in (
            ("GET", "", None),
            ("GET", "/export", None),
            ("GET", "/export?format=csv", None),
            ("PATCH", "", {"version": 1}),
        ):
            foreign = api.call(user, method, f"/work-orders/{order['number']}{end}", json=body)
            unknown = api.call(user, method, f"/work-orders/FB-2000-000001{end}", json=body)
            assert is_problem(foreign, 404)
            assert foreign.json() == unknown.json()
        listed = api.get(user, "/work-orders").json()["items"]
        assert order["number"] not in {item["number"] for item in listed}


def test_what_has_no_answer_becomes_no_draft(api: Api) -> None:
    records, tess = api.services.records, api.principal("tess")
    answer = Answer.model_validate(api.answer("tess", "E-217 on PR-02")["answer"])
    without = answer.model_copy(update={"status": "unsupported"})
    turn_id = records.start_turn(tess, records.open_conversation(tess), "A poem?", None)
    records.add_event(turn_id, 1, AnswerReady(answer=without))
    assert is_problem(api.post("tess", "/work-orders", json={"turn_id": turn_id}), 422)
    running = records.start_turn(tess, records.open_conversation(tess), "E-217", None)
    assert is_problem(api.post("tess", "/work-orders", json={"turn_id": running}), 409)
    assert is_problem(api.post("tess", "/work-orders", json={"turn_id": "no-such"}), 404)


def test_an_export_is_saved_as_a_file(api: Api, order: dict[str, Any]) -> None:
    path = f"/work-orders/{order['number']}/export"
    for form, kind in (("json", "application/json"), ("csv", "text/csv; charset=utf-8")):
        reply = api.get("tess", f"{path}?format={form}")
        assert reply.headers["content-type"] == kind
        assert reply.headers["content-disposition"] == (
            f'attachment; filename="{order["number"]}.{form}"'
        )
        assert reply.headers["x-content-type-options"] == "nosniff"
    assert json.loads(api.get("tess", path).content)["number"] == order["number"]
    assert is_problem(api.get("tess", f"{path}?format=xlsx"), 422)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_an_export_is_a_formula(api: Api, order: dict[str, Any], formula: str) -> None:
    path = f"/work-orders/{order['number']}"
    body = {
        "version": 1,
        "title": f"x {formula}",
        "description": f"{formula} x",
        "steps": [f"{formula} step", "-5", "-0,5"],
        "materials": [{"part_no": formula, "quantity": 2.5}],
    }
    assert api.call("tess", "PATCH", path, json=body).status_code == 200
    text = api.get("tess", f"{path}/export?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    cells = {cell for row in rows for cell in row.values()}
    starts = tuple("=+-@\t\r\n＝＋－＠")
    assert {cell for cell in cells if cell.startswith(starts)} <= {"-5", "-0,5"}
    assert {row["step"] for row in rows} >= {"-5", "-0,5"}  # numbers stay numbers
    assert {row["part_quantity"] for row in rows} >= {"2.5"}
