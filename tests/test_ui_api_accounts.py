"""Who may call the HTTP API: users, sessions, tokens, scopes, limits, the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.audit import AuditLog
from index.access import LOCAL
from tests.api_clients import PEOPLE, Api, is_problem, served_api
from tests.conftest import Plant
from tests.ui_services import PASSWORD, sign_in
from ui.identity import API_ROOT
from ui.limits import Limits, LimitSettings


@pytest.fixture
def api(plant: Plant, tmp_path: Path) -> Iterator[Api]:
    with served_api(plant, tmp_path) as api:
        yield api


@pytest.fixture(scope="module")
def still(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API whose users no test changes."""
    with served_api(plant, tmp_path_factory.mktemp("api")) as api:
        yield api


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def operations(api: Api) -> list[tuple[str, str]]:
    """Every operation, with ids that nothing has."""
    paths = api.get("sam", "/openapi.json").json()["paths"]
    return [
        (method.upper(), path.format_map(_Ids())) for path, item in paths.items() for method in item
    ]


class _Ids(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "99999" if key in ("revision_id", "ticket_id", "item_id", "page") else "no-such"


def test_only_health_is_open_to_everybody(still: Api) -> None:
    for method, path in [*operations(still), ("GET", "/openapi.json"), ("GET", "/docs")]:
        reply = still.call(None, method, path, json={"old": "x", "new": "y"})
        if path in ("/health", "/ready"):
            assert reply.status_code == 200
            assert set(reply.json()) == {"status"}
        elif (method, path) in (("POST", "/turns"), ("POST", "/ask")) or method in ("PATCH", "PUT"):
            assert reply.status_code in (401, 422)
        else:
            assert reply.status_code in (401, 422), (method, path)
            assert is_problem(reply, reply.status_code)
    assert is_problem(still.get(None, "/me"), 401)
    assert still.get(None, "/me").headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer x",
        f"Bearer fb_{'0' * 49}",
        "Basic YTpi",
        "bearer  ",
        f"Bearer {'x' * 900}",
    ],
)
def test_a_token_that_is_none_lets_nobody_in(still: Api, header: str) -> None:
    assert is_problem(still.get(None, "/me", headers={"Authorization": header}), 401)


def test_a_token_does_what_its_scopes_say_and_no_more(still: Api) -> None:
    ask = {"question": "E-217", "use_model": False}
    allowed = {
        "read": {"/me"},
        "ask": {"/turns"},
        "write": {"/conversations"},
        "administer": {"/users"},
    }
    for scope, paths in allowed.items():
        headers = bearer(still.token("ada", scope))
        calls = {
            "/me": still.get(None, "/me", headers=headers),
            "/turns": still.post(None, "/turns", headers=headers, json=ask),
            "/conversations": still.call(None, "DELETE", "/conversations/x", headers=headers),
            "/users": still.get(None, "/users", headers=headers),
        }
        for path, reply in calls.items():
            if path in paths:
                assert reply.status_code != 403, (scope, path)
            else:
                assert is_problem(reply, 403), (scope, path)


@pytest.mark.parametrize("user", sorted(PEOPLE))
def test_everybody_learns_who_they_are(still: Api, user: str) -> None:
    role, sites = PEOPLE[user]
    found = still.get(user, "/me").json()
    assert found == {
        "name": user,
        "role": role,
        "sites": list(sites) if sites is not None else None,
        "groups": None,
    }


def test_only_an_administrator_manages_users_and_reads_the_audit_log(still: Api) -> None:
    for user in PEOPLE:
        for method, path in (
            ("GET", "/users"),
            ("GET", "/users/ada"),
            ("GET", "/users/no-such"),
            ("POST", "/users/ada/reset"),
            ("GET", "/audit"),
        ):
            if user != "ada":
                assert is_problem(still.call(user, method, path), 403)
    assert is_problem(still.get("ada", "/users/no-such"), 404)
    assert len(still.get("ada", "/users").json()["items"]) == len(PEOPLE)


def test_a_session_goes_as_well_as_a_token(api: Api) -> None:
    sign_in(api.services, api.client, "tess", "technician")
    assert api.get(None, "/me").json()["name"] == "tess"
    # A token that is worth nothing is not made good by the cookie beside it.
    assert is_problem(api.get(None, "/me", headers=bearer("fb_no")), 401)
    (session,) = api.get(None, "/me/sessions").json()["items"]
    assert session["is_this"] is True
    assert api.call(None, "DELETE", f"/me/sessions/{session['id']}").status_code == 204
    assert is_problem(api.get(None, "/me"), 401)


def test_nobody_ends_the_session_or_token_of_another(api: Api) -> None:
    api.services.sessions.open("tess", "127.0.0.1")
    (session,) = api.services.sessions.list("tess")
    (token,) = api.get("tess", "/me/tokens").json()["items"]
    for path in (f"/me/sessions/{session.session_id}", f"/me/tokens/{token['id']}"):
        foreign = api.call("tom", "DELETE", path)
        assert is_problem(foreign, 404)
        assert foreign.json() == api.call("tom", "DELETE", path[:-4] + "0000").json()
    assert api.get("tess", "/me").status_code == 200


def test_a_token_is_made_from_a_session_only_and_its_secret_is_told_once(api: Api) -> None:
    wanted = {"label": "dashboard", "scopes": ["read"], "days": 7}
    assert is_problem(api.post("tess", "/me/tokens", json=wanted), 403)
    sign_in(api.services, api.client, "tess", "technician")
    made = api.post(None, "/me/tokens", json=wanted)
    assert made.status_code == 201
    token = made.json()
    assert made.headers["cache-control"] == "no-store"
    assert api.get(None, "/me", headers=bearer(token["secret"])).json()["name"] == "tess"
    listed = api.get(None, "/me/tokens")
    assert token["secret"] not in listed.text
    assert token["id"] in {each["id"] for each in listed.json()["items"]}
    assert api.call(None, "DELETE", f"/me/tokens/{token['id']}").status_code == 204
    assert is_problem(api.get(None, "/me", headers=bearer(token["secret"])), 401)
    more = {**wanted, "scopes": ["administer"]}
    assert is_problem(api.post(None, "/me/tokens", json=more), 403)


def test_a_new_password_ends_all_sessions_and_this_one_goes_on(api: Api) -> None:
    sign_in(api.services, api.client, "tess", "technician")
    other = api.services.sessions.open("tess", "127.0.0.1")
    change = {"old": PASSWORD, "new": "a much longer password"}
    wrong = api.call(None, "PUT", "/me/password", json={**change, "old": "no"})
    assert is_problem(wrong, 403)
    weak = api.call(None, "PUT", "/me/password", json={**change, "new": "short"})
    assert is_problem(weak, 422)
    reply = api.call(None, "PUT", "/me/password", json=change)
    assert reply.status_code == 204
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert api.services.sessions.find(other) is None
    assert api.get(None, "/me").json()["name"] == "tess"


def test_a_token_changes_no_password(api: Api) -> None:
    assert api.get("paula", "/me").json()["name"] == "paula"
    change = {"old": PASSWORD, "new": "a much longer password"}
    assert is_problem(api.call("paula", "PUT", "/me/password", json=change), 401)
    sign_in(api.services, api.client, "paula", "planner")
    assert api.call(None, "PUT", "/me/password", json=change).status_code == 204  # the old one held


def test_wrong_passwords_are_slowed_down(api: Api) -> None:
    sign_in(api.services, api.client, "tess", "technician")
    change = {"old": "wrong", "new": "a much longer password"}
    replies = [api.call(None, "PUT", "/me/password", json=change) for _ in range(30)]
    late = [reply for reply in replies if reply.status_code == 429]
    assert late
    assert all(is_problem(reply, 429) and int(reply.headers["retry-after"]) > 0 for reply in late)


def test_a_user_is_added_changed_shut_out_and_let_in_again(api: Api) -> None:
    new = {"name": "vera", "role": "technician", "sites": ["north"], "display_name": "Vera"}
    made = api.post("ada", "/users", json=new)
    assert made.status_code == 201
    assert made.json()["must_change_password"] is True
    assert made.json()["one_time_password"]
    assert made.json()["one_time_password"] not in api.get("ada", "/users/vera").text
    assert is_problem(api.post("ada", "/users", json={**new, "name": "VERA"}), 409)
    secret = api.services.sessions.open("vera", "127.0.0.1")
    path = "/users/vera"
    changed = api.call("ada", "PATCH", path, json={"role": "planner", "sites": None})
    assert (changed.json()["role"], changed.json()["sites"]) == ("planner", None)
    assert changed.json()["display_name"] == "Vera"
    assert api.services.sessions.find(secret) is None
    assert api.call("ada", "PATCH", path, json={"is_disabled": True}).json()["is_disabled"]
    assert not api.call("ada", "PATCH", path, json={"is_disabled": False}).json()["is_disabled"]


def test_what_is_taken_away_holds_at_the_next_request(api: Api) -> None:
    assert api.get("sam", "/intake").status_code == 200
    api.call("ada", "PATCH", "/users/sam", json={"role": "technician"})
    assert is_problem(api.get("sam", "/intake"), 403)
    api.call("ada", "PATCH", "/users/sam", json={"is_disabled": True})
    assert is_problem(api.get("sam", "/me"), 401)
    api.post("ada", "/users/tess/reset")
    assert is_problem(api.get("tess", "/me"), 401)


def test_the_last_administrator_stays(api: Api) -> None:
    for change in ({"role": "technician"}, {"is_disabled": True}):
        assert is_problem(api.call("ada", "PATCH", "/users/ada", json=change), 409)
    assert api.get("ada", "/users").status_code == 200


@pytest.mark.parametrize(
    "new",
    [
        {},
        {"name": "x"},
        {"name": "", "role": "technician"},
        {"name": "x", "role": "king"},
        {"name": "a\0b", "role": "technician"},
        {"name": "x" * 65, "role": "technician"},
        {"name": "x", "role": "technician", "sites": "north"},
        {"name": "x", "role": "technician", "password": "chosen by another"},
    ],
)
def test_a_user_that_is_none_is_refused(still: Api, new: dict[str, Any]) -> None:
    assert is_problem(still.post("ada", "/users", json=new), 422)


@pytest.mark.parametrize("name", ["local", "../x", "<script>", "a b", "=cmd"])
def test_a_name_that_no_user_can_have_is_refused(still: Api, name: str) -> None:
    reply = still.post("ada", "/users", json={"name": name, "role": "technician"})
    assert is_problem(reply, 409)


def test_too_many_questions_are_told_when_to_go_on(api: Api) -> None:
    engine = api.services.records.engine
    api.services.limits = Limits(engine, LimitSettings(questions_per_minute=2, uploads_per_day=1))
    ask = {"question": "E-217", "use_model": False}
    key = {"Idempotency-Key": "one"}
    statuses = [api.post("tess", "/ask", json=ask, headers=key).status_code for _ in range(5)]
    assert statuses == [200] * 5  # one question, however often it is sent
    assert api.post("tess", "/ask", json=ask).status_code == 200
    reply = api.post("tess", "/ask", json=ask)
    assert is_problem(reply, 429)
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert api.post("tom", "/ask", json=ask).status_code == 200
    files = [("file", ("a.md", b"# A\n\nIt is."))]
    assert api.post("sam", "/documents", files=files).status_code == 202
    again = api.post("sam", "/documents", files=files)
    assert is_problem(again, 429)
    assert int(again.headers["retry-after"]) > 0


def test_a_file_over_the_limit_of_one_is_too_large(api: Api) -> None:
    api.services.limits = Limits(api.services.records.engine, LimitSettings(upload_mb=1))
    big = [("file", ("a.md", b"x" * 1_000_001))]
    assert is_problem(api.post("sam", "/documents", files=big), 413)


def test_what_is_decided_is_in_the_audit_log(api: Api) -> None:
    (document,) = api.get("sam", "/documents?q=HP40-MM-EN").json()["items"]
    path = f"/documents/{document['revision_id']}"
    turn = api.answer("tess", "E-217 on PR-02")
    order = api.post("tess", "/work-orders", json={"turn_id": turn["id"]}).json()
    api.get("tess", f"/work-orders/{order['number']}/export?format=csv")
    api.post("sam", "/documents", files=[("file", ("a.md", b"# A\n\nIt is."))])
    api.call("sam", "PATCH", path, json={"title": "Press"})
    api.post("sam", f"{path}/withdraw", json={"reason": "old"})
    api.post("sam", f"{path}/approve")
    api.call("sam", "DELETE", path)
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = api.get("ada", f"/audit?limit=3{cursor}").json()
        rows += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    done = {(row["user"], row["action"]) for row in rows}
    assert {
        ("tess", "answer"),
        ("tess", "order exported"),
        ("sam", "ingest"),
        ("sam", "correct"),
        ("sam", "withdraw"),
        ("sam", "approve"),
        ("sam", "delete"),
        ("ada", "audit export"),
    } <= done
    assert "E-217 on PR-02" not in str(rows)  # ids and codes, no text
    assert AuditLog(api.services.records.engine).verify().is_whole


@pytest.mark.parametrize("query", ["since=x", "until=2025", "cursor=x", "limit=0"])
def test_a_page_of_the_audit_log_that_is_none_is_refused(still: Api, query: str) -> None:
    assert is_problem(still.get("ada", f"/audit?{query}"), 422)


def test_no_secret_is_in_any_answer_or_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secret = api.token("tess", "read")
    sign_in(api.services, api.client, "tess", "technician")
    cookie = next(iter(api.client.cookies.values()))
    texts = [
        api.get(None, path, headers=bearer(secret)).text
        for path in ("/me", "/me/tokens", "/me/sessions", "/nope", "/turns/x", "/users")
    ]
    texts.append(api.call(None, "PUT", "/me/password", json={"old": "hunter22", "new": 7}).text)
    everything = "\n".join([*texts, caplog.text])
    for hidden in (secret, cookie, PASSWORD, "hunter22"):
        assert hidden not in everything


def test_the_address_of_the_api_is_stable() -> None:
    assert API_ROOT == "/api/v1"
    assert LOCAL.user == "local"
