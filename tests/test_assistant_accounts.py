"""Accounts: who may make and change them, and what a name is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.accounts import Accounts
from assistant.audit import AuditLog
from assistant.errors import (
    AccountRefused,
    AccountUnknown,
    PasswordRefused,
    TooManyAttempts,
    WrongCredentials,
)
from assistant.passwords import Cost, Passwords
from index.access import LOCAL, Principal
from index.errors import NotAllowed
from tests.account_homes import CHEAP, PASSWORD, AccountHome

SUPERVISOR = Principal("sam", "supervisor")
ADA = Principal("ada", "administrator")
OLDER = Cost(passes=2, memory_kib=8, lanes=1)


@pytest.fixture
def home(tmp_path: Path) -> AccountHome:
    return AccountHome(tmp_path / "records.db")


def test_an_account_is_the_principal_of_its_user(home: AccountHome) -> None:
    account, one_time = home.accounts.add(
        "Tess", "technician", LOCAL, sites=["Hall 2", "Hall 1", "Hall 2"], groups=[]
    )
    assert account.principal() == Principal(
        "Tess", "technician", frozenset({"Hall 1", "Hall 2"}), frozenset()
    )
    assert len(one_time) == 19
    assert account.must_change_password
    assert not account.is_disabled
    assert home.accounts.get(LOCAL, "tess") == account
    assert home.accounts.list(LOCAL) == (account,)


def test_an_administrator_has_every_site_and_group(home: AccountHome) -> None:
    with pytest.raises(AccountRefused, match="has every site and group"):
        home.accounts.add("ada", "administrator", LOCAL, sites=["Hall 1"])
    home.add("ada", "technician", sites=["Hall 1"], groups=["electrics"])
    home.accounts.change(LOCAL, "ada", role="administrator")
    assert home.accounts.get(LOCAL, "ada").principal() == Principal("ada", "administrator")


@pytest.mark.parametrize(
    "name",
    ["", "  ", "a b", "a/b", "..", "-x", "@x", "a\nb", "a\u202eb", "a\x00b", "<b>", "x" * 65, "½"],
)
def test_what_is_no_name_is_refused(home: AccountHome, name: str) -> None:
    with pytest.raises(AccountRefused, match=r"user name"):
        home.accounts.add(name, "technician", LOCAL)


@pytest.mark.parametrize("name", ["local", "LOCAL", "ｌｏｃａｌ"])
def test_nobody_is_named_like_who_runs_commands(home: AccountHome, name: str) -> None:
    with pytest.raises(AccountRefused, match="stands for who runs commands"):
        home.accounts.add(name, "technician", LOCAL)


@pytest.mark.parametrize("name", ["tess", "ＴＥＳＳ", " Tess "])
def test_a_name_is_taken_whatever_its_case_or_width(home: AccountHome, name: str) -> None:
    home.add("TESS")
    with pytest.raises(AccountRefused, match="The name 'TESS' is taken"):
        home.accounts.add(name, "planner", LOCAL)
    assert home.accounts.get(LOCAL, name).role == "technician"


@pytest.mark.parametrize("name", ["李雷", "müller", "o.neill@plant-2.example", "7", "Straße"])
def test_names_of_other_scripts_are_names(home: AccountHome, name: str) -> None:
    home.add(name)
    assert home.accounts.get(LOCAL, name.upper()).name == name
    assert home.sessions.find(home.sign_in.password(name, PASSWORD, "")) is not None


@pytest.mark.parametrize("labels", [[""], ["a\x00b"], ["x" * 121], ["a\u202eb"]])
def test_what_is_no_site_is_refused(home: AccountHome, labels: list[str]) -> None:
    with pytest.raises(AccountRefused, match="A site or group"):
        home.accounts.add("tess", "technician", LOCAL, sites=labels)
    assert home.accounts.list(LOCAL) == ()


CALLS: list[Callable[[Accounts, Principal], object]] = [
    lambda accounts, by: accounts.add("new", "technician", by),
    lambda accounts, by: accounts.list(by),
    lambda accounts, by: accounts.get(by, "tess"),
    lambda accounts, by: accounts.get(by, "nobody"),
    lambda accounts, by: accounts.change(by, "tess", role="administrator"),
    lambda accounts, by: accounts.change(by, "sam", role="administrator"),
    lambda accounts, by: accounts.disable(by, "tess"),
    lambda accounts, by: accounts.enable(by, "tess"),
    lambda accounts, by: accounts.reset(by, "tess"),
    lambda accounts, by: accounts.reset(by, "sam"),
]


@pytest.mark.parametrize("number", range(len(CALLS)))
@pytest.mark.parametrize("role", ["technician", "planner", "supervisor"])
def test_only_administrators_manage_accounts(home: AccountHome, role: str, number: int) -> None:
    home.add("tess")
    home.add("sam", "supervisor")
    before = home.accounts.list(LOCAL)
    with pytest.raises(NotAllowed):
        CALLS[number](home.accounts, Principal("sam", role))  # type: ignore[arg-type]
    assert home.accounts.list(LOCAL) == before


def test_everybody_may_see_their_own_account(home: AccountHome) -> None:
    home.add("sam", "supervisor")
    assert home.accounts.get(SUPERVISOR, "SAM").name == "sam"


def test_a_change_leaves_alone_what_is_not_named(home: AccountHome) -> None:
    home.add("tess", sites=["Hall 1"], groups=None, display_name="Tess T.")
    home.accounts.change(LOCAL, "tess", groups=["electrics"])
    changed = home.accounts.change(LOCAL, "tess", role="planner")
    assert changed == home.accounts.get(LOCAL, "tess")
    assert (changed.sites, changed.groups) == (("Hall 1",), ("electrics",))
    assert (changed.role, changed.display_name) == ("planner", "Tess T.")
    assert home.accounts.change(LOCAL, "tess", sites=None).sites is None


def test_an_unknown_account_or_role_is_said_to_be_so(home: AccountHome) -> None:
    for call in (home.accounts.disable, home.accounts.enable, home.accounts.reset):
        with pytest.raises(AccountUnknown, match="There is no account 'nobody'"):
            call(LOCAL, "nobody")
    with pytest.raises(AccountRefused, match="There is no role 'boss'"):
        home.accounts.add("tess", "boss", LOCAL)  # type: ignore[arg-type]


def test_the_last_administrator_stays(home: AccountHome) -> None:
    home.accounts.ensure_administrator()
    home.add("ada", "administrator")
    home.accounts.disable(LOCAL, "ada")  # one that is disabled does not count
    with pytest.raises(AccountRefused, match="last administrator and cannot be disabled"):
        home.accounts.disable(LOCAL, "admin")
    with pytest.raises(AccountRefused, match="cannot be given another role"):
        home.accounts.change(LOCAL, "admin", role="technician")
    home.accounts.change(LOCAL, "admin", display_name="The first")
    home.accounts.enable(LOCAL, "ada")
    home.accounts.disable(LOCAL, "admin")
    assert [a.is_disabled for a in home.accounts.list(LOCAL)] == [False, True]


def test_the_first_start_makes_one_administrator(home: AccountHome) -> None:
    found: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(home.accounts.ensure_administrator()))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (one_time,) = [each for each in found if each is not None]
    assert home.accounts.ensure_administrator() is None
    (admin,) = home.accounts.list(LOCAL)
    assert (admin.name, admin.role, admin.must_change_password) == ("admin", "administrator", True)
    assert home.sign_in.password("admin", one_time, "")


def test_a_disabled_name_is_not_used_again(home: AccountHome) -> None:
    home.add("tess")
    home.accounts.disable(LOCAL, "tess")
    with pytest.raises(AccountRefused, match="names are not used again"):
        home.accounts.add("Tess", "technician", LOCAL)


def test_a_reset_takes_the_password_the_sessions_and_the_tokens(home: AccountHome) -> None:
    home.add("tess")
    tess = home.accounts.get(LOCAL, "tess").principal()
    session = home.sign_in.password("tess", PASSWORD, "")
    _, token = home.tokens.create(tess, "script", ["read"], 30)
    one_time = home.accounts.reset(LOCAL, "tess")
    assert home.sessions.find(session) is None
    assert home.tokens.find(token) is None
    with pytest.raises(WrongCredentials):
        home.sign_in.password("tess", PASSWORD, "")
    found = home.sessions.find(home.sign_in.password("tess", one_time, ""))
    assert found is not None
    assert found.account.must_change_password


def test_a_one_time_password_ends_after_seven_days(home: AccountHome) -> None:
    _, one_time = home.accounts.add("tess", "technician", LOCAL)
    home.wait(days=7)
    with pytest.raises(WrongCredentials):
        home.sign_in.password("tess", one_time, "")


def test_a_changed_password_is_the_only_one_and_ends_the_sessions(home: AccountHome) -> None:
    _, one_time = home.accounts.add("tess", "technician", LOCAL)
    session = home.sign_in.password("tess", one_time, "")
    home.accounts.set_password("TESS", one_time, PASSWORD)
    assert home.sessions.find(session) is None
    assert not home.accounts.get(LOCAL, "tess").must_change_password
    with pytest.raises(WrongCredentials):
        home.sign_in.password("tess", one_time, "")
    assert home.sign_in.password("tess", PASSWORD, "")


def test_changing_a_password_is_no_way_to_guess_it(home: AccountHome) -> None:
    home.add("tess")
    refused = 0
    for number in range(50):
        try:
            home.accounts.set_password("tess", f"wrong {number}", "a new long password")
        except TooManyAttempts:
            refused += 1
        except WrongCredentials:
            pass
    assert refused == 45


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 10"),
        ("x" * 257, "at most 256"),
        ("Password123", "first that are guessed"),
        ("aaaaaaaaaaaa", "first that are guessed"),
        ("I am TESS, let me in", "holds the user name"),
        ("long enough \ud800", "no valid text"),
    ],
)
def test_bad_passwords_are_refused(home: AccountHome, password: str, why: str) -> None:
    with pytest.raises(PasswordRefused, match=why):
        home.accounts.add("tess", "technician", LOCAL, password=password)
    home.add("tess")
    with pytest.raises(PasswordRefused, match=why):
        home.accounts.set_password("tess", PASSWORD, password)
    with pytest.raises(PasswordRefused, match="is the old one"):
        home.accounts.set_password("tess", PASSWORD, PASSWORD)


def test_a_password_is_one_however_its_characters_are_composed(home: AccountHome) -> None:
    home.accounts.add("tess", "technician", LOCAL, password="schlüssel Ｎummer 9")
    assert home.sign_in.password("tess", "schlu\u0308ssel Nummer 9", "")


def test_only_an_argon2id_hash_of_the_password_is_stored(home: AccountHome) -> None:
    home.add("tess")
    with home.engine.connect() as connection:
        stored = connection.scalar(sa.text("SELECT password_hash FROM account"))
    assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert PASSWORD not in stored


def test_the_default_cost_is_that_of_rfc_9106() -> None:
    stored = Passwords().hash(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords().is_right(stored, PASSWORD)
    assert Passwords(CHEAP).is_outdated(stored)


def test_a_flood_is_sent_away_and_nothing_is_left_of_it() -> None:
    passwords = Passwords(CHEAP)
    stored = passwords.hash(PASSWORD)
    begun = threading.Barrier(40)
    results: list[str] = []

    def look() -> None:
        begun.wait()
        try:
            results.append(str(passwords.is_right(stored, PASSWORD)))
        except TooManyAttempts:
            results.append("sent away")

    threads = [threading.Thread(target=look) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 40
    assert set(results) <= {"True", "sent away"}
    assert results.count("True") >= 10
    assert passwords.is_right(stored, PASSWORD)


def test_a_hash_of_older_parameters_is_renewed_at_the_next_sign_in(home: AccountHome) -> None:
    Accounts(home.engine, Passwords(OLDER)).add("tess", "technician", LOCAL, password=PASSWORD)
    query = sa.text("SELECT password_hash FROM account")
    for _ in range(2):
        home.sign_in.password("tess", PASSWORD, "")
        with home.engine.connect() as connection:
            assert "m=8,t=1,p=1" in connection.scalar(query)


def test_what_is_done_to_accounts_is_in_the_audit_log(home: AccountHome) -> None:
    home.accounts.add("tess", "technician", LOCAL, sites=["Hall 1"])
    home.accounts.change(ADA, "tess", role="planner")
    home.accounts.disable(LOCAL, "tess")
    home.accounts.enable(LOCAL, "tess")
    home.accounts.reset(LOCAL, "tess")
    rows = list(AuditLog(home.engine).rows())
    assert [(row.user, row.action, row.object) for row in rows] == [
        ("local", "account added", "tess"),
        ("ada", "account changed", "tess"),
        ("local", "account disabled", "tess"),
        ("local", "account enabled", "tess"),
        ("local", "account reset", "tess"),
    ]
    assert '"role":"planner"' in rows[1].details
    assert AuditLog(home.engine).verify().is_whole


def test_a_provider_keeps_its_accounts_and_no_other(home: AccountHome) -> None:
    home.add("tess")
    keep = home.of_providers.take
    with pytest.raises(AccountRefused, match="The name 'tess' is taken"):
        keep("https://id.example", "s-1", "Tess", "administrator")
    assert home.accounts.get(LOCAL, "tess").role == "technician"
    made = keep("https://id.example", "s-1", "tess.t", "technician", sites=["Hall 1"])
    assert (made.provider, made.must_change_password) == ("https://id.example", False)
    with pytest.raises(AccountRefused, match=r"The name 'tess\.t' is taken"):
        keep("https://id.example", "s-2", "tess.t", "technician")
    with pytest.raises(AccountRefused, match=r"The name 'tess\.t' is taken"):
        keep("https://other.example", "s-1", "tess.t", "technician")
    session = home.sessions.open("tess.t", "")
    again = keep("https://id.example", "s-1", "renamed", "planner", sites=["Hall 2"])
    assert (again.name, again.role, again.sites) == ("tess.t", "planner", ("Hall 2",))
    assert home.sessions.find(session) is None  # a new role, a new session
    for call in (home.accounts.reset, home.accounts.change):
        with pytest.raises(AccountRefused, match=r"https://id\.example"):
            call(LOCAL, "tess.t")
    with pytest.raises(WrongCredentials):
        home.sign_in.password("tess.t", "", "")
    home.accounts.disable(LOCAL, "tess.t")
    with pytest.raises(AccountRefused, match=r"tess\.t is disabled"):
        keep("https://id.example", "s-1", "tess.t", "planner")
