"""Gather what can be shown without a language model: code cards, causes, steps, quotes, warnings.

Everything here is verbatim from the passages that the search found. Retrieval chooses, and nothing
after it narrows the choice: a language model orders and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.citations import CitationList
from assistant.code_cards import merge_cards, pair
from assistant.messages import Cause, CodeCard, PartNeeded, Quote, SafetyNotice, Step
from assistant.procedures import whole_procedure
from assistant.relevance import Question
from index.access import Principal
from index.chunk_rows import StoredChunk
from index.code_table import CodeHit
from index.corpus import Passage, Sentence
from index.device_naming import device_of
from index.retrieval import Retrieval, Retriever
from index.rows import (
    CAUSE_HEADERS,
    MEANING_HEADERS,
    REMEDY_HEADERS,
    SYMPTOM_HEADERS,
    column,
    split_numbered,
)

_MOST_CARDS = 6
_MOST_CODE_ROWS = 24
_MOST_ROWS = 3
_MOST_QUOTED_WORDS = 250  # at this length quotes hold four fifths of the benchmark's answers
_PROCEDURE_RANK = 8  # steps are shown of a section with a passage ranked at least as high
_CLOSE_RANK = 2  # ... and it is named otherwise than in the question
_NOT_QUOTED = ("figure", "heading", "safety")
_PART_NUMBER = re.compile(r"\b(?=[\w.-]*\d)[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)+\b")

Piece = Passage | StoredChunk


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the documents say about a question.

    ``support`` is the share of the question's words, weighted by rarity, that the passages hold.
    """

    code_cards: tuple[CodeCard, ...]
    causes: tuple[Cause, ...]
    procedure: str
    steps: tuple[Step, ...]
    parts: tuple[PartNeeded, ...]
    quotes: tuple[Quote, ...]
    safety: tuple[SafetyNotice, ...]
    support: float


class EvidenceGatherer:
    """Gathers the evidence of one question."""

    def __init__(
        self, question: str, retrieval: Retrieval, retriever: Retriever, principal: Principal
    ) -> None:
        self.citations = CitationList(retriever.catalog, principal)
        self._retrieval = retrieval
        self._retriever = retriever
        self._principal = principal
        names = (
            [retrieval.asset.tag, retrieval.asset.model, retrieval.asset.name]
            if retrieval.asset
            else []
        )
        names += [device_of(passage.document) for passage in retrieval.passages[:1]]
        self._question = Question(question, retriever.rarity(principal), ignore=names)
        self._shown: list[int] = []

    def gather(self) -> Evidence:
        """Return the evidence; the citations are complete afterwards."""
        passages = self._retrieval.passages
        is_known = self._retrieval.code_status == "known"
        wants = self._retrieval.intent
        top = passages[0].sentences[0] if passages else None
        rows = tuple(self._card(hit) for hit in self._retrieval.codes[:_MOST_CODE_ROWS])
        cards = (merge_cards(rows) if is_known else rows)[:_MOST_CARDS]
        causes: tuple[Cause, ...] = ()
        if is_known:
            causes = self._card_causes(rows)
        elif not cards and (wants == "fault" or (top is not None and _explains(top))):
            causes = self._row_causes(passages)
        procedure: str = ""
        steps: tuple[Step, ...] = ()
        if not cards and (wants == "procedure" or (top is not None and top.kind == "step")):
            procedure, steps = self._procedure(passages)
        quotes = () if cards else tuple(self._quotes(passages, causes, steps))
        return Evidence(
            code_cards=cards,
            causes=causes,
            procedure=procedure,
            steps=steps,
            parts=self._parts([c.remedy for c in causes] + [s.text for s in steps]),
            quotes=quotes,
            safety=self._safety(),
            support=self._support(passages),
        )

    def _card(self, hit: CodeHit) -> CodeCard:
        chunk = self._retriever.chunk_table.get([hit.chunk_id])[hit.chunk_id]
        self._shown.append(hit.chunk_id)
        return CodeCard(
            code=hit.code,
            kind=hit.kind,
            device=hit.device,
            component=hit.component,
            meaning=hit.meaning,
            causes=hit.causes,
            remedies=hit.remedies,
            is_exact=hit.level == 0,
            marker=self.citations.cite(chunk, chunk.sentences[hit.sentence]),
        )

    def _card_causes(self, cards: Sequence[CodeCard]) -> tuple[Cause, ...]:
        codes = {card.code for card in cards}
        return tuple(
            Cause(
                text=cause,
                remedy=remedy,
                # With several codes each cause says whose it is.
                symptom=f"{card.code} {card.meaning}" if len(codes) > 1 else card.meaning,
                marker=card.marker,
            )
            for card in cards
            for cause, remedy in pair(card.causes, card.remedies)
        )

    def _row_causes(self, passages: Sequence[Passage]) -> tuple[Cause, ...]:
        """Causes from the rows of fault tables that hold most of the question."""
        rated: list[tuple[float, Passage, Sentence]] = []
        for passage in passages:
            for sentence in passage.sentences:
                if _explains(sentence):
                    share = self._question.share(sentence.text, " ".join(passage.heading_path))
                    rated.append((share + passage.cosine + 0.3 / passage.rank, passage, sentence))
        rated.sort(key=lambda item: -item[0])
        best = rated[0][0] if rated else 0.0
        causes: list[Cause] = []
        for rating, passage, sentence in rated[:_MOST_ROWS]:
            if rating < 0.6 * best:
                break
            causes.extend(self._causes_of_row(passage, sentence))
        return tuple(causes)

    def _causes_of_row(self, passage: Passage, row: Sentence) -> Iterable[Cause]:
        marker = self.citations.cite(passage, row)
        self._shown.append(passage.chunk_id)
        cause, remedy = column(row.header, CAUSE_HEADERS), column(row.header, REMEDY_HEADERS)
        texts = split_numbered(row.cells[cause]) if cause >= 0 else ()
        remedies = split_numbered(row.cells[remedy]) if remedy >= 0 else ()
        symptom = column(row.header, SYMPTOM_HEADERS, cause, remedy)
        if symptom < 0:
            symptom = column(row.header, MEANING_HEADERS, cause, remedy)
        seen = row.cells[symptom] if symptom >= 0 else ""
        for text, what_to_do in pair(texts, remedies):
            yield Cause(text=text, remedy=what_to_do, symptom=seen, marker=marker)

    def _procedure(self, passages: Sequence[Passage]) -> tuple[str, tuple[Step, ...]]:
        """The whole procedure of the best section with steps, in the order of the source.

        A section of which several passages were found is likelier than one with a fitting title.
        """
        sections: dict[tuple[int, int], list[Passage]] = {}
        for passage in passages[:_PROCEDURE_RANK]:
            sections.setdefault((passage.revision_id, passage.section), []).append(passage)
        best: tuple[float, str, list[tuple[StoredChunk, Sentence]]] = (0.0, "", [])
        for place, found in sections.items():
            chunks = self._retriever.chunk_table.section(*place)
            steps = whole_procedure([(c, s) for c in chunks for s in c.sentences])
            title = (found[0].heading_path or ("",))[-1]
            share = self._question.share(title)
            nearness = max(passage.cosine for passage in found)
            rating = share + nearness + 0.3 * sum(1 / passage.rank for passage in found)
            if steps and (share or found[0].rank <= _CLOSE_RANK) and rating > best[0]:
                best = rating, title, steps
        _, title, steps = best
        self._shown.extend(chunk.chunk_id for chunk, _ in steps)
        return title, tuple(
            Step(number=s.number, text=s.text, marker=self.citations.cite(c, s)) for c, s in steps
        )

    def _parts(self, texts: Sequence[str]) -> tuple[PartNeeded, ...]:
        """The spare parts that texts name, as the parts lists have them."""
        parts: dict[str, PartNeeded] = {}
        for number in dict.fromkeys(n for text in texts for n in _PART_NUMBER.findall(text)):
            for hit in self._retriever.code_table.look_up(number, self._retrieval.scope):
                if hit.kind == "part" and hit.level <= 1:
                    chunk = self._retriever.chunk_table.get([hit.chunk_id])[hit.chunk_id]
                    marker = self.citations.cite(chunk, chunk.sentences[hit.sentence])
                    parts[hit.code] = PartNeeded(part_no=hit.code, name=hit.meaning, marker=marker)
        return tuple(parts.values())

    def _quotes(
        self, passages: Sequence[Passage], causes: Sequence[Cause], steps: Sequence[Step]
    ) -> Iterable[Quote]:
        """Quote the best passages whole, of tables only the rows that fit, up to a length.

        Beside causes or steps there is room for half as much. Beside causes, a passage under
        warnings of its own is left out: they would bury those of what is to be done.
        """
        most = _MOST_QUOTED_WORDS // (2 if causes or steps else 1)
        words = 0
        guarded = {key for key, _, _ in self._retriever.chunk_table.safety_messages(self._shown)}
        for piece in self._reading_order(passages):
            own = {k for k, _, _ in self._retriever.chunk_table.safety_messages([piece.chunk_id])}
            if causes and own - guarded:
                continue
            chosen = self._quotable(piece)
            length = sum(len(sentence.text.split()) for sentence in chosen)
            if not chosen or (words and words + length > most):
                continue
            words += length
            self._shown.append(piece.chunk_id)
            section = piece.heading_path[-1] if piece.heading_path else piece.document
            for sentence in chosen:
                yield Quote(
                    text=sentence.text,
                    header=sentence.header,
                    cells=sentence.cells,
                    section=section,
                    marker=self.citations.cite(piece, sentence),
                )

    def _reading_order(self, passages: Sequence[Passage]) -> Iterable[Piece]:
        """The best passage, what follows and precedes it in its section, then the others."""
        if not passages:
            return
        best = passages[0]
        seen = {best.chunk_id}
        yield best
        section = self._retriever.chunk_table.section(best.revision_id, best.section)
        position = [chunk.chunk_id for chunk in section].index(best.chunk_id)
        for chunk in (
            *section[position + 1 : position + 2],
            *section[max(0, position - 1) : position],
        ):
            seen.add(chunk.chunk_id)
            yield chunk
        yield from (passage for passage in passages[1:] if passage.chunk_id not in seen)

    def _quotable(self, piece: Piece) -> list[Sentence]:
        sentences = [s for s in piece.sentences if s.kind not in _NOT_QUOTED]
        rows = [s for s in sentences if s.cells]
        if not rows:
            return sentences
        shares = {id(row): self._question.share(row.text) for row in rows}
        best = max(shares.values())
        return [s for s in sentences if not s.cells or (best and shares[id(s)] >= 0.7 * best)]

    def _safety(self) -> tuple[SafetyNotice, ...]:
        """Every message that guards something shown, most severe first."""
        catalog, chunk_table = self._retriever.catalog, self._retriever.chunk_table
        notices: list[SafetyNotice] = []
        for _, revision_id, message in chunk_table.safety_messages(self._shown):
            document = catalog.revision(self._principal, revision_id)
            assert document is not None  # its chunks were found, so the principal may see it
            title = chunk_table.section_title(revision_id, message.section)
            notices.append(
                SafetyNotice(
                    signal=message.signal,
                    text=message.text,
                    language=message.language,
                    marker=self.citations.cite_safety(document, message, title),
                )
            )
        return tuple(notices)

    def _support(self, passages: Sequence[Passage]) -> float:
        texts = [" ".join((*passage.heading_path, passage.text)) for passage in passages[:5]]
        return max((self._question.share(text) for text in texts), default=0.0)


def _explains(sentence: Sentence) -> bool:
    """A row that gives a cause or a remedy."""
    has_cause = column(sentence.header, CAUSE_HEADERS) >= 0
    return bool(sentence.cells) and (has_cause or column(sentence.header, REMEDY_HEADERS) >= 0)
