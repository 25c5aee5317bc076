"""Numbers with points, commas and thousands separators."""

from __future__ import annotations

import pytest

from ingest.decimals import Mark, NumberSurvey, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1.234.567,89", 1234567.89),
        ("1 234,5", 1234.5),
        ("\u00a01\u00a0234", 1234),
        ("-3", -3),
        ("+3", 3),
        ("1e3", 1000),
        ("", None),
        ("PM01", None),
        ("12 h", None),
        ("1,2,3", None),
        ("1e999", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_numbers_with_points_commas_and_thousands(text: str, number: float | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["2,5", "1,440"], ","),
        (["2.5", "1,440"], "."),
        (["1,234,567"], "."),
        (["1.234.567"], ","),
        (["1.234,5"], ","),
        (["0,125"], ","),
        (["1,440", "2,880"], ""),
        (["12", "", "PM01"], ""),
    ],
)
def test_a_column_tells_its_decimal_mark(values: list[str], mark: Mark) -> None:
    survey = NumberSurvey()
    for value in values:
        survey.add(value)
    assert survey.mark() == mark


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1,440", ".", 1440),
        ("1,440", ",", 1.44),
        ("1,440", "", None),
        ("1.440", ",", 1440),
        ("1.440", ".", 1.44),
        ("0,125", "", 0.125),
        ("2,5", "", 2.5),
    ],
)
def test_the_mark_decides_a_number_that_may_mean_two(
    text: str, mark: Mark, number: float | None
) -> None:
    assert parse_number(text, mark) == number
