"""Scores of answers, by hand-computed cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import AssistantError
from assistant.evaluation import (
    GoldenQuestion,
    QuestionScore,
    evaluate,
    read_questions,
    score,
)
from assistant.evaluation_sums import RefusalScore, summarise
from assistant.messages import (
    Answer,
    Cause,
    Citation,
    CodeCard,
    Quote,
    SafetyNotice,
    SimilarTicket,
    Step,
    Timings,
)
from assistant.screen_measures import number_errors, screen_text
from index.access import LOCAL
from tests.conftest import Plant


def golden(**changes: Any) -> GoldenQuestion:
    values: dict[str, Any] = {
        "id": "q1",
        "kind": "code",
        "question": "E-217",
        "asset": "PR-02",
        "document": "HP40-MM-EN",
        "pages": (14,),
        "facts": ("Cooler C1 blocked", "62 °C"),
        "warnings": ("Hot oil",),
        "answerable": True,
    }
    return GoldenQuestion(**{**values, **changes})


def citation(marker: int, page: int, number: str = "HP40-MM-EN") -> Citation:
    return Citation(
        marker=marker,
        chunk_id=marker,
        revision_id=1,
        document="HP-40",
        document_number=number,
        kind="manual",
        revision="C",
        page=page,
        locator=f"p. {page}",
        section="",
        quote="",
    )


def answer(**changes: Any) -> Answer:
    values: dict[str, Any] = {
        "question": "E-217",
        "status": "grounded",
        "code_status": "known",
        "asset": "PR-02",
        "message": "",
        "is_degraded": False,
        "timings": Timings(evidence_s=0.5, total_s=2.0),
    }
    return Answer(**{**values, **changes})


def quote(text: str, marker: int) -> Quote:
    return Quote(text=text, section="", marker=marker)


def test_facts_are_found_whatever_their_spacing_width_and_case() -> None:
    shown = answer(
        quotes=(quote("cooler  C1\nBLOCKED at ６２ °C", 1),), citations=(citation(1, 14),)
    )
    assert score(golden(), shown).facts_missing == ()


def test_a_fact_in_a_ticket_or_note_is_not_shown_by_the_documents() -> None:
    ticket = SimilarTicket(
        ticket_id="T",
        asset="PR-02",
        reported_at=None,
        title="Cooler C1 blocked 62 °C",
        cause="",
        resolution="",
        downtime_min=None,
    )
    cause = Cause(text="x", remedy="", symptom="", marker=1, note="Cooler C1 blocked 62 °C")
    shown = answer(similar_tickets=(ticket,), causes=(cause,), citations=(citation(1, 14),))
    assert score(golden(), shown).facts_missing == golden().facts


def test_everything_on_the_screen_counts_for_facts() -> None:
    card = CodeCard(
        code="E-1",
        kind="alarm",
        device="",
        component="",
        meaning="meaning",
        causes=("card cause",),
        remedies=("card remedy",),
        is_exact=True,
        marker=1,
    )
    shown = answer(
        message="message",
        code_cards=(card,),
        safety=(SafetyNotice(signal="danger", text="safety", language="en", marker=1),),
        causes=(Cause(text="cause", remedy="remedy", symptom="symptom", marker=1),),
        steps=(Step(number="1.", text="step", marker=1),),
        quotes=(quote("quote", 1),),
    )
    words = "message E-1 meaning card cause card remedy safety symptom cause remedy step quote"
    assert screen_text(shown).split() == words.split()


def test_a_warning_counts_only_where_warnings_are_shown() -> None:
    quoted = answer(quotes=(quote("Hot oil", 1),), citations=(citation(1, 1),))
    assert score(golden(), quoted).warnings_missing == ("Hot oil",)
    notice = SafetyNotice(signal="caution", text="CAUTION\nHot oil\nburns", language="en", marker=1)
    assert score(golden(), answer(safety=(notice,))).warnings_missing == ()


def test_of_a_refused_request_what_the_manual_forbids_counts_where_it_is_quoted() -> None:
    refused = answer(
        status="refused",
        quotes=(quote("Never bridge the switch: hot oil", 1),),
        citations=(citation(1, 1),),
    )
    assert score(golden(), refused).warnings_missing == ()


@pytest.mark.parametrize(
    ("pages", "is_right"),
    [([14], True), ([1, 2, 3, 4, 14], True), ([1, 2, 3, 4, 5, 14], False), ([], False)],
)
def test_the_right_page_must_be_among_the_first_five(pages: list[int], is_right: bool) -> None:
    shown = answer(
        quotes=tuple(quote("x", n) for n, _ in enumerate(pages)),
        citations=tuple(citation(n, page) for n, page in enumerate(pages)),
    )
    assert score(golden(), shown).is_page_right is is_right


def test_a_page_counts_once_however_often_it_is_cited() -> None:
    shown = answer(
        quotes=tuple(quote("x", n) for n in range(8)),
        citations=tuple(citation(n, 14 if n == 7 else 3) for n in range(8)),
    )
    result = score(golden(), shown)
    assert result.cited_pages == (3, 14)
    assert result.is_page_right


def test_the_same_page_of_another_document_is_not_right() -> None:
    shown = answer(quotes=(quote("x", 1),), citations=(citation(1, 14, "LT25-SM-EN"),))
    assert not score(golden(), shown).is_page_right


def test_numbers_that_the_model_wrote_are_held_against_what_it_cites() -> None:
    cause = Cause(text="Above 62 °C", remedy="", symptom="", marker=1, note="above 95 °C")
    fine = cause.model_copy(update={"note": "above 62 °C"})
    shown = answer(causes=(cause, fine), missing="the 80 bar?", citations=(citation(1, 14),))
    result = score(golden(), shown)
    assert result.unsupported_numbers == ("95 °C", "80 bar")


def scored(name: str, status: str = "grounded", **changes: Any) -> QuestionScore:
    values: dict[str, Any] = {
        "id": name,
        "kind": "code",
        "question": "",
        "status": status,
        "answerable": True,
        "facts_missing": (),
        "warnings_missing": (),
        "is_page_right": True,
        "cited_pages": (),
        "unsupported_numbers": (),
        "evidence_s": 1.0,
        "total_s": 1.0,
    }
    return QuestionScore(**{**values, **changes})


def test_sums_are_shares_of_what_was_wanted() -> None:
    questions = [
        golden(id="a", facts=("1", "2", "3"), warnings=("w",)),
        golden(id="b", facts=("4",), warnings=()),
        golden(id="c", answerable=False, facts=(), warnings=()),
        golden(id="d", answerable=False, facts=(), warnings=()),
        golden(id="e", answerable=False, facts=(), warnings=()),
    ]
    scores = [
        scored("a", facts_missing=("3",), evidence_s=0.1, total_s=9.0),
        scored("b", "unsupported", is_page_right=False, unsupported_numbers=("5 bar", "6 bar")),
        scored("c", "unsupported", answerable=False, is_page_right=False),
        scored("d", "grounded", answerable=False, is_page_right=False),
        scored("e", "refused", answerable=False, is_page_right=False, evidence_s=0.2),
    ]
    result = summarise(scores, questions)
    assert (result.questions, result.answerable) == (5, 2)
    assert result.facts_shown == pytest.approx(3 / 4)
    assert result.warnings_shown == 1.0
    assert result.page_right == 0.5
    assert result.unsupported_numbers == 2
    assert result.refused_rightly == pytest.approx(2 / 3)
    assert result.refused_wrongly == 0.5
    assert (result.evidence_median_s, result.total_median_s) == (1.0, 1.0)
    assert [miss.id for miss in result.misses] == ["a", "b", "d"]


@pytest.mark.parametrize("status", ["grounded", "partial", "needs_clarification"])
def test_asking_back_is_no_refusal(status: str) -> None:
    result = summarise([scored("q1", status)], [golden()])
    assert result.refused_wrongly == 0.0
    assert result.misses == ()


def test_citations_are_counted_by_place_and_only_the_diagnosis_counts_apart() -> None:
    shown = answer(
        quotes=(quote("Cooler C1 blocked", 1), quote("62 °C", 2), quote("x", 3)),
        causes=(Cause(text="62 °C", remedy="", symptom="", marker=2),),
        citations=(citation(1, 14), citation(2, 3), citation(3, 14, "LT25-SM-EN")),
    )
    result = score(golden(warnings=()), shown)
    assert (result.places_cited, result.places_right) == (3, 1)
    assert (result.facts_missing, result.facts_undiagnosed) == ((), ("Cooler C1 blocked",))
    sums = summarise([result], [golden(warnings=())])
    assert sums.citation_precision == pytest.approx(1 / 3)
    assert sums.citation_recall == 1.0
    assert (sums.facts_shown, sums.facts_in_diagnosis) == (1.0, 0.5)


def test_a_number_that_its_own_citation_does_not_hold_is_an_error() -> None:
    cited = citation(1, 14).model_copy(update={"quote": "Tighten to 35 N·m, do not oil"})
    fine, wrong = quote("Tighten to 35 Nm", 1), quote("Tighten to 42 Nm", 1)
    shown = answer(quotes=(fine, wrong), citations=(cited,))
    assert number_errors(shown) == ["42 Nm"]
    assert summarise([score(golden(), shown)], [golden()]).number_errors == 1


def test_refusals_are_counted_by_kind_and_tickets_alone_are_no_answer() -> None:
    others = {"answerable": False, "is_page_right": False}
    scores = [
        scored("a", "unsupported", refusal="unknown_code", **others),
        scored("b", "partial", refusal="no_document", shows_document=False, **others),
        scored("c", "grounded", refusal="no_document", **others),
    ]
    questions = [golden(id=name, answerable=False, facts=(), warnings=()) for name in "abc"]
    assert summarise(scores, questions).refusals == (
        RefusalScore(kind="no_document", questions=2, refused=1),
        RefusalScore(kind="unknown_code", questions=1, refused=1),
    )


def test_the_95th_percentile_is_the_nearest_rank() -> None:
    scores = [scored(str(n), evidence_s=float(n)) for n in range(1, 21)]
    questions = [golden(id=str(n)) for n in range(1, 21)]
    assert summarise(scores, questions).evidence_p95_s == 19.0
    assert summarise(scores[:1], questions).evidence_p95_s == 1.0


def test_there_is_no_share_of_nothing() -> None:
    result = summarise([], [])
    shares = (
        result.facts_shown,
        result.page_right,
        result.warnings_shown,
        result.refused_rightly,
        result.refused_wrongly,
    )
    assert shares == (None,) * 5
    assert result.evidence_median_s == 0.0


def test_every_question_is_asked_with_its_asset(plant: Plant) -> None:
    questions = [
        golden(id="a", question="E-217", facts=("Clean the cooler",), warnings=()),
        golden(id="b", question="E-237", answerable=False, pages=(), facts=(), warnings=()),
    ]
    scores = list(evaluate(plant.assistant(), LOCAL, questions, use_model=False))
    assert [s.status for s in scores] == ["grounded", "unsupported"]
    assert (scores[0].facts_missing, scores[0].is_page_right) == ((), True)


# Files


def line(**changes: Any) -> str:
    return json.dumps({**golden().model_dump(), **changes}, ensure_ascii=False)


def test_blank_lines_a_byte_order_mark_and_any_line_end_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "golden.jsonl"
    odd = line(id="q2", question="a\u2028b\x85c")
    path.write_bytes(f"\ufeff{line()}\r\n\n{odd}\n".encode())
    first, second = read_questions(path)
    assert first == golden()
    assert second.question == "a\u2028b\x85c"


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ("{", "line 3: the line: .*JSON"),
        ("[]", "line 3: the line"),
        (line(pages="14"), "line 3: pages"),
        (line(pages=["x"]), r"line 3: pages\.0"),
        (line(answerable=None), "line 3: answerable"),
        (line(colour="red"), "line 3: colour"),
        (line(id="q1"), "line 3: the id 'q1'"),
        (line(id="ü").encode("latin-1"), "line 3: the line: .*unicode"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, bad: str | bytes, complaint: str) -> None:
    path = tmp_path / "golden.jsonl"
    data = bad if isinstance(bad, bytes) else bad.encode()
    path.write_bytes(f"{line()}\n\n".encode() + data + b"\n")
    with pytest.raises(AssistantError, match=complaint):
        read_questions(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=r"none\.jsonl cannot be read"):
        read_questions(tmp_path / "none.jsonl")
