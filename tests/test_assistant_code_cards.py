"""One card a code, however many rows its table has."""

from __future__ import annotations

from assistant.code_cards import merge_cards, pair
from assistant.messages import CodeCard


def card(cause: str, remedy: str, meaning: str = "Oil hot", marker: int = 1) -> CodeCard:
    return CodeCard(
        code="E-217",
        kind="alarm",
        device="HP-40",
        component="",
        meaning=meaning,
        causes=(cause,),
        remedies=(remedy,),
        is_exact=True,
        marker=marker,
    )


def test_the_rows_of_one_code_become_one_card_in_their_order() -> None:
    rows = [card("cooler", "clean"), card("fan", "reset", marker=2), card("fan", "replace")]
    (merged,) = merge_cards(rows)
    assert merged.causes == ("cooler", "fan")
    assert merged.remedies == ("clean", "reset", "replace")
    assert merged.marker == 1


def test_a_code_that_means_two_things_keeps_two_cards() -> None:
    rows = [card("cooler", "clean"), card("fuse", "replace", meaning="Supply low")]
    assert [c.meaning for c in merge_cards(rows)] == ["Oil hot", "Supply low"]


def test_causes_stand_beside_their_remedies_only_where_there_are_as_many() -> None:
    assert pair(("a", "b"), ("1", "2")) == [("a", "1"), ("b", "2")]
    assert pair(("a", "b"), ("1",)) == [("a", "1"), ("b", "1")]
    assert pair(("a",), ("1", "2")) == [("a", "1 / 2")]
    assert pair((), ("1", "2")) == [("1", ""), ("2", "")]
    assert pair(("a",), ()) == [("a", "")]
