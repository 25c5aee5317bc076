"""The tab of administrators: users, one's own tokens, the audit log."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.audit_panel import AuditPanel
from ui.token_panel import TokenPanel
from ui.user_panel import UserPanel
from ui.wiring import Services

_PRIVATE: dict[str, Any] = {"api_visibility": "private"}


class UsersTab:
    """Widgets of the tab; each panel asks at every event who taps."""

    def __init__(self, services: Services) -> None:
        with gr.Tabs(elem_id="fb-users-tabs"):
            with gr.Tab("Users"):
                self._users = UserPanel(services)
            with gr.Tab("Your API tokens") as tokens_tab:
                tokens = TokenPanel(services)
            with gr.Tab("Audit log") as audit_tab:
                audit = AuditPanel(services)
        tokens_tab.select(tokens.refresh, None, tokens.outputs, **_PRIVATE)
        audit_tab.select(audit.refresh, None, audit.outputs, **_PRIVATE)
        self.refresh = self._users.refresh
        self.outputs = self._users.outputs
