"""One's own API tokens: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

import gradio as gr
from sqlalchemy.exc import SQLAlchemyError

from assistant.api_tokens import LONGEST_DAYS, SCOPES
from assistant.errors import AssistantError
from index.access import Principal
from index.errors import KnowledgeError
from ui.taps import TAPS
from ui.user_html import note_html, token_html, tokens_html
from ui.visitor import visitor
from ui.wiring import Services

_FAILURES = (AssistantError, KnowledgeError, SQLAlchemyError)
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
Outputs = tuple[Any, ...]


class TokenPanel:
    """Widgets and handlers of the panel."""

    def __init__(self, services: Services) -> None:
        self._services = services
        with gr.Row():
            with gr.Column(scale=6, min_width=440):
                self._list = gr.HTML(js_on_load=TAPS, elem_id="fb-tokens")
            with gr.Column(scale=5, min_width=380):
                self._secret = gr.HTML(elem_id="fb-token-secret")
                self._note = gr.HTML(elem_id="fb-token-note")
                self._label = gr.Textbox(
                    label="What is it for?", max_length=120, elem_id="fb-token-label"
                )
                self._scopes = gr.CheckboxGroup(
                    list(SCOPES), value=["read"], label="It may", elem_id="fb-token-scopes"
                )
                self._days = gr.Number(
                    30, minimum=1, maximum=LONGEST_DAYS, precision=0, label="Good for days"
                )
                self._make = gr.Button("Make a token", variant="primary", elem_id="fb-token-make")
        self.outputs = [self._list, self._secret, self._note]
        made = [self._label, self._scopes, self._days]
        self._make.click(self.make, made, [self._label, *self.outputs], **_PRIVATE)
        self._list.click(self.revoke, None, self.outputs, **_PRIVATE)

    def refresh(self, request: gr.Request) -> Outputs:
        """Show the tokens."""
        return self._shown(visitor(self._services, request, "administer"))

    def make(
        self, label: str, scopes: list[str], days: float | None, request: gr.Request
    ) -> Outputs:
        """Make a token and show its secret."""
        principal = visitor(self._services, request, "administer")
        try:
            token, secret = self._services.api_tokens.create(
                principal, label, scopes, int(days or 0)
            )
        except _FAILURES as error:
            return label, *self._shown(principal, note_html(str(error), is_bad=True))
        return "", *self._shown(principal, "", token_html(token.label, secret))

    def revoke(self, event: gr.EventData, request: gr.Request) -> Outputs:
        """Revoke the token whose button was tapped."""
        principal = visitor(self._services, request, "administer")
        tapped: dict[str, Any] = event._data or {}  # what the script sends
        own = {token.token_id for token in self._services.api_tokens.list(principal)}
        item = str(tapped.get("item", ""))
        if item not in own:
            return self._shown(principal)
        try:
            self._services.api_tokens.revoke(principal, item)
        except _FAILURES as error:
            return self._shown(principal, note_html(str(error), is_bad=True))
        return self._shown(principal, note_html("Revoked: it counts no more."))

    def _shown(self, principal: Principal, note: str = "", secret: str = "") -> Outputs:
        return tokens_html(self._services.api_tokens.list(principal)), secret, note
