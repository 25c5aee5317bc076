"""The sample plant is what its README and the golden questions say."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pypdfium2

from assistant.evaluation import read_questions
from index.access import LOCAL
from index.corpus import PassageFilter
from tests.conftest import Plant
from tests.example_scripts import EXAMPLES, load


def test_every_manual_has_20_to_40_pages(manuals: dict[str, Path]) -> None:
    counts = {name: len(pypdfium2.PdfDocument(path)) for name, path in manuals.items()}
    assert len(counts) == 4
    assert all(20 <= count <= 40 for count in counts.values()), counts


def test_the_older_revision_is_superseded_and_gives_another_torque(plant: Plant) -> None:
    documents = plant.catalog.documents(LOCAL)
    press = [d for d in documents if d.number == "HP40-MM-EN"]
    assert [d.revision for d in press] == ["C"]
    where = PassageFilter(include_superseded=True)
    found = plant.retriever.retrieve("torque of the cylinder head bolts N·m", LOCAL, 40, where)
    torques = {
        (passage.revision, torque)
        for passage in found.passages
        if passage.document_number == "HP40-MM-EN"
        for torque in re.findall(r"\b(70|85) N·m", passage.text)
    }
    assert ("B", "70") in torques
    assert ("C", "85") in torques
    assert ("C", "70") not in torques


def test_golden_questions_are_at_least_40_with_unanswerable_ones() -> None:
    questions = read_questions(EXAMPLES / "golden.jsonl")
    assert len(questions) >= 40
    assert sum(not q.answerable for q in questions) >= 5
    assert all(q.pages and q.facts for q in questions if q.answerable)


def test_facts_and_warnings_of_golden_questions_stand_on_their_pages(
    manuals: dict[str, Path],
) -> None:
    newest = {path.stem.split("-")[0]: path for path in sorted(manuals.values())}
    texts = {
        name: [_folded(page.get_textpage().get_text_bounded()) for page in _pages(path)]
        for name, path in newest.items()
    }
    for golden in read_questions(EXAMPLES / "golden.jsonl"):
        if not golden.answerable:
            continue
        pages = texts[golden.document.split("-")[0].lower()]
        around = "".join(pages[number - 1] for number in golden.pages)
        for fact in golden.facts:
            assert _folded(fact) in around, f"{golden.id}: {fact!r}"
        for warning in golden.warnings:
            assert _folded(warning) in "".join(pages), f"{golden.id}: {warning!r}"


def test_tickets_name_assets_of_the_register() -> None:
    with (EXAMPLES / "assets.csv").open(encoding="utf-8", newline="") as file:
        tags = {row["tag"] for row in csv.DictReader(file)}
    with (EXAMPLES / "tickets.csv").open(encoding="utf-8", newline="") as file:
        tickets = list(csv.DictReader(file))
    assert len(tickets) >= 500
    assert {ticket["asset"] for ticket in tickets} <= tags


def test_tickets_are_what_their_script_writes(tmp_path: Path) -> None:
    out = tmp_path / "tickets.csv"
    load("tickets").write(out)
    assert out.read_bytes() == (EXAMPLES / "tickets.csv").read_bytes()


def _pages(path: Path) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(path))


def _folded(text: str) -> str:
    return "".join(text.replace("\ufffe", "").casefold().split())
