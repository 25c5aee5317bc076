"""The golden questions kept apart: what they ask stands in the documents."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from assistant.evaluation import read_questions
from tests.example_scripts import EXAMPLES, load
from tests.sample_documents import numbers, pages, scanned_text

DEV = read_questions(EXAMPLES / "golden.jsonl")
HELD_OUT = read_questions(EXAMPLES / "golden_held_out.jsonl")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The folded text of each page by document number."""
    paths = {p.name: p for p in load("build").build_all(tmp_path_factory.mktemp("plant"))}
    texts: dict[str, list[str]] = {}
    for number in {q.document for q in (*DEV, *HELD_OUT) if q.document}:
        path: Path = paths[numbers()[number]]
        is_scan = path.name == "cv40-faults-scan.pdf"
        texts[number] = [_folded(t) for t in ([scanned_text()] * 4 if is_scan else pages(path))]
    return texts


def test_facts_and_warnings_of_both_files_stand_in_their_documents(
    printed: dict[str, list[str]],
) -> None:
    for golden in (*DEV, *HELD_OUT):
        if golden.document:
            own = printed[golden.document]
            around = "".join(own[page - 1] for page in golden.pages)
            lost = [fact for fact in golden.facts if _folded(fact) not in around]
            lost += [w for w in golden.warnings if _folded(w) not in "".join(own)]
            assert not lost, golden.id


def test_the_files_hold_more_than_120_questions_and_share_none() -> None:
    assert len(HELD_OUT) >= 65
    assert sum(golden.answerable for golden in HELD_OUT) >= 45
    assert len(DEV) + len(HELD_OUT) > 120
    assert not {g.question for g in DEV} & {g.question for g in HELD_OUT}
    assert not {g.id for g in DEV} & {g.id for g in HELD_OUT}


def test_every_kind_of_refusal_is_asked_for() -> None:
    kinds = Counter(golden.refusal for golden in HELD_OUT if not golden.answerable)
    assert set(kinds) == {
        *("unknown_code", "wrong_machine", "no_document"),
        *("unsupported_quantity", "outside", "guard_defeat"),
    }
    assert min(kinds.values()) >= 6
    assert all(not golden.facts for golden in HELD_OUT if not golden.answerable)
    assert all(golden.warnings for golden in HELD_OUT if golden.refusal == "guard_defeat")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
