"""The tab in which terms are decided upon, its handlers called as functions."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr
import pytest

from index.access import LOCAL, Role
from index.term_mining import Proposal
from tests.html_tags import Tags
from tests.screen_events import event_of
from tests.ui_services import HOSTILE, built, services_of
from ui.dictionary import DictionaryTab, terms_html
from ui.wiring import Services


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return services_of(tmp_path / "home")


@pytest.fixture
def tab(services: Services) -> DictionaryTab:
    def make() -> DictionaryTab:
        with gr.Blocks(analytics_enabled=False):
            return DictionaryTab(services)

    return built(make)


@pytest.fixture
def me(services: Services) -> gr.Request:
    """An event of ada."""
    return event_of(services)


def _tap(act: str, item: object) -> gr.EventData:
    return gr.EventData(None, {"act": act, "item": item})


def _propose(services: Services, *shorts: str) -> list[int]:
    proposals = [Proposal(s, f"long {s}", "abbreviation", 0.8, 3, (f"{s} leaks",)) for s in shorts]
    services.dictionary.note(LOCAL, proposals)
    return sorted(term.term_id for term in services.dictionary.terms(LOCAL))


def test_a_proposal_is_shown_with_its_place_and_approved_by_a_tap(
    services: Services, tab: DictionaryTab, me: gr.Request
) -> None:
    (term_id,) = _propose(services, "hyd")
    shown, _ = tab.refresh("proposed", me)
    assert "<b>hyd</b> stands for <b>long hyd</b>" in shown
    assert "short form · in 3 places" in shown
    assert "“hyd leaks”" in shown
    shown, _ = tab.decide("proposed", _tap("approve", str(term_id)), me)
    assert "None yet" in shown
    assert services.dictionary.expand("hyd pump") == ["long hyd"]
    shown, _ = tab.decide("approved", _tap("undo", str(term_id)), me)
    assert services.dictionary.expand("hyd pump") == []


def test_a_rejected_term_can_be_put_back(
    services: Services, tab: DictionaryTab, me: gr.Request
) -> None:
    (term_id,) = _propose(services, "hyd")
    tab.decide("proposed", _tap("reject", str(term_id)), me)
    shown, _ = tab.refresh("rejected", me)
    assert re.findall(r'data-act="(\w+)"', shown) == ["undo"]


@pytest.mark.parametrize(
    ("act", "item"), [("approve", "99"), ("approve", "x"), ("drop", "1"), ("", "")]
)
def test_a_tap_that_means_nothing_changes_nothing(
    services: Services, tab: DictionaryTab, act: str, item: str, me: gr.Request
) -> None:
    _propose(services, "hyd")
    tab.decide("proposed", _tap(act, item), me)
    assert [term.status for term in services.dictionary.terms(LOCAL)] == ["proposed"]


def test_a_person_adds_a_term_and_is_told_what_is_missing(
    services: Services, tab: DictionaryTab, me: gr.Request
) -> None:
    assert tab.add("R/H", "", "approved", me)[:2] == ("R/H", "")
    assert "Name a short form" in tab.add("R/H", "", "approved", me)[3]
    short, long, shown, note = tab.add("R/H", "right hand", "approved", me)
    assert (short, long) == ("", "")
    assert "<b>r/h</b> stands for <b>right hand</b>" in shown
    assert "R/H is in use" in note


def test_looking_for_terms_says_how_many_are_new(tab: DictionaryTab, me: gr.Request) -> None:
    view, shown, note = tab.look(me)
    assert (view, "None yet" in shown) == ("proposed", True)
    assert "0 new proposals" in note


@pytest.mark.parametrize("text", HOSTILE)
def test_what_tickets_hold_is_shown_as_text(
    services: Services, tab: DictionaryTab, text: str, me: gr.Request
) -> None:
    services.dictionary.note(LOCAL, [Proposal(text, text + "x", "common", 1.0, 2, (text,))])
    shown, _ = tab.refresh("proposed", me)
    assert Tags(shown).found <= {"ul", "li", "div", "b", "p", "button"}


def test_a_long_list_is_cut(services: Services) -> None:
    _propose(services, *(f"term{n}" for n in range(120)))
    assert "and 20 more" in terms_html(services.dictionary.terms(LOCAL))


@pytest.mark.parametrize("role", ["technician", "planner"])
def test_only_who_curates_sees_or_changes_the_dictionary(
    services: Services, tab: DictionaryTab, role: Role
) -> None:
    (term_id,) = _propose(services, "hyd")
    someone = event_of(services, "tess", role)
    for asked in (
        lambda: tab.refresh("proposed", someone),
        lambda: tab.look(someone),
        lambda: tab.decide("proposed", _tap("approve", str(term_id)), someone),
        lambda: tab.add("R/H", "right hand", "approved", someone),
    ):
        with pytest.raises(gr.Error, match=f"The role {role} may not decide about documents"):
            asked()
    assert [term.status for term in services.dictionary.terms(LOCAL)] == ["proposed"]


def test_what_others_found_is_not_proposed_to_who_does_not_see_it(
    services: Services, tab: DictionaryTab
) -> None:
    (term_id,) = _propose(services, "hyd")
    sam = event_of(services, "sam", "supervisor", ("Plant South",), ())
    assert "None yet" in tab.refresh("proposed", sam)[0]
    _, note = tab.decide("proposed", _tap("approve", str(term_id)), sam)
    assert f"There is no term {term_id}" in note
