"""The box by which files are added: what it offers to whom."""

from __future__ import annotations

import re

import pytest

from index.access import Principal, Role
from ingest.reading import READERS
from tests.html_tags import Tags
from tests.ui_services import HOSTILE
from ui.upload_box import upload_html

NORTH, SOUTH = "Plant North", "Plant South"


def _user(role: Role, sites: tuple[str, ...] | None) -> Principal:
    return Principal("sam", role, None if sites is None else frozenset(sites), frozenset())


@pytest.mark.parametrize("role", ["technician", "planner"])
def test_who_may_not_take_files_in_gets_no_box(role: Role) -> None:
    assert upload_html(_user(role, (NORTH,)), [NORTH], [], 200) == ""


def test_the_only_site_of_a_user_is_given_without_a_choice() -> None:
    html = upload_html(_user("supervisor", (NORTH,)), [NORTH], [], 200)
    assert f'<input type="hidden" name="site" value="{NORTH}">' in html
    assert "<select" not in html


def test_who_has_several_sites_must_choose_one() -> None:
    html = upload_html(_user("supervisor", (NORTH, SOUTH)), [NORTH, SOUTH], [], 200)
    assert '<select name="site" required>' in html
    assert re.findall(r'<option value="([^"]*)"', html) == ["", NORTH, SOUTH]
    assert "Every site" not in html


def test_who_sees_every_site_may_leave_it_open() -> None:
    html = upload_html(_user("administrator", None), [NORTH], [], 200)
    assert '<select name="site">' in html
    assert '<option value="">Every site</option>' in html


def test_who_has_no_site_is_told_so() -> None:
    html = upload_html(_user("supervisor", ()), [], [], 200)
    assert "You belong to no site" in html
    assert "<input" not in html


def test_every_format_that_can_be_read_can_be_chosen_and_the_size_is_told() -> None:
    html = upload_html(_user("supervisor", (NORTH,)), [NORTH], ["Press shop"], 25)
    (endings,) = re.findall(r'accept="([^"]*)"', html)
    assert endings.split(",") == sorted(READERS)
    assert 'data-most="25000000"' in html
    assert "25 MB each" in html
    assert 'name="group" value="Press shop"' in html


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_sites_and_groups_are_text(text: str) -> None:
    html = upload_html(_user("supervisor", (text, NORTH)), [text, NORTH], [text], 200)
    known = {"div", "label", "input", "b", "span", "p", "select", "option", "details", "summary"}
    assert Tags(html).found <= known | {"bdi"}
