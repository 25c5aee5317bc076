"""Chunks, vectors and codes survive the way into SQL and out again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.access import LOCAL
from index.catalog import Catalog
from index.chunk_rows import batches
from index.chunk_table import ChunkTable
from index.code_table import CodeTable
from index.corpus import Box, CodeEntry, Knowledge, Sentence
from index.deletion import delete_document
from index.home import hash_text
from index.storing import store
from index.tickets import Ticket, put_tickets
from tests.hash_embedder import HashEmbedder
from tests.small_documents import chunk_ids, put, small, vectors_of

ROW = Sentence(
    "E-217 | oil hot",
    "row",
    3,
    boxes=(Box(3, 10.04, 20.06, 30.0, 40.96), Box(4, 1.0, 2.0, 3.0, 4.0)),
    number="",
    header=("Code", "Cause"),
    cells=("E-217", ""),
)
STEP = Sentence('Close the valve "V1" 关闭阀门.', "step", 1, number="1.")


def _with_sentences(*sentences: Sentence) -> Knowledge:
    knowledge = small("x", title="Press", number="N-1", revision="C", keys=["T-5"])
    chunk = replace(knowledge.chunks[0], sentences=sentences, heading_path=("3 Faults", "3.1 Oil"))
    return replace(knowledge, chunks=[chunk])


def _ticket(title: str, *, status: str = "open", source_id: str = "1") -> Ticket:
    return Ticket(
        source_system="cmms",
        source_id=source_id,
        source_file="t.csv",
        source_row=2,
        raw={"title": title, "status": status},
        asset_raw="",
        asset_id=None,
        asset_tag="",
        asset_match=0.0,
        title=title,
        status=status,
    )


def _put_tickets(catalog: Catalog, embedder: HashEmbedder, *tickets: Ticket) -> list[str]:
    knowledge = replace(small(""), chunks=[ticket.chunk for ticket in tickets])
    vectors = vectors_of(catalog, embedder, knowledge)
    return list(put_tickets(catalog, tickets, embedder.identity, vectors))


def _searchable(catalog: Catalog) -> dict[str, int]:
    """How many vectors each chunk has, by its text."""
    with_vector, _, _ = ChunkTable(catalog.engine).vectors(None, "hash:64", 64)
    return {text: with_vector.tolist().count(i) for text, i in chunk_ids(catalog).items()}


def test_a_chunk_comes_out_as_it_went_in_with_boxes_to_a_tenth_of_a_point(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    revision = put(catalog, embedder, _with_sentences(ROW, STEP))
    table = ChunkTable(catalog.engine)
    ((chunk_id, chunk),) = table.get(list(chunk_ids(catalog).values())).items()
    boxes = (Box(3, 10.0, 20.1, 30.0, 41.0), Box(4, 1.0, 2.0, 3.0, 4.0))
    assert chunk.sentences == (replace(ROW, boxes=boxes), STEP)
    assert chunk.heading_path == ("3 Faults", "3.1 Oil")
    assert (chunk.document, chunk.document_number, chunk.revision) == ("Press", "N-1", "C")
    assert (chunk.chunk_id, chunk.revision_id, chunk.key) == (chunk_id, revision, "T-5")


def test_the_printed_spelling_of_a_code_wins_over_an_alias_of_another(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    first = CodeEntry("E-1", "alarm", "Press", "", "first", ("worn",), ("replace",), ("AUX 2",))
    second = CodeEntry("AUX 2", "alarm", "Press", "PLC", "second", (), ())
    revision = put(catalog, embedder, small("text", codes=[first, second]))
    table = CodeTable(catalog.engine)
    assert [(hit.meaning, hit.level) for hit in table.look_up("AUX 2", [revision])] == [
        ("second", 0)
    ]
    (hit,) = table.look_up("E-1", [revision])
    assert (hit.causes, hit.remedies, hit.component) == (("worn",), ("replace",), "")


def test_an_alias_finds_its_code_where_nothing_else_is_spelled_so(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    entry = CodeEntry("E-1", "alarm", "Press", "", "first", (), (), ("AUX 2", "E-1"))
    revision = put(catalog, embedder, small("text", codes=[entry]))
    table = CodeTable(catalog.engine)
    assert [hit.level for hit in table.look_up("AUX 2", [revision])] == [1]
    assert [hit.level for hit in table.look_up("E-1", [revision])] == [0]


def test_a_text_that_many_chunks_hold_loses_its_vector_with_the_last_of_them(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    texts = ["the same", *(f"text {i}" for i in range(520)), "the same"]
    put(catalog, embedder, small(*texts, title="Long"))
    put(catalog, embedder, small("text 1", "text 519", title="Short"))
    long, _ = catalog.documents(LOCAL)
    delete_document(catalog, long.document_id)
    with catalog.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT content_hash FROM vector").scalars()
        assert set(rows) == {hash_text("text 1"), hash_text("text 519")}
    assert len(catalog.changes_since(0)[2]) == 522


def test_vectors_of_two_embedders_live_side_by_side_and_go_together(catalog: Catalog) -> None:
    knowledge = small("a")
    key = hash_text("a")
    store(catalog, knowledge, "one", {key: np.array([1, 0], np.float32)})
    store(catalog, small("a", title="Again"), "two", {key: np.array([0, 1, 0], np.float64)})
    table = ChunkTable(catalog.engine)
    assert table.vectors(None, "one", 2)[2].tolist() == [[1, 0], [1, 0]]
    assert table.vectors(None, "two", 3)[2].tolist() == [[0, 1, 0], [0, 1, 0]]
    for document in catalog.documents(LOCAL):
        delete_document(catalog, document.document_id)
    assert catalog.missing_vectors([key], "one") == [key]
    assert catalog.missing_vectors([key], "two") == [key]


def test_a_ticket_that_is_closed_with_the_same_text_stays_searchable(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    assert _put_tickets(catalog, embedder, _ticket("Pump leaks")) == ["imported"]
    assert _put_tickets(catalog, embedder, _ticket("Pump leaks", status="done")) == ["updated"]
    assert _searchable(catalog) == {"Pump leaks": 1}


def test_a_text_that_moves_from_one_ticket_to_another_stays_searchable(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    _put_tickets(catalog, embedder, _ticket("Pump leaks"))
    outcomes = _put_tickets(
        catalog, embedder, _ticket("Valve stuck"), _ticket("Pump leaks", source_id="2")
    )
    assert outcomes == ["updated", "imported"]
    assert _searchable(catalog) == {"Valve stuck": 1, "Pump leaks": 1}


@given(st.lists(st.integers()), st.integers(min_value=1, max_value=5))
def test_batches_are_full_but_for_the_last_and_lose_nothing(items: list[int], size: int) -> None:
    parts = list(batches(items, size))
    assert [item for part in parts for item in part] == items
    assert all(len(part) == size for part in parts[:-1])
    assert all(0 < len(part) <= size for part in parts[-1:])
