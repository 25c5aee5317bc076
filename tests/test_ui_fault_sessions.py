"""Fault sessions on the screen, in the API and as a page: what a user sees and may do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import gradio as gr
import pytest
from starlette.testclient import TestClient

from assistant.fault_sessions.handovers import Handover
from assistant.messages import Answer
from index.access import Principal
from tests.conftest import Plant
from tests.screen_events import event_of
from tests.ui_services import HOSTILE, built, copy_of, services_of, sign_in
from ui.chat import ChatTab
from ui.handover_page import POLICY, handover_page
from ui.plain import answer_text
from ui.rendering import answer_html
from ui.session_panel import SessionsTab
from ui.web import build_web
from ui.wiring import Services

NORTH = ("Plant North",)
QUESTION = "E-217 on PR-02, the cooler is clean"


@pytest.fixture(scope="module")
def services(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return services_of(copy_of(plant, tmp_path_factory.mktemp("sessions")))


@pytest.fixture(scope="module")
def client(services: Services) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GRADIO_TEMP_DIR", "GRADIO_ANALYTICS_ENABLED"):
            patch.setenv(name, "")  # build_web sets them; they are put back at the end
        web = built(lambda: build_web(services))
        yield TestClient(web, base_url="http://127.0.0.1:7860")


@pytest.fixture(scope="module")
def tabs(services: Services) -> tuple[ChatTab, SessionsTab]:
    def make() -> tuple[ChatTab, SessionsTab]:
        with gr.Blocks(analytics_enabled=False):
            return ChatTab(services), SessionsTab(services)

    return built(make)


def me(services: Services, name: str = "ada") -> gr.Request:
    return event_of(services, name, "technician", NORTH)


def tapped(**data: str) -> gr.EventData:
    return cast("gr.EventData", SimpleNamespace(_data=data))


def asked(tabs: tuple[ChatTab, SessionsTab], services: Services) -> tuple[str, str, str]:
    """The HTML of a new answer of ada, its conversation and its turn."""
    *_, last = tabs[0].submit(QUESTION, "", "", [], me(services))
    return str(last[0][-1]["content"]), str(last[1]), str(last[2])


def causes(html: str) -> list[str]:
    return re.findall(r'<li class="fb-cause [^"]*">(?:<div.*?</div>)?<b>(\w+)', html)


def item_of(html: str, word: str) -> str:
    found = re.search(rf'data-item="(\w+)"[^>]*aria-label="OK: {word}', html)
    assert found is not None
    return found[1]


def test_a_tap_on_a_tick_shows_the_causes_in_their_new_order(
    tabs: tuple[ChatTab, SessionsTab], services: Services
) -> None:
    html, conversation, turn = asked(tabs, services)
    assert causes(html) == ["Fan", "Relief", "Sensor", "Cooler"]
    assert "Speaks against it" in html
    assert "Reported: “the cooler is clean”" in html
    tap = tapped(tick="ok", item=item_of(html, "Fan"), turn=turn)
    history = tabs[0].tick([], tap, me(services))
    shown = str(history[-1]["content"])
    assert causes(shown) == ["Relief", "Sensor", "Cooler", "Fan"]
    assert 'aria-pressed="true"' in shown
    *_, again = tabs[0].restore(conversation, me(services))
    assert again[0][-1]["content"] == shown
    undo = tapped(tick="undone", item=item_of(html, "Fan"), turn=turn)
    assert causes(str(tabs[0].tick([], undo, me(services))[-1]["content"])) == causes(html)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"tick": "ok", "item": "x", "turn": "no such turn"},
        {"tick": "maybe", "item": "x", "turn": "{turn}"},
        {"tick": "ok", "item": "<script>", "turn": "{turn}"},
    ],
)
def test_a_tap_that_names_nothing_is_told_and_changes_nothing(
    tabs: tuple[ChatTab, SessionsTab], services: Services, data: dict[str, str]
) -> None:
    _, _, turn = asked(tabs, services)
    data = {name: text.replace("{turn}", turn) for name, text in data.items()}
    with pytest.raises(gr.Error):
        tabs[0].tick([], tapped(**data), me(services))


def test_nobody_ticks_in_the_session_of_another(
    tabs: tuple[ChatTab, SessionsTab], services: Services
) -> None:
    html, _, turn = asked(tabs, services)
    tap = tapped(tick="ok", item=item_of(html, "Fan"), turn=turn)
    with pytest.raises(gr.Error, match="no answer"):
        tabs[0].tick([], tap, me(services, "nina"))


def test_a_session_is_searched_opened_handed_over_and_gone_on_with(
    tabs: tuple[ChatTab, SessionsTab], services: Services, client: TestClient
) -> None:
    _, conversation, _ = asked(tabs, services)
    panel, ada, nina = tabs[1], me(services), me(services, "nina")
    assert conversation in panel.search("cooler pr-02", ada)
    assert "No session of yours" in panel.search("cooler pr-02 %", ada)
    assert conversation not in panel.search("", nina)
    assert panel.choose(tapped(act="open", item=conversation), ada)[0] == conversation
    opened, item, about, choices, *_ = panel.choose(tapped(act="hand", item=conversation), ada)
    assert (opened, item) == ("", conversation)
    assert "PR-02" in about
    assert ("nina", "user:nina") in choices["choices"]
    with pytest.raises(gr.Error):
        panel.choose(tapped(act="open", item=conversation), nina)
    for wrong in (None, "", "nina", "user:nobody", "site:Plant South", "site:"):
        with pytest.raises(gr.Error):
            panel.give(conversation, wrong, "", ada)
    said = panel.give(conversation, "user:nina", "mind <b>the</b> fan", ada)[-1]
    path = re.search(r'href="(/handovers/\w+)"', said)
    assert path is not None
    received = panel.refresh(nina)[1]
    assert "mind &lt;b&gt;the&lt;/b&gt; fan" in received
    handover = path[1].rpartition("/")[2]
    own, _ = panel.go_on(tapped(act="go-on", item=handover), nina)
    *_, shown = tabs[0].restore(own, nina)
    assert causes(str(shown[0][-1]["content"])) == ["Fan", "Relief", "Sensor", "Cooler"]
    sign_in(services, client, "nina", "technician", NORTH)
    page = client.get(path[1])
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == POLICY
    assert "mind &lt;b&gt;the&lt;/b&gt; fan" in page.text
    assert "<script" not in page.text
    assert client.get("/shell/handover.css").headers["content-type"].startswith("text/css")
    sign_in(services, client, "sam", "supervisor", ("Plant South",))
    assert client.get(path[1]).status_code == 404


def test_the_api_searches_ticks_and_shows_what_was_checked(
    tabs: tuple[ChatTab, SessionsTab], services: Services, client: TestClient
) -> None:
    sign_in(services, client, "olga", "technician", NORTH)
    body = {"question": "E-217 on PR-02, 100% hot", "use_model": False}
    turn = client.post("/api/v1/ask", json=body).json()
    key = turn["answer"]["causes"][0]["key"]
    checks = f"/api/v1/turns/{turn['id']}/checks"
    ticked = client.post(checks, json={"item": key, "tick": "not_ok"})
    assert ticked.status_code == 200
    assert ticked.json()["answer"]["causes"][0]["state"] == "found"
    assert client.post(checks, json={"item": "x", "tick": "ok"}).status_code == 422
    assert client.post(checks, json={"item": key, "tick": "maybe"}).status_code == 422
    found = client.get("/api/v1/conversations", params={"query": "100% pr-02"}).json()["items"]
    assert [(one["id"], one["found"]) for one in found] == [
        (turn["conversation_id"], ["Cooler C1 blocked by dust"])
    ]
    assert client.get("/api/v1/conversations", params={"query": "1_0%"}).json()["items"] == []
    whole = client.get(f"/api/v1/conversations/{turn['conversation_id']}").json()
    assert [(one["item"], one["verdict"]) for one in whole["checks"]] == [(key, "not_ok")]
    sign_in(services, client, "nina", "technician", NORTH)
    assert client.post(checks, json={"item": key, "tick": "ok"}).status_code == 404
    assert client.get("/api/v1/conversations", params={"query": "100%"}).json()["items"] == []


def an_answer(services: Services, tabs: tuple[ChatTab, SessionsTab]) -> tuple[Answer, Principal]:
    *_, turn = asked(tabs, services)
    ada = services.accounts.get(Principal("root", "administrator"), "ada").principal()
    answer = services.records.turn(ada, turn).answer
    assert answer is not None
    return answer, ada


def test_hostile_texts_stand_in_the_diagnosis_and_on_the_page_as_text(
    tabs: tuple[ChatTab, SessionsTab], services: Services
) -> None:
    answer, _ = an_answer(services, tabs)
    for text in HOSTILE:
        first = answer.causes[0]
        ground = first.speaks_for[0].model_copy(update={"text": text, "words": (text,)})
        changed = {"text": text, "remedy": text, "symptom": text, "speaks_for": (ground,)}
        cause = first.model_copy(update={**changed, "speaks_against": (ground,), "key": text})
        assert answer.next_check is not None
        check = answer.next_check.model_copy(update={"text": text, "why": text, "kind": "symptom"})
        nasty = answer.model_copy(
            update={"causes": (cause, *answer.causes[1:]), "next_check": check, "gaps": (text,)}
        )
        page = handover_page(
            Handover("0f", text, "", text, "2026-01-01T10:00:00", text, (), nasty, "", ()), (text,)
        )
        for html in (answer_html(nasty, turn_id=text), page):
            assert "<script" not in html
            assert not re.search(r"<img|<iframe|<svg", html)
            assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', html))
        assert "\n" not in answer_html(nasty, turn_id=text)
        assert "\x0b" not in answer_text(nasty)


def test_the_terminal_tells_grounds_next_check_and_what_to_verify(
    tabs: tuple[ChatTab, SessionsTab], services: Services
) -> None:
    answer, _ = an_answer(services, tabs)
    lines = answer_text(answer)
    for words in (
        "- Speaks against it: Reported: “the cooler is clean”",
        "Next check: Check the setting of V20, section 8.6",
        "Verify before return to service: 8.4 Clean the oil cooler C1",
        "Last check: run for 30 min in production",
        "Fan starts by itself",
    ):
        assert words in lines


def test_ticks_are_shown_only_where_they_can_be_tapped(
    tabs: tuple[ChatTab, SessionsTab], services: Services
) -> None:
    answer, _ = an_answer(services, tabs)
    assert "data-tick" not in answer_html(answer)
    assert "data-tick" not in answer_html(answer, is_ranking=True, turn_id="t")
    assert answer_html(answer, turn_id="t").count("data-tick=") == 2 * len(answer.causes)


def test_the_page_of_a_handover_lists_what_stands_open(
    tabs: tuple[ChatTab, SessionsTab], services: Services
) -> None:
    html, conversation, turn = asked(tabs, services)
    tap = tapped(tick="ok", item=item_of(html, "Fan"), turn=turn)
    tabs[0].tick([], tap, me(services))
    _, ada = an_answer(services, tabs)
    turns = services.records.turns(ada, conversation)
    made = services.handovers.hand_over(ada, conversation, turns, site=NORTH[0])
    page = handover_page(made, ("HP40 was withdrawn.",))
    checked = page[page.index("<h2>Checked") : page.index("<h2>Still open")]
    still = page[page.index("<h2>Still open") : page.index("<h2>Verify")]
    assert re.search(r"Fan M2 does not run</td><td><b>in order</b></td><td>ada</td>", checked)
    assert "Fan M2" not in still
    assert "Cooler C1 blocked by dust" in still
    assert "STOP. This cites a document that has changed." in page
    assert "Alarm at hot oil" in page
    assert "HP40-MM-EN C, p. 14" in page
