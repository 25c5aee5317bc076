"""The throttle: how many passwords are looked at, and that nobody is locked out for ever."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.errors import TooManyAttempts, WrongCredentials
from assistant.throttle import OF_ADDRESS, OF_KNOWN, OF_NAME, Throttle, address_key, hash_of_name
from tests.account_homes import PASSWORD, AccountHome

TABLET = "192.0.2.7"


@pytest.fixture
def home(tmp_path: Path) -> AccountHome:
    found = AccountHome(tmp_path / "records.db")
    found.add("tess")
    return found


def _rows(home: AccountHome) -> int:
    with home.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT COUNT(*) FROM sign_in_attempt")) or 0


def _guess(home: AccountHome, name: str, address: str, password: str = "wrong") -> bool:
    """Try a wrong password; tell whether it was looked at."""
    before = home.passwords.looked_at
    with pytest.raises((WrongCredentials, TooManyAttempts)):
        home.sign_in.password(name, password, address)
    return home.passwords.looked_at > before


def _names(prefix: str) -> Callable[[], str]:
    numbers = count()
    return lambda: f"{prefix}{next(numbers)}"


ATTACKS: dict[str, Callable[[], tuple[Callable[[], str], Callable[[], str]]]] = {
    "one name, one address": lambda: (lambda: "tess", lambda: "10.0.0.1"),
    "one name, a thousand addresses": lambda: (lambda: "tess", _names("10.0.0.")),
    "a name nobody has, a thousand addresses": lambda: (lambda: "nobody", _names("10.0.0.")),
    "a thousand names, one address": lambda: (_names("user"), lambda: "10.0.0.1"),
    "one name in a thousand spellings": lambda: (
        lambda: random.Random(1).choice(["tess", "TESS", "ｔｅｓｓ", " tess"]),
        lambda: "10.0.0.1",
    ),
    "a network of IPv6": lambda: (_names("user"), _names("2001:db8::")),
    "the user's own address": lambda: (lambda: "tess", lambda: TABLET),
    "many users of one address": lambda: (_names("worker"), lambda: TABLET),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_of_a_thousand_wrong_passwords_in_ten_minutes_at_most_twenty_are_looked_at(
    home: AccountHome, attack: str
) -> None:
    for name in ["tess", *(f"worker{number}" for number in range(8))]:
        if name != "tess":
            home.add(name)
        home.sign_in.password(name, PASSWORD, TABLET)  # the address is known to all of them
    name, address = ATTACKS[attack]()
    looked_at = sum(_spread(home, name, address))
    assert 1 <= looked_at <= 20


def _spread(
    home: AccountHome, name: Callable[[], str], address: Callable[[], str]
) -> Iterator[bool]:
    for _ in range(1000):
        yield _guess(home, name(), address())
        home.wait(seconds=0.6)


@pytest.mark.parametrize("seed", range(3))
def test_no_ten_minutes_of_a_patient_attack_hold_more_than_twenty(
    home: AccountHome, seed: int
) -> None:
    """Guesses at all paces, mixed over the user's own address and others."""
    chance = random.Random(seed)
    home.sign_in.password("tess", PASSWORD, TABLET)
    times: list[float] = []
    for _ in range(600):
        address = chance.choice([TABLET, TABLET, "10.0.0.1", f"10.0.0.{chance.randrange(200)}"])
        if _guess(home, "tess", address):
            times.append(home.moment.timestamp())
        home.wait(seconds=chance.choice([0.1, 1, 5, 20, 60]))
    assert len(times) > 20
    for start in times:
        assert sum(start <= at <= start + 600 for at in times) <= 20


def test_the_paces_allow_twenty_together() -> None:
    """The most that fit into ten minutes: the free ones, then one after each delay."""

    def most(pace: object) -> int:
        found, at = [], 0.0
        while at <= 600:
            found.append(at)
            at += pace.wait_s(found, at)  # type: ignore[attr-defined]
        return len(found)

    assert (most(OF_NAME), most(OF_ADDRESS), most(OF_KNOWN)) == (11, 14, 5)


def test_an_attacker_elsewhere_does_not_lock_the_user_out(home: AccountHome) -> None:
    home.sign_in.password("tess", PASSWORD, TABLET)
    for _ in range(100):
        _guess(home, "tess", "10.0.0.1")
        home.wait(minutes=1)
    for _ in range(10):
        _guess(home, "tess", "10.0.0.1")
        home.wait(minutes=6)
        _guess(home, "tess", "10.0.0.1")
        with pytest.raises(TooManyAttempts):
            home.sign_in.password("tess", PASSWORD, "198.51.100.1")  # where the user never was
        assert home.sign_in.password("tess", PASSWORD, TABLET)


def test_a_user_from_a_new_address_waits_five_minutes_at_most(home: AccountHome) -> None:
    for _ in range(400):
        _guess(home, "tess", "10.0.0.1")
        home.wait(seconds=30)
    with pytest.raises(TooManyAttempts) as refused:
        home.sign_in.password("tess", PASSWORD, "198.51.100.1")
    assert 0 < refused.value.retry_after_s <= 300
    home.wait(seconds=refused.value.retry_after_s)
    assert home.sign_in.password("tess", PASSWORD, "198.51.100.1")


def test_a_wrong_password_from_the_known_address_is_answered_like_a_strangers(
    home: AccountHome,
) -> None:
    home.sign_in.password("tess", PASSWORD, TABLET)
    for _ in range(5):
        _guess(home, "tess", "10.0.0.1")
    for address in (TABLET, "198.51.100.1"):
        with pytest.raises(TooManyAttempts, match="Wait 5 seconds"):
            home.sign_in.password("tess", "wrong password", address)


def test_mistyping_is_forgiven_once_the_password_is_right(home: AccountHome) -> None:
    for _ in range(20):
        for _ in range(4):
            assert _guess(home, "tess", TABLET)
        home.sign_in.password("tess", PASSWORD, TABLET)
    assert _rows(home) == 0


def test_ones_own_success_forgives_no_guess_at_others(home: AccountHome) -> None:
    home.add("mallory")
    looked_at = 0
    for number in range(100):
        looked_at += _guess(home, f"victim{number}", TABLET)
        with_own = home.moment
        try:
            home.sign_in.password("mallory", PASSWORD, TABLET)
        except TooManyAttempts:
            assert home.moment == with_own
        home.wait(seconds=5)
    assert looked_at <= 14


def test_a_restart_forgets_nothing(home: AccountHome, tmp_path: Path) -> None:
    for _ in range(5):
        _guess(home, "tess", "10.0.0.1")
    again = AccountHome(tmp_path / "records.db")
    with pytest.raises(TooManyAttempts):
        again.sign_in.password("tess", PASSWORD, "198.51.100.1")


def test_rows_are_few_hold_no_name_and_go_away(home: AccountHome) -> None:
    for number in range(300):
        _guess(home, f"user{number}" * 1000, "10.0.0.1")
    assert _rows(home) == 9  # what is refused leaves none
    with home.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM sign_in_attempt")).all()
    assert "user" not in repr(rows)
    assert max(len(str(value)) for row in rows for value in row) <= 32
    home.wait(hours=2)
    _guess(home, "tess", TABLET)
    assert _rows(home) == 1


@pytest.mark.parametrize("back", [timedelta(hours=3), timedelta(days=400)])
def test_a_clock_that_is_set_back_locks_nobody_out(home: AccountHome, back: timedelta) -> None:
    for _ in range(5):
        _guess(home, "tess", TABLET)
    home.moment -= back
    with pytest.raises(TooManyAttempts) as refused:
        home.sign_in.password("tess", PASSWORD, TABLET)
    assert refused.value.retry_after_s <= 5
    home.wait(hours=1)
    _guess(home, "other", "10.0.0.9")
    assert home.sign_in.password("tess", PASSWORD, TABLET)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("fe80::1%eth0", "fe80::1%eth1", True),
        ("::1", "::2", False),
        ("x" * 100, "x" * 200, True),
    ],
)
def test_addresses_are_counted_by_who_can_have_them(one: str, other: str, is_same: bool) -> None:
    assert (address_key(one) == address_key(other)) is is_same


def test_an_empty_address_is_not_counted(home: AccountHome) -> None:
    throttle = Throttle(home.engine, clock=home.clock)
    for number in range(50):
        throttle.begin(f"user{number}", "")


def test_names_are_counted_by_what_they_are_compared_by() -> None:
    assert hash_of_name("ＴＥＳＳ") == hash_of_name(" tess ")
    assert hash_of_name("tess") != hash_of_name("tessa")
