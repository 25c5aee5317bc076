"""The queue of files that wait, are being read, or could not be read, as HTML.

Every text is escaped. The buttons say in their data what they do to which item.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from index.intake_items import IntakeItem
from ui.document_detail import counted

_STAGES = {"reading": "reading", "embedding": "making it searchable", "storing": "storing"}
_MOST_WAITING = 12  # shown with a line each
_MOST_DONE = 20
_LEAST_S = 2.0  # for how long a rate is watched before it is believed


class Pace:
    """Estimates when an item is through, from how fast it has been embedded so far."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: dict[tuple[int, int, int], tuple[float, int]] = {}

    def left_s(self, item: IntakeItem) -> float | None:
        """Seconds until an item is embedded; None while that is not known."""
        if item.state != "running" or item.stage != "embedding" or not item.total:
            return None
        key = item.item_id, item.attempts, item.total
        if key not in self._first:
            self._first = {key: (self._clock(), item.done)}  # one item is read at a time
            return None
        since, done = self._first[key]
        elapsed = self._clock() - since
        if elapsed < _LEAST_S or item.done <= done:
            return None
        return (item.total - item.done) * elapsed / (item.done - done)


def queue_html(
    items: Sequence[IntakeItem],
    done: Sequence[IntakeItem],
    *,
    pace: Pace,
    problem: str = "",
    refused: Sequence[str] = (),
    note: str = "",
) -> str:
    """The queue: what runs, what waits in its order, what failed, what the last run brought in.

    Args:
        items: what is queued, running or failed, in the order in which it was taken in.
        done: what the last run brought in, the last one first.
        pace: estimates the time that is left.
        problem: what the process that reads said when it failed.
        refused: why files were not taken in.
        note: what the last tap led to.
    """
    running = [item for item in items if item.state == "running"]
    waiting = [item for item in items if item.state == "queued"]
    failed = [item for item in items if item.state == "failed"]
    rows = [f'<li class="fb-item fb-bad"><p>{escape(reason)}</p></li>' for reason in refused]
    if problem and (waiting or running):
        lines = "".join(f"<code>{escape(line)}</code>" for line in problem.splitlines())
        rows.append(
            '<li class="fb-item fb-bad"><p><b>Reading has stopped.</b> It is tried again by itself;'
            f" what waits is safe.</p><div class='fb-log'>{lines}</div></li>"
        )
    rows += [_running(item, pace) for item in running]
    rows += [_waiting(item, n, len(waiting)) for n, item in enumerate(waiting[:_MOST_WAITING], 1)]
    if len(waiting) > _MOST_WAITING:
        rows.append(f'<li class="fb-item fb-where">and {len(waiting) - _MOST_WAITING} more</li>')
    rows += [_failed(item) for item in failed]
    rows += [_done(item) for item in done[:_MOST_DONE]]
    if len(done) > _MOST_DONE:
        rows.append(f'<li class="fb-item fb-where">and {len(done) - _MOST_DONE} more are in</li>')
    said = f'<p class="fb-where fb-queue-note">{escape(note)}</p>' if note else ""
    return f'{said}<ul class="fb-queue">{"".join(rows)}</ul>' if rows or said else ""


def shown_name(item: IntakeItem) -> str:
    """The name of an item's file without its folder."""
    return Path(item.name).name


def remaining(seconds: float) -> str:
    """A time that is left, as roughly as it is known."""
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min left"
    return f"about {round(minutes / 60)} h left"


def _running(item: IntakeItem, pace: Pace) -> str:
    stage = _STAGES.get(item.stage, "starting")
    facts = [stage]
    if item.stage == "embedding":
        facts.append(f"{item.done} of {item.total}")
    left = pace.left_s(item)
    if left is not None:
        facts.append(remaining(left))
    bar = (
        f'<progress max="{item.total}" value="{item.done}"></progress>'
        if item.stage == "embedding" and item.total
        else '<progress class="fb-unknown"></progress>'
    )
    button = _button("cancel", item, "Cancel") if item.stage != "storing" else ""
    return _row("fb-now", item, " · ".join(facts), bar, button)


def _waiting(item: IntakeItem, number: int, count: int) -> str:
    return _row("", item, f"waits, {number} of {count}", "", _button("cancel", item, "Cancel"))


def _failed(item: IntakeItem) -> str:
    name = shown_name(item)
    reason = f'<p class="fb-reason">{escape(item.reason.replace(item.name, name))}</p>'
    buttons = _button("retry", item, "Try again") + _button("dismiss", item, "Dismiss")
    return _row("fb-bad", item, "could not be read", reason, buttons)


def _done(item: IntakeItem) -> str:
    report = item.report
    title = f"{report.get('title', '')} {report.get('revision', '')}".strip()
    status = report.get("status", "")
    held = {
        "draft": " · a draft: approve it to let it answer",
        "superseded": " · older than the revision that answers",
    }.get(str(status), "")
    numbers = (
        f"{counted(report.get('chunks', 0), 'piece')}, {report.get('codes', 0)} codes and parts, "
        f"{counted(report.get('safety_messages', 0), 'safety message')}"
    )
    body = f'<div class="fb-where">{escape(numbers)}{held}</div>'
    return _row("fb-good", item, title, body, "")


def _row(kind: str, item: IntakeItem, facts: str, body: str, buttons: str) -> str:
    return (
        f'<li class="fb-item {kind}"><div class="fb-item-text"><b>{escape(shown_name(item))}</b> '
        f'<span class="fb-where">{escape(facts)}</span>{body}</div>'
        f'<div class="fb-item-acts">{buttons}</div></li>'
    )


def _button(action: str, item: IntakeItem, label: str) -> str:
    about = f"{label}: {shown_name(item)}"
    return (
        f'<button type="button" class="fb-act" data-act="{action}" data-item="{item.item_id}" '
        f'aria-label="{escape(about)}">{label}</button>'
    )
