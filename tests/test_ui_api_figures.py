"""Figures over the HTTP API, over the record of the sample plant."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from assistant.analytics.query import Query
from assistant.analytics.saved.saved_figures import MOST_PINNED
from assistant.analytics.saved.scheduling import Scheduler
from tests.api_clients import Api, is_problem, served_api
from tests.conftest import Plant
from tests.figures import FakeAsker

BY_ASSET = {"metrics": ["failure_count"], "dims": ["asset"], "order": "desc", "limit": 5}


@pytest.fixture(scope="module")
def api(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with served_api(plant, tmp_path_factory.mktemp("api")) as api:
        known = Query.model_validate(BY_ASSET)
        api.services.asker = FakeAsker({"failures by machine": known})  # type: ignore[assignment]
        yield api


def _saved(api: Api, user: str, name: str, **more: Any) -> dict[str, Any]:
    reply = api.post(user, "/figures/saved", json={"name": name, "query": BY_ASSET, **more})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def test_a_query_becomes_a_figure_with_all_that_defends_it(api: Api) -> None:
    reply = api.post("tess", "/figures", json=BY_ASSET)
    assert reply.status_code == 200, reply.text
    figure = reply.json()
    assert figure["query"]["metrics"] == ["failure_count"]
    assert 0 < len(figure["rows"]) <= 5
    assert figure["counted"] >= sum(row[1] for row in figure["rows"])
    assert figure["definitions"][0]["source"]
    assert figure["statements"][0]["sql"].startswith(("SELECT", "WITH"))
    assert datetime.fromisoformat(figure["as_of"]).tzinfo is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.metrics"),
        ({"metrics": []}, "body.metrics"),
        ({"metrics": ["nonsense"]}, "body.metrics.0"),
        ({"metrics": ["downtime_h"], "dims": ["asset", "asset"]}, "body.dims"),
        ({"metrics": ["downtime_h"], "time": {"range": "soon"}}, "body.time.range"),
        ({"metrics": ["downtime_h"], "limit": 0}, "body.limit"),
        ({"metrics": ["downtime_h"], "sql": "DROP TABLE fact"}, "body.sql"),
        (
            {"metrics": ["downtime_h"], "filters": [{"field": "line", "op": "in", "value": "x"}]},
            "body.filters.0",
        ),
    ],
)
def test_a_query_that_is_none_names_its_field(api: Api, body: Any, field: str) -> None:
    reply = api.post("tess", "/figures", json=body)
    assert is_problem(reply, 422)
    assert field in [fault["field"] for fault in reply.json()["faults"]]


@pytest.mark.parametrize(
    "body",
    [
        {"metrics": ["failure_count"], "dims": ["person"]},
        {"metrics": ["ticket_list"], "dims": ["asset"]},
        {"metrics": ["failure_count"], "time": {"range": "2026-02-30"}},
        {"metrics": ["failure_count"], "filters": [{"field": "age_d", "op": "gt", "value": "x"}]},
    ],
)
def test_a_query_that_cannot_be_computed_says_why(api: Api, body: Any) -> None:
    reply = api.post("tess", "/figures", json=body)
    assert is_problem(reply, 422)
    assert reply.json()["detail"].endswith(".")


def test_a_question_is_answered_or_asked_back(api: Api) -> None:
    asked = api.post("tess", "/figures/ask", json={"text": "failures by machine"}).json()
    assert (asked["status"], asked["read_by"]) == ("understood", "rules")
    assert asked["figure"]["query"]["dims"] == ["asset"]
    assert asked["sentence"].startswith("Failures by machine")
    back = api.post("tess", "/figures/ask", json={"text": "how bad is it?"}).json()
    assert (back["status"], back["figure"]) == ("ask_back", None)
    chosen = api.post("tess", "/figures", json=back["choices"][0]["query"])
    assert chosen.status_code == 200
    body = {"text": "by line", "before": BY_ASSET}
    assert api.post("tess", "/figures/ask", json=body).json()["query"]["dims"] == ["line"]
    for text in ("", "x" * 1001, "a\0b"):
        reply = api.post("tess", "/figures/ask", json={"text": text})
        assert is_problem(reply, 422)
        assert reply.json()["faults"][0]["field"] == "body.text"


def test_what_is_sent_has_a_most(api: Api) -> None:
    body = {"metrics": ["ticket_count"], "filters": [{"field": "text", "op": "contains",
            "value": "x" * 300_000}]}  # fmt: skip
    assert is_problem(api.post("tess", "/figures", json=body), 413)
    many = {"metrics": ["ticket_count"], "filters": [{"field": "line", "value": "x"}] * 21}
    assert is_problem(api.post("tess", "/figures", json=many), 422)


def test_the_tickets_behind_a_group_are_as_many_as_it_counts(api: Api) -> None:
    figure = api.post("ada", "/figures", json=BY_ASSET).json()
    asset, count = figure["rows"][0][:2]
    found: list[Any] = []
    while True:
        body = {"query": BY_ASSET, "group": [asset], "offset": len(found), "limit": 50}
        page = api.post("ada", "/figures/tickets", json=body).json()["items"]
        found += page
        if not page:
            break
    assert len(found) == count
    assert {ticket["asset"] for ticket in found} == {asset}
    linked = found[0]["links"]["self"].removeprefix("/api/v1")
    assert api.get("ada", linked).json()["uid"] == found[0]["uid"]


def test_nobody_sees_a_row_of_another_site(api: Api) -> None:
    everything = {"metrics": ["ticket_count"], "dims": ["site"]}
    for user, others in (("nils", {"south"}), ("stan", {"north"})):
        sites = {row[0] for row in api.post(user, "/figures", json=everything).json()["rows"]}
        assert not sites & others
    seen = api.post("nina", "/figures/tickets", json={"query": everything}).json()["items"]
    assert all(api.get("nina", f"/tickets/{one['id']}").status_code == 200 for one in seen[:5])


def test_figures_are_files(api: Api) -> None:
    address = {"query": json.dumps(BY_ASSET)}
    reply = api.get("tess", "/figures/export", params={**address, "format": "csv"})
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.headers["content-disposition"].startswith('attachment; filename="failure_count')
    lines = list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert len(lines) == len(api.post("tess", "/figures", json=BY_ASSET).json()["rows"]) + 1
    reply = api.get("tess", "/figures/export", params={**address, "format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    assert book.sheetnames == ["figure", "definition", "rows"]
    assert book["rows"].max_row > 1
    assert [cell.value for cell in book["rows"][1]][:2] == ["ticket", "machine"]
    reply = api.get("tess", "/figures/export", params={**address, "format": "png"})
    assert reply.content.startswith(b"\x89PNG")
    rows = api.get("ada", "/audit", params={"limit": 200}).json()["items"]
    assert sum(row["action"] == "figure exported" for row in rows) >= 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("{", "query.query"),
        ("[]", "query.query"),
        ('{"metrics": ["x"]}', "query.query.metrics.0"),
        ("x" * 7000, "query.query"),
    ],
)
def test_an_address_without_a_query_names_the_field(api: Api, query: str, field: str) -> None:
    reply = api.get("tess", "/figures/export", params={"query": query})
    assert is_problem(reply, 422)
    assert reply.json()["faults"][0]["field"] == field


def test_definitions_are_listed(api: Api) -> None:
    items = api.get("tess", "/figures/definitions").json()["items"]
    assert len(items) == 34
    assert all(item["text"] and item["source"] for item in items)


def test_a_figure_is_saved_changed_pinned_and_deleted(api: Api) -> None:
    made = _saved(api, "tess", "Failures", question="which fail?")
    path = f"/figures/saved/{made['id']}"
    assert api.get("tess", path).json() == made
    assert made["id"] in [one["id"] for one in api.get("tess", "/figures/saved").json()["items"]]
    taken = api.post("tess", "/figures/saved", json={"name": "FAILURES", "query": BY_ASSET})
    assert is_problem(taken, 422)
    assert "another name" in taken.json()["detail"]
    body = {"name": "Downtime", "query": {"metrics": ["downtime_h"]}}
    assert api.call("tess", "PUT", path, json=body).json()["query"]["metrics"] == ["downtime_h"]
    assert api.call("tess", "PUT", f"{path}/pin").json()["is_pinned"]
    assert not api.call("tess", "DELETE", f"{path}/pin").json()["is_pinned"]
    assert api.get("tess", f"{path}/figure").json()["query"]["metrics"] == ["downtime_h"]
    assert api.get("tess", f"{path}/export", params={"format": "png"}).status_code == 200
    assert api.call("tess", "DELETE", path).status_code == 204
    assert is_problem(api.get("tess", path), 404)


def test_what_is_not_shared_is_not_there(api: Api) -> None:
    mine = _saved(api, "tess", "Mine")
    ours = _saved(api, "nina", "Ours", is_shared=True)
    for path in ("", "/figure", "/export", "/runs"):
        assert is_problem(api.get("tom", f"/figures/saved/{mine['id']}{path}"), 404)
    shared = f"/figures/saved/{ours['id']}"
    assert api.get("nils", shared).json()["owner"] == "nina"
    assert api.get("nils", f"{shared}/figure").status_code == 200
    assert api.call("nils", "PUT", f"{shared}/pin").json()["is_pinned"]
    assert is_problem(api.get("stan", shared), 404)
    assert is_problem(api.get("nils", f"{shared}/runs"), 404)
    assert is_problem(api.call("nils", "DELETE", shared), 404)
    assert is_problem(api.call("nils", "PUT", shared, json={"name": "x", "query": BY_ASSET}), 404)


def test_a_dashboard_is_full_at_some_time(api: Api) -> None:
    ids = [_saved(api, "paula", f"Figure {n}")["id"] for n in range(MOST_PINNED + 1)]
    replies = [api.call("paula", "PUT", f"/figures/saved/{one}/pin") for one in ids]
    assert [reply.status_code for reply in replies] == [200] * MOST_PINNED + [422]


def test_what_a_schedule_made_is_read(api: Api) -> None:
    schedule = {"every": "week", "weekday": 4, "at": "14:30"}
    made = _saved(api, "sam", "Weekly", schedule=schedule)
    assert made["schedule"] == {**schedule, "day": 1, "site": ""}
    due = datetime.fromisoformat(made["next_at"])
    assert datetime.now(UTC) < due <= datetime.now(UTC) + timedelta(days=8)
    services = api.services
    scheduler = Scheduler(
        services.saved_figures,
        services.figures,
        services._principal_of,
        services._zone_of,
        lambda: due + timedelta(minutes=1),
    )
    assert scheduler.run_due() == 1
    (run,) = api.get("sam", f"/figures/saved/{made['id']}/runs").json()["items"]
    assert (run["reason"], run["figure"]) == ("", None)
    whole = api.get("sam", f"/figures/saved/{made['id']}/runs/{run['id']}").json()
    assert whole["figure"]["query"]["dims"] == ["asset"]
    for bad in ({"every": "hour"}, {"every": "day", "at": "25:00"}, {"every": "month", "day": 32}):
        body = {"name": "Bad", "query": BY_ASSET, "schedule": bad}
        reply = api.post("sam", "/figures/saved", json=body)
        assert is_problem(reply, 422)
        assert reply.json()["faults"][0]["field"].startswith("body.schedule.")


def test_a_token_needs_its_scope(api: Api) -> None:
    api.tokens["reader"] = api.token("tess", "read")
    api.tokens["asker"] = api.token("tess", "ask")
    assert api.post("reader", "/figures", json=BY_ASSET).status_code == 200
    words = {"text": "failures by machine"}
    assert is_problem(api.post("reader", "/figures/ask", json=words), 403)
    assert is_problem(api.post("asker", "/figures", json=BY_ASSET), 403)
    body = {"name": "Mine too", "query": BY_ASSET}
    assert is_problem(api.post("reader", "/figures/saved", json=body), 403)
    assert is_problem(api.post(None, "/figures", json=BY_ASSET), 401)
