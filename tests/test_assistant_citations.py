"""Citations: the same place gets the same marker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.citations import CitationList
from index.access import LOCAL
from index.catalog import Catalog, StoredDocument
from index.corpus import Box, Passage, SafetyMessage, Sentence
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small


def passage(chunk_id: int, *sentences: Sentence, key: str = "") -> Passage:
    return Passage(
        rank=1,
        chunk_id=chunk_id,
        revision_id=7,
        document="HP-40 Press",
        document_number="HP40-MM-EN",
        kind="manual",
        revision="C",
        section=3,
        heading_path=("8 Maintenance", "8.4 Cooler"),
        sentences=sentences,
        paths=("lexical",),
        score=1.0,
        key=key,
    )


DOCUMENT = StoredDocument(
    document_id=1,
    revision_id=7,
    number="HP40-MM-EN",
    title="HP-40 Press",
    kind="manual",
    revision="C",
    date="",
    status="approved",
    language="en",
    site=None,
    pages=30,
    chunks=2,
    models=(),
    serials=(),
    assets=(),
    source="hp40.pdf",
    content_hash="c0ffee",
    original="",
    ingested_at="2026-01-01T00:00:00.000+00:00",
    report={},
)
CLEAN = Sentence("Clean the cooler.", "step", 21, (Box(21, 1, 2, 3, 4),), number="1.")
WAIT = Sentence("Wait 30 s.", "step", 22, number="2.")


def test_markers_count_from_1_and_the_same_sentence_keeps_its_own() -> None:
    citations = CitationList()
    found = passage(1, CLEAN, WAIT)
    assert [citations.cite(found, s) for s in (CLEAN, WAIT, CLEAN)] == [1, 2, 1]
    assert [c.marker for c in citations.all()] == [1, 2]


def test_the_same_words_in_another_chunk_are_another_citation() -> None:
    citations = CitationList()
    assert citations.cite(passage(1, CLEAN), CLEAN) != citations.cite(passage(2, CLEAN), CLEAN)


def test_a_citation_says_where_its_quote_stands() -> None:
    citations = CitationList()
    citations.cite(passage(1, CLEAN, WAIT), WAIT)
    citations.cite(passage(1, CLEAN, WAIT), CLEAN)
    second, first = citations.all()
    assert (first.quote, first.page, first.locator) == ("Clean the cooler.", 21, "p. 21")
    assert (second.page, second.locator, second.boxes) == (22, "p. 22", ())
    assert (first.document_number, first.revision, first.section) == (
        "HP40-MM-EN",
        "C",
        "8.4 Cooler",
    )
    assert first.boxes[0].model_dump() == {
        "page": 21,
        "left": 1,
        "bottom": 2,
        "right": 3,
        "top": 4,
    }


def test_a_ticket_is_cited_by_its_number() -> None:
    citations = CitationList()
    citations.cite(passage(1, CLEAN, key="T-100"), CLEAN)
    assert citations.all()[0].locator == "T-100"


@pytest.mark.parametrize(("page", "marker"), [(21, 1), (22, 2)])
def test_a_safety_message_is_cited_once_a_page(page: int, marker: int) -> None:
    citations = CitationList()
    for number in (21, page):
        message = SafetyMessage("danger", "DANGER\nHot", "en", number, (), 3)
        last = citations.cite_safety(DOCUMENT, message, "8.4 Cooler")
    assert last == marker
    assert citations.all()[-1].chunk_id is None
    assert citations.all()[-1].quote == "DANGER\nHot"
    assert citations.all()[-1].content_hash == "c0ffee"


def test_a_citation_names_the_file_by_its_content(catalog: Catalog, embedder: HashEmbedder) -> None:
    knowledge = small("Clean the cooler.")
    revision = put(catalog, embedder, knowledge)
    citations = CitationList(catalog, LOCAL)
    citations.cite(replace(passage(1, CLEAN), revision_id=revision), CLEAN)
    citations.cite(replace(passage(2, CLEAN), revision_id=revision + 1), CLEAN)
    stored, deleted = citations.all()
    assert stored.content_hash == knowledge.content_hash != ""
    assert deleted.content_hash == ""
