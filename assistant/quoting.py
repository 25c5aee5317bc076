"""Choose what of the found passages is quoted, up to a length.

A passage of prose is quoted whole, because a sentence without the one before it may lose its
condition. Of a table only the rows that fit are. What is shown as a cause or a step already is not
quoted again, nor are captions and the lines that only say which document this is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from assistant.relevance import Question
from assistant.row_values import dimensions_in
from index.chunk_rows import StoredChunk
from index.chunk_table import ChunkTable
from index.corpus import Passage, Sentence

Piece = Passage | StoredChunk

_NOT_QUOTED = ("figure", "heading", "safety", "caption")
_IMPRINT = re.compile(
    r"(?:document no|dokument-nr|revision|rev\.|date|models?|serial numbers?|equipment|machine|"
    r"maker|issue|author|ausgabe|stand|文件编号|版本|型号|序列号|制造商)[.:：]?\s+\S",
    re.IGNORECASE,
)
_ROW_SHARE = 0.7  # of the share of the best row of a chunk
_NEAR_COSINE = 0.8  # of the best passage's: a row in other words than the question's
_MOST_OF_A_TABLE = 5  # rows among the first passages
_SHORT_WORDS = 60  # a section this short goes on in the next one of the same parent


class QuoteChooser:
    """Chooses the quotes of one question."""

    def __init__(
        self, question: Question, chunk_table: ChunkTable, dimensions: Collection[str] = ()
    ) -> None:
        """Quote for a question; ``dimensions`` are those of the value that it asks for."""
        self._dimensions = frozenset(dimensions)
        self._question = question
        self._chunk_table = chunk_table

    def choose(
        self,
        passages: Sequence[Passage],
        *,
        most_words: int,
        shown: Collection[tuple[int, str]],
        guarded: Callable[[Piece], bool],
    ) -> Iterator[tuple[Piece, list[Sentence]]]:
        """Yield passages with what of them is quoted, best first.

        ``shown`` are chunks with the texts of their sentences that stand on the screen already; a
        passage that is ``guarded`` is left out.
        """
        words = 0
        nearest = max((passage.cosine for passage in passages), default=0.0)
        table = _table_asked_for(passages)
        for number, piece in enumerate(self._reading_order(passages)):
            chosen = [
                sentence
                for sentence in self._quotable(piece, nearest, table, is_best=number == 0)
                if (piece.chunk_id, sentence.text) not in shown
            ]
            length = sum(len(sentence.text.split()) for sentence in chosen)
            if not chosen or (words and words + length > most_words) or guarded(piece):
                continue
            words += length
            yield piece, chosen

    def _reading_order(self, passages: Sequence[Passage]) -> Iterator[Piece]:
        """The best passage, what follows and precedes it in its section, then the others.

        A short section goes on in the next one: a cause stands under a heading of its own, and its
        remedy under the next.
        """
        if not passages:
            return
        best = passages[0]
        seen = {best.chunk_id}
        yield best
        section = self._chunk_table.section(best.revision_id, best.section)
        position = [chunk.chunk_id for chunk in section].index(best.chunk_id)
        near = [*section[position + 1 : position + 2], *section[max(0, position - 1) : position]]
        if len(section) == 1 and not any(s.cells for s in best.sentences):
            near += self._next_section(best)
        for chunk in near:
            seen.add(chunk.chunk_id)
            yield chunk
        yield from (passage for passage in passages[1:] if passage.chunk_id not in seen)

    def _next_section(self, best: Passage) -> list[StoredChunk]:
        """The start of the next section, if that has the same parent and this one is short."""
        if sum(len(s.text.split()) for s in best.sentences) > _SHORT_WORDS:
            return []
        following = self._chunk_table.section(best.revision_id, best.section + 1)[:1]
        return [c for c in following if c.heading_path[:-1] == best.heading_path[:-1] != ()]

    def _quotable(
        self, piece: Piece, nearest: float, table: tuple[int, int] | None, *, is_best: bool
    ) -> list[Sentence]:
        sentences = [s for s in piece.sentences if s.kind not in _NOT_QUOTED]
        if not is_best:
            sentences = [s for s in sentences if s.cells or not _IMPRINT.match(s.text)]
        rows = [s for s in sentences if s.cells]
        if not rows or (isinstance(piece, Passage) and (piece.revision_id, piece.section) == table):
            return sentences
        shares = {id(row): self._question.share(row.text) for row in rows}
        best = max(shares.values())
        if self._dimensions and isinstance(piece, Passage):
            # The unit stands in a column of its own, and the row may have no word of the question.
            fitting = [row for row in rows if dimensions_in(row) & self._dimensions]
            if fitting and best < _ROW_SHARE and len(rows) == len(fitting) == 1:
                return sentences
        if not best and len(rows) == 1:
            is_near = isinstance(piece, Passage) and piece.cosine >= _NEAR_COSINE * nearest
            return sentences if is_near else []
        return [
            s for s in sentences if not s.cells or (best and shares[id(s)] >= _ROW_SHARE * best)
        ]


def _table_asked_for(passages: Sequence[Passage]) -> tuple[int, int] | None:
    """The section of a table of which most was found: it is asked for as a whole."""
    if not passages:
        return None
    best = (passages[0].revision_id, passages[0].section)
    found = [p for p in passages if (p.revision_id, p.section) == best and p.sentences[0].cells]
    return best if len(found) >= _MOST_OF_A_TABLE else None
