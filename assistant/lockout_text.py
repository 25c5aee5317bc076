"""The text of a lockout procedure that a section holds by its title, and whether one is it (pure).

Ingestion makes blocks of sections with enough steps. Of other documents the section itself is
shown: its heading and its listed sentences, one a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.chunk_rows import StoredChunk
from index.corpus import Sentence

MOST_SECTIONS = 6  # that go on counting behind the first
_LISTED = ("step", "item")


def listed(chunks: Iterable[StoredChunk]) -> list[tuple[StoredChunk, Sentence]]:
    """The steps and items of chunks."""
    return [(c, s) for c in chunks for s in c.sentences if s.kind in _LISTED]


def line_of(sentence: Sentence) -> str:
    """A step or item as a line."""
    return f"{sentence.number} {sentence.text}".strip()


def is_of_sections(text: str, sections: Sequence[Sequence[StoredChunk]]) -> bool:
    """Tell whether a text is the heading of the first section and listed sentences of all, whole.

    They are in the order of the document, and of the first section none is left out.
    """
    heading, *lines = text.split("\n")
    if not sections or not sections[0] or not sections[0][0].heading_path:
        return False
    stored = [[line_of(sentence) for _, sentence in listed(chunks)] for chunks in sections]
    whole: list[str] = []
    for own in stored:
        whole += own
        if lines == whole and own:
            return heading == sections[0][0].heading_path[-1]
    return False
