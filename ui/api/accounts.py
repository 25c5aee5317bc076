"""Users, for administrators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from fastapi import Path as InPath
from pydantic import ConfigDict, Field

from assistant.account import LONGEST_NAME, Account
from index.access import Role
from ui.api.callers import Administrator
from ui.api.problems import problems
from ui.api.texts import Text
from ui.schemas import Schema

router = APIRouter(tags=["accounts"])

_Label = Annotated[Text, Field(min_length=1, max_length=120)]
_Labels = Annotated[list[_Label], Field(max_length=200)] | None
_Shown = Annotated[Text, Field(max_length=120)]
Name = Annotated[str, InPath(max_length=4 * LONGEST_NAME, examples=["tess"])]


class AccountOut(Schema):
    """An account; ``sites`` and ``groups`` are null where it belongs to every one."""

    name: str
    display_name: str
    role: Role
    sites: tuple[str, ...] | None
    groups: tuple[str, ...] | None
    is_disabled: bool
    must_change_password: bool
    provider: str
    created_at: str

    @classmethod
    def of(cls, account: Account) -> AccountOut:
        """The shape of an account."""
        return cls(**{name: getattr(account, name) for name in cls.model_fields})


class AccountsOut(Schema):
    """All accounts, by name."""

    items: tuple[AccountOut, ...]


class NewAccount(Schema):
    """A new user; ``sites`` and ``groups`` are null for every one."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Text, Field(min_length=1, max_length=LONGEST_NAME, examples=["tess"])]
    role: Role
    display_name: _Shown = ""
    sites: _Labels = None
    groups: _Labels = None


class AccountWithPassword(AccountOut):
    """An account with its one-time password, told here and never again."""

    one_time_password: str


class AccountChange(Schema):
    """What is to change; what is left out stays, and null gives every site or group."""

    model_config = ConfigDict(extra="forbid")

    role: Role = "technician"
    display_name: _Shown = ""
    sites: _Labels = None
    groups: _Labels = None
    is_disabled: bool = False


@router.get("/users", operation_id="listUsers", summary="All users")
def list_users(caller: Administrator) -> AccountsOut:
    """Every account, also the disabled ones."""
    found = caller.services.accounts.list(caller.principal)
    return AccountsOut(items=tuple(AccountOut.of(account) for account in found))


@router.post(
    "/users",
    status_code=201,
    operation_id="addUser",
    summary="Add a user",
    responses=problems(404, 409),
)
def add_user(
    caller: Administrator, new: Annotated[NewAccount, Body()], response: Response
) -> AccountWithPassword:
    """The password is used once: its owner changes it at the first sign-in."""
    account, one_time = caller.services.accounts.add(
        new.name,
        new.role,
        caller.principal,
        display_name=new.display_name,
        sites=None if new.sites is None else tuple(new.sites),
        groups=None if new.groups is None else tuple(new.groups),
    )
    response.headers["Cache-Control"] = "no-store"
    return _with_password(account, one_time)


@router.get("/users/{name}", operation_id="getUser", summary="A user", responses=problems(404))
def get_user(caller: Administrator, name: Name) -> AccountOut:
    """One account."""
    return AccountOut.of(caller.services.accounts.get(caller.principal, name))


@router.patch(
    "/users/{name}",
    operation_id="changeUser",
    summary="Change, disable or enable a user",
    responses=problems(404, 409),
)
def change_user(
    caller: Administrator, name: Name, change: Annotated[AccountChange, Body()]
) -> AccountOut:
    """A new role ends the sessions; a disabled user is shut out at once."""
    accounts, principal = caller.services.accounts, caller.principal
    values = _given(change)
    is_disabled = values.pop("is_disabled", None)
    if values:
        accounts.change(principal, name, **values)
    if is_disabled is True:
        accounts.disable(principal, name)
    elif is_disabled is False:
        accounts.enable(principal, name)
    return AccountOut.of(accounts.get(principal, name))


@router.post(
    "/users/{name}/reset",
    operation_id="resetUser",
    summary="Give a user a one-time password",
    responses=problems(404, 409),
)
def reset_user(caller: Administrator, name: Name) -> AccountWithPassword:
    """All sessions and tokens of the user end."""
    one_time = caller.services.accounts.reset(caller.principal, name)
    return _with_password(caller.services.accounts.get(caller.principal, name), one_time)


def _given(change: AccountChange) -> dict[str, Any]:
    values = change.model_dump(include=change.model_fields_set)
    for name in ("sites", "groups"):
        if values.get(name) is not None:
            values[name] = tuple(values[name])
    return values


def _with_password(account: Account, one_time: str) -> AccountWithPassword:
    return AccountWithPassword(**AccountOut.of(account).model_dump(), one_time_password=one_time)
