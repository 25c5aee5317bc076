"""Keeping a figure: under a name, by a schedule, pinned; and the list of what is kept."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr
from pydantic import ValidationError

from assistant.analytics.figure import Figure
from assistant.analytics.query import Query
from assistant.analytics.saved.saved_figures import LONGEST_NAME, SavedFigure, Wanted
from assistant.analytics.saved.schedule import DAYS, Schedule
from assistant.errors import AssistantError, FigureRefused, RecordNotFound
from index.access import Principal
from index.errors import KnowledgeError
from ui.figures.saved_html import dashboard_html, moment, query_words, runs_html, saved_html
from ui.taps import KEYED_TAPS
from ui.visitor import told, visitor
from ui.wiring import Services

if TYPE_CHECKING:
    from ui.figures.tab import FiguresTab

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_EVERY = [("not by itself", ""), ("every day", "day"), ("every week", "week"),
          ("every month", "month")]  # fmt: skip
_FAILURES = (AssistantError, KnowledgeError)
Outputs = tuple[Any, ...]


class Keeping:
    """Widgets and handlers under a figure, and of the list below it."""

    def __init__(self, services: Services, query: gr.State, asked: gr.State) -> None:
        """Under a figure; :meth:`add_list` puts the list where it is called."""
        self._services = services
        self._query, self._asked = query, asked
        self._tab: FiguresTab | None = None
        with gr.Row(visible=False, elem_classes="fb-keep") as self._acts:
            self._save = gr.Button("Save", min_width=90, elem_id="fb-figure-save")
            self._plan = gr.Button("Schedule", min_width=90, elem_id="fb-figure-schedule")
            self._pin = gr.Button("Pin", min_width=90, elem_id="fb-figure-pin")
        with gr.Column(visible=False, elem_classes="fb-form") as self._form:
            with gr.Row():
                self._name = gr.Textbox(
                    label="Name", max_length=LONGEST_NAME, scale=3, elem_id="fb-keep-name"
                )
                self._shared = gr.Checkbox(
                    label="Others of my sites see it", scale=2, elem_id="fb-keep-shared"
                )
            with gr.Row():
                self._every = gr.Dropdown(
                    _EVERY, label="Made anew", value="", elem_id="fb-keep-every"
                )
                self._day = gr.Dropdown([], label="On", visible=False, elem_id="fb-keep-day")
                self._at = gr.Textbox(
                    "06:00", label="At (site time)", visible=False, elem_id="fb-keep-at"
                )
                self._site = gr.Dropdown([], label="Site", visible=False, elem_id="fb-keep-site")
            with gr.Row():
                self._yes = gr.Button("Keep it", variant="primary", elem_id="fb-keep-yes")
                self._no = gr.Button("Leave it", elem_id="fb-keep-no")
        self._said = gr.HTML(elem_id="fb-keep-said")
        self._times = [self._day, self._at, self._site]
        self.naming = self._name

    def add_list(self) -> None:
        """The list of what is saved, with what schedules made."""
        with gr.Accordion("Saved figures", open=True, elem_id="fb-saved"):
            self._list = gr.HTML(js_on_load=KEYED_TAPS, elem_id="fb-saved-list")
            self._runs = gr.HTML(js_on_load=KEYED_TAPS, elem_id="fb-saved-runs")
        self.outputs = [
            self._acts, self._form, self._name, self._shared, self._every, self._said,
            self._list, self._runs,
        ]  # fmt: skip

    def bind(self, tab: FiguresTab) -> None:
        """Bind the events, some of which draw the whole tab."""
        self._tab = tab
        self._save.click(self.open_form, None, [self._form, self._every, *self._times], **_PRIVATE)
        self._plan.click(self.open_plan, None, [self._form, self._every, *self._times], **_PRIVATE)
        self._every.input(self.times, self._every, self._times, **_PRIVATE)
        self._no.click(lambda: gr.update(visible=False), None, self._form, **_PRIVATE)
        kept = [self._query, self._asked, self._name]
        self._yes.click(
            self.keep,
            [*kept, self._shared, self._every, *self._times],
            [self._form, self._said, self._list],
            **_PRIVATE,
        )
        self._pin.click(self.pin, kept, [self._form, self._said, self._list], **_PRIVATE)
        for widget in (self._list, self._runs):
            widget.click(self.tapped, self._name, tab.outputs, **_PRIVATE)

    def shown(self, principal: Principal, title: str) -> Outputs:
        """What stands under a figure of that title; an empty one is none."""
        return (
            gr.update(visible=bool(title)),
            gr.update(visible=False),
            title[:LONGEST_NAME],
            False,
            "",
            "",
            saved_html(self._services.saved_figures.all(principal)),
            "",
        )

    def board(self, principal: Principal) -> str:
        """The dashboard, computed now."""
        made: list[tuple[SavedFigure, Figure | str]] = []
        for saved in self._services.saved_figures.pinned(principal):
            try:
                made.append((saved, self._services.figures.answer(saved.query, principal)))
            except _FAILURES as error:
                made.append((saved, str(error)))
        return dashboard_html(made)

    def open_form(self, request: gr.Request) -> Outputs:
        """Ask for a name."""
        visitor(self._services, request, "ask")
        return gr.update(visible=True), "", *self.times("", request)

    def open_plan(self, request: gr.Request) -> Outputs:
        """Ask for a name and when."""
        visitor(self._services, request, "ask")
        return gr.update(visible=True), "day", *self.times("day", request)

    def times(self, every: str | None, request: gr.Request) -> Outputs:
        """Show what a schedule of this kind needs."""
        visitor(self._services, request, "ask")
        if every == "week":
            days = [(name, number) for number, name in enumerate(DAYS)]
            day = gr.update(visible=True, choices=days, value=0)
        elif every == "month":
            day = gr.update(visible=True, choices=[(str(n), n) for n in range(1, 32)], value=1)
        else:
            day = gr.update(visible=False, choices=[], value=None)
        sites = [site.name for site in self._services.record.plant.sites if site.name]
        several = bool(every) and len(sites) > 1
        site = gr.update(visible=several, choices=sites, value=sites[0] if sites else None)
        return day, gr.update(visible=bool(every)), site

    def keep(
        self,
        query: str,
        asked: str,
        name: str,
        shared: bool,
        every: str | None,
        day: int | None,
        at: str,
        site: str | None,
        request: gr.Request,
    ) -> Outputs:
        """Save the figure, with its schedule if it has one."""
        principal = visitor(self._services, request, "ask")
        try:
            schedule = _schedule(every, day, at, site)
            wanted = Wanted(name, _query(query), asked, is_shared=shared, schedule=schedule)
            made = self._put(principal, wanted)
        except _FAILURES as error:
            raise told(str(error)) from error
        said = f"Saved as {made.name}"
        if made.schedule is not None and made.next_at is not None:
            said += f": {made.schedule.text}, next {moment(made.next_at, made.time_zone)}"
        return self._done(principal, said)

    def pin(self, query: str, asked: str, name: str, request: gr.Request) -> Outputs:
        """Save the figure under its name if that is new, and pin it."""
        principal = visitor(self._services, request, "ask")
        saved = self._services.saved_figures
        try:
            wanted = _query(query)
            same = [one for one in saved.all(principal) if one.is_mine and one.query == wanted]
            title = name.strip() or query_words(wanted)[:LONGEST_NAME]
            one = same[0] if same else self._put(principal, Wanted(title, wanted, asked))
            saved.pin(principal, one.saved_id)
        except _FAILURES as error:
            raise told(str(error)) from error
        return self._done(principal, f"Pinned: {one.name}. It stands on the first page of the tab")

    def tapped(self, _name: str, event: gr.EventData, request: gr.Request) -> Outputs:
        """Do what a button of the list, of the results or of the dashboard says."""
        principal = visitor(self._services, request, "ask")
        tab = self._tab
        assert tab is not None  # it binds this
        sent: dict[str, Any] = event._data or {}  # what the script sends
        act, item = str(sent.get("act", "")), str(sent.get("item", ""))[:200]
        saved = self._services.saved_figures
        try:
            match act:
                case "open":
                    one = saved.get(principal, item)
                    return self._named(tab.compute(principal, one.query, one.question), one.name)
                case "run":
                    return self._run(tab, principal, item)
                case "pin" | "unpin":
                    saved.pin(principal, item, is_pinned=act == "pin")
                    return self._begun(tab, principal)
                case "really":
                    saved.delete(principal, item)
                    return self._begun(tab, principal)
                case "runs":
                    found = self._services.figure_runs.of(principal, item)
                    return self._only(runs=runs_html(saved.get(principal, item), found))
                case _:
                    asked = item if act == "delete" else ""
                    return self._only(listed=saved_html(saved.all(principal), asked))
        except _FAILURES as error:
            raise told(str(error)) from error

    def _run(self, tab: FiguresTab, principal: Principal, item: str) -> Outputs:
        saved_id, _, run_id = item.partition("/")
        run = self._services.figure_runs.get(principal, saved_id, run_id)
        if run.figure is None:
            raise RecordNotFound(run.reason)
        one = self._services.saved_figures.get(principal, saved_id)
        return self._named(tab.showing(principal, run.figure, one.question), one.name)

    def _begun(self, tab: FiguresTab, principal: Principal) -> Outputs:
        return tab.began(principal)

    def _named(self, shown: Outputs, name: str) -> Outputs:
        """The tab with the name of what was opened in the field for it."""
        assert self._tab is not None  # it binds this
        at = self._tab.outputs.index(self._name)
        return (*shown[:at], name, *shown[at + 1 :])

    def _only(self, listed: str | None = None, runs: str | None = None) -> Outputs:
        """The tab as it is, with another list or other results."""
        assert self._tab is not None  # it binds this
        new = {self._list: listed, self._runs: runs}
        return tuple(
            gr.skip() if new.get(widget) is None else new[widget] for widget in self._tab.outputs
        )

    def _put(self, principal: Principal, wanted: Wanted) -> SavedFigure:
        """Save, in the place of a figure of the same name and query."""
        saved = self._services.saved_figures
        for one in saved.all(principal):
            if one.is_mine and one.name == wanted.name.strip() and one.query == wanted.query:
                return saved.change(principal, one.saved_id, wanted)
        return saved.save(principal, wanted)

    def _done(self, principal: Principal, said: str) -> Outputs:
        listed = saved_html(self._services.saved_figures.all(principal))
        return gr.update(visible=False), f'<p class="fb-status">{escape(said)}.</p>', listed


def _query(text: str) -> Query:
    if not text:
        raise FigureRefused("There is no figure to keep. Ask for one first.")
    return Query.model_validate_json(text)


def _schedule(every: str | None, day: int | None, at: str, site: str | None) -> Schedule | None:
    if not every:
        return None
    values: dict[str, Any] = {"every": every, "at": at.strip(), "site": site or ""}
    if day is not None and every in ("week", "month"):
        values["weekday" if every == "week" else "day"] = day
    try:
        return Schedule.model_validate(values)
    except ValidationError as error:
        raise FigureRefused("Give the time as hours and minutes, such as 06:00.") from error
