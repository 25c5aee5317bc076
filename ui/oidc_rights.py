"""What the claims of a provider give a user here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.errors import AccountRefused
from index.access import Role
from ui.oidc_settings import OidcSettings

_RANKS: tuple[Role, ...] = ("technician", "planner", "supervisor", "administrator")


@dataclass(frozen=True, slots=True)
class ProvidedUser:
    """A user as the provider describes them; ``role`` is None where no value gives one.

    ``sites`` and ``groups`` are None for every one.
    """

    subject: str
    name: str
    display_name: str
    role: Role | None
    sites: tuple[str, ...] | None
    groups: tuple[str, ...] | None


def provided_user(claims: Mapping[str, Any], settings: OidcSettings) -> ProvidedUser:
    """Read the claims of a user.

    Raises:
        AccountRefused: the claim of the user name is missing or is no text.
    """
    name = claims.get(settings.name_claim)
    if not isinstance(name, str) or not name:
        raise AccountRefused(
            f"The provider sends no user name in the claim {settings.name_claim!r}. Ask an "
            "administrator to set 'oidc.name_claim'."
        )
    shown = claims.get(settings.display_claim)
    values = _values(claims.get(settings.groups_claim))
    roles = [settings.roles[value] for value in values if value in settings.roles]
    role = max(roles, key=_RANKS.index, default=None)
    is_administrator = role == "administrator"
    every_site = is_administrator or not values.isdisjoint(settings.every_site)
    every_group = is_administrator or not values.isdisjoint(settings.every_group)
    return ProvidedUser(
        subject=str(claims["sub"]),
        name=name,
        display_name=shown if isinstance(shown, str) else "",
        role=role,
        sites=None if every_site else _added(values, settings.sites),
        groups=None if every_group else _added(values, settings.groups),
    )


def _values(claim: object) -> set[str]:
    """The values of a claim, which some providers send as one text."""
    if isinstance(claim, str):
        return {claim}
    return {each for each in claim if isinstance(each, str)} if isinstance(claim, list) else set()


def _added(values: Iterable[str], given: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({one for value in values for one in given.get(value, ())}))
