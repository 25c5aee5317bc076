"""The past repairs of an answer, as they are stored with the turn.

The shapes are stable. Times are seconds of UTC where nothing else is said, downtimes minutes.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Place = Literal["machine", "model", "plant"]
"""Where tickets are from: this machine, the others of its model, all the rest of the plant."""
Basis = Literal["code", "text"]


class Shape(BaseModel):
    """Base of all shapes here: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PastTicket(Shape):
    """A ticket that was counted."""

    uid: str = Field(description="its system and number: what it is known by")
    ticket_id: str = Field(description="what a person looks it up by")
    asset: str
    title: str
    reported_on: str = Field(default="", description="the day at the site; empty where unknown")


class PartUsed(Shape):
    """A part that was used in some of the tickets."""

    part_no: str
    tickets: int
    quantity: float


class Tally(Shape):
    """What was counted of some tickets.

    ``judged`` are those of which it is known whether the fault came back within the window:
    ``came_back`` did. ``too_young`` were repaired less than the window ago, ``unjudged`` are open,
    of no known machine, or name neither failure mode nor code. Percentiles are interpolated between
    the neighbouring values.
    """

    tickets: int
    still_open: int
    judged: int
    came_back: int
    too_young: int
    unjudged: int
    downtime_known: int
    downtime_median_min: float | None
    downtime_p90_min: float | None

    @property
    def share_back(self) -> float | None:
        """The share of the judged that came back; None where none could be judged."""
        return self.came_back / self.judged if self.judged else None


class Fix(Shape):
    """What was done, in the wording that is most common; empty where it was not recorded.

    ``listed`` are the newest tickets, the newest first; there are ``tally.tickets``.
    """

    done: str
    wordings: tuple[str, ...] = Field(default=(), description="as the tickets write it, if several")
    is_rest: bool = Field(default=False, description="whether it is all the rarer ones together")
    tally: Tally
    parts: tuple[PartUsed, ...] = ()
    listed: tuple[PastTicket, ...] = ()


class CauseGroup(Shape):
    """A cause with what was done about it, the most common first."""

    cause: str
    wordings: tuple[str, ...] = ()
    is_rest: bool = False
    tally: Tally
    parts: tuple[PartUsed, ...] = ()
    newest: PastTicket
    fixes: tuple[Fix, ...]


class Scope(Shape):
    """The tickets of one place; no ticket is in two."""

    place: Place
    name: str = Field(default="", description="the tag of the machine, or the model")
    tally: Tally
    groups: tuple[CauseGroup, ...]


class Reach(Shape):
    """A site and groups that saw some of the tickets when they were counted."""

    site: str | None
    groups: tuple[str, ...] = ()


class Repairs(Shape):
    """Similar past tickets, with what makes a ticket one of them.

    Tickets with one of ``codes`` match where there are codes. Else those match whose text is as
    near as ``least_nearness`` and that have one of ``failure_modes``, or are as near as
    ``least_alone`` and have none.
    """

    basis: Basis
    codes: tuple[str, ...] = ()
    failure_modes: tuple[str, ...] = ()
    least_nearness: float | None = None
    least_alone: float | None = None
    window_days: int = 30
    as_of: str = Field(default="", description="ISO 8601: up to when tickets are known")
    scopes: tuple[Scope, ...] = ()
    excluded: int = Field(default=0, description="matching tickets that a supervisor took out")
    duplicates: int = Field(default=0, description="that report the event of another ticket")
    no_failures: int = Field(default=0, description="preventive work, and what was cancelled")
    reaches: tuple[Reach, ...] = ()
    is_withheld: bool = Field(
        default=False, description="whether its reader may not see all that was counted"
    )

    @property
    def tickets(self) -> int:
        """How many tickets were counted."""
        return sum(scope.tally.tickets for scope in self.scopes)

    @property
    def uids(self) -> tuple[str, ...]:
        """The tickets that it lists."""
        return tuple(
            ticket.uid
            for scope in self.scopes
            for group in scope.groups
            for fix in group.fixes
            for ticket in fix.listed
        )

    def withheld(self) -> Repairs:
        """What is left of it for a reader who may not see all of the tickets: nothing of them."""
        return Repairs(basis=self.basis, is_withheld=True)
