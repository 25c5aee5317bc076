"""What a language model states must stand in the source."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.verification import unsupported


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Tighten to 5 N·m.", "Torque 5 Nm"),
        ("Tighten to 5Nm.", "Torque 5 N·m"),
        ("Set 1,5 bar", "Set 1.5 bar"),
        ("Set 150 kPa", "Set 1.5 bar"),
        ("about 0.5 m", "500 mm"),
        ("70 °C is too hot", "above 70 ℃"),
        ("5 to 10 bar", "from 5 to 10 bar"),
        ("5-10 bar", "from 5-10 bar"),
        ("see E217", "see E-217"),
        ("see e-217", "see Ｅ－２１７"),
        ("replace HP40-2217-03.", "Replace the element HP40-2217-03, section 8.2"),
        ("the fan M2", "Fan M2 does not run"),
        ("拧紧到85牛米", "拧紧力矩85牛米"),
        ("报警E-217", "E-217"),
        ("压力5bar", "5 bar"),
        ("do not reset", "Never reset before it is cold"),
        ("the cooler is blocked by dust", "anything"),
        ("", ""),
    ],
)
def test_what_stands_in_the_source_is_not_held_against_a_text(text: str, source: str) -> None:
    assert unsupported(text, source) == []


@pytest.mark.parametrize(
    ("text", "source", "invented"),
    [
        ("Tighten to 6 N·m.", "Torque 5 Nm", "6 Nm"),
        ("Tighten to 50 Nm.", "Torque 5 Nm", "50 Nm"),
        ("Set 5 bar", "after 5 s", "5 bar"),
        ("Set 5 bar", "Set 5", "5 bar"),
        ("Set 1.5 bar", "Set 15 bar", "1.5 bar"),
        ("wait 30", "wait 20 min", "30"),
        ("-5 °C", "5 °C", "-5 °C"),
        ("set it to 5-99 bar", "set it to 5 bar", "5-99 bar"),
        ("a gap of .5", "a gap of 1", ".5"),
        ("turn it by 3/4", "turn it by 1/2", "3/4"),
        ("see E-999", "see E-217", "E-999"),
        ("see A-12", "see A-13", "A-12"),
        ("on PR-03", "on PR-02", "PR-03"),
        ("the fan M3", "Fan M2 does not run", "M3"),
        ("order HP40-2217-04", "order HP40-2217-03", "HP40-2217-04"),
        ("code 0x2F", "code 0x1D", "0x2F"),
        ("报警E-999", "报警E-217", "E-999"),
        ("压力99bar", "压力5bar", "99bar"),
        ("拧紧到99牛米", "85 N·m", "99牛米"),
        ("拧紧到９９ N·m", "85 N·m", "99 Nm"),
        ("Do not clean it", "Clean it", "not"),
        ("It doesn't matter", "It matters", "n't"),
        ("不要打开", "打开", "不"),
    ],
)
def test_what_is_not_in_the_source_is_found(text: str, source: str, invented: str) -> None:
    assert invented in unsupported(text, source)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99999), st.sampled_from(["bar", "N·m", "mm", "°C", "l/min", "V", ""]))
def test_a_number_is_supported_by_itself_and_not_by_the_next(number: int, unit: str) -> None:
    text = f"Set it to {number} {unit}."
    assert unsupported(text, f"limit: {number} {unit}") == []
    assert unsupported(text, f"limit: {number + 1} {unit}") != []
