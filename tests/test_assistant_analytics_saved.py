"""Saved figures: names, sharing, pins, schedules and what schedules made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from assistant.analytics.query import Query
from assistant.analytics.saved import saved_figures as module
from assistant.analytics.saved.saved_figures import SavedFigures, Wanted
from assistant.analytics.saved.saved_tables import figure_run, pinned_figure, saved_figure
from assistant.analytics.saved.schedule import Schedule, next_due
from assistant.analytics.saved.scheduling import MOST_RUNS, FigureRuns, Scheduler
from assistant.errors import FigureRefused, RecordNotFound
from assistant.record_tables import MIGRATIONS
from index.access import Principal
from index.database import open_engine
from tests.figures import BY_ASSET, FakeFigures, figure

BERLIN = ZoneInfo("Europe/Berlin")
ANN = Principal("ann", "technician", frozenset({"north"}))
BOB = Principal("bob", "supervisor", frozenset({"north", "south"}))
SUE = Principal("sue", "planner", frozenset({"south"}))
ADA = Principal("ada", "administrator")
MONDAY = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # five o'clock in Berlin
HALF_PAST_TWO = Schedule(every="day", at="02:30")
ZONES = {"": BERLIN, "north": BERLIN}
DAILY = Schedule(every="day", at="06:00")


class Clock:
    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def saved(tmp_path: Path, clock: Clock) -> SavedFigures:
    engine = open_engine(tmp_path / "records.db", MIGRATIONS)
    return SavedFigures(engine, ZONES.get, clock)


def _scheduler(
    saved: SavedFigures,
    clock: Clock,
    figures: FakeFigures,
    who: Callable[[str], Principal | None] = {"ann": ANN, "bob": BOB, "ada": ADA}.get,
) -> Scheduler:
    return Scheduler(saved, figures, who, ZONES.get, clock)


def test_a_figure_is_saved_under_a_name_and_found_again(saved: SavedFigures) -> None:
    made = saved.save(ANN, Wanted("  Failures   by machine ", BY_ASSET, "which fail?"))
    assert (made.name, made.query, made.question) == (
        "Failures by machine",
        BY_ASSET,
        "which fail?",
    )
    assert made.is_mine
    assert not made.is_shared
    assert saved.all(ANN) == [made]
    assert saved.all(BOB) == []
    with pytest.raises(RecordNotFound):
        saved.get(BOB, made.saved_id)


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\u202eb", "FAILURES"])
def test_a_name_that_is_empty_odd_or_taken_is_refused(saved: SavedFigures, name: str) -> None:
    saved.save(ANN, Wanted("Failures", BY_ASSET))
    with pytest.raises(FigureRefused):
        saved.save(ANN, Wanted(name, BY_ASSET))
    assert len(saved.all(ANN)) == 1
    assert saved.save(BOB, Wanted("Failures", BY_ASSET)).owner == "bob"


def test_there_is_a_most(saved: SavedFigures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SAVED", 2)
    monkeypatch.setattr(module, "MOST_PINNED", 1)
    ids = [saved.save(ANN, Wanted(name, BY_ASSET)).saved_id for name in "ab"]
    with pytest.raises(FigureRefused, match="2 figures"):
        saved.save(ANN, Wanted("c", BY_ASSET))
    saved.pin(ANN, ids[0])
    with pytest.raises(FigureRefused, match="pinned"):
        saved.pin(ANN, ids[1])
    assert saved.pin(ANN, ids[0]).is_pinned  # once more is no second


def test_only_the_owner_changes_and_deletes(saved: SavedFigures) -> None:
    made = saved.save(ANN, Wanted("Failures", BY_ASSET, is_shared=True))
    assert not saved.get(BOB, made.saved_id).is_mine
    with pytest.raises(RecordNotFound):
        saved.change(BOB, made.saved_id, Wanted("Mine now", BY_ASSET))
    with pytest.raises(RecordNotFound):
        saved.delete(ADA, made.saved_id)
    again = saved.change(
        ANN, made.saved_id, Wanted("Failures", Query(metrics=("downtime_h",)), is_shared=False)
    )
    assert again.query.metric == "downtime_h"
    assert saved.all(BOB) == []
    saved.delete(ANN, made.saved_id)
    assert saved.all(ANN) == []


def test_what_is_shared_is_seen_where_a_site_is_shared(saved: SavedFigures) -> None:
    saved.save(ANN, Wanted("of the north", BY_ASSET, is_shared=True))
    assert [one.name for one in saved.all(BOB)] == ["of the north"]
    assert [one.name for one in saved.all(ADA)] == ["of the north"]
    assert saved.all(SUE) == []


def test_each_has_a_dashboard_of_their_own(saved: SavedFigures, clock: Clock) -> None:
    ids = []
    for name in ("one", "two"):
        ids.append(saved.save(ANN, Wanted(name, BY_ASSET, is_shared=True)).saved_id)
    saved.pin(BOB, ids[1])
    clock.now += timedelta(seconds=1)
    saved.pin(BOB, ids[0])
    assert [one.name for one in saved.pinned(BOB)] == ["two", "one"]
    assert saved.pinned(ANN) == []
    saved.pin(BOB, ids[1], is_pinned=False)
    assert [one.name for one in saved.pinned(BOB)] == ["one"]
    saved.change(ANN, ids[0], Wanted("one", BY_ASSET, is_shared=False))
    assert saved.pinned(BOB) == []


def test_a_deleted_figure_takes_its_pins_and_runs_along(saved: SavedFigures, clock: Clock) -> None:
    made = saved.save(ANN, Wanted("one", BY_ASSET, schedule=DAILY))
    saved.pin(ANN, made.saved_id)
    clock.now += timedelta(days=1)
    assert _scheduler(saved, clock, FakeFigures()).run_due() == 1
    saved.delete(ANN, made.saved_id)
    with saved.engine.connect() as connection:
        for table in (saved_figure, pinned_figure, figure_run):
            count = sa.select(sa.func.count()).select_from(table)
            assert connection.execute(count).scalar_one() == 0


def test_a_query_of_another_version_is_left_out(saved: SavedFigures) -> None:
    made = saved.save(ANN, Wanted("old", BY_ASSET))
    with saved.engine.begin() as connection:
        old = {"metrics": ["no_more"]}
        connection.execute(saved_figure.update().values(query=old))
    assert saved.all(ANN) == []
    with pytest.raises(RecordNotFound):
        saved.get(ANN, made.saved_id)


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        (DAILY, MONDAY, "2026-11-16T05:00"),
        (DAILY, MONDAY + timedelta(hours=1), "2026-11-17T05:00"),
        (Schedule(every="week", weekday=4, at="14:30"), MONDAY, "2026-11-20T13:30"),
        (Schedule(every="month", day=31), MONDAY, "2026-11-30T05:00"),
        (Schedule(every="month", day=1), MONDAY, "2026-12-01T05:00"),
        # The clock goes from two to three: half past two comes as half past three, once.
        (HALF_PAST_TWO, datetime(2026, 3, 28, 12, tzinfo=UTC), "2026-03-29T01:30"),
        (HALF_PAST_TWO, datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "2026-03-30T00:30"),
        # The clock goes back from three to two: half past two counts the first time only.
        (HALF_PAST_TWO, datetime(2026, 10, 24, 12, tzinfo=UTC), "2026-10-25T00:30"),
        (HALF_PAST_TWO, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-26T01:30"),
    ],
)  # fmt: skip
def test_a_schedule_goes_by_the_clock_of_the_site(
    schedule: Schedule, after: datetime, due: str
) -> None:
    assert next_due(schedule, after, BERLIN).isoformat(timespec="minutes") == f"{due}+00:00"


@pytest.mark.parametrize("at", ["24:00", "6:00", "06:60", "", "06:00; DROP"])
def test_a_time_that_is_none_is_refused(at: str) -> None:
    with pytest.raises(ValidationError):
        Schedule(every="day", at=at)


def test_a_schedule_is_said_in_words() -> None:
    assert Schedule(every="week", weekday=4, at="14:30").text == "every Friday at 14:30"
    assert Schedule(every="month", day=31).text == "on day 31 of every month at 06:00"
    assert DAILY.text == "every day at 06:00"


def test_what_is_due_is_made_once_as_its_owner_and_kept(saved: SavedFigures, clock: Clock) -> None:
    made = saved.save(ANN, Wanted("daily", BY_ASSET, schedule=DAILY))
    figures = FakeFigures()
    scheduler = _scheduler(saved, clock, figures)
    assert scheduler.run_due() == 0
    clock.now += timedelta(hours=1)
    assert scheduler.run_due() == 1
    assert scheduler.run_due() == 0
    assert figures.asked == [(BY_ASSET, ANN)]
    runs = FigureRuns(saved)
    (run,) = runs.of(ANN, made.saved_id)
    assert run.figure == figure()
    assert saved.get(ANN, made.saved_id).time_zone == "Europe/Berlin"
    assert run.due_at.startswith("2026-11-16T05:00")
    assert runs.get(ANN, made.saved_id, run.run_id) == run
    assert saved.get(ANN, made.saved_id).next_at == "2026-11-17T05:00:00.000+00:00"


def test_missed_runs_are_made_up_once(saved: SavedFigures, clock: Clock) -> None:
    made = saved.save(ANN, Wanted("daily", BY_ASSET, schedule=DAILY))
    clock.now += timedelta(days=5, hours=2)
    scheduler = _scheduler(saved, clock, FakeFigures())
    assert scheduler.run_due() == 1
    assert scheduler.run_due() == 0
    (run,) = FigureRuns(saved).of(ANN, made.saved_id)
    assert run.due_at.startswith("2026-11-16")
    assert run.made_at.startswith("2026-11-21")
    assert (saved.get(ANN, made.saved_id).next_at or "").startswith("2026-11-22T05:00")


def test_why_a_run_has_no_figure_is_kept(saved: SavedFigures, clock: Clock) -> None:
    query = Query(metrics=("failure_count",), dims=("person",))
    made = saved.save(ANN, Wanted("persons", query, schedule=DAILY))
    gone = saved.save(BOB, Wanted("mine", BY_ASSET, schedule=DAILY))
    clock.now += timedelta(days=1)
    scheduler = _scheduler(saved, clock, FakeFigures(), {"ann": ANN}.get)
    assert scheduler.run_due() == 2
    runs = FigureRuns(saved)
    assert "off" in runs.of(ANN, made.saved_id)[0].reason
    assert runs.of(BOB, gone.saved_id)[0].reason == "The owner's account is gone or disabled."


def test_one_figure_that_breaks_does_not_hold_up_the_next(
    saved: SavedFigures, clock: Clock
) -> None:
    first = saved.save(ANN, Wanted("broken", Query(metrics=("mtbf_h",)), schedule=DAILY))
    second = saved.save(ANN, Wanted("whole", BY_ASSET, schedule=DAILY))

    def make(query: Query) -> object:
        if query.metric == "mtbf_h":
            raise ZeroDivisionError
        return figure(query)

    clock.now += timedelta(days=1)
    assert _scheduler(saved, clock, FakeFigures(make)).run_due() == 2  # type: ignore[arg-type]
    runs = FigureRuns(saved)
    assert "log" in runs.of(ANN, first.saved_id)[0].reason
    assert runs.of(ANN, second.saved_id)[0].figure is not None


def test_runs_are_of_the_owner_who_still_sees_as_much(saved: SavedFigures, clock: Clock) -> None:
    made = saved.save(BOB, Wanted("daily", BY_ASSET, is_shared=True, schedule=DAILY))
    clock.now += timedelta(days=1)
    _scheduler(saved, clock, FakeFigures()).run_due()
    runs = FigureRuns(saved)
    assert len(runs.of(BOB, made.saved_id)) == 1
    with pytest.raises(RecordNotFound):
        runs.of(ANN, made.saved_id)
    less = Principal("bob", "supervisor", frozenset({"south"}))
    assert runs.of(less, made.saved_id) == []
    with pytest.raises(RecordNotFound):
        runs.get(less, made.saved_id, runs.of(BOB, made.saved_id)[0].run_id)


def test_the_newest_runs_are_kept(saved: SavedFigures, clock: Clock) -> None:
    made = saved.save(ANN, Wanted("daily", BY_ASSET, schedule=DAILY))
    scheduler = _scheduler(saved, clock, FakeFigures())
    for _ in range(MOST_RUNS + 3):
        clock.now += timedelta(days=1)
        assert scheduler.run_due() == 1
    runs = FigureRuns(saved).of(ANN, made.saved_id)
    assert len(runs) == MOST_RUNS
    assert runs[0].due_at > runs[-1].due_at > "2026-11-18"


def test_a_site_that_is_unknown_is_refused(saved: SavedFigures, clock: Clock) -> None:
    nowhere = Schedule(every="day", site="Plant Mars")
    with pytest.raises(FigureRefused, match="no site 'Plant Mars'"):
        saved.save(ANN, Wanted("daily", BY_ASSET, schedule=nowhere))
    made = saved.save(ANN, Wanted("daily", BY_ASSET, schedule=Schedule(every="day", site="north")))
    clock.now += timedelta(days=1)
    gone = SavedFigures(saved.engine, lambda _site: None, clock)
    scheduler = Scheduler(gone, FakeFigures(), {"ann": ANN}.get, lambda _site: None, clock)
    assert scheduler.run_due() == 1  # by UTC, rather than never again
    assert gone.get(ANN, made.saved_id).time_zone == "UTC"


def test_a_schedule_is_taken_away(saved: SavedFigures, clock: Clock) -> None:
    made = saved.save(ANN, Wanted("daily", BY_ASSET, schedule=DAILY))
    changed = saved.change(ANN, made.saved_id, Wanted("daily", BY_ASSET))
    assert (changed.schedule, changed.next_at) == (None, None)
    clock.now += timedelta(days=2)
    assert _scheduler(saved, clock, FakeFigures()).run_due() == 0


def test_the_thread_makes_what_is_due_and_ends(saved: SavedFigures, clock: Clock) -> None:
    made = saved.save(ANN, Wanted("daily", BY_ASSET, schedule=DAILY))
    clock.now += timedelta(days=1)
    scheduler = _scheduler(saved, clock, FakeFigures())
    scheduler.run_due()
    scheduler.start()
    scheduler.stop()
    assert len(FigureRuns(saved).of(ANN, made.saved_id)) == 1
