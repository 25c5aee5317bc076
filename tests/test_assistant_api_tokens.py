"""API tokens: what they look like, what they allow, and when they end."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from assistant.api_tokens import has_form, new_secret
from assistant.audit import AuditLog
from assistant.errors import AccountRefused, AccountUnknown
from index.access import LOCAL, Principal
from index.errors import NotAllowed
from tests.account_homes import AccountHome

TESS = Principal("tess", "technician", frozenset({"Hall 1"}))


@pytest.fixture
def home(tmp_path: Path) -> AccountHome:
    found = AccountHome(tmp_path / "records.db")
    found.add("tess", sites=["Hall 1"])
    found.add("ada", "administrator")
    return found


def test_a_token_has_a_form_that_scanners_find() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert all(len(each) == 52 and each.startswith("fb_") and has_form(each) for each in secrets)
    one = secrets.pop()
    other = "A" if one[10] != "A" else "B"
    for wrong in (
        one[:10] + other + one[11:],
        one[:-1],
        one + "0",
        one.upper(),
        "",
        one + "\n",
        " " + one,
    ):
        assert not has_form(wrong)


def test_a_token_gives_its_owners_rights_within_its_scopes(home: AccountHome) -> None:
    token, secret = home.tokens.create(TESS, " shift  report ", ["read", "ask", "read"], 30)
    assert (token.owner, token.label, token.scopes) == ("tess", "shift report", ("ask", "read"))
    assert token.expires_at == "2026-04-01T06:00:00.000+00:00"
    assert home.tokens.find(secret) == (
        Principal("tess", "technician", frozenset({"Hall 1"}), None),
        frozenset({"ask", "read"}),
    )


@pytest.mark.parametrize(
    "secret",
    ["", "fb_", "\ud800", "x" * 100_000, new_secret()],
    ids=["nothing", "a prefix", "half a character", "long", "well made"],
)
def test_what_is_no_token_is_nobodys(home: AccountHome, secret: str) -> None:
    home.tokens.create(TESS, "x", ["ask"], 1)
    assert home.tokens.find(secret) is None


def test_the_secret_is_nowhere_in_the_database(home: AccountHome, tmp_path: Path) -> None:
    _, secret = home.tokens.create(TESS, "x", ["ask"], 1)
    connection = sqlite3.connect(tmp_path / "records.db")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert secret not in dump
    assert secret[3:40] not in dump


def test_a_changed_right_of_the_owner_holds_for_the_token_at_once(home: AccountHome) -> None:
    ada = home.accounts.get(LOCAL, "ada").principal()
    _, secret = home.tokens.create(ada, "x", ["read", "administer"], 1)
    home.add("other", "administrator")
    home.accounts.change(LOCAL, "ada", role="technician", sites=["Hall 2"], groups=[])
    assert home.tokens.find(secret) == (
        Principal("ada", "technician", frozenset({"Hall 2"}), frozenset()),
        frozenset({"read"}),
    )
    home.accounts.change(LOCAL, "ada", role="administrator", sites=None, groups=None)
    found = home.tokens.find(secret)
    assert found is not None
    assert found[1] == {"read", "administer"}


def test_a_token_ends_with_its_time_its_revocation_or_its_owner(home: AccountHome) -> None:
    made = [home.tokens.create(TESS, f"number {number}", ["ask"], 2) for number in range(3)]
    home.tokens.revoke(TESS, made[0][0].token_id)
    assert [home.tokens.find(secret) is not None for _, secret in made] == [False, True, True]
    home.wait(days=1, hours=23)
    assert home.tokens.find(made[1][1]) is not None
    home.accounts.disable(LOCAL, "tess")
    assert home.tokens.find(made[1][1]) is None
    home.accounts.enable(LOCAL, "tess")
    assert home.tokens.find(made[1][1]) is None
    _, last = home.tokens.create(TESS, "last", ["ask"], 2)
    home.wait(days=2)
    assert home.tokens.find(last) is None
    assert [each.is_valid for each in home.tokens.list(TESS)] == [False] * 4


def test_the_last_use_is_noted_at_most_once_a_minute(home: AccountHome) -> None:
    _, secret = home.tokens.create(TESS, "x", ["ask"], 1)
    assert home.tokens.list(TESS)[0].last_used_at is None
    for seconds in (0, 60, 1):
        home.wait(seconds=seconds)
        home.tokens.find(secret)
        used = home.tokens.list(TESS)[0].last_used_at
        assert used == f"2026-03-02T06:0{'1:01' if seconds == 1 else '0:00'}.000+00:00"


def test_only_administrators_make_tokens_that_administer(home: AccountHome) -> None:
    with pytest.raises(NotAllowed):
        home.tokens.create(TESS, "x", ["administer"], 1)
    assert home.tokens.list(TESS) == ()


@pytest.mark.parametrize(
    ("label", "scopes", "days", "why"),
    [
        (" ", ["ask"], 1, "no label"),
        ("a\x00", ["ask"], 1, "control character"),
        ("x", [], 1, "no scope"),
        ("x", ["everything"], 1, "no scope 'everything'"),
        ("x", ["ask"], 0, "1 to 365 days, not 0"),
        ("x", ["ask"], 366, "1 to 365 days, not 366"),
    ],
)
def test_a_token_that_cannot_be_is_refused(
    home: AccountHome, label: str, scopes: list[str], days: int, why: str
) -> None:
    with pytest.raises(AccountRefused, match=why):
        home.tokens.create(TESS, label, scopes, days)


def test_who_has_no_account_has_no_token(home: AccountHome) -> None:
    with pytest.raises(AccountUnknown, match="'local'"):
        home.tokens.create(LOCAL, "x", ["ask"], 1)


def test_an_account_has_at_most_fifty_tokens(home: AccountHome) -> None:
    for _ in range(50):
        token, _ = home.tokens.create(TESS, "x", ["ask"], 1)
    with pytest.raises(AccountRefused, match="Revoke one"):
        home.tokens.create(TESS, "x", ["ask"], 1)
    home.tokens.revoke(TESS, token.token_id)
    home.tokens.create(TESS, "x", ["ask"], 1)


def test_tokens_of_others_are_neither_listed_nor_revoked(home: AccountHome) -> None:
    ada = home.accounts.get(LOCAL, "ada").principal()
    token, secret = home.tokens.create(ada, "x", ["ask"], 1)
    assert home.tokens.list(TESS) == ()
    with pytest.raises(NotAllowed):
        home.tokens.list(TESS, everyone=True)
    messages = []
    for token_id in (token.token_id, "0" * 32):
        with pytest.raises(AccountUnknown) as error:
            home.tokens.revoke(TESS, token_id)
        messages.append(str(error.value).replace(token_id, "ID"))
    assert messages[0] == messages[1]
    assert home.tokens.find(secret) is not None
    assert home.tokens.list(LOCAL, everyone=True)[0].owner == "ada"
    home.tokens.revoke(LOCAL, token.token_id)
    assert home.tokens.find(secret) is None


def test_tokens_are_in_the_audit_log_without_their_secret(home: AccountHome) -> None:
    token, secret = home.tokens.create(TESS, "x", ["ask"], 1)
    home.tokens.revoke(LOCAL, token.token_id)
    rows = list(AuditLog(home.engine).rows())[-2:]
    assert [(row.user, row.action, row.object) for row in rows] == [
        ("tess", "token created", token.token_id),
        ("local", "token revoked", token.token_id),
    ]
    assert secret not in repr(rows)
