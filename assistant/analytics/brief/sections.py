"""The sections of a brief: what is asked of the engine, and the statements made of it.

Each statement is made of one figure, with the names and units that stand in it. A section whose
figure is empty says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from assistant.analytics.brief.contents import Section
from assistant.analytics.brief.inquiry import Inquiry, number, rows_of
from assistant.analytics.brief.saying import counted
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell, Figure
from assistant.analytics.presentation.amounts import amount
from assistant.analytics.query import Filter

_MOST = 5
_MOST_STATEMENTS = 4


def overview(inquiry: Inquiry, before: str | None) -> Section:
    """Failures, downtime, cost and what is open; beside them the failures of the period before."""
    failures = inquiry.ask("failure_count")
    told = [f"{counted(failures.value or 0, 'failure')} reported."]
    if before is not None:
        earlier = inquiry.over(before).ask("failure_count")
        told.append(_beside(failures, earlier))
    downtime = inquiry.ask("downtime_h")
    if downtime.value is not None:
        told.append(f"The machines stood still for {amount(downtime.value, 'h')} in all.")
    told += [f"{_begun(one.what)}: {one.known:,} of {one.of:,}." for one in downtime.coverage]
    cost = inquiry.ask("cost_total")
    for row in rows_of(cost):
        spent = row.get("cost_total")
        if spent is not None:
            currency = str(row.get("currency") or cost.unit)
            told.append(f"The recorded cost was {amount(number(spent), currency)}.")
    open_ones = inquiry.ask("open_count")
    told.append(f"Open at the end: {counted(open_ones.value or 0, 'ticket')}.")
    safety = inquiry.ask("open_count", where=(Filter(field="is_safety", value=True),))
    told.append(f"Open at the end and about safety: {counted(safety.value or 0, 'ticket')}.")
    return Section("Overview", tuple(told), (failures, downtime, cost, open_ones))


def _beside(now: Figure, earlier: Figure) -> str:
    one, other = now.value or 0, earlier.value or 0
    before = f"in {earlier.periods[0].text} it was {counted(other, 'failure')}"
    if one == other:
        return f"That is the same number: {before}."
    word = "fewer" if one < other else "more"
    return f"That is {amount(abs(one - other))} {word}: {before}."


def bottleneck(inquiry: Inquiry) -> Section:
    """The machine that stood still the longest, and the causes of its stops."""
    title = "The bottleneck machine and its causes"
    machines = inquiry.ask("downtime_h", "failure_count", by=("asset",), most=_MOST)
    first = next((row for row in rows_of(machines) if row["asset"] and row["downtime_h"]), None)
    if first is None:
        return Section(title, ("No stop of a known machine is recorded.",), (machines,))
    tag = str(first["asset"])
    own = (Filter(field="asset", value=tag),)
    causes = inquiry.ask("downtime_h", "failure_count", by=("cause",), where=own, most=_MOST)
    told = [f"{tag} stood still the longest: {_stops(first)}."]
    for row in list(rows_of(causes))[:_MOST_STATEMENTS]:
        name = f"the cause “{row['cause']}”" if row["cause"] else "no recorded cause"
        told.append(f"Of the stops of {tag}, for {name}: {_stops(row)}.")
    return Section(title, tuple(told), (machines, causes))


def _stops(row: dict[str, Cell]) -> str:
    """Hours, and the failures reported; a stop may be of one that was reported before."""
    hours, failures = amount(number(row["downtime_h"]), "h"), number(row["failure_count"])
    return f"{hours}, {counted(failures, 'failure')} reported" if failures else hours


def returning(inquiry: Inquiry, window: str) -> Section:
    """The fault that returns after its repair, looked for in a longer window."""
    figure = inquiry.ask("repeat_list", range_=window)
    faults = Counter((row["asset"], row["failure_mode"]) for row in rows_of(figure))
    days = figure.query.params.window_d
    span = figure.periods[0].text
    told = [
        f"“{mode or 'no recorded mode'}” on {asset} returned {counted(times, 'time')} "
        f"within {days} d of its repair ({span})."
        for (asset, mode), times in faults.most_common(_MOST_STATEMENTS)
    ]
    told = told or [f"No fault returned within {days} d of its repair ({span})."]
    return Section("The fault that returns after its repair", tuple(told), (figure,))


def stock(inquiry: Inquiry) -> Section:
    """The parts that will be short before a new delivery can be there, and how many to order."""
    figure = inquiry.ask("part_forecast", by=("part",), range_="last_12m")
    rows = [row for row in rows_of(figure) if number(row.get("part_forecast.order")) > 0]
    rows.sort(key=lambda row: -number(row["part_forecast.order"]))
    told = [
        f"Order {amount(number(row['part_forecast.order']))} of part {row['part']}: "
        f"stock {amount(number(row['part_forecast.stock']))}, "
        f"{amount(number(row['part_forecast']))} are expected to be used in "
        f"{figure.query.params.horizon_d} d."
        for row in rows[:_MOST_STATEMENTS]
    ]
    told = told or ["No part of known stock is expected to be short."]
    return Section("The part to stock, and how many", tuple(told), (figure,))


def overdue(inquiry: Inquiry) -> Section:
    """Planned work: how much was done in time, and what is overdue."""
    done = inquiry.ask("pm_compliance")
    late = inquiry.ask("pm_list", where=(Filter(field="days_overdue", op="gt", value=0),))
    told = [f"Overdue: {counted(late.counted, 'planned job')}."]
    if done.value is not None:
        told.insert(0, f"{amount(done.value, '%')} of the planned work was done in time.")
    return Section("Planned work", tuple(told), (done, late))


def for_the_maker(inquiry: Inquiry) -> Section:
    """Failure causes by component and model: what the maker of the machines can use."""
    figure = inquiry.ask("failure_count", by=("model", "component", "cause"), most=20)
    told = [
        f"Model {row['model']}, component “{row['component'] or 'not recorded'}”, cause "
        f"“{row['cause'] or 'not recorded'}”: {counted(number(row['failure_count']), 'failure')}."
        for row in rows_of(figure)
        if row["model"]
    ]
    told = told or ["No failure of a machine of a known model is recorded."]
    title = "For the makers of the machines: causes by component and model"
    return Section(title, tuple(told[:_MOST_STATEMENTS]), (figure,))


def gathered(makers: Sequence[tuple[str, Callable[[], Section]]]) -> Iterator[Section]:
    """The sections; one that the record cannot fill says why, and the rest goes on."""
    for title, make in makers:
        try:
            yield make()
        except CannotAnswer as error:
            yield Section(title, (f"Not computed: {error}",))


def _begun(text: str) -> str:
    """A text as it begins a sentence."""
    return text[:1].upper() + text[1:]
