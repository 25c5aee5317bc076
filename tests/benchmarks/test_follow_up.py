"""The default CPU model: a whole diagnosis, and a follow-up that begins as the question before.

``FAULTBOOK_BENCH_HOME`` names a home with the sample plant, as ``make demo`` builds it; it is only
read, but for conversations.
"""

from __future__ import annotations

import os
import statistics
from pathlib import Path

import pytest

from assistant.messages import Answer
from index.access import LOCAL
from tests.components import missing
from ui.wiring import Services, open_services

pytestmark = [pytest.mark.benchmark, pytest.mark.model]

# A question whose causes the model orders, and one that leans on it.
TALKS = (
    ("E-217 on PR-02, oil 64", "why is it only warm after lunch?"),
    ("E-142 on PR-01 since the break", "what if it is the seat valve?"),
    ("E-226 on PR-02", "and what if it comes again after the restart?"),
)
MEDIAN_GOAL_S = 15.0
RATIO_GOAL = 0.3


def test_a_whole_diagnosis_and_a_follow_up() -> None:
    home = os.environ.get("FAULTBOOK_BENCH_HOME", "")
    if not home:
        missing("A home with the sample plant", "Name it in FAULTBOOK_BENCH_HOME.")
    opened = open_services(Path(home))
    assert opened.model_slot.wait(300)
    warm = ask(opened, opened.records.open_conversation(LOCAL), "E-101 on PR-02")
    print(f"\n{warm.model}, warmed up")
    totals, ratios = [], []
    for first, follow_up in TALKS:
        talk = opened.records.open_conversation(LOCAL)
        one, two = ask(opened, talk, first), ask(opened, talk, follow_up)
        for answer in (one, two):
            times = answer.timings
            evidence, item = times.evidence_s, times.first_item_s
            print(
                f"{answer.question!r}: {len(answer.causes)} causes, evidence {evidence:.2f} s, "
                f"first item {item} s, whole {times.total_s:.1f} s {answer.degraded_reason}"
            )
            if item is not None:
                totals.append(times.total_s)
        if one.timings.first_item_s and two.timings.first_item_s:
            ratios.append(two.timings.first_item_s / one.timings.first_item_s)
    print(f"whole, median: {statistics.median(totals):.1f} s (goal {MEDIAN_GOAL_S})")
    print(f"follow-up to first: {[round(r, 2) for r in ratios]} (goal {RATIO_GOAL})")
    assert statistics.median(totals) <= MEDIAN_GOAL_S
    assert statistics.median(ratios) <= RATIO_GOAL


def ask(opened: Services, talk: str, question: str) -> Answer:
    turn = opened.jobs.start(LOCAL, talk, question, None)
    *_, last = opened.jobs.follow(LOCAL, turn)
    return last.answer  # type: ignore[union-attr]
