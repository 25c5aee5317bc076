"""What the oracle of the record answers, and what its functions share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.record_plant import Plant, Ticket
from tests.record_sums import Span, groups, mean, quantile, within

Key = tuple[str | int | None, ...]
Value = float | None


@dataclass(frozen=True)
class Answer:
    """By group, the value of each metric; or the ids of a list, in order where it has one.

    ``more`` holds further columns by name. Groups that count nothing may be missing.
    """

    values: dict[Key, tuple[Value, ...]] = field(default_factory=dict)
    more: dict[str, dict[Key, Value]] = field(default_factory=dict)
    ids: tuple[str, ...] | None = None
    is_ordered: bool = False


Where = Callable[[Ticket], bool]
Oracle = Callable[[Plant], Answer]
ORACLE: dict[str, Oracle] = {}
"""What works out the answer of a question, by its id; see tests.record_oracle. Those of queries as
right that come to other numbers have the id with their place among them: ``q14.1``."""
NORTH, SOUTH = "Plant North", "Plant South"


def answers(question: str) -> Callable[[Oracle], Oracle]:
    """Note a function as that of a question."""

    def note(function: Oracle) -> Oracle:
        ORACLE[question] = function
        return function

    return note


def one(*values: Value) -> Answer:
    return Answer({(): values})


def compared(metric: str, now: Value, before: Value) -> Answer:
    """A number beside that of another period."""
    return Answer({(): (now,)}, {f"{metric}.compared": {(): before}})


def failures(plant: Plant, span: Span, where: Where = lambda _: True) -> list[Ticket]:
    """The failures that were reported in a period."""
    return [
        ticket
        for ticket in plant.tickets
        if ticket.is_failure and within(ticket.reported, span) and where(ticket)
    ]


def completed(plant: Plant, span: Span, where: Where = lambda _: True) -> list[Ticket]:
    """The failures that were completed in a period."""
    return [
        ticket
        for ticket in plant.tickets
        if ticket.is_failure and within(ticket.completed, span) and where(ticket)
    ]


def counted(plant: Plant, span: Span, where: Where = lambda _: True) -> list[Ticket]:
    """The tickets of any kind that were reported in a period."""
    return [ticket for ticket in plant.tickets if within(ticket.reported, span) and where(ticket)]


def failing(plant: Plant, where: Where = lambda _: True) -> list[Ticket]:
    """The failures of all times: a stop counts where it lies, not where it was reported."""
    return [ticket for ticket in plant.tickets if ticket.is_failure and where(ticket)]


def asset_of(ticket: Ticket) -> str | None:
    """As a table names it: what is not in the register is marked."""
    unknown = ticket.cells["asset"]
    return ticket.asset or (f"? {unknown}" if unknown else None)


def by(tickets: list[Ticket], *names: str | Callable[[Ticket], object]) -> dict[Key, list[Ticket]]:
    """Tickets by cells; what is empty is None."""

    def key(ticket: Ticket) -> Key:
        return tuple(
            (name(ticket) if callable(name) else ticket[name]) or None  # type: ignore[misc]
            for name in names
        )

    return groups(tickets, key)  # type: ignore[return-value]


def counts(grouped: dict[Key, list[Ticket]]) -> Answer:
    return Answer({key: (len(tickets),) for key, tickets in grouped.items()})


def spread(metric: str, grouped: dict[Key, list[float]]) -> Answer:
    """Means, with median and 90th percentile beside them."""
    return Answer(
        {key: (mean(values),) for key, values in grouped.items()},
        {
            f"{metric}.median": {key: quantile(each, 0.5) for key, each in grouped.items()},
            f"{metric}.p90": {key: quantile(each, 0.9) for key, each in grouped.items()},
        },
    )


def listed(tickets: list[Ticket], order: Callable[[Ticket], float] | None = None) -> Answer:
    """The ids of tickets; with an order, the greatest first."""
    if order is not None:
        tickets = sorted(tickets, key=order, reverse=True)
    return Answer(ids=tuple(ticket.id for ticket in tickets), is_ordered=order is not None)
