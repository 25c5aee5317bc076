"""Check the HTTP API against its own description, with many requests of each operation."""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from pathlib import Path

from index import tables
from index.access import LOCAL
from index.assets import AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine
from index.home import Home
from index.retrieval import Retriever
from ingest.tagging import Stated
from ingest.tickets import TicketImporter, import_assets
from tests.api_clients import served_api
from tests.conftest import Plant
from tests.example_scripts import EXAMPLES, load
from tests.hash_embedder import HashEmbedder
from tests.ingesting import worker_of
from tests.schema_runs import run_operation, things


def main() -> None:
    """Make a sample plant, and stop at the first answer that is not as described."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=int, default=200, help="requests of each operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operation", default="", help="the id of the only operation to check")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # of schemathesis and its parts, about themselves
    with tempfile.TemporaryDirectory() as folder:
        plant = _plant(Path(folder))
        with served_api(plant, Path(folder)) as api:
            document = api.get("ada", "/openapi.json").json()
            ids = things(api)
            for path, item in document["paths"].items():
                for method, operation in item.items():
                    name = operation["operationId"]
                    if arguments.operation not in ("", name):
                        continue
                    started = time.monotonic()
                    run_operation(
                        api,
                        document,
                        method,
                        path,
                        ids=ids,
                        examples=arguments.examples,
                        number=arguments.seed,
                    )
                    seconds = time.monotonic() - started
                    print(f"{name}: {arguments.examples} requests, {seconds:.1f} s", flush=True)
        plant.catalog.engine.dispose()


def _plant(folder: Path) -> Plant:
    embedder = HashEmbedder()
    home = Home(folder / "plant")
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    assets = AssetRegister(catalog.engine)
    import_assets(assets, EXAMPLES / "assets.csv")
    manuals = load("build").build(folder / "manuals")
    list(worker_of(home, catalog, embedder).ingest(LOCAL, manuals, Stated(), lambda *_: None))
    TicketImporter(catalog, embedder).import_file(
        EXAMPLES / "tickets.csv", "import", lambda *_: None
    )
    caches = Caches(catalog, embedder, None)
    return Plant(home, catalog, assets, Retriever(catalog, embedder, caches))
