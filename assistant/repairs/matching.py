"""Which past tickets match, as conditions of SQL: every value is bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from index.access import Principal
from index.assets import Asset
from index.facts.fact_tables import fact, fact_code
from index.facts.fact_visibility import visible_facts
from index.ticket_tables import ticket

DAY = 86400


@dataclass(frozen=True, slots=True)
class Match:
    """What makes a ticket one of the similar ones: a folded code, else to be one of ``ids``.

    ``codes`` are printed as the documents or the question print them, ``folded`` are the same.
    """

    codes: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    failure_modes: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()

    def conditions(self, at_once: int = 5_000) -> list[sa.ColumnElement[bool]]:
        """Conditions on ``fact`` that no ticket fulfils twice; what they count is added up."""
        if self.folded:
            with_code = sa.select(fact_code.c.ticket_id).where(fact_code.c.folded.in_(self.folded))
            return [fact.c.ticket_id.in_(with_code)]
        parts = (self.ids[i : i + at_once] for i in range(0, len(self.ids), at_once))
        return [fact.c.ticket_id.in_(part) for part in parts]


def is_failure() -> sa.ColumnElement[bool]:
    """A failure, or a ticket of which nothing says what it is; nothing that was cancelled."""
    return (fact.c.status != "cancelled") & ((fact.c.is_failure == 1) | (fact.c.kind == "unknown"))


def is_counted() -> sa.ColumnElement[bool]:
    """A failure that nobody took out and that is no second report of one."""
    return (fact.c.is_excluded == 0) & (fact.c.is_duplicate == 0) & is_failure()


def place_of(asset: Asset | None) -> sa.ColumnElement[str]:
    """The place of a ticket, seen from a machine; without one all is the plant."""
    if asset is None:
        return sa.literal("plant")
    places = [(fact.c.asset == asset.tag, sa.literal("machine"))]
    if asset.model:
        places.append((fact.c.model == asset.model, sa.literal("model")))
    return sa.case(*places, else_=sa.literal("plant"))


def matched(
    condition: sa.ColumnElement[bool], asset: Asset | None, principal: Principal
) -> sa.Subquery:
    """The tickets that count, with all that is counted of them."""
    has_end = (fact.c.is_open == 0) & (fact.c.has_time_flaw == 0)
    ended = sa.case(
        (has_end, sa.func.coalesce(fact.c.completed, fact.c.down_to, fact.c.reported)),
        (fact.c.is_open == 0, fact.c.reported),
    )
    return (
        sa.select(
            fact.c.ticket_id,
            fact.c.uid,
            fact.c.locator,
            fact.c.site,
            fact.c.groups_key,
            fact.c.asset_id,
            fact.c.asset_text,
            fact.c.title,
            fact.c.is_open,
            fact.c.failure_mode,
            fact.c.reported,
            fact.c.reported_on,
            ended.label("ended"),
            sa.case((fact.c.has_down_flaw == 0, fact.c.down_min)).label("down_min"),
            place_of(asset).label("place"),
            sa.case((ticket.c.cause != "", ticket.c.cause), else_=fact.c.cause).label("cause"),
            sa.case((ticket.c.resolution != "", ticket.c.resolution), else_=fact.c.remedy).label(
                "done"
            ),
        )
        .join(ticket, ticket.c.id == fact.c.ticket_id)
        .where(condition, visible_facts(principal), is_counted())
        .subquery("matched")
    )


def came_back(
    found: sa.Subquery, principal: Principal, window_days: int, as_of: int
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Conditions on matched tickets: one that can come back, and one that did within the window.

    The fault came back where a failure of the same machine with the same failure mode or the same
    code was reported after the end of the ticket (its report, where no end is recorded).
    """
    own, other = fact_code.alias("own"), fact_code.alias("other")
    of_own = sa.exists().where(own.c.ticket_id == found.c.ticket_id).correlate(found)
    can = (
        (found.c.is_open == 0)
        & found.c.asset_id.is_not(None)
        & found.c.ended.is_not(None)
        & ((found.c.failure_mode != "") | of_own)
    )
    # By ticket, not joined by code: a common code has thousands of tickets.
    others = sa.select(other.c.folded).where(other.c.ticket_id == fact.c.ticket_id)
    same_code = (
        sa.exists()
        .where(own.c.ticket_id == found.c.ticket_id, own.c.folded.in_(others.correlate(fact)))
        .correlate(found, fact)
    )
    same_mode = (found.c.failure_mode != "") & (fact.c.failure_mode == found.c.failure_mode)
    again = (
        sa.exists()
        .where(
            fact.c.asset_id == found.c.asset_id,
            fact.c.ticket_id != found.c.ticket_id,
            fact.c.reported > found.c.ended,
            fact.c.reported <= found.c.ended + window_days * DAY,
            fact.c.reported <= as_of,
            visible_facts(principal),
            is_counted(),
            same_mode | same_code,
        )
        .correlate(found)
    )
    return can, again


def left_out(condition: sa.ColumnElement[bool], principal: Principal) -> sa.Select[int, int, int]:
    """How many matching tickets are not counted: excluded, duplicates, no failures.

    Each counts once, as the first of these that it is.
    """

    def number(rule: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((rule, 1), else_=0)), 0)

    is_in = fact.c.is_excluded == 0
    return (
        sa.select(
            number(fact.c.is_excluded == 1),
            number(is_in & (fact.c.is_duplicate == 1)),
            number(is_in & (fact.c.is_duplicate == 0) & ~is_failure()),
        )
        .select_from(fact)
        .where(condition, visible_facts(principal))
    )


def keys(found: sa.Subquery) -> Sequence[sa.ColumnElement[str]]:
    """What matched tickets are grouped by before wordings are put together."""
    return found.c.place, found.c.cause, found.c.done
