"""A page of Gradio belongs to the session that used its name first."""

from __future__ import annotations

from ui.shell.bindings import PageBindings


def test_a_page_belongs_to_who_used_it_first() -> None:
    bindings = PageBindings()
    assert bindings.claim("page-1", "ada")
    assert bindings.claim("page-1", "ada")
    assert not bindings.claim("page-1", "tess")
    assert bindings.claim("page-2", "tess")


def test_a_page_that_nobody_used_for_a_day_is_forgotten() -> None:
    now = 0.0
    bindings = PageBindings(lambda: now)
    bindings.claim("page-1", "ada")
    now = 23 * 3600.0
    assert not bindings.claim("page-1", "tess")
    bindings.claim("page-1", "ada")
    now += 23 * 3600.0  # from its last use on
    assert not bindings.claim("page-1", "tess")
    now += 2 * 3600.0
    assert bindings.claim("page-1", "tess")


def test_who_opens_very_many_pages_loses_their_own_and_no_other() -> None:
    bindings = PageBindings()
    bindings.claim("page-of-ada", "ada")
    for number in range(500):
        assert bindings.claim(f"page-{number}", "mallory")
    assert not bindings.claim("page-of-ada", "mallory")
    assert not bindings.claim("page-499", "ada")
    assert bindings.claim("page-0", "ada")  # it was mallory's oldest
    assert len(bindings) <= 203


def test_the_table_is_bounded() -> None:
    bindings = PageBindings()
    for number in range(30_000):
        bindings.claim(f"page-{number}", f"user-{number}")
    assert len(bindings) == 20_000
