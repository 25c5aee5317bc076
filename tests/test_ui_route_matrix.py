"""Every route, every user, every relation: the exact status. Rows stand in route_matrix.py."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount, Route

from assistant.analytics.query import Query as FigureQuery
from assistant.analytics.saved.saved_figures import Wanted
from assistant.errors import RecordNotFound
from assistant.messages import AnswerReady
from assistant.question import Ask
from index.access import LOCAL, Principal
from index.catalog import StoredDocument
from index.database import writing
from index.ticket_tables import ticket as ticket_table
from index.tickets import put_tickets
from ingest.tagging import Stated
from tests.past_repairs import ticket_of
from tests.pdf_pages import column, write_pdf
from tests.route_matrix import NOBODY, ROLES, ROWS, Row
from tests.ui_services import account_of, built, services_of
from ui.identity import PLAIN_COOKIE
from ui.oidc_settings import OidcSettings
from ui.web import build_web
from ui.wiring import Services

_SITES = ("north", "south")
_USERS = [*NOBODY, *(f"{r} {s}" for r in ROLES[:3] for s in _SITES), "administrator"]
_START_S = 20.0  # until an answer begins; a stream is not waited for


def routes_of(web: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path of an application, with what is mounted."""
    for context in iter_route_contexts(web.routes):
        route = context.original_route
        if isinstance(route, Mount):
            inner: Any = route.app
            while not hasattr(inner, "routes"):  # what stands in front of the mounted application
                inner = inner.app
            for method, path in routes_of(inner):
                yield method, route.path + path
        else:
            assert isinstance(route, Route), f"what is {route!r}?"
            assert context.path is not None
            assert context.methods, f"{context.path} has no method"
            for method in context.methods:
                yield method, context.path


class Door:
    """The application, asked as each user."""

    def __init__(self, web: FastAPI, services: Services) -> None:
        self._web = web
        self._services = services
        self._runner = asyncio.Runner()

    def cookie(self, user: str) -> str:
        """The cookie of a new session of a user, or of one that is over."""
        if user == "anonymous":
            return ""
        if user == "disabled":
            account_of(self._services, "dora", "supervisor")
            self._services.accounts.enable(LOCAL, "dora")
            secret = self._services.sessions.open("dora", "127.0.0.1")
            self._services.accounts.disable(LOCAL, "dora")
            return f"{PLAIN_COOKIE}={secret}"
        secret = self._services.sessions.open("rita" if user == "revoked" else user, "127.0.0.1")
        if user == "revoked":
            self._services.sessions.close(secret)
        return f"{PLAIN_COOKIE}={secret}"

    def status(self, cookie: str, method: str, path: str, query: str = "", body: Any = None) -> int:
        """The status of an answer, as soon as it begins."""
        headers = {"host": "127.0.0.1:7860", "cookie": cookie, "sec-fetch-site": "same-origin"}
        content = b""
        if body is not None:
            is_form = isinstance(body, str)
            content = body.encode() if is_form else json.dumps(body).encode()
            kind = "application/x-www-form-urlencoded" if is_form else "application/json"
            headers |= {"content-type": kind, "content-length": str(len(content))}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "client": ("127.0.0.1", 4711),
            "server": ("127.0.0.1", 7860),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items() if v],
        }
        return self._runner.run(self._begun(scope, content))

    async def _begun(self, scope: dict[str, Any], content: bytes) -> int:
        begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        sent = asyncio.Event()
        is_stream = False

        async def receive() -> dict[str, Any]:
            if not sent.is_set():
                sent.set()
                return {"type": "http.request", "body": content, "more_body": False}
            await asyncio.sleep(_START_S)
            return {"type": "http.disconnect"}

        async def send(message: Mapping[str, Any]) -> None:
            nonlocal is_stream
            if message["type"] == "http.response.start" and not begun.done():
                is_stream = b"event-stream" in dict(message["headers"]).get(b"content-type", b"")
                begun.set_result(message["status"])

        asked = asyncio.ensure_future(self._web(scope, receive, send))
        await asyncio.wait({asked, begun}, timeout=_START_S, return_when=asyncio.FIRST_COMPLETED)
        if not is_stream:  # a stream may be without end
            await asyncio.wait({asked}, timeout=_START_S)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        return begun.result() if begun.done() else 0

    def close(self) -> None:
        self._runner.close()


class Things:
    """What users ask for, made as it is needed."""

    def __init__(self, services: Services, door: Door, folder: Path) -> None:
        self._services = services
        self._door = door
        self._folder = folder
        self._count = itertools.count(1)
        self._documents: dict[str | None, StoredDocument] = {}
        self._turns: dict[tuple[str, bool], tuple[str, str]] = {}
        self._orders: dict[str, str] = {}

    def of(self, thing: str, user: str, relation: str, cookie: str) -> str:
        """The id of a thing that stands in a relation to a user, whose cookie it is."""
        if thing == "session_hash":
            return self._page(user, relation, cookie)
        make = {
            "content_hash": lambda: self._document(user, relation).content_hash,
            "revision_id": lambda: str(self._document(user, relation).revision_id),
            "item_id": lambda: self._item(user, relation),
            "number": lambda: self._order(user, relation),
            "turn_id": lambda: self._turn(user, relation)[1],
            "conversation_id": lambda: self._turn(user, relation)[0],
            "handover_id": lambda: self._handover(user, relation),
            "expert_id": lambda: self._expert(user, relation),
            "forwarded_id": lambda: self._forwarded(user, relation),
            "session_id": lambda: self._session(user, relation),
            "token_id": lambda: self._token(user, relation),
            "name": lambda: self._name(user, relation),
            "saved_id": lambda: self._saved(user, relation),
            "saved_name": lambda: f"Figure {next(self._count)}",
            "ticket_id": lambda: "987654321",
            "uid": lambda: self._ticket(user, relation),
            "tag": lambda: "NO-99",
        }
        return make[thing]()

    def _document(self, user: str, relation: str) -> StoredDocument:
        match relation:
            case "guessed":
                return dataclasses.replace(
                    self._at("north"), content_hash="0" * 64, revision_id=9**9
                )
            case "deleted":
                return self._deleted
            case "everybody":
                return self._at(None)
            case _:
                return self._at(site_of(user, is_own=relation == "own_site"))

    @cached_property
    def _deleted(self) -> StoredDocument:
        gone = self._ingest("north")
        self._services.curator.delete(LOCAL, gone.document_id, lambda: self._services.caches)
        return gone

    def _at(self, site: str | None) -> StoredDocument:
        """A document of a site that is in use; one that the last cell changed is put right."""
        kept = self._documents.get(site)
        now = {each.revision_id: each for each in self._services.catalog.documents(LOCAL)}
        if kept is None or kept.revision_id not in now:
            self._documents[site] = self._ingest(site)
        elif now[kept.revision_id].status != kept.status:
            self._services.curator.approve(LOCAL, [kept.revision_id])
        return self._documents[site]

    def _ingest(self, site: str | None) -> str:
        number = next(self._count)
        text = column(f"Manual {number} of the press", "Oil the press each week.", "E-217 is heat.")
        path = write_pdf(self._folder / f"manual-{number}.pdf", [text])
        (report,) = self._services.worker.ingest(LOCAL, [path], Stated(site=site), lambda *_: None)
        assert report.outcome == "added", report.reason
        return max(self._services.catalog.documents(LOCAL), key=lambda each: each.revision_id)

    def _ticket(self, user: str, relation: str) -> str:
        """The uid of a ticket that counts."""
        number = f"T-{next(self._count)}"
        if relation == "guessed":
            return f"test:{number}"
        site = None if relation == "everybody" else site_of(user, is_own=relation != "other_site")
        ticket = replace(ticket_of(1, "", None), source_id=number, stated_site=site)
        put_tickets(self._services.catalog, [ticket], "none", {}, is_embedded=False)
        if relation == "deleted":
            with writing(self._services.catalog.engine) as connection:
                connection.execute(ticket_table.delete().where(ticket_table.c.uid == ticket.uid))
        return ticket.uid

    def _item(self, user: str, relation: str) -> str:
        if relation == "guessed":
            return str(9**9)
        document = self._document(user, relation)
        (item,) = (
            each
            for each in self._services.intake.items(LOCAL, "done")
            if each.content_hash == document.content_hash
        )
        return str(item.item_id)

    def _turn(self, user: str, relation: str) -> tuple[str, str]:
        """A conversation and its one turn, which is answered."""
        if relation == "guessed":
            return (str(uuid.uuid4()),) * 2
        is_deleted = relation == "deleted"
        principal = self.principal(user, "own" if is_deleted else relation)
        key = (principal.user, is_deleted)
        if key not in self._turns or not (is_deleted or self._is_there(principal, key)):
            self._turns[key] = self._answered(principal)
            if is_deleted:
                self._services.conversations.delete(principal, self._turns[key][0])
        return self._turns[key]

    def _is_there(self, principal: Principal, key: tuple[str, bool]) -> bool:
        try:
            self._services.records.turn(principal, self._turns[key][1])
        except RecordNotFound:
            return False
        return True

    def _answered(self, principal: Principal) -> tuple[str, str]:
        self._named()
        self._at(None)  # an answer stands on a document that all see
        answer = self._services.assistant.ask(Ask("E-217", use_model=False), principal)
        records = self._services.records
        conversation = records.open_conversation(principal)
        turn_id = records.start_turn(principal, conversation, "E-217", None)
        records.add_event(turn_id, 1, AnswerReady(answer=answer))
        return conversation, turn_id

    def _handover(self, user: str, relation: str) -> str:
        """A session that was handed to one user, who is the user themselves or somebody else."""
        if relation == "guessed":
            return str(uuid.uuid4())
        giver = self.principal(user, "other_user" if relation == "received" else relation)
        # Whoever stands in no other relation to it: a technician of the giver's site got it.
        receiver = name_of(user) if relation == "received" else self._third(giver)
        turn = self._answered(giver)
        turns = self._services.records.turns(giver, turn[0])
        made = self._services.handovers.hand_over(giver, turn[0], turns, to_user=receiver)
        return made.handover_id

    def _third(self, giver: Principal) -> str:
        site = sorted(giver.sites)[0] if giver.sites is not None else "north"
        name = f"receiver-{site}"
        account_of(self._services, name, "technician", (site,))
        return name

    def _named(self) -> None:
        """Name somebody who is asked about any machine, and stands in no relation to the users."""
        account_of(self._services, "receiver-north", "technician", ("north",))
        if not any(not one.asset_class for one in self._services.experts.all(LOCAL)):
            self._services.experts.set(LOCAL, "", "receiver-north")

    def _expert(self, user: str, relation: str) -> str:
        if relation == "guessed":
            return str(uuid.uuid4())
        site = None if relation == "everybody" else site_of(user, is_own=relation == "own_site")
        name = f"receiver-{site or 'north'}"
        account_of(self._services, name, "technician", (site or "north",))
        kind = f"Class {next(self._count)}"
        return self._services.experts.set(LOCAL, kind, name, site).expert_id

    def _forwarded(self, user: str, relation: str) -> str:
        """A question of one user that was forwarded to a third."""
        if relation == "guessed":
            return str(uuid.uuid4())
        principal = self.principal(user, relation)
        turn_id = self._answered(principal)[1]
        return self._services.forwarding.forward(principal, turn_id).forwarded_id

    def _session(self, user: str, relation: str) -> str:
        if relation == "guessed":
            return str(uuid.uuid4())
        name = name_of(user, "own" if relation == "deleted" else relation)
        secret = self._services.sessions.open(name, "127.0.0.1")
        session = self._services.sessions.find(secret)
        assert session is not None
        if relation == "deleted":
            self._services.sessions.close(secret)
        return session.session_id

    def _token(self, user: str, relation: str) -> str:
        if relation == "guessed":
            return str(uuid.uuid4())
        principal = self.principal(user, relation)
        return self._services.api_tokens.create(principal, "a test", ["read"], 1)[0].token_id

    def _name(self, user: str, relation: str) -> str:
        return f"new-{next(self._count)}" if relation == "guessed" else name_of(user, relation)

    def _saved(self, user: str, relation: str) -> str:
        """A saved figure: of one user alone, or shared by another of the same site."""
        if relation == "guessed":
            return str(uuid.uuid4())
        principal = self.principal(user, "other_user" if relation == "shared" else relation)
        wanted = Wanted(
            f"Figure {next(self._count)}",
            FigureQuery(metrics=("ticket_count",)),
            is_shared=relation == "shared",
        )
        saved = self._services.saved_figures
        for old in saved.all(principal):
            if old.is_mine:
                saved.delete(principal, old.saved_id)
        return saved.save(principal, wanted).saved_id

    def _order(self, user: str, relation: str) -> str:
        if relation == "guessed":
            return "FB-1999-000001"
        principal = self.principal(user, relation)
        kept = self._orders.get(principal.user)
        if kept is None or self._services.work_orders.get(principal, kept).version > 1:
            turn = self._services.records.turn(principal, self._turn(user, relation)[1])
            order = self._services.work_orders.draft(principal, turn)
            self._orders[principal.user] = order.number
        return self._orders[principal.user]

    def _page(self, user: str, relation: str, cookie: str) -> str:
        """A page of Gradio that is open."""
        page = f"page{next(self._count):06d}"
        if relation != "guessed":
            owner = cookie if relation == "own" else self._door.cookie(name_of(user, relation))
            body = {"session_hash": page, "fn_index": 0, "data": []}
            self._door.status(owner, "POST", "/gradio_api/queue/join", body=body)
        return page

    def principal(self, user: str, relation: str) -> Principal:
        return self._services.accounts.get(LOCAL, name_of(user, relation)).principal()


def site_of(user: str, *, is_own: bool) -> str:
    """A site of a user, or the other; the administrator, who has both, gets north."""
    own = "south" if user.endswith("south") else "north"
    return own if is_own else next(site for site in _SITES if site != own)


def name_of(user: str, relation: str = "own") -> str:
    """The account of a user, or of another who stands in a relation to them."""
    user = "technician north" if user in NOBODY else user
    role = user.split()[0]
    match relation:
        case "own":
            return "administrator" if role == "administrator" else user.replace(" ", "-")
        case "other_user":
            return f"{role}-{site_of(user, is_own=True)}-2"
        case _:
            return f"{role}-{site_of(user, is_own=False)}-2"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    services = services_of(tmp_path_factory.mktemp("matrix") / "home")
    oidc = OidcSettings(issuer="https://127.0.0.1:9", client_id="faultbook")
    services.settings = services.settings.model_copy(update={"oidc": oidc})
    account_of(services, "tess", "technician")
    account_of(services, "rita", "supervisor")
    account_of(services, "administrator", "administrator")
    for number, site in itertools.product(("", "-2"), _SITES):
        account_of(services, f"administrator-{site}-2", "administrator")
        for role in ("technician", "planner", "supervisor"):
            account_of(services, f"{role}-{site}{number}", role, (site,))
    return services


@pytest.fixture(scope="module")
def web(services: Services) -> Iterator[FastAPI]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GRADIO_TEMP_DIR", "GRADIO_ANALYTICS_ENABLED"):
            patch.setenv(name, "")  # build_web sets them; they are put back at the end
        yield built(lambda: build_web(services))


@pytest.fixture(scope="module")
def door(web: FastAPI, services: Services) -> Iterator[Door]:
    door = Door(web, services)
    yield door
    door.close()


@pytest.fixture(scope="module")
def things(services: Services, door: Door, tmp_path_factory: pytest.TempPathFactory) -> Things:
    return Things(services, door, tmp_path_factory.mktemp("manuals"))


def test_every_route_has_a_row_and_every_row_a_route(web: FastAPI) -> None:
    there = set(routes_of(web))
    rows = [row.key for row in ROWS]
    assert len(rows) == len(set(rows)), "a route has two rows"
    assert not there - set(rows), "routes without a row in tests/route_matrix.py"
    assert not set(rows) - there, "rows of tests/route_matrix.py without a route"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_each_user_gets_the_status_of_the_row(row: Row, door: Door, things: Things) -> None:
    wrong = []
    for user, relation in itertools.product(_USERS, row.statuses):
        cookie = door.cookie(user if user in NOBODY else name_of(user))
        thing = things.of(row.thing, user, relation, cookie) if row.thing else ""
        status = door.status(
            cookie,
            row.method,
            filled(row, thing),
            row.query.replace("{thing}", thing),
            body_of(row.body, thing),
        )
        expected = row.status(user.split()[0], relation)
        if status != expected:
            wrong.append(f"{user}, {relation}: {status}, not {expected}")
    assert not wrong, "\n".join(wrong)


def filled(row: Row, thing: str) -> str:
    """The path of a row with what stands in its braces."""
    values = {row.thing: thing, **row.values}
    path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: values.get(found[1], "x"), row.path)
    return path.replace("{hash}", _asset_hash())


def body_of(body: Any, thing: str) -> Any:
    if isinstance(body, dict):
        return {key: body_of(value, thing) for key, value in body.items()}
    return body.replace("{thing}", thing) if isinstance(body, str) else body


def _asset_hash() -> str:
    folder = Path(gr.__file__).parent / "templates" / "frontend"
    found = re.search(r"assets/index-([\w-]+)\.js", (folder / "index.html").read_text("utf-8"))
    assert found is not None
    return found[1]
