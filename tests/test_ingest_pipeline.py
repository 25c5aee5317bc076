"""The trip of documents into a home."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.checking import find_faults
from index.corpus import PassageFilter
from index.database import writing
from index.home import Home
from index.storing import drop_unused_vectors
from ingest.pipeline import FileReport
from ingest.tagging import Stated
from ingest.worker import Worker
from tests.hash_embedder import HashEmbedder
from tests.ingesting import intake_of, worker_of
from tests.pdf_pages import column, write_pdf

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def worker(home: Home, catalog: Catalog) -> Worker:
    return worker_of(home, catalog, HashEmbedder())


def _ingest(worker: Worker, *paths: Path, stated: Stated | None = None) -> list[FileReport]:
    return list(worker.ingest(LOCAL, paths, stated or Stated(), lambda *_: None))


def _manual(folder: Path, name: str, revision: str, torque: int, number: str = "X-100") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(
        f"# Gear manual\n\nDocument no. {number}\n\nRevision {revision}\n\n"
        f"## Repair\n\nWARNING: Hot oil.\n\n1. Tighten to {torque} N·m.\n\n"
        "| Code | Cause | Remedy |\n|---|---|---|\n| E-1 | loose | tighten |\n",
        encoding="utf-8",
    )
    return path


def _revisions(catalog: Catalog) -> list[tuple[str, str, str]]:
    where = PassageFilter(include_superseded=True)
    found = [catalog.revision(LOCAL, i) for i in catalog.visible_revisions(LOCAL, where)]
    return [(d.number, d.revision, d.status) for d in found if d is not None]


def _counts(catalog: Catalog) -> dict[str, int]:
    names = ("document", "revision", "chunk", "vector", "safety", "code", "section")
    with catalog.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
            for name in names
        }


def test_a_document_is_added_with_all_that_its_report_says(
    worker: Worker, home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    path = _manual(tmp_path, "gear.md", "A", 70)
    (report,) = _ingest(worker, path)
    assert (report.outcome, report.status, report.title) == ("added", "approved", "Gear manual")
    assert (report.number, report.revision) == ("X-100", "A")
    assert (report.codes, report.safety_messages) == (1, 1)
    counts = _counts(catalog)
    assert counts["chunk"] == report.chunks == 3
    assert counts["vector"] > 0
    (document,) = catalog.documents(LOCAL)
    assert (home.originals / document.original).read_bytes() == path.read_bytes()
    assert document.report["safety_messages"] == 1


def test_an_unchanged_file_is_skipped_under_any_name(
    worker: Worker, catalog: Catalog, tmp_path: Path
) -> None:
    first = _manual(tmp_path, "gear.md", "A", 70)
    copy = _manual(tmp_path / "copy", "renamed.md", "A", 70)
    _ingest(worker, first)
    before = _counts(catalog), catalog.sequence()
    again, renamed = _ingest(worker, first, copy)
    assert again.outcome == renamed.outcome == "unchanged"
    assert (renamed.title, renamed.number, renamed.revision) == ("Gear manual", "X-100", "A")
    assert (_counts(catalog), catalog.sequence()) == before


@pytest.mark.parametrize("order", [("A", "B"), ("B", "A")])
def test_the_newer_revision_supersedes_whichever_came_first(
    worker: Worker, catalog: Catalog, tmp_path: Path, order: tuple[str, str]
) -> None:
    paths = [_manual(tmp_path, f"gear-{label}.md", label, 70 + ord(label)) for label in order]
    reports = _ingest(worker, *paths)
    assert [report.outcome for report in reports] == ["added", "added"]
    assert sorted(_revisions(catalog)) == [
        ("X-100", "A", "superseded"),
        ("X-100", "B", "approved"),
    ]
    expected = ["approved", "approved"] if order == ("A", "B") else ["approved", "superseded"]
    assert [report.status for report in reports] == expected


def test_an_edited_file_without_a_number_supersedes_its_old_content(
    worker: Worker, catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "notes.md"
    path.write_text("Set 5 bar.", encoding="utf-8")
    other = tmp_path / "other.md"
    other.write_text("Other notes.", encoding="utf-8")
    _ingest(worker, path, other)
    path.write_text("Set 6 bar.", encoding="utf-8")
    _ingest(worker, path)
    assert sorted(status for _, _, status in _revisions(catalog)) == [
        "approved",
        "approved",
        "superseded",
    ]
    assert len(catalog.documents(LOCAL)) == 2


def test_folders_are_searched_for_readable_files_and_hidden_ones_are_left_out(
    worker: Worker, tmp_path: Path
) -> None:
    folder = tmp_path / "plant"
    for name in ("b.md", "a.TXT", "sub/c.md", ".hidden.md", ".git/d.md", "tool.exe", "film.mkv"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Text of {name}.", encoding="utf-8")
    (folder / "folder.md").mkdir()
    reports = _ingest(worker, folder)
    assert [report.path.relative_to(folder).as_posix() for report in reports] == [
        "a.TXT",
        "b.md",
        "sub/c.md",
    ]
    assert {report.outcome for report in reports} == {"added"}


def test_a_folder_without_readable_files_is_reported_as_failed(
    worker: Worker, tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "film.mkv").write_bytes(b"\x1aE\xdf\xa3")
    (report,) = _ingest(worker, folder)
    assert (report.path, report.outcome) == (folder, "failed")
    assert f"{folder} is a folder without a file that ends in" in report.reason


def test_one_bad_file_never_stops_the_run(worker: Worker, catalog: Catalog, tmp_path: Path) -> None:
    headings = tmp_path / "headings.md"
    headings.write_text("# Only\n\n## Headings\n", encoding="utf-8")
    (tmp_path / "photo.pdf").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\n%cut off")
    good = _manual(tmp_path, "good.md", "A", 70)
    bad = {
        tmp_path / "missing.pdf": "does not exist",
        tmp_path / ("x" * 300 + ".md"): "cannot be opened",
        tmp_path / "photo.pdf": "content is that of a .png file",
        tmp_path / "empty.txt": "is empty (0 bytes)",
        headings: "holds nothing but headings. Check",
        tmp_path / "cut.pdf": "is damaged or not a PDF",
        write_pdf(tmp_path / "locked.pdf", [column("x")], password="y"): "is encrypted",
    }
    reports = _ingest(worker, *bad, good)
    assert [report.outcome for report in reports] == ["failed"] * len(bad) + ["added"]
    for report, (path, reason) in zip(reports, bad.items(), strict=False):
        assert str(path) in report.reason
        assert reason in report.reason
    assert [number for number, _, _ in _revisions(catalog)] == ["X-100"]


class BrokenEmbedder(HashEmbedder):
    """Fails at one text."""

    def embed(self, texts: Iterable[str]) -> object:
        if any("poison" in text for text in texts):
            raise RuntimeError("no more memory")
        return super().embed(list(texts))


def test_an_unexpected_failure_is_reported_and_leaves_nothing_behind(
    home: Home, catalog: Catalog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    poison = tmp_path / "a.md"
    poison.write_text("A text with poison in it.", encoding="utf-8")
    good = _manual(tmp_path, "b.md", "A", 70)
    failed, added = _ingest(worker_of(home, catalog, BrokenEmbedder()), poison, good)
    assert (failed.outcome, added.outcome) == ("failed", "added")
    assert failed.reason == f"{poison}: unexpected RuntimeError: no more memory"
    assert "Traceback" in caplog.text
    assert _counts(catalog)["document"] == 1


def test_what_a_person_states_is_stored(worker: Worker, catalog: Catalog, tmp_path: Path) -> None:
    stated = Stated(kind="bulletin", models=("X-1",), site="North")
    _ingest(worker, _manual(tmp_path, "gear.md", "A", 70), stated=stated)
    (document,) = catalog.documents(LOCAL)
    assert (document.kind, document.models, document.site) == ("bulletin", ("X-1",), "North")


def test_progress_goes_through_the_stages_in_order(worker: Worker, tmp_path: Path) -> None:
    path = _manual(tmp_path, "gear.md", "A", 70)
    steps: list[tuple[str, bool]] = []
    list(
        worker.ingest(
            LOCAL, [path], Stated(), lambda _, stage, n, of: steps.append((stage, n == of))
        )
    )
    assert steps[0] == ("reading", False)  # as often as the reader is waited for
    assert [step for step in steps if step[0] != "reading"] == [
        ("embedding", True),
        ("storing", False),
        ("storing", True),
    ]


class Deleting(HashEmbedder):
    """Takes all vectors out of the database once, as a deletion beside it would."""

    def __init__(self, catalog: Catalog) -> None:
        self.left = 1
        self.catalog = catalog

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        vectors = super().embed(texts)
        if self.left and "6 bar" in " ".join(texts):
            self.left -= 1
            drop_unused_vectors(self.catalog)
            with writing(self.catalog.engine) as connection:
                connection.execute(tables.vector.delete())
        return vectors


def test_a_text_whose_vector_was_taken_while_it_was_needed_is_embedded_again(
    home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    embedder = Deleting(catalog)
    worker = worker_of(home, catalog, embedder)
    shared = tmp_path / "shared.md"
    shared.write_text("# Oil\n\nUse oil A.\n", encoding="utf-8")
    both = tmp_path / "both.md"
    both.write_text("# Oil\n\nUse oil A.\n\n# Air\n\nSet 6 bar.\n", encoding="utf-8")
    _ingest(worker, shared)
    with writing(catalog.engine) as connection:  # its document is deleted before the other is read
        connection.execute(tables.document.delete())
    (report,) = _ingest(worker, both)
    assert (report.outcome, embedder.left) == ("added", 0)
    caches = Caches(catalog, HashEmbedder(), home.cache)
    faults = find_faults(home, catalog, caches, embedder.identity)
    assert faults == []


# Ingests files and kills itself: at a stage, or at a statement of the transaction.
KILLED = """
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from index import tables
from index.access import LOCAL
from index.catalog import Catalog
from index.database import open_engine
from index.home import Home
from ingest.tagging import Stated
from tests.hash_embedder import HashEmbedder
from tests.ingesting import worker_of

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def progress(path, stage, done, total):
    if path.name == "new.md" and stage == moment:
        die()

def on_statement(connection, cursor, statement, *_):
    if statement.startswith(moment):
        die()

if __name__ == "__main__":
    folder, moment, *names = sys.argv[1:]
    home = Home(Path(folder))
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    if moment.startswith("INSERT"):
        sa.event.listen(catalog.engine, "before_cursor_execute", on_statement)
    paths = [Path(name) for name in names]
    list(worker_of(home, catalog, HashEmbedder()).ingest(LOCAL, paths, Stated(), progress))
"""


@pytest.mark.parametrize(
    "moment", ["embedding", "storing", "INSERT INTO chunk", "INSERT INTO change"]
)
def test_killing_a_run_leaves_the_old_state_and_the_next_run_completes(
    worker: Worker, home: Home, catalog: Catalog, tmp_path: Path, moment: str
) -> None:
    old, new = _manual(tmp_path, "old.md", "A", 70), _manual(tmp_path, "new.md", "B", 85)
    _ingest(worker, old)
    before = _counts(catalog), _revisions(catalog), catalog.sequence()
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(home.path), moment, str(old), str(new)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (_counts(catalog), _revisions(catalog), catalog.sequence()) == before
    (waiting,) = intake_of(home).items(LOCAL, "running")
    assert waiting.name == str(new)
    reports = _ingest(worker, old, new)
    assert [report.outcome for report in reports] == ["unchanged", "added"]
    assert _revisions(catalog) == [("X-100", "A", "superseded"), ("X-100", "B", "approved")]
    assert _counts(catalog)["chunk"] == 2 * before[0]["chunk"]
    assert {path.suffix for path in home.originals.iterdir()} == {".md"}
