"""Commands for the tokens by which programs use the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.api_tokens import LONGEST_DAYS, SCOPES
from index.access import LOCAL
from ui.account_schemas import TokenOut
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    out,
    print_json,
    print_table,
    services,
)

tokens_app = typer.Typer(no_args_is_help=True, help="The tokens of programs.")
app.add_typer(tokens_app, name="token")


@tokens_app.command("create")
def token_create(
    user: Annotated[str, typer.Argument(help="Whose token it is, and whose rights it has.")],
    label: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[str], typer.Option(help=f"{', '.join(SCOPES)}; may be repeated.")],
    days: Annotated[int, typer.Option(help=f"How long it is good, 1 to {LONGEST_DAYS}.")] = 90,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Make a token; its secret is printed once and cannot be seen again."""
    opened = services(home, use_model=False)
    principal = opened.accounts.get(LOCAL, user).principal()
    token, secret = opened.api_tokens.create(principal, label, scope, days)
    if json_output:
        print_json(TokenOut.of(token, secret))
        return
    out.print(
        f"{secret}\nKeep it secret: it is not shown again. It is good until {token.expires_at}.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@tokens_app.command("list")
def token_list(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the tokens of all users, also those that are over."""
    found = services(home, use_model=False).api_tokens.list(LOCAL, everyone=True)
    shapes = [TokenOut.of(token) for token in found]
    if json_output:
        print_json(shapes)
        return
    rows = [
        (s.id, s.owner, s.label, " ".join(s.scopes), _state(s), s.last_used_at or "never")
        for s in shapes
    ]
    print_table("Tokens", ("id", "owner", "label", "scopes", "state", "last used"), rows)


@tokens_app.command("revoke")
def token_revoke(
    token_id: Annotated[str, typer.Argument(help="The id that 'faultbook token list' shows.")],
    home: HomeOption = DEFAULT,
) -> None:
    """End a token at once."""
    services(home, use_model=False).api_tokens.revoke(LOCAL, token_id)
    out.print(f"Revoked {token_id}", markup=False, highlight=False, soft_wrap=True)


def _state(token: TokenOut) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return f"until {token.expires_at}" if token.is_valid else "expired"
