"""The tickets behind a figure: the engine chooses them, the catalog shows what the user sees."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.analytics.figure import Cell, Figure
from assistant.analytics.query import Query
from assistant.errors import AssistantError
from index.access import Principal
from index.errors import KnowledgeError
from index.listing import ListedTicket, tickets_by_uid
from ui.figures.behind_html import MOST, behind_html
from ui.figures.figure_html import group_of, row_words
from ui.figures.query_html import problem_html, said_html
from ui.visitor import visitor
from ui.wiring import Services


def tickets_behind(
    services: Services,
    principal: Principal,
    query: Query,
    group: tuple[Cell, ...] | None = None,
    *,
    offset: int = 0,
    limit: int = 50,
) -> list[ListedTicket]:
    """The tickets behind a figure, or behind one group of it.

    Raises:
        CannotAnswer: the query cannot be computed, or may not be.
    """
    rows = services.figures.tickets(query, principal, group, offset, limit)
    return tickets_by_uid(services.catalog, principal, [row.uid for row in rows])


class Behind:
    """Handlers that show the tickets of a tapped bar, point or row, or of a whole figure."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def row(self, figure: str, event: gr.EventData, request: gr.Request) -> str:
        """Show the value of a bar, a point or a row, with its tickets."""
        principal = visitor(self._services, request, "ask")
        item = item_of(event)
        shown = Figure.model_validate_json(figure) if figure else None
        if shown is None or not item.isdecimal() or int(item) >= len(shown.rows):
            return ""
        words = row_words(shown, int(item))
        group = group_of(shown, int(item))
        if group is None:
            return said_html(words)
        return self._html(principal, shown.query, group, words)

    def whole(self, figure: str, request: gr.Request) -> str:
        """Show the tickets behind the whole figure."""
        principal = visitor(self._services, request, "ask")
        if not figure:
            return ""
        shown = Figure.model_validate_json(figure)
        words = f"{shown.counted:,} {shown.counted_what} stand behind this figure."
        return self._html(principal, shown.query, None, words)

    def _html(
        self, principal: Principal, query: Query, group: tuple[Cell, ...] | None, words: str
    ) -> str:
        try:
            found = tickets_behind(self._services, principal, query, group, limit=MOST)
        except (AssistantError, KnowledgeError) as error:
            return problem_html(str(error))
        return behind_html(found, words, is_all=len(found) < MOST)


def item_of(event: gr.EventData, name: str = "item", most: int = 200) -> str:
    """What the tapped part names."""
    tapped: dict[str, Any] = event._data or {}  # what the script sends
    return str(tapped.get(name, ""))[:most]
