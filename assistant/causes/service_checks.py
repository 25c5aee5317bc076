"""What to verify before the machine returns to service: what the cited sections end with.

Verbatim, and only where the document has it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlalchemy as sa

from assistant.citations import CitationList
from assistant.messages import Answer, SafetyNotice, ServiceCheck, Step
from index.access import Principal
from index.catalog import Catalog, StoredDocument
from index.chunk_rows import StoredChunk
from index.chunk_table import ChunkTable
from index.corpus import Sentence
from index.section_finding import SectionPlace, find_sections, next_section, referred_sections

_PROSE = ("paragraph", "item", "step")
_MOST_TAIL_WORDS = 80
_MOST_SECTIONS = 4
_CLOSING = re.compile(
    r"after (?:job )?completion|job completion|return to service|putting back|final check|"
    r"wiederinbetriebnahme|abschluss|nach der arbeit|恢复运行|投入运行|完工|作业完成|结束工作",
    re.IGNORECASE,
)
Placed = tuple[StoredChunk, Sentence]


class SectionReader:
    """Reads sections of cited revisions; every revision given was found for the principal."""

    def __init__(self, catalog: Catalog, chunk_table: ChunkTable, principal: Principal) -> None:
        self._catalog = catalog
        self._engine: sa.Engine = catalog.engine
        self._chunks = chunk_table
        self._principal = principal
        self._read: dict[SectionPlace, list[Placed]] = {}
        self._documents: dict[int, StoredDocument | None] = {}

    def named_in(self, revision_id: int, text: str) -> list[SectionPlace]:
        """The sections of a revision that a text refers to by their numbers, in its order."""
        numbers = referred_sections(text)
        found = find_sections(self._engine, revision_id, numbers) if numbers else {}
        return [found[number] for number in numbers if number in found]

    def of_chunk(self, chunk_id: int) -> SectionPlace | None:
        """The section that a chunk lies in; None for a chunk that is gone."""
        chunk = self._chunks.get([chunk_id]).get(chunk_id)
        if chunk is None:
            return None
        name = self._chunks.section_title(chunk.revision_id, chunk.section)
        return SectionPlace(chunk.revision_id, chunk.section, name)

    def sentences(self, place: SectionPlace) -> list[Placed]:
        """The sentences of a section in reading order."""
        if place not in self._read:
            chunks = self._chunks.section(place.revision_id, place.ordinal)
            self._read[place] = [(chunk, one) for chunk in chunks for one in chunk.sentences]
        return self._read[place]

    def check_of(
        self, place: SectionPlace, answer: Answer, citations: CitationList, causes: Sequence[str]
    ) -> ServiceCheck | None:
        """What a section ends with, under its own safety messages; None where it ends with none.

        Safety messages that the answer shows anyhow are not repeated.
        """
        sentences = self.sentences(place)
        tail = tail_of([sentence for _, sentence in sentences])
        shown = sentences[len(sentences) - tail[0] : len(sentences) - tail[1]] if tail else []
        shown = [one for one in shown if one[1].kind in _PROSE]
        after = next_section(self._engine, place.revision_id, place.ordinal)
        if after is not None and _CLOSING.search(after.name) and not _CLOSING.search(place.name):
            shown += [one for one in self.sentences(after) if one[1].kind in _PROSE]
        if not shown:
            return None
        chunk_ids = list(dict.fromkeys(chunk.chunk_id for chunk, _ in (*sentences, *shown)))
        return ServiceCheck(
            section=place.name,
            sentences=tuple(
                Step(number=s.number, text=s.text, marker=citations.cite(c, s)) for c, s in shown
            ),
            safety=self._safety(chunk_ids, answer, citations),
            causes=tuple(causes),
        )

    def _safety(
        self, chunk_ids: Sequence[int], answer: Answer, citations: CitationList
    ) -> tuple[SafetyNotice, ...]:
        known = {notice.text for notice in answer.safety}
        notices: list[SafetyNotice] = []
        for _, revision_id, message in self._chunks.safety_messages(chunk_ids):
            document = self._document(revision_id)
            if document is None or message.text in known:
                continue
            title = self._chunks.section_title(revision_id, message.section)
            notices.append(
                SafetyNotice(
                    signal=message.signal,
                    text=message.text,
                    language=message.language,
                    marker=citations.cite_safety(document, message, title),
                )
            )
        return tuple(notices)

    def _document(self, revision_id: int) -> StoredDocument | None:
        if revision_id not in self._documents:
            self._documents[revision_id] = self._catalog.revision(self._principal, revision_id)
        return self._documents[revision_id]


def tail_of(sentences: Sequence[Sentence]) -> tuple[int, int] | None:
    """Where the prose behind the last step begins and ends, counted from the end (pure).

    None where there are no steps, nothing behind the last, or another thing than prose.
    """
    at = [i for i, sentence in enumerate(sentences) if sentence.kind == "step"]
    if not at:
        return None
    words = 0
    end = at[-1] + 1
    for sentence in sentences[at[-1] + 1 :]:
        words += len(sentence.text.split())
        if sentence.kind not in (*_PROSE, "safety") or words > _MOST_TAIL_WORDS:
            break
        end += 1
    if end == at[-1] + 1:
        return None
    return len(sentences) - at[-1] - 1, len(sentences) - end


def service_checks(
    answer: Answer, reader: SectionReader, citations: CitationList
) -> tuple[ServiceCheck, ...]:
    """What to verify after the remedies of the causes, or after the steps, of an answer."""
    by_marker = {citation.marker: citation for citation in citations.all()}
    wanted: dict[SectionPlace, list[str]] = {}
    for cause in answer.causes:
        revision_id = by_marker[cause.marker].revision_id
        for place in reader.named_in(revision_id, cause.remedy):
            wanted.setdefault(place, []).append(cause.key)
    if answer.steps and (chunk_id := by_marker[answer.steps[-1].marker].chunk_id) is not None:
        own = reader.of_chunk(chunk_id)
        if own is not None:
            wanted.setdefault(own, [])
    found = [
        reader.check_of(place, answer, citations, keys)
        for place, keys in list(wanted.items())[:_MOST_SECTIONS]
    ]
    return tuple(check for check in found if check is not None)
