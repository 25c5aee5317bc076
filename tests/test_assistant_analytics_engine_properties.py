"""Figures of random records against plain Python: overlaps, open tickets, clock changes, none."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.analytics.engine import FigureEngine
from assistant.analytics.figure import Figure
from assistant.analytics.query import Query
from index.access import LOCAL
from tests.fact_tables_at_hand import NOW, Fact, fact_of, local, make_record, seconds
from tests.record_intervals import covered
from tests.record_sums import mean, quantile

HOUR, DAY = 3600, 86400
# The clocks change in Berlin on 2026-10-25, and the range below begins and ends in winter time.
FIRST, LAST = seconds("2026-10-20T00:00"), seconds("2026-11-05T00:00")
RANGE = "2026-10-20..2026-11-05"
SITES = ("North", "South", None)


@st.composite
def fact_values(draw: st.DrawFn, number: int = 1) -> Fact:
    reported = draw(
        st.none() | st.integers(FIRST - 3 * DAY, LAST + 3 * DAY) | st.sampled_from([FIRST, LAST])
    )
    is_open = draw(st.booleans())
    asset = draw(st.sampled_from(["M-1", "M-2", "M-3", ""]))
    length = st.none() | st.integers(0, 5 * DAY)
    completed = acknowledged = started = None
    if reported is not None:
        after = {name: draw(length) for name in ("ack", "start", "done")}
        acknowledged = None if after["ack"] is None else reported + after["ack"]
        started = None if after["start"] is None else reported + after["start"]
        completed = None if after["done"] is None or is_open else reported + after["done"]
    down_from = draw(st.none() | st.integers(FIRST - 2 * DAY, LAST + DAY))
    stood = draw(st.integers(0, 4 * DAY) | (st.none() if is_open else st.just(HOUR)))
    down_to = None if down_from is None or stood is None else down_from + stood
    return {
        "asset": asset,
        "asset_text": asset if asset else draw(st.sampled_from(["", "old pump"])),
        "line": {"M-1": "L1", "M-2": "L1", "M-3": "L2"}.get(asset, ""),
        "site": draw(st.sampled_from(SITES)),
        "reported": reported,
        "acknowledged": acknowledged,
        "started": started,
        "completed": completed,
        "is_open": int(is_open),
        "status": "open" if is_open else draw(st.sampled_from(["done", "cancelled"])),
        "is_failure": draw(st.sampled_from([0, 1, 1])),
        "is_duplicate": draw(st.sampled_from([0, 0, 0, 1])),
        "is_excluded": draw(st.sampled_from([0, 0, 0, 1])),
        "is_date_only": draw(st.sampled_from([0, 0, 1])),
        "has_time_flaw": int(
            None not in (started, completed) and completed < started  # type: ignore[operator]
        ),
        "is_reopened": draw(st.sampled_from([0, 0, 1])),
        "is_reactive": draw(st.sampled_from([0, 1, None])),
        "kind": draw(st.sampled_from(["corrective", "preventive", "other"])),
        "failure_mode": draw(st.sampled_from(["", "leak", "jam"])),
        "down_from": down_from,
        "down_to": down_to,
        "down_source": "none" if down_to is None else "interval",
        "has_down_flaw": draw(st.sampled_from([0, 0, 0, 0, 1])),
        "labor_h": draw(st.none() | st.sampled_from([0.0, 0.5, 2.0])),
        "cost_total": (cost := draw(st.none() | st.sampled_from([0.0, 10.0, 99.5]))),
        "currency": "" if cost is None else draw(st.sampled_from(["EUR", "CNY"])),
    }


@st.composite
def fact_lists(draw: st.DrawFn) -> list[Fact]:
    given_values = draw(st.lists(fact_values(), max_size=25))
    return [fact_of(number, **one) for number, one in enumerate(given_values, 1)]


@pytest.fixture(scope="module")
def engine() -> Iterable[sa.Engine]:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    yield engine
    engine.dispose()


def figure(engine: sa.Engine, facts: list[Fact], **query: object) -> Figure:
    values = {"time": {"range": RANGE}} | query
    return FigureEngine(make_record(facts, engine)).answer(Query.model_validate(values), LOCAL)


def column(found: Figure, name: str) -> dict[object, object]:
    """A column by the cells of the dimensions."""
    at = [each.name for each in found.columns].index(name)
    width = len(found.query.dims)
    return {row[:width]: row[at] for row in found.rows}


def counts(one: Fact) -> bool:
    return not one["is_excluded"]


def fails(one: Fact) -> bool:
    return counts(one) and bool(one["is_failure"]) and not one["is_duplicate"]


def within(moment: int | None) -> bool:
    return moment is not None and FIRST <= moment < LAST


def grouped(facts: Iterable[Fact], key: Callable[[Fact], object]) -> dict[object, list[Fact]]:
    found: dict[object, list[Fact]] = defaultdict(list)
    for one in facts:
        found[(key(one),)].append(one)
    return dict(found)


def asset_of(one: Fact) -> str | None:
    return one["asset"] or (f"? {one['asset_text']}" if one["asset_text"] else None)


def unit_of(one: Fact) -> object:
    return one["asset"] or one["asset_text"] or one["ticket_id"]


def stops(facts: Iterable[Fact], unit: Callable[[Fact], object]) -> dict[object, list]:
    """The joined stops of each unit within the range, by plain sweeping."""
    found: dict[object, list] = defaultdict(list)
    for one in facts:
        if one["down_from"] is None or one["has_down_flaw"]:
            continue
        end = one["down_to"] if one["down_to"] is not None else NOW if one["is_open"] else None
        if end is not None:
            found[unit(one)].append((max(one["down_from"], FIRST), min(end, LAST)))
    return {name: covered(each) for name, each in found.items()}


def hours(facts: Iterable[Fact], unit: Callable[[Fact], object] = unit_of) -> float:
    return sum(end - start for each in stops(facts, unit).values() for start, end in each) / HOUR


def same(found: dict[object, object], wanted: dict[object, object]) -> None:
    """Equal, where a group may be missing that has nothing."""
    for key in {*found, *wanted}:
        number = wanted.get(key)
        assert (found.get(key) or 0) == pytest.approx(number or 0, abs=1e-9), key


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists())
def test_counts_by_asset_and_what_is_left_out(engine, facts):
    found = figure(engine, facts, metrics=["failure_count", "ticket_count"], dims=["asset"])
    chosen = [one for one in facts if within(one["reported"])]
    same(
        column(found, "failure_count"),
        {key: len(each) for key, each in grouped(filter(fails, chosen), asset_of).items()},
    )
    same(
        column(found, "ticket_count"),
        {key: len(each) for key, each in grouped(filter(counts, chosen), asset_of).items()},
    )
    failed = [one for one in chosen if one["is_failure"]]
    assert found.counted == sum(map(fails, failed))
    assert found.uids == tuple(
        one["uid"]
        for one in sorted(failed, key=lambda one: (one["reported"], one["ticket_id"]))
        if fails(one)
    )
    left_out = {each.reason: each.rows for each in found.excluded}
    again = [one for one in failed if one["is_duplicate"] and counts(one)]
    assert left_out.get("reports the event of another ticket", 0) == len(again)


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists(), name=st.sampled_from(["day", "week", "month", "hour", "day_of_week"]))
def test_counts_over_time_are_by_the_local_day_of_each_site(engine, facts, name):
    forms = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "day_of_week": "%A"}

    def label(one: Fact) -> object:
        moment = local(one["reported"], one["site"])
        return moment.hour if name == "hour" else f"{moment:{forms[name]}}"

    found = figure(engine, facts, metrics=["ticket_count"], dims=[name])
    chosen = [one for one in facts if counts(one) and within(one["reported"])]
    same(
        column(found, "ticket_count"),
        {key: len(each) for key, each in grouped(chosen, label).items()},
    )
    if name != "hour" and chosen:
        assert len(found.rows) >= {"day": 16, "week": 3, "month": 2, "day_of_week": 7}[name]


@settings(max_examples=50, deadline=None)
@given(facts=fact_lists())
def test_downtime_is_the_union_of_the_stops_of_each_asset(engine, facts):
    failures = list(filter(fails, facts))
    found = figure(engine, facts, metrics=["downtime_h"])
    reported = [one for one in failures if within(one["reported"])]
    known = any(one["down_from"] is not None for one in reported)
    total = hours(failures)
    if total or known or not reported:
        assert found.value == pytest.approx(total)
    else:
        assert found.value is None
    by_asset = figure(engine, facts, metrics=["downtime_h"], dims=["asset"])
    same(
        column(by_asset, "downtime_h"),
        {key: hours(each) for key, each in grouped(failures, asset_of).items()},
    )
    by_mode = figure(engine, facts, metrics=["downtime_h"], dims=["failure_mode"])
    modes = grouped(failures, lambda one: one["failure_mode"] or None)
    same(column(by_mode, "downtime_h"), {key: hours(each) for key, each in modes.items()})


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists())
def test_downtime_over_time_is_cut_at_local_midnights(engine, facts):
    failures = list(filter(fails, facts))
    found = figure(engine, facts, metrics=["downtime_h"], dims=["day"])
    wanted: dict[object, float] = defaultdict(float)
    for site in SITES:
        mine = [one for one in failures if one["site"] == site]
        # Stops of one asset are joined over sites: the tables of tests have assets at one each.
        for start, end in [pair for each in stops(mine, unit_of).values() for pair in each]:
            moment = start
            while moment < end:
                day = local(moment, site)
                following = datetime.combine(
                    day.date() + timedelta(days=1), datetime.min.time(), day.tzinfo
                )
                until = min(end, int(following.timestamp()))
                wanted[(day.date().isoformat(),)] += (until - moment) / HOUR
                moment = until
    units = grouped(failures, unit_of)
    if all(len({one["site"] for one in each}) == 1 for each in units.values()):
        same(column(found, "downtime_h"), wanted)
    numbers = [row[1] or 0 for row in found.rows]
    assert sum(numbers) == pytest.approx(hours(failures))


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists())
def test_a_line_in_series_stands_while_one_of_its_machines_does(engine, facts):
    failures = list(filter(fails, facts))
    found = figure(engine, facts, metrics=["downtime_h"], dims=["line"])
    wanted = {}
    for (line,), each in grouped(failures, lambda one: one["line"] or None).items():
        unit = unit_of if line != "L1" else lambda _: "L1"
        wanted[(line,)] = hours(each, unit)
    same(column(found, "downtime_h"), wanted)


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists(), metric=st.sampled_from(["mttr_restore_h", "mttr_repair_h", "mtta_min"]))
def test_durations_are_means_with_median_and_ninth_decile(engine, facts, metric):
    def took(one: Fact) -> float | None:
        if one["has_time_flaw"]:
            return None
        begin, end = {
            "mttr_restore_h": (one["reported"], one["completed"]),
            "mttr_repair_h": (one["started"], one["completed"]),
            "mtta_min": (one["reported"], one["acknowledged"]),
        }[metric]
        if metric == "mttr_restore_h":
            if one["has_down_flaw"]:
                return None
            if one["down_from"] is not None and one["down_to"] is not None:
                return (one["down_to"] - one["down_from"]) / HOUR
        if metric != "mttr_repair_h" and one["is_date_only"]:
            return None
        if begin is None or end is None or end < begin:
            return None
        return (end - begin) / (60 if metric == "mtta_min" else HOUR)

    found = figure(engine, facts, metrics=[metric], dims=["failure_mode"])
    when = "reported" if metric == "mtta_min" else "completed"
    rule = counts if metric == "mtta_min" else fails
    chosen = [one for one in facts if rule(one) and within(one[when])]
    taken = {
        key: [value for one in each if (value := took(one)) is not None]
        for key, each in grouped(chosen, lambda one: one["failure_mode"] or None).items()
    }
    for key, values in taken.items():
        for name, wanted in (
            (metric, mean(values)),
            (f"{metric}.median", quantile(values, 0.5)),
            (f"{metric}.p90", quantile(values, 0.9)),
            (f"{metric}.n", len(values)),
        ):
            got = column(found, name)[key]
            assert got == (None if wanted is None else pytest.approx(wanted)), name
    assert found.counted == sum(map(len, taken.values()))
    coverage = {each.what.split(" (")[0]: (each.known, each.of) for each in found.coverage}
    assert (found.counted, len(chosen)) in coverage.values()


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists(), average=st.booleans())
def test_hours_and_money_are_added_and_currencies_never(engine, facts, average):
    chosen = [one for one in facts if counts(one) and within(one["reported"])]
    params = {"average": average}
    labor = figure(engine, facts, metrics=["labor_h"], params=params)
    worked = [one["labor_h"] for one in chosen if one["labor_h"] is not None]
    if worked:
        wanted = sum(worked) / len(worked) if average else sum(worked)
        assert labor.value == pytest.approx(wanted)
    else:
        assert labor.value == (None if chosen or average else 0.0)
    cost = figure(engine, facts, metrics=["cost_total"], params=params)
    spent: dict[str, list[float]] = defaultdict(list)
    for one in chosen:
        if one["cost_total"] is not None:
            spent[one["currency"]].append(one["cost_total"])
    amounts = {
        name: sum(each) / len(each) if average else sum(each) for name, each in spent.items()
    }
    if len(spent) > 1:
        assert {row[0]: row[1] for row in cost.rows} == pytest.approx(amounts)
        assert cost.value is None
    elif spent:
        assert (cost.unit, cost.value) == (next(iter(amounts)), pytest.approx(*amounts.values()))


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists())
def test_shares_of_hours_are_ratios_of_sums(engine, facts):
    chosen = [one for one in facts if counts(one) and within(one["reported"])]

    def worked(rule: Callable[[Fact], bool]) -> float:
        return sum(one["labor_h"] or 0 for one in chosen if rule(one))

    planned = worked(lambda one: one["kind"] in ("corrective", "preventive"))
    ratio = figure(engine, facts, metrics=["corrective_ratio"]).value
    wanted = 100 * worked(lambda one: one["kind"] == "corrective") / planned if planned else None
    assert ratio == (None if wanted is None else pytest.approx(wanted))
    judged = worked(lambda one: one["is_reactive"] is not None)
    share = figure(engine, facts, metrics=["reactive_share"]).value
    wanted = 100 * worked(lambda one: one["is_reactive"] == 1) / judged if judged else None
    assert share == (None if wanted is None else pytest.approx(wanted))


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists())
def test_days_between_tickets_and_those_open_at_a_moment(engine, facts):
    chosen = sorted(one["reported"] for one in facts if counts(one) and within(one["reported"]))
    gaps = [(later - first) / DAY for first, later in itertools.pairwise(chosen)]
    found = figure(engine, facts, metrics=["gap_d"]).value
    assert found == (pytest.approx(mean(gaps)) if gaps else None)
    moment = seconds("2026-11-01T00:00")
    was_open = [
        one
        for one in facts
        if counts(one) and one["reported"] is not None and one["reported"] < moment
        if one["is_open"] or (one["completed"] is not None and one["completed"] >= moment)
    ]
    assert figure(engine, facts, metrics=["open_count"], time={"range": "2026-10"}).value == len(
        was_open
    )
    again = [one for one in facts if counts(one) and within(one["reported"])]
    reopened = figure(engine, facts, metrics=["reopen_count"]).value
    assert reopened == sum(one["is_reopened"] for one in again)


@settings(max_examples=40, deadline=None)
@given(facts=fact_lists(), dims=st.sampled_from([["asset"], ["week"], ["failure_mode", "month"]]))
def test_the_tickets_behind_a_group_are_those_that_it_counts(engine, facts, dims):
    desk = FigureEngine(make_record(facts, engine))
    query = Query.model_validate(
        {"metrics": ["failure_count"], "dims": dims, "time": {"range": RANGE}}
    )
    found = desk.answer(query, LOCAL)
    for row in found.rows:
        behind = desk.tickets(query, LOCAL, row[: len(dims)])
        assert len(behind) == row[len(dims)]
        assert {each.uid for each in behind} <= set(found.uids)
