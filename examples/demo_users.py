"""Make the users of the demo plant, one of each role: ``python examples/demo_users.py HOME``.

Their password is known to everybody, so they are made in a home that ``make demo`` built and in no
other: the folder ``home`` inside a folder that holds the mark of ``make demo``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from assistant.errors import AccountUnknown
from index.access import LOCAL, Role
from ui.wiring import Services, open_services

MARK = "DEMO"
PASSWORD = "faultbook-demo"
SITE = "Plant North"
USERS: tuple[tuple[str, Role, str, bool], ...] = (
    ("tess", "technician", "Tess Technician", True),
    ("sam", "supervisor", "Sam Supervisor", False),
    ("paula", "planner", "Paula Planner", True),
    ("ada", "administrator", "Ada Administrator", False),
)
"""Name, role, name to be shown, and whether the user belongs to one site of the plant only."""


def make_users(home: Path) -> list[str]:
    """Make the users that are missing; return the lines that tell how to sign in.

    Raises:
        SystemExit: the home is not that of the demo.
    """
    path = home.expanduser().resolve()
    if path.name != "home" or not (path.parent / MARK).is_file():
        raise SystemExit(
            f"{home} is not the home of the demo, and everybody knows the password of its users. "
            "Run 'make demo', or add users by 'faultbook user add'."
        )
    services = open_services(path, use_model=False)
    for name, role, shown, is_of_site in USERS:
        _make(services, name, role, shown, (SITE,) if is_of_site else None)
    width = max(len(name) for name, *_ in USERS)
    told = [f"  {name:{width}}  {role}" for name, role, *_ in USERS]
    return ["Sign in as", *told, f"each with the password {PASSWORD}"]


def _make(
    services: Services, name: str, role: Role, shown: str, sites: tuple[str, ...] | None
) -> None:
    try:
        services.accounts.get(LOCAL, name)
    except AccountUnknown:
        services.accounts.add(name, role, LOCAL, password=PASSWORD, display_name=shown, sites=sites)


def main() -> None:
    """Make the users and print how to sign in."""
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python examples/demo_users.py HOME")
    for line in make_users(Path(sys.argv[1])):
        print(line)


if __name__ == "__main__":
    main()
