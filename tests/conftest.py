"""Fixtures that many tests share. Tests reach nothing beyond this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import pytest

from assistant.answering import Assistant
from assistant.llm.choice import ModelSlot
from index import tables
from index.assets import AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine
from index.home import Home
from index.retrieval import Retriever
from tests.components import model_folder
from tests.example_scripts import load
from tests.hash_embedder import HashEmbedder
from tests.shared_homes import build_plant, built_once


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that talks to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])  # type: ignore[index]
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise AssertionError(f"a test wants to connect to {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def catalog(home: Home) -> Catalog:
    return Catalog(open_engine(home.knowledge, tables.MIGRATIONS))


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of the fetched default models; see tests.components."""
    return model_folder()


@pytest.fixture(scope="session")
def manuals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The PDFs of the sample plant by name, such as ``hp40-rev-c``."""
    build = load("build").build
    return {path.stem: path for path in build(tmp_path_factory.mktemp("manuals"))}


@dataclass
class Plant:
    """The sample plant in a home of its own, embedded by words; tests must not change it."""

    home: Home
    catalog: Catalog
    assets: AssetRegister
    retriever: Retriever

    def assistant(self, slot: ModelSlot | None = None) -> Assistant:
        """An assistant with the language model of a slot, or none."""
        return Assistant(self.retriever, slot or ModelSlot())


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory, manuals: dict[str, Path]) -> Iterator[Plant]:
    """The sample plant: manuals, asset register and tickets."""
    paths = list(manuals.values())
    folder = built_once(tmp_path_factory, "plant", lambda to: build_plant(to, paths))
    embedder = HashEmbedder()
    home = Home(folder)
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    assets = AssetRegister(catalog.engine)
    yield Plant(
        home, catalog, assets, Retriever(catalog, embedder, Caches(catalog, embedder, None))
    )
    catalog.engine.dispose()
