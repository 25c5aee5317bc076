"""The users of the demo: one of each role, in the home of the demo and in no other."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from index.access import LOCAL
from tests.example_scripts import load
from ui.wiring import open_services


def test_each_role_can_sign_in_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    script = load("demo_users")
    (tmp_path / "DEMO").touch()
    home = tmp_path / "home"
    told = script.make_users(home)
    services = open_services(home, use_model=False)
    for name, role, _, is_of_site in script.USERS:
        account = services.accounts.get(LOCAL, name)
        assert account.role == role
        assert account.sites == (("Plant North",) if is_of_site else None)
        assert not account.must_change_password
        assert services.sign_in.password(name, "faultbook-demo", "127.0.0.1")
        assert any(name in line and role in line for line in told)
    services.accounts.change(LOCAL, "tess", display_name="Changed")
    assert script.make_users(home) == told
    assert services.accounts.get(LOCAL, "tess").display_name == "Changed"
    assert (
        services.accounts.ensure_administrator() is None
    )  # no second one with a password of its own


@pytest.mark.parametrize("has_mark", [False, True])
def test_no_other_home_gets_users_whose_password_is_public(tmp_path: Path, has_mark: bool) -> None:
    home = tmp_path / ("plant" if has_mark else "home")
    if has_mark:
        (tmp_path / "DEMO").touch()
    with pytest.raises(SystemExit, match="not the home of the demo"):
        load("demo_users").make_users(home)
    assert not home.exists()


def test_the_site_is_that_of_the_sample_plant() -> None:
    script = load("demo_users")
    with (Path(script.__file__).parent / "assets.csv").open(encoding="utf-8", newline="") as file:
        sites = {row["site"] for row in csv.DictReader(file)}
    assert sites == {script.SITE, "Plant South"}
