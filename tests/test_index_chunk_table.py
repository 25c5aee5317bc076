"""What is read of chunks, sections, safety messages and vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from index.access import LOCAL
from index.catalog import Catalog
from index.chunk_table import ChunkTable
from index.corpus import Box, Chunk, Knowledge, SafetyMessage, Section, Sentence, SignalWord
from index.deletion import delete_document
from tests.hash_embedder import HashEmbedder
from tests.small_documents import chunk_ids, put, small


@pytest.fixture
def table(catalog: Catalog) -> ChunkTable:
    return ChunkTable(catalog.engine)


def _message(signal: SignalWord, text: str, section: int = 1) -> SafetyMessage:
    return SafetyMessage(signal, text, "en", 2, (Box(2, 1.0, 2.0, 3.0, 4.0),), section)


def _manual() -> Knowledge:
    """Two sections of two chunks, whose ordinals run against the order in which they are given."""
    rows = (
        Chunk(3, 2, ("4 Oil", "4.2 Filling"), (Sentence("d", "paragraph", 2),), guards=(1, 2)),
        Chunk(1, 1, ("4 Oil",), (Sentence("b", "step", 1, number="1."),), guards=(0, 1)),
        Chunk(2, 2, ("4 Oil", "4.2 Filling"), (Sentence("c", "paragraph", 2),)),
        Chunk(0, 0, (), (Sentence("a", "paragraph", 1),)),
    )
    sections = (Section(1, 1, "4", "Oil", 1), Section(2, 2, "", "Filling", 2))
    safety = (
        _message("notice", "Keep the floor clean."),
        _message("danger", "Hot oil."),
        _message("warning", "Pressure."),
    )
    return replace(small("x", title="Press"), chunks=rows, sections=sections, safety=safety)


def test_returns_the_chunks_that_still_exist(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable
) -> None:
    put(catalog, embedder, small("a", title="One"))
    put(catalog, embedder, small("b", title="Two"))
    ids = chunk_ids(catalog)
    one, _ = catalog.documents(LOCAL)
    delete_document(catalog, one.document_id)
    assert set(table.get([ids["a"], ids["b"], 10**6])) == {ids["b"]}
    assert table.get([]) == {}
    assert table.forms([ids["a"], ids["b"]]) == {ids["b"]: ("text", "b")}


def test_a_section_comes_in_reading_order(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable
) -> None:
    revision = put(catalog, embedder, _manual())
    texts = [[c.sentences[0].text for c in table.section(revision, s)] for s in (0, 1, 2, 3)]
    assert texts == [["a"], ["b"], ["c", "d"], []]
    assert table.section(revision + 1, 2) == []


def test_section_titles_carry_the_printed_number_where_there_is_one(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable
) -> None:
    revision = put(catalog, embedder, _manual())
    assert [table.section_title(revision, i) for i in range(4)] == ["", "4 Oil", "Filling", ""]


def test_forms_of_more_chunks_than_one_statement_takes(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable
) -> None:
    put(catalog, embedder, small(*(f"text {i}" for i in range(600))))
    ids = chunk_ids(catalog)
    assert table.forms(list(ids.values())) == {i: ("text", text) for text, i in ids.items()}
    assert list(table.search_texts(list(ids.values()))) == [(i, 1, text) for text, i in ids.items()]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("OIL", {"Oil at 50 %", "oil_filter"}),
        ("0 %", {"Oil at 50 %"}),
        ("%", {"Oil at 50 %"}),
        ("_", {"oil_filter"}),
        ("oil at 5", {"Oil at 50 %"}),
        ("gear", set()),
    ],
)
def test_a_phrase_is_found_literally_case_aside_in_the_revisions_given(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable, phrase: str, found: set[str]
) -> None:
    inside = put(catalog, embedder, small("Oil at 50 %", "oil_filter", "pump", title="In"))
    put(catalog, embedder, small("oil gear 50 %_", title="Out"))
    assert set(table.texts_with(phrase, [inside])) == found
    assert table.revisions_with(phrase, [inside]) == ({inside: "In"} if found else {})
    assert table.texts_with(phrase, []) == []


def test_at_most_fifty_texts_are_read_for_a_phrase(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable
) -> None:
    revision = put(catalog, embedder, small(*(f"pump {i}" for i in range(60))))
    assert len(table.texts_with("pump", [revision])) == 50


def test_messages_that_guard_chunks_come_once_and_the_most_severe_first(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable
) -> None:
    revision = put(catalog, embedder, _manual())
    by_text = {
        chunk.sentences[0].text: i
        for i, chunk in table.get(list(chunk_ids(catalog).values())).items()
    }
    found = table.safety_messages([by_text["b"], by_text["d"]])
    assert [(r, message.signal, message.text) for _, r, message in found] == [
        (revision, "danger", "Hot oil."),
        (revision, "warning", "Pressure."),
        (revision, "notice", "Keep the floor clean."),
    ]
    assert found[0][2] == _message("danger", "Hot oil.")
    assert [m.text for _, _, m in table.safety_messages([by_text["d"]])] == [
        "Hot oil.",
        "Pressure.",
    ]
    assert table.safety_messages([by_text["a"]]) == []


def test_vectors_carry_their_chunk_and_revision_and_are_those_of_the_texts(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable
) -> None:
    heading = Chunk(0, 1, ("Bearing",), (Sentence("a", "paragraph", 1),), opens_section=True)
    first = put(catalog, embedder, replace(small("x"), chunks=[heading]))
    second = put(catalog, embedder, small("b", title="Two"))
    ids = chunk_ids(catalog)
    chunks, revisions, vectors = table.vectors(None, "hash:64", 64)
    rows = sorted(zip(chunks.tolist(), revisions.tolist(), vectors.tolist(), strict=True))
    expected = [
        (ids["Bearing\na"], first, embedder.embed(["Bearing\na"])[0].tolist()),
        (ids["Bearing\na"], first, embedder.embed(["Bearing"])[0].tolist()),
        (ids["b"], second, embedder.embed(["b"])[0].tolist()),
    ]
    assert rows == sorted(expected)
    assert vectors.dtype == np.float32


def test_vectors_of_some_chunks_or_of_another_embedder(
    catalog: Catalog, embedder: HashEmbedder, table: ChunkTable
) -> None:
    put(catalog, embedder, small(*(f"text {i}" for i in range(520))))
    ids = list(chunk_ids(catalog).values())
    assert table.vectors(ids[10:], "hash:64", 64)[0].tolist() == ids[10:]
    for wanted, identity in (([], "hash:64"), ([10**6], "hash:64"), (None, "another")):
        chunks, revisions, vectors = table.vectors(wanted, identity, 64)
        assert (len(chunks), len(revisions), vectors.shape) == (0, 0, (0, 64))
