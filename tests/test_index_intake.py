"""The queue of files, and the log of what became of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.access import LOCAL
from index.home import Home
from index.intake import Intake
from index.intake_items import IntakeItem
from tests.ingesting import intake_of


@pytest.fixture
def intake(home: Home) -> Intake:
    return intake_of(home)


def _add(intake: Intake, key: str, **options: object) -> IntakeItem:
    item = intake.add(
        "document", key, original=f"{key}.md", name=f"{key}.md", source=key, options=options
    )
    assert item is not None
    return item


def _nobody(_: str) -> bool:
    return False


def test_files_are_claimed_in_the_order_in_which_they_came_each_once(intake: Intake) -> None:
    for key in "abc":
        _add(intake, key)
    claimed = [intake.claim(f"worker {n}") for n in range(4)]
    assert [item.content_hash if item else None for item in claimed] == ["a", "b", "c", None]
    assert [item.worker for item in intake.items(LOCAL, "running")] == [
        f"worker {n}" for n in range(3)
    ]


def test_only_named_files_are_claimed(intake: Intake) -> None:
    _add(intake, "a")
    wanted = _add(intake, "b")
    found = intake.claim("w", [wanted.item_id])
    assert found is not None
    assert found.content_hash == "b"
    assert intake.claim("w", []) is None


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_content_that_waits_or_is_in_is_not_added_again(intake: Intake, state: str) -> None:
    first = _add(intake, "a")
    if state != "queued":
        intake.claim("w")
    if state == "done":
        intake.finish(first.item_id, "done", "", {}, worker="w")
    again = _add(intake, "a")
    assert (again.item_id, again.state) == (first.item_id, state)
    assert len(intake.items(LOCAL)) == 1


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_failed_or_was_cancelled_is_queued_again(intake: Intake, state: str) -> None:
    first = _add(intake, "a")
    intake.claim("w")
    intake.finish(first.item_id, state, "why", {}, worker="w")  # type: ignore[arg-type]
    again = _add(intake, "a", kind="bulletin")
    assert (again.item_id, again.state, again.reason) == (first.item_id, "queued", "")
    assert (again.options, again.attempts) == ({"kind": "bulletin"}, 0)


def test_a_file_that_waits_takes_the_options_that_are_stated_last(intake: Intake) -> None:
    _add(intake, "a")
    assert _add(intake, "a", kind="bulletin").options == {"kind": "bulletin"}


def test_nothing_is_added_where_the_original_is_gone(intake: Intake) -> None:
    added = intake.add(
        "document", "a", original="a", name="a", source="a", options={}, is_kept=lambda: False
    )
    assert added is None
    assert intake.items(LOCAL) == []


@pytest.mark.parametrize(
    ("stage", "is_cancelled"), [("queued", True), ("reading", True), ("embedding", True)]
)
def test_a_file_is_cancelled_until_it_is_being_stored(
    intake: Intake, stage: str, is_cancelled: bool
) -> None:
    item = _add(intake, "a")
    if stage != "queued":
        claimed = intake.claim("w")
        assert claimed is not None
        intake.progress(claimed, stage, 0, 1)
    assert intake.cancel(LOCAL, item.item_id) is is_cancelled
    assert [each.state for each in intake.items(LOCAL)] == ["cancelled"]


def test_what_is_being_stored_is_as_good_as_done(intake: Intake) -> None:
    _add(intake, "a")
    item = intake.claim("w")
    assert item is not None
    assert intake.progress(item, "storing", 0, 1)
    assert not intake.cancel(LOCAL, item.item_id)
    intake.finish(item.item_id, "done", "", {}, worker="w")
    assert [each.state for each in intake.items(LOCAL)] == ["done"]


def test_a_worker_whose_file_was_cancelled_and_given_to_another_cannot_change_it(
    intake: Intake,
) -> None:
    _add(intake, "a")
    first = intake.claim("slow")
    assert first is not None
    intake.cancel(LOCAL, first.item_id)
    _add(intake, "a")
    second = intake.claim("other")
    assert second is not None
    assert not intake.progress(first, "reading", 1, 2)
    intake.finish(first.item_id, "cancelled", "", {}, worker="slow")
    assert intake.progress(second, "reading", 1, 2)
    assert [(item.state, item.worker) for item in intake.items(LOCAL)] == [("running", "other")]


def test_what_a_dead_worker_was_reading_is_queued_again_under_its_number(intake: Intake) -> None:
    item = _add(intake, "a")
    intake.claim("dead")
    _add(intake, "b")
    intake.claim("alive")
    assert intake.requeue_orphans(lambda worker: worker == "alive") == [item.item_id]
    assert [(each.content_hash, each.state) for each in intake.items(LOCAL)] == [
        ("a", "queued"),
        ("b", "running"),
    ]


def test_a_file_that_kills_its_worker_five_times_is_given_up(intake: Intake) -> None:
    item = _add(intake, "a")
    for _ in range(4):
        assert intake.claim("w") is not None
        intake.requeue_orphans(_nobody)
        assert [each.state for each in intake.items(LOCAL)] == ["queued"]
    assert intake.claim("w") is not None
    intake.requeue_orphans(_nobody)
    (given_up,) = intake.items(LOCAL, "failed")
    assert given_up.reason.startswith("The process that read it died 5 times. Save the file again")
    assert intake.claim("w") is None
    assert _add(intake, "a").item_id == item.item_id  # a person may try again
    assert intake.claim("w") is not None


def test_what_is_being_deleted_is_neither_added_nor_finished(intake: Intake) -> None:
    item = _add(intake, "a")
    claimed = intake.claim("w")
    assert claimed is not None
    intake.mark_deleting(["a"])
    assert not intake.progress(claimed, "reading", 0, 1)
    intake.finish(item.item_id, "done", "", {}, worker="w")
    assert [each.state for each in intake.items(LOCAL)] == ["deleting"]
    assert intake.add("document", "a", original="a", name="a", source="a", options={}) is None


def test_a_forgotten_file_goes_with_the_originals_that_no_other_row_names(
    intake: Intake, tmp_path: Path
) -> None:
    _add(intake, "a")
    intake.add("tickets", "t", original="shared.csv", name="t", source="t", options={})
    gone: list[str] = []
    intake.forget(["a"], ["shared.csv", "a.txt"], gone.append)
    assert gone == ["a.md", "a.txt"]
    assert [item.kind for item in intake.items(LOCAL)] == ["tickets"]


def test_a_table_that_comes_again_takes_the_last_place(intake: Intake) -> None:
    for key in ("t1", "t2", "t1"):
        intake.add("tickets", key, original=key, name=key, source=key, options={}, again=True)
    assert [item.content_hash for item in intake.items(LOCAL)] == ["t2", "t1"]


def test_what_is_lost_from_the_knowledge_is_read_again(intake: Intake) -> None:
    item = _add(intake, "a")
    assert not intake.requeue(item.item_id)  # it waits already
    intake.finish(item.item_id, "done", "", {})
    assert intake.requeue(item.item_id)
    assert intake.claim("w") is not None
