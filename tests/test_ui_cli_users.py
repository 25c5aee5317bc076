"""Commands for users, their sessions and their tokens."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import fail, succeed, variables
from ui.wiring import Services, open_services

PASSWORD = "grease the third bearing"


@pytest.fixture
def empty_home(tmp_path: Path) -> Iterator[Path]:
    """A home that commands use; users and tokens need no embedder."""
    with variables(tmp_path / "home", tmp_path / "none"):
        yield tmp_path / "home"


@pytest.fixture
def services(empty_home: Path) -> Services:
    return open_services(empty_home, use_model=False)


def _typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_user_signs_in_with_the_password_that_is_printed_once(services: Services) -> None:
    printed = succeed("user", "add", "tess", "--role", "technician", "--site", "Hall 1").out
    assert "Added tess, technician." in printed
    one_time = printed.split("One-time password of tess: ")[1].split()[0]
    session = services.sessions.find(services.sign_in.password("tess", one_time, ""))
    assert session is not None
    assert session.account.must_change_password
    assert one_time not in succeed("user", "list").out + succeed("user", "list", "--json").out


def test_a_password_is_read_from_the_standard_input(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    _typed(monkeypatch, f"{PASSWORD}\r\nignored\n")
    printed = succeed("user", "add", "tess", "--role", "planner", "--password-stdin").out
    assert printed == "Added tess, planner.\n"
    assert services.sign_in.password("tess", PASSWORD, "")
    _typed(monkeypatch, "")
    assert "holds no password" in fail(
        "user", "add", "sam", "--role", "planner", "--password-stdin", code=2
    )
    _typed(monkeypatch, "short\n")
    assert "at least 10 characters" in fail(
        "user", "add", "sam", "--role", "planner", "--password-stdin"
    )


def test_users_are_listed_with_what_they_may_see(empty_home: Path) -> None:
    succeed("user", "add", "ada", "--role", "administrator")
    succeed("user", "add", "tess", "--role", "technician", "--site", "B", "--site", "A")
    succeed("user", "add", "sam", "--role", "supervisor", "--every-site", "--group", "electrics")
    found = {one["name"]: one for one in succeed("user", "list", "--json").json()}
    assert [*found] == ["ada", "sam", "tess"]
    assert (found["ada"]["sites"], found["ada"]["groups"]) == (None, None)
    assert (found["sam"]["sites"], found["sam"]["groups"]) == (None, ["electrics"])
    assert (found["tess"]["sites"], found["tess"]["groups"]) == (["A", "B"], [])
    assert found["tess"]["one_time_password"] is None
    table = succeed("user", "list").out
    assert "every one" in table
    assert "electrics" in table


def test_a_change_keeps_what_is_not_named(empty_home: Path) -> None:
    succeed("user", "add", "tess", "--role", "technician", "--site", "A", "--group", "g")
    succeed("user", "add", "ada", "--role", "administrator")
    for arguments, expected in (
        (("--role", "planner"), ("planner", ["A"], ["g"], "")),
        (("--site", "B", "--no-group"), ("planner", ["B"], [], "")),
        (("--every-site", "--display-name", "T. T."), ("planner", None, [], "T. T.")),
        (("--role", "administrator"), ("administrator", None, None, "T. T.")),
        (("--role", "technician", "--no-site", "--no-group"), ("technician", [], [], "T. T.")),
    ):
        one = succeed("user", "change", "TESS", *arguments, "--json").json()
        assert (one["role"], one["sites"], one["groups"], one["display_name"]) == expected
    assert "sites: none" in succeed("user", "change", "tess").out
    assert "only one of --site" in fail(
        "user", "change", "tess", "--site", "A", "--no-site", code=2
    )
    assert "There is no role 'boss'" in fail("user", "change", "tess", "--role", "boss")


def test_disable_enable_and_reset(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    _typed(monkeypatch, PASSWORD)
    succeed("user", "add", "tess", "--role", "technician", "--password-stdin")
    session = services.sign_in.password("tess", PASSWORD, "192.0.2.7")
    assert "tess is disabled" in succeed("user", "disable", "tess").out
    assert services.sessions.find(session) is None
    assert "disabled" in succeed("user", "list").out
    succeed("user", "enable", "tess")
    one_time = succeed("user", "reset", "tess", "--json").json()["one_time_password"]
    assert services.sign_in.password("tess", one_time, "192.0.2.7")
    assert "One-time password of tess" in succeed("user", "reset", "tess").out
    for command in ("disable", "enable", "reset", "sessions"):
        assert "There is no account 'nobody'" in fail("user", command, "nobody")


def test_the_last_administrator_and_a_taken_name_are_refused(empty_home: Path) -> None:
    succeed("user", "add", "ada", "--role", "administrator")
    assert "last administrator" in fail("user", "disable", "ada")
    assert "is taken" in fail("user", "add", "Ada", "--role", "technician")
    assert "every site and group" in fail(
        "user", "add", "eve", "--role", "administrator", "--site", "A"
    )
    assert "is no user name" in fail("user", "add", "[red]a[/red] b", "--role", "technician")


def test_sessions_are_listed_and_ended(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    _typed(monkeypatch, PASSWORD)
    succeed("user", "add", "tess", "--role", "technician", "--password-stdin")
    secrets = [services.sign_in.password("tess", PASSWORD, f"192.0.2.{n}") for n in range(3)]
    found = succeed("user", "sessions", "tess", "--json").json()
    assert {one["address"] for one in found} == {"192.0.2.0", "192.0.2.1", "192.0.2.2"}
    assert "192.0.2.1" in succeed("user", "sessions", "tess").out
    succeed("user", "sessions", "tess", "--end", found[0]["id"])
    assert sum(services.sessions.find(secret) is not None for secret in secrets) == 2
    assert "There is no session" in fail("user", "sessions", "tess", "--end", found[0]["id"])
    assert "2 sessions ended" in succeed("user", "sessions", "tess", "--end-all").out
    assert "not both" in fail("user", "sessions", "tess", "--end", "x", "--end-all", code=2)


def test_a_token_is_made_listed_and_revoked(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    _typed(monkeypatch, PASSWORD)
    succeed("user", "add", "tess", "--role", "technician", "--site", "A", "--password-stdin")
    made = succeed(
        "token", "create", "tess", "shift report", "--scope", "ask", "--days", "7", "--json"
    ).json()
    found = services.api_tokens.find(made["secret"])
    assert found is not None
    assert (found[0].user, found[1]) == ("tess", {"ask"})
    printed = succeed("token", "create", "tess", "other", "--scope", "read").out
    assert services.api_tokens.find(printed.split()[0]) is not None
    listed = succeed("token", "list", "--json").json()
    assert {one["label"] for one in listed} == {"shift report", "other"}
    assert made["secret"] not in succeed("token", "list").out + str(listed)
    assert "Revoked" in succeed("token", "revoke", made["id"]).out
    assert services.api_tokens.find(made["secret"]) is None
    assert "revoked" in succeed("token", "list").out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("nobody", "x", "--scope", "ask"), "There is no account 'nobody'"),
        (("tess", "x", "--scope", "all"), "There is no scope 'all'"),
        (("tess", "x", "--scope", "ask", "--days", "366"), "1 to 365 days"),
        (("tess", "x", "--scope", "administer"), "may not manage accounts"),
        (("tess", " ", "--scope", "ask"), "no label"),
    ],
)
def test_a_token_that_cannot_be_is_refused(
    empty_home: Path, arguments: tuple[str, ...], why: str
) -> None:
    succeed("user", "add", "tess", "--role", "technician")
    assert why in fail("token", "create", *arguments)
    assert "There is no token 'x'" in fail("token", "revoke", "x")
