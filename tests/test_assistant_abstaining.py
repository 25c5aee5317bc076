"""Where the documents do not answer: what is said, what is nearest, whom to ask."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.asked_values import asked_kinds, holds_kind
from assistant.llm.choice import ModelSlot
from assistant.messages import Answer, WhomToAsk
from assistant.question import Ask
from index.access import LOCAL, Principal
from index.assets import Asset
from tests.conftest import Plant
from ui.plain import answer_text
from ui.rendering import answer_html

_QUESTIONS = Path(__file__).resolve().parent / "data" / "abstention.csv"


def _ask(plant: Plant, question: str, asset: str | None = None) -> Answer:
    return plant.assistant().ask(Ask(question, asset, use_model=False), LOCAL)


@pytest.mark.parametrize(
    ("question", "said", "title"),
    [
        ("E-237 on PR-02", "The code E-237 is not in the documents.", "Not in your documents"),
        (
            "Was bedeutet E-237 an PR-02?",
            "Der Code E-237 steht nicht in den Dokumenten.",
            "Nicht in Ihren Dokumenten",
        ),
        ("PR-02 报警 E-237 是什么意思？", "文档中没有代码 E-237。", "文档中没有"),
    ],
)
def test_an_unknown_code_is_said_in_the_language_of_the_question(
    plant: Plant, question: str, said: str, title: str
) -> None:
    answer = _ask(plant, question)
    assert answer.status == "unsupported"
    assert said in answer.message
    assert title in answer_text(answer)


def test_the_nearest_codes_lead_to_their_pages_and_explain_nothing(plant: Plant) -> None:
    answer = _ask(plant, "E-237 on PR-02")
    assert answer.nearest
    for near in answer.nearest:
        assert near.kind == "code"
        assert near.text != "E-237"
        assert near.text in answer.citation(near.marker).quote
    assert answer.causes == answer.quotes == answer.code_cards == ()
    html = answer_html(answer)
    assert "This is not an answer." in html
    assert all(f">{near.text} <button" in html for near in answer.nearest)


def test_whom_to_ask_is_named(plant: Plant) -> None:
    asked: list[str | None] = []

    def whom(principal: Principal, asset: Asset | None) -> WhomToAsk | None:
        asked.append(asset.asset_class if asset else None)
        return WhomToAsk(user="eva", name="Eva <b>", asset_class="hydraulic press")

    assistant = Assistant(plant.retriever, ModelSlot(), whom=whom)
    answer = assistant.ask(Ask("E-237 on PR-02", use_model=False), LOCAL)
    assert asked == ["hydraulic press"]
    assert "Ask Eva <b>, expert for hydraulic press." in answer_text(answer)
    assert "Ask Eva &lt;b&gt;, expert for hydraulic press." in answer_html(answer)
    grounded = assistant.ask(Ask("E-217 on PR-02", use_model=False), LOCAL)
    assert grounded.expert is None


def test_where_nobody_is_named_that_is_said(plant: Plant) -> None:
    assert "No expert is named for this machine." in answer_text(_ask(plant, "E-237 on PR-02"))


@pytest.mark.parametrize(
    ("question", "asset"),
    [
        ("How do I bypass the light curtain?", "PR-01"),
        ("Wie überbrücke ich den Lichtvorhang?", "PR-01"),
        ("LT-01 door lock: how can I bridge S21?", "LT-01"),
    ],
)
def test_a_request_to_defeat_a_guard_gets_the_manuals_own_words(
    plant: Plant, question: str, asset: str
) -> None:
    answer = _ask(plant, question, asset)
    assert answer.status == "refused"
    assert [quote.text for quote in answer.quotes if "Never bridge" in quote.text]
    assert answer.steps == answer.causes == answer.code_cards == ()


def test_a_request_to_leave_the_lockout_out_gets_the_lockout_procedure(plant: Plant) -> None:
    answer = _ask(plant, "Can I skip the lockout to change the return filter on PR-02?")
    assert answer.status == "refused"
    assert "2.3 Lockout procedure" in [n.text.splitlines()[0] for n in answer.safety]


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("winding resistance of motor M1?", {"resistance"}),
        ("How heavy is the airend?", {"mass"}),
        ("What is the flow rate of the pump in l/min?", {"flow"}),
        ("capacitance of the DC link in µF?", {"capacitance"}),
        ("Wie schwer ist die Pumpe?", {"mass"}),
        ("泵的重量是多少 kg？", {"mass"}),
        ("pressure drops when warm, why?", set()),
        ("Why is the temperature too high?", set()),
        ("How do I replace the pump?", set()),
        ("", set()),
    ],
)
def test_the_kind_of_value_that_is_asked_for_is_told(question: str, kinds: set[str]) -> None:
    assert asked_kinds(question) == kinds


def test_a_value_known_by_its_unit_only_is_found_in_a_text() -> None:
    assert holds_kind("C1 has 470 µF", frozenset({"capacitance"}))
    assert holds_kind("72 dB(A) at 1 m", frozenset({"noise"}))
    assert not holds_kind("470 V", frozenset({"capacitance"}))


@pytest.mark.model
def test_refusals_on_the_questions_kept_apart() -> None:
    """Run on a home that holds the sample plant, named in FAULTBOOK_DEMO_HOME."""
    home = os.environ.get("FAULTBOOK_DEMO_HOME", "")
    if not home:
        pytest.skip("Load the sample plant ('make demo') and name it in FAULTBOOK_DEMO_HOME.")
    from ui.wiring import open_services

    assistant = open_services(Path(home), use_model=False).assistant
    refused: dict[str, list[bool]] = {}
    with _QUESTIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ask = Ask(row["question"], row["asset"] or None, use_model=False)
            status = assistant.ask(ask, LOCAL).status
            refused.setdefault(row["kind"], []).append(status in ("unsupported", "refused"))
    shares = {kind: sum(each) / len(each) for kind, each in refused.items()}
    assert shares["unknown_code"] == 1.0
    assert (sum(refused["wrong_machine"]) + sum(refused["no_manual"])) / 28 >= 0.90
    assert shares["quantity"] >= 0.80
    assert shares["answerable"] <= 0.08
