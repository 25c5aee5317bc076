"""Two sources that give one thing different values are both shown, dated and named."""

from __future__ import annotations

import pytest

from assistant.conflicts import document_conflicts, ticket_conflicts
from assistant.messages import Answer, Disagreement, DisagreementSide, SimilarTicket, Timings
from assistant.ticket_values import ticket_values
from index.chunk_rows import StoredChunk
from index.corpus import Sentence
from ui.plain import answer_text
from ui.rendering import answer_html

HEADER = ("Joint", "Size", "Torque")


def chunk(
    chunk_id: int, revision_id: int, cells: tuple[str, ...], header: tuple[str, ...] = HEADER
) -> StoredChunk:
    row = Sentence(" | ".join(cells), "row", 3, header=header, cells=cells)
    return of_sentence(chunk_id, revision_id, row)


def prose(chunk_id: int, revision_id: int, text: str) -> StoredChunk:
    return of_sentence(chunk_id, revision_id, Sentence(text, "step", 4))


def of_sentence(chunk_id: int, revision_id: int, sentence: Sentence) -> StoredChunk:
    return StoredChunk(
        chunk_id, revision_id, "Press", "HP40", "manual", "C", 1, ("Torques",), (sentence,), ""
    )


def ticket(resolution: str, *, title: str = "", cause: str = "") -> SimilarTicket:
    return SimilarTicket(
        ticket_id="T-1",
        asset="PR-01",
        reported_at="2023-01-05T11:00",
        title=title,
        cause=cause,
        resolution=resolution,
        downtime_min=None,
    )


MANUAL = chunk(1, 1, ("Accumulator clamps", "M10", "35 N·m"))


@pytest.mark.parametrize(
    ("cells", "header"),
    [
        (("Accumulator clamps", "M10", "42 N·m"), HEADER),
        (("Accumulator clamps, steel, serial 4000 to 4399", "M10", "42 Nm"), HEADER),
        (
            ("Accumulator clamps, steel", "M10", "35 N·m", "42 N·m"),
            ("Joint", "Size", "Old torque", "New torque"),
        ),
    ],
)
def test_two_documents_with_two_torques_disagree(
    cells: tuple[str, ...], header: tuple[str, ...]
) -> None:
    bulletin = chunk(2, 2, cells, header)
    ((one, other),) = document_conflicts([MANUAL, bulletin], [1])
    assert [*one.measure.values, *other.measure.values] == [35.0, 42.0]


@pytest.mark.parametrize(
    "other",
    [
        chunk(2, 2, ("Accumulator clamps", "M10", "35 Nm")),  # the same value
        chunk(2, 2, ("Accumulator clamps", "M10", "0.035 kNm")),
        chunk(2, 2, ("Accumulator clamps", "M10", "30 to 40 N·m")),  # within
        chunk(2, 2, ("Accumulator clamps", "M12", "42 N·m")),  # another screw
        chunk(2, 2, ("Accumulator block", "M10", "42 N·m")),  # another thing
        chunk(2, 2, ("Accumulator clamps", "M10", "42 mm")),  # another quantity
        chunk(2, 2, ("Accumulator clamps", "M10", "max. 42 N·m")),  # a limit is no value
        chunk(2, 1, ("Accumulator clamps", "M10", "42 N·m")),  # the same document
    ],
)
def test_what_can_both_hold_is_no_disagreement(other: StoredChunk) -> None:
    assert document_conflicts([MANUAL, other], [1]) == []


def test_a_sentence_of_two_revisions_that_differs_in_one_value_disagrees() -> None:
    old = prose(1, 1, "Tighten the four bolts of the flange to 34 N·m.")
    new = prose(2, 2, "Tighten the four bolts of the flange to 40 N·m.")
    assert len(document_conflicts([old, new], [2])) == 1
    assert document_conflicts([old, new], [9]) == []  # neither is shown


def test_a_ticket_that_set_another_value_than_the_manual_disagrees() -> None:
    said = ticket("Accumulator clamps tightened to 50 N·m", cause="Clamps loose")
    ((row, other),) = ticket_conflicts([MANUAL], [said])
    assert [*row.measure.values, *other.measure.values] == [35.0, 50.0]


@pytest.mark.parametrize(
    "said",
    [
        ticket("Accumulator clamps tightened to 35 Nm"),
        ticket("Accumulator clamps cracked at 50 N·m"),  # found, not set
        ticket("Flange bolts tightened to 50 N·m"),
        ticket("Accumulator clamps replaced", cause="Torque was 20 N·m"),
    ],
)
def test_what_a_ticket_found_or_did_to_something_else_is_no_disagreement(
    said: SimilarTicket,
) -> None:
    assert ticket_conflicts([MANUAL], [said]) == []


def answer(**more: object) -> Answer:
    return Answer.model_validate(
        {
            "question": "torque of the clamps",
            "status": "grounded",
            "code_status": "none",
            "asset": "PR-01",
            "message": "",
            "is_degraded": False,
            "timings": Timings(evidence_s=0, total_s=0),
            **more,
        }
    )


def test_both_sides_are_shown_with_name_and_date() -> None:
    sides = (
        DisagreementSide(value="35 Nm", quote="a | 35 N·m", source="HP40 C", date="2024-03-12"),
        DisagreementSide(value="42 Nm", quote="<b>42", source="T-1", date="", ticket_id="T-1"),
    )
    shown = answer(disagreements=(Disagreement(subject="Clamps", sides=sides),))
    html, text = answer_html(shown), answer_text(shown)
    for screen in (html, text):
        assert "Sources disagree" in screen
        assert "HP40 C, 2024-03-12" in screen
        assert "ticket T-1, no date" in screen
    assert "&lt;b&gt;42" in html


def test_a_value_that_only_a_ticket_gives_is_labelled() -> None:
    shown = answer(similar_tickets=(ticket("Set to 6 mm and 34 N·m"),))
    assert ticket_values(shown.similar_tickets[0], shown) == ("6 mm", "34 Nm")
    label = "from a ticket, not from a manual: 6 mm, 34 Nm"
    assert label in answer_html(shown)
    assert label in answer_text(shown)
    plain = answer(similar_tickets=(ticket("Cleaned"),))
    assert "not from a manual" not in answer_html(plain)
