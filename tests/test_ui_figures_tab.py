"""The tab of figures, its handlers called as functions, over an engine that a test gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.analytics.figure import Figure
from assistant.analytics.query import Query
from index.access import LOCAL
from tests.figures import BY_ASSET, FakeAsker, FakeFigures, figure, number
from tests.screen_events import event_of, event_with
from tests.ui_services import HOSTILE, built, services_of
from ui.figures.tab import FiguresTab
from ui.wiring import Services


@pytest.fixture
def services(tmp_path: Path) -> Services:
    services = services_of(tmp_path / "home")
    services.figures = FakeFigures()  # type: ignore[assignment]
    services.asker = FakeAsker()  # type: ignore[assignment]
    return services


@pytest.fixture
def tab(services: Services) -> FiguresTab:
    def make() -> FiguresTab:
        with gr.Blocks(analytics_enabled=False):
            return FiguresTab(services)

    return built(make)


@pytest.fixture
def me(services: Services) -> gr.Request:
    return event_of(services)


def _tap(item: str, act: str = "") -> gr.EventData:
    return gr.EventData(None, {"item": item, "act": act})


def _at(tab: FiguresTab, shown: Any, name: str) -> Any:
    widget = getattr(tab, name, None) or getattr(tab.keeping, name)
    return shown[tab.outputs.index(widget)]


def _asked(tab: FiguresTab, me: gr.Request, text: str = "failures by machine") -> Any:
    return tab.ask(text, "", me)


def test_a_question_becomes_chips_a_sentence_a_chart_and_a_table(
    tab: FiguresTab, me: gr.Request
) -> None:
    shown = _asked(tab, me)
    assert "Failures" in _at(tab, shown, "_chips")
    html = _at(tab, shown, "_shown")
    assert html.index("most for PRESS-2 (7)") < html.index("<svg")
    assert "Data as of 2026-11-20 22:00" in html
    assert "2 tickets name no machine." in html
    assert "&#x27;Line 3&#x27; is the line." in html
    assert "Downtime instead" in _at(tab, shown, "_back")
    other = tab.choose(_at(tab, shown, "_choices"), "", _tap("0"), me)
    assert Query.model_validate_json(_at(tab, other, "_query")).metric == "downtime_h"
    assert "PRESS-2" in _at(tab, shown, "_table")
    defence = _at(tab, shown, "_defence")
    for words in (
        "Tickets that report a failure.",
        "EN 13306",
        "duplicates of other tickets",
        "machine known for 10 of 12",
        "SELECT count(*) FROM fact",
        "last month (1 to 31 October 2026)",
    ):
        assert words in defence
    links = _at(tab, shown, "_links")
    assert links.count("/figures/figure.") == 3
    assert Query.model_validate_json(_at(tab, shown, "_query")) == BY_ASSET


def test_what_is_not_understood_is_asked_back_with_buttons(tab: FiguresTab, me: gr.Request) -> None:
    shown = _asked(tab, me, "worst <b>one</b>")
    back = _at(tab, shown, "_back")
    assert "What is meant?" in back
    assert "Not understood: worst &lt;b&gt;one" in back
    assert "<svg" not in _at(tab, shown, "_shown")
    chosen = tab.choose(_at(tab, shown, "_choices"), "worst", _tap("0"), me)
    assert Query.model_validate_json(_at(tab, chosen, "_query")) == BY_ASSET
    assert "<span>Name the machine</span>" in back
    for item in ("1", "2", "-1", "x", ""):
        with pytest.raises(gr.Error):
            tab.choose(_at(tab, shown, "_choices"), "worst", _tap(item), me)


def test_a_few_words_more_change_the_query_before(tab: FiguresTab, me: gr.Request) -> None:
    before = BY_ASSET.model_dump_json()
    shown = tab.ask("by line", before, me)
    changed = Query.model_validate_json(_at(tab, shown, "_query"))
    assert (changed.dims, changed.filters) == (("line",), BY_ASSET.filters)
    assert "What is meant?" in _at(tab, tab.ask("by line", "", me), "_back")
    assert "What is meant?" in _at(tab, tab.ask("nonsense", before, me), "_back")


def test_the_query_is_edited_by_taps(tab: FiguresTab, me: gr.Request, services: Services) -> None:
    query = BY_ASSET.model_dump_json()
    shown = tab.edit(query, "", "downtime_h", ["line"], "last_week", "previous", "", "5", me)
    edited = Query.model_validate_json(_at(tab, shown, "_query"))
    assert (edited.metric, edited.dims, edited.limit) == ("downtime_h", ("line",), 5)
    assert edited.filters == BY_ASSET.filters
    shown = tab.drop(query, "", _tap("filter-0"), me)
    assert Query.model_validate_json(_at(tab, shown, "_query")).filters == ()
    shown = tab.add(query, "", "status", "eq", "open", me)
    assert len(Query.model_validate_json(_at(tab, shown, "_query")).filters) == 2
    with pytest.raises(gr.Error, match="Ask a question first"):
        tab.drop("", "", _tap("time"), me)
    with pytest.raises(gr.Error, match="no period"):
        tab.edit(query, "", "downtime_h", [], "someday", "", "", "", me)
    assert len(services.figures.asked) == 3  # type: ignore[attr-defined]


def test_what_cannot_be_computed_is_said_in_its_place(tab: FiguresTab, me: gr.Request) -> None:
    shown = tab.edit(
        BY_ASSET.model_dump_json(), "", "failure_count", ["person"], "all", "", "", "", me
    )
    assert "single persons are off" in _at(tab, shown, "_back")
    assert _at(tab, shown, "_shown") == ""
    assert _at(tab, shown, "_figure") == ""


def test_a_bar_tells_its_value(tab: FiguresTab, me: gr.Request, services: Services) -> None:
    shown = figure().model_dump_json()
    html = tab.behind.row(shown, _tap("0"), me)
    assert "PRESS-2 · Failures 7" in html
    assert "No ticket stands behind this" in html
    assert tab.behind.row(shown, _tap("9"), me) == ""
    assert tab.behind.row("", _tap("0"), me) == ""
    assert "Downtime 83.5 h" in tab.behind.row(number().model_dump_json(), _tap("0"), me)
    assert "10 tickets stand behind" in tab.behind.whole(shown, me)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_record_becomes_markup(
    tab: FiguresTab, me: gr.Request, services: Services, text: str
) -> None:
    def make(query: Query) -> Figure:
        made = figure(query, rows=((text, 3),), notes=(text,), filters=(text,))
        return made.model_copy(update={"counted_what": text})

    services.figures = FakeFigures(make)  # type: ignore[assignment]
    shown = _asked(tab, me)
    html = "".join(part for part in shown if isinstance(part, str) and part.startswith("<"))
    for bad in ("<script>", "<img", "<iframe", "' onmouseover='alert"):
        assert bad not in html


def test_a_figure_is_saved_scheduled_and_pinned(
    tab: FiguresTab, me: gr.Request, services: Services
) -> None:
    keeping = tab.keeping
    query = BY_ASSET.model_dump_json()
    form, said, listed = keeping.keep(query, "q", "Mine", False, "", None, "06:00", None, me)
    assert not form["visible"]
    assert "Saved as Mine" in said
    assert "Mine" in listed
    _, said, listed = keeping.keep(query, "q", "Weekly", True, "week", 4, "14:30", None, me)
    assert "every Friday at 14:30, next" in said
    assert "14:30 (UTC)" in said
    assert "Results" in listed
    with pytest.raises(gr.Error, match="hours and minutes"):
        keeping.keep(query, "q", "Odd", False, "day", None, "noon", None, me)
    with pytest.raises(gr.Error, match="no figure to keep"):
        keeping.keep("", "q", "None", False, "", None, "", None, me)
    _, said, _ = keeping.pin(query, "q", "ignored: it is saved", me)
    assert "Pinned: Mine" in said
    _, said, _ = keeping.pin(Query(metrics=("mtbf_h",)).model_dump_json(), "", "", me)
    assert "Pinned: MTBF, all time" in said
    shown = tab.start(me)
    board = _at(tab, shown, "_board")
    assert "Mine" in board
    assert "<svg" in board
    assert 'data-act="row"' not in board


def test_the_list_opens_unpins_and_deletes(
    tab: FiguresTab, me: gr.Request, services: Services
) -> None:
    keeping = tab.keeping
    keeping.pin(BY_ASSET.model_dump_json(), "failures", "Mine", me)
    (one,) = services.saved_figures.all(services.accounts.get(LOCAL, "ada").principal())
    shown = keeping.tapped("", _tap(one.saved_id, "open"), me)
    assert "<svg" in _at(tab, shown, "_shown")
    assert _at(tab, shown, "_name") == "Mine"
    assert "Take off" in _at(tab, shown, "_list")
    shown = keeping.tapped("", _tap(one.saved_id, "unpin"), me)
    assert _at(tab, shown, "_board") == ""
    shown = keeping.tapped("", _tap(one.saved_id, "runs"), me)
    assert "nothing was due yet" in _at(tab, shown, "_runs")
    shown = keeping.tapped("", _tap(one.saved_id, "delete"), me)
    assert "Delete for good" in _at(tab, shown, "_list")
    assert len(services.saved_figures.all(services.accounts.get(LOCAL, "ada").principal())) == 1
    shown = keeping.tapped("", _tap(one.saved_id, "really"), me)
    assert "Nothing is saved yet" in _at(tab, shown, "_list")
    with pytest.raises(gr.Error, match="no saved figure"):
        keeping.tapped("", _tap(one.saved_id, "open"), me)


def test_the_dashboard_says_which_figure_fails(
    tab: FiguresTab, me: gr.Request, services: Services
) -> None:
    query = Query(metrics=("failure_count",), dims=("person",))
    tab.keeping.pin(query.model_dump_json(), "", "Persons", me)
    board = _at(tab, tab.start(me), "_board")
    assert "single persons are off" in board


def test_a_figure_that_stands_stays_when_the_tab_is_opened(tab: FiguresTab, me: gr.Request) -> None:
    assert 'data-act="example"' in _at(tab, tab.visit("", me), "_welcome")
    assert len(tab.visit(BY_ASSET.model_dump_json(), me)) == len(tab.outputs)
    assert tab.visit(BY_ASSET.model_dump_json(), me)[0] == gr.skip()


def test_examples_and_questions_of_the_chat_are_asked(tab: FiguresTab, me: gr.Request) -> None:
    shown = tab.example(_tap("0"), me)
    assert shown[0] == "Which five machines failed most this year?"
    with pytest.raises(gr.Error):
        tab.example(_tap("99"), me)
    shown = tab.asked_elsewhere(gr.EventData(None, {"text": "failures by machine"}), me)
    assert "<svg" in _at(tab, shown, "_shown")


def test_the_editor_shows_the_query_and_offers_values(tab: FiguresTab, me: gr.Request) -> None:
    shown = _asked(tab, me)
    at = tab.outputs.index(tab.editor.metric)
    assert shown[at] == "failure_count"
    assert shown[at + 1] == ["asset"]
    operators, values = tab.offer("is_safety", me)
    assert values["choices"] == [("yes", "yes"), ("no", "no")] or values["choices"] == ["yes", "no"]
    operators, values = tab.offer("", me)
    assert operators["choices"] == []
    for field in ("asset", "alarm_code", "part", "part_category", "age_d", "line"):
        tab.offer(field, me)  # of an empty record there are none


def test_every_role_may_and_nobody_else(tab: FiguresTab, services: Services) -> None:
    tess = event_of(services, "tess", "technician", ("north",))
    assert "<svg" in _at(tab, _asked(tab, tess), "_shown")
    _, principal = services.figures.asked[-1]  # type: ignore[attr-defined]
    assert (principal.user, principal.sites) == ("tess", frozenset({"north"}))
    nobody = event_with()
    for call in (
        lambda: tab.start(nobody),
        lambda: tab.visit("", nobody),
        lambda: tab.ask("x", "", nobody),
        lambda: tab.example(_tap("0"), nobody),
        lambda: tab.choose([], "", _tap("0"), nobody),
        lambda: tab.drop("", "", _tap("0"), nobody),
        lambda: tab.edit("", "", "", [], "", "", "", "", nobody),
        lambda: tab.offer("line", nobody),
        lambda: tab.add("", "", "", "", "", nobody),
        lambda: tab.behind.row("", _tap("0"), nobody),
        lambda: tab.behind.whole("", nobody),
        lambda: tab.keeping.open_form(nobody),
        lambda: tab.keeping.open_plan(nobody),
        lambda: tab.keeping.times("day", nobody),
        lambda: tab.keeping.keep("", "", "", False, "", None, "", None, nobody),
        lambda: tab.keeping.pin("", "", "", nobody),
        lambda: tab.keeping.tapped("", _tap("x", "open"), nobody),
    ):
        with pytest.raises(gr.Error, match="Sign in"):
            call()
    assert len(services.figures.asked) == 1  # type: ignore[attr-defined]


def test_too_many_questions_are_told(tab: FiguresTab, me: gr.Request) -> None:
    for _ in range(30):
        _asked(tab, me)
    assert "Go on in" in _at(tab, _asked(tab, me), "_back")
