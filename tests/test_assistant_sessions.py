"""Sessions: how they begin, how long they last, and what ends them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.errors import AccountUnknown
from index.access import LOCAL, Principal
from tests.account_homes import PASSWORD, AccountHome

TESS = Principal("tess", "technician")


@pytest.fixture
def home(tmp_path: Path) -> AccountHome:
    found = AccountHome(tmp_path / "records.db")
    found.add("tess", sites=["Hall 1"])
    found.add("sam", "supervisor")
    return found


def _stored(home: AccountHome, column: str) -> list[str]:
    with home.engine.connect() as connection:
        return list(connection.scalars(sa.text(f"SELECT {column} FROM session")))


def test_a_session_is_found_by_its_secret_only(home: AccountHome) -> None:
    secret = home.sessions.open("TESS", "192.0.2.7")
    found = home.sessions.find(secret)
    assert found is not None
    assert (found.account.name, found.address) == ("tess", "192.0.2.7")
    assert len(secret) == 43  # 256 bits in base64
    for wrong in ("", " ", secret[:-1], secret + "A", found.session_id, "\ud800", "x" * 100_000):
        assert home.sessions.find(wrong) is None


def test_the_secret_is_nowhere_in_the_database(home: AccountHome, tmp_path: Path) -> None:
    secret = home.sessions.open("tess", "")
    connection = sqlite3.connect(tmp_path / "records.db")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert secret not in dump
    assert _stored(home, "secret_hash")[0] in dump


def test_who_has_no_account_or_a_disabled_one_gets_no_session(home: AccountHome) -> None:
    home.accounts.disable(LOCAL, "tess")
    for name in ("nobody", "tess"):
        with pytest.raises(AccountUnknown):
            home.sessions.open(name, "")


def test_an_unused_session_ends_after_twelve_hours(home: AccountHome) -> None:
    secret = home.sessions.open("tess", "")
    home.wait(hours=11, minutes=59)
    assert home.sessions.find(secret) is not None  # which is a use
    home.wait(hours=11, minutes=59)
    assert home.sessions.find(secret) is not None
    home.wait(hours=12)
    assert home.sessions.find(secret) is None


def test_a_session_ends_after_seven_days_however_much_it_is_used(home: AccountHome) -> None:
    secret = home.sessions.open("tess", "")
    for _ in range(7 * 24 // 8 - 1):
        home.wait(hours=8)
        assert home.sessions.find(secret) is not None
        if _ == 3:
            secret = home.sessions.renew(secret)  # which is no new sign-in
    home.wait(hours=8)
    assert home.sessions.find(secret) is None
    with pytest.raises(AccountUnknown):
        home.sessions.renew(secret)


def test_the_last_use_is_written_at_most_once_a_minute(home: AccountHome) -> None:
    secret = home.sessions.open("tess", "")
    start = _stored(home, "last_seen_at")
    home.wait(seconds=60)
    home.sessions.find(secret)
    assert _stored(home, "last_seen_at") == start
    home.wait(seconds=1)
    home.sessions.find(secret)
    assert _stored(home, "last_seen_at") != start


def test_a_renewed_session_has_another_secret_and_id(home: AccountHome) -> None:
    old = home.sessions.open("tess", "192.0.2.7")
    before = home.sessions.find(old)
    new = home.sessions.renew(old)
    after = home.sessions.find(new)
    assert before is not None
    assert after is not None
    assert home.sessions.find(old) is None
    assert before.session_id != after.session_id
    assert (before.address, before.opened_at) == (after.address, after.opened_at)
    with pytest.raises(AccountUnknown, match="Sign in again"):
        home.sessions.renew(old)


def test_a_changed_site_holds_at_once(home: AccountHome) -> None:
    secret = home.sessions.open("tess", "")
    home.accounts.change(LOCAL, "tess", sites=["Hall 2"])
    found = home.sessions.find(secret)
    assert found is not None
    assert found.account.principal().sites == {"Hall 2"}


def test_a_changed_role_ends_the_sessions_of_this_user_only(home: AccountHome) -> None:
    secret, other = home.sessions.open("tess", ""), home.sessions.open("sam", "")
    home.accounts.change(LOCAL, "tess", role="technician")  # which is none
    assert home.sessions.find(secret) is not None
    home.accounts.change(LOCAL, "tess", role="supervisor")
    assert home.sessions.find(secret) is None
    assert home.sessions.find(other) is not None


def test_a_disabled_account_has_no_session_even_when_enabled_again(home: AccountHome) -> None:
    secret = home.sessions.open("tess", "")
    home.accounts.disable(LOCAL, "tess")
    assert home.sessions.find(secret) is None
    home.accounts.enable(LOCAL, "tess")
    assert home.sessions.find(secret) is None


def test_closing_ends_one_session_or_all(home: AccountHome) -> None:
    first, second, third = (home.sessions.open("tess", "") for _ in range(3))
    home.sessions.close(first)
    home.sessions.close(first)
    assert home.sessions.find(first) is None
    assert home.sessions.find(second) is not None
    assert home.sessions.close_all("Tess") == 2
    assert home.sessions.find(third) is None


def test_a_user_revokes_their_own_sessions_and_an_administrator_any(home: AccountHome) -> None:
    mine, of_sam = home.sessions.open("tess", ""), home.sessions.open("sam", "")
    (session,) = home.sessions.list("sam")
    with pytest.raises(AccountUnknown) as foreign:
        home.sessions.revoke(TESS, session.session_id)
    with pytest.raises(AccountUnknown) as unknown:
        home.sessions.revoke(TESS, "0" * 32)
    assert str(foreign.value).replace(session.session_id, "0" * 32) == str(unknown.value)
    assert home.sessions.find(of_sam) is not None
    home.sessions.revoke(LOCAL, session.session_id)
    assert home.sessions.find(of_sam) is None
    home.sessions.revoke(TESS, home.sessions.list("tess")[0].session_id)
    assert home.sessions.find(mine) is None


def test_an_account_has_at_most_fifty_sessions_the_newest(home: AccountHome) -> None:
    secrets = []
    for _ in range(52):
        home.wait(seconds=1)
        secrets.append(home.sessions.open("tess", ""))
    is_open = [home.sessions.find(secret) is not None for secret in secrets]
    assert is_open == [False, False] + [True] * 50


def test_sessions_that_are_over_leave_no_row(home: AccountHome) -> None:
    home.sessions.open("tess", "")
    home.wait(hours=13)
    assert home.sessions.list("tess") == ()
    home.sessions.open("sam", "")
    assert _stored(home, "account_key") == ["sam"]


def test_a_session_outlives_a_restart(home: AccountHome, tmp_path: Path) -> None:
    secret = home.sign_in.password("tess", PASSWORD, "")
    again = AccountHome(tmp_path / "records.db")
    assert again.sessions.find(secret) is not None
