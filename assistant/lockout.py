"""Put the lockout procedure in front of every answer that has a person work on energy, by code.

Neither the question ("already locked out") nor the language model has a say in it. The block of the
same document comes first, else one of the machine's other documents. If there is none, the answer
says so. What the question's passages link to is left as ingestion found it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.citations import CitationList
from assistant.energy_words import is_lockout_title
from assistant.energy_work import work_on_energy
from assistant.evidence import Evidence
from assistant.lockout_text import line_of, listed
from assistant.messages import SafetyNotice
from index.access import Principal
from index.chunk_rows import StoredChunk
from index.corpus import SafetyMessage, Sentence
from index.language import language_of
from index.lockouts import SectionTitle, lockout_blocks, section_titles
from index.retrieval import Retrieval, Retriever

_LEAST_LISTED = 2  # of a section that is taken for a lockout procedure by its title alone


@dataclass(frozen=True, slots=True)
class Locked:
    """Evidence with its lockout block in front.

    ``is_missing`` tells that one is needed and no document of the machine holds one.
    """

    evidence: Evidence
    is_missing: bool


def with_lockout(
    evidence: Evidence,
    retrieval: Retrieval,
    retriever: Retriever,
    principal: Principal,
    citations: CitationList,
    *,
    is_asked_for: bool = False,
) -> Locked:
    """Return the evidence with the lockout block that its work needs.

    With ``is_asked_for`` the lockout is what the question is about, whatever the evidence holds.
    """
    cited = {citation.marker: citation for citation in citations.all()}
    worked_on = dict.fromkeys(
        cited[marker].revision_id
        for marker in work_on_energy(evidence)
        if not is_lockout_title(cited[marker].section)
    )
    if is_asked_for and not worked_on:
        worked_on = dict.fromkeys(passage.revision_id for passage in retrieval.passages[:1])
    if not worked_on:
        return Locked(evidence, is_missing=False)
    shown = [notice for notice in evidence.safety if _is_lockout(notice)]
    is_from = [cited[notice.marker].revision_id for notice in shown]
    finder = _Finder(retriever, principal, citations)
    is_missing = False
    for machine in _machines(retrieval, retriever, principal, tuple(worked_on)):
        if not set(machine) & set(is_from):
            found = list(finder.find(machine))
            shown += [notice for notice in found if notice not in shown]
            is_missing = is_missing or not found
    others = tuple(notice for notice in evidence.safety if notice not in shown)
    return Locked(replace(evidence, safety=(*shown, *others)), is_missing)


def _is_lockout(notice: SafetyNotice) -> bool:
    return notice.signal == "lockout" and is_lockout_title(notice.text.split("\n", 1)[0])


def _machines(
    retrieval: Retrieval, retriever: Retriever, principal: Principal, worked_on: tuple[int, ...]
) -> list[list[int]]:
    """The documents of each machine that is worked on: what is worked by first, the newest first.

    Where the question names no machine, a document's are those that apply to what it applies to.
    """
    scope = sorted(set(retrieval.scope).difference(worked_on), reverse=True)
    if retrieval.asset is not None:
        return [[*worked_on, *scope]]
    catalog = retriever.catalog
    documents = {
        revision_id: document
        for revision_id in (*worked_on, *scope)
        if (document := catalog.revision(principal, revision_id)) is not None
    }

    def is_same(first: int, second: int) -> bool:
        one, other = documents.get(first), documents.get(second)
        if one is None or other is None:
            return False
        models = set(one.models) & set(other.models)
        return bool(models or set(one.assets) & set(other.assets))

    everything = (*worked_on, *scope)
    return [
        [own, *(each for each in everything if each != own and is_same(own, each))]
        for own in worked_on
    ]


class _Finder:
    """Finds the lockout procedure of documents."""

    def __init__(self, retriever: Retriever, principal: Principal, citations: CitationList) -> None:
        self._retriever = retriever
        self._principal = principal
        self._citations = citations

    def find(self, revision_ids: Sequence[int]) -> Iterable[SafetyNotice]:
        """The block of the first of the revisions that has one."""
        engine = self._retriever.catalog.engine
        blocks = {
            revision: message
            for revision, message in reversed(lockout_blocks(engine, revision_ids))
            if is_lockout_title(message.text.split("\n", 1)[0])
        }
        titled: dict[int, list[SectionTitle]] = {}
        for title in section_titles(engine, revision_ids):
            if any(map(is_lockout_title, title.path)) and not _is_return(title):
                titled.setdefault(title.revision_id, []).append(title)
        for revision_id in revision_ids:
            if message := blocks.get(revision_id):
                yield from self._block(revision_id, message)
                return
            if found := self._section(titled.get(revision_id, ())):
                yield found
                return

    def _block(self, revision_id: int, message: SafetyMessage) -> Iterable[SafetyNotice]:
        document = self._retriever.catalog.revision(self._principal, revision_id)
        if document is not None:
            heading = self._retriever.chunk_table.section_title(revision_id, message.section)
            marker = self._citations.cite_safety(document, message, heading)
            yield SafetyNotice(
                signal="lockout", text=message.text, language=message.language, marker=marker
            )

    def _section(self, titles: Sequence[SectionTitle]) -> SafetyNotice | None:
        """A section with steps under a lockout heading, with those that go on counting."""
        chosen: list[tuple[StoredChunk, Sentence]] = []
        last = 0
        for title in titles:
            chunks = self._retriever.chunk_table.section(title.revision_id, title.ordinal)
            own = listed(chunks)
            if not chosen and len(own) >= _LEAST_LISTED:
                chosen, last = own, title.ordinal
            elif chosen and own and title.ordinal <= last + 1 and _goes_on(chosen, own):
                chosen, last = chosen + own, title.ordinal
        if not chosen:
            return None
        first, sentence = chosen[0]
        text = "\n".join([first.heading_path[-1], *(line_of(s) for _, s in chosen)])
        marker = self._citations.cite(first, sentence)
        return SafetyNotice(signal="lockout", text=text, language=language_of(text), marker=marker)


def _goes_on(
    before: Sequence[tuple[StoredChunk, Sentence]], after: Sequence[tuple[StoredChunk, Sentence]]
) -> bool:
    """Whether steps continue the count of those before."""
    last, first = (pair[1].number.strip(".) ") for pair in (before[-1], after[0]))
    return last.isdecimal() and first.isdecimal() and int(first) == int(last) + 1


def _is_return(title: SectionTitle) -> bool:
    """Whether a section under a lockout heading is about the way back."""
    return not is_lockout_title(f"lockout {title.path[-1]}")
