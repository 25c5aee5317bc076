"""What fixed it here: counts of past tickets against plain Python, wordings, what is left out."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.repairs.arranging import arranged
from assistant.repairs.counting import Counted, count, percentile
from assistant.repairs.matching import Match
from assistant.repairs.message import CauseGroup, Scope, Tally
from assistant.repairs.wordings import gathered
from index.access import LOCAL, Principal
from index.assets import Asset
from index.catalog import Catalog
from index.facts.plant import Plant
from index.facts.record import PlainPlant, Record
from index.tickets import Ticket
from tests import past_repairs as past

PR_01 = past.ASSETS[0]
NORTH = Principal("nia", "technician", frozenset({"North"}))
NOWHERE = Principal("nobody", "technician", frozenset())
E217 = Match(codes=("E-217",), folded=("e217",))


def counted(
    catalog: Catalog, asset: Asset | None = PR_01, principal: Principal = LOCAL, match: Match = E217
) -> Counted:
    Record(catalog.engine, PlainPlant(Plant(as_of=past.AS_OF))).fresh()
    return count(catalog.engine, match, asset, principal, past.AS_OF)


def scopes(found: Counted) -> dict[str, Scope]:
    return {scope.place: scope for scope in arranged(found.sums, {})}


def shown(tally: Tally | None) -> tuple[object, ...]:
    if tally is None:
        return (0, 0, 0, 0, 0, 0, None, None)
    return (
        tally.tickets,
        tally.still_open,
        tally.judged,
        tally.came_back,
        tally.too_young,
        tally.downtime_known,
        tally.downtime_median_min,
        tally.downtime_p90_min,
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("principal", [LOCAL, NORTH, NOWHERE], ids=lambda one: one.user)
def test_every_count_equals_that_of_plain_python(
    seed: int, principal: Principal, catalog: Catalog
) -> None:
    ids = past.register(catalog)
    tickets = past.random_tickets(seed, ids)
    excluded, duplicates = tickets[3::9], tickets[5::11]
    past.put(catalog, tickets)
    past.mark(catalog, excluded, duplicates)
    found = counted(catalog, principal=principal)
    sites = {asset.tag: asset.site for asset in past.ASSETS}
    out = {one.uid for one in (*excluded, *duplicates)}
    oracle = past.Oracle(tickets, out, principal, sites)
    by_place = scopes(found)
    for place in ("machine", "model", "plant"):
        expected = oracle.expect("E-217", place, PR_01)
        got = shown(by_place[place].tally if place in by_place else None)
        assert got[:6] == (
            expected.tickets,
            expected.still_open,
            expected.judged,
            expected.came_back,
            expected.too_young,
            len(expected.downtimes),
        )
        assert got[6:] == pytest.approx(expected.percentiles)
    matching = [one for one in oracle.seen if oracle.matches(one, "E-217")]
    gone = {one.uid for one in excluded}
    second = {one.uid for one in duplicates} - gone
    assert found.excluded == sum(one.uid in gone for one in matching)
    assert found.duplicates == sum(one.uid in second for one in matching)
    left = sum(scope.tally.tickets for scope in by_place.values())
    assert left + found.excluded + found.duplicates + found.no_failures == len(matching)


@pytest.mark.parametrize("seed", range(3))
def test_the_groups_of_a_place_add_up_to_it_and_hold_every_ticket_once(
    seed: int, catalog: Catalog
) -> None:
    tickets = past.random_tickets(seed, past.register(catalog), 150)
    past.put(catalog, tickets)
    for scope in scopes(counted(catalog)).values():
        groups = [group.tally for group in scope.groups]
        for name in ("tickets", "judged", "came_back", "too_young", "unjudged", "downtime_known"):
            whole = getattr(scope.tally, name)
            assert sum(getattr(tally, name) for tally in groups) == whole
            fixes = [fix.tally for group in scope.groups for fix in group.fixes]
            assert sum(getattr(tally, name) for tally in fixes) == whole
        listed = [t.uid for g in scope.groups for f in g.fixes for t in f.listed]
        assert len(listed) == len(set(listed)) == scope.tally.tickets
        by_uid = {one.uid: one for one in tickets}
        for group in scope.groups:
            _is_of_its_tickets(group, by_uid)


def _is_of_its_tickets(group: CauseGroup, by_uid: dict[str, Ticket]) -> None:
    own = [by_uid[ticket.uid] for fix in group.fixes for ticket in fix.listed]
    causes = {one.cause for one in own}
    assert causes <= set(past.SAME_CAUSE) or len(causes) == 1
    assert group.newest.uid == max(own, key=lambda one: str(one.reported_at)).uid
    used: Counter[str] = Counter()
    quantities: Counter[str] = Counter()
    for one in own:
        for part_no, quantity in one.parts:
            used[part_no] += 1
            quantities[part_no] += int(quantity)
    assert {part.part_no: part.tickets for part in group.parts} == used
    assert {part.part_no: part.quantity for part in group.parts} == quantities


def test_many_matches_that_are_counted_in_several_statements_give_the_same(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = past.random_tickets(1, past.register(catalog))
    past.put(catalog, tickets)
    match = Match(ids=tuple(range(1, 200)))
    whole = scopes(counted(catalog, match=match))
    one_by_one = Match.conditions
    monkeypatch.setattr(Match, "conditions", lambda self: one_by_one(self, 7))
    assert scopes(counted(catalog, match=match)) == whole
    assert sum(scope.tally.tickets for scope in whole.values()) > 20


def test_a_fault_of_the_last_thirty_days_is_not_judged_yet(catalog: Catalog) -> None:
    ids = past.register(catalog)
    days = {"old": 40, "again": 20, "young": 10}
    times = {name: past.AS_OF - timedelta(days=day) for name, day in days.items()}
    past.put(
        catalog,
        [
            past.ticket_of(
                number,
                "PR-01",
                ids["PR-01"],
                reported_at=at.strftime("%Y-%m-%dT%H:%M:%S"),
                completed_at=(at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S"),
            )
            for number, at in enumerate(times.values())
        ],
    )
    tally = scopes(counted(catalog))["machine"].tally
    assert (tally.judged, tally.came_back, tally.too_young, tally.share_back) == (1, 1, 2, 1.0)


def test_a_return_that_its_reader_may_not_see_is_not_told(catalog: Catalog) -> None:
    ids = past.register(catalog)
    fields = {"reported_at": "2026-01-01T08:00:00", "completed_at": "2026-01-01T09:00:00"}
    again = {"reported_at": "2026-01-05T08:00:00", "completed_at": "2026-01-05T09:00:00"}
    secret = ("electric",)
    past.put(
        catalog,
        [
            past.ticket_of(1, "PR-01", ids["PR-01"], **fields),
            past.ticket_of(2, "PR-01", ids["PR-01"], groups=secret, **again),
        ],
    )
    blind = Principal("bob", "technician", frozenset({"North"}), frozenset())
    assert scopes(counted(catalog))["machine"].tally.came_back == 1
    tally = scopes(counted(catalog, principal=blind))["machine"].tally
    assert (tally.tickets, tally.judged, tally.came_back) == (1, 1, 0)
    reaches = counted(catalog).reaches
    assert [(reach.site, reach.groups) for reach in reaches] == [("North", ()), ("North", secret)]


def test_without_a_machine_all_is_the_plant(catalog: Catalog) -> None:
    past.put(catalog, past.random_tickets(2, past.register(catalog)))
    assert set(scopes(counted(catalog, None))) == {"plant"}


@given(st.lists(st.integers(0, 500), min_size=1, max_size=40), st.sampled_from([50, 90]))
def test_percentiles_are_those_of_numpy(values: list[int], percent: int) -> None:
    found = percentile(Counter(map(float, values)), percent)
    assert found == pytest.approx(float(np.percentile(values, percent)))


def test_no_value_has_no_percentile() -> None:
    assert percentile(Counter(), 50) is None


@pytest.mark.parametrize(
    "texts",
    [
        ("Seal worn", "seal worn.", "SEAL  WORN", "Worn seal", "the seal worn"),
        ("Bearing defective", "bearings defective", "bearing  defective!"),
        ("Cooler C1 blocked by dust", "cooler C1, blocked by dust", "Cooler C1 blokced by dust"),
        ("Dichtung verschlissen", "die Dichtung verschlisssen"),
        ("密封圈磨损", "密封圈磨损。", "密封圈磨损!"),
    ],
)
def test_what_differs_in_wording_only_is_one(texts: tuple[str, ...]) -> None:
    counts = Counter(texts) + Counter([texts[0]])
    assert set(gathered(counts).values()) == {texts[0]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Valve 3 leaks", "Valve 4 leaks"),
        ("Left hose leaks", "Right hose leaks"),
        ("Pump charged", "Pump changed"),
        ("Bolts loosened", "Bolts tightened"),
        ("Seal worn", "Seal not worn"),
        ("Inlet filter blocked", "Outlet filter blocked"),
        ("Replaced pump and checked valve", "Replaced valve and checked pump"),
        ("Motor locked", "Motor unlocked"),
        ("更换密封", "更换密封圈"),
        ("进油阀卡住", "回油阀卡住"),
        ("", "unknown"),
    ],
)
def test_what_may_mean_something_else_stays_apart(one: str, other: str) -> None:
    assert gathered({one: 2, other: 1}) == {one: one, other: other}


@given(st.dictionaries(st.text(max_size=30), st.integers(1, 9), max_size=12))
def test_every_wording_is_in_one_group_whose_name_is_one_of_them(counts: dict[str, int]) -> None:
    found = gathered(counts)
    assert set(found) == set(counts)
    assert all(found[name] == name for name in found.values())
    assert all(counts[name] >= counts[text] for text, name in found.items())
