"""Whether the steps of a procedure stand in the order of their source, and none is left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.messages import Citation, Step
from assistant.verifying.items import is_step
from assistant.verifying.stored import Stored
from index.chunk_rows import StoredChunk
from index.corpus import Sentence

_KEPT = ("paragraph", "item", "step", "row")
_PROSE = ("paragraph", "item", "step")

Place = tuple[int, int, int]
"""Revision, section, position of a sentence in it."""


def procedure_fault(
    steps: Sequence[Step], citations: dict[int, Citation], stored: Stored
) -> str | None:
    """Say what is wrong with a procedure; None where it is its source's.

    Every step must be the cited sentence with its number; they must stand in the order of the
    source; every step of the section must be there, and every sentence between two of them: "Do not
    go on before MP1 shows 0 bar" is part of the procedure.
    """
    places = _places(steps, citations, stored)
    if isinstance(places, str):
        return places
    for revision_id, section in dict.fromkeys(place[:2] for place in places):
        sentences = _sentences(revision_id, section, stored)
        shown = [place[2] for place in places if place[:2] == (revision_id, section)]
        wanted = [at for at, one in enumerate(sentences) if one.kind == "step"]
        if wanted:
            wanted = [at for at in range(wanted[0], wanted[-1] + 1)
                      if sentences[at].kind in _KEPT]  # fmt: skip
        if fault := _order_fault(shown, wanted, sentences):
            return fault
    return None


def tail_fault(steps: Sequence[Step], citations: dict[int, Citation], stored: Stored) -> str | None:
    """Say what is wrong with sentences that a section ends with; None where they are its own."""
    places = _places(steps, citations, stored)
    if isinstance(places, str):
        return places
    for revision_id, section in dict.fromkeys(place[:2] for place in places):
        sentences = _sentences(revision_id, section, stored)
        shown = [place[2] for place in places if place[:2] == (revision_id, section)]
        between = range(min(shown), max(shown) + 1)
        wanted = [at for at in between if sentences[at].kind in _PROSE]
        if fault := _order_fault(shown, wanted, sentences):
            return fault
    return None


def _order_fault(
    shown: Sequence[int], wanted: Sequence[int], sentences: Sequence[Sentence]
) -> str | None:
    if any(first >= second for first, second in pairwise(shown)):
        return "the steps are not in the order of the source"
    if missing := [at for at in wanted if at not in shown]:
        left_out = sentences[missing[0]]
        return f"left out of the source: {f'{left_out.number} {left_out.text}'.strip()}"
    return None


def _places(
    steps: Sequence[Step], citations: dict[int, Citation], stored: Stored
) -> list[Place] | str:
    """Where the steps stand, or what is wrong with one of them."""
    places: list[Place] = []
    used: set[Place] = set()
    for step in steps:
        citation = citations.get(step.marker)
        chunk = _chunk(citation, stored)
        if citation is None or chunk is None:
            return f"its place is not in the documents: {step.number} {step.text}"
        if citation.kind == "history":
            return f"from a ticket, not from a manual: {step.text}"
        sentences = stored.section(chunk.revision_id, chunk.section)
        place = next(
            (
                found
                for found, sentence in _within(chunk, sentences)
                if is_step(step, sentence) and sentence.text == citation.quote and found not in used
            ),
            None,
        )
        if place is None:
            return f"not the cited sentence: {step.number} {step.text}"
        used.add(place)
        places.append(place)
    return places


def _chunk(citation: Citation | None, stored: Stored) -> StoredChunk | None:
    if citation is None or citation.chunk_id is None:
        return None
    return stored.chunks([citation.chunk_id]).get(citation.chunk_id)


def _sentences(revision_id: int, section: int, stored: Stored) -> list[Sentence]:
    return [one for chunk in stored.section(revision_id, section) for one in chunk.sentences]


def _within(chunk: StoredChunk, section: Sequence[StoredChunk]) -> list[tuple[Place, Sentence]]:
    """The sentences of a chunk with their positions in its section."""
    found: list[tuple[Place, Sentence]] = []
    at = 0
    for one in section:
        for sentence in one.sentences:
            if one.chunk_id == chunk.chunk_id:
                found.append(((chunk.revision_id, chunk.section, at), sentence))
            at += 1
    return found
