"""Numbers with units, and the language of a text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.language import is_chinese, language_of
from index.quantities import quantities


def values(text: str) -> list[tuple[float, str]]:
    return [(q.value, q.dimension) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("85 N·m", (85, "torque")),
        ("85N·m", (85, "torque")),
        ("85 N*m", (85, "torque")),
        ("85 N m", (85, "torque")),
        ("85 Nm.", (85, "torque")),
        ("1.2 kN·m", (1200, "torque")),
        ("1.2 kNm", (1200, "torque")),
        ("85 N", (85, "force")),
        ("1.5 bar", (1.5, "pressure")),
        ("1,5 bar", (1.5, "pressure")),
        ("150 kPa", (1.5, "pressure")),
        ("0.15 MPa", (1.5, "pressure")),
        ("40 µm", (0.04, "length")),  # micro sign
        ("40 μm", (0.04, "length")),  # Greek letter
        ("40 um", (0.04, "length")),
        ("50 Ω", (50, "resistance")),  # Greek letter
        ("50 \u2126", (50, "resistance")),  # ohm sign
        ("5 kΩ", (5000, "resistance")),
        ("-5 °C", (-5, "temperature")),
        ("20℃", (20, "temperature")),
        ("±0.05 mm", (0.05, "length")),
        ("10 l/min", (10, "flow")),
        ("1475 rpm", (1475, "speed")),
        ("1475 min-1", (1475, "speed")),
        ("３０ｓ", (30, "time")),
        ("2 h", (7200, "time")),
        ("12 mA", (0.012, "current")),
        ("7", (7, "")),
        ("10 mm/s", (10, "")),
        ("12 VDC", (12, "")),
    ],
)
def test_a_quantity_is_brought_to_one_unit(text: str, expected: tuple[float, str]) -> None:
    assert values(text) == [pytest.approx(expected)]


@pytest.mark.parametrize("text", ["3-5 bar", "3 - 5 bar", "3–5 bar", "3 to 5 bar"])
def test_both_ends_of_a_range_are_found_and_the_unit_stays_with_the_last(text: str) -> None:
    assert values(text) == [(3, ""), (5, "pressure")]


@pytest.mark.parametrize("text", ["E-217", "HP40-2201-01", "PR-02", "V1", "B10", "X1.5"])
def test_codes_and_tags_are_no_quantities(text: str) -> None:
    assert values(text) == []


def test_numbers_of_a_sentence_come_in_its_order() -> None:
    text = "Tighten the 4 bolts to 85 N·m (HP-40S: 95 N·m) at 20 °C."
    assert values(text) == [(4, ""), (85, "torque"), (95, "torque"), (20, "temperature")]


@settings(max_examples=60, deadline=None)
@given(st.decimals(0, 10_000, places=2, allow_nan=False))
def test_ten_bar_are_one_megapascal_whatever_the_number(number: object) -> None:
    (in_bar,) = quantities(f"{number} bar")
    (in_pascal,) = quantities(f"{float(str(number)) / 10:.3f} MPa")
    assert in_bar.dimension == in_pascal.dimension == "pressure"
    assert in_bar.value == pytest.approx(in_pascal.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("油温高怎么办", True),
        ("PR-02 报警代码 E-217 是什么意思", True),
        ("HP-40 过流", True),
        ("过", False),
        ("The pump 泵 is loud", False),
        ("The label on the left door of the cabinet reads 过流", False),
        ("", False),
        ("E-217", False),
    ],
)
def test_chinese_is_told_from_texts_that_quote_it(text: str, expected: bool) -> None:
    assert is_chinese(text) is expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The pump is loud and the oil is hot.", "en"),
        ("Die Pumpe ist laut und das Öl wird nicht kalt.", "de"),
        ("La pompe est dans le bâti et ne tourne pas.", "fr"),
        ("El motor no es para la bomba de los filtros.", "es"),
        ("液压泵噪声大", "zh"),
        ("E-217", "en"),
        ("", "en"),
        ("DIE PUMPE IST NICHT DICHT", "de"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(text) == language
