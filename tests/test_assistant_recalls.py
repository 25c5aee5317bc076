"""Answers and orders that cite what people took back are found and marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.messages import Answer
from assistant.records import Turn
from assistant.work_orders import WorkOrder
from index.access import LOCAL
from index.catalog import EVERY_STATUS
from ingest.tagging import Stated
from tests.ui_services import services_of
from ui.wiring import Services

QUESTION = "What does E-1 mean on the gear?"


def _manual(folder: Path, revision: str) -> Path:
    path = folder / f"gear-{revision}.md"
    path.write_text(
        f"# Gear manual\n\nDocument no. X-100\n\nRevision {revision}\n\n## Faults\n\n"
        "| Code | Meaning | Cause | Remedy |\n|---|---|---|---|\n"
        f"| E-1 | Gear noisy | loose bolts | tighten to {ord(revision)} N·m |\n",
        encoding="utf-8",
    )
    return path


def _ingest(services: Services, path: Path, *, hold: bool = False) -> None:
    reports = services.worker.ingest(LOCAL, [path], Stated(), lambda *_: None, hold=hold)
    assert [report.outcome for report in reports] == ["added"]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = services_of(tmp_path / "home")
    _ingest(services, _manual(tmp_path, "A"))
    yield services
    services.catalog.engine.dispose()
    services.records.engine.dispose()


def _asked(services: Services) -> Turn:
    turn_id = services.jobs.start(LOCAL, services.records.open_conversation(LOCAL), QUESTION, None)
    list(services.jobs.follow(LOCAL, turn_id))
    return services.records.turn(LOCAL, turn_id)


def _marks(services: Services, turn: Turn, order: WorkOrder) -> tuple[str, ...]:
    """The marks of an answer, which its order has as well."""
    assert isinstance(turn.answer, Answer)
    marks = services.recalls.of_answer(LOCAL, turn.answer, turn.started_at)
    assert services.recalls.of_order(LOCAL, order) == marks
    return marks


def _revision(services: Services, label: str) -> int:
    every = services.catalog.documents(LOCAL, EVERY_STATUS)
    return next(d.revision_id for d in every if d.revision == label)


@pytest.fixture
def cited(services: Services) -> tuple[Turn, WorkOrder]:
    turn = _asked(services)
    return turn, services.work_orders.draft(LOCAL, turn)


def test_what_cites_an_approved_revision_has_no_mark(
    services: Services, cited: tuple[Turn, WorkOrder]
) -> None:
    assert _marks(services, *cited) == ()


def test_a_withdrawn_manual_marks_what_cites_it_with_the_reason(
    services: Services, cited: tuple[Turn, WorkOrder]
) -> None:
    services.curator.withdraw(LOCAL, [_revision(services, "A")], "wrong torque")
    (mark,) = _marks(services, *cited)
    assert mark.startswith("X-100 A was withdrawn on 20")
    assert mark.endswith("(wrong torque). Do not work from it.")
    services.curator.approve(LOCAL, [_revision(services, "A")])
    assert _marks(services, *cited) == ()


def test_a_newer_revision_marks_what_cites_the_older(
    services: Services, cited: tuple[Turn, WorkOrder], tmp_path: Path
) -> None:
    _ingest(services, _manual(tmp_path, "B"), hold=True)
    assert _marks(services, *cited) == ()  # a draft changes nothing yet
    services.curator.approve(LOCAL, [_revision(services, "B")])
    assert _marks(services, *cited) == (
        "X-100 A was replaced by a newer revision. Ask again before you work from it.",
    )


def test_a_correction_marks_what_was_written_before_it(
    services: Services, cited: tuple[Turn, WorkOrder]
) -> None:
    revision = _revision(services, "A")
    services.curator.correct(LOCAL, revision, {"title": "Gears"})
    assert _marks(services, *cited) == ()  # a better title makes no answer wrong
    services.curator.correct(LOCAL, revision, {"models": ["G-2"]})
    (mark,) = _marks(services, *cited)
    assert "was corrected after this was written (models)" in mark
    late = _asked(services)
    assert late.answer is not None
    assert services.recalls.of_answer(LOCAL, late.answer, late.started_at) == ()


def test_an_order_made_after_a_correction_from_an_older_answer_is_marked(
    services: Services,
) -> None:
    turn = _asked(services)
    services.curator.correct(LOCAL, _revision(services, "A"), {"models": ["G-2"]})
    order = services.work_orders.draft(LOCAL, turn)
    assert len(services.recalls.of_order(LOCAL, order)) == 1


def test_a_deleted_manual_marks_what_cites_it_and_leaves_no_trace(
    services: Services, cited: tuple[Turn, WorkOrder]
) -> None:
    (document,) = services.catalog.documents(LOCAL)
    deletion = services.curator.delete(LOCAL, document.document_id, lambda: services.caches)
    assert set(deletion.traces.values()) == {0}
    assert _marks(services, *cited) == (
        "X-100 A was deleted after this was written. Do not work from it.",
    )


def test_every_answer_and_order_that_cites_a_document_is_listed(
    services: Services, cited: tuple[Turn, WorkOrder]
) -> None:
    turn, order = cited
    (document,) = services.catalog.documents(LOCAL)
    found = services.recalls.citing(LOCAL, [document.content_hash])
    assert [(c.kind, c.record_id, c.title) for c in found] == [
        ("answer", turn.turn_id, QUESTION),
        ("work order", order.uid, order.title),
    ]
    assert found[1].number == order.number
    assert services.recalls.citing(LOCAL, ["0" * 64]) == []
