"""The head of the page: who is signed in, what they may see, and the way out."""

from __future__ import annotations

from html import escape

from assistant.account import Account
from ui.shell.door import PASSWORD, SIGN_OUT

_NAME = '<b>Faultbook</b><span class="fb-motto">answers from your own manuals and tickets</span>'
BARE_HEAD = f'<header class="fb-head">{_NAME}</header>'
"""Until it is known who looks."""


def head_html(account: Account) -> str:
    """The head of the page of a user.

    The way out stands beside the menu and not in it: most tablets are shared, so it is one tap.
    """
    shown = escape(account.display_name or account.name)
    password = (
        f"<p>You sign in at {escape(account.provider)}.</p>"
        if account.provider
        else f'<a class="fb-menu-item" href="{PASSWORD}">Change the password</a>'
    )
    return (
        f'<header class="fb-head">{_NAME}'
        f'<details class="fb-account"><summary aria-label="Your account"><bdi>{shown}</bdi>'
        f' <small>{escape(account.role)}</small></summary><div class="fb-menu">'
        f"<p>Name <b><bdi>{escape(account.name)}</bdi></b></p>"
        f"<p>Role <b>{escape(account.role)}</b></p>"
        f"<p>Sites <b>{named(account.sites)}</b></p>"
        f"<p>Groups <b>{named(account.groups)}</b></p>{password}</div></details>"
        f'<form class="fb-sign-out" method="post" action="{SIGN_OUT}">'
        "<button>Sign out</button></form></header>"
    )


def named(labels: tuple[str, ...] | None) -> str:
    """Sites or groups as HTML: None is every one."""
    if labels is None:
        return "every one"
    return ", ".join(f"<bdi>{escape(label)}</bdi>" for label in labels) or "none"
