"""What people do with documents, from decision to rebuild."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import record_tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import EVERY_STATUS, Catalog
from index.checking import fingerprint
from index.corrections import Corrections
from index.database import open_engine
from index.decisions import Decisions
from index.errors import DocumentUnknown, HomeError, StatusRefused
from index.home import Home
from ingest.rebuilding import rebuild
from ingest.tagging import Stated
from tests.hash_embedder import HashEmbedder
from tests.ingesting import curator_of, intake_of, worker_of


def _manual(folder: Path, revision: str, number: str = "X-100") -> Path:
    path = folder / f"{number}-{revision}.md"
    path.write_text(
        f"# Gear\n\nDocument no. {number}\n\nRevision {revision}\n\n"
        f"Set {ord(revision)} bar here.\n",
        encoding="utf-8",
    )
    return path


def _ingest(home: Home, catalog: Catalog, *paths: Path, stated: Stated | None = None) -> None:
    worker = worker_of(home, catalog, HashEmbedder())
    reports = list(worker.ingest(LOCAL, paths, stated or Stated(), lambda *_: None))
    assert [report.outcome for report in reports if report.outcome == "failed"] == []


def _rebuild(home: Home, catalog: Catalog) -> None:
    before = fingerprint(catalog)
    catalog.engine.dispose()
    records = open_engine(home.records, record_tables.MIGRATIONS)
    assert rebuild(home, records, HashEmbedder(), lambda *_: None) == []
    assert fingerprint(catalog) == before


def _revision(catalog: Catalog, label: str) -> int:
    every = catalog.documents(LOCAL, EVERY_STATUS)
    return next(d.revision_id for d in every if d.revision == label)


def _statuses(catalog: Catalog) -> dict[str, str]:
    return {d.revision: d.status for d in catalog.documents(LOCAL, EVERY_STATUS)}


def test_decisions_and_corrections_survive_reingestion_a_new_revision_and_a_rebuild(
    home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    first = _manual(tmp_path, "A")
    _ingest(home, catalog, first, stated=Stated(kind="bulletin", models=("M-1",)))
    curator = curator_of(home, catalog)
    curator.correct(LOCAL, _revision(catalog, "A"), {"title": "Press", "kind": "procedure"})
    _ingest(home, catalog, first)  # the same file
    _ingest(home, catalog, _manual(tmp_path, "B"))
    curator.withdraw(LOCAL, [_revision(catalog, "B")], "wrong")
    curator.approve(LOCAL, [_revision(catalog, "A")])
    _ingest(home, catalog, _manual(tmp_path, "C"))
    assert _statuses(catalog) == {"A": "superseded", "B": "withdrawn", "C": "approved"}
    _rebuild(home, catalog)
    assert _statuses(catalog) == {"A": "superseded", "B": "withdrawn", "C": "approved"}
    (document,) = catalog.documents(LOCAL)
    # What was stated at ingestion gives way to what a person corrected later.
    assert (document.title, document.kind, document.models) == ("Press", "procedure", ("M-1",))


def test_a_decision_that_was_only_written_down_is_carried_out_at_the_next_start(
    home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    _ingest(home, catalog, _manual(tmp_path, "A"))
    (document,) = catalog.documents(LOCAL)
    decisions = Decisions(open_engine(home.records, record_tables.MIGRATIONS))
    decisions.record([document.content_hash], "withdrawn", "", "kim", is_done=False)
    curator_of(home, catalog).finish_deletions()
    assert _statuses(catalog) == {"A": "withdrawn"}
    assert decisions.pending() == []


def test_a_refused_decision_is_not_written_down(
    home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    _ingest(home, catalog, _manual(tmp_path, "A"), _manual(tmp_path, "B"))
    with pytest.raises(StatusRefused):
        curator_of(home, catalog).approve(LOCAL, [_revision(catalog, "A")])
    decisions = Decisions(open_engine(home.records, record_tables.MIGRATIONS))
    assert decisions.all() == []


def test_a_deletion_takes_every_revision_and_what_was_said_about_them(
    home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    paths = [_manual(tmp_path, "A"), _manual(tmp_path, "B")]
    copy = paths[0].with_suffix(".txt")  # the same content under another ending
    copy.write_bytes(paths[0].read_bytes())
    _ingest(home, catalog, *paths, copy, _manual(tmp_path, "A", "X-200"))
    curator = curator_of(home, catalog)
    curator.correct(LOCAL, _revision(catalog, "B"), {"title": "Press"})
    document = next(d for d in catalog.documents(LOCAL) if d.number == "X-100")
    caches = Caches(catalog, HashEmbedder(), home.cache)
    deletion = curator.delete(LOCAL, document.document_id, lambda: caches)
    assert len(deletion.content_hashes) == 2
    assert set(deletion.traces.values()) == {0}
    assert len(list(home.originals.iterdir())) == 1
    assert [item.name for item in intake_of(home).items(LOCAL)] == [str(tmp_path / "X-200-A.md")]
    corrections = Corrections(open_engine(home.records, record_tables.MIGRATIONS))
    assert corrections.of(document.content_hash, "X100") == []
    with pytest.raises(DocumentUnknown, match="There is no document"):
        curator.delete(LOCAL, document.document_id, lambda: caches)
    _ingest(home, catalog, paths[0])  # it can come back, as it is printed
    assert "Gear" in {d.title for d in catalog.documents(LOCAL) if d.number == "X-100"}
    _rebuild(home, catalog)


def test_nothing_is_taken_in_or_decided_while_the_knowledge_is_made_anew(
    home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    path = _manual(tmp_path, "A")
    _ingest(home, catalog, path)
    with home.changing_knowledge(alone=True):
        with pytest.raises(HomeError, match="made anew"):
            curator_of(home, catalog).withdraw(LOCAL, [1], "")
        with pytest.raises(HomeError, match="made anew"):
            _ingest(home, catalog, path)
    records = open_engine(home.records, record_tables.MIGRATIONS)
    with home.changing_knowledge(), pytest.raises(HomeError, match="just being changed"):
        rebuild(home, records, HashEmbedder(), lambda *_: None)
    assert _statuses(catalog) == {"A": "approved"}


def test_a_lost_original_stops_a_rebuild_and_the_old_knowledge_stays(
    home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    _ingest(home, catalog, _manual(tmp_path, "A"))
    next(home.originals.iterdir()).unlink()
    records = open_engine(home.records, record_tables.MIGRATIONS)
    with pytest.raises(HomeError, match="1 originals are missing"):
        rebuild(home, records, HashEmbedder(), lambda *_: None)
    assert _statuses(catalog) == {"A": "approved"}


def test_a_file_is_read_again_where_the_knowledge_was_lost(
    home: Home, catalog: Catalog, tmp_path: Path
) -> None:
    path = _manual(tmp_path, "A")
    _ingest(home, catalog, path)
    (document,) = catalog.documents(LOCAL)
    with catalog.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM document")
    _ingest(home, catalog, path)
    assert catalog.documents(LOCAL)[0].content_hash == document.content_hash
