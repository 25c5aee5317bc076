"""Hold single items of an answer against the sentence or the row that they cite (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.code_cards import pair
from assistant.messages import Cause, CodeCard, PartNeeded, Quote, Step
from assistant.verifying.verbatim import is_same
from index.code_table import CodeHit
from index.corpus import Sentence
from index.rows import CAUSE_HEADERS, REMEDY_HEADERS, column, split_numbered

Pairs = list[tuple[str, str]]


def stands_in(text: str, sentence: Sentence) -> bool:
    """Tell whether a text is a sentence, one of its cells or a numbered item of a cell."""
    return any(is_same(text, one) for one in _wholes(sentence))


def _wholes(sentence: Sentence) -> Iterable[str]:
    yield sentence.text
    for cell in sentence.cells:
        yield cell
        yield from split_numbered(cell)


def is_step(step: Step, sentence: Sentence) -> bool:
    """Tell whether a step is a sentence with its printed number."""
    return is_same(step.text, sentence.text) and step.number.strip() == sentence.number.strip()


def is_quote(quote: Quote, sentence: Sentence) -> bool:
    """Tell whether a quote is a sentence or a row, cell by cell under its header."""
    return (
        is_same(quote.text, sentence.text)
        and _are_same(quote.cells, sentence.cells)
        and _are_same(quote.header, sentence.header)
    )


def is_part(part: PartNeeded, sentence: Sentence, hits: Sequence[CodeHit]) -> bool:
    """Tell whether a row of a parts list gives a part its number and its name."""
    has_number = any(is_same(part.part_no, cell) for cell in sentence.cells)
    return has_number and any(
        hit.kind == "part" and hit.code == part.part_no and is_same(part.name, hit.meaning)
        for hit in hits
    )


def causes_of(sentence: Sentence) -> Pairs:
    """The causes of a row, each with its remedy."""
    cause, remedy = column(sentence.header, CAUSE_HEADERS), column(sentence.header, REMEDY_HEADERS)
    texts = split_numbered(sentence.cells[cause]) if 0 <= cause < len(sentence.cells) else ()
    remedies = split_numbered(sentence.cells[remedy]) if 0 <= remedy < len(sentence.cells) else ()
    return pair(texts, remedies)


def is_cause(cause: Cause, sentence: Sentence, hits: Sequence[CodeHit]) -> bool:
    """Tell whether a cause stands with its remedy and its symptom in a row.

    ``hits`` are the codes that the cited passage explains: a heading may be a code, and then cause
    and remedy stand in the text below it.
    """
    named = (cause.text, cause.remedy)
    if any(_are_same(named, one) for one in causes_of(sentence)):
        if not cause.symptom or any(is_same(cause.symptom, cell) for cell in sentence.cells):
            return True
        if any(_is_symptom(cause.symptom, hit) for hit in hits):
            return True
    return any(
        _is_symptom(cause.symptom, hit)
        and any(_are_same(named, one) for one in pair(hit.causes, hit.remedies))
        for hit in hits
    )


def _is_symptom(symptom: str, hit: CodeHit) -> bool:
    return is_same(symptom, hit.meaning) or is_same(symptom, f"{hit.code} {hit.meaning}")


def stored_card(card: CodeCard, hits: Sequence[CodeHit], chunk_ids: set[int]) -> CodeCard | None:
    """The card as it is stored: code, meaning and place with all causes and remedies.

    Several rows of one code in one section make one card; ``chunk_ids`` are the chunks of that
    section, of which the card cites one. None where no row says what the card says.
    """
    same = [
        hit
        for hit in hits
        if hit.kind == card.kind
        and hit.code == card.code
        and is_same(card.meaning, hit.meaning)
        and (card.device, card.component) == (hit.device, hit.component)
    ]
    if not any(hit.chunk_id in chunk_ids for hit in same):
        return None
    for hit in same:
        if _says(card, hit.causes, hit.remedies):
            return card
    causes = tuple(dict.fromkeys(one for hit in same for one in hit.causes))
    remedies = tuple(dict.fromkeys(one for hit in same for one in hit.remedies))
    if _says(card, causes, remedies):
        return card
    return card.model_copy(update={"causes": causes, "remedies": remedies})


def _says(card: CodeCard, causes: Sequence[str], remedies: Sequence[str]) -> bool:
    return _are_same(card.causes, causes) and _are_same(card.remedies, remedies)


def _are_same(texts: Sequence[str], stored: Sequence[str]) -> bool:
    return len(texts) == len(stored) and all(map(is_same, texts, stored))
