"""Saved figures, what their schedules made, and the dashboard, as HTML (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from assistant.analytics.figure import Figure
from assistant.analytics.presentation.labels import (
    filter_label,
    metric_label,
    name_label,
    range_label,
)
from assistant.analytics.presentation.words import as_of_words, language_of, sentence
from assistant.analytics.query import Query
from assistant.analytics.saved.saved_figures import SavedFigure
from assistant.analytics.saved.scheduling import FigureRun
from ui.figures.figure_html import chart_html

NOTHING = '<p class="fb-where">Nothing is saved yet. Make a figure, then save it under a name.</p>'


def query_words(query: Query) -> str:
    """A query as a short title."""
    parts = [" and ".join(metric_label(name) for name in query.metrics)]
    if query.dims:
        parts.append("by " + " and ".join(name_label(name) for name in query.dims))
    parts += [filter_label(one) for one in query.filters]
    return f"{' '.join(parts[:2])}{''.join(f', {p}' for p in parts[2:])}, " + range_label(
        query.time.range
    )


def saved_html(found: Sequence[SavedFigure], deleting: str = "") -> str:
    """The list, with what can be done to each; ``deleting`` is the one that is asked about."""
    if not found:
        return NOTHING
    items = "".join(_item(one, is_asked=one.saved_id == deleting) for one in found)
    return f'<ul class="fb-queue fb-sessions">{items}</ul>'


def runs_html(saved: SavedFigure, runs: Sequence[FigureRun]) -> str:
    """What a schedule made, the newest first, each to be opened."""
    if not runs:
        return f'<p class="fb-where">{_line(saved.name)}: nothing was due yet.</p>'
    items = "".join(_run(saved, run) for run in runs[:20])
    head = f"<p><b>{_line(saved.name)}</b>, as the schedule made it</p>"
    return f'{head}<ul class="fb-queue fb-sessions">{items}</ul>'


def dashboard_html(made: Sequence[tuple[SavedFigure, Figure | str]]) -> str:
    """The pinned figures, each as a card; a text says why there is none."""
    if not made:
        return ""
    cards = "".join(_card(saved, figure) for saved, figure in made)
    return f'<h4>Pinned</h4><div class="fb-board">{cards}</div>'


def _card(saved: SavedFigure, figure: Figure | str) -> str:
    item = escape(saved.saved_id)
    head = f"<h5>{_line(saved.name)}</h5>"
    acts = _acts(_button("open", item, "Open"), _button("unpin", item, "Take off"))
    if isinstance(figure, str):
        why = f'<p class="fb-failed">{_line(figure)}</p>'
        return f'<section class="fb-card">{head}{why}{acts}</section>'
    language = language_of(saved.question)
    return (
        f'<section class="fb-card">{head}<p>{_line(sentence(figure, language))}</p>'
        f"{chart_html(figure, language, is_card=True)}"
        f'<p class="fb-where">{_line(as_of_words(figure, language))}</p>{acts}</section>'
    )


def _item(saved: SavedFigure, *, is_asked: bool) -> str:
    item = escape(saved.saved_id)
    facts = [] if saved.is_mine else [f"of {saved.owner}"]
    facts += ["shared"] if saved.is_shared and saved.is_mine else []
    if saved.schedule is not None and saved.next_at is not None:
        facts.append(f"{saved.schedule.text}, next {moment(saved.next_at, saved.time_zone)}")
    where = f'<div class="fb-where">{_line(" · ".join(facts))}</div>' if facts else ""
    buttons = [_button("open", item, "Open")]
    if saved.schedule is not None and saved.is_mine:
        buttons.append(_button("runs", item, "Results"))
    pin = ("unpin", "Take off") if saved.is_pinned else ("pin", "Pin")
    buttons.append(_button(pin[0], item, pin[1]))
    if saved.is_mine and is_asked:
        buttons = [_button("really", item, "Delete for good"), _button("keep", item, "Keep it")]
    elif saved.is_mine:
        buttons.append(_button("delete", item, "Delete"))
    return (
        f'<li class="fb-item"><div class="fb-item-text"><b>{_line(saved.name)}</b>'
        f'<div class="fb-where">{_line(query_words(saved.query))}</div>{where}</div>'
        f"{_acts(*buttons)}</li>"
    )


def _run(saved: SavedFigure, run: FigureRun) -> str:
    language = language_of(saved.question)
    said = sentence(run.figure, language) if run.figure is not None else run.reason
    zone = saved.time_zone
    late = f", made {moment(run.made_at, zone)}" if run.made_at[:16] > run.due_at[:16] else ""
    item = escape(f"{saved.saved_id}/{run.run_id}")
    acts = _acts(_button("run", item, "Show")) if run.figure is not None else ""
    return (
        f'<li class="fb-item"><div class="fb-item-text"><p>{_line(said)}</p>'
        f'<div class="fb-where">due {moment(run.due_at, zone)}{late}</div></div>{acts}</li>'
    )


def moment(stamp: str, time_zone: str) -> str:
    """A stored time on the clock of a site, to the minute, with its zone said."""
    local = datetime.fromisoformat(stamp).astimezone(ZoneInfo(time_zone))
    return f"{local:%Y-%m-%d %H:%M} ({time_zone})"


def _acts(*buttons: str) -> str:
    return f'<div class="fb-item-acts">{"".join(buttons)}</div>'


def _button(act: str, item: str, label: str) -> str:
    return (
        f'<button type="button" class="fb-act" data-act="{act}" data-item="{item}">{label}</button>'
    )


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
