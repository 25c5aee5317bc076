"""Cutting blocks into sentences and chunks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.corpus import Block, Box, Chunk
from ingest.chunking import WORDS_PER_CHUNK, count_words, cut, sentences_of, split_sentences

HEADER = ("Code", "Cause", "Remedy")

_words = st.sampled_from(
    "valve V30 opens. Then e.g. Stop! max. 5 bar 打开阀门。 关闭；完成 (see fig. 3) ☃ ...".split()
)
_texts = st.lists(_words, min_size=1, max_size=60).map(" ".join)
_pages = st.integers(1, 3)
_blocks = st.lists(
    st.one_of(
        st.builds(
            Block,
            st.just("heading"),
            st.sampled_from(["Oil", "Pump", "Alarms"]),
            _pages,
            level=st.integers(1, 3),
            number=st.sampled_from(["", "4.2"]),
        ),
        st.builds(
            Block, st.sampled_from(["paragraph", "item", "caption", "safety"]), _texts, _pages
        ),
        st.builds(Block, st.just("step"), _texts, _pages, number=st.just("3.")),
        st.tuples(_texts, _pages).map(
            lambda row: Block("row", row[0], row[1], header=HEADER, cells=(row[0], "", "x"))
        ),
        _texts.map(lambda text: Block("row", text, cells=(text,))),
    ),
    max_size=25,
)


@settings(max_examples=50, deadline=None)
@given(_blocks)
def test_the_sentences_of_the_chunks_cover_the_blocks_in_order_without_loss(
    blocks: list[Block],
) -> None:
    chunks, _ = cut(blocks)
    body = [block for block in blocks if block.kind != "heading"]
    sentences = [sentence for chunk in chunks for sentence in chunk.sentences]
    assert _letters(s.text for s in sentences) == _letters(b.text for b in body)
    for kind in ("step", "row", "caption", "safety"):
        whole = [(b.text, b.page, b.header, b.cells, b.number) for b in body if b.kind == kind]
        cut_out = [
            (s.text, s.page, s.header, s.cells, s.number) for s in sentences if s.kind == kind
        ]
        assert cut_out == whole


@settings(max_examples=50, deadline=None)
@given(_blocks)
def test_chunks_are_numbered_keep_to_one_section_and_to_their_length(blocks: list[Block]) -> None:
    chunks, sections = cut(blocks)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    headings = [block for block in blocks if block.kind == "heading"]
    assert [(s.ordinal, s.level, s.title, s.page) for s in sections] == [
        (i, h.level, h.text, h.page) for i, h in enumerate(headings, start=1)
    ]
    for chunk in chunks:
        words = [count_words(sentence.text) for sentence in chunk.sentences]
        assert sum(words) <= WORDS_PER_CHUNK or len(words) == 1
        assert chunk.sentences
        if any(sentence.header for sentence in chunk.sentences):
            assert len(chunk.sentences) == 1
    by_section: dict[int, list[Chunk]] = {}
    for chunk in chunks:
        by_section.setdefault(chunk.section, []).append(chunk)
    for section, own in by_section.items():
        opens = [chunk.opens_section for chunk in own]
        assert opens == [section > 0] + [False] * (len(own) - 1)


@settings(max_examples=50, deadline=None)
@given(_blocks)
def test_the_page_span_of_a_chunk_is_that_of_the_blocks_in_it(blocks: list[Block]) -> None:
    chunks, _ = cut(blocks)
    pages = [sentence.page for chunk in chunks for sentence in chunk.sentences]
    body = [block for block in blocks if block.kind != "heading"]
    expected = [block.page for block in body for _ in sentences_of(block)]
    assert pages == expected
    for chunk in chunks:
        own = [sentence.page for sentence in chunk.sentences]
        assert chunk.pages == (min(own), max(own))


@settings(max_examples=100, deadline=None)
@given(st.one_of(_texts, st.text(max_size=80)))
def test_no_character_is_lost_between_sentences(text: str) -> None:
    parts = split_sentences(text)
    assert _letters(parts) == _letters([text])
    assert all(part == part.strip() and part for part in parts)


def _letters(texts: object) -> str:
    return "".join("".join(texts).split())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Open V1. Close V2.", ["Open V1.", "Close V2."]),
        ("Set 1.5 mm. Check.", ["Set 1.5 mm.", "Check."]),
        ("Use tools, e.g. A spanner.", ["Use tools, e.g. A spanner."]),
        ("Set max. 5 bar. Go on.", ["Set max. 5 bar.", "Go on."]),
        ("See fig. 3 (no. 4). Then stop!", ["See fig. 3 (no. 4).", "Then stop!"]),
        ('Press "START." Wait.', ['Press "START."', "Wait."]),
        ("Is it hot? Stop. Über 60 °C warten.", ["Is it hot?", "Stop.", "Über 60 °C warten."]),
        ("打开阀门。等待五分钟；关闭！", ["打开阀门。", "等待五分钟；", "关闭！"]),
        ("version 2.1 of the e-manual", ["version 2.1 of the e-manual"]),
        ("", []),
    ],
)
def test_splits_at_ends_of_sentences_and_not_after_abbreviations(
    text: str, sentences: list[str]
) -> None:
    assert split_sentences(text) == sentences


def test_a_table_row_is_one_chunk_with_its_header() -> None:
    row = Block("row", "E-1 | low | none", 4, header=HEADER, cells=("E-1", "low", "none"))
    chunks, _ = cut([Block("paragraph", "Before."), row, row, Block("paragraph", "After.")])
    assert [chunk.text for chunk in chunks] == [
        "Before.",
        "Code | Cause | Remedy\nE-1 | low | none",
        "Code | Cause | Remedy\nE-1 | low | none",
        "After.",
    ]


def test_the_heading_path_drops_what_a_new_heading_closes() -> None:
    blocks = [
        Block("paragraph", "Front."),
        Block("heading", "Alarms", level=1, number="5"),
        Block("heading", "Drive", level=2, number="5.1"),
        Block("paragraph", "a"),
        Block("heading", "Press", level=2, number="5.2"),
        Block("paragraph", "b"),
        Block("heading", "Care", level=1, number="6"),
        Block("paragraph", "c"),
    ]
    chunks, _ = cut(blocks)
    assert [(chunk.section, chunk.heading_path) for chunk in chunks] == [
        (0, ()),
        (2, ("5 Alarms", "5.1 Drive")),
        (3, ("5 Alarms", "5.2 Press")),
        (4, ("6 Care",)),
    ]


def test_a_chunk_is_full_at_a_hundred_words() -> None:
    sentence = " ".join(["word"] * 39) + " end."
    chunks, _ = cut([Block("paragraph", f"W{sentence} " * 5)])
    assert [len(chunk.sentences) for chunk in chunks] == [2, 2, 1]


def test_a_long_step_is_never_cut() -> None:
    step = Block("step", "Turn it. " * 200, number="1.")
    chunks, _ = cut([step])
    assert [len(chunk.sentences) for chunk in chunks] == [1]


def test_chinese_characters_count_as_two_thirds_of_a_word() -> None:
    assert count_words("打开阀门 V1 now") == pytest.approx(4 * 2 / 3 + 2)


def test_a_sentence_has_the_boxes_of_the_lines_that_it_is_printed_on() -> None:
    def box(i: int) -> Box:
        return Box(1, 60, 700 - 14 * i, 300, 710 - 14 * i)

    lines = ("Open the valve. Then wait for", "five minutes and close it.", "Lock it.")
    block = Block(
        "paragraph", " ".join(lines), lines=tuple((t, box(i)) for i, t in enumerate(lines))
    )
    first, second, third = sentences_of(block)
    assert first.boxes == (box(0),)
    assert second.boxes == (box(0), box(1))
    assert third.boxes == (box(2),)
