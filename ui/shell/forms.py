"""Our own pages, in plain HTML: to sign in, and to change the password. They have no script."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from fastapi.responses import HTMLResponse

from assistant.passwords import SHORTEST
from ui.shell.door import PASSWORD, SHEET, SIGN_IN, SIGN_OUT
from ui.shell.headers import FORM

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Faultbook</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{sheet}">
</head>
<body>
<header><b>Faultbook</b><span>answers from your own manuals and tickets</span></header>
<main>
<h1>{title}</h1>
{said}{body}
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Provider:
    """Single sign-on as the page offers it: the path that begins it, and what it is called."""

    path: str
    name: str


def sign_in_page(
    wanted: str,
    *,
    name: str = "",
    said: str = "",
    status: int = 200,
    retry_after: dict[str, str] | None = None,
    provider: Provider | None = None,
) -> HTMLResponse:
    """The page that asks for name and password.

    Args:
        wanted: where to go then, a path of ours.
        name: what was typed as the name before.
        said: what is wrong, in one sentence.
        status: of the answer.
        retry_after: the header that goes with 429.
        provider: single sign-on, if there is any.
    """
    hidden = "" if wanted == "/" else f'<input type="hidden" name="next" value="{escape(wanted)}">'
    focus = ("", " autofocus") if name else (" autofocus", "")
    body = f"""<form method="post" action="{SIGN_IN}">{hidden}
<label for="name">Name</label>
<input id="name" name="name" value="{escape(name)}" autocomplete="username" autocapitalize="none"
 autocorrect="off" spellcheck="false" maxlength="100" required{focus[0]}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 maxlength="1000" required{focus[1]}>
<button>Sign in</button>
</form>"""
    if provider is not None:
        path = provider.path + ("" if wanted == "/" else f"?next={quote(wanted, safe='/')}")
        shown = escape(provider.name)
        body += f'<a class="button second" href="{escape(path)}">Sign in with {shown}</a>'
    return _answer("Sign in", body, said=said, status=status, headers=retry_after)


def password_page(
    name: str,
    *,
    must_change: bool,
    said: str = "",
    status: int = 200,
    retry_after: dict[str, str] | None = None,
) -> HTMLResponse:
    """The page that asks for the old password and the new one twice."""
    why = "<p>Your password was given to you. Choose your own before you go on.</p>"
    back = "" if must_change else '<a class="button second" href="/">Back</a>'
    body = f"""{why if must_change else ""}<p>Signed in as <b>{escape(name)}</b>.</p>
<form method="post" action="{PASSWORD}">
<input type="hidden" name="name" value="{escape(name)}" autocomplete="username">
<label for="old">Old password</label>
<input id="old" name="old" type="password" autocomplete="current-password" maxlength="1000"
 required autofocus>
<label for="new">New password, {SHORTEST} characters or more</label>
<input id="new" name="new" type="password" autocomplete="new-password" minlength="{SHORTEST}"
 maxlength="1000" required>
<label for="again">New password once more</label>
<input id="again" name="again" type="password" autocomplete="new-password" minlength="{SHORTEST}"
 maxlength="1000" required>
<button>Change the password</button>
</form>
{back}<form method="post" action="{SIGN_OUT}"><button class="second">Sign out</button></form>"""
    return _answer("Change the password", body, said=said, status=status, headers=retry_after)


def told_page(title: str, words: str, *, status: int) -> HTMLResponse:
    """A page that tells one thing, and leads back."""
    body = f'<p>{escape(words)}</p><a class="button second" href="/">Back</a>'
    return _answer(title, body, status=status)


def _answer(
    title: str, body: str, *, said: str = "", status: int, headers: dict[str, str] | None = None
) -> HTMLResponse:
    told = f'<p class="bad" role="alert">{escape(said)}</p>\n' if said else ""
    page = _PAGE.format(title=escape(title), sheet=SHEET, said=told, body=body)
    return HTMLResponse(page, status, {"Content-Security-Policy": FORM, **(headers or {})})
