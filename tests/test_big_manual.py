"""A real manual of 1,335 pages, from file to answer, embedded by words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine
from index.home import Home
from index.retrieval import Retriever
from ingest.pipeline import FileReport
from ingest.tagging import Stated
from tests.components import missing
from tests.hash_embedder import HashEmbedder
from tests.ingesting import worker_of

pytestmark = pytest.mark.big_manual

_MANUAL = Path("/usr/share/doc/linuxcnc/LinuxCNC_Documentation.pdf")


@pytest.fixture(scope="module")
def ingested(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[FileReport, Catalog, Retriever]]:
    if not _MANUAL.exists():
        missing(f"The manual {_MANUAL}", "Install the Debian package linuxcnc-doc-en.")
    embedder = HashEmbedder()
    home = Home(tmp_path_factory.mktemp("big"))
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    (report,) = worker_of(home, catalog, embedder).ingest(
        LOCAL, [_MANUAL], Stated(), lambda *_: None
    )
    yield report, catalog, Retriever(catalog, embedder, Caches(catalog, embedder, home.cache))
    catalog.engine.dispose()


def test_every_page_is_read(ingested: tuple[FileReport, Catalog, Retriever]) -> None:
    report, catalog, _ = ingested
    (document,) = catalog.documents(LOCAL)
    assert report.outcome == "added"
    assert document.pages == 1335
    assert len(document.report["pages_without_text"]) < 20  # type: ignore[arg-type]
    assert document.chunks > 5000


def test_tables_figures_and_warnings_are_found(
    ingested: tuple[FileReport, Catalog, Retriever],
) -> None:
    report, _, _ = ingested
    assert report.safety_messages > 50
    assert int(str(report.details["tables"])) > 100
    assert int(str(report.details["figures"])) > 100


@pytest.mark.parametrize(
    ("question", "meaning"),
    [("M61", "Set Current Tool Number"), ("What does G64 P do?", "Path Control Mode")],
)
def test_a_word_of_the_g_code_table_is_looked_up(
    ingested: tuple[FileReport, Catalog, Retriever], question: str, meaning: str
) -> None:
    found = ingested[2].retrieve(question, LOCAL)
    assert found.code_status == "known"
    assert meaning in found.codes[0].meaning


@pytest.mark.parametrize(
    ("question", "page"),
    [("unexpected realtime delay on task", 255), ("stepper following error open loop", 255)],
)
def test_the_words_of_a_page_bring_it(
    ingested: tuple[FileReport, Catalog, Retriever], question: str, page: int
) -> None:
    pages = [passage.page for passage in ingested[2].retrieve(question, LOCAL, k=3).passages]
    assert page in pages


def test_no_running_head_stands_in_a_passage(
    ingested: tuple[FileReport, Catalog, Retriever],
) -> None:
    found = ingested[2].retrieve("LinuxCNC page", LOCAL, k=50).passages
    heads = [p.page for p in found if f"{p.page} / 1335" in p.text or f"{p.page}/1335" in p.text]
    assert heads == []
