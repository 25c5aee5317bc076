"""The web application's own routes, and that nothing that it serves asks another machine."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from starlette.websockets import WebSocketDisconnect

from assistant.messages import AnswerReady
from assistant.question import Ask
from assistant.work_orders import WorkOrder
from index.access import LOCAL, Principal
from tests.conftest import Plant
from tests.ui_services import account_of, built, copy_of, services_of, sign_in
from ui.rendering import answer_html
from ui.web import build_web
from ui.wiring import Services


@pytest.fixture(scope="module")
def services(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return services_of(copy_of(plant, tmp_path_factory.mktemp("web")))


@pytest.fixture(scope="module")
def client(services: Services) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GRADIO_TEMP_DIR", "GRADIO_ANALYTICS_ENABLED"):
            patch.setenv(name, "")  # build_web sets them; they are put back at the end
        web = built(lambda: build_web(services))
        with TestClient(web, base_url="http://127.0.0.1:7860") as client:
            sign_in(services, client)
            yield client


@pytest.fixture
def ada(services: Services) -> Principal:
    """Who is signed in."""
    return account_of(services, "ada")


def _order(services: Services, user: Principal) -> WorkOrder:
    question = "E-217 on PR-02"
    answer = services.assistant.ask(Ask(question, use_model=False), LOCAL)
    records = services.records
    turn_id = records.start_turn(user, records.open_conversation(user), question, None)
    records.add_event(turn_id, 1, AnswerReady(answer=answer))
    return services.work_orders.draft(user, records.turn(user, turn_id))


def _manual(services: Services) -> str:
    (content_hash,) = (
        d.content_hash for d in services.catalog.documents(LOCAL) if d.number == "HP40-MM-EN"
    )
    return content_hash


def test_health_says_that_the_server_runs_and_nothing_else(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_every_page_that_an_answer_cites_is_a_picture_with_the_passage_marked(
    client: TestClient, services: Services
) -> None:
    answer = services.assistant.ask(Ask("E-217 on PR-02", use_model=False), LOCAL)
    addresses = set(re.findall(r'data-src="(/(?!past-tickets/)[^"]+)"', answer_html(answer)))
    assert addresses
    for address in addresses:
        marked = client.get(address.replace("&amp;", "&"))
        assert marked.status_code == 200
        assert marked.headers["content-type"] == "image/png"
        bare = client.get(address.partition("?")[0])
        assert (
            Image.open(io.BytesIO(bare.content)).size == Image.open(io.BytesIO(marked.content)).size
        )
        assert ("marks=" in address) == (bare.content != marked.content)


@pytest.mark.parametrize("page", ["0", "-1", "999", "99999999999999999999"])
def test_a_page_out_of_range_is_not_found(
    client: TestClient, services: Services, page: str
) -> None:
    assert client.get(f"/pages/{_manual(services)}/{page}.png").status_code == 404


@pytest.mark.parametrize("revision", ["0", "1", "-1", "99999999999999999999"])
def test_a_page_of_no_document_is_not_found(client: TestClient, revision: str) -> None:
    assert client.get(f"/pages/{revision}/1.png").status_code == 404


@pytest.mark.parametrize("path", ["/pages/x/1.png", "/pages/1/x.png", "/pages/1/1.gif"])
def test_an_address_that_is_none_shows_no_picture(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code in (404, 422)
    assert not reply.headers["content-type"].startswith("image/")


@pytest.mark.parametrize(
    "marks", ["1,2", "a,b,c,d", "nan,nan,nan,nan", "0,0,inf,inf", "9,9,1,1", "<script>", "0" * 5000]
)
def test_rubbish_marks_are_refused(client: TestClient, services: Services, marks: str) -> None:
    reply = client.get(f"/pages/{_manual(services)}/1.png", params={"marks": marks})
    assert reply.status_code in (404, 422)


def test_the_browser_asks_again_for_a_page_and_learns_its_height(
    client: TestClient, services: Services
) -> None:
    reply = client.get(f"/pages/{_manual(services)}/1.png")
    assert reply.headers["cache-control"] == "private, no-cache"
    assert float(reply.headers["x-page-height"]) == pytest.approx(842, abs=1)  # A4


def test_a_ticket_has_no_page(client: TestClient, services: Services) -> None:
    (history, *_) = (d for d in services.catalog.documents(LOCAL) if d.kind == "history")
    assert client.get(f"/pages/{quote(history.content_hash)}/1.png").status_code == 404


@pytest.mark.parametrize("damage", ["gone", "damaged"])
def test_an_original_that_is_gone_or_damaged_is_not_found(
    client: TestClient, services: Services, damage: str
) -> None:
    (document,) = (d for d in services.catalog.documents(LOCAL) if d.number == "RC15-MM-EN")
    path = services.home.originals / document.original
    content = path.read_bytes()
    page = 2 if damage == "gone" else 3  # a page that was asked for before is remembered
    path.unlink()
    if damage == "damaged":
        path.write_bytes(b"%PDF-1.4 nothing")
    try:
        reply = client.get(f"/pages/{document.content_hash}/{page}.png")
    finally:
        path.write_bytes(content)
    assert reply.status_code == 404
    assert client.get(f"/pages/{document.content_hash}/{page}.png").status_code == 200


def test_a_work_order_is_exported_as_json_and_csv(
    client: TestClient, services: Services, ada: Principal
) -> None:
    order = _order(services, ada)
    as_json = client.get(f"/work-orders/{order.number}.json")
    assert as_json.headers["content-type"] == "application/json"
    shape = as_json.json()
    assert shape.pop("recalls") == []
    assert WorkOrder.model_validate(shape) == order
    as_csv = client.get(f"/work-orders/{order.number}.csv")
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    disposition = as_csv.headers["content-disposition"]
    assert disposition == f'attachment; filename="{order.number}.csv"'
    rows = list(csv.DictReader(io.StringIO(as_csv.content.decode("utf-8-sig"), newline="")))
    assert [row["step"] for row in rows if row["step"]] == [step.text for step in order.steps]


def test_an_export_says_that_a_cited_manual_was_withdrawn(
    client: TestClient, services: Services, ada: Principal
) -> None:
    order = _order(services, ada)
    (press,) = (d for d in services.catalog.documents(LOCAL) if d.number == "HP40-MM-EN")
    services.curator.withdraw(LOCAL, [press.revision_id], "wrong torque")
    try:
        (mark,) = client.get(f"/work-orders/{order.number}.json").json()["recalls"]
        as_csv = client.get(f"/work-orders/{order.number}.csv").content.decode("utf-8-sig")
    finally:
        services.curator.approve(LOCAL, [press.revision_id])
    assert mark.startswith("HP40-MM-EN C was withdrawn on ")
    assert mark.endswith("(wrong torque). Do not work from it.")
    rows = list(csv.DictReader(io.StringIO(as_csv, newline="")))
    assert {row["recalls"] for row in rows} == {mark}


@pytest.mark.parametrize("name", ["FB-1999-000001.json", "x.csv", "..%2F..%2Fknowledge.json"])
def test_an_unknown_work_order_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/work-orders/{name}").status_code == 404


def test_a_work_order_has_no_other_format(
    client: TestClient, services: Services, ada: Principal
) -> None:
    assert client.get(f"/work-orders/{_order(services, ada).number}.pdf").status_code == 404


def test_a_technician_finds_no_work_order_of_another_user(
    client: TestClient, services: Services
) -> None:
    order = _order(services, Principal("somebody else", "planner"))
    sign_in(services, client, "tess", "technician")
    try:
        assert client.get(f"/work-orders/{order.number}.json").status_code == 404
    finally:
        sign_in(services, client)


@pytest.mark.parametrize("path", ["/", "/healthz", "/work-orders/x.json", "/config"])
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "testserver", "192.168.1.5:7860", ""]
)
def test_a_request_under_a_foreign_name_is_refused(
    client: TestClient, path: str, host: str
) -> None:
    reply = client.get(path, headers={"host": host})
    assert (reply.status_code, reply.text) == (400, "Invalid host header")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:80", "localhost:7860", "[::1]:7860"])
def test_this_machine_has_several_names(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


_OWN = "http://127.0.0.1:7860"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "http://localhost:7860"},
        {"origin": "http://127.0.0.1:7860.evil.example"},
        {"origin": "evil://127.0.0.1:7860"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"origin": _OWN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/healthz"), ("GET", "/config"), ("POST", "/gradio_api/upload"), ("OPTIONS", "/")],
)
def test_what_a_page_of_another_site_asks_for_is_refused(
    client: TestClient, method: str, path: str, headers: dict[str, str]
) -> None:
    reply = client.request(method, path, headers=headers)
    assert reply.status_code == 403
    assert reply.text == "Faultbook answers its own pages only, and no page of another site."
    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize(
    ("host", "origin"), [("[::1]:7860", "http://[::1]:7860"), ("localhost", "HTTP://LocalHost")]
)
def test_our_own_pages_are_answered_under_every_name(
    client: TestClient, host: str, origin: str
) -> None:
    headers = {"host": host, "origin": origin, "sec-fetch-site": "same-origin"}
    assert client.get("/healthz", headers=headers).status_code == 200
    event = "/gradio_api/queue/join"
    assert client.post(event, headers=headers, json={}).status_code == 400  # it is looked at
    foreign = headers | {"origin": "http://evil.example"}
    assert client.post(event, headers=foreign, json={}).status_code == 403


@pytest.mark.parametrize(
    ("method", "changes", "status"),
    [
        ("GET", {}, 200),
        ("GET", {"sec-fetch-dest": "iframe"}, 403),
        ("POST", {}, 403),
        ("GET", {"sec-fetch-mode": "cors"}, 403),
    ],
)
def test_a_link_of_another_site_may_lead_here_and_nothing_else(
    client: TestClient, method: str, changes: dict[str, str], status: int
) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    headers |= {"sec-fetch-dest": "document"} | changes
    assert client.request(method, "/", headers=headers).status_code == status


def test_a_websocket_of_another_site_is_refused(client: TestClient) -> None:
    headers = {"origin": "http://evil.example"}
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("ws://127.0.0.1:7860/any", headers=headers),
    ):
        pass
    assert (refused.value.code, refused.value.reason[:9]) == (1008, "Faultbook")


def test_the_app_is_served_under_the_address_that_it_listens_on(
    tmp_path: Path,
) -> None:
    services = services_of(tmp_path / "home")
    web = built(lambda: build_web(services, "127.0.0.2"))
    other = TestClient(web, base_url="http://127.0.0.2:7860")
    assert other.get("/healthz").status_code == 200


def test_nothing_lists_the_routes(client: TestClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert "Swagger" not in (text := client.get(path).text)
        assert "/pages/{content_hash}" not in text


def test_the_app_is_served_with_its_own_style_and_script(client: TestClient) -> None:
    html = client.get("/").text
    assert '"title":"Faultbook"' in html
    assert ".fb-head" in html
    assert "/shell/app.js" in html
    script = client.get("/shell/app.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert 'getElementById("fb-evidence")' in script.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_policy_names_each_script_that_stands_in_the_page_and_allows_no_other(
    client: TestClient, method: str
) -> None:
    policy = client.request(method, "/").headers["content-security-policy"]
    allowed = re.search(r"script-src ([^;]+);", policy)
    assert allowed is not None
    scripts = re.findall(r"<script(?![^>]*src=)[^>]*>(.*?)</script>", client.get("/").text, re.S)
    assert len(scripts) >= 3
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()) for each in scripts]
    named = ["'self'", *(f"'sha256-{each.decode()}'" for each in hashes)]
    assert allowed[1].split() == named


def test_the_handlers_of_the_screen_are_no_public_interface(client: TestClient) -> None:
    assert client.get("/gradio_api/info").status_code == 404
    assert '"named_endpoints":{}' in client.get("/").text.replace(" ", "")


_ADDRESS = re.compile(
    r"""(?:src|href|action|data)\s*=\s*["']?\s*((?:https?:)?//[^\s"'>]+)"""
    r"""|url\(\s*["']?((?:https?:)?//[^)"']+)|@import\s+["']((?:https?:)?//[^"']+)""",
    re.IGNORECASE,
)


def test_nothing_that_is_served_is_fetched_from_another_origin(client: TestClient) -> None:
    """The page, its style sheets and the script that it begins with name no other machine."""
    html = client.get("/").text
    texts = {"/": html, "/theme.css": client.get("/theme.css").text}
    own = re.findall(r"""(?:src|href)=["'](\.?/?[\w./-]+\.(?:css|js))["']""", html)
    assert own
    for path in own:
        reply = client.get("/" + path.removeprefix(".").removeprefix("/"))
        assert reply.status_code == 200, path
        if path.endswith(".css"):
            texts[path] = reply.text
    foreign = {
        (name, next(filter(None, match.groups())))
        for name, text in texts.items()
        for match in _ADDRESS.finditer(text)
    }
    assert not foreign
    assert "fonts.googleapis" not in html
    assert "cdnjs" not in html


def test_gradio_takes_no_file(client: TestClient) -> None:
    files = {"files": ("note.md", b"# Note", "text/markdown")}
    assert client.post("/gradio_api/upload", files=files).status_code == 404


@pytest.mark.parametrize("name", ["knowledge.db", "records.db", "settings.toml"])
def test_files_of_the_home_cannot_be_fetched(
    client: TestClient, services: Services, name: str
) -> None:
    target = services.home.path / name
    for path in (target, f"{services.home.cache}/uploads/../../{name}"):
        reply = client.get(f"/gradio_api/file={path}")
        assert reply.status_code in (403, 404)
