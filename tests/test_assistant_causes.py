"""What speaks for and against causes, their order, the next check, what to verify: by code."""

from __future__ import annotations

import pytest

from assistant.causes.grounds import with_grounds, with_keys
from assistant.causes.limits import readings
from assistant.causes.next_check import next_check
from assistant.causes.reports import concerns, statements
from assistant.causes.service_checks import tail_of
from assistant.causes.settling import Finding, settled
from assistant.messages import Answer, Cause, Citation, Timings
from assistant.question import Ask
from assistant.relevance import Question
from index.access import LOCAL
from index.corpus import BlockKind, Sentence
from index.language import language_of
from tests.conftest import Plant

QUOTE = "E-217 | Oil temperature high, above 62 °C | 1) Cooler C1 blocked 2) Fan M2 does not run"
SYMPTOM = "Oil temperature high, above 62 °C"
COOLER = Cause(
    text="Cooler C1 blocked by dust", remedy="Clean the cooler", symptom=SYMPTOM, marker=1
)
FAN = Cause(text="Fan M2 does not run", remedy="Reset Q11", symptom=SYMPTOM, marker=1)
VALVE = Cause(
    text="Relief valve V20 passes oil", remedy="Check the setting of V20", symptom=SYMPTOM, marker=1
)
AT = "2026-03-01T10:32:11.000+00:00"


def citation(marker: int = 1, quote: str = QUOTE) -> Citation:
    return Citation(
        marker=marker,
        chunk_id=marker,
        revision_id=1,
        document="Press",
        document_number="HP40",
        kind="manual",
        revision="C",
        page=14,
        locator="p. 14",
        section="5.3",
        quote=quote,
    )


def answer(*causes: Cause, report: str = "E-217", quotes: tuple[str, ...] = (QUOTE,)) -> Answer:
    cited = tuple(citation(at, quote) for at, quote in enumerate(quotes, start=1))
    asked = Question(report, lambda _: 1.0)
    keyed = with_keys(causes, cited)
    return settled(
        Answer(
            question=report,
            status="grounded",
            code_status="known",
            asset="PR-02",
            message="",
            is_degraded=False,
            causes=with_grounds(keyed, cited, report, asked, {}, codes=("E-217",)),
            citations=cited,
            timings=Timings(evidence_s=0, total_s=0),
        )
    )


def texts(shown: Answer) -> list[str]:
    return [cause.text.split()[0] for cause in shown.causes]


def key(shown: Answer, word: str) -> str:
    return next(cause.key for cause in shown.causes if word in cause.text)


@pytest.mark.parametrize(
    ("report", "stated"),
    [
        ("the cooler is clean", [("the cooler is clean", "good")]),
        ("cooler is not clean", [("cooler is not clean", "bad")]),
        ("the cooler was not blocked", [("the cooler was not blocked", "good")]),
        ("fan isn't running", [("fan isn't running", "bad")]),
        ("C1 is dusty but M2 is ok", [("C1 is dusty", "bad"), ("M2 is ok", "good")]),
        ("Der Lüfter läuft nicht, der Kühler ist sauber", [(None, "bad"), (None, "good")]),
        ("冷却器很干净，风扇不转", [("冷却器很干净", "good"), ("风扇不转", "bad")]),
        ("is the fan running?", []),
        ("check that the fan runs", []),
        ("noisy when the pump runs", []),
        ("clean or blocked, who knows", []),
        ("风扇M2正常吗？", []),
        ("E-217 on PR-02, ram slow when warm", []),
        ("", []),
        ("\0 \u202e ,,,", []),
    ],
)
def test_only_plain_statements_of_a_report_count(
    report: str, stated: list[tuple[str | None, str]]
) -> None:
    found = statements(report)
    assert [one.state for one in found] == [state for _, state in stated]
    for one, (text, _) in zip(found, stated, strict=True):
        assert one.text == text or (text is None and one.text in report)


@pytest.mark.parametrize(
    ("statement", "cause", "is_about"),
    [
        ("cooler is clean", "Cooler C1 blocked by dust", True),
        ("M2 ok", "Fan M2 does not run", True),
        ("M3 ok", "Fan M2 does not run", False),
        ("pump runs fine", "Pump pressure hose loose", False),
        ("oil filter is new", "Cooler C1 blocked by dust", False),
        ("风扇正常", "风扇M2不转", True),
        ("冷却器正常", "风扇M2不转", False),
    ],
)
def test_a_statement_is_about_a_cause_that_names_the_same_thing(
    statement: str, cause: str, *, is_about: bool
) -> None:
    (said,) = statements(statement)
    assert concerns(said, cause) is is_about


@pytest.mark.parametrize(
    ("report", "fits"),
    [
        ("oil shows 45 °C", [False]),
        ("oil at 71 °C", [True]),
        ("oil at 71,5 °C, hall 30 °C", [True]),
        ("hall at 35 °C", []),
        ("oil above 62 °C", []),
        ("oil at 5 bar", []),
        ("oil", []),
    ],
)
def test_a_value_is_held_against_the_limit_of_the_symptom(report: str, fits: list[bool]) -> None:
    assert [reading.fits for reading in readings(report, SYMPTOM)] == fits


def test_what_the_report_denies_sinks_and_what_it_names_rises() -> None:
    shown = answer(COOLER, VALVE, FAN, report="E-217, cooler is clean, fan M2 does not run")
    assert texts(shown) == ["Fan", "Relief", "Cooler"]
    fan, _, cooler = shown.causes
    assert [(g.origin, g.text) for g in cooler.speaks_against] == [("report", "cooler is clean")]
    assert ("report", "fan M2 does not run") in [(g.origin, g.text) for g in fan.speaks_for]
    assert shown.next_check is not None
    assert shown.next_check.text == "Reset Q11"


def test_a_thing_that_several_causes_have_is_not_taken_for_one_of_them() -> None:
    one = Cause(text="Valve Y31 leaks", remedy="Replace it", symptom="", marker=1)
    other = Cause(text="Valve Y32 leaks", remedy="Clean it", symptom="", marker=1)
    shown = answer(one, other, report="the valve is fine")
    assert all(not cause.speaks_against for cause in shown.causes)


def test_a_word_in_a_denial_does_not_speak_for_the_cause() -> None:
    cooler = answer(COOLER, report="the cooler is clean").causes[0]
    assert all("cooler" not in ground.words for ground in cooler.speaks_for)


def test_a_code_speaks_for_the_causes_of_its_row_only() -> None:
    other = COOLER.model_copy(update={"marker": 2, "text": "Tank empty", "symptom": "Oil low"})
    shown = answer(COOLER, other, report="E-217", quotes=(QUOTE, "E-216 | Oil low | Tank empty"))
    assert [bool(cause.speaks_for) for cause in shown.causes] == [True, False]


def test_a_tick_moves_its_cause_and_undoing_it_gives_back_the_order() -> None:
    before = answer(COOLER, FAN, VALVE)
    ok, bad = Finding("ok", "ada", AT), Finding("not_ok", "ada", AT)
    sunk = settled(before, {key(before, "Cooler"): ok})
    assert texts(sunk) == ["Fan", "Relief", "Cooler"]
    assert sunk.causes[-1].speaks_against[-1].text == (
        "Checked and in order (ada, 2026-03-01 10:32 UTC)"
    )
    both = settled(before, {key(before, "Cooler"): ok, key(before, "Relief"): bad})
    assert texts(both) == ["Relief", "Fan", "Cooler"]
    assert both.causes[0].state == "found"
    assert both.next_check is not None
    assert both.next_check.text == "Check the setting of V20"
    assert settled(before, {}).causes == before.causes


def test_a_tick_of_another_answer_changes_nothing() -> None:
    before = answer(COOLER, FAN)
    assert settled(before, {"no such key": Finding("ok", "ada", AT)}) == before


def test_an_answer_of_an_older_version_is_left_as_it_is() -> None:
    old = answer().model_copy(update={"causes": (COOLER, FAN)})
    assert settled(old, {"": Finding("ok", "ada", AT)}) == old


def test_when_everything_was_in_order_there_is_no_next_check() -> None:
    before = answer(COOLER, FAN)
    found = {cause.key: Finding("ok", "ada", AT) for cause in before.causes}
    assert settled(before, found).next_check is None


def test_the_next_check_is_the_one_that_splits_the_open_causes_best() -> None:
    rows = (("Screaming noise", 1, 3), ("Hissing noise", 2, 1), ("Pump hums", 3, 1))
    causes = [
        Cause(text=f"{symptom} {n}", remedy=f"Replace {n}", symptom=symptom, marker=marker)
        for symptom, marker, number in rows
        for n in range(number)
    ]
    shown = answer(*causes, report="noise", quotes=tuple(symptom for symptom, _, _ in rows))
    check = shown.next_check
    assert check is not None
    assert (check.kind, check.text) == ("symptom", "Screaming noise")  # 3 of 5 is nearest to half
    assert "3 of 5" in check.why
    unseen = settled(shown, {check.key: Finding("ok", "ada", AT)})
    assert [cause.state for cause in unseen.causes] == ["open"] * 2 + ["in_order"] * 3
    seen = settled(shown, {check.key: Finding("not_ok", "ada", AT)})
    assert [cause.symptom for cause in seen.causes][:3] == ["Screaming noise"] * 3
    assert seen.next_check is not None
    assert seen.next_check.kind == "cause"


def test_a_check_of_a_part_decides_every_cause_in_that_part() -> None:
    sticks = Cause(text="V20 sticks", remedy="Replace the spool", symptom=SYMPTOM, marker=1)
    shown = answer(COOLER, FAN, sticks, VALVE)
    assert shown.next_check is not None
    assert shown.next_check.text == "Check the setting of V20"
    assert "2 of 4" in shown.next_check.why


def test_among_equals_a_look_comes_before_an_exchange() -> None:
    replace = Cause(text="Sensor defective", remedy="Replace B2", symptom=SYMPTOM, marker=1)
    shown = answer(replace, COOLER, VALVE)
    assert shown.next_check is not None
    assert shown.next_check.text == "Check the setting of V20"
    assert "looks or measures" in shown.next_check.why


def test_without_causes_there_is_nothing_to_check() -> None:
    assert next_check([], "en") is None


def sentences(*kinds: BlockKind) -> list[Sentence]:
    return [Sentence(f"text {at}", kind, 1) for at, kind in enumerate(kinds)]


@pytest.mark.parametrize(
    ("kinds", "tail"),
    [
        (("step", "step", "paragraph", "paragraph"), (2, 0)),
        (("step", "paragraph", "row", "paragraph"), (3, 2)),
        (("paragraph", "step"), None),
        (("paragraph",), None),
        ((), None),
    ],
)
def test_the_end_of_a_procedure_is_the_prose_behind_its_last_step(
    kinds: tuple[BlockKind, ...], tail: tuple[int, int] | None
) -> None:
    assert tail_of(sentences(*kinds)) == tail


def ask(plant: Plant, question: str) -> Answer:
    return plant.assistant().ask(Ask(question, use_model=False), LOCAL)


def test_what_a_cited_section_ends_with_stands_verbatim_under_its_warnings(plant: Plant) -> None:
    shown = ask(plant, "E-217 on PR-02")
    checks = {check.section[:3]: check for check in shown.service_checks}
    assert set(checks) == {"8.4", "8.5", "8.6"}
    (last,) = checks["8.4"].sentences
    assert last.text.startswith("Last check: run for 30 min in production")
    assert shown.citation(last.marker).page == 23
    assert shown.citation(last.marker).quote == last.text
    told = [notice.text for notice in (*shown.safety, *checks["8.4"].safety)]
    assert any("Fan starts by itself" in text for text in told)
    cooler = next(cause for cause in shown.causes if "Cooler" in cause.text)
    assert checks["8.4"].causes == (cooler.key,)


def test_the_end_of_the_steps_is_what_is_verified_after_them(plant: Plant) -> None:
    shown = ask(plant, "How do I set the tension of the main belt on LT-01?")
    (check,) = shown.service_checks
    assert check.causes == ()
    assert [one.text for one in check.sentences] == [step.text for step in shown.steps[-2:]]


def test_a_refusal_and_an_unknown_code_have_no_diagnosis(plant: Plant) -> None:
    for question in ("E-9999 on PR-02", "how do I bypass the light curtain on PR-02?"):
        shown = ask(plant, question)
        assert (shown.causes, shown.service_checks, shown.gaps, shown.next_check) == (
            (),
            (),
            (),
            None,
        )


def test_what_is_missing_is_the_machine_and_the_serial_number(plant: Plant) -> None:
    gaps = " ".join(ask(plant, "E-217").gaps)
    assert "The machine: none is chosen" in gaps
    assert "HP40-MM-EN applies to 4001–4999 only" in gaps
    assert ask(plant, "E-217 on PR-02").gaps == ()


def test_what_is_missing_of_a_noise_is_the_code_and_which_noise_it_is(plant: Plant) -> None:
    gaps = " ".join(ask(plant, "PR-02 hydraulic pump is noisy").gaps)
    assert "The code on the display" in gaps
    assert "different symptoms" in gaps


def test_every_citation_of_the_diagnosis_is_among_those_of_the_answer(plant: Plant) -> None:
    shown = ask(plant, "E-217 on PR-02, ram slow when warm, the cooler is clean")
    markers = [ground.marker for cause in shown.causes for ground in cause.speaks_for]
    for marker in filter(None, markers):
        assert shown.citation(marker).quote
    section = [g for c in shown.causes for g in c.speaks_for if g.text.startswith("Do this work")]
    assert [ground.words for ground in section] == [("E-217",)]


@pytest.mark.parametrize(
    "question", ["E-217 auf PR-02, was tun?", "PR-02 显示 E-217，油温高怎么办？"]
)
def test_the_reason_is_in_the_language_of_the_question(plant: Plant, question: str) -> None:
    check = ask(plant, question).next_check
    assert check is not None
    assert language_of(check.why) in ("de", "zh")
