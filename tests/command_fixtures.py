"""Homes for tests of the command line; a plug-in that ``pytest_plugins`` names, never imported."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import ASSETS, PUMP, TICKETS, succeed, variables
from tests.tiny_models import make_embedder


@pytest.fixture(scope="session")
def tiny_embedder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an embedder with random weights that knows the words of the small plant."""
    return make_embedder(tmp_path_factory.mktemp("tiny"), PUMP + ASSETS + TICKETS)


@pytest.fixture(scope="session")
def small_plant(tmp_path_factory: pytest.TempPathFactory, tiny_embedder: Path) -> Path:
    """A home with one manual, two assets and three tickets, filled by commands; do not change it.

    The files that were put in lie beside it, in the folder ``files``.
    """
    folder = tmp_path_factory.mktemp("small-plant")
    files = folder / "files"
    files.mkdir()
    for name, text in (("pump.md", PUMP), ("assets.csv", ASSETS), ("tickets.csv", TICKETS)):
        (files / name).write_text(text, encoding="utf-8")
    with variables(folder / "home", tiny_embedder):
        succeed("assets", "import", files / "assets.csv")
        succeed("ingest", files / "pump.md")
        succeed("tickets", "import", files / "tickets.csv")
    return folder / "home"


@pytest.fixture
def empty_home(tmp_path: Path, tiny_embedder: Path) -> Iterator[Path]:
    """A home that no command has used yet; commands use it unless told otherwise."""
    with variables(tmp_path / "home", tiny_embedder):
        yield tmp_path / "home"


@pytest.fixture
def stocked_home(empty_home: Path, small_plant: Path) -> Path:
    """A copy of the small plant; commands use it unless told otherwise."""
    shutil.copytree(small_plant, empty_home)
    return empty_home
