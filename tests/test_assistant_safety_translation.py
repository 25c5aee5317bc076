"""A translation stands under the original safety message, or not at all."""

from __future__ import annotations

import json

import pytest

from assistant.egress import Clearance, Rule, here
from assistant.llm.choice import ModelSettings, ModelSlot
from assistant.llm.scripted import ScriptedChatModel
from assistant.messages import Answer, Citation, SafetyNotice, Timings
from assistant.safety_translation import SafetyTranslator, changed
from index.access import LOCAL

_ORIGINAL = "危险\n槽内温度可达 80 °C。不要伸手。"
_GOOD = "The tank can reach 80 °C. Do not reach in."


def _answer(language: str = "en", signal: str = "danger", text: str = _ORIGINAL) -> Answer:
    citation = Citation(
        marker=1,
        chunk_id=None,
        revision_id=1,
        document="QX-80",
        document_number="",
        kind="manual",
        revision="",
        page=3,
        locator="p. 3",
        section="",
        quote=text,
    )
    notice = SafetyNotice.model_validate(
        {"signal": signal, "text": text, "language": "zh", "marker": 1}
    )
    return Answer(
        question="tank hot",
        status="grounded",
        code_status="none",
        asset=None,
        message="",
        is_degraded=False,
        language=language,
        safety=(notice,),
        citations=(citation,),
        timings=Timings(evidence_s=0.0, total_s=0.0),
    )


def _translator(*said: str) -> SafetyTranslator:
    model = ScriptedChatModel(replies=[json.dumps({"translation": each}) for each in said])
    return SafetyTranslator(ModelSlot.filled(model, "scripted"), ModelSettings())


def _translations(answer: Answer) -> list[str]:
    return [notice.translation for notice in answer.safety]


def test_a_translation_stands_under_the_original_with_the_signal_word_of_the_code() -> None:
    answer = _translator(_GOOD).translated(_answer(), here())
    assert _translations(answer) == [f"DANGER\n{_GOOD}"]
    assert answer.safety[0].text == _ORIGINAL


@pytest.mark.parametrize(
    "said",
    [
        "The tank can reach 90 °C. Do not reach in.",
        "The tank can reach 80 °C. Reach in.",
        "The tank can reach 80 °C.",
        "CAUTION The tank can reach 80 °C. Do not reach in.",
        "The tank can reach 80 °C. Do not reach in. Wait 5 minutes.",
        "The tank can reach 80 °C. Do not reach in. Then go home.",
        "",
        "槽内温度可达 80 °C。不要伸手。",
    ],
)
def test_a_translation_that_changes_the_message_is_dropped(said: str) -> None:
    assert _translations(_translator(said).translated(_answer(), here())) == [""]


def test_a_message_in_the_language_of_the_question_is_not_translated() -> None:
    assert _translations(_translator(_GOOD).translated(_answer("zh"), here())) == [""]


def test_a_lockout_procedure_is_never_translated() -> None:
    answer = _answer(signal="lockout", text="上锁步骤\n1. 将 Q1 转到 OFF。")
    assert _translations(_translator(_GOOD).translated(answer, here())) == [""]


def test_without_a_model_the_original_stands_alone() -> None:
    translator = SafetyTranslator(ModelSlot(), ModelSettings())
    assert _translations(translator.translated(_answer(), here())) == [""]


@pytest.mark.parametrize(
    "rule",
    [
        Rule(question=False, manuals=True, tickets=True),
        Rule(question=True, manuals=False, tickets=True),
    ],
)
def test_what_must_not_leave_is_not_sent_for_a_translation(rule: Rule) -> None:
    clearance = Clearance("llm.example", rule, LOCAL)
    assert _translations(_translator(_GOOD).translated(_answer(), clearance)) == [""]


def test_the_same_message_is_translated_once() -> None:
    translator = _translator(_GOOD)  # the script has one answer
    for _ in range(2):
        assert _translations(translator.translated(_answer(), here())) == [f"DANGER\n{_GOOD}"]


@pytest.mark.parametrize(
    ("translation", "original"),
    [
        ("Vor der Arbeit 5 Minuten warten.", "Wait 5 minutes before work."),
        ("Never open the lid under pressure.", "Deckel nie unter Druck öffnen."),
        ("断电后等待 10 分钟。", "Wait 10 minutes after switching off."),
    ],
)
def test_a_faithful_translation_passes(translation: str, original: str) -> None:
    assert changed(translation, original) == ""
