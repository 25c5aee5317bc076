"""The terms of a plant: proposed, decided upon, used."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import record_tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine
from index.dictionary import Dictionary, mine
from index.errors import TermUnknown
from index.retrieval import Retriever
from index.term_mining import Proposal
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small


@pytest.fixture
def dictionary(tmp_path: Path) -> Dictionary:
    return Dictionary(open_engine(tmp_path / "records.db", record_tables.MIGRATIONS))


def _proposal(short: str, long: str, count: int = 3) -> Proposal:
    return Proposal(short, long, "abbreviation", 0.8, count, ("hyd cyl leaks",))


def test_nothing_is_used_before_a_person_approves_it(dictionary: Dictionary) -> None:
    assert dictionary.note([_proposal("hyd", "hydraulic"), _proposal("cyl", "cylinder")]) == 2
    assert dictionary.expand("hyd cyl leaks") == []
    ids = {term.short: term.term_id for term in dictionary.terms()}
    dictionary.decide([ids["hyd"]], "approved", LOCAL)
    assert dictionary.expand("HYD cyl leaks") == ["hydraulic"]
    dictionary.decide([ids["hyd"]], "rejected", LOCAL)
    assert dictionary.expand("HYD cyl leaks") == []


def test_a_decision_stays_when_the_same_is_proposed_again(dictionary: Dictionary) -> None:
    dictionary.note([_proposal("hyd", "hydraulic"), _proposal("cyl", "cylinder")])
    (first, second) = sorted(dictionary.terms(), key=lambda term: term.short)
    dictionary.decide([first.term_id], "rejected", LOCAL)
    again = [_proposal("hyd", "hydraulic", 9), _proposal("cyl", "cylinder", 9)]
    assert dictionary.note(again) == 0
    terms = {term.short: term for term in dictionary.terms()}
    assert (terms["cyl"].status, terms["cyl"].count, terms["cyl"].by) == ("rejected", 3, LOCAL.user)
    assert (terms["hyd"].status, terms["hyd"].count) == ("proposed", 9)
    assert second.term_id == terms["hyd"].term_id


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("r/h cyl leaks", ["right hand"]),
        ("the right hand cylinder", ["r/h"]),
        ("主轴编码器报警", ["spindle encoder"]),
        ("spindle encoder alarm", ["主轴编码器"]),
        ("R/H and right hand", []),
        ("righthand", []),
        ("", []),
        ("轴" * 3000, []),
    ],
)
def test_a_question_is_widened_in_both_directions(
    dictionary: Dictionary, question: str, words: list[str]
) -> None:
    dictionary.add("R/H", "right  hand", LOCAL)
    dictionary.add("主轴编码器", "Spindle encoder", LOCAL)
    assert dictionary.expand(question) == words


def test_an_added_term_replaces_the_proposal(dictionary: Dictionary) -> None:
    dictionary.note([_proposal("hyd", "hydraulic")])
    dictionary.add("Hyd", "Hydraulic", LOCAL)
    dictionary.add("Hyd", "Hydraulic", LOCAL)
    (term,) = dictionary.terms("approved")
    assert (term.short, term.long, term.by) == ("hyd", "hydraulic", LOCAL.user)
    assert dictionary.terms("proposed") == []


def test_what_is_no_term_is_refused_in_words(dictionary: Dictionary) -> None:
    with pytest.raises(TermUnknown, match="Name a short form"):
        dictionary.add(" ", "hydraulic", LOCAL)
    with pytest.raises(TermUnknown, match="Name a short form"):
        dictionary.add("hyd", "HYD", LOCAL)
    dictionary.note([_proposal("hyd", "hydraulic")])
    (term,) = dictionary.terms()
    with pytest.raises(TermUnknown, match="no term 99"):
        dictionary.decide([term.term_id, 99], "approved", LOCAL)
    assert [term.status for term in dictionary.terms()] == ["proposed"]


def test_an_approved_term_finds_the_passage_that_is_written_otherwise(
    catalog: Catalog, embedder: HashEmbedder, dictionary: Dictionary
) -> None:
    put(catalog, embedder, small("The hydraulic cylinder leaks oil.", "The motor hums.", "x y z."))
    caches = Caches(catalog, embedder, None)
    retriever = Retriever(catalog, embedder, caches, expand=dictionary.expand)
    assert all("lexical" not in p.paths for p in retriever.retrieve("zyl", LOCAL, 3).passages)
    dictionary.add("zyl", "cylinder", LOCAL)
    (passage,) = retriever.retrieve("zyl", LOCAL, 1).passages
    assert passage.sentences[0].text == "The hydraulic cylinder leaks oil."
    assert "lexical" in passage.paths


def test_terms_are_mined_from_manuals_and_tickets(catalog: Catalog, embedder: HashEmbedder) -> None:
    put(catalog, embedder, small("The programmable logic controller (PLC) stops."))
    found = {(p.short, p.long) for p in mine(catalog)}
    assert ("plc", "programmable logic controller") in found
