"""Who asks. Every call that reads knowledge or records carries a principal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["technician", "supervisor", "planner", "administrator"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A user with a role and the sites that they may see.

    ``sites`` is None for a principal who sees every site, which is not the same as the empty set:
    a principal of no site sees only what belongs to no site.
    """

    user: str
    role: Role
    sites: frozenset[str] | None = None


LOCAL = Principal("local", "administrator")
"""The person at this machine, until accounts exist; only loopback connections are they."""
