"""Proposals of what short forms stand for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from index.term_mining import Proposal, abbreviates, propose, stated
from tests.components import bench_folder

TICKETS = [
    *["replace left front gearbox seal on conveyor"] * 4,
    *["repl left front gearbox seal on conveyor"] * 6,
    *["park brake does not release"] * 4,
    *["p/brake does not release"] * 5,
    *["guard of the gearbox loose"] * 6,
    *["gaurd of the gearbox loose"] * 2,
    *["gearboxes loose"] * 2,
    *["prsr low at the pump, pressure low at the pump"] * 4,
    "oil cooler leaks",
]


def _of(proposals: list[Proposal]) -> dict[str, tuple[str, str]]:
    return {p.short: (p.long, p.kind) for p in proposals}


def test_short_forms_are_found_by_their_letters_and_their_neighbours() -> None:
    found = _of(propose(TICKETS))
    assert found["repl"] == ("replace", "common")
    assert found["p/brake"] == ("park brake", "common")
    assert found["prsr"] == ("pressure", "abbreviation")
    assert found["gaurd"] == ("guard", "misspelling")


def test_right_words_are_not_proposed() -> None:
    assert not set(_of(propose(TICKETS))) & {"gearboxes", "left", "front", "oil", "leaks", "on"}


def test_what_manuals_spell_is_no_misspelling() -> None:
    texts = ["clean the filter"] * 9 + ["open the filler"] * 2 + ["turn the fylter"] * 2
    assert _of(propose(texts))["fylter"] == ("filter", "misspelling")
    assert "fylter" not in _of(propose(texts, right={"fylter"}))


def test_a_code_is_never_taken_for_another_nor_a_unit_for_a_word() -> None:
    texts = ["stop with e-231, 5 mm magnet gap"] * 9 + ["stop with e-321, mm ma mixed at"] * 3
    assert propose(texts) == []


def test_a_proposal_says_how_often_and_where() -> None:
    (proposal,) = [p for p in propose(TICKETS) if p.short == "p/brake"]
    assert proposal.count == 5
    assert proposal.examples == ("p/brake does not release",) * 2
    assert 0 < proposal.score <= 1


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("The programmable logic controller (PLC) stops.", "plc", "programmable logic controller"),
        ("Check the heat exchanger (HX) daily.", "hx", "heat exchanger"),
        ("主轴编码器（spindle encoder）故障", "主轴编码器", "spindle encoder"),
        ("Check the ball screw (滚珠丝杠).", "滚珠丝杠", "check the ball screw"),
    ],
)
def test_what_a_text_defines_in_brackets_is_taken(text: str, short: str, long: str) -> None:
    (proposal,) = stated([text, text])
    assert (proposal.short, proposal.count) == (short, 2)
    assert proposal.long.endswith(long.removeprefix("check the "))


@pytest.mark.parametrize(
    "text", ["The pump (see 8.3) runs.", "bolts (M8)", "Press (left) down", ""]
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert stated([text]) == []


@pytest.mark.parametrize(
    ("short", "long", "fits"),
    [
        ("hyd", "hydraulic", True),
        ("vlv", "valve", True),
        ("brg", "bearing", True),
        ("bearing", "bearings", False),
        ("leak", "leaking", False),
        ("cat", "hydraulic", False),
        ("hyx", "hydraulic", False),
    ],
)
def test_letters_abbreviate_a_word_in_order(short: str, long: str, fits: bool) -> None:
    assert (abbreviates(short, long) > 0) is fits


def test_no_texts_no_proposals() -> None:
    assert propose([]) == []
    assert propose(["", "   ", "12345 ###"]) == []


@pytest.mark.bench_data
@pytest.mark.parametrize("company", ["a", "b", "c"])
def test_most_of_the_first_proposals_of_a_real_plant_are_right(company: str) -> None:
    noisy, gold = _annotated(bench_folder() / "maintnorm", company)
    first = propose(noisy)[:50]
    right = [p for p in first if _means(p.long, gold.get(p.short, Counter()))]
    assert len(right) >= 42


def _annotated(folder: Path, company: str) -> tuple[list[str], dict[str, Counter[str]]]:
    """The texts of a company as written, and how often each word stands for what."""
    texts: list[str] = []
    gold: dict[str, Counter[str]] = {}
    for part in ("train", "val", "test"):
        text = (folder / f"company_{company}_{part}.norm").read_text(encoding="utf-8")
        for record in text.split("\n\n"):
            pairs = [line.partition("\t")[::2] for line in record.splitlines() if line.strip()]
            texts.append(" ".join(written for written, _ in pairs))
            for written, meant in pairs:
                gold.setdefault(written.casefold(), Counter())[meant.strip().casefold()] += 1
    return texts, gold


def _means(long: str, meanings: Counter[str]) -> bool:
    """Whether a fifth of the annotations agree, endings left out (inspect, inspection)."""
    usual = [m for m, count in meanings.items() if count >= 0.2 * meanings.total()]
    return any(_stems(long) == _stems(meaning) for meaning in usual)


def _stems(text: str) -> list[str]:
    stems = []
    for word in text.split():
        ends = ("ation", "ing", "ion", "ed", "es", "er", "s", "e")
        end = next((e for e in ends if word.endswith(e) and len(word) - len(e) >= 4), "")
        stems.append(word.removesuffix(end))
    return stems
