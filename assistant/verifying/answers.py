"""Verify a whole answer: what does not stand in its cited passage goes, flagged and counted.

Everything is held against what is stored, read anew by the citations, and never against the answer
itself. A safety message that guards something shown and is not there is put back.
"""

from __future__ import annotations

from collections.abc import Generator

from assistant.citations import CitationList
from assistant.messages import (
    Answer,
    AnswerEvent,
    Cause,
    CauseVerified,
    CodeCard,
    Disagreement,
    PartNeeded,
    Quote,
    Removed,
    ServiceCheck,
)
from assistant.verifying import diagnosed, guards, items
from assistant.verifying.cited import NOT_CITED, Cited
from assistant.verifying.sequences import procedure_fault, tail_fault
from assistant.verifying.stored import Stored
from assistant.verifying.verbatim import is_same
from index.access import Principal
from index.retrieval import Retriever

_NOTHING_LEFT = (
    "What was found could not be verified against the documents, so it is not shown. Ask again."
)


class Verifier:
    """Verifies the answers of one turn; it reads every stored passage once."""

    def __init__(self, retriever: Retriever, principal: Principal) -> None:
        """Hold answers against what the principal sees of what the retriever searches."""
        self._catalog = retriever.catalog
        self._principal = principal
        self._stored = Stored(retriever, principal)

    def answer(self, answer: Answer) -> Answer:
        """The answer with what its cited passages bear out.

        What went is added to ``removed``, each with its reason. An answer of which nothing is left
        says so.
        """
        cited = Cited(answer, self._stored)
        cards = tuple(kept for one in answer.code_cards if (kept := _card(one, cited)))
        causes = tuple(
            cause for one in answer.causes if (cause := diagnosed.verified_cause(one, cited))
        )
        has_procedure = bool(answer.steps) and _has_procedure(cited)
        steps = answer.steps if has_procedure else ()
        parts = tuple(one for one in answer.parts if _is_part(one, cited))
        quotes = tuple(one for one in answer.quotes if _is_quote(one, cited))
        checks = tuple(
            check for one in answer.service_checks if (check := _service_check(one, cited))
        )
        notices = tuple(one for one in answer.safety if guards.is_notice(one, cited))
        markers = [one.marker for group in (cards, causes, steps, quotes) for one in group]
        closing = [one.marker for check in checks for one in check.sentences]
        shown = [*notices, *(one for check in checks for one in check.safety)]
        made = CitationList(self._catalog, self._principal)
        added, citations = guards.left_out(markers, closing, shown, cited, made)
        update: dict[str, object] = {
            "code_cards": cards,
            "causes": causes,
            "procedure": _title(cited) if steps else "",
            "steps": steps,
            "parts": parts,
            "quotes": quotes,
            "service_checks": checks,
            "safety": (*notices, *added),
            "first_check": diagnosed.verified_first_check(causes, cited),
            "next_check": diagnosed.verified_next_check(answer.next_check, cited),
            "missing": diagnosed.verified_missing(cited),
            "disagreements": tuple(one for one in answer.disagreements if _is_known(one, cited)),
            "citations": (*cited.citations.values(), *citations),
            "removed": (*answer.removed, *cited.removed),
        }
        is_empty = not (cards or causes or steps or parts or quotes)
        if answer.is_supported and is_empty and _has_content(answer):
            update |= {"status": "unsupported", "message": _NOTHING_LEFT}
        return answer.model_copy(update=update)

    def cause(self, cause: Cause, answer: Answer) -> tuple[Cause | None, tuple[Removed, ...]]:
        """A cause that the model named, as far as its passage bears it out; and what went.

        ``answer`` is the one that the cause belongs to.
        """
        cited = Cited(answer, self._stored)
        kept = diagnosed.verified_cause(cause, cited)
        return kept, tuple(cited.removed)

    def events(
        self, run: Generator[AnswerEvent, None, Answer], answer: Answer
    ) -> Generator[AnswerEvent, None, Answer]:
        """Yield the events of a model's run over an answer, each cause only as it is verified.

        Return the answer of the run, with what went before it began.
        """
        try:
            while True:
                event = next(run)
                if isinstance(event, CauseVerified):
                    cause, _ = self.cause(event.cause, answer)
                    if cause is None:
                        continue
                    event = CauseVerified(cause=cause)
                yield event
        except StopIteration as end:
            ranked: Answer = end.value
            removed = dict.fromkeys((*answer.removed, *ranked.removed))
            return ranked.model_copy(update={"removed": tuple(removed)})
        finally:
            run.close()


def _card(card: CodeCard, cited: Cited) -> CodeCard | None:
    said = f"{card.code} {card.meaning}"
    if not cited.keeps(said, cited.fault(card.marker, is_manual=True)):
        return None
    chunk_ids = {
        one.chunk_id
        for chunk, _ in cited.places(card.marker)
        for one in cited.stored.section(chunk.revision_id, chunk.section)
    }
    hits = cited.stored.codes(card.code, cited.citations[card.marker].revision_id)
    found = items.stored_card(card, hits, chunk_ids)
    if found is None:
        cited.remove(said, NOT_CITED)
    elif found is not card:
        known = (*found.causes, *found.remedies)
        changed = [
            text
            for text in (*card.causes, *card.remedies)
            if not any(is_same(text, one) for one in known)
        ]
        cited.remove("; ".join(changed) or said, "not as the source lists it; put right")
    return found


def _has_procedure(cited: Cited) -> bool:
    answer = cited.answer
    fault = procedure_fault(answer.steps, cited.citations, cited.stored)
    return cited.keeps(answer.procedure or answer.steps[0].text, fault)


def _title(cited: Cited) -> str:
    """The title of the cited section."""
    title = cited.answer.procedure
    section = cited.citations[cited.answer.steps[0].marker].section
    is_right = is_same(title, section)
    fault = None if is_right else "not the title of the cited section; put right"
    return title if cited.keeps(title, fault) else section


def _is_part(part: PartNeeded, cited: Cited) -> bool:
    fault = cited.fault(part.marker, is_manual=True)
    if not fault:
        citation = cited.citations[part.marker]
        hits = cited.stored.codes(part.part_no, citation.revision_id)
        hits = [hit for hit in hits if hit.chunk_id == citation.chunk_id]
        is_there = any(items.is_part(part, row, hits) for row in cited.rows(part.marker))
        fault = None if is_there else NOT_CITED
    return cited.keeps(f"{part.part_no} {part.name}", fault)


def _is_quote(quote: Quote, cited: Cited) -> bool:
    fault = cited.fault(quote.marker)
    if not fault:
        is_there = any(
            items.is_quote(quote, sentence)
            and quote.section == (chunk.heading_path[-1] if chunk.heading_path else chunk.document)
            for chunk, sentence in cited.places(quote.marker)
        )
        fault = None if is_there else NOT_CITED
    return cited.keeps(quote.text, fault)


def _service_check(check: ServiceCheck, cited: Cited) -> ServiceCheck | None:
    """What is to be verified before return to service; it goes as a whole, as a procedure does."""
    fault = tail_fault(check.sentences, cited.citations, cited.stored)
    for chunk in cited.chunks([one.marker for one in check.sentences[:1]]):
        titles = [
            cited.stored.section_title(chunk.revision_id, section)
            for section in (chunk.section, chunk.section - 1)  # what is last may stand after it
        ]
        if not fault and not any(is_same(check.section, title) for title in titles):
            fault = "not the title of the cited section"
    if not cited.keeps(check.section, fault):
        return None
    notices = tuple(one for one in check.safety if guards.is_notice(one, cited))
    return check.model_copy(update={"safety": notices})


def _is_known(one: Disagreement, cited: Cited) -> bool:
    """Tell whether every document that disagrees says what it is quoted with."""
    faults = (cited.fault(side.marker) for side in one.sides if side.marker is not None)
    fault = next(filter(None, faults), None)
    for side in one.sides:
        if not fault and side.marker is not None:
            is_there = any(is_same(side.quote, row.text) for row in cited.rows(side.marker))
            fault = None if is_there else NOT_CITED
    return cited.keeps(one.subject, fault)


def _has_content(answer: Answer) -> bool:
    return bool(answer.code_cards or answer.causes or answer.steps or answer.parts or answer.quotes)
