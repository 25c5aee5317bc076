"""The tab of figures: ask, see what was understood, change it by taps, read the figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from assistant.analytics.asking.asked import AskBack, Choice, Understood
from assistant.analytics.figure import Figure
from assistant.analytics.presentation.words import language_of
from assistant.analytics.query import Query
from assistant.errors import AssistantError
from index.access import Principal
from index.errors import KnowledgeError
from ui.figures import edits
from ui.figures.behind import Behind, item_of
from ui.figures.editor import Editor
from ui.figures.figure_html import (
    defence_html,
    figure_html,
    links_html,
    table_html,
)
from ui.figures.keeping import Keeping
from ui.figures.query_html import (
    EXAMPLES,
    ask_back_html,
    chips_html,
    examples_html,
    others_html,
    problem_html,
)
from ui.figures.reading import read_question
from ui.figures.saved_html import query_words
from ui.taps import KEYED_TAPS
from ui.visitor import told, visitor
from ui.wiring import Services

LONGEST_QUESTION = 1000
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_FAILURES = (AssistantError, KnowledgeError)
Outputs = tuple[Any, ...]


class FiguresTab:
    """Widgets and handlers of the tab; who taps is asked at every event."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._query = gr.State("")
        self._figure = gr.State("")
        self._choices = gr.State([])  # queries that were asked back, as JSON
        self._asked = gr.State("")  # the question as it was asked
        with gr.Row(elem_classes="fb-ask"):
            self._text = gr.Textbox(
                show_label=False,
                label="Question over the record",
                placeholder="Which five machines failed most this year?",
                container=False,
                lines=1,
                max_lines=3,
                max_length=LONGEST_QUESTION,
                scale=8,
                elem_id="fb-figure-text",
            )
            self._ask = gr.Button(
                "Show", variant="primary", scale=1, min_width=90, elem_id="fb-figure-ask"
            )
            self._new = gr.Button("New", scale=1, min_width=60, elem_id="fb-figure-new")
        self._welcome = gr.HTML(js_on_load=KEYED_TAPS, elem_id="fb-figure-welcome")
        self._board = gr.HTML(js_on_load=KEYED_TAPS, elem_id="fb-figure-board")
        self._back = gr.HTML(js_on_load=KEYED_TAPS, elem_id="fb-figure-back")
        self._chips = gr.HTML(js_on_load=KEYED_TAPS, elem_id="fb-figure-chips")
        self.editor = Editor(services)
        self.behind = Behind(services)
        self._shown = gr.HTML(js_on_load=KEYED_TAPS, elem_id="fb-figure")
        self._row = gr.HTML(elem_id="fb-figure-row")
        self._table = gr.HTML(js_on_load=KEYED_TAPS, elem_id="fb-figure-table")
        self._links = gr.HTML(elem_id="fb-figure-files")
        self.keeping = Keeping(services, self._query, self._asked)
        self._defence = gr.HTML(elem_id="fb-figure-defence")
        self._tickets = gr.Button(
            "Show the tickets behind it", visible=False, elem_id="fb-figure-tickets"
        )
        self._behind = gr.HTML(elem_id="fb-figure-behind")
        self.keeping.add_list()
        self.outputs = [
            self._text, self._query, self._figure, self._choices, self._asked,
            self._welcome, self._board, self._back, self._chips,
            self._shown, self._row, self._table, self._links, self._defence,
            self._tickets, self._behind,
            *self.keeping.outputs, *self.editor.outputs,
        ]  # fmt: skip
        self.kept = self._query
        self._bind()

    def _bind(self) -> None:
        for event in (self._ask.click, self._text.submit):
            event(self.ask, [self._text, self._query], self.outputs, **_PRIVATE)
        self._new.click(self.start, None, self.outputs, **_PRIVATE)
        self._welcome.click(self.example, None, self.outputs, **_PRIVATE)
        self._board.click(self.keeping.tapped, self.keeping.naming, self.outputs, **_PRIVATE)
        self._back.click(self.choose, [self._choices, self._asked], self.outputs, **_PRIVATE)
        self._chips.click(self.drop, [self._query, self._asked], self.outputs, **_PRIVATE)
        for widget in self.editor.controls:
            widget.input(
                self.edit,
                [self._query, self._asked, *self.editor.controls],
                self.outputs,
                **_PRIVATE,
            )
        self.editor.field.input(
            self.offer, self.editor.field, [self.editor.operator, self.editor.value], **_PRIVATE
        )
        self.editor.add.click(
            self.add, [self._query, self._asked, *self.editor.filter], self.outputs, **_PRIVATE
        )
        for tapped in (self._shown, self._table):
            tapped.click(self.behind.row, self._figure, self._row, **_PRIVATE)
        self._tickets.click(self.behind.whole, self._figure, self._behind, **_PRIVATE)
        self.keeping.bind(self)

    def start(self, request: gr.Request) -> Outputs:
        """Show the dashboard, and questions to begin with."""
        return self.began(visitor(self._services, request, "ask"))

    def visit(self, query: str, request: gr.Request) -> Outputs:
        """Show the dashboard when the tab is opened; a figure that stands there stays."""
        who = visitor(self._services, request, "ask")
        return tuple(gr.skip() for _ in self.outputs) if query else self.began(who)

    def asked_elsewhere(self, event: gr.EventData, request: gr.Request) -> Outputs:
        """Ask what an answer of the chat says is to be asked here."""
        return self.question(item_of(event, "text", LONGEST_QUESTION), request)

    def began(self, principal: Principal, *, text: Any = "") -> Outputs:
        """The tab without a figure."""
        board = self.keeping.board(principal)
        return self._out(principal, text=text, welcome=examples_html(), board=board)

    def ask(self, text: str, before: str, request: gr.Request) -> Outputs:
        """Read a question, or a change of the query before; show its figure or ask back."""
        principal = visitor(self._services, request, "ask")
        if not text.strip():
            return self.began(principal)
        old = Query.model_validate_json(before) if before else None
        try:
            self._services.limits.take(principal, "question")
            asked = read_question(self._services, principal, text[:LONGEST_QUESTION], old)
        except _FAILURES as error:
            return self._out(principal, asked=text, back=problem_html(str(error)))
        if isinstance(asked, AskBack):
            back = ask_back_html(asked)
            return self._out(principal, asked=text, choices=asked.choices, back=back)
        return self.compute(principal, asked.query, text, asked)

    def question(self, text: str, request: gr.Request) -> Outputs:
        """Ask what was asked elsewhere in the app."""
        return (text, *self.ask(text, "", request)[1:])

    def example(self, event: gr.EventData, request: gr.Request) -> Outputs:
        """Ask one of the examples."""
        item = item_of(event)
        if not item.isdecimal() or int(item) >= len(EXAMPLES):
            raise told("Choose one of the questions.")
        return self.question(EXAMPLES[int(item)], request)

    def choose(
        self, choices: list[str], asked: str, event: gr.EventData, request: gr.Request
    ) -> Outputs:
        """Take a choice of what was asked back."""
        principal = visitor(self._services, request, "ask")
        item = item_of(event)
        if not item.isdecimal() or int(item) >= len(choices) or not choices[int(item)]:
            raise told("Choose one of the readings.")
        return self.compute(principal, Query.model_validate_json(choices[int(item)]), asked)

    def drop(self, query: str, asked: str, event: gr.EventData, request: gr.Request) -> Outputs:
        """Leave a part of the query out."""
        principal = visitor(self._services, request, "ask")
        return self._changed(
            principal, query, asked, lambda old: edits.without(old, item_of(event))
        )

    def edit(
        self,
        query: str,
        asked: str,
        metric: str,
        dims: list[str],
        span: str | None,
        compare: str | None,
        order: str | None,
        limit: str | None,
        request: gr.Request,
    ) -> Outputs:
        """Show the figure of what the controls say."""
        return self._changed(
            visitor(self._services, request, "ask"),
            query,
            asked,
            lambda old: edits.edited(
                old, metric, dims, span or "", compare or "", order or "", limit or ""
            ),
        )

    def offer(self, field: str | None, request: gr.Request) -> Outputs:
        """Offer the operators and values of a field."""
        return self.editor.offered(visitor(self._services, request, "ask"), field)

    def add(
        self,
        query: str,
        asked: str,
        field: str | None,
        operator: str | None,
        value: str | None,
        request: gr.Request,
    ) -> Outputs:
        """Add a filter."""
        return self._changed(
            visitor(self._services, request, "ask"),
            query,
            asked,
            lambda old: edits.with_filter(old, field or "", operator or "", str(value or "")),
        )

    def _changed(self, principal: Principal, query: str, asked: str, change: Any) -> Outputs:
        if not query:
            raise told("Ask a question first.")
        old = Query.model_validate_json(query)
        try:
            return self.compute(principal, change(old), asked)
        except AssistantError as error:
            raise told(str(error)) from error

    def compute(
        self, principal: Principal, query: Query, asked: str, reading: Understood | None = None
    ) -> Outputs:
        """The tab with the figure of a query; ``reading`` is how the question was understood."""
        try:
            figure = self._services.figures.answer(query, principal)
        except _FAILURES as error:
            back = problem_html(str(error))
            return self._out(principal, query=query, asked=asked, back=back)
        return self.showing(principal, figure, asked, reading)

    def showing(
        self, principal: Principal, figure: Figure, asked: str, reading: Understood | None = None
    ) -> Outputs:
        """The tab with a figure, and other readings of what was asked."""
        reading = reading or Understood(query=figure.query)
        return self._out(
            principal,
            query=figure.query,
            asked=asked,
            figure=figure,
            assumptions=reading.assumptions,
            choices=reading.others,
            back=others_html(reading.others),
        )

    def _out(
        self,
        principal: Principal,
        *,
        text: Any = None,
        query: Query | None = None,
        figure: Figure | None = None,
        asked: str = "",
        choices: Sequence[Choice] = (),
        assumptions: Sequence[str] = (),
        welcome: str = "",
        board: str = "",
        back: str = "",
    ) -> Outputs:
        language = language_of(asked)
        is_made = figure is not None
        return (
            gr.skip() if text is None else text,
            query.model_dump_json() if query else "",
            figure.model_dump_json() if figure else "",
            [one.query.model_dump_json() if one.query else "" for one in choices],
            asked,
            welcome,
            board,
            back,
            chips_html(query) if query else "",
            figure_html(figure, assumptions, language) if figure else "",
            "",
            table_html(figure) if figure else "",
            links_html(figure, language) if figure else "",
            defence_html(figure) if figure else "",
            gr.update(visible=is_made and bool(figure and figure.uids)),
            "",
            *self.keeping.shown(principal, query_words(query) if query and is_made else ""),
            *self.editor.shown(query),
        )
