"""One account: who somebody is, what they may do, and what makes a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa

from assistant.errors import AccountRefused
from index.access import LOCAL, ROLES, Principal, Role

LONGEST_NAME = 64  # characters
_LONGEST_LABEL = 120  # characters of a site, a group or a name to be shown
_MARKS = frozenset("._-@")
_RESERVED = frozenset({LOCAL.user})


@dataclass(frozen=True, slots=True)
class Account:
    """An account; ``sites`` and ``groups`` are None where it belongs to every one.

    ``provider`` is empty for a local account, else the URL of the provider that signs it in.
    ``created_at`` is ISO 8601 in UTC.
    """

    name: str
    display_name: str
    role: Role
    sites: tuple[str, ...] | None
    groups: tuple[str, ...] | None
    is_disabled: bool
    must_change_password: bool
    provider: str
    created_at: str

    def principal(self) -> Principal:
        """Who the user is in every call."""
        return Principal(
            user=self.name,
            role=self.role,
            sites=None if self.sites is None else frozenset(self.sites),
            groups=None if self.groups is None else frozenset(self.groups),
        )


def account_of(row: sa.Row) -> Account:  # type: ignore[type-arg]
    """The account of a row that has the columns of the table."""
    is_administrator = row.role == "administrator"
    return Account(
        name=row.name,
        display_name=row.display_name,
        role=cast("Role", row.role),  # only roles of ours are written
        sites=None if is_administrator or row.sites is None else tuple(row.sites),
        groups=None if is_administrator or row.groups is None else tuple(row.groups),
        is_disabled=row.is_disabled,
        must_change_password=row.one_time_until is not None,
        provider=row.provider,
        created_at=row.created_at,
    )


def key_of(name: str) -> str:
    """What names are compared by: two that differ in case or width only are one name."""
    text = name[: 4 * LONGEST_NAME].encode("utf-8", "replace").decode()  # what SQL can hold
    once = unicodedata.normalize("NFKC", text).strip()
    return unicodedata.normalize("NFKC", once.casefold())[: 2 * LONGEST_NAME]


def checked_name(name: str) -> str:
    """A name as it is stored.

    Raises:
        AccountRefused: it is empty or too long, has another character than letters, digits and
            ``. _ - @``, or is kept for this machine.
    """
    found = unicodedata.normalize("NFKC", name.strip())
    if not 1 <= len(found) <= LONGEST_NAME:
        raise AccountRefused(
            f"A user name has 1 to {LONGEST_NAME} characters, not {len(found)}. Choose another."
        )
    wrong = [each for each in found if not (_is_letter_or_digit(each) or each in _MARKS)]
    if wrong or not _is_letter_or_digit(found[0]):
        raise AccountRefused(
            f"{found!r} is no user name. Use letters, digits and . _ - @, with a letter or a "
            "digit first."
        )
    if key_of(found) in _RESERVED:
        raise AccountRefused(
            f"The name {found!r} stands for who runs commands on this machine. Choose another."
        )
    return found


def checked_role(role: str) -> Role:
    """A role.

    Raises:
        AccountRefused: there is no such role.
    """
    if role not in ROLES:
        raise AccountRefused(f"There is no role {role!r}. Use one of {', '.join(ROLES)}.")
    return role


def checked_labels(labels: Iterable[str] | None) -> list[str] | None:
    """Names of sites or groups, trimmed, each once; None for every one.

    Raises:
        AccountRefused: one is empty, too long or has a control character.
    """
    if labels is None:
        return None
    return sorted({_checked_text(label, "A site or group") for label in labels})


def checked_display_name(name: str) -> str:
    """A name to be shown; it may be empty.

    Raises:
        AccountRefused: it is too long or has a control character.
    """
    return _checked_text(name, "A display name") if name.strip() else ""


def _checked_text(text: str, what: str) -> str:
    found = " ".join(text.split())
    is_plain = all(unicodedata.category(each)[0] != "C" for each in found)
    if not 1 <= len(found) <= _LONGEST_LABEL or not is_plain:
        raise AccountRefused(
            f"{what} has 1 to {_LONGEST_LABEL} characters and no control character; "
            f"{found[:_LONGEST_LABEL]!r} does not. Correct it."
        )
    return found


def _is_letter_or_digit(character: str) -> bool:
    return unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")
