"""The tab of forwarded questions: an expert's list with a reply, and who is asked about what."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.experts.forwarding import LONGEST_REPLY
from index.access import Principal
from index.errors import KnowledgeError
from ui.forwarded_html import chosen_html, experts_html, received_html
from ui.taps import TAPS
from ui.visitor import told, visitor
from ui.wiring import Services

_EVERY_SITE = ""
_ANY_CLASS = ""
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_FAILURES = (AssistantError, KnowledgeError)
Outputs = tuple[Any, ...]


class QuestionsTab:
    """Widgets and handlers of the tab; who taps is asked at every event."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._chosen = gr.State("")
        with gr.Row():
            with gr.Column(scale=6, min_width=380):
                gr.HTML("<h4>Forwarded to you</h4>")
                self._list = gr.HTML(js_on_load=TAPS, elem_id="fb-forwarded")
                with gr.Column(visible=False, elem_classes="fb-form") as self._form:
                    self._about = gr.HTML(elem_id="fb-forwarded-chosen")
                    self._reply = gr.Textbox(
                        label="Your answer",
                        lines=4,
                        max_length=LONGEST_REPLY,
                        elem_id="fb-reply",
                    )
                    self._send = gr.Button("Send", variant="primary", elem_id="fb-reply-send")
            with gr.Column(scale=5, min_width=340):
                gr.HTML("<h4>Experts</h4>")
                self._experts = gr.HTML(js_on_load=TAPS, elem_id="fb-experts")
                with gr.Column(visible=False, elem_classes="fb-form") as self._naming:
                    self._class = gr.Dropdown(
                        [], label="Class of machines", elem_id="fb-expert-class", filterable=False
                    )
                    self._site = gr.Dropdown(
                        [], label="Site", elem_id="fb-expert-site", filterable=False
                    )
                    self._user = gr.Textbox(
                        label="User name", max_length=64, elem_id="fb-expert-user"
                    )
                    self._name = gr.Button("Name the expert", elem_id="fb-expert-set")
        self.outputs = [
            self._list,
            self._form,
            self._experts,
            self._naming,
            self._class,
            self._site,
        ]
        self._list.click(self.choose, None, [self._chosen, self._about, self._form], **_PRIVATE)
        self._send.click(
            self.send, [self._chosen, self._reply], [*self.outputs, self._reply], **_PRIVATE
        )
        named = [self._class, self._site, self._user]
        self._name.click(self.name, named, [self._experts, self._user], **_PRIVATE)
        self._experts.click(self.remove, None, self._experts, **_PRIVATE)

    def refresh(self, request: gr.Request) -> Outputs:
        """Show what was forwarded to the user, and the experts."""
        return self._shown(visitor(self._services, request, "ask"))

    def choose(self, event: gr.EventData, request: gr.Request) -> Outputs:
        """Show a question with what was found, and the field for the answer."""
        principal = visitor(self._services, request, "ask")
        tapped: dict[str, Any] = event._data or {}  # what the script sends
        try:
            one = self._services.forwarding.get(principal, str(tapped.get("item", "")))
        except _FAILURES as error:
            raise told(str(error)) from error
        return one.forwarded_id, chosen_html(one), gr.update(visible=True)

    def send(self, chosen: str, reply: str, request: gr.Request) -> Outputs:
        """Answer the chosen question."""
        principal = visitor(self._services, request, "ask")
        try:
            self._services.forwarding.reply(principal, chosen, reply)
        except _FAILURES as error:
            raise told(str(error)) from error
        return (*self._shown(principal), "")

    def name(
        self, asset_class: str | None, site: str | None, user: str, request: gr.Request
    ) -> Outputs:
        """Name an expert."""
        principal = visitor(self._services, request, "plan")
        try:
            self._services.experts.set(principal, asset_class or "", user, site or None)
        except _FAILURES as error:
            raise told(str(error)) from error
        return self._listed(principal), ""

    def remove(self, event: gr.EventData, request: gr.Request) -> str:
        """Take an expert away."""
        principal = visitor(self._services, request, "plan")
        tapped: dict[str, Any] = event._data or {}  # what the script sends
        try:
            self._services.experts.remove(principal, str(tapped.get("item", "")))
        except _FAILURES as error:
            raise told(str(error)) from error
        return self._listed(principal)

    def _listed(self, principal: Principal) -> str:
        experts = self._services.experts.all(principal)
        return experts_html(experts, can_remove=principal.may("plan"))

    def _shown(self, principal: Principal) -> Outputs:
        services = self._services
        known = services.assets.list(principal)
        classes = sorted({asset.asset_class for asset in known if asset.asset_class})
        sites = sorted({asset.site for asset in known if asset.site} | (principal.sites or set()))
        every = [("Every site", _EVERY_SITE)] if principal.sites is None else []
        choices = every + [(site, site) for site in sites]
        return (
            received_html(services.forwarding.received(principal)),
            gr.update(visible=False),
            self._listed(principal),
            gr.update(visible=principal.may("plan")),
            gr.update(
                choices=[("Any machine", _ANY_CLASS), *((each, each) for each in classes)],
                value=_ANY_CLASS,
            ),
            gr.update(choices=choices, value=choices[0][1] if choices else None),
        )
