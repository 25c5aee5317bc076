"""Drafts are let through together while the golden questions pass, and taken back together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.evaluation import GoldenQuestion
from index.access import LOCAL
from index.catalog import EVERY_STATUS
from ingest.tagging import Stated
from tests.ui_services import services_of
from ui.releasing import ReleaseRefused, release, roll_back
from ui.wiring import Services


def _manual(folder: Path, revision: str, remedy: str) -> Path:
    path = folder / f"gear-{revision}.md"
    path.write_text(
        f"# Gear manual\n\nDocument no. X-100\n\nRevision {revision}\n\n## Faults\n\n"
        "| Code | Meaning | Cause | Remedy |\n|---|---|---|---|\n"
        f"| E-1 | Gear noisy | loose bolts | {remedy} |\n",
        encoding="utf-8",
    )
    return path


def _golden(fact: str) -> GoldenQuestion:
    return GoldenQuestion(
        id="gear-01",
        kind="code",
        question="E-1",
        asset=None,
        document="X-100",
        pages=(1,),
        facts=(fact,),
        warnings=(),
        answerable=True,
    )


def _ingest(services: Services, path: Path, *, hold: bool = False) -> None:
    reports = services.worker.ingest(LOCAL, [path], Stated(), lambda *_: None, hold=hold)
    assert [report.outcome for report in reports] == ["added"]


def _statuses(services: Services) -> dict[str, str]:
    return {d.revision: d.status for d in services.catalog.documents(LOCAL, EVERY_STATUS)}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = services_of(tmp_path / "home")
    _ingest(services, _manual(tmp_path, "A", "tighten the bolts to 70"))
    yield services
    services.catalog.engine.dispose()
    services.records.engine.dispose()


def _release(services: Services, fact: str, *, force: bool = False) -> None:
    release(services, LOCAL, [_golden(fact)], lambda *_: None, force=force)


def test_drafts_are_let_through_where_the_questions_still_pass_and_taken_back(
    services: Services, tmp_path: Path
) -> None:
    _ingest(services, _manual(tmp_path, "B", "tighten the bolts to 75"), hold=True)
    assert _statuses(services) == {"A": "approved", "B": "draft"}
    _release(services, "tighten the bolts")
    assert _statuses(services) == {"A": "superseded", "B": "approved"}
    roll_back(services, LOCAL)
    assert _statuses(services) == {"A": "approved", "B": "draft"}
    with pytest.raises(ReleaseRefused, match="no release to take back"):
        roll_back(services, LOCAL)


def test_nothing_changes_where_a_question_would_be_lost(services: Services, tmp_path: Path) -> None:
    _ingest(services, _manual(tmp_path, "B", "replace the gear"), hold=True)
    with pytest.raises(ReleaseRefused, match=r"fail with the drafts: gear-01\."):
        _release(services, "tighten the bolts")
    assert _statuses(services) == {"A": "approved", "B": "draft"}
    _release(services, "tighten the bolts", force=True)
    assert _statuses(services) == {"A": "superseded", "B": "approved"}


def test_a_question_that_fails_without_the_drafts_does_not_hold_them_back(
    services: Services, tmp_path: Path
) -> None:
    _ingest(services, _manual(tmp_path, "B", "replace the gear"), hold=True)
    _release(services, "replace the gear")
    assert _statuses(services) == {"A": "superseded", "B": "approved"}


def test_without_drafts_there_is_nothing_to_release(services: Services) -> None:
    with pytest.raises(ReleaseRefused, match="No draft waits"):
        _release(services, "tighten")
