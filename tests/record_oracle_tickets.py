"""The oracle of the questions that count or list tickets and assets."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tests.record_answers import (
    Answer,
    Key,
    answers,
    asset_of,
    by,
    compared,
    counted,
    counts,
    failing,
    failures,
    listed,
    one,
)
from tests.record_plant import Plant, Ticket
from tests.record_sums import Spans, within


@answers("q01")
def _(plant: Plant) -> Answer:
    return one(len(failures(plant, Spans(plant).last_month)))


@answers("q02")
@answers("c02")
def _(plant: Plant) -> Answer:
    return counts(by(failures(plant, Spans(plant).this_year), asset_of))


@answers("q09")
def _(plant: Plant) -> Answer:
    return _open_longer_than(plant, 14)


@answers("q20")
def _(plant: Plant) -> Answer:
    found: Counter[Key] = Counter()
    for ticket in failing(plant, lambda ticket: ticket.stop is not None):
        if ticket.stop and ticket.stop[0] < ticket.stop[1] < float("inf"):
            found.update((code,) for code in ticket.codes)
    return Answer({key: (number,) for key, number in found.items()})


@answers("q21")
def _(plant: Plant) -> Answer:
    year = Spans(plant).this_year
    return listed(counted(plant, year, lambda ticket: "E-417" in ticket.codes))


@answers("q22")
def _(plant: Plant) -> Answer:
    month = counted(plant, Spans(plant).this_month, _has_length)
    return _first(listed(month, _length))


@answers("q22.1")
def _(plant: Plant) -> Answer:
    start, end = Spans(plant).this_month
    stood = [
        ticket
        for ticket in plant.tickets
        if ticket.stop is not None and ticket.stop[0] < end and start < ticket.stop[1]
    ]
    return _first(listed([ticket for ticket in stood if _has_length(ticket)], _length))


@answers("q26")
def _(plant: Plant) -> Answer:
    year = failures(plant, Spans(plant).last_months(12))
    return counts(by(year, lambda ticket: f"{ticket.local:%A}"))


@answers("q27")
def _(plant: Plant) -> Answer:
    cell = failures(
        plant, Spans(plant).last_days(182), lambda ticket: ticket["area"] == "Robot cell 4"
    )
    return counts(by(cell, lambda ticket: f"{ticket.local:%G-W%V}"))


@answers("q28")
def _(plant: Plant) -> Answer:
    reopened = {ticket["reopened_from"] for ticket in plant.tickets}
    recent = counted(plant, Spans(plant).last_days(90))
    return one(sum(bool(each["reopened_from"]) or each.id in reopened for each in recent))


@answers("q29")
def _(plant: Plant) -> Answer:
    high = counted(
        plant, Spans(plant).last_days(30), lambda ticket: ticket["priority"] in ("1", "2")
    )
    return listed([ticket for ticket in high if _waited(plant, ticket) > 30 * 60])


@answers("q30")
def _(plant: Plant) -> Answer:
    named = {ticket.asset for ticket in counted(plant, Spans(plant).this_year)}
    return Answer(ids=tuple(tag for tag in plant.assets if tag not in named))


@answers("q34")
def _(plant: Plant) -> Answer:
    spans = Spans(plant)
    before = spans.between(date(2025, 9, 16), date(2026, 3, 15))
    since = spans.between(date(2026, 3, 15), date(2026, 9, 11))
    press = [len(failures(plant, span, lambda t: t.asset == "PR-02")) for span in (before, since)]
    return compared("failure_count", press[1], press[0])


@answers("q35")
def _(plant: Plant) -> Answer:
    return one(len(counted(plant, Spans(plant).this_month, lambda ticket: not ticket.asset)))


@answers("q35.1")
def _(plant: Plant) -> Answer:
    return listed(counted(plant, Spans(plant).this_month, lambda ticket: not ticket.asset))


@answers("q37")
def _(plant: Plant) -> Answer:
    span = Spans(plant).last_days(30)
    return listed([ticket for ticket in _without_cause(plant) if within(ticket.completed, span)])


@answers("q37.1")
def _(plant: Plant) -> Answer:
    span = Spans(plant).last_days(30)
    return listed([ticket for ticket in _without_cause(plant) if within(ticket.reported, span)])


@answers("q39")
def _(plant: Plant) -> Answer:
    month_end = Spans(plant).last_month[1]
    return one(sum(_was_open(t, month_end) for t in plant.tickets if t.is_known_to_be_safety))


@answers("q40")
def _(plant: Plant) -> Answer:
    jams = failing(
        plant,
        lambda ticket: (
            ticket["class"] == "conveyor"
            and "jam" in ticket["failure_mode"].casefold()
            and ticket.shift == "night"
        ),
    )
    return counts(by(jams, "cause"))


@answers("c05")
def _(plant: Plant) -> Answer:
    return _open_longer_than(plant, 7)


@answers("c11")
def _(plant: Plant) -> Answer:
    return listed(counted(plant, Spans(plant).always, lambda ticket: "E-203" in ticket.codes))


@answers("c15")
def _(plant: Plant) -> Answer:
    return _first(listed(counted(plant, Spans(plant).always, _has_length), _length))


def _open_longer_than(plant: Plant, days: int) -> Answer:
    old = [
        ticket
        for ticket in plant.tickets
        if ticket.is_open and plant.now - ticket.reported > days * 86400
    ]
    return listed(old, lambda ticket: plant.now - ticket.reported)


def _without_cause(plant: Plant) -> list[Ticket]:
    return [each for each in plant.tickets if each.status == "done" and not each["cause"]]


def _has_length(ticket: Ticket) -> bool:
    return ticket.stop is not None and ticket.stop[1] < float("inf")


def _length(ticket: Ticket) -> float:
    assert ticket.stop is not None
    return ticket.stop[1] - ticket.stop[0]


def _first(answer: Answer) -> Answer:
    assert answer.ids is not None
    return Answer(ids=answer.ids[:1], is_ordered=True)


def _waited(plant: Plant, ticket: Ticket) -> float:
    """Seconds until a ticket was answered; where nobody did, the work itself did, or none yet."""
    answered = (ticket.acknowledged, ticket.started, ticket.completed, plant.now)
    return next(moment for moment in answered if moment is not None) - ticket.reported


def _was_open(ticket: Ticket, moment: float) -> bool:
    if ticket.reported >= moment:
        return False
    return ticket.is_open or (ticket.completed is not None and ticket.completed >= moment)
