"""Answers and work orders as text for a terminal."""

from __future__ import annotations

import pytest

from assistant.messages import (
    Answer,
    Cause,
    Citation,
    CodeCard,
    PartNeeded,
    Quote,
    SafetyNotice,
    SimilarTicket,
    Step,
    Timings,
)
from assistant.work_orders import Material, WorkOrder, WorkStep
from ui.plain import answer_text, order_text, printable

_CARD = CodeCard(
    code="E-217",
    kind="alarm",
    device="HP-40",
    component="pump",
    meaning="Oil temperature high",
    causes=("Cooler blocked",),
    remedies=("Clean it",),
    is_exact=True,
    marker=1,
)
_CITATION = Citation(
    marker=1,
    chunk_id=1,
    revision_id=1,
    document="HP-40 Hydraulic Press",
    document_number="HP40-MM-EN",
    kind="manual",
    revision="C",
    page=14,
    locator="p. 14",
    section="Alarms",
    quote="E-217",
)
_FULL = Answer(
    question="E-217",
    status="grounded",
    code_status="known",
    asset="PR-01",
    message="",
    is_degraded=False,
    code_cards=(_CARD,),
    safety=(SafetyNotice(signal="danger", text="DANGER: hot oil", language="en", marker=1),),
    causes=(
        Cause(text="Cooler blocked", remedy="Clean it", symptom="hot", marker=1, note="dusty hall"),
        Cause(text="Fan stands still", remedy="", symptom="", marker=1),
    ),
    first_check="Clean it",
    procedure="Clean the cooler",
    steps=(Step(number="1.", text="Switch off", marker=1),),
    parts=(PartNeeded(part_no="HP40-1", name="Filter", marker=1),),
    quotes=(Quote(text="Oil is hot above 60 °C.", section="Oil", marker=1),),
    missing="the oil level",
    similar_tickets=(
        SimilarTicket(
            ticket_id="T-1",
            asset="PR-02",
            reported_at=None,
            title="oil hot",
            cause="",
            resolution="cooler cleaned",
            downtime_min=None,
        ),
    ),
    citations=(_CITATION,),
    model="some-model",
    timings=Timings(evidence_s=0.123, total_s=4.56),
)


def test_a_whole_answer_reads_from_the_most_important_down() -> None:
    assert (
        answer_text(_FULL)
        == """\
From your documents for PR-01

E-217 (HP-40, pump): Oil temperature high [1]

DANGER: hot oil [1]

Possible causes
  1. Cooler blocked: Clean it (hot) [1]
     dusty hall
  2. Fan stands still [1]

Check first (the model’s suggestion): Clean it

Clean the cooler
  1. Switch off [1]

Parts
  HP40-1  Filter [1]

From the documents
  Oil is hot above 60 °C. [1]

To be sure: the oil level

Similar tickets
  T-1 PR-02: oil hot -> cooler cleaned

Sources
  [1] HP40-MM-EN C, p. 14, Alarms

Evidence 0.12 s, total 4.6 s; model: some-model"""
    )


def test_an_answer_without_evidence_says_whom_to_ask() -> None:
    answer = Answer(
        question="E-9",
        status="unsupported",
        code_status="unknown",
        asset=None,
        message="The code E-9 is not in the documents.",
        is_degraded=False,
        timings=Timings(evidence_s=0.1, total_s=0.1),
    )
    assert answer_text(answer).splitlines() == [
        "Not in your documents",
        "The code E-9 is not in the documents.",
        "No expert is named for this machine. Ask your supervisor.",
        "",
        "Evidence 0.10 s, total 0.1 s; model: none",
    ]


def test_an_ambiguous_code_shows_causes_and_remedies_of_each_meaning() -> None:
    text = answer_text(_FULL.model_copy(update={"code_status": "ambiguous"}))
    assert "  cause: Cooler blocked\n  remedy: Clean it\n" in text


def test_an_answer_without_a_model_says_why() -> None:
    degraded = {"is_degraded": True, "degraded_reason": "it is loading"}
    text = answer_text(_FULL.model_copy(update=degraded))
    assert "Without a language model: it is loading" in text


def test_a_source_without_a_number_is_named_by_its_title() -> None:
    citation = _CITATION.model_copy(update={"document_number": "", "revision": ""})
    text = answer_text(_FULL.model_copy(update={"citations": (citation,)}))
    assert "  [1] HP-40 Hydraulic Press, p. 14, Alarms" in text


def test_a_work_order_reads_as_what_to_do() -> None:
    order = WorkOrder(
        uid="u",
        number="FB-2026-000001",
        title="PR-01: oil hot",
        description="Clean it",
        symptom="E-217",
        asset="PR-01",
        reporter="local",
        created_at="2026-01-01",
        safety=(SafetyNotice(signal="danger", text="DANGER: hot oil", language="en", marker=1),),
        steps=(WorkStep(number=1, text="Switch off"), WorkStep(number=2, text="Clean")),
        materials=(Material(part_no="HP40-1", description="Filter", quantity=2.5),),
    )
    assert (
        order_text(order)
        == """\
FB-2026-000001 (version 1, draft) PR-01: oil hot
Asset: PR-01   Priority: 3
Reported: E-217
Description: Clean it

DANGER: hot oil

Steps
  1. Switch off
  2. Clean

Material
  2.5 x HP40-1 Filter"""
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\ufffd[31mred"),
        ("a\tb\nc", "a\tb\nc"),
        ("bell\x07 delete\x7f", "bell\ufffd delete\ufffd"),
        ("\x9b2J", "\ufffd2J"),
        ("one\rtwo", "one\ufffdtwo"),
        ("25 N·m, 过热, ü", "25 N·m, 过热, ü"),
    ],
)
def test_a_terminal_gets_no_control_characters(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_hostile_answer_gives_a_terminal_no_orders() -> None:
    answer = _FULL.model_copy(update={"message": "\x1b]0;owned\x07"})
    assert not {"\x1b", "\x07"} & set(answer_text(answer))


def test_what_was_recalled_stands_above_an_order() -> None:
    order = WorkOrder(
        uid="u",
        number="FB-2026-000001",
        title="Clean",
        symptom="hot",
        reporter="ada",
        created_at="2026-03-01T08:00:00.000+00:00",
    )
    mark = "HP40-MM-EN C was withdrawn\x1b[2J. Do not work from it."
    lines = order_text(order, (mark,)).splitlines()
    assert lines[0] == "!!! STOP. This cites a document that has changed."
    assert lines[1] == "!!! HP40-MM-EN C was withdrawn\ufffd[2J. Do not work from it."
    assert order_text(order).startswith("FB-2026-000001")
