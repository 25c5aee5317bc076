"""Cut blocks into sentences and chunks along headings and tables (pure).

A chunk never crosses a heading. It holds about 100 words, which is the length at which the default
embedder ranks best on the benchmark manual. A row of a table with a header is a chunk of its own;
a row or a step is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from index.corpus import Block, Box, Chunk, Section, Sentence

WORDS_PER_CHUNK = 100

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9À-Þ])|(?<=[。！？；])")
_NO_END = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|approx|max|min|no|nr|fig|figs|sec|ca|resp|incl|vs|z\.b|bzw|dr|mr|"
    r"ref|vol|pos|art|abs|tab|p|pp|st)\.$",
    re.IGNORECASE,
)
_CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass
class _State:
    """Where the chunker stands."""

    path: list[tuple[int, str]] = field(default_factory=list)
    section: int = 0
    sentences: list[Sentence] = field(default_factory=list)
    words: float = 0.0
    is_new: bool = False


def cut(blocks: Sequence[Block]) -> tuple[list[Chunk], list[Section]]:
    """Return the chunks of a document in reading order, and its sections."""
    chunks: list[Chunk] = []
    sections: list[Section] = []
    state = _State()

    def close() -> None:
        if state.sentences:
            path = tuple(title for _, title in state.path)
            chunk = Chunk(
                len(chunks),
                state.section,
                path,
                tuple(state.sentences),
                opens_section=state.is_new,
            )
            chunks.append(chunk)
            state.is_new = False
        state.sentences, state.words = [], 0.0

    for block in blocks:
        if block.kind == "heading":
            close()
            state.path = [item for item in state.path if item[0] < block.level]
            state.path.append((block.level, _title(block)))
            state.section += 1
            state.is_new = True
            sections.append(
                Section(state.section, block.level, block.number, block.text, block.page)
            )
            continue
        for sentence in sentences_of(block):
            length = count_words(sentence.text)
            is_row = bool(sentence.header)
            if state.words and (is_row or state.words + length > WORDS_PER_CHUNK):
                close()
            state.sentences.append(sentence)
            state.words += length
            if is_row:
                close()  # a row is about one fault, part or value: mixed with others, it hides
    close()
    return chunks, sections


def sentences_of(block: Block) -> Iterator[Sentence]:
    """Yield the sentences of a block; a step, a row, a caption and a safety message are one."""
    if block.kind not in ("paragraph", "item"):
        boxes = tuple(box for _, box in block.lines)
        yield Sentence(
            block.text, block.kind, block.page, boxes, block.number, block.header, block.cells
        )
        return
    end = 0
    for number, text in enumerate(split_sentences(block.text)):
        start = block.text.index(text, end)
        end = start + len(text)
        mark = block.number if number == 0 else ""
        yield Sentence(text, block.kind, block.page, tuple(_boxes(block, start, end)), mark)


def split_sentences(text: str) -> list[str]:
    """Split running text at sentence ends; joined by what stood between, they give the text."""
    parts: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _NO_END.search(text[start : match.start()].rstrip("\"')]")):
            continue
        if part := text[start : match.end()].strip():
            parts.append(part)
        start = match.end()
    if rest := text[start:].strip():
        parts.append(rest)
    return parts


def count_words(text: str) -> float:
    """Words of a text; a Chinese character counts as two thirds of a word."""
    characters = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + characters * 2 / 3


def _boxes(block: Block, start: int, end: int) -> Iterable[Box]:
    """The printed lines that a range of the block's text lies on.

    The text is the lines joined by one space or, where a word was mended, by nothing; a line is
    found by counting characters, which mending shifts by one at most.
    """
    position = 0
    for text, box in block.lines:
        line_end = position + len(text)
        if position < end and line_end > start:
            yield box
        position = line_end + 1


def _title(block: Block) -> str:
    return f"{block.number} {block.text}" if block.number else block.text
