"""Value types of the knowledge, and what the columns of tables mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.corpus import Chunk, ChunkKind, Passage, Sentence
from index.rows import (
    CAUSE_HEADERS,
    CODE_HEADERS,
    MEANING_HEADERS,
    PART_HEADERS,
    REMEDY_HEADERS,
    column,
    split_numbered,
)


def row(header: tuple[str, ...], *cells: str, page: int = 1) -> Sentence:
    return Sentence(" | ".join(cells), "row", page, header=header, cells=cells)


def said(text: str, page: int = 1) -> Sentence:
    return Sentence(text, "paragraph", page)


FAULTS = ("Code", "Meaning", "Cause", "Remedy")
SETTINGS = ("Setting", "Value")


def test_the_header_of_a_table_stands_once_above_its_rows() -> None:
    sentences = (said("Before."), row(SETTINGS, "P1", "5 bar"), row(SETTINGS, "P2", "6 bar"))
    assert Chunk(0, 0, (), sentences).text == "Before.\nSetting | Value\nP1 | 5 bar\nP2 | 6 bar"


def test_the_header_stands_again_after_text_between_two_tables() -> None:
    sentences = (row(SETTINGS, "P1", "5"), said("Then."), row(SETTINGS, "P2", "6"))
    assert Chunk(0, 0, (), sentences).text.count("Setting | Value") == 2


def test_a_step_shows_its_number() -> None:
    step = Sentence("Close V1.", "step", 3, number="2.")
    assert Chunk(0, 0, (), (step, said("Wait."))).text == "2. Close V1.\nWait."


def test_the_last_two_headings_are_searched() -> None:
    chunk = Chunk(0, 0, ("5 Repair", "5.2 Pump", "5.2.1 Seal"), (said("Pull it."),))
    assert chunk.search_text == "5.2 Pump\n5.2.1 Seal\nPull it."


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        (row(FAULTS, "E-1", "hot", "dust", "clean"), "fault"),
        (row(("Symptom", "Ursache"), "laut", "Lager"), "fault"),
        (row(("现象", "原因"), "异响", "轴承"), "fault"),
        (row(("Part no.", "Name"), "HP40-1", "Seal"), "part"),
        (row(SETTINGS, "P1", "5 bar"), "table"),
        (row(("Measured value", "Limit"), "p1", "5 bar"), "table"),
        (row(("Reaction time", "Value"), "t1", "5 ms"), "table"),
        (row(("Particle size", "Class"), "6 µm", "18"), "table"),
        (Sentence("Close V1.", "step", 1), "steps"),
        (said("Close V1."), "text"),
    ],
)
def test_the_form_of_a_chunk_tells_what_it_answers(sentence: Sentence, kind: ChunkKind) -> None:
    assert Chunk(0, 0, (), (sentence,)).kind == kind


def test_a_chunk_with_a_step_behind_its_first_sentence_holds_steps() -> None:
    assert Chunk(0, 0, (), (said("Do:"), Sentence("Close V1.", "step", 1))).kind == "steps"


def test_of_a_row_its_first_phrase_is_embedded_apart() -> None:
    chunk = Chunk(0, 0, (), (row(FAULTS, "E-217", "Oil too hot", "Cooler full of dust", "-"),))
    assert chunk.embedded_texts == (chunk.search_text, "Oil too hot")


def test_several_rows_are_embedded_as_one_text() -> None:
    rows = (row(FAULTS, "E-1", "Oil hot", "a", "b"), row(FAULTS, "E-2", "Oil cold", "a", "b"))
    chunk = Chunk(0, 0, (), rows)
    assert chunk.embedded_texts == (chunk.search_text,)


def test_the_first_chunk_of_a_section_embeds_its_title_without_the_number() -> None:
    first = Chunk(0, 0, ("6.3 Replace the pump",), (said("Close V1."),), opens_section=True)
    later = Chunk(1, 0, ("6.3 Replace the pump",), (said("Open V1."),))
    assert first.embedded_texts == (first.search_text, "Replace the pump")
    assert later.embedded_texts == (later.search_text,)


def test_nothing_is_embedded_twice_or_empty() -> None:
    header = ("", "")
    chunk = Chunk(0, 0, ("4.2",), (row(header, "a phrase", ""),), opens_section=True)
    assert len(set(chunk.embedded_texts)) == len(chunk.embedded_texts)
    assert all(chunk.embedded_texts)


def test_pages_are_the_first_and_the_last() -> None:
    assert Chunk(0, 0, (), (said("b", 4), said("a", 3), said("c", 5))).pages == (3, 5)


def passage(sentence: Sentence, key: str = "") -> Passage:
    return Passage(
        1, 7, 1, "Press", "", "manual", "B", 0, (), (sentence,), ("dense",), 0.5, key=key
    )


def test_a_passage_is_looked_up_by_its_key_else_by_its_page() -> None:
    assert passage(said("x", 14)).locator == "p. 14"
    assert passage(said("x", 14), key="T-23-0001").locator == "T-23-0001"


def test_a_passage_reads_as_its_chunk() -> None:
    sentence = row(SETTINGS, "P1", "5 bar", page=9)
    assert passage(sentence).text == Chunk(0, 0, ("Heading",), (sentence,)).text
    assert passage(sentence).page == 9


def test_a_cell_is_found_by_a_word_of_its_header() -> None:
    sentence = row(("Alarm code", "Possible causes"), "E-217", "dust")
    assert sentence.cell("cause", "reason") == "dust"
    assert sentence.cell("remedy") == ""


@pytest.mark.parametrize(
    ("header", "names", "taken", "expected"),
    [
        (("Code", "Meaning"), CODE_HEADERS, (), 0),
        (("Text", "Alarm no."), CODE_HEADERS, (), 1),
        (("Fehlercode", "Abhilfe"), REMEDY_HEADERS, (), 1),
        (("Fault cause", "Cause"), CAUSE_HEADERS, (0,), 1),
        (("Bezeichnung", "Wert"), CAUSE_HEADERS, (), -1),
        ((), CODE_HEADERS, (), -1),
        (("Parameter", "Default", "Unit"), CODE_HEADERS, (), -1),
        (("Sensor", "Alarm limit"), CODE_HEADERS, (), -1),
        (("Alarm", "Alarm limit"), CODE_HEADERS, (), 0),
        (("Extraction", "Corrective action"), REMEDY_HEADERS, (), 1),
        (("Measures", "x"), REMEDY_HEADERS, (), 0),
        (("Particle size", "Spare parts"), PART_HEADERS, (), 1),
        (("故障代码", "名称"), MEANING_HEADERS, (), 1),
    ],
)
def test_columns_are_found_by_the_words_of_the_trade(
    header: tuple[str, ...], names: tuple[str, ...], taken: tuple[int, ...], expected: int
) -> None:
    assert column(header, names, *taken) == expected


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1) close V1 2) set B9", ("close V1", "set B9")),
        ("1. close V1\n2. set B9", ("close V1", "set B9")),
        ("close V1", ("close V1",)),
        ("  ", ()),
        ("1) close V1", ("close V1",)),
        ("1.5 bar is too low", ("1.5 bar is too low",)),
        ("see 1) and 2) above", ("see 1) and 2) above",)),
        ("9) a 10) b 11) c", ("a", "b", "c")),
        ("1) set P2 to 5. 2) restart", ("set P2 to 5.", "restart")),
        ("1) set P2 to 2. 2) restart", ("set P2 to 2.", "restart")),
        ("1) wait for 30) s", ("wait for 30) s",)),
        ("1) and 2) see section 6.3", ("see section 6.3", "see section 6.3")),
        ("1) clean 2) and 3) replace V1", ("clean", "replace V1", "replace V1")),
    ],
)
def test_numbered_items_are_split_and_lose_no_number(text: str, items: tuple[str, ...]) -> None:
    assert split_numbered(text) == items


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text("abc V5.,", min_size=1, max_size=20).map(str.strip).filter(bool), max_size=12
    ).filter(bool)
)
def test_items_come_back_as_they_were_numbered(items: list[str]) -> None:
    text = " ".join(f"{number}) {item}" for number, item in enumerate(items, start=1))
    assert split_numbered(text) == tuple(items)
