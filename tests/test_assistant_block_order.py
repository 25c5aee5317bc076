"""Follow-ups show known blocks first and in their old order, so that prompts begin alike."""

from __future__ import annotations

from assistant.block_order import BlockOrder


def test_the_first_turn_shows_the_best_first() -> None:
    assert BlockOrder().order("c", ["x", "y", "z"], 2) == (0, 1)


def test_a_follow_up_keeps_the_order_and_appends_what_is_new() -> None:
    subject = BlockOrder()
    subject.order("c", ["x", "y", "z"], 8)
    assert subject.order("c", ["new", "z", "y", "x"], 8) == (3, 2, 1, 0)
    assert subject.order("c", ["z", "x", "y", "new"], 8) == (1, 2, 0, 3)


def test_a_block_that_is_gone_is_passed_over() -> None:
    subject = BlockOrder()
    subject.order("c", ["x", "y", "z"], 8)
    assert subject.order("c", ["z", "x"], 8) == (1, 0)


def test_conversations_do_not_share_an_order_and_none_is_remembered_without() -> None:
    subject = BlockOrder()
    subject.order("c", ["x", "y"], 8)
    assert subject.order("other", ["y", "x"], 8) == (0, 1)
    subject.order("", ["x", "y"], 8)
    assert subject.order("", ["y", "x"], 8) == (0, 1)


def test_old_conversations_are_forgotten() -> None:
    subject = BlockOrder()
    subject.order("first", ["x", "y"], 8)
    for number in range(500):
        subject.order(str(number), ["x"], 8)
    assert subject.order("first", ["y", "x"], 8) == (0, 1)
