"""The HTTP API over a copy of the sample plant, with users of every role and their tokens."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.api_tokens import SCOPES
from assistant.llm.choice import ModelSlot
from index.access import LOCAL, Principal, Role
from tests.conftest import Plant
from tests.ui_services import account_of, copy_of, services_of
from ui.api.app import add_api
from ui.identity import API_ROOT
from ui.ingest_process import IngestProcess
from ui.limits import Limits, LimitSettings
from ui.wiring import Services

PEOPLE: dict[str, tuple[Role, tuple[str, ...] | None]] = {
    "tess": ("technician", None),
    "tom": ("technician", None),
    "paula": ("planner", None),
    "sam": ("supervisor", None),
    "ada": ("administrator", None),
    "nina": ("technician", ("north",)),
    "nils": ("supervisor", ("north",)),
    "stan": ("supervisor", ("south",)),
}
"""Users with their role and sites."""
GENEROUS = LimitSettings(questions_per_minute=100_000, uploads_per_day=100_000)


@dataclass
class Api:
    """A client of the API; ``tokens`` are one a user, with every scope that the user can have."""

    services: Services
    client: TestClient
    tokens: dict[str, str] = field(default_factory=dict)

    def call(self, user: str | None, method: str, path: str, **options: Any) -> Any:
        """Send a request as a user, nobody for None; the path is below the API."""
        headers = dict(options.pop("headers", {}))
        if user is not None:
            headers["Authorization"] = f"Bearer {self.tokens[user]}"
        return self.client.request(method, API_ROOT + path, headers=headers, **options)

    def get(self, user: str | None, path: str, **options: Any) -> Any:
        """Send a GET request as a user."""
        return self.call(user, "GET", path, **options)

    def post(self, user: str | None, path: str, **options: Any) -> Any:
        """Send a POST request as a user."""
        return self.call(user, "POST", path, **options)

    def answer(self, user: str, question: str, **body: Any) -> dict[str, Any]:
        """Ask from evidence alone and return the turn."""
        asked = {"question": question, "use_model": False, **body}
        reply = self.post(user, "/ask", json=asked)
        assert reply.status_code == 200, reply.text
        turn: dict[str, Any] = reply.json()
        return turn

    def principal(self, user: str) -> Principal:
        """A user as the services know them."""
        return self.services.accounts.get(LOCAL, user).principal()

    def token(self, user: str, *scopes: str) -> str:
        """A new token of a user with these scopes."""
        return self.services.api_tokens.create(self.principal(user), "a test", scopes, 1)[1]


_with_users: dict[Path, tuple[Path, dict[str, str]]] = {}


def _prepared(plant: Plant) -> tuple[Path, dict[str, str]]:
    """The home of a plant with the users, and their tokens; made once, as it takes many writes."""
    key = plant.home.path
    if key not in _with_users:
        services = services_of(copy_of(plant, key.with_name(f"{key.name}-users")))
        tokens: dict[str, str] = {}
        for name, (role, sites) in PEOPLE.items():
            principal = account_of(services, name, role, sites)
            scopes = [s for s in SCOPES if s != "administer" or role == "administrator"]
            tokens[name] = services.api_tokens.create(principal, "tests", scopes, 1)[1]
        services.records.engine.dispose()
        _with_users[key] = services.home.path, tokens
    return _with_users[key]


@contextmanager
def served_api(plant: Plant, folder: Path, slot: ModelSlot | None = None) -> Iterator[Api]:
    """The API over a copy of the plant in a folder, until the block ends."""
    home, tokens = _prepared(plant)
    services = services_of(Path(shutil.copytree(home, folder / "served")), slot)
    services.limits = Limits(services.records.engine, GENEROUS)
    # What is uploaded is read by the tests that need it, in their own process.
    services.ingestion = IngestProcess(services.home, [sys.executable, "-c", "pass"])
    web = FastAPI(openapi_url=None)
    add_api(web, services)
    with TestClient(web, base_url="http://127.0.0.1:7860") as client:
        yield Api(services, client, dict(tokens))
    services.ingestion.stop()


def is_problem(reply: Any, status: int) -> bool:
    """Whether a reply is a problem of a status, in the shape of RFC 9457."""
    body = reply.json()
    return (
        reply.status_code == status == body["status"]
        and reply.headers["content-type"] == "application/problem+json"
        and body["type"].startswith("urn:faultbook:problem:")
        and bool(body["title"])
        and bool(body["detail"])
        and "Traceback" not in reply.text
    )
