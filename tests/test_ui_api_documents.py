"""Documents over the HTTP API: lists, pages, originals, decisions, deletion."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from index.access import LOCAL
from index.catalog import EVERY_STATUS
from tests.api_clients import Api, is_problem, served_api
from tests.conftest import Plant
from ui.api.documents import disposition


@pytest.fixture
def api(plant: Plant, tmp_path: Path) -> Iterator[Api]:
    with served_api(plant, tmp_path) as api:
        yield api


@pytest.fixture(scope="module")
def still(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API whose documents no test changes."""
    with served_api(plant, tmp_path_factory.mktemp("api")) as api:
        yield api


def manual(api: Api, user: str = "sam") -> dict[str, Any]:
    (found,) = api.get(user, "/documents?q=HP40-MM-EN").json()["items"]
    document: dict[str, Any] = found
    return document


def pages(api: Api, user: str, path: str) -> list[dict[str, Any]]:
    """The items of all pages of a list."""
    items: list[dict[str, Any]] = []
    mark = "&" if "?" in path else "?"
    cursor = ""
    while True:
        page = api.get(user, f"{path}{mark}limit=2{cursor}").json()
        items += page["items"]
        if page["next"] is None:
            return items
        assert len(page["items"]) == 2
        cursor = f"&cursor={page['next']}"


def test_the_list_has_every_approved_document_once(still: Api) -> None:
    listed = pages(still, "tess", "/documents")
    stored = [d for d in still.services.catalog.documents(LOCAL) if d.kind != "history"]
    assert sorted(d["revision_id"] for d in listed) == sorted(d.revision_id for d in stored)
    assert {d["status"] for d in listed} == {"approved"}


def test_other_statuses_are_listed_on_request(still: Api) -> None:
    query = "&".join(f"status={status}" for status in EVERY_STATUS)
    listed = pages(still, "tess", f"/documents?{query}")
    stored = still.services.catalog.documents(LOCAL, EVERY_STATUS)
    assert len(listed) == len([d for d in stored if d.kind != "history"])
    assert {"approved", "superseded"} <= {d["status"] for d in listed}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("q=hp40-mm", {"HP40-MM-EN"}),
        ("q=HYDRAULIC%20PRESS%20MAINTENANCE", {"HP40-MM-EN"}),
        ("model=HP-40&kind=manual&language=en", {"HP40-MM-EN"}),
        ("revision=c&q=HP40-MM", {"HP40-MM-EN"}),
        ("revision=zz", set()),
        ("kind=history", None),
        ("site=nowhere&q=HP40-MM-EN", {"HP40-MM-EN"}),  # what belongs to no site is of every one
    ],
)
def test_filters_restrict_the_list(still: Api, query: str, numbers: set[str] | None) -> None:
    reply = still.get("tess", f"/documents?limit=200&{query}")
    if numbers is None:
        assert is_problem(reply, 422)  # tickets are no documents here
    else:
        assert {d["document_number"] for d in reply.json()["items"]} == numbers


@pytest.mark.parametrize("cursor", ["x", "%00", "W10", "W251bGxd", "a" * 401, "WzEsMiwzXQ"])
@pytest.mark.parametrize("path", ["/documents", "/tickets", "/work-orders", "/conversations"])
def test_a_cursor_that_was_not_given_out_is_refused(still: Api, path: str, cursor: str) -> None:
    reply = still.get("tess", f"{path}?cursor={cursor}")
    assert is_problem(reply, 422)


def test_a_page_picture_shows_the_marks_of_a_passage(still: Api) -> None:
    found = still.get("tess", "/search", params={"q": "E-217 on PR-02"}).json()
    passage = next(p for p in found["passages"] if "page" in p["links"])
    address = passage["links"]["page"].removeprefix("/api/v1")
    marked = still.get("tess", address)
    bare = still.get("tess", address.partition("?")[0])
    assert marked.headers["content-type"] == bare.headers["content-type"] == "image/png"
    sizes = {Image.open(io.BytesIO(reply.content)).size for reply in (marked, bare)}
    assert len(sizes) == 1
    assert marked.content != bare.content
    assert float(bare.headers["x-page-height"]) > 100


@pytest.mark.parametrize(
    ("page", "status"),
    [("0", 422), ("-1", 422), ("999", 404), ("9" * 30, 422), ("x", 422), ("1.png/..", 404)],
)
def test_a_page_that_is_not_there_is_none(still: Api, page: str, status: int) -> None:
    assert is_problem(
        still.get("tess", f"/documents/{manual(still)['revision_id']}/pages/{page}.png"), status
    )


@pytest.mark.parametrize("marks", ["1,2", "a,b,c,d", "nan,nan,nan,nan", "9,9,1,1", "0" * 5000])
def test_marks_that_are_none_are_refused(still: Api, marks: str) -> None:
    path = f"/documents/{manual(still)['revision_id']}/pages/1.png?marks={marks}"
    assert is_problem(still.get("tess", path), 422)


def test_the_original_is_saved_as_it_came_in_and_never_shown(still: Api) -> None:
    document = manual(still)
    reply = still.get("tess", document["links"]["original"].removeprefix("/api/v1"))
    stored = still.services.curator.revision(LOCAL, document["revision_id"])
    assert reply.content == (still.services.home.originals / stored.original).read_bytes()
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-disposition"].startswith('attachment; filename="hp40-rev-c.pdf"')
    assert "sandbox" in reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.html',
        "a\r\nSet-Cookie: x=1",
        "üñí 手册.pdf",
        "../../x",
        "",
        "a;b=c",
        "%0d%0a",
    ],
)
def test_no_name_breaks_out_of_the_header(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    assert header.count(";") == 2


@pytest.mark.parametrize("user", ["tess", "paula"])
def test_who_may_not_curate_changes_nothing(still: Api, user: str) -> None:
    revision = manual(still)["revision_id"]
    calls: list[tuple[str, str, Any]] = [
        ("POST", "/approve", None),
        ("POST", "/withdraw", {"reason": "old"}),
        ("PATCH", "", {"title": "x"}),
        ("DELETE", "", None),
    ]
    for method, end, body in calls:
        assert is_problem(still.call(user, method, f"/documents/{revision}{end}", json=body), 403)
        assert is_problem(still.call(user, method, f"/documents/99999{end}", json=body), 404)
    assert manual(still)["status"] == "approved"


def test_a_withdrawn_revision_answers_no_more_and_who_cites_it_is_told(api: Api) -> None:
    tess = api.answer("tess", "E-217 on PR-02")
    sam = api.answer("sam", "E-217 on PR-02")
    revision = manual(api)["revision_id"]
    reply = api.post("sam", f"/documents/{revision}/withdraw", json={"reason": "wrong torque"})
    assert reply.status_code == 200
    citing = {(c["owner"], c["id"], c["title"]) for c in reply.json()["citing"]}
    # The question of another user stays theirs; that they are to be told is known.
    assert citing == {("tess", tess["id"], ""), ("sam", sam["id"], "E-217 on PR-02")}
    assert api.get("tess", "/documents?q=HP40-MM-EN").json()["items"] == []
    (mark,) = api.get("tess", f"/turns/{tess['id']}").json()["recalls"]
    assert "withdrawn" in mark
    assert "wrong torque" in mark
    assert api.get("sam", f"/documents/{revision}").json()["status"] == "withdrawn"
    assert api.post("sam", f"/documents/{revision}/approve").status_code == 200
    assert manual(api)["status"] == "approved"


def test_an_older_revision_is_not_approved_over_a_newer_one(api: Api) -> None:
    (old,) = api.get("sam", "/documents?status=superseded&q=HP40-MM-EN").json()["items"]
    assert is_problem(api.post("sam", f"/documents/{old['revision_id']}/approve"), 409)


def test_a_reason_is_needed_to_withdraw(api: Api) -> None:
    path = f"/documents/{manual(api)['revision_id']}/withdraw"
    for body in ({}, {"reason": ""}, {"reason": 1}, {"reason": "x", "more": 1}):
        assert is_problem(api.post("sam", path, json=body), 422)


def test_a_correction_changes_what_is_given_and_nothing_else(api: Api) -> None:
    before = manual(api)
    path = f"/documents/{before['revision_id']}"
    after = api.call("sam", "PATCH", path, json={"title": "Press manual", "models": ["HP-40"]})
    assert after.status_code == 200
    changed = {name for name, value in after.json().items() if before[name] != value}
    assert changed == {"title", "models"}
    assert api.call("sam", "PATCH", path, json={}).json() == after.json()


@pytest.mark.parametrize(
    "body",
    [
        {"title": ""},
        {"kind": "history"},
        {"kind": "poem"},
        {"date": "yesterday"},
        {"language": "klingonese"},
        {"models": "HP-40"},
        {"assets": ["NO-99"]},
        {"title": "a\0b"},
        {"content_hash": "x"},
    ],
)
def test_a_correction_that_no_document_can_have_is_refused(api: Api, body: dict[str, Any]) -> None:
    path = f"/documents/{manual(api)['revision_id']}"
    assert is_problem(api.call("sam", "PATCH", path, json=body), 422)


def test_a_deletion_proves_that_nothing_is_left(api: Api) -> None:
    document = manual(api)
    path = f"/documents/{document['revision_id']}"
    reply = api.call("sam", "DELETE", path)
    assert reply.status_code == 200
    proof = reply.json()
    assert proof["title"] == document["title"]
    assert proof["revisions"] == 2
    assert set(proof["traces"].values()) == {0}
    assert {"chunks", "vectors", "originals"} <= set(proof["traces"])
    for end in ("", "/original", "/pages/1.png"):
        assert is_problem(api.get("sam", path + end), 404)
    assert is_problem(api.call("sam", "DELETE", path), 404)
    found = api.get("sam", "/search", params={"q": "E-217"}).json()
    assert "HP40-MM-EN" not in {p["document_number"] for p in found["passages"]}


def test_a_document_of_another_site_is_not_there(api: Api) -> None:
    """Every route gives the same answer as for a number that nothing has."""
    revision = manual(api)["revision_id"]
    assert api.call("sam", "PATCH", f"/documents/{revision}", json={"site": "north"}).is_success
    shown = {"nina": True, "nils": True, "stan": False, "tess": True}
    for user, is_shown in shown.items():
        listed = api.get(user, "/documents?q=HP40-MM-EN").json()["items"]
        assert bool(listed) == is_shown
        found = api.get(user, "/search", params={"q": "E-217 HP-40", "k": 50}).json()
        assert ("HP40-MM-EN" in {p["document_number"] for p in found["passages"]}) == is_shown
    calls: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("GET", "/pages/1.png", None),
        ("GET", "/original", None),
        ("POST", "/approve", None),
        ("POST", "/withdraw", {"reason": "x"}),
        ("PATCH", "", {"title": "mine"}),
        ("PATCH", "", {"site": "south"}),
        ("DELETE", "", None),
    ]
    for method, end, body in calls:
        foreign = api.call("stan", method, f"/documents/{revision}{end}", json=body)
        unknown = api.call("stan", method, f"/documents/99999{end}", json=body)
        assert is_problem(foreign, 404)
        assert foreign.json() == unknown.json()
    assert api.get("stan", "/documents?site=north&q=HP40-MM-EN").json()["items"] == []
    assert manual(api)["title"] == "HP-40 Hydraulic Press Maintenance Manual"


def test_nobody_moves_a_document_out_of_their_own_sites(api: Api) -> None:
    path = f"/documents/{manual(api)['revision_id']}"
    assert is_problem(api.call("nils", "PATCH", path, json={"title": "x"}), 403)  # everybody's
    assert api.call("sam", "PATCH", path, json={"site": "north"}).is_success
    assert is_problem(api.call("nils", "PATCH", path, json={"site": "south"}), 403)
    assert api.call("nils", "PATCH", path, json={"title": "Press"}).json()["title"] == "Press"
