"""The tab of past sessions: search one's own, open one again, hand one over, go on from one."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from index.access import Principal
from ui.session_html import handovers_html, page_link, sessions_html
from ui.taps import TAPS
from ui.visitor import told, visitor
from ui.wiring import Services

_MOST = 20  # shown of each list
_TO_SITE, _TO_USER = "site:", "user:"
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
Outputs = tuple[Any, ...]


class SessionsTab:
    """Widgets and handlers of the tab; whose session it is is asked at every event."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._conversation = gr.State("")  # that is to be handed over
        self.opened = gr.State("")  # that the chat is to show
        with gr.Row():
            with gr.Column(scale=6, min_width=380):
                self._query = gr.Textbox(
                    label="Search your sessions",
                    placeholder="machine, code, words of the question, what was found",
                    max_length=200,
                    elem_id="fb-sessions-query",
                )
                self._list = gr.HTML(js_on_load=TAPS, elem_id="fb-sessions")
            with gr.Column(scale=5, min_width=340):
                self._note = gr.HTML(elem_id="fb-sessions-note")
                with gr.Column(visible=False, elem_classes="fb-handover-form") as self._form:
                    self._about = gr.HTML()
                    self._to = gr.Dropdown(
                        [], label="Hand over to", elem_id="fb-handover-to", filterable=False
                    )
                    self._words = gr.Textbox(
                        label="Note (optional)",
                        lines=2,
                        max_length=2000,
                        elem_id="fb-handover-note",
                    )
                    with gr.Row():
                        self._give = gr.Button(
                            "Hand over", variant="primary", elem_id="fb-handover-give"
                        )
                        self._leave = gr.Button("Leave it", elem_id="fb-handover-leave")
                gr.HTML("<h4>Handed to you</h4>")
                self._received = gr.HTML(js_on_load=TAPS, elem_id="fb-received")
        self.outputs = [self._list, self._received, self._form, self._note]
        self._asked = [self._conversation, self._about, self._to, self._words]
        self._bind()

    def _bind(self) -> None:
        for event in (self._query.submit, self._query.blur):
            event(self.search, self._query, self._list, **_PRIVATE)
        chosen = [self.opened, *self._asked, self._form, self._note]
        opening = self._list.click(self.choose, None, chosen, **_PRIVATE)
        given = [self._conversation, self._to, self._words]
        self._give.click(self.give, given, [*self.outputs], **_PRIVATE)
        self._leave.click(lambda: gr.update(visible=False), None, self._form, **_PRIVATE)
        going_on = self._received.click(self.go_on, None, [self.opened, self._note], **_PRIVATE)
        self.openings = [opening, going_on]  # after which ``opened`` is to be shown

    def refresh(self, request: gr.Request) -> Outputs:
        """Show the newest sessions, and what was handed to the user."""
        principal = visitor(self._services, request)
        return self._shown(principal, "")

    def search(self, query: str, request: gr.Request) -> str:
        """Show the sessions in which every word stands."""
        principal = visitor(self._services, request)
        found = self._services.history.search(principal, query, _MOST)
        return sessions_html(found, is_search=bool(query.strip()))

    def choose(self, event: gr.EventData, request: gr.Request) -> Outputs:
        """Open a session in the chat, or ask to whom it is handed over."""
        principal = visitor(self._services, request, "ask")
        tapped: dict[str, Any] = event._data or {}  # what the script sends
        item = str(tapped.get("item", ""))
        try:
            session = self._services.history.get(principal, item)
        except AssistantError as error:
            raise told(str(error)) from error
        if tapped.get("act") != "hand":
            same = [gr.skip() for _ in self._asked]
            return (item, *same, gr.update(visible=False), "")
        about = " · ".join(filter(None, (session.asset, *session.codes, *session.questions[:1])))
        choices = self._receivers(principal)
        first = choices[0][1] if choices else None
        return (
            "",
            item,
            f"<p><b>Hand over</b> {escape(about)}</p>",
            gr.update(choices=choices, value=first),
            "",
            gr.update(visible=True),
            "",
        )

    def give(self, conversation: str, to: str | None, words: str, request: gr.Request) -> Outputs:
        """Hand the chosen session over."""
        principal = visitor(self._services, request, "ask")
        if not to:
            raise told("Choose to whom the session is handed over.")
        site = to.removeprefix(_TO_SITE) or None if to.startswith(_TO_SITE) else None
        user = to.removeprefix(_TO_USER) if to.startswith(_TO_USER) else ""
        if not to.startswith((_TO_SITE, _TO_USER)):
            raise told("Choose to whom the session is handed over.")
        try:
            turns = self._services.records.turns(principal, conversation)
            made = self._services.handovers.hand_over(
                principal, conversation, turns, to_user=user, site=site, note=words
            )
        except AssistantError as error:
            raise told(str(error)) from error
        said = (
            f'<div class="fb-status">Handed over to <b>{escape(made.receiver)}</b>. '
            f"{page_link(made.handover_id, 'Open the page')}</div>"
        )
        return (*self._shown(principal, "")[:-1], said)

    def go_on(self, event: gr.EventData, request: gr.Request) -> Outputs:
        """Go on from a handover, in a session of the user's own."""
        principal = visitor(self._services, request, "ask")
        tapped: dict[str, Any] = event._data or {}  # what the script sends
        if tapped.get("act") != "go-on":
            return "", gr.skip()
        try:
            return self._services.handovers.go_on(principal, str(tapped.get("item", ""))), ""
        except AssistantError as error:
            raise told(str(error)) from error

    def _shown(self, principal: Principal, query: str) -> Outputs:
        services = self._services
        found = services.history.search(principal, query, _MOST)
        received = services.handovers.received(principal, _MOST)
        return (
            sessions_html(found, is_search=bool(query)),
            handovers_html(received),
            gr.update(visible=False),
            "",
        )

    def _receivers(self, principal: Principal) -> list[tuple[str, str]]:
        """Sites first, then colleagues, each with what the choice sends."""
        if principal.sites is None:
            known = {asset.site for asset in self._services.assets.list(principal)}
            sites = [("Everybody", _TO_SITE)]
            sites += [(f"Site {site}", f"{_TO_SITE}{site}") for site in sorted(filter(None, known))]
        else:
            sites = [(f"Site {site}", f"{_TO_SITE}{site}") for site in sorted(principal.sites)]
        people = self._services.handovers.colleagues(principal)
        return sites + [(one.shown, f"{_TO_USER}{one.name}") for one in people]
