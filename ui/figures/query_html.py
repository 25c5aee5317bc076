"""The understood query as chips, questions to begin with, and what is asked back (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.analytics.asking.asked import AskBack, Choice
from assistant.analytics.presentation.labels import (
    filter_label,
    metric_label,
    name_label,
    range_label,
    time_field_label,
)
from assistant.analytics.query import Query
from ui.figures.edits import compare_words

EXAMPLES = (
    "Which five machines failed most this year?",
    "Total downtime on Line 3 last week in hours",
    "Downtime Pareto by failure mode this quarter",
    "Open tickets older than 14 days",
    "MTTR for pumps in the last 90 days",
    "今年故障次数最多的前十台设备是哪些？",
)


def examples_html() -> str:
    """Questions that can be tapped."""
    buttons = "".join(
        f'<button type="button" class="fb-act" data-act="example" data-item="{n}">'
        f"{escape(text)}</button>"
        for n, text in enumerate(EXAMPLES)
    )
    return f'<div class="fb-examples">{buttons}</div>'


def chips_html(query: Query) -> str:
    """The query as it was understood; a tap on × takes a part out."""
    chips = [
        _chip(metric_label(name), f"metric-{name}" if len(query.metrics) > 1 else "")
        for name in query.metrics
    ]
    chips += [_chip(f"by {name_label(name)}", f"dim-{name}") for name in query.dims]
    chips += [
        _chip(filter_label(one), f"filter-{number}") for number, one in enumerate(query.filters)
    ]
    span = range_label(query.time.range)
    if query.time.field is not None:
        span = f"{span}, {time_field_label(query.time.field)}"
    chips.append(_chip(span, "time" if query.time.range != "all" else ""))
    if query.compare is not None:
        chips.append(_chip(f"beside {compare_words(query.compare)}", "compare"))
    if query.order is not None:
        ordered = "largest first" if query.order == "desc" else "smallest first"
        chips.append(_chip(ordered, "order"))
    if query.limit is not None:
        chips.append(_chip(f"at most {query.limit}", "limit"))
    chips += [_chip(text, "") for text in _params(query)]
    return (
        f'<div class="fb-chips"><span class="fb-label">Understood as</span>{"".join(chips)}</div>'
    )


def ask_back_html(asked: AskBack) -> str:
    """What is asked back, with its choices as buttons."""
    is_told = not asked.word or asked.word in asked.question
    why = "" if is_told else f'<p class="fb-where">Not understood: {_line(asked.word)}</p>'
    return (
        f'<div class="fb-status fb-needs_clarification"><p>{_line(asked.question)}</p>{why}'
        f'<div class="fb-examples">{_choices(asked.choices)}</div></div>'
    )


def others_html(others: Sequence[Choice]) -> str:
    """Other readings of a question that was understood."""
    if not others:
        return ""
    head = '<p class="fb-label">It may also have meant</p>'
    return f'{head}<div class="fb-examples">{_choices(others)}</div>'


def _choices(choices: Sequence[Choice]) -> str:
    """Buttons, of which one without a query is words only."""
    return "".join(
        f'<button type="button" class="fb-act" data-act="choice" data-item="{n}">'
        f"{_line(one.label)}</button>"
        if one.query is not None
        else f"<span>{_line(one.label)}</span>"
        for n, one in enumerate(choices)
    )


def problem_html(text: str) -> str:
    """Why there is no figure, and what to do."""
    return f'<div class="fb-status fb-unsupported"><p>{_line(text)}</p></div>'


def said_html(text: str) -> str:
    """A value that was tapped."""
    return f"<p><b>{_line(text)}</b></p>"


def _params(query: Query) -> list[str]:
    """Only what was told: what a metric takes by itself stands in its definition."""
    told = query.params.model_dump(exclude_defaults=True)
    words = {
        "window_d": f"within {query.params.window_d} days",
        "basis": "calendar hours",
        "share": "with shares",
        "average": "on average",
        "confidence": f"{query.params.confidence:.0%} interval",
        "horizon_d": f"{query.params.horizon_d} days ahead",
    }
    return [words[name] for name in told if name in words]


def _chip(text: str, item: str) -> str:
    if not item:
        return f'<span class="fb-part">{_line(text)}</span>'
    return (
        f'<button type="button" class="fb-part fb-part-gone" data-act="drop" '
        f'data-item="{escape(item)}" aria-label="Leave out: {_line(text)}">'
        f'{_line(text)} <span aria-hidden="true">×</span></button>'
    )


def _line(text: str) -> str:
    return escape(" ".join(str(text).split()))
