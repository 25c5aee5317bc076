"""The oracle of the questions on downtime, repair and response times, hours and cost."""

from __future__ import annotations

from itertools import pairwise

from tests.record_answers import (
    SOUTH,
    Answer,
    Key,
    Value,
    Where,
    answers,
    asset_of,
    by,
    completed,
    counted,
    failing,
    failures,
    one,
    spread,
)
from tests.record_plant import Plant, Ticket
from tests.record_sums import (
    Span,
    Spans,
    downtime,
    downtime_in_series,
    mean,
    responses,
    restorations,
)


@answers("q03")
def _(plant: Plant) -> Answer:
    line = failing(plant, lambda ticket: ticket["line"] == "Line 3")
    return one(downtime_in_series(plant, line, Spans(plant).last_week))


@answers("q04")
def _(plant: Plant) -> Answer:
    modes = by(failing(plant), "failure_mode")
    span = Spans(plant).this_quarter
    stops = {key: downtime(plant, tickets, span) for key, tickets in modes.items()}
    return _with_shares("downtime_h", {key: value for key, value in stops.items() if value})


@answers("q05")
def _(plant: Plant) -> Answer:
    pumps = completed(plant, Spans(plant).last_days(90), lambda ticket: ticket["class"] == "pump")
    return spread("mttr_restore_h", {(): restorations(pumps)})


@answers("q08")
@answers("c10.1")
def _(plant: Plant) -> Answer:
    shifts = by(counted(plant, Spans(plant).last_days(30)), lambda ticket: ticket.shift)
    return spread("mtta_min", {key: responses(tickets) for key, tickets in shifts.items()})


@answers("q18")
def _(plant: Plant) -> Answer:
    lines = by(_with_cost(plant, Spans(plant).last_quarter), "line", lambda ticket: ticket.currency)
    return Answer({key: (_cost(tickets),) for key, tickets in lines.items()})


@answers("q19")
def _(plant: Plant) -> Answer:
    return _shares_of_kinds(plant, lambda _: True)


@answers("q19.1")
def _(plant: Plant) -> Answer:
    return _shares_of_kinds(plant, lambda ticket: ticket.kind in ("corrective", "preventive"))


@answers("q25")
def _(plant: Plant) -> Answer:
    done = completed(plant, Spans(plant).last_days(90))
    sites = by(done, lambda ticket: ticket.site.name)
    return spread("mttr_restore_h", {key: restorations(each) for key, each in sites.items()})


@answers("q31")
def _(plant: Plant) -> Answer:
    span = Spans(plant).last_months(12)
    spent = _with_cost(plant, span)
    stood = {key: downtime(plant, each, span) for key, each in by(failing(plant), asset_of).items()}
    money: dict[str, dict[Key, Value]] = {}
    for currency in ("CNY", "EUR"):
        found = by([ticket for ticket in spent if ticket.currency == currency], asset_of)
        money[currency] = {key: _cost(found[key]) if key in found else None for key in stood}
    return Answer(
        {key: (hours,) for key, hours in stood.items() if hours},
        {f"cost_total.{currency}": column for currency, column in money.items()},
    )


@answers("q32")
def _(plant: Plant) -> Answer:
    waiting = failing(plant, lambda ticket: ticket["delay_reason"] == "parts")
    return one(downtime(plant, waiting, Spans(plant).last_days(90)))


@answers("q33")
def _(plant: Plant) -> Answer:
    seals = failures(
        plant,
        Spans(plant).last_months(24),
        lambda ticket: ticket["class"] == "pump" and "seal" in ticket["component"].casefold(),
    )
    gaps = []
    for same in by(seals, asset_of, "failure_mode").values():
        times = sorted(ticket.reported for ticket in same)
        gaps += [(later - first) / 86400 for first, later in pairwise(times)]
    return one(len(seals), mean(gaps))


@answers("q36")
def _(plant: Plant) -> Answer:
    quarter = counted(plant, Spans(plant).this_quarter)
    reactive = _labor([ticket for ticket in quarter if ticket.is_reactive])
    return Answer({(): (reactive,)}, {"labor_h.share": {(): 100 * reactive / _labor(quarter)}})


@answers("q36.1")
def _(plant: Plant) -> Answer:
    quarter = counted(plant, Spans(plant).this_quarter)
    known = [ticket for ticket in quarter if ticket.is_reactive is not None]
    reactive = [ticket for ticket in known if ticket.is_reactive]
    return one(100 * _labor(reactive) / _labor(known))


@answers("c01")
def _(plant: Plant) -> Answer:
    return one(downtime(plant, failing(plant), Spans(plant).last_month))


@answers("c03")
def _(plant: Plant) -> Answer:
    done = completed(plant, Spans(plant, SOUTH).last_months(12), lambda t: t.asset == "IM-02")
    return spread("mttr_restore_h", {(): restorations(done)})


@answers("c08")
def _(plant: Plant) -> Answer:
    year = Spans(plant).this_year

    def is_leak(ticket: Ticket) -> bool:
        return ticket["failure_mode"] == "ELU" and ticket["component"] == "hydraulic unit"

    stood = downtime(plant, failing(plant, is_leak), year)
    return one(len(failures(plant, year, is_leak)), stood)


@answers("c10")
def _(plant: Plant) -> Answer:
    two = counted(
        plant, Spans(plant).last_days(30), lambda ticket: ticket.shift in ("early", "night")
    )
    shifts = by(two, lambda ticket: ticket.shift)
    return spread("mtta_min", {key: responses(tickets) for key, tickets in shifts.items()})


@answers("c13")
def _(plant: Plant) -> Answer:
    year = counted(plant, Spans(plant).last_months(12))
    found: dict[Key, tuple[Value, ...]] = {}
    for key, tickets in by(year, lambda ticket: f"{ticket.local:%Y-%m}").items():
        hours = {
            kind: _labor([ticket for ticket in tickets if ticket.kind == kind])
            for kind in ("corrective", "preventive")
        }
        whole = sum(hours.values())
        found[key] = (100 * hours["corrective"] / whole if whole else None,)
    return Answer(found)


def _shares_of_kinds(plant: Plant, where: Where) -> Answer:
    """Hours of each kind of work in each month, with its share of that month."""
    year = counted(plant, Spans(plant).last_months(12), where)
    work = [ticket for ticket in year if ticket.number("labor_h") is not None]
    kinds = by(work, lambda ticket: f"{ticket.local:%Y-%m}", lambda ticket: ticket.kind)
    hours = {key: _labor(tickets) for key, tickets in kinds.items()}
    months = {key[0]: 0.0 for key in hours}
    for key, value in hours.items():
        months[key[0]] += value
    return Answer(
        {key: (value,) for key, value in hours.items()},
        {"labor_h.share": {key: 100 * value / months[key[0]] for key, value in hours.items()}},
    )


def _with_shares(metric: str, values: dict[Key, float]) -> Answer:
    whole = sum(values.values())
    shares: dict[Key, Value] = {key: 100 * value / whole for key, value in values.items()}
    return Answer({key: (value,) for key, value in values.items()}, {f"{metric}.share": shares})


def _with_cost(plant: Plant, span: Span) -> list[Ticket]:
    return counted(plant, span, lambda ticket: ticket.number("cost_total") is not None)


def _cost(tickets: list[Ticket]) -> float:
    return sum(ticket.number("cost_total") or 0 for ticket in tickets)


def _labor(tickets: list[Ticket]) -> float:
    return sum(ticket.number("labor_h") or 0 for ticket in tickets)
