"""What an answer shows, as an evaluation reads it: texts, cited places, numbers (pure).

Similar tickets are left out: they are shown as what they are, and never as an answer of a manual.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from assistant.messages import Answer
from assistant.verification import unsupported

Place = tuple[str, int]
"""A document number and a page."""


def screen_text(answer: Answer) -> str:
    """Everything that the answer shows as its own, similar tickets left out."""
    parts: list[str] = [answer.message]
    for card in answer.code_cards:
        parts += [card.code, card.meaning, *card.causes, *card.remedies]
    parts += [notice.text for notice in answer.safety]
    parts += list(_diagnosed(answer))
    parts += [quote.text for quote in answer.quotes]
    return "\n".join(parts)


def diagnosis_text(answer: Answer) -> str:
    """The diagnosis alone: causes with their remedies, the first check, the steps, the parts."""
    return "\n".join((*_diagnosed(answer), answer.first_check or ""))


def cited_places(answer: Answer) -> list[Place]:
    """The places that the answer cites, in the order of the screen, each once.

    Those of safety messages are left out: they guard the work wherever they stand.
    """
    known = {c.marker: (c.document_number, c.page) for c in answer.citations}
    return list(dict.fromkeys(known[m] for _, m in _pieces(answer) if m in known))


def number_errors(answer: Answer) -> list[str]:
    """Numbers, parts and codes that a piece of the screen states and what it cites does not hold.

    The language model's notes are held against the cause that they are about.
    """
    errors: list[str] = []
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    for text, marker in _pieces(answer):
        errors += _numbers(unsupported(text, quotes.get(marker, "")))
    for notice in answer.safety:
        errors += _numbers(unsupported(notice.text, quotes.get(notice.marker, "")))
    cited = "\n;\n".join(citation.quote for citation in answer.citations)
    if answer.first_check:
        errors += _numbers(unsupported(answer.first_check, cited))
    return [*errors, *written_errors(answer)]


def written_errors(answer: Answer) -> list[str]:
    """Numbers, codes and negations that the model wrote and its source does not hold."""
    errors: list[str] = []
    for cause in answer.causes:
        if cause.note:
            source = f"{cause.symptom} {cause.text} {cause.remedy} {answer.question}"
            errors += unsupported(cause.note, source)
    if answer.missing:
        errors += unsupported(answer.missing, answer.question)
    return errors


def shows_document(answer: Answer) -> bool:
    """Whether anything that a document says is shown as an answer; warnings alone are none."""
    return bool(answer.code_cards or answer.causes or answer.steps or answer.quotes)


def folded(text: str) -> str:
    """A text without spaces, case and width, to be compared."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _diagnosed(answer: Answer) -> Iterator[str]:
    for cause in answer.causes:
        yield from (cause.symptom, cause.text, cause.remedy)
    for step in answer.steps:
        yield step.text
    for part in answer.parts:
        yield from (part.part_no, part.name)


def _pieces(answer: Answer) -> Iterator[tuple[str, int]]:
    """Each piece of the screen with the marker of what it cites."""
    for card in answer.code_cards:
        yield "\n".join((card.code, card.meaning, *card.causes, *card.remedies)), card.marker
    for cause in answer.causes:
        yield "\n".join((cause.symptom, cause.text, cause.remedy)), cause.marker
    for step in answer.steps:
        yield step.text, step.marker
    for quote in answer.quotes:
        yield quote.text, quote.marker


def _numbers(found: Iterable[str]) -> list[str]:
    """Of what is unsupported, what holds a digit: a verbatim text may well say "not"."""
    return [what for what in found if any(map(str.isdigit, what))]
