"""Codes and part numbers of several words, in sentences and beside numbers that are none."""

from __future__ import annotations

import pytest

from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.code_spans import known_spans, spans_of
from index.corpus import CodeEntry, PassageFilter
from index.database import open_engine
from index.retrieval import Retriever
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small

ALARMS = ("12", "14", "250", "E7", "0x2A", "E-30", "E-030")
PARTS = ("6ES7 315-2AH14-0AB0", "0041208", "HP40-2217-03")


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    path = tmp_path_factory.mktemp("codes") / "knowledge.db"
    catalog = Catalog(open_engine(path, tables.MIGRATIONS))
    embedder = HashEmbedder()
    alarms = [
        CodeEntry(code, "alarm", "", "", f"meaning {i}", (), (), chunk_ordinal=i)
        for i, code in enumerate(ALARMS)
    ]
    parts = [
        CodeEntry(code, "part", "", "", f"name {i}", (), (), chunk_ordinal=i)
        for i, code in enumerate(PARTS, start=len(ALARMS))
    ]
    codes = [*alarms, *parts]
    put(catalog, embedder, small(*(f"{c.code} {c.meaning}" for c in codes), codes=codes))
    return Retriever(catalog, embedder, Caches(catalog, embedder, None))


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        # Zero padding and width
        ("E07", ["E7"]),
        ("E007 shown", ["E7"]),
        ("Ｅ０７", ["E7"]),
        ("E-30", ["E-30"]),
        ("E-030", ["E-030"]),
        ("E0030", ["E-30", "E-030"]),  # both exist and neither is spelled so
        # Hexadecimal, as the document has it
        ("alarm 0x2A", ["0x2A"]),
        ("2Ah on the display", ["0x2A"]),
        ("alarm 42", ["0x2A"]),
        # Part numbers in sentences
        ("we need 6ES7 315-2AH14-0AB0 urgently", ["6ES7 315-2AH14-0AB0"]),
        ("we need a 6ES7315-2AH14-0AB0 now please", ["6ES7 315-2AH14-0AB0"]),
        ("6es7 315 2ah14 0ab0 in stock?", ["6ES7 315-2AH14-0AB0"]),
        ("６ＥＳ７ ３１５-2AH14-0AB0 in stock?", ["6ES7 315-2AH14-0AB0"]),
        ("have we 0041208 in stock at all", ["0041208"]),
        ("have we 00 41208 in stock at all", ["0041208"]),
        ("the seal hp40 2217 03 leaks since yesterday", ["HP40-2217-03"]),
        # Beside numbers that are no codes
        ("alarm 12 on line 14 at 14:12", ["12"]),
        ("code 250 at 250 mm", ["250"]),
        # No codes
        ("line 12 stopped at 14:30, 250 mm off", []),
        ("line 12 stopped", []),
        ("250 mm of travel", []),
        ("it broke at 14:30 on 12.03.2025", []),
        ("after 250 cycles nothing moves", []),
        ("the belt moves 14 mm at 12 bar", []),
        ("14 days ago it stopped", []),
        ("第12号线停机，14点30分", []),
    ],
)
def test_what_a_question_means_by_its_numbers(
    retriever: Retriever, question: str, codes: list[str]
) -> None:
    found = retriever.plan(question, LOCAL, PassageFilter()).codes
    assert [hit.code for hit in found.hits] == codes
    assert found.unknown == ()


def test_the_longest_run_counts_and_none_inside_it() -> None:
    spans = spans_of("fit 6ES7 315-2AH14 today", ())
    keys = {"6es73152ah14", "3152ah14", "fit6es7"}
    assert [span.text for span in known_spans(spans, keys)] == ["6ES7 315-2AH14"]


def test_a_run_that_belongs_to_the_name_of_a_machine_is_left_out() -> None:
    assert spans_of("LT25000 stopped", {*range(7)}) == []
    assert spans_of("", ()) == []


@pytest.mark.parametrize("text", ["1500rpm", "2025-03-12", "12.03.2025", "12345", "A1", "250mm"])
def test_what_is_too_short_or_measured_is_no_run(text: str) -> None:
    assert spans_of(text, ()) == []
