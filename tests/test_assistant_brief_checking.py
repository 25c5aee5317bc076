"""Which sentences of a language model stand up against computed statements."""

from __future__ import annotations

import pytest

from assistant.analytics.brief.checking import sentences, stands_up, supported

STATEMENTS = (
    "There were 37 failures in October 2026, 4 fewer than in the period before (41).",
    "PR-02 stood still the longest: 212.4 h in 12 failures.",
    "Of its stops, 96.5 h were for the cause “pump worn”.",
    "The recorded cost was 12,345.60 EUR.",
    "Part P-0815 will be short: stock 2 pieces, 5 pieces are expected to be used in 90 days.",
)


@pytest.mark.parametrize(
    "sentence",
    [
        "In October 2026 there were 37 failures.",
        "PR-02 stood still for 212.4 hours.",
        "PR-02 had 12 failures and stood still the longest.",
        "The cost was 12345.60 EUR.",
        "Failures were 4 fewer than in the period before.",
        "Part P-0815 has a stock of 2 pieces.",
        "The cause “pump worn” took 96.5 h.",
    ],
)
def test_what_a_statement_holds_stands_up(sentence: str) -> None:
    assert stands_up(sentence, STATEMENTS)


@pytest.mark.parametrize(
    "sentence",
    [
        "There were 38 failures in October 2026.",  # another number
        "PR-02 stood still for 12 h.",  # the number of something else
        "PR-02 had 212.4 failures.",
        "PR-03 stood still for 212.4 h.",  # another machine
        "There were 37 failures in September 2026.",  # another month: a name of the statement
        "Failures rose by 4.",  # the other direction
        "There were twice as many failures as before.",  # a number in words
        "About half of the stops were for the cause “pump worn”.",
        "The recorded cost was 12,345.60 USD.",
        "The recorded cost was 12.35 EUR.",
        "You should order 5 pieces of P-0815.",  # advice
        "PR-02 stood still because of the pump.",  # a reason
        "There were no failures.",
        "停机增加了一半。",
        "E-417 was the most frequent alarm.",
    ],
)
def test_what_no_single_statement_holds_does_not(sentence: str) -> None:
    assert not stands_up(sentence, STATEMENTS)


def test_numbers_of_two_statements_make_no_sentence() -> None:
    assert not stands_up("PR-02 stood still for 212.4 h and cost 12,345.60 EUR.", STATEMENTS)


def test_a_point_in_a_number_ends_no_sentence() -> None:
    assert sentences("It took 2.5 h. Then 3 h!") == ["It took 2.5 h.", "Then 3 h!"]


def test_what_is_dropped_is_counted() -> None:
    text = "There were 37 failures in October 2026. There were 99 failures in all."
    assert supported(text, STATEMENTS) == ("There were 37 failures in October 2026.", 1)
