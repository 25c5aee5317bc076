"""Homes that are built once for all worker processes of a test run and copied by each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from index import tables
from index.access import LOCAL
from index.assets import AssetRegister
from index.catalog import Catalog
from index.database import open_engine
from index.embedding import MINILM, Embedder, OpenVINOEmbedder
from index.home import Home
from ingest.plant_files import PlantFiles
from ingest.tagging import Stated
from ingest.ticket_plan import Options
from ingest.tickets import TicketImporter, import_assets
from tests.example_scripts import EXAMPLES, load
from tests.hash_embedder import HashEmbedder
from tests.ingesting import worker_of


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """Return a copy of what ``build`` makes in a folder; only the first worker to ask builds it."""
    run = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        run = run.parent
    shared, done = run / f"shared-{name}", run / f"shared-{name}.done"
    with FileLock(run / f"shared-{name}.lock"):
        if not done.exists():
            shutil.rmtree(shared, ignore_errors=True)  # of a worker that failed over it
            build(shared)
            done.touch()
    return Path(shutil.copytree(shared, factory.mktemp(name) / "home"))


def build_plant(folder: Path, manuals: list[Path]) -> None:
    """The manuals, assets and tickets of the sample plant, embedded by words."""
    _build(folder, HashEmbedder(), [(manuals, Stated())])


def build_demo(folder: Path, documents: list[Path], models: Path) -> None:
    """All documents of the sample plant as ``make demo`` loads them: with the default embedder."""
    unnamed = [path for path in documents if path.name.startswith(("cv40-", "cd7-help"))]
    embedder = OpenVINOEmbedder(models / MINILM.name)
    _build(folder, embedder, [(unnamed, Stated(models=("CV-40",))), (documents, Stated())])


def demo_home(factory: pytest.TempPathFactory, models: Path) -> Path:
    """A copy of the home that :func:`build_demo` makes."""

    def build(folder: Path) -> None:
        build_demo(folder, load("build").build_all(factory.mktemp("documents")), models)

    return built_once(factory, "demo", build)


def _build(folder: Path, embedder: Embedder, sets: list[tuple[list[Path], Stated]]) -> None:
    home = Home(folder)
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    import_assets(AssetRegister(catalog.engine), EXAMPLES / "assets.csv")
    worker = worker_of(home, catalog, embedder)
    for paths, stated in sets:
        reports = worker.ingest(LOCAL, paths, stated, lambda *_: None)
        assert [report.reason for report in reports if report.outcome == "failed"] == []
    import_record(home, catalog, embedder)
    catalog.engine.dispose()


def import_record(home: Home, catalog: Catalog, embedder: Embedder) -> None:
    """The plant's own files and the tickets of both sites, as ``make demo`` loads them."""
    PlantFiles(home).take(sorted((EXAMPLES / "plant").iterdir()))
    for name, zone, site in (
        ("tickets.csv", "Europe/Berlin", "Plant North"),
        ("tickets-south.csv", "Asia/Shanghai", "Plant South"),
    ):
        TicketImporter(catalog, embedder).import_file(
            EXAMPLES / name, "import", lambda *_: None, Options(timezone=zone, site=site)
        )
