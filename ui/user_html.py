"""Accounts, sessions and tokens as HTML (pure). Every text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.account import Account
from assistant.accounts import ONE_TIME_DAYS
from assistant.api_tokens import ApiToken
from assistant.sessions import Session
from ui.account_menu import named

_MOST_TOKENS = 60


def state_of(account: Account) -> str:
    """Whether an account can be used, in one or two words."""
    if account.is_disabled:
        return "disabled"
    return "one-time password" if account.must_change_password else "in use"


def account_html(account: Account) -> str:
    """Who an account is."""
    kept = f"<p>Kept by {escape(account.provider)}.</p>" if account.provider else ""
    shown = f" <small><bdi>{escape(account.display_name)}</bdi></small>"
    return (
        f"<h3><bdi>{escape(account.name)}</bdi>{shown if account.display_name else ''}</h3>"
        f'<p class="fb-where">{escape(account.role)}, {state_of(account)}, since '
        f"{_time(account.created_at)}. Sites: {named(account.sites)}. Groups: "
        f"{named(account.groups)}.</p>{kept}"
    )


def one_time_html(name: str, password: str) -> str:
    """A one-time password, which is shown this once."""
    return _secret(
        f"One-time password of <bdi>{escape(name)}</bdi>",
        password,
        f"It is shown only now, opens the way to a password of their own, and is good for "
        f"{ONE_TIME_DAYS} days.",
    )


def token_html(label: str, secret: str) -> str:
    """The secret of a token, which is shown this once."""
    return _secret(
        f"Token <bdi>{escape(label)}</bdi>",
        secret,
        "It is shown only now. Keep it like a password.",
    )


def sessions_html(sessions: Sequence[Session]) -> str:
    """Where a user is signed in, each with a button that ends it."""
    if not sessions:
        return '<p class="fb-where">Signed in nowhere.</p>'
    rows = "".join(
        f'<li class="fb-item"><div class="fb-item-text"><b>{escape(each.address) or "?"}</b> '
        f'<span class="fb-where">since {_time(each.opened_at)}, last used '
        f"{_time(each.last_seen_at)}</span></div>{_act('end', each.session_id, 'End it')}</li>"
        for each in sessions
    )
    return f'<ul class="fb-queue">{rows}</ul>'


def tokens_html(tokens: Sequence[ApiToken]) -> str:
    """A user's tokens, each that still counts with a button that revokes it."""
    if not tokens:
        return '<p class="fb-where">None yet.</p>'
    rows = "".join(_token(token) for token in tokens[:_MOST_TOKENS])
    return f'<ul class="fb-queue">{rows}</ul>'


def note_html(words: str, *, is_bad: bool = False) -> str:
    """What came of a tap."""
    kind = 'class="fb-failed" role="alert"' if is_bad else 'class="fb-where"'
    return f"<p {kind}>{escape(words)}</p>" if words else ""


def _token(token: ApiToken) -> str:
    state = f"until {_time(token.expires_at)}"
    if not token.is_valid:
        state = "revoked" if token.revoked_at else "expired"
    used = f", last used {_time(token.last_used_at)}" if token.last_used_at else ", never used"
    button = _act("revoke", token.token_id, "Revoke") if token.is_valid else ""
    return (
        f'<li class="fb-item"><div class="fb-item-text"><b><bdi>{escape(token.label)}</bdi></b> '
        f'<span class="fb-where">{escape(", ".join(token.scopes))}; {state}{used}</span></div>'
        f"{button}</li>"
    )


def _secret(title: str, secret: str, note: str) -> str:
    text = escape(secret)
    return (
        f'<div class="fb-secret" role="status"><p><b>{title}</b></p><p><code>{text}</code> '
        f'<button type="button" class="fb-act fb-copy" data-copy="{text}">Copy</button></p>'
        f'<p class="fb-where">{note}</p></div>'
    )


def _act(action: str, item: str, label: str) -> str:
    return (
        f'<div class="fb-item-acts"><button type="button" class="fb-act" data-act="{action}" '
        f'data-item="{escape(item)}">{label}</button></div>'
    )


def _time(at: str) -> str:
    return escape(at[:16].replace("T", " "))
