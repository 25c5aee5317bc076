"""The oracle of the questions on reliability, repeats, planned work, backlog and parts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from tests.record_answers import (
    SOUTH,
    Answer,
    Key,
    Value,
    answers,
    by,
    compared,
    counted,
    failing,
    failures,
    one,
)
from tests.record_intervals import clipped, common, covered, hours
from tests.record_plant import Plant, Ticket
from tests.record_sums import (
    Span,
    Spans,
    first_of,
    mean,
    midnight,
    operating_hours,
    quantile,
    repeats,
    stopped,
    within,
)

WINDOW = 30


@answers("q06")
def _(plant: Plant) -> Answer:
    return one(_mtbf(plant, ["C-201"], Spans(plant).this_year))


@answers("q07")
def _(plant: Plant) -> Answer:
    spans = Spans(plant)
    now, before = (_mtbf(plant, ["C-201"], span) for span in (spans.this_year, spans.year_before))
    return compared("mtbf_h", now, before)


@answers("q10")
def _(plant: Plant) -> Answer:
    teams = by(_open(plant), "team")
    return Answer({key: (_estimate(tickets),) for key, tickets in teams.items()})


@answers("q11")
def _(plant: Plant) -> Answer:
    ready = [
        ticket
        for ticket in _open(plant)
        if ticket["team"] == "mechanical"
        and ticket.status != "on_hold"
        and ticket["delay_reason"] != "parts"
    ]
    weekly = next(t for t in plant.described["team"] if t["name"] == "mechanical")["hours_per_week"]
    return one(_estimate(ready) / weekly)


@answers("q12")
def _(plant: Plant) -> Answer:
    return _compliance(plant, date(2026, 10, 1), date(2026, 11, 1), "area")


@answers("q13")
def _(plant: Plant) -> Answer:
    late = sorted(
        (date.fromisoformat(row["due"]) - _today(plant, row), row["due"], row["number"])
        for row in plant.planned_work
        if not row["done"] and date.fromisoformat(row["due"]) < _today(plant, row)
    )
    return Answer(ids=tuple(number for _, _, number in late), is_ordered=True)


def _of_packaging(plant: Plant) -> list[Ticket]:
    span = Spans(plant, SOUTH).last_months(6)
    return failures(plant, span, lambda ticket: ticket["line"] == "Packaging line")


@answers("q14.1")
def _(plant: Plant) -> Answer:
    return Answer(ids=tuple(first for first, _ in _repeats(plant, _of_packaging(plant))))


@answers("q14")
def _(plant: Plant) -> Answer:
    line = _of_packaging(plant)
    judged = [ticket for ticket in line if _can_be_judged(plant, ticket)]
    repeated = dict(_repeats(plant, judged))
    return one(100 * len(repeated) / len(judged))


@answers("q15")
def _(plant: Plant) -> Answer:
    year = Spans(plant).this_year
    closed = [
        ticket
        for ticket in plant.tickets
        if not ticket.is_duplicate and ticket.kind == "corrective" and ticket.status == "done"
        if within(ticket.completed, year) and _can_be_judged(plant, ticket)
    ]
    reopened = {ticket["reopened_from"] for ticket in plant.tickets} - {""}
    again = {ticket for ticket, _ in _repeats(plant, closed)}
    again |= {ticket.id for ticket in closed if ticket.id in reopened or ticket["reopened_from"]}
    return Answer(
        {
            key: (100 * sum(ticket.id not in again for ticket in tickets) / len(tickets),)
            for key, tickets in by(closed, "team").items()
        }
    )


@answers("q16")
def _(plant: Plant) -> Answer:
    conveyors = counted(plant, Spans(plant).always, lambda ticket: ticket["class"] == "conveyor")
    return Answer({(part,): (quantity,) for part, quantity in _parts_used(conveyors).items()})


@answers("q17")
def _(plant: Plant) -> Answer:
    return Answer({(tag,): (used,) for tag, used in _bearings(plant).items()})


@answers("q17.1")
def _(plant: Plant) -> Answer:
    return one(sum(_bearings(plant).values()))


@answers("q23")
def _(plant: Plant) -> Answer:
    spans = Spans(plant)
    return one(_line_availability(plant, "Filling line", spans.last_month))


@answers("q24")
def _(plant: Plant) -> Answer:
    span = Spans(plant).last_months(12)
    found: dict[Key, tuple[Value, ...]] = {}
    for name in {asset["class"] for asset in plant.assets.values()}:
        tags = plant.tags(**{"class": name})
        broken = failures(plant, span, lambda ticket, tags=tags: ticket.asset in tags)  # type: ignore[misc]
        found[(name,)] = (1000 * len(broken) / _operated(plant, tags, span),)
    return Answer(found)


@answers("q38")
def _(plant: Plant) -> Answer:
    ages = {
        key: [(plant.now - ticket.reported) / 86400 for ticket in tickets]
        for key, tickets in by(_open(plant), lambda ticket: int(ticket["priority"])).items()
    }
    return Answer(
        {key: (mean(values),) for key, values in ages.items()},
        {
            "backlog_age_d.median": {key: quantile(each, 0.5) for key, each in ages.items()},
            "backlog_age_d.p90": {key: quantile(each, 0.9) for key, each in ages.items()},
        },
    )


@answers("c04")
def _(plant: Plant) -> Answer:
    spans = Spans(plant, SOUTH)
    start, end = spans.last_months(3)
    tags = plant.tags(area="Workshop 3")
    found: dict[Key, tuple[Value, ...]] = {}
    day = datetime.fromtimestamp(start, spans.zone).date().replace(day=1)
    while midnight(day, spans.zone) < end:
        following = first_of(day.year, day.month + 1)
        first, last = midnight(day, spans.zone), midnight(following, spans.zone)
        found[(f"{day:%Y-%m}",)] = (_mtbf(plant, tags, (max(start, first), min(end, last))),)
        day = following
    return Answer(found)


@answers("c06")
def _(plant: Plant) -> Answer:
    quarter = date(2026, 10, 1)
    return _compliance(plant, quarter, date(2027, 1, 1), "team")


@answers("c07")
def _(plant: Plant) -> Answer:
    recent = failures(plant, Spans(plant).last_months(6))
    return Answer(ids=tuple(first for first, _ in _repeats(plant, recent)))


@answers("c09")
def _(plant: Plant) -> Answer:
    used = _parts_used(counted(plant, Spans(plant).between(date(2026, 1, 1), date(2026, 7, 1))))
    parts = plant.part_rows
    bearings = {part for part in used if parts.get(part, {}).get("category") == "bearing"}
    return Answer({(part,): (used[part],) for part in bearings})


@answers("c12")
def _(plant: Plant) -> Answer:
    return one(_line_availability(plant, "Packaging line", Spans(plant, SOUTH).last_week))


@answers("c14")
def _(plant: Plant) -> Answer:
    spans = Spans(plant)
    spent: list[dict[Key, float]] = []
    for span in (spans.this_year, spans.year_before):
        money: dict[Key, float] = defaultdict(float)
        for ticket in counted(plant, span):
            if (cost := ticket.number("cost_total")) is not None:
                money[(ticket.currency,)] += cost
        spent.append(money)
    now, before = spent
    return Answer(
        {key: (value,) for key, value in now.items()},
        {"cost_total.compared": {key: before.get(key) for key in now}},
    )


def _open(plant: Plant) -> list[Ticket]:
    return [ticket for ticket in plant.tickets if not ticket.is_duplicate and ticket.is_open]


def _estimate(tickets: list[Ticket]) -> float:
    return sum(ticket.number("est_labor_h") or 0 for ticket in tickets)


def _bearings(plant: Plant) -> dict[str, float]:
    """The bearings that each of the two pumps got since 2024."""
    found = dict.fromkeys(("P-101", "P-102"), 0.0)
    for ticket in counted(plant, Spans(plant).between(date(2024, 1, 1))):
        if ticket.asset in found:
            found[ticket.asset] += _used(plant, ticket, "bearing")
    return found


def _parts_used(tickets: list[Ticket]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for ticket in tickets:
        for quantity, number in ticket.parts:
            found[number] += quantity
    return found


def _used(plant: Plant, ticket: Ticket, category: str) -> float:
    return sum(
        quantity
        for quantity, number in ticket.parts
        if plant.part_rows.get(number, {}).get("category") == category
    )


def _operated(plant: Plant, tags: list[str], span: Span) -> float:
    broken = failing(plant)
    return sum(operating_hours(plant, tag, span, broken) for tag in tags)


def _mtbf(plant: Plant, tags: list[str], span: Span) -> float | None:
    """Hours of operation for each failure; without failures there is no such number."""
    broken = failures(plant, span, lambda ticket: ticket.asset in tags)
    return _operated(plant, tags, span) / len(broken) if broken else None


def _line_availability(plant: Plant, line: str, span: Span) -> float:
    """Of a line in series: planned where any of its assets is, standing where any stands."""
    tags = plant.tags(line=line)
    planned = covered(each for tag in tags for each in plant.planned_hours(tag, *span))
    stops = stopped(plant, failing(plant, lambda ticket: ticket.asset in tags), span)
    standing = common((each for found in stops.values() for each in clipped(found, *span)), planned)
    return 100 * (hours(planned) - hours(standing)) / hours(planned)


def _can_be_judged(plant: Plant, ticket: Ticket) -> bool:
    """So much is known of it, and it is so long ago, that its return would be known by now."""
    is_known = bool(ticket.asset) and bool(ticket["failure_mode"] or ticket["component"])
    since = ticket.reported if ticket.completed is None else ticket.completed
    return is_known and since + WINDOW * 86400 <= plant.now


def _repeats(plant: Plant, tickets: list[Ticket]) -> list[tuple[str, str]]:
    return [(first.id, other.id) for first, other in repeats(tickets, failing(plant), WINDOW)]


def _compliance(plant: Plant, start: date, end: date, split: str) -> Answer:
    """Done within the tolerance, of what was due by today and cannot be done in time any more."""
    judged: dict[Key, list[bool]] = defaultdict(list)
    for row in plant.planned_work:
        due, today = date.fromisoformat(row["due"]), _today(plant, row)
        tolerance = float(row["tolerance_d"] or 0.1 * float(row["interval_d"] or 0))
        if not (start <= due < end and due <= today):
            continue
        name = plant.assets[row["asset"]][split] if split == "area" else row[split]
        if row["done"]:
            off = abs((date.fromisoformat(row["done"]) - due).days)
            judged[(name,)].append(off <= tolerance)
        elif (today - due).days > tolerance:
            judged[(name,)].append(False)
    return Answer({key: (100 * sum(each) / len(each),) for key, each in judged.items()})


def _today(plant: Plant, row: dict[str, str]) -> date:
    zone = plant.sites[plant.assets[row["asset"]]["site"]].zone
    return datetime.fromtimestamp(plant.now, zone).date()
