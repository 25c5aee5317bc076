"""The queue as HTML: what stands there of each state, and how long it still takes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from index.intake_items import IntakeItem
from tests.html_tags import Tags
from tests.ui_services import HOSTILE
from ui.intake_queue import Pace, queue_html, remaining


class _Clock:
    """A clock that a test sets; seconds."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def _item(number: int = 1, **changes: Any) -> IntakeItem:
    values: dict[str, Any] = {
        "item_id": number,
        "kind": "document",
        "content_hash": f"{number:064x}",
        "original": f"{number:064x}.pdf",
        "name": f"/plant/manual-{number}.pdf",
        "source": "",
        "options": {},
        "state": "queued",
        "worker": "",
        "attempts": 1,
        "stage": "",
        "done": 0,
        "total": 0,
        "reason": "",
        "report": {},
        "taken_at": "2026-03-01T08:00:00.000+00:00",
        "started_at": None,
        "finished_at": None,
    }
    return IntakeItem(**values | changes)


def _html(*items: IntakeItem, done: tuple[IntakeItem, ...] = (), **changes: Any) -> str:
    return queue_html(items, done, **{"pace": Pace(_Clock()), **changes})


def _acts(html: str) -> list[tuple[str, str]]:
    return re.findall(r'data-act="(\w+)" data-item="(\d+)"', html)


def test_an_empty_queue_shows_nothing() -> None:
    assert _html() == ""


def test_what_waits_has_its_place_and_can_be_cancelled() -> None:
    html = _html(_item(4), _item(7))
    assert '<b>manual-4.pdf</b> <span class="fb-where">waits, 1 of 2</span>' in html
    assert '<b>manual-7.pdf</b> <span class="fb-where">waits, 2 of 2</span>' in html
    assert _acts(html) == [("cancel", "4"), ("cancel", "7")]
    assert "/plant" not in html


def test_a_long_queue_names_the_first_twelve_and_counts_the_rest() -> None:
    html = _html(*(_item(n) for n in range(1, 31)))
    assert "manual-12.pdf" in html
    assert "manual-13.pdf" not in html
    assert "and 18 more" in html
    assert "1 of 30" in html


def test_what_is_read_shows_its_stage_and_a_bar() -> None:
    reading = _html(_item(state="running", stage="reading", total=1))
    assert "reading" in reading
    assert "value=" not in re.findall(r"<progress[^>]*>", reading)[0]  # how far is not known
    embedding = _html(_item(state="running", stage="embedding", done=30, total=120))
    assert "making it searchable · 30 of 120" in embedding
    assert '<progress max="120" value="30">' in embedding
    assert _acts(embedding) == [("cancel", "1")]


def test_what_is_being_stored_cannot_be_cancelled_any_more() -> None:
    assert _acts(_html(_item(state="running", stage="storing", total=1))) == []


def test_what_failed_says_why_and_can_be_tried_again_or_dismissed() -> None:
    reason = "/plant/manual-1.pdf is encrypted. Save it without a password."
    html = _html(_item(state="failed", reason=reason))
    assert "manual-1.pdf is encrypted. Save it without a password." in html
    assert "/plant" not in html
    assert _acts(html) == [("retry", "1"), ("dismiss", "1")]


def test_what_the_last_run_brought_in_shows_its_numbers() -> None:
    report = {"title": "HP-40 Press", "revision": "C", "chunks": 12, "codes": 3}
    html = _html(done=(_item(state="done", report={**report, "safety_messages": 2}),))
    assert "HP-40 Press C" in html
    assert "12 pieces, 3 codes and parts, 2 safety messages" in html
    html = _html(done=(_item(state="done", report={"chunks": 1, "safety_messages": 1}),))
    assert "1 piece, 0 codes and parts, 1 safety message<" in html


@pytest.mark.parametrize(
    ("status", "words"),
    [("draft", "a draft: approve it"), ("superseded", "older than the revision that answers")],
)
def test_a_file_that_does_not_answer_says_so(status: str, words: str) -> None:
    html = _html(done=(_item(state="done", report={"title": "X", "status": status}),))
    assert words in html


def test_a_report_of_nothing_is_shown_as_nothing() -> None:
    assert "0 pieces, 0 codes and parts" in _html(done=(_item(state="done"),))


def test_a_reader_that_died_is_told_while_something_waits() -> None:
    words = "The model <x> is missing.\nRun 'faultbook models fetch'."
    html = _html(_item(), problem=words)
    assert "Reading has stopped." in html
    assert "<code>The model &lt;x&gt; is missing.</code>" in html
    assert _html(problem=words) == ""


def test_refused_files_and_the_last_tap_are_told() -> None:
    html = _html(refused=("a.exe has the ending '.exe'",), note="b.md is cancelled.")
    assert "a.exe has the ending &#x27;.exe&#x27;" in html
    assert "b.md is cancelled." in html


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("state", ["queued", "running", "failed", "done"])
def test_hostile_names_reasons_and_titles_are_shown_as_text(text: str, state: str) -> None:
    name = text.replace("/", "_")
    item = _item(name=name, state=state, reason=text, stage=text, report={"title": text})
    html = _html(item, problem=text, refused=(text,), note=text, done=(item,))
    assert Tags(html).found <= {"ul", "li", "p", "b", "span", "div", "code", "progress", "button"}


def test_the_time_that_is_left_follows_the_rate_of_embedding() -> None:
    clock = _Clock()
    pace = Pace(clock)
    running = {"state": "running", "stage": "embedding", "total": 1000}
    assert pace.left_s(_item(**running, done=100)) is None  # one look gives no rate
    clock.at = 1.0
    assert pace.left_s(_item(**running, done=110)) is None  # too early to believe it
    clock.at = 10.0
    assert pace.left_s(_item(**running, done=150)) == pytest.approx(170.0)  # 850 left at 5 a second
    clock.at = 20.0
    assert pace.left_s(_item(**running, done=100)) is None  # it stands still
    assert pace.left_s(_item(2, **running, done=500)) is None  # another file


@pytest.mark.parametrize("stage", ["", "reading", "storing"])
def test_no_time_is_made_up_for_other_stages(stage: str) -> None:
    clock = _Clock()
    pace = Pace(clock)
    for clock.at in (0.0, 10.0, 20.0):
        left = pace.left_s(_item(state="running", stage=stage, done=int(clock.at), total=100))
        assert left is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute left"),
        (59, "less than a minute left"),
        (90, "about 2 min left"),
        (600, "about 10 min left"),
        (7200, "about 2 h left"),
    ],
)
def test_a_time_is_told_as_roughly_as_it_is_known(seconds: float, words: str) -> None:
    assert remaining(seconds) == words
