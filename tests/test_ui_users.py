"""The tab of administrators, its handlers called as functions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from index.access import LOCAL, Principal, Role
from tests.html_tags import Tags
from tests.screen_events import event_of, event_with
from tests.ui_services import HOSTILE, built, services_of
from ui.account_menu import head_html
from ui.audit_panel import AuditPanel
from ui.token_panel import TokenPanel
from ui.user_html import account_html, sessions_html, tokens_html
from ui.user_panel import UserPanel
from ui.wiring import Services

TABLE, CHOSEN, HEAD, SECRET, NOTE, FORM, NAME, SHOWN_AS, ROLE, EVERY_SITE, SITES = range(11)
SESSIONS = -1
TAGS = {"h3", "p", "small", "b", "bdi", "ul", "li", "div", "span", "code", "button", "header"}
TAGS |= {"details", "summary", "a", "form"}


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return services_of(tmp_path / "home")


@pytest.fixture
def panels(services: Services) -> tuple[UserPanel, TokenPanel, AuditPanel]:
    def make() -> tuple[UserPanel, TokenPanel, AuditPanel]:
        with gr.Blocks(analytics_enabled=False):
            return UserPanel(services), TokenPanel(services), AuditPanel(services)

    return built(make)


@pytest.fixture
def users(panels: tuple[UserPanel, TokenPanel, AuditPanel]) -> UserPanel:
    return panels[0]


@pytest.fixture
def me(services: Services) -> gr.Request:
    """An event of ada."""
    return event_of(services)


def _row(name: str) -> gr.SelectData:
    return gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": [name]})


def _password(html: str) -> str:
    (found,) = re.findall(r"<code>([^<]+)</code>", html)
    return str(found)


def _save(users: UserPanel, me: gr.Request, chosen: str = "", **fields: Any) -> tuple[Any, ...]:
    values: dict[str, Any] = {
        "name": "",
        "shown_as": "",
        "role": "technician",
        "every_site": False,
        "sites": [],
        "every_group": False,
        "groups": [],
    }
    return users.save(chosen, *(values | fields).values(), me)


def test_a_new_user_gets_a_one_time_password_that_is_shown_once(
    services: Services, users: UserPanel, me: gr.Request
) -> None:
    assert users.start_new(me)[SITES]["value"] == []
    shown = _save(users, me, name="nina", shown_as="Nina K", sites=["Plant North"])
    assert len(shown) == len(users.outputs)
    assert shown[CHOSEN] == "nina"
    account = services.accounts.get(LOCAL, "nina")
    assert (account.role, account.sites, account.groups) == ("technician", ("Plant North",), ())
    assert account.must_change_password
    assert services.sign_in.password("nina", _password(shown[SECRET]), "127.0.0.1")
    assert users.choose(_row("nina"), me)[SECRET] == ""
    assert ["nina", "Nina K", "technician", "Plant North", "none", "one-time password"] in shown[
        TABLE
    ]


def test_a_change_holds_and_a_wrong_one_says_why(
    services: Services, users: UserPanel, me: gr.Request
) -> None:
    event_of(services, "tess", "technician", ("Plant North",), ())
    changed = _save(users, me, "tess", role="supervisor", sites=["A", "B"], every_group=True)
    assert "Saved." in changed[NOTE]
    account = services.accounts.get(LOCAL, "tess")
    assert (account.role, account.sites, account.groups) == ("supervisor", ("A", "B"), None)
    assert services.sessions.list("tess") == ()  # a new role ends them
    assert "no user name" in _save(users, me, name="<b>")[NOTE]
    assert "last administrator" in _save(users, me, "ada", role="technician")[NOTE]


def test_a_user_is_disabled_enabled_and_reset(
    services: Services, users: UserPanel, me: gr.Request
) -> None:
    tess = event_of(services, "tess", "technician")
    action, question, yes, confirm = users.ask("switch", "tess", me)
    assert (action, yes, confirm["visible"]) == ("disable", "Yes, disable", True)
    assert "Shut this user out?" in question
    assert "disabled" in users.carry_out(action, "tess", me)[HEAD]
    with pytest.raises(gr.Error, match="not signed in"):
        users.refresh(tess)
    assert users.ask("switch", "tess", me)[0] == "enable"
    users.carry_out("enable", "tess", me)
    reset = users.carry_out("reset", "tess", me)
    assert services.sign_in.password("tess", _password(reset[SECRET]), "127.0.0.1")
    assert "last administrator" in users.carry_out("disable", "ada", me)[NOTE]


def test_sessions_of_a_user_are_ended_one_by_one_or_all(
    services: Services, users: UserPanel, me: gr.Request
) -> None:
    for _ in range(3):
        event_of(services, "tess", "technician")
    shown = users.choose(_row("tess"), me)[SESSIONS]
    ids = re.findall(r'data-act="end" data-item="(\w+)"', shown)
    assert len(ids) == 3
    ended = users.end("tess", gr.EventData(None, {"act": "end", "item": ids[0]}), me)
    assert "The session has ended." in ended[NOTE]
    assert {session.session_id for session in services.sessions.list("tess")} == set(ids[1:])
    assert "Signed in nowhere" in users.end_all("tess", me)[SESSIONS]


def test_a_token_is_shown_once_and_revoked(
    services: Services, panels: tuple[UserPanel, TokenPanel, AuditPanel], me: gr.Request
) -> None:
    tokens = panels[1]
    label, listed, secret, _ = tokens.make("dashboard", ["read"], 7, me)
    assert label == ""
    found = services.api_tokens.find(_password(secret))
    assert found is not None
    assert found[1] == {"read"}
    assert _password(secret) not in tokens.refresh(me)[0]
    (item,) = re.findall(r'data-act="revoke" data-item="(\w+)"', listed)
    said = tokens.revoke(gr.EventData(None, {"act": "revoke", "item": item}), me)
    assert "Revoked" in said[2]
    assert services.api_tokens.find(_password(secret)) is None
    assert "for 1 to 365 days" in tokens.make("x", ["read"], 999, me)[3]
    assert "no scope" in tokens.make("x", [], 1, me)[3]


def test_the_audit_log_is_read_page_by_page_and_checked(
    services: Services, panels: tuple[UserPanel, TokenPanel, AuditPanel], me: gr.Request
) -> None:
    audit = panels[2]
    for number in range(120):
        services.audit.note("ada", "refused", str(number))
    rows, first, _ = audit.refresh(me)
    assert len(rows) == 50
    assert rows[0][3] == "audit export"  # that it is read is logged as well
    older, second, _ = audit.older(first, me)
    assert (second, older[0][0]) == (first - 50, str(first - 50))
    assert audit.newer(second, me)[0] == rows
    assert audit.newer(first, me)[0] == rows
    assert [row[0] for row in audit.older(2, me)[0]][-1] == "1"
    assert "none changed, missing or moved" in audit.verify(me)


@pytest.mark.parametrize("role", ["technician", "planner", "supervisor"])
def test_only_an_administrator_uses_the_tab(
    services: Services,
    panels: tuple[UserPanel, TokenPanel, AuditPanel],
    me: gr.Request,
    role: Role,
) -> None:
    users, tokens, audit = panels
    other = event_of(services, "tess", role)
    tap = gr.EventData(None, {"act": "end", "item": "x"})
    for event, words in ((other, f"The role {role} may not manage"), (event_with(), "not signed")):
        for asked in (
            lambda e: users.refresh(e),
            lambda e: users.choose(_row("ada"), e),
            lambda e: users.start_new(e),
            lambda e: _save(users, e, name="evil", role="administrator"),
            lambda e: users.ask("reset", "ada", e),
            lambda e: users.carry_out("reset", "ada", e),
            lambda e: users.end("ada", tap, e),
            lambda e: users.end_all("ada", e),
            lambda e: tokens.refresh(e),
            lambda e: tokens.make("x", ["read"], 1, e),
            lambda e: tokens.revoke(tap, e),
            lambda e: audit.refresh(e),
            lambda e: audit.newer(0, e),
            lambda e: audit.older(0, e),
            lambda e: audit.verify(e),
        ):
            with pytest.raises(gr.Error, match=words):
                asked(event)
    assert {account.name for account in services.accounts.list(LOCAL)} == {"ada", "tess"}
    assert services.sessions.list("ada")


@pytest.mark.parametrize("text", HOSTILE)
def test_names_sites_and_labels_are_text(services: Services, text: str) -> None:
    label = " ".join(text.split())[:100]
    account, _ = services.accounts.add(
        "evil", "technician", LOCAL, display_name=label, sites=(label,), groups=(label,)
    )
    services.sessions.open("evil", text)
    services.api_tokens.create(Principal("evil", "technician"), label, ["read"], 1)
    for html in (
        head_html(account),
        account_html(account),
        sessions_html(services.sessions.list("evil")),
        tokens_html(services.api_tokens.list(account.principal())),
    ):
        assert Tags(html).found <= TAGS
