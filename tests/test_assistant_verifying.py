"""Whole answers are held against their cited passages; a mutator tries to slip through."""

from __future__ import annotations

import random

import pytest

from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.slot import ModelSlot
from assistant.messages import Answer, CauseVerified
from assistant.question import Ask
from assistant.verifying.answers import Verifier
from assistant.verifying.verbatim import is_same
from index.access import LOCAL
from tests.conftest import Plant
from tests.soak.correct_answers import answers
from tests.soak.mutating import HARMFUL, LEAST, LEAST_SENSE, MOST_FALSE, SENSE, tally


def ask(plant: Plant, question: str) -> Answer:
    return plant.assistant().ask(Ask(question, None, use_model=False), LOCAL)


def verified(plant: Plant, answer: Answer) -> Answer:
    return Verifier(plant.retriever, LOCAL).answer(answer)


@pytest.fixture(scope="module")
def known(plant: Plant) -> Answer:
    """A code with its card, four causes and safety messages."""
    return ask(plant, "PR-02 shows E-217")


@pytest.fixture(scope="module")
def procedure(plant: Plant) -> Answer:
    return ask(plant, "How do I replace the oil temperature sensor B2 on PR-01?")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Tighten to 5 Nm.", "Tighten to 5 N·m."),
        ("Set 150 kPa", "Set 1.5 bar"),
        ("Set 1,5 bar", "Set 1.5 bar"),
        ("0,006 mm", "0.006 mm"),
        ("1 500 rpm", "1500 rpm"),
        ("5-10 bar", "5 to 10 bar"),
        ("10 ±0,5 mm", "10 ±0.5 mm"),
        ("above 70°C", "above 70 ℃"),
        ("open  V5 ,\nthen", "open V5, then"),
    ],
)
def test_another_spelling_of_a_value_is_the_same(text: str, stored: str) -> None:
    assert is_same(text, stored)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Set 15 bar", "Set 1.5 bar"),
        ("Set 1.5 mbar", "Set 1.5 bar"),
        ("section 8.40", "section 8.4"),
        ("1500 rpm", "1.500 rpm"),
        ("10 ±0.6 mm", "10 ±0.5 mm"),
        ("5 to 11 bar", "5 to 10 bar"),
        ("V56 0 s", "V5 60 s"),
        ("Open V5", "Never open V5"),
        ("Warning Hot", "WARNING Hot"),
        ("E-218", "E-217"),
    ],
)
def test_another_value_or_word_is_not_the_same(text: str, stored: str) -> None:
    assert not is_same(text, stored)


def test_an_answer_of_the_evidence_is_left_as_it_is(
    plant: Plant, known: Answer, procedure: Answer
) -> None:
    for answer in (known, procedure):
        assert verified(plant, answer) == answer
        assert answer.removed == ()


def test_a_changed_torque_goes_with_its_cause_and_is_counted(plant: Plant, known: Answer) -> None:
    first = known.causes[0].model_copy(update={"remedy": "Clean the cooler, section 8.5"})
    checked = verified(plant, known.model_copy(update={"causes": (first, *known.causes[1:])}))
    assert [cause.text for cause in checked.causes] == [c.text for c in known.causes[1:]]
    (removed,) = [one for one in checked.removed if "8.5" in one.text]
    assert removed.reason == "not in the cited passage"


def test_a_remedy_of_another_cause_goes(plant: Plant, known: Answer) -> None:
    crossed = known.causes[0].model_copy(update={"remedy": known.causes[1].remedy})
    checked = verified(plant, known.model_copy(update={"causes": (crossed,)}))
    assert checked.causes == ()


def test_a_dropped_warning_is_put_back_as_it_is_printed(plant: Plant, known: Answer) -> None:
    dropped = known.safety[-1]
    checked = verified(plant, known.model_copy(update={"safety": known.safety[:-1]}))
    assert sorted(one.text for one in checked.safety) == sorted(one.text for one in known.safety)
    assert checked.citation(checked.safety[-1].marker).quote == dropped.text
    assert "put back" in checked.removed[-1].reason


def test_a_lowered_signal_word_is_put_right(plant: Plant, procedure: Answer) -> None:
    at = next(i for i, one in enumerate(procedure.safety) if one.signal in ("danger", "warning"))
    notices = list(procedure.safety)
    notices[at] = notices[at].model_copy(update={"signal": "notice"})
    checked = verified(plant, procedure.model_copy(update={"safety": tuple(notices)}))
    assert procedure.safety[at].text in [one.text for one in checked.safety]
    assert [one.signal for one in checked.safety if one.text == procedure.safety[at].text] == [
        procedure.safety[at].signal
    ]


def test_a_procedure_with_a_hole_or_out_of_order_goes_as_a_whole(
    plant: Plant, procedure: Answer
) -> None:
    steps = procedure.steps
    one, two = (at for at, step in enumerate(steps) if step.number in ("2.", "3."))
    swapped = list(steps)
    swapped[one], swapped[two] = steps[two], steps[one]
    for changed in (steps[:two] + steps[two + 1 :], tuple(swapped)):
        checked = verified(plant, procedure.model_copy(update={"steps": changed}))
        assert (checked.steps, checked.procedure) == ((), "")
        assert len(checked.removed) == 1


@pytest.mark.parametrize("change", [{"page": 99}, {"revision": "Z"}, {"quote": "Something else."}])
def test_what_a_wrong_citation_bears_goes(
    plant: Plant, known: Answer, change: dict[str, object]
) -> None:
    wrong = known.citation(known.causes[0].marker).model_copy(update=change)
    others = tuple(one for one in known.citations if one.marker != wrong.marker)
    alone = known.model_copy(update={"citations": (*others, wrong), "quotes": ()})
    checked = verified(plant, alone)
    assert (checked.causes, checked.code_cards) == ((), ())
    assert checked.status == "unsupported"
    assert "could not be verified" in checked.message


def test_a_note_with_a_number_of_its_own_goes_before_it_is_shown(plant: Plant) -> None:
    said = '{"answerable": true, "causes": [{"id": "A", "note": "Clean it at 99 bar."}], '
    said += '"check": "A", "missing": ""}'
    slot = ModelSlot.filled(ScriptedChatModel(replies=[said]), "scripted", writes_notes=True)
    events = list(plant.assistant(slot).stream(Ask("PR-02 shows E-217"), LOCAL))
    notes = [one.cause.note for one in events if isinstance(one, CauseVerified)]
    assert notes == [None]
    last = events[-1]
    assert last.kind == "answer"
    assert any("99 bar" in one.text for one in last.answer.removed)


def test_hardly_an_altered_answer_slips_through_and_hardly_a_right_one_is_stopped(
    plant: Plant,
) -> None:
    """A sample of what ``python -m tests.soak.mutations`` measures."""
    chance = random.Random(7)
    counted = tally(answers(plant.retriever, 60, chance), plant.retriever, chance)
    facts = counted.share(kind for kind in HARMFUL if kind not in SENSE)
    sense = counted.share(SENSE)
    assert facts is not None
    assert sense is not None
    assert facts >= LEAST - 0.03, counted.misses
    assert sense >= LEAST_SENSE - 0.10, counted.misses
    assert counted.false_share <= MOST_FALSE, counted.misses
