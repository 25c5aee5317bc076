"""Commands for the accounts of users and for their sessions."""

from __future__ import annotations

import sys
from typing import Annotated, cast

import typer

from assistant.accounts import KEEP, ONE_TIME_DAYS
from index.access import LOCAL, ROLES, Role
from ui.account_schemas import SessionOut, UserOut
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

users_app = typer.Typer(no_args_is_help=True, help="The accounts of users.")
app.add_typer(users_app, name="user")

_ROLES = ", ".join(ROLES)
_LONGEST_LINE = 10_000  # characters that are read of a password
NameArgument = Annotated[str, typer.Argument(help="The name of the user.")]
SiteOption = Annotated[
    list[str] | None, typer.Option("--site", help="A site of the user; may be repeated.")
]
GroupOption = Annotated[
    list[str] | None, typer.Option("--group", help="A group of the user; may be repeated.")
]
EverySiteOption = Annotated[bool, typer.Option("--every-site", help="The user has every site.")]
EveryGroupOption = Annotated[bool, typer.Option("--every-group", help="The user has every group.")]


@users_app.command("add")
def user_add(
    name: NameArgument,
    role: Annotated[str, typer.Option(help=f"One of {_ROLES}.")],
    display_name: Annotated[str, typer.Option(help="The name to be shown.")] = "",
    site: SiteOption = None,
    every_site: EverySiteOption = False,
    group: GroupOption = None,
    every_group: EveryGroupOption = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the standard input.")
    ] = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Add a user. Without a password a one-time password is made and printed once.

    Who is given no site sees only what belongs to no site, and likewise for groups. An
    administrator has every site and group.
    """
    is_administrator = role == "administrator"
    account, one_time = services(home, use_model=False).accounts.add(
        name,
        _role(role),
        LOCAL,
        password=_password() if password_stdin else None,
        display_name=display_name,
        sites=_labels("site", site, every_site or (is_administrator and not site)),
        groups=_labels("group", group, every_group or (is_administrator and not group)),
    )
    if json_output:
        print_json(UserOut.of(account, one_time))
        return
    _say(f"Added {account.name}, {account.role}.")
    if one_time:
        _say_password(account.name, one_time)


@users_app.command("list")
def user_list(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the users, also those that are disabled."""
    shapes = [UserOut.of(one) for one in services(home, use_model=False).accounts.list(LOCAL)]
    if json_output:
        print_json(shapes)
        return
    rows = [
        (s.name, s.role, _shown(s.sites), _shown(s.groups), _state(s), s.display_name)
        for s in shapes
    ]
    print_table("Users", ("name", "role", "sites", "groups", "state", "display name"), rows)


@users_app.command("change")
def user_change(
    name: NameArgument,
    role: Annotated[str | None, typer.Option(help=f"One of {_ROLES}.")] = None,
    display_name: Annotated[str | None, typer.Option(help="The name to be shown.")] = None,
    site: SiteOption = None,
    every_site: EverySiteOption = False,
    no_site: Annotated[bool, typer.Option("--no-site", help="Take every site away.")] = False,
    group: GroupOption = None,
    every_group: EveryGroupOption = False,
    no_group: Annotated[bool, typer.Option("--no-group", help="Take every group away.")] = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Change a user; what is not named stays. A new role ends the user's sessions."""
    accounts = services(home, use_model=False).accounts
    account = accounts.change(
        LOCAL,
        name,
        role=KEEP if role is None else _role(role),
        sites=_labels("site", site, every_site, no_site) if site or every_site or no_site else KEEP,
        groups=(
            _labels("group", group, every_group, no_group)
            if group or every_group or no_group
            else KEEP
        ),
        display_name=KEEP if display_name is None else display_name,
    )
    if json_output:
        print_json(UserOut.of(account))
        return
    sites, groups = _shown(account.sites), _shown(account.groups)
    _say(f"{account.name} is {account.role}; sites: {sites}; groups: {groups}.")


@users_app.command("disable")
def user_disable(name: NameArgument, home: HomeOption = DEFAULT) -> None:
    """Shut a user out at once: the sessions end, the tokens are revoked, the name stays taken."""
    services(home, use_model=False).accounts.disable(LOCAL, name)
    _say(f"{name} is disabled.")


@users_app.command("enable")
def user_enable(name: NameArgument, home: HomeOption = DEFAULT) -> None:
    """Let a disabled user in again; tokens stay revoked."""
    services(home, use_model=False).accounts.enable(LOCAL, name)
    _say(f"{name} is enabled.")


@users_app.command("reset")
def user_reset(
    name: NameArgument, json_output: JsonOption = False, home: HomeOption = DEFAULT
) -> None:
    """Give a user a one-time password, printed once; sessions end and tokens are revoked."""
    accounts = services(home, use_model=False).accounts
    one_time = accounts.reset(LOCAL, name)
    account = accounts.get(LOCAL, name)
    if json_output:
        print_json(UserOut.of(account, one_time))
        return
    _say_password(account.name, one_time)


@users_app.command("sessions")
def user_sessions(
    name: NameArgument,
    end: Annotated[str | None, typer.Option(help="The id of a session to end.")] = None,
    end_all: Annotated[bool, typer.Option("--end-all", help="End every session.")] = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """List the open sessions of a user, or end one or all."""
    if end is not None and end_all:
        raise typer.BadParameter("Use --end or --end-all, not both.")
    opened = services(home, use_model=False)
    account = opened.accounts.get(LOCAL, name)
    if end is not None:
        opened.sessions.revoke(account.principal(), end)
        _say(f"Ended {end}.")
        return
    if end_all:
        _say(f"{opened.sessions.close_all(name)} sessions ended.")
        return
    shapes = [SessionOut.of(one) for one in opened.sessions.list(name)]
    if json_output:
        print_json(shapes)
        return
    rows = [(s.id, s.address, s.opened_at, s.last_seen_at) for s in shapes]
    print_table(f"Sessions of {account.name}", ("id", "address", "opened", "last seen"), rows)


def _role(text: str) -> Role:
    return cast("Role", text)  # the accounts refuse what is none


def _labels(
    what: str, named: list[str] | None, is_every: bool, is_none: bool = False
) -> list[str] | None:
    if sum((bool(named), is_every, is_none)) > 1:
        raise typer.BadParameter(f"Use only one of --{what}, --every-{what} and --no-{what}.")
    return None if is_every else (named or [])


def _password() -> str:
    line = sys.stdin.readline(_LONGEST_LINE).rstrip("\r\n")
    if not line:
        raise typer.BadParameter("The standard input holds no password. Write it as one line.")
    return line


def _shown(labels: tuple[str, ...] | None) -> str:
    return "every one" if labels is None else ", ".join(labels) or "none"


def _state(user: UserOut) -> str:
    if user.is_disabled:
        return "disabled"
    if user.must_change_password:
        return "has a one-time password"
    return f"signs in at {user.provider}" if user.provider else "active"


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def _say_password(name: str, one_time: str) -> None:
    _say(
        f"One-time password of {name}: {one_time}\n"
        f"It is good for {ONE_TIME_DAYS} days and is changed at the first sign-in."
    )
