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
from assistant.procedures import asks_how, whole_procedure
from assistant.quoting import Piece, QuoteChooser
from assistant.relevance import Question
from assistant.row_causes import explains, fitting_rows, read_causes
from index.access import Principal
from index.chunk_rows import StoredChunk
from index.code_table import CodeHit
from index.codes import fold
from index.corpus import Passage, SafetyMessage, Sentence
from index.device_naming import device_of
from index.intent import asked_dimensions
from index.retrieval import Retrieval, Retriever

FIRST = 10
"""Passages that are quoted and judged; those behind them help to choose rows and steps."""

_MOST_CARDS = 6
_MOST_CODE_ROWS = 24
MOST_QUOTED_WORDS = 250  # at this length quotes hold four fifths of the benchmark's answers
_PROCEDURE_RANK = 8  # steps are shown of a section with a passage ranked at least as high
_TITLE_SHARE = 0.4  # of the question's words, in the title of a section that ranks lower
_LEAST_STEPS = 2  # a section with as many is a procedure
_CLOSE_RANK = 2  # ... and it is named otherwise than in the question
_PART_NUMBER = re.compile(r"\b(?=[\w.-]*\d)[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)+\b")


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
        self,
        question: str,
        retrieval: Retrieval,
        retriever: Retriever,
        principal: Principal,
        *,
        most_words: int = MOST_QUOTED_WORDS,
    ) -> None:
        """Gather for a question and what was retrieved for it; ``most_words`` are quoted."""
        self._most_words = most_words
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
        self._whole = Question(question, retriever.rarity(principal), names, is_whole=True)
        self._text = question
        self._shown: list[int] = []
        self._said: set[tuple[int, str]] = set()

    def gather(self) -> Evidence:
        """Return the evidence; the citations are complete afterwards."""
        passages = self._retrieval.passages
        first = passages[:FIRST]
        is_known = self._retrieval.code_status == "known"
        wants = self._retrieval.intent
        top = passages[0].sentences[0] if passages else None
        rows = tuple(self._card(hit) for hit in self._retrieval.codes[:_MOST_CODE_ROWS])
        cards = (merge_cards(rows) if is_known else rows)[:_MOST_CARDS]
        causes: tuple[Cause, ...] = ()
        if is_known:
            causes = self._card_causes(rows)
        elif not cards and (
            (wants == "fault" and any(explains(s) for p in first for s in p.sentences))
            or (top is not None and explains(top))
        ):
            causes = self._row_causes(passages)
        procedure: str = ""
        steps: tuple[Step, ...] = ()
        if not cards and (wants == "procedure" or self._wants_work(passages)):
            procedure, steps = self._procedure(passages)
        most = self._most_words // (4 if cards else 2 if causes or steps else 1)
        quotes = tuple(
            self._quotes(self._naming_the_codes(first) if cards else first, causes, steps, most)
        )
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
        causes: list[Cause] = []
        for passage, row in fitting_rows(passages, self._question):
            marker = self.citations.cite(passage, row)
            self._shown.append(passage.chunk_id)
            self._said.add((passage.chunk_id, row.text))
            causes += (
                Cause(text=text, remedy=remedy, symptom=symptom, marker=marker)
                for text, remedy, symptom in read_causes(row)
            )
        return tuple(causes)

    def _wants_work(self, passages: Sequence[Passage]) -> bool:
        """Whether work is asked for though the question does not put it as a request.

        Then its words ask how, or the search found the text of a procedure before anything else.
        """
        if asks_how(self._text):
            return True
        if not passages or passages[0].sentences[0].cells:
            return False
        section = self._retriever.chunk_table.section(passages[0].revision_id, passages[0].section)
        return sum(s.kind == "step" for chunk in section for s in chunk.sentences) >= _LEAST_STEPS

    def _procedure(self, passages: Sequence[Passage]) -> tuple[str, tuple[Step, ...]]:
        """The whole procedure of the best section with steps, in the order of the source.

        A section of which several passages were found is likelier than one with a fitting title.
        """
        sections: dict[tuple[int, int], list[Passage]] = {}
        for passage in passages:
            sections.setdefault((passage.revision_id, passage.section), []).append(passage)
        best: tuple[float, str, list[tuple[StoredChunk, Sentence]]] = (0.0, "", [])
        for place, found in sections.items():
            chunks = self._retriever.chunk_table.section(*place)
            steps = whole_procedure([(c, s) for c in chunks for s in c.sentences])
            title = (found[0].heading_path or ("",))[-1]
            share = self._question.share(title)
            nearness = max(passage.cosine for passage in found)
            rating = share + nearness + 0.3 * sum(1 / passage.rank for passage in found)
            rank = found[0].rank
            is_meant = share >= _TITLE_SHARE or (share > 0 and rank <= _PROCEDURE_RANK)
            if steps and (is_meant or rank <= _CLOSE_RANK) and rating > best[0]:
                best = rating, title, steps
        _, title, steps = best
        self._shown.extend(chunk.chunk_id for chunk, _ in steps)
        self._said.update((chunk.chunk_id, sentence.text) for chunk, sentence in steps)
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
        self,
        passages: Sequence[Passage],
        causes: Sequence[Cause],
        steps: Sequence[Step],
        most_words: int,
    ) -> Iterable[Quote]:
        """Quote the passages that fit.

        Beside causes, a passage under warnings of its own is left out: they would bury those of
        what is to be done.
        """
        guarded = {key for key, _, _ in self._messages(self._shown)}

        def has_own_warnings(piece: Piece) -> bool:
            best = passages[0]
            if not causes or (piece.revision_id, piece.section) == (best.revision_id, best.section):
                return False
            return bool({k for k, _, _ in self._messages([piece.chunk_id])} - guarded)

        chooser = QuoteChooser(
            self._question, self._retriever.chunk_table, asked_dimensions(self._text)
        )
        for piece, chosen in chooser.choose(
            passages, most_words=most_words, shown=self._said, guarded=has_own_warnings
        ):
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

    def _naming_the_codes(self, passages: Sequence[Passage]) -> list[Passage]:
        """Passages beside the code cards that name a code of the question: what else is known."""
        codes = {fold(hit.code) for hit in self._retrieval.codes}
        return [
            passage
            for passage in passages
            if passage.chunk_id not in self._shown
            and any(code in fold(passage.text) for code in codes)
        ]

    def _messages(self, chunk_ids: Sequence[int]) -> list[tuple[int, int, SafetyMessage]]:
        return self._retriever.chunk_table.safety_messages(chunk_ids)

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
        return max((self._whole.share(text) for text in texts), default=0.0)
