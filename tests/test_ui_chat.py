"""The tab in which questions are asked, its handlers called as functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.llm.choice import ModelSlot
from assistant.messages import AnswerReady
from index.access import LOCAL, Principal
from index.assets import Asset
from tests.conftest import Plant
from tests.screen_events import event_of, event_with
from tests.ui_services import HOSTILE, built, copy_of, ranking, services_of
from ui.chat import ChatTab
from ui.wiring import Services

QUESTION = "E-217 on PR-02"
ADA = Principal("ada", "administrator")
Screen = tuple[list[dict[str, Any]], str, str, dict[str, Any], str]
MakeTab = Callable[[ModelSlot | None], tuple[ChatTab, Services]]


def _tab(services: Services) -> ChatTab:
    def make() -> ChatTab:
        with gr.Blocks(analytics_enabled=False):
            return ChatTab(services)

    return built(make)


@pytest.fixture(scope="module")
def home(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(plant, tmp_path_factory.mktemp("chat"))


@pytest.fixture(scope="module")
def make_tab(home: Path) -> MakeTab:
    """Makes the tab over one home, as a server does when it is started again."""

    def make(slot: ModelSlot | None) -> tuple[ChatTab, Services]:
        services = services_of(home, slot)
        return _tab(services), services

    return make


@pytest.fixture(scope="module")
def me(home: Path) -> gr.Request:
    """An event of ada."""
    return event_of(services_of(home))


@pytest.fixture
def tab(make_tab: MakeTab) -> ChatTab:
    return make_tab(None)[0]


def _last(screens: Iterator[Any]) -> Screen:
    *_, last = screens
    return tuple(last)  # type: ignore[return-value]


def _shown(screen: Screen) -> str:
    return str(screen[0][-1]["content"])


def test_a_question_is_followed_from_the_search_to_the_whole_answer(
    tab: ChatTab, me: gr.Request
) -> None:
    screens = list(tab.submit(QUESTION, "", "", [], me))
    histories = [[message["role"] for message in screen[0]] for screen in screens]
    assert all(roles == ["user", "assistant"] for roles in histories)
    assert "Searching the documents" in screens[0][0][-1]["content"]
    history, conversation, turn_id, button, question = screens[-1]
    assert "Oil temperature high" in history[-1]["content"]
    assert "Evidence only" in history[-1]["content"]
    assert button["interactive"] is True
    assert screens[0][4] == ""
    assert isinstance(question, dict)  # what is typed meanwhile stays
    assert conversation
    assert turn_id


def test_no_work_order_can_be_made_before_the_answer_is_whole(tab: ChatTab, me: gr.Request) -> None:
    *before, last = (screen[3]["interactive"] for screen in tab.submit(QUESTION, "", "", [], me))
    assert before
    assert not any(before)
    assert last is True


def test_causes_move_up_as_the_model_ranks_them(make_tab: MakeTab, me: gr.Request) -> None:
    tab, services = make_tab(ranking("B", "A"))
    screens = list(tab.submit(QUESTION, "", "", [], me))
    evidence, whole = screens[1][0][-1]["content"], screens[-1][0][-1]["content"]
    assert "ranking…" in evidence
    assert "ranking…" not in whole
    answer = services.records.turn(ADA, screens[-1][2]).answer
    assert answer is not None
    first, second = (f"<b>{cause.text}</b>" for cause in answer.causes[:2])
    assert evidence.index(second) < evidence.index(first)
    assert whole.index(first) < whole.index(second)
    assert "Check first" in whole
    assert "scripted" in whole


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_asks_nothing_and_keeps_the_screen(
    tab: ChatTab, question: str, me: gr.Request
) -> None:
    history = [{"role": "user", "content": "before"}]
    (screen,) = tab.submit(question, "", "conversation", history, me)
    assert screen[0] == history
    assert screen[1] == "conversation"
    assert screen[4] == question


def test_a_question_that_is_too_long_fails_with_what_to_do(tab: ChatTab, me: gr.Request) -> None:
    screen = _last(tab.submit("x" * 20_000, "", "", [], me))
    assert "The question has 20,000 characters, more than 4,000. Shorten it" in _shown(screen)
    assert screen[3]["interactive"] is False


def test_an_asset_that_is_gone_fails_with_what_to_do(tab: ChatTab, me: gr.Request) -> None:
    screen = _last(tab.submit("E-217", "PR-99", "", [], me))
    assert "No asset has the tag &#x27;PR-99&#x27;" in _shown(screen)
    assert screen[3]["interactive"] is False


def test_an_unknown_code_makes_no_work_order(tab: ChatTab, me: gr.Request) -> None:
    screen = _last(tab.submit("E-999 on PR-02", "", "", [], me))
    assert "The code E-999 is not in the documents" in _shown(screen)
    assert screen[3]["interactive"] is False


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_question_is_shown_as_text(tab: ChatTab, text: str, me: gr.Request) -> None:
    screen = _last(tab.submit(f"E-217 {text}", "", "", [], me))
    shown = screen[0][0]["content"]
    assert len(shown.splitlines()) == 1
    inside = shown.removeprefix('<div class="fb-question">').removesuffix("</div>")
    assert "<" not in inside.replace("<br>", "")


def test_questions_of_one_conversation_stay_together(tab: ChatTab, me: gr.Request) -> None:
    first = _last(tab.submit(QUESTION, "", "", [], me))
    second = _last(tab.submit("And E-142?", "", first[1], first[0], me))
    assert second[1] == first[1]
    assert [message["role"] for message in second[0]] == ["user", "assistant"] * 2
    assert "PR-02" in _shown(second)


def test_a_conversation_that_is_not_known_becomes_a_new_one(tab: ChatTab, me: gr.Request) -> None:
    screen = _last(tab.submit(QUESTION, "", "forged", [], me))
    assert screen[1] not in ("", "forged")


def test_a_page_that_is_loaded_again_shows_the_conversation(
    make_tab: MakeTab, me: gr.Request
) -> None:
    tab, _ = make_tab(None)
    first = _last(tab.submit(QUESTION, "", "", [], me))
    second = _last(tab.submit("And E-142?", "", first[1], first[0], me))
    restored = _last(make_tab(None)[0].restore(first[1], me))
    assert restored[0] == second[0]
    assert restored[1:3] == second[1:3]
    assert restored[3]["interactive"] is True


def test_a_turn_that_was_interrupted_says_to_ask_again(make_tab: MakeTab, me: gr.Request) -> None:
    tab, services = make_tab(None)
    conversation = services.records.open_conversation(ADA)
    services.records.start_turn(ADA, conversation, "E-217", None)
    services.records.close_interrupted()
    screen = _last(tab.restore(conversation, me))
    assert "Faultbook was restarted meanwhile. Ask again." in _shown(screen)
    assert screen[3]["interactive"] is False


def test_the_newest_20_turns_are_shown_again(make_tab: MakeTab, me: gr.Request) -> None:
    tab, services = make_tab(None)
    asked = _last(tab.submit(QUESTION, "", "", [], me))
    answer = services.records.turn(ADA, asked[2]).answer
    assert answer is not None
    conversation = services.records.open_conversation(ADA)
    for number in range(25):
        turn = services.records.start_turn(ADA, conversation, f"question {number}", None)
        services.records.add_event(turn, 1, AnswerReady(answer=answer))
    history = _last(tab.restore(conversation, me))[0]
    questions = [m["content"] for m in history if m["role"] == "user"]
    assert [f"question {n}" in shown for n, shown in enumerate(questions, start=5)] == [True] * 20


@pytest.mark.parametrize("conversation", ["", "forged"])
def test_nothing_is_restored_of_a_conversation_that_is_not_known(
    tab: ChatTab, conversation: str, me: gr.Request
) -> None:
    (screen,) = tab.restore(conversation, me)
    assert screen[:3] == ([], "", "")
    assert screen[3]["interactive"] is False


def test_a_conversation_of_another_user_is_neither_shown_nor_continued(
    make_tab: MakeTab, me: gr.Request
) -> None:
    tab, services = make_tab(None)
    other = services.records.open_conversation(Principal("somebody else", "planner"))
    services.records.start_turn(Principal("somebody else", "planner"), other, "secret", None)
    (screen,) = tab.restore(other, me)
    assert screen[0] == []
    assert _last(tab.submit(QUESTION, "", other, [], me))[1] != other


def test_starting_anew_clears_the_screen_and_keeps_the_records(
    make_tab: MakeTab, me: gr.Request
) -> None:
    tab, services = make_tab(None)
    screen = _last(tab.submit(QUESTION, "", "", [], me))
    assert tab.start_anew()[:3] == ([], "", "")
    assert len(services.records.turns(ADA, screen[1])) == 1


def test_the_picker_offers_every_asset_and_any(tab: ChatTab, me: gr.Request) -> None:
    choices = tab.assets(me)["choices"]
    assert choices[0] == ("Any machine", "")
    assert ("PR-03 · Press 3 (HP-40S)", "PR-03") in choices


def test_an_answer_from_a_withdrawn_manual_is_marked_wherever_it_is_shown(
    plant: Plant, tmp_path: Path
) -> None:
    services = services_of(copy_of(plant, tmp_path))
    tab, me = _tab(services), event_of(services)
    first = _last(tab.submit(QUESTION, "", "", [], me))
    assert "fb-recall" not in _shown(first)
    assert tab.look(first[1], me) == ""
    second = _last(tab.submit("E-999 on PR-02", "", first[1], first[0], me))
    (press,) = (d for d in services.catalog.documents(ADA) if d.number == "HP40-MM-EN")
    services.curator.withdraw(ADA, [press.revision_id], "torque <wrong>")
    mark = "(torque &lt;wrong&gt;). Do not work from it."
    live = tab.look(first[1], me)  # the screen that stands open
    assert live.count(mark) == 1
    assert 'role="alert"' in live
    history = _last(tab.restore(first[1], me))[0]
    assert history[1]["content"].index(mark) < history[1]["content"].index("fb-status")
    assert mark not in history[3]["content"]  # it cites nothing
    services.records.start_turn(ADA, second[1], "and now?", None)
    services.records.close_interrupted()
    assert mark in _last(tab.restore(first[1], me))[0][1]["content"]


@pytest.mark.parametrize("conversation", ["", "forged"])
def test_nothing_is_recalled_of_a_conversation_that_is_not_known(
    tab: ChatTab, conversation: str, me: gr.Request
) -> None:
    assert tab.look(conversation, me) == ""


def test_without_a_session_nothing_is_asked_and_the_way_in_is_named(make_tab: MakeTab) -> None:
    tab, services = make_tab(None)
    secret = services.sessions.open("ada", "127.0.0.1")
    services.sessions.close(secret)
    for nobody in (event_with(), event_with("forged"), event_with(secret)):
        for asked in (
            lambda nobody=nobody: list(tab.submit(QUESTION, "", "", [], nobody)),
            lambda nobody=nobody: list(tab.restore("", nobody)),
            lambda nobody=nobody: tab.look("", nobody),
            lambda nobody=nobody: tab.assets(nobody),
        ):
            with pytest.raises(gr.Error, match="You are not signed in") as refused:
                asked()
            assert '<a href="/sign-in">Sign in</a>' in str(refused.value)


def test_a_password_that_was_given_is_changed_before_anything_is_asked(make_tab: MakeTab) -> None:
    tab, services = make_tab(None)
    services.accounts.add("nina", "technician", LOCAL)
    nina = event_with(services.sessions.open("nina", "127.0.0.1"))
    with pytest.raises(gr.Error, match="/account/password"):
        list(tab.submit(QUESTION, "", "", [], nina))


def test_a_user_of_one_site_is_offered_its_machines_only(make_tab: MakeTab) -> None:
    tab, services = make_tab(None)
    far = Asset("ZZ-01", "Far press", "HP-40", "4999", "press", "Hall 9", "Plant West")
    services.assets.put([far])
    someone = event_of(services, "tess", "technician", ("Plant West",), ())
    assert [tag for _, tag in tab.assets(someone)["choices"] if tag] == ["ZZ-01"]
    screen = _last(tab.submit("E-217", "PR-03", "", [], someone))
    assert "No asset has the tag" in _shown(screen)
    assert "PR-0" not in _shown(screen).replace("&#x27;PR-03&#x27;", "")  # nor is a near one named


def test_who_asks_too_often_is_told_how_long_to_wait(make_tab: MakeTab, me: gr.Request) -> None:
    tab, services = make_tab(None)
    services.limits.take(ADA, "question", services.settings.limits.questions_per_minute)
    screen = _last(tab.submit(QUESTION, "", "", [], me))
    assert "You asked 30 questions in a minute. Go on in" in _shown(screen)
    assert screen[4] == QUESTION
