"""Who asks, and what they may do. Every call to knowledge or records carries a principal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from index.errors import NotAllowed

Role = Literal["technician", "supervisor", "planner", "administrator"]
Action = Literal["ask", "plan", "ingest", "curate", "administer"]

ROLES: tuple[Role, ...] = ("technician", "supervisor", "planner", "administrator")
_ALLOWED: dict[Role, frozenset[Action]] = {
    "technician": frozenset({"ask"}),
    "planner": frozenset({"ask", "plan"}),
    "supervisor": frozenset({"ask", "plan", "ingest", "curate"}),
    "administrator": frozenset({"ask", "plan", "ingest", "curate", "administer"}),
}
_MEANING: dict[Action, str] = {
    "ask": "ask questions, look at documents and draft work orders",
    "plan": "change and export the work orders of others",
    "ingest": "take files in",
    "curate": "decide about documents, tickets and the dictionary",
    "administer": "manage accounts and read the audit log",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A user with a role, and the sites and groups that they belong to.

    ``sites`` is None for a principal who sees every site, which is not the same as the empty set:
    a principal of no site sees only what belongs to no site. ``groups`` likewise.
    """

    user: str
    role: Role
    sites: frozenset[str] | None = None
    groups: frozenset[str] | None = None

    def may(self, action: Action) -> bool:
        """Tell whether the role allows an action; where it may be done, sites and groups tell."""
        return action in _ALLOWED[self.role]

    def require(self, action: Action) -> None:
        """Go on only if the role allows an action.

        Raises:
            NotAllowed: it does not.
        """
        if not self.may(action):
            raise NotAllowed(
                f"The role {self.role} may not {_MEANING[action]}. Ask an administrator for a "
                "role that may."
            )

    def sees(self, site: str | None, groups: Collection[str] = ()) -> bool:
        """Tell whether what belongs to a site and to groups may be seen.

        What belongs to no site is everybody's, and so is what belongs to no group.
        """
        is_of_site = self.sites is None or site is None or site in self.sites
        is_of_group = self.groups is None or not groups or not self.groups.isdisjoint(groups)
        return is_of_site and is_of_group

    def may_change(self, site: str | None, groups: Collection[str] = ()) -> bool:
        """Tell whether what belongs to a site and to groups may be changed where it is seen.

        What every site sees is changed only by who sees every site.
        """
        return self.sees(site, groups) and (self.sites is None or site is not None)


LOCAL = Principal("local", "administrator")
"""The person at this machine who runs a command: whoever can read the home folder sees all."""
