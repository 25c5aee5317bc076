"""The trip of documents into a home."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa

from index.access import LOCAL
from index.catalog import Catalog
from index.corpus import PassageFilter
from index.home import Home
from ingest.pipeline import FileReport, Pipeline
from ingest.tagging import Stated
from tests.hash_embedder import HashEmbedder
from tests.pdf_pages import column, write_pdf

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def pipeline(home: Home, catalog: Catalog) -> Pipeline:
    return Pipeline(home, catalog, HashEmbedder())


def _ingest(pipeline: Pipeline, *paths: Path, stated: Stated | None = None) -> list[FileReport]:
    return list(pipeline.ingest(paths, stated or Stated(), lambda *_: None))


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
    pipeline: Pipeline, home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    path = _manual(tmp_path, "gear.md", "A", 70)
    (report,) = _ingest(pipeline, path)
    assert (report.outcome, report.status, report.title) == ("added", "current", "Gear manual")
    assert (report.number, report.revision) == ("X-100", "A")
    assert (report.codes, report.safety_messages) == (1, 1)
    counts = _counts(catalog)
    assert counts["chunk"] == report.chunks == 3
    assert counts["vector"] > 0
    (document,) = catalog.documents(LOCAL)
    assert (home.originals / document.original).read_bytes() == path.read_bytes()
    assert document.report["safety_messages"] == 1


def test_an_unchanged_file_is_skipped_under_any_name(
    pipeline: Pipeline, catalog: Catalog, tmp_path: Path
) -> None:
    first = _manual(tmp_path, "gear.md", "A", 70)
    copy = _manual(tmp_path / "copy", "renamed.md", "A", 70)
    _ingest(pipeline, first)
    before = _counts(catalog), catalog.sequence()
    again, renamed = _ingest(pipeline, first, copy)
    assert again.outcome == renamed.outcome == "unchanged"
    assert (renamed.title, renamed.number, renamed.revision) == ("Gear manual", "X-100", "A")
    assert (_counts(catalog), catalog.sequence()) == before


@pytest.mark.parametrize("order", [("A", "B"), ("B", "A")])
def test_the_newer_revision_supersedes_whichever_came_first(
    pipeline: Pipeline, catalog: Catalog, tmp_path: Path, order: tuple[str, str]
) -> None:
    paths = [_manual(tmp_path, f"gear-{label}.md", label, 70 + ord(label)) for label in order]
    reports = _ingest(pipeline, *paths)
    assert [report.outcome for report in reports] == ["added", "added"]
    assert sorted(_revisions(catalog)) == [
        ("X-100", "A", "superseded"),
        ("X-100", "B", "current"),
    ]
    expected = ["current", "current"] if order == ("A", "B") else ["current", "superseded"]
    assert [report.status for report in reports] == expected


def test_an_edited_file_without_a_number_supersedes_its_old_content(
    pipeline: Pipeline, catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "notes.md"
    path.write_text("Set 5 bar.", encoding="utf-8")
    other = tmp_path / "other.md"
    other.write_text("Other notes.", encoding="utf-8")
    _ingest(pipeline, path, other)
    path.write_text("Set 6 bar.", encoding="utf-8")
    _ingest(pipeline, path)
    assert sorted(status for _, _, status in _revisions(catalog)) == [
        "current",
        "current",
        "superseded",
    ]
    assert len(catalog.documents(LOCAL)) == 2


def test_folders_are_searched_for_readable_files_and_hidden_ones_are_left_out(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    folder = tmp_path / "plant"
    for name in ("b.md", "a.TXT", "sub/c.md", ".hidden.md", ".git/d.md", "table.csv", "photo.png"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Text of {name}.", encoding="utf-8")
    (folder / "folder.md").mkdir()
    reports = _ingest(pipeline, folder)
    assert [report.path.relative_to(folder).as_posix() for report in reports] == [
        "a.TXT",
        "b.md",
        "sub/c.md",
    ]
    assert {report.outcome for report in reports} == {"added"}


def test_a_folder_without_readable_files_is_reported_as_failed(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (report,) = _ingest(pipeline, folder)
    assert (report.path, report.outcome) == (folder, "failed")
    assert f"{folder} is a folder without a file that ends in .md, .pdf, .txt" in report.reason


def test_one_bad_file_never_stops_the_run(
    pipeline: Pipeline, catalog: Catalog, tmp_path: Path
) -> None:
    headings = tmp_path / "headings.md"
    headings.write_text("# Only\n\n## Headings\n", encoding="utf-8")
    (tmp_path / "photo.pdf").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\n%cut off")
    good = _manual(tmp_path, "good.md", "A", 70)
    bad = {
        tmp_path / "missing.pdf": "does not exist",
        tmp_path / ("x" * 300 + ".md"): "cannot be opened",
        headings: "holds nothing but headings. Check",
        tmp_path / "photo.pdf": "content is that of a .png file",
        tmp_path / "empty.txt": "is empty (0 bytes)",
        tmp_path / "cut.pdf": "is damaged or not a PDF",
        write_pdf(tmp_path / "blank.pdf", [[]]): "no text: it looks like a scan",
        write_pdf(tmp_path / "locked.pdf", [column("x")], password="y"): "is encrypted",
    }
    reports = _ingest(pipeline, *bad, good)
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
    failed, added = _ingest(Pipeline(home, catalog, BrokenEmbedder()), poison, good)
    assert (failed.outcome, added.outcome) == ("failed", "added")
    assert failed.reason == f"{poison}: unexpected RuntimeError: no more memory"
    assert "Traceback" in caplog.text
    assert _counts(catalog)["document"] == 1


def test_what_a_person_states_is_stored(
    pipeline: Pipeline, catalog: Catalog, tmp_path: Path
) -> None:
    stated = Stated(kind="bulletin", models=("X-1",), site="North")
    _ingest(pipeline, _manual(tmp_path, "gear.md", "A", 70), stated=stated)
    (document,) = catalog.documents(LOCAL)
    assert (document.kind, document.models, document.site) == ("bulletin", ("X-1",), "North")


def test_progress_goes_through_the_stages_in_order(pipeline: Pipeline, tmp_path: Path) -> None:
    path = _manual(tmp_path, "gear.md", "A", 70)
    steps: list[tuple[str, bool]] = []
    list(pipeline.ingest([path], Stated(), lambda _, stage, n, of: steps.append((stage, n == of))))
    assert steps == [
        ("reading", False),
        ("reading", True),
        ("embedding", True),
        ("storing", False),
        ("storing", True),
    ]


# Ingests files and kills itself: at a stage, or at a statement of the transaction.
KILLED = """
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from index import tables
from index.catalog import Catalog
from index.database import open_engine
from index.home import Home
from ingest.pipeline import Pipeline
from ingest.tagging import Stated
from tests.hash_embedder import HashEmbedder

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
    list(Pipeline(home, catalog, HashEmbedder()).ingest(paths, Stated(), progress))
"""


@pytest.mark.parametrize(
    "moment", ["embedding", "storing", "INSERT INTO chunk", "INSERT INTO change"]
)
def test_killing_a_run_leaves_the_old_state_and_the_next_run_completes(
    pipeline: Pipeline, home: Home, catalog: Catalog, tmp_path: Path, moment: str
) -> None:
    old, new = _manual(tmp_path, "old.md", "A", 70), _manual(tmp_path, "new.md", "B", 85)
    _ingest(pipeline, old)
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
    reports = _ingest(pipeline, old, new)
    assert [report.outcome for report in reports] == ["unchanged", "added"]
    assert _revisions(catalog) == [("X-100", "A", "superseded"), ("X-100", "B", "current")]
    assert _counts(catalog)["chunk"] == 2 * before[0]["chunk"]
    assert {path.suffix for path in home.originals.iterdir()} == {".md"}
