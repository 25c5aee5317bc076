"""Sign-in with a password: the same answer for every reason, and a new session each time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.audit import AuditLog
from assistant.errors import PasswordRefused, TooManyAttempts, WrongCredentials
from index.access import LOCAL
from tests.account_homes import PASSWORD, AccountHome

TABLET, STRANGER = "192.0.2.7", "203.0.113.9"


@pytest.fixture
def home(tmp_path: Path) -> AccountHome:
    found = AccountHome(tmp_path / "records.db")
    found.add("tess")
    return found


def test_the_right_password_opens_a_new_session_each_time(home: AccountHome) -> None:
    first = home.sign_in.password("tess", PASSWORD, TABLET)
    second = home.sign_in.password(" TESS ", PASSWORD, TABLET)
    assert first != second
    assert home.sessions.find(first) is not None
    assert home.sessions.find(second) is not None


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("tess", "wrong password"),
        ("tess", ""),
        ("tess", PASSWORD + "\0"),
        ("tess", PASSWORD.upper()),
        ("tess", "\ud800"),
        ("tess", "x" * 1_000_000),
        ("nobody", PASSWORD),
        ("", ""),
        ("\ud800\0", "x"),
        ("n" * 1_000_000, PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("gone", PASSWORD),
        ("gone", "wrong password"),
        ("of.provider", ""),
    ],
)
def test_every_reason_gives_one_answer_and_costs_one_hash(
    home: AccountHome, name: str, password: str
) -> None:
    home.add("gone")
    home.accounts.disable(LOCAL, "gone")
    home.of_providers.take("https://id.example", "1", "of.provider", "technician")
    home.passwords.looked_at = 0
    with pytest.raises(WrongCredentials) as failed:
        home.sign_in.password(name, password, TABLET)
    with pytest.raises(WrongCredentials) as plain:
        home.sign_in.password("nobody.else", "wrong password", STRANGER)
    assert str(failed.value) == str(plain.value)
    assert home.passwords.looked_at == 2


@pytest.mark.parametrize("name", ["tess", "nobody", "gone"])
def test_the_throttle_treats_all_names_alike(home: AccountHome, name: str) -> None:
    home.add("gone")
    home.accounts.disable(LOCAL, "gone")
    answers: list[object] = []
    for second in range(60):
        try:
            home.sign_in.password(name, "wrong password", f"10.0.0.{second}")
        except TooManyAttempts as refused:
            answers.append(refused.retry_after_s)
        except WrongCredentials:
            answers.append("wrong")
        home.wait(seconds=1)
    expected: list[object] = ["wrong"] * 5
    for length in (5, 10, 20):
        expected += [*range(length - 1, 0, -1), "wrong"]
    expected += list(range(39, 0, -1))
    assert answers == expected[:60]


def test_the_right_password_is_refused_too_while_it_must_wait(home: AccountHome) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            home.sign_in.password("tess", "wrong password", STRANGER)
    with pytest.raises(TooManyAttempts) as refused:
        home.sign_in.password("tess", PASSWORD, TABLET)
    assert refused.value.retry_after_s == 5
    home.wait(seconds=4)
    with pytest.raises(TooManyAttempts, match="Wait 1 seconds"):
        home.sign_in.password("tess", PASSWORD, TABLET)
    home.wait(seconds=1)
    assert home.sign_in.password("tess", PASSWORD, TABLET)


def test_a_password_change_ends_every_session_but_the_new_one(home: AccountHome) -> None:
    before = home.sign_in.password("tess", PASSWORD, TABLET)
    after = home.sign_in.change_password("tess", PASSWORD, "another long password", TABLET)
    assert home.sessions.find(before) is None
    found = home.sessions.find(after)
    assert found is not None
    assert found.account.name == "tess"
    with pytest.raises(WrongCredentials):
        home.sign_in.change_password("tess", PASSWORD, "yet another password", TABLET)
    with pytest.raises(PasswordRefused):
        home.sign_in.change_password("tess", "another long password", "short", TABLET)
    assert home.sessions.find(after) is not None


def test_many_at_once_are_counted_like_one_after_the_other(home: AccountHome) -> None:
    results: list[str] = []

    def guess(number: int) -> None:
        try:
            home.sign_in.password("tess", f"wrong {number}", STRANGER)
        except (TooManyAttempts, WrongCredentials) as error:
            results.append(type(error).__name__)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["TooManyAttempts"] * 19 + ["WrongCredentials"] * 5


def test_two_first_changes_at_once_leave_one_password(home: AccountHome) -> None:
    _, one_time = home.accounts.add("new", "technician", LOCAL)
    chosen = ["the first new password", "the second new password"]
    results: list[str] = []

    def change(password: str) -> None:
        try:
            home.sign_in.change_password("new", one_time, password, TABLET)
            results.append(password)
        except WrongCredentials:
            pass

    threads = [threading.Thread(target=change, args=(each,)) for each in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = results
    assert home.sign_in.password("new", kept, TABLET)


def test_the_audit_log_tells_who_signed_in_and_no_word_that_was_typed(home: AccountHome) -> None:
    home.sign_in.password("tess", PASSWORD, TABLET)
    for name, password in (("tess", "my secret word"), ("my secret word", "tess")):
        with pytest.raises(WrongCredentials):
            home.sign_in.password(name, password, STRANGER)
    home.sign_in.change_password("tess", PASSWORD, "another long password", TABLET)
    rows = list(AuditLog(home.engine).rows())
    assert [(row.user, row.action, row.address) for row in rows][1:] == [
        ("tess", "sign-in", TABLET),
        ("tess", "sign-in refused", STRANGER),
        ("", "sign-in refused", STRANGER),
        ("tess", "password change", TABLET),
    ]
    assert "secret" not in repr(rows)
    assert "long password" not in repr(rows)
