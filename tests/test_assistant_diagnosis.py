"""The model points at causes; what else it writes is verified, dropped or fails the run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.diagnosis import MOST_BLOCKS, Diagnosis, schema
from assistant.errors import GenerationFailed
from assistant.llm.scripted import ScriptedChatModel
from assistant.messages import Cause, Removed

CAUSES = (
    Cause(text="Cooler blocked", remedy="Clean it", symptom="Oil hot, above 62 °C", marker=1),
    Cause(text="Fan M2 does not run", remedy="Reset Q11", symptom="Oil hot", marker=1),
    Cause(text="Sensor B2 wrong", remedy="Compare", symptom="Oil hot", marker=2),
)


def reply(causes: list[Any], check: str = "none", missing: str | None = None) -> str:
    said: dict[str, Any] = {"answerable": True, "causes": causes, "check": check}
    if missing is not None:
        said["missing"] = missing
    return json.dumps(said, separators=(",", ":"))


def noted(letter: str, note: str) -> dict[str, str]:
    return {"id": letter, "note": note}


def diagnosis(notes: bool = False, causes: tuple[Cause, ...] = CAUSES) -> Diagnosis:
    return Diagnosis("Oil is hot on PR-02, E-217", "HP-40", causes, [], notes)


def run(subject: Diagnosis, text: str) -> list[Cause]:
    model = ScriptedChatModel(replies=[text])
    return list(subject.run(model, first_token_s=30, next_token_s=30))


def texts(causes: list[Cause] | tuple[Cause, ...]) -> list[str]:
    return [cause.text.split()[0] for cause in causes]


@pytest.mark.parametrize("cut", range(1, 12))
def test_pointers_are_found_wherever_the_stream_is_cut(cut: int) -> None:
    """The scripted model cuts every seven characters; blanks move the cut through the list."""
    subject = diagnosis()
    text = " " * cut + reply(["C", "A"], "B")
    assert texts(run(subject, text)) == ["Sensor", "Cooler"]
    assert subject.closing is not None
    assert subject.closing.check == 1


def test_a_cause_comes_before_the_answer_is_whole() -> None:
    model = ScriptedChatModel(replies=[reply(["C", "A"]) + " " * 70 + "rubbish"])
    events = diagnosis().run(model, first_token_s=30, next_token_s=30)
    assert next(events).marker == 2
    assert next(events).marker == 1
    with pytest.raises(GenerationFailed):
        next(events)


def test_a_letter_counts_once_and_an_unknown_one_not_at_all() -> None:
    assert texts(run(diagnosis(), reply(["B", "B", "Z", "A"]))) == ["Fan", "Cooler"]


def test_the_model_orders_and_never_narrows() -> None:
    subject = diagnosis()
    named = run(subject, reply(["C"]))
    assert texts(subject.ranked(named)) == ["Sensor", "Cooler", "Fan"]


def test_causes_of_one_row_with_the_same_words_are_all_kept() -> None:
    twins = tuple(CAUSES[0].model_copy(update={"remedy": remedy}) for remedy in ("Clean", "Swap"))
    subject = diagnosis(causes=twins)
    ranked = subject.ranked(run(subject, reply(["B"])))
    assert [cause.remedy for cause in ranked] == ["Swap", "Clean"]


def test_causes_beyond_the_blocks_that_the_model_saw_are_kept() -> None:
    many = tuple(CAUSES[0].model_copy(update={"text": f"Cause {n}"}) for n in range(12))
    subject = diagnosis(causes=many)
    model = ScriptedChatModel(replies=[reply(["H"])])
    named = list(subject.run(model, first_token_s=30, next_token_s=30))
    assert [cause.text for cause in named] == ["Cause 7"]
    assert len(subject.ranked(named)) == 12
    assert f"Cause {MOST_BLOCKS}" not in str(model.asked[0][-1].content)


def test_a_model_that_names_nothing_leaves_the_order_as_it_is() -> None:
    subject = diagnosis()
    named = run(subject, reply([]))
    assert named == []
    assert subject.ranked(named) == CAUSES


@pytest.mark.parametrize(
    ("check", "position"),
    [('"A"', 0), ('"C"', 2), ('"none"', None)],
)
def test_the_first_check_is_a_position_or_none(check: str, position: int | None) -> None:
    subject = diagnosis()
    run(subject, reply(["A"]).replace('"none"', check))
    assert subject.closing is not None
    assert subject.closing.check == position


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I think it is the cooler.",
        "[]",
        "null",
        '"A"',
        "{}",
        '{"answerable":true,"causes":["A"]}',
        '{"answerable":true,"causes":["A"],"check":"none"',
        reply(["A"]) + reply(["B"]),
        reply(["A"]).replace('"none"', '""'),
        reply(["A"]).replace('"none"', '"AB"'),
        reply(["A"]).replace('"none"', '"Z"'),
        reply(["A"]).replace('"none"', "null"),
        reply(["A"]).replace('"none"', "[1]"),
        "```json\n" + reply(["A"]) + "\n```",
        "[" * 100_000,
    ],
)
def test_what_is_not_the_json_asked_for_fails_the_run(text: str) -> None:
    subject = diagnosis()
    with pytest.raises(GenerationFailed):
        run(subject, text)
    assert subject.closing is None


@pytest.mark.parametrize(
    "note", [r"a \x escape", "a raw\nline break", r"half \u12", r"half a pair \ud800"]
)
def test_a_note_that_is_no_json_string_fails_the_run(note: str) -> None:
    text = reply([noted("A", "NOTE")], missing="").replace("NOTE", note)
    with pytest.raises(GenerationFailed):
        run(diagnosis(notes=True), text)


def test_a_note_that_the_passage_bears_out_is_kept() -> None:
    subject = diagnosis(notes=True)
    (cause,) = run(subject, reply([noted("A", "Oil is above 62 °C on PR-02.")], missing=""))
    assert cause.note == "Oil is above 62 °C on PR-02."
    assert subject.removed == []


@pytest.mark.parametrize(
    ("note", "invented"),
    [
        ("Oil is above 95 °C.", "95 °C"),
        ("See E-999.", "E-999"),
        ("Tighten to 20 N·m", "20 Nm"),
        ("Order HP40-2231-01", "HP40-2231-01"),
        ("Do not clean the cooler", "not"),
    ],
)
def test_a_note_with_anything_invented_is_removed_and_counted(note: str, invented: str) -> None:
    subject = diagnosis(notes=True)
    (cause,) = run(subject, reply([noted("A", note)], missing=""))
    assert cause == CAUSES[0]
    reason = f"not in the cited passage: {invented}"
    assert subject.removed == [Removed(text=note, reason=reason)]


def test_a_note_is_held_against_its_own_block_only() -> None:
    subject = diagnosis(notes=True)
    (cause,) = run(subject, reply([noted("C", "M2 is still")], missing=""))
    assert cause.note is None
    assert len(subject.removed) == 1


def test_brackets_and_quotes_in_a_note_do_not_end_the_list() -> None:
    subject = diagnosis(notes=True)
    causes = [noted("A", 'Oil "hot" ]}, see {this'), noted("B", "Oil hot")]
    named = run(subject, reply(causes, missing=""))
    assert texts(named) == ["Cooler", "Fan"]
    assert named[0].note == 'Oil "hot" ]}, see {this'


def test_an_empty_note_is_none() -> None:
    (cause,) = run(diagnosis(notes=True), reply([noted("A", "  ")], missing=""))
    assert cause.note is None


@pytest.mark.parametrize(
    ("said", "kept", "removed"),
    [
        ("the oil level", "the oil level", 0),
        ("None", "", 0),
        ("n/a", "", 0),
        ("is it above 62 °C", "", 1),
    ],
)
def test_what_is_missing_may_state_nothing_new(said: str, kept: str, removed: int) -> None:
    subject = diagnosis(notes=True)
    run(subject, reply([noted("A", "")], missing=said))
    assert subject.closing is not None
    assert subject.closing.missing == kept
    assert len(subject.removed) == removed


def test_the_model_is_shown_every_block_with_its_letter_and_the_machine() -> None:
    model = ScriptedChatModel(replies=[reply(["A"])])
    list(diagnosis().run(model, first_token_s=30, next_token_s=30))
    shown = str(model.asked[0][-1].content)
    assert "A: Oil hot, above 62 °C: Cooler blocked -> Clean it\nB: Oil hot: Fan M2" in shown
    assert "<machine>HP-40</machine>" in shown
    assert "<question>Oil is hot on PR-02, E-217</question>" in shown


def test_a_long_block_is_cut() -> None:
    long = CAUSES[0].model_copy(update={"text": "x" * 5000})
    model = ScriptedChatModel(replies=[reply(["A"])])
    list(diagnosis(causes=(long, CAUSES[1])).run(model, first_token_s=30, next_token_s=30))
    assert len(str(model.asked[0][-1].content)) < 600


@pytest.mark.parametrize("with_notes", [True, False])
def test_the_schema_lets_the_model_say_nothing_but_letters_and_bounded_notes(
    with_notes: bool,
) -> None:
    asked = schema("AB", with_notes=with_notes)
    causes = asked["properties"]["causes"]
    letter = causes["items"]["properties"]["id"] if with_notes else causes["items"]
    assert letter["enum"] == ["A", "B"]
    assert causes["maxItems"] == 2
    assert asked["properties"]["check"]["enum"] == ["A", "B", "none"]
    assert asked["required"] == list(asked["properties"])
    assert asked["additionalProperties"] is False
    assert ("missing" in asked["properties"]) is with_notes
