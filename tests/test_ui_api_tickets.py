"""Search, tickets and assets over the HTTP API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from index.access import LOCAL
from index.ticket_tables import ticket
from tests.api_clients import Api, is_problem, served_api
from tests.conftest import Plant
from tests.ui_services import HOSTILE

FOREIGN = "PR-03"  # the asset that the site "north" has for itself


@pytest.fixture(scope="module")
def api(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with served_api(plant, tmp_path_factory.mktemp("api")) as api:
        register = api.services.assets
        every = register.list(LOCAL)
        # The sample plant has one site; here each user of a test sees all but one of its assets.
        register.put(replace(a, site="north" if a.tag == FOREIGN else None) for a in every)
        yield api


def pages(api: Api, user: str, path: str, limit: int = 100) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        mark = "&" if "?" in path else "?"
        page = api.get(user, f"{path}{mark}limit={limit}{cursor}").json()
        items += page["items"]
        if page["next"] is None:
            return items
        assert len(page["items"]) == limit
        cursor = f"&cursor={page['next']}"


def test_search_gives_what_the_command_line_prints_with_links(api: Api) -> None:
    found = api.get("tess", "/search", params={"q": "E-217 on PR-02", "k": 3}).json()
    assert found["asset"] == "PR-02"
    assert found["code_status"] == "known"
    first = found["passages"][0]
    assert first["rank"] == 1
    assert first["paths"][0] == "code"
    assert len(found["passages"]) == 3
    document = api.get("tess", first["links"]["document"].removeprefix("/api/v1")).json()
    assert document["revision_id"] == first["revision_id"]


@pytest.mark.parametrize(
    ("params", "holds"),
    [
        ({"kind": "history"}, lambda p: p["kind"] == "history"),
        ({"kind": ["manual", "procedure"]}, lambda p: p["kind"] in ("manual", "procedure")),
        ({"model": "HP-40", "kind": "manual"}, lambda p: p["document_number"] == "HP40-MM-EN"),
        ({"revision": "C"}, lambda p: p["revision"] == "C"),
        ({"language": "de"}, lambda p: False),
        ({"site": "nowhere"}, lambda p: True),
        ({"serial": "4100"}, lambda p: True),
        ({"superseded": "true"}, lambda p: True),
    ],
)
def test_a_filter_of_search_holds_for_every_passage(api: Api, params: Any, holds: Any) -> None:
    reply = api.get("sam", "/search", params={"q": "press oil pressure", "k": 20, **params})
    assert reply.status_code == 200
    assert all(holds(passage) for passage in reply.json()["passages"])


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"q": ""},
        {"q": "   "},
        {"q": "?!"},
        {"q": "x" * 4001},
        {"q": "a\0b"},
        {"q": "oil", "k": "0"},
        {"q": "oil", "k": "101"},
        {"q": "oil", "k": "many"},
        {"q": "oil", "kind": "poem"},
        {"q": "oil", "asset": "NO-99"},
        {"q": "oil", "asset": ""},
        {"q": "oil", "model": ["m"] * 21},
        {"q": "oil", "superseded": "perhaps"},
    ],
)
def test_a_search_that_is_none_is_refused(api: Api, params: dict[str, Any]) -> None:
    assert is_problem(api.get("tess", "/search", params=params), 422)


@pytest.mark.parametrize(
    "text", [*HOSTILE, '"', "NOT", "a AND (", "title:x", "*", "oil^2", "\u202e E", "\U000e0041 a"]
)
def test_any_text_can_be_searched_for(api: Api, text: str) -> None:
    reply = api.get("tess", "/search", params={"q": f"{text} oil"})
    assert reply.status_code == 200
    assert reply.json()["query"] == f"{text} oil".strip()


def test_every_ticket_is_listed_once_the_last_reported_first(api: Api) -> None:
    listed = pages(api, "sam", "/tickets")
    with api.services.catalog.engine.connect() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(ticket))
    assert len({t["id"] for t in listed}) == len(listed) == count > 1_500
    times = [t["reported_at"] or "" for t in listed]
    assert times == sorted(times, reverse=True)


def test_a_list_of_tickets_goes_on_where_times_are_the_same_or_missing(api: Api) -> None:
    engine = api.services.catalog.engine
    with engine.begin() as connection:
        before = connection.execute(sa.select(ticket.c.id, ticket.c.reported_at)).all()
        for number, row in enumerate(before[:30]):
            at = "2025-01-01T00:00:00" if number % 2 else None
            connection.execute(ticket.update().where(ticket.c.id == row.id).values(reported_at=at))
    try:
        listed = pages(api, "sam", "/tickets", limit=7)
        assert len({t["id"] for t in listed}) == len(listed) > 1_500
    finally:
        with engine.begin() as connection:
            for row in before[:30]:
                query = ticket.update().where(ticket.c.id == row.id)
                connection.execute(query.values(reported_at=row.reported_at))


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("asset=pr02", lambda t: t["asset"] == "PR-02"),
        ("status=open", lambda t: t["status"] == "open"),
        ("alarm_code=E-217", lambda t: "E-217" in t["alarm_codes"]),
        ("q=PUMP", lambda t: "pump" in str(t).casefold()),
        ("q=100%25", lambda t: "100%" in str(t)),
        ("since=2025-01-01&until=2025-02-01", lambda t: t["reported_at"][:7] == "2025-01"),
        ("failure_mode=LOO", lambda t: t["failure_mode"] == "LOO"),
    ],
)
def test_a_filter_of_tickets_lets_through_all_that_it_means(
    api: Api, query: str, holds: Any
) -> None:
    filtered = pages(api, "sam", f"/tickets?{query}", limit=200)
    every = pages(api, "sam", "/tickets", limit=200)
    if query == "asset=pr02":  # also under other spellings
        assert {t["asset"] for t in filtered} == {"PR-02"}
    assert all(holds(t) for t in filtered)
    if not query.startswith("q="):
        assert len(filtered) == len([t for t in every if t["reported_at"] and holds(t)])


def test_a_ticket_says_nothing_of_who_worked_on_it(api: Api) -> None:
    with api.services.catalog.engine.connect() as connection:
        names = set(connection.scalars(sa.select(ticket.c.technician))) - {""}
    assert names
    found = api.get("sam", f"/tickets/{pages(api, 'sam', '/tickets')[0]['id']}").json()
    assert not {"technician", "technicians", "raw"} & set(found)


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "1.5", "%00"])
def test_a_ticket_that_is_none_is_refused(api: Api, number: str) -> None:
    assert is_problem(api.get("sam", f"/tickets/{number}"), 422)


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "until=2025", "asset=NO-99", "status=", "q=%00", "limit=0", "limit=201"],
)
def test_a_filter_that_is_none_is_refused(api: Api, query: str) -> None:
    assert is_problem(api.get("sam", f"/tickets?{query}"), 422)


def test_what_belongs_to_another_site_is_neither_found_nor_counted(api: Api) -> None:
    own = pages(api, "nina", "/tickets")
    other = pages(api, "stan", "/tickets")
    of_asset = [t for t in own if t["asset"] == FOREIGN]
    assert of_asset
    assert len(own) - len(other) == len(of_asset)
    assert FOREIGN not in {t["asset"] for t in other}
    some = of_asset[0]
    unknown = api.get("stan", "/tickets/999999").json()
    assert api.get("nina", f"/tickets/{some['id']}").status_code == 200
    assert api.get("stan", f"/tickets/{some['id']}").json() == unknown
    assert api.get("stan", f"/assets/{FOREIGN}").json() == unknown
    assert api.get("stan", "/assets/NO-99").json() == unknown
    assert api.get("nina", f"/assets/{FOREIGN.lower()}").json()["site"] == "north"
    assert FOREIGN not in {a["tag"] for a in pages(api, "stan", "/assets", limit=2)}
    named = api.get("stan", f"/tickets?asset={FOREIGN}")
    assert is_problem(named, 422)
    assert (
        named.json()["detail"].replace(FOREIGN, "NO-99").split(".")[0]
        == (api.get("stan", "/tickets?asset=NO-99").json()["detail"].split(".")[0])
    )


@pytest.mark.parametrize("tag", ["%0A", "a%0Ab", "%00", "%FF", "..%2F..", "x" * 300])
def test_a_tag_that_is_none_is_not_found(api: Api, tag: str) -> None:
    assert is_problem(api.get("sam", f"/assets/{tag}"), 404)


def test_assets_are_listed_by_tag_and_found_by_name(api: Api) -> None:
    listed = pages(api, "sam", "/assets", limit=3)
    tags = [asset["tag"] for asset in listed]
    assert tags == sorted(tags)
    assert len(tags) == len(api.services.assets.list(LOCAL))
    assert {a["tag"] for a in pages(api, "sam", "/assets?q=pr-0")} == {
        "PR-01",
        "PR-02",
        "PR-03",
        "PR-04",
    }


def test_a_ticket_is_taken_out_of_the_figures_and_counted_again(api: Api) -> None:
    (one, *_) = [t for t in pages(api, "nils", "/tickets") if t["asset"] == FOREIGN]
    path, reason = f"/tickets/{one['id']}/exclusion", {"reason": " wrong  machine "}
    for user, status in {"nina": 403, "stan": 404, "nils": 200}.items():
        assert api.post(user, path, json=reason).status_code == status
    (found,) = api.services.exclusions.all(LOCAL)
    assert (found.uid, found.reason, found.by) == (one["uid"], "wrong machine", "nils")
    for user, status in {"nina": 403, "stan": 404, "nils": 204}.items():
        assert api.call(user, "DELETE", path).status_code == status
    reply = api.call("nils", "DELETE", path)
    assert is_problem(reply, 409)
    assert api.services.exclusions.all(LOCAL) == []


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": " \n"}, {"reason": "x" * 1001}, {"why": "x"}]
)
def test_without_a_reason_no_ticket_is_taken_out(api: Api, body: dict[str, str]) -> None:
    (one, *_) = pages(api, "ada", "/tickets")
    assert is_problem(api.post("ada", f"/tickets/{one['id']}/exclusion", json=body), 422)
    assert api.services.exclusions.all(LOCAL) == []
