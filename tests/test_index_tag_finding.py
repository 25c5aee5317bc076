"""Tags of assets in questions: any spelling, and nothing that only looks like one."""

from __future__ import annotations

import pytest

from index.tag_finding import find_tags

TAGS = ("PR-03", "PR-03-M1", "KP-3", "KP-03", "P104A", "12", "4117")


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("PR-03 leaks", {"PR-03"}),
        ("pr 03 leaks", {"PR-03"}),
        ("pr03 leaks", {"PR-03"}),
        ("ＰＲ－０３ leaks", {"PR-03"}),
        ("PR\u201303 leaks", {"PR-03"}),
        ("PR-3 leaks", {"PR-03"}),  # zero padding
        ("PR-003 leaks", {"PR-03"}),
        ("PR-03停机", {"PR-03"}),
        ("the motor PR-03-M1", {"PR-03-M1"}),
        ("PR-03 and its motor PR-03-M1", {"PR-03", "PR-03-M1"}),
        ("KP-3", {"KP-3"}),  # both exist: each is its own
        ("kp03", {"KP-03"}),
        ("KP-003", {"KP-3", "KP-03"}),
        ("p-104a", {"P104A"}),
        ("asset 12", {"12"}),
        ("machine 4117 stopped", {"4117"}),
        # Not tags
        ("line 12 stopped", set()),
        ("12 bar", set()),
        ("PR-030", set()),
        ("XPR-03", set()),
        ("PR-0 3 bar", set()),  # a run of digits is not cut
        ("pressure 03", set()),
        ("", set()),
    ],
)
def test_a_tag_is_found_in_any_spelling(question: str, named: set[str]) -> None:
    assert set(find_tags(question, TAGS)) == named


def test_the_places_are_those_of_the_spelling() -> None:
    question = "why does ｐｒ ３ leak"
    ((tag, places),) = find_tags(question, ["PR-03"]).items()
    assert tag == "PR-03"
    assert "".join(question[i] for i in sorted(places)) == "ｐｒ ３"
