"""Services over a home of hashed words, with the language model that a test gives."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fastapi.testclient import TestClient

from assistant.errors import AccountUnknown
from assistant.llm.choice import ModelSlot
from assistant.llm.scripted import ScriptedChatModel
from assistant.passwords import Cost, Passwords
from index.access import LOCAL, Principal, Role
from index.home import Home
from tests.conftest import Plant
from tests.hash_embedder import HashEmbedder
from ui.identity import PLAIN_COOKIE, SECURE_COOKIE
from ui.settings import Settings
from ui.wiring import Services

T = TypeVar("T")
PASSWORD = "rusty gate valve 12"  # of every account that a test makes
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "</div></button>\n\n# Heading\n\n<iframe src=//evil.example></iframe>",
    "&lt;b&gt; &amp; `code` $$x$$",
    "a\r\n\r\n![x](http://evil.example)\u2028\u2028b\x0b\x0c\x85c",
)
"""Texts that a document or ticket may hold and that a page must show as they are."""


def services_of(home: Path, slot: ModelSlot | None = None) -> Services:
    """The services of a home; without a slot there is no language model."""
    services = Services(Home(home), Settings(models=home / "no-models"))
    services.embedder = HashEmbedder()
    services.passwords = Passwords(Cost(passes=1, memory_kib=8, lanes=1))
    services.model_slot = slot or ModelSlot()
    return services


def account_of(
    services: Services,
    name: str,
    role: Role = "administrator",
    sites: tuple[str, ...] | None = None,
    groups: tuple[str, ...] | None = None,
) -> Principal:
    """The principal of an account, which is made where it is not there."""
    try:
        return services.accounts.get(LOCAL, name).principal()
    except AccountUnknown:
        made, _ = services.accounts.add(
            name, role, LOCAL, password=PASSWORD, sites=sites, groups=groups
        )
        return made.principal()


def sign_in(
    services: Services,
    client: TestClient,
    name: str = "ada",
    role: Role = "administrator",
    sites: tuple[str, ...] | None = None,
    groups: tuple[str, ...] | None = None,
) -> Principal:
    """Let a client go on as the browser of a user who is signed in; the account is made if needed.

    What it sends then says, as a browser does, that it comes from a page of ours.
    """
    principal = account_of(services, name, role, sites, groups)
    cookie = SECURE_COOKIE if client.base_url.scheme == "https" else PLAIN_COOKIE
    client.cookies.clear()
    client.cookies.set(cookie, services.sessions.open(name, "127.0.0.1"))
    client.headers["sec-fetch-site"] = "same-origin"
    return principal


def copy_of(plant: Plant, folder: Path) -> Path:
    """A copy of the sample plant that a test may change."""
    return Path(shutil.copytree(plant.home.path, folder / "home"))


def built(make: Callable[[], T]) -> T:
    """What a function makes of gradio's parts, which leave event loops open if none runs."""

    async def inside() -> T:
        return make()

    return asyncio.run(inside())


def ranking(*letters: str) -> ModelSlot:
    """A slot with a model that ranks the blocks of these letters first."""
    said = {"answerable": True, "causes": list(letters), "check": letters[0]}
    model = ScriptedChatModel(replies=[json.dumps(said)])
    return ModelSlot.filled(model, "scripted", writes_notes=False)
