"""The list of users and the form about one of them, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from sqlalchemy.exc import SQLAlchemyError

from assistant.account import LONGEST_NAME
from assistant.errors import AssistantError
from index.access import ROLES, Principal
from index.errors import KnowledgeError
from ui.reach_choices import reach_choices
from ui.taps import TAPS
from ui.user_html import account_html, note_html, one_time_html, sessions_html, state_of
from ui.visitor import visitor
from ui.wiring import Services

_COLUMNS = ["Name", "Shown as", "Role", "Sites", "Groups", "State"]
_FAILURES = (AssistantError, KnowledgeError, SQLAlchemyError)
_QUESTIONS = {
    "disable": "Shut this user out? All sessions end and all tokens are revoked.",
    "enable": "Let this user in again? Tokens stay revoked.",
    "reset": "Give this user a one-time password? All sessions end, all tokens are revoked.",
}
_YES = {"disable": "Yes, disable", "enable": "Yes, enable", "reset": "Yes, reset"}
_NOBODY = '<p class="fb-where">Choose a user in the list, or add one.</p>'
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
Outputs = tuple[Any, ...]


class UserPanel:
    """Widgets and handlers of the panel. What was made once, a password, is on the screen only."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._chosen = gr.State("")
        self._action = gr.State("")
        with gr.Row():
            with gr.Column(scale=6, min_width=440):
                self._add = gr.Button("Add a user", elem_id="fb-user-add")
                self._table = gr.Dataframe(
                    headers=_COLUMNS,
                    datatype="str",
                    interactive=False,
                    show_label=False,
                    wrap=True,
                    column_widths=["18%", "19%", "17%", "17%", "15%", "14%"],
                    max_height=520,
                    buttons=[],
                    elem_id="fb-users",
                )
            with gr.Column(scale=5, min_width=380):
                self._head = gr.HTML(_NOBODY, elem_id="fb-user")
                self._secret = gr.HTML(elem_id="fb-user-secret")
                self._note = gr.HTML(elem_id="fb-user-note")
                with gr.Column(visible=False, elem_classes="fb-form") as self._form:
                    self._build_form()
                with gr.Row(visible=False, elem_classes="fb-doc-acts") as self._acts:
                    self._switch = gr.Button("Disable", min_width=100, elem_id="fb-user-switch")
                    self._reset = gr.Button("Reset password", min_width=140)
                    self._end_all = gr.Button("End all sessions", min_width=140)
                with gr.Column(visible=False, elem_classes="fb-confirm") as self._confirm:
                    self._question = gr.HTML()
                    with gr.Row():
                        self._yes = gr.Button("Yes", variant="stop", elem_id="fb-user-yes")
                        self._no = gr.Button("No, leave it")
                self._sessions = gr.HTML(js_on_load=TAPS, elem_id="fb-user-sessions")
        self._fields = [
            self._name,
            self._shown_as,
            self._role,
            self._every_site,
            self._sites,
            self._every_group,
            self._groups,
        ]
        self.outputs = [
            self._table,
            self._chosen,
            self._head,
            self._secret,
            self._note,
            self._form,
            *self._fields,
            self._acts,
            self._switch,
            self._confirm,
            self._sessions,
        ]
        self._bind()

    def _build_form(self) -> None:
        with gr.Row():
            self._name = gr.Textbox(
                label="Name to sign in with", max_length=LONGEST_NAME, elem_id="fb-user-name"
            )
            self._shown_as = gr.Textbox(
                label="Name to be shown", max_length=120, elem_id="fb-user-shown"
            )
            self._role = gr.Dropdown(list(ROLES), label="Role", elem_id="fb-user-role")
        several: dict[str, Any] = {"multiselect": True, "allow_custom_value": True, "choices": []}
        with gr.Row():
            self._every_site = gr.Checkbox(label="Every site", min_width=130)
            self._sites = gr.Dropdown(
                label="Sites: choose, or type one and press Enter",
                elem_id="fb-user-sites",
                **several,
            )
        with gr.Row():
            self._every_group = gr.Checkbox(label="Every group", min_width=130)
            self._groups = gr.Dropdown(label="Groups", elem_id="fb-user-groups", **several)
        self._save = gr.Button("Save", variant="primary", elem_id="fb-user-save")

    def _bind(self) -> None:
        self._table.select(self.choose, None, self.outputs, **_PRIVATE)
        self._add.click(self.start_new, None, self.outputs, **_PRIVATE)
        self._save.click(self.save, [self._chosen, *self._fields], self.outputs, **_PRIVATE)
        asked = [self._action, self._question, self._yes, self._confirm]
        self._switch.click(self._asking("switch"), self._chosen, asked, **_PRIVATE)
        self._reset.click(self._asking("reset"), self._chosen, asked, **_PRIVATE)
        self._no.click(lambda: gr.update(visible=False), None, self._confirm, **_PRIVATE)
        self._yes.click(self.carry_out, [self._action, self._chosen], self.outputs, **_PRIVATE)
        self._end_all.click(self.end_all, self._chosen, self.outputs, **_PRIVATE)
        self._sessions.click(self.end, self._chosen, self.outputs, **_PRIVATE)

    def refresh(self, request: gr.Request) -> Outputs:
        """Show the list, and nobody in detail."""
        return self._empty(self._administrator(request))

    def choose(self, event: gr.SelectData, request: gr.Request) -> Outputs:
        """Show the chosen user."""
        return self._shown(self._administrator(request), str(event.row_value[0]))

    def start_new(self, request: gr.Request) -> Outputs:
        """Open the form for a new user, who has no site and no group yet."""
        principal = self._administrator(request)
        sites, groups = reach_choices(self._services, principal, ())
        hide = gr.update(visible=False)
        return (
            self._rows(principal),
            "",
            "<h3>A new user</h3>",
            "",
            "",
            gr.update(visible=True),
            gr.update(value="", interactive=True),
            "",
            "technician",
            False,
            gr.update(value=[], choices=sites),
            False,
            gr.update(value=[], choices=groups),
            hide,
            gr.update(),
            hide,
            "",
        )

    def save(
        self,
        chosen: str,
        name: str,
        shown_as: str,
        role: Any,
        every_site: bool,
        sites: list[str] | None,
        every_group: bool,
        groups: list[str] | None,
        request: gr.Request,
    ) -> Outputs:
        """Add the user, or change the one that is open."""
        principal = self._administrator(request)
        accounts = self._services.accounts
        is_all = role == "administrator"
        values: dict[str, Any] = {
            "display_name": shown_as,
            "sites": None if every_site or is_all else tuple(sites or ()),
            "groups": None if every_group or is_all else tuple(groups or ()),
        }
        try:
            if chosen:
                accounts.change(principal, chosen, role=role, **values)
                return self._shown(principal, chosen, note_html("Saved."))
            account, one_time = accounts.add(name, role, principal, **values)
        except _FAILURES as error:
            return self._unchanged(str(error))
        return self._shown(principal, account.name, "", one_time_html(account.name, one_time))

    def ask(self, action: str, chosen: str, request: gr.Request) -> Outputs:
        """Ask whether an action is meant."""
        principal = self._administrator(request)
        if action == "switch":
            account = self._services.accounts.get(principal, chosen)
            action = "enable" if account.is_disabled else "disable"
        return action, f"<p>{_QUESTIONS[action]}</p>", _YES[action], gr.update(visible=True)

    def carry_out(self, action: str, chosen: str, request: gr.Request) -> Outputs:
        """Do what was asked for."""
        principal = self._administrator(request)
        accounts, secret = self._services.accounts, ""
        try:
            match action:
                case "disable":
                    accounts.disable(principal, chosen)
                case "enable":
                    accounts.enable(principal, chosen)
                case "reset":
                    secret = one_time_html(chosen, accounts.reset(principal, chosen))
        except _FAILURES as error:
            return self._unchanged(str(error))
        return self._shown(principal, chosen, note_html("" if secret else "Done."), secret)

    def end(self, chosen: str, event: gr.EventData, request: gr.Request) -> Outputs:
        """End the session whose button was tapped."""
        principal = self._administrator(request)
        tapped: dict[str, Any] = event._data or {}  # what the script sends
        try:
            self._services.sessions.revoke(principal, str(tapped.get("item", "")))
        except _FAILURES as error:
            return self._unchanged(str(error))
        return self._shown(principal, chosen, note_html("The session has ended."))

    def end_all(self, chosen: str, request: gr.Request) -> Outputs:
        """End every session of the user."""
        principal = self._administrator(request)
        sessions = self._services.sessions
        try:
            for session in sessions.list(chosen):
                sessions.revoke(principal, session.session_id)
        except _FAILURES as error:
            return self._unchanged(str(error))
        return self._shown(principal, chosen, note_html("All sessions have ended."))

    def _asking(self, action: str) -> Callable[[str, gr.Request], Outputs]:
        def ask(chosen: str, request: gr.Request) -> Outputs:
            return self.ask(action, chosen, request)

        return ask

    def _administrator(self, request: gr.Request) -> Principal:
        return visitor(self._services, request, "administer")

    def _empty(self, principal: Principal, head: str = _NOBODY) -> Outputs:
        hide = gr.update(visible=False)
        same = [gr.update() for _ in self._fields]
        return (
            self._rows(principal), "", head, "", "", hide, *same, hide, gr.update(), hide, ""
        )  # fmt: skip

    def _shown(self, principal: Principal, name: str, note: str = "", secret: str = "") -> Outputs:
        try:
            account = self._services.accounts.get(principal, name)
        except _FAILURES as error:
            return self._empty(principal, note_html(str(error), is_bad=True))
        sites, groups = reach_choices(self._services, principal, ())
        is_ours = not account.provider
        return (
            self._rows(principal),
            account.name,
            account_html(account),
            secret,
            note,
            gr.update(visible=is_ours),
            gr.update(value=account.name, interactive=False),
            account.display_name,
            account.role,
            account.sites is None,
            gr.update(value=list(account.sites or ()), choices=sites),
            account.groups is None,
            gr.update(value=list(account.groups or ()), choices=groups),
            gr.update(visible=True),
            "Enable" if account.is_disabled else "Disable",
            gr.update(visible=False),
            sessions_html(self._services.sessions.list(account.name)),
        )

    def _unchanged(self, problem: str) -> Outputs:
        same: list[Any] = [gr.update() for _ in self.outputs]
        same[4] = note_html(problem, is_bad=True)
        return tuple(same)

    def _rows(self, principal: Principal) -> list[list[str]]:
        return [
            [
                account.name,
                account.display_name,
                account.role,
                _listed(account.sites),
                _listed(account.groups),
                state_of(account),
            ]
            for account in self._services.accounts.list(principal)
        ]


def _listed(labels: tuple[str, ...] | None) -> str:
    return "every one" if labels is None else ", ".join(labels) or "none"
