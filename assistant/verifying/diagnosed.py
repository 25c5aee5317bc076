"""Verify causes with their grounds and notes, and the checks that are proposed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.messages import Cause, Ground, NextCheck
from assistant.verification import unsupported
from assistant.verifying import items
from assistant.verifying.cited import NOT_CITED, Cited
from assistant.verifying.verbatim import is_same
from index.chunk_rows import StoredChunk
from index.corpus import Sentence


def verified_cause(cause: Cause, cited: Cited) -> Cause | None:
    """The cause as far as its passage bears it out; None where it does not.

    A note that states what neither the passage nor the technician says goes, and the cause stays.
    """
    said = f"{cause.text} {cause.remedy}".strip()
    if not cited.keeps(said, cited.fault(cause.marker)):
        return None
    places, hits = cited.places(cause.marker), cited.hits(cause.marker)
    if not any(items.is_cause(cause, row, hits) for _, row in places):
        cited.remove(said, NOT_CITED)
        return None
    update: dict[str, object] = {
        "speaks_for": tuple(one for one in cause.speaks_for if _is_ground(one, cited)),
        "speaks_against": tuple(one for one in cause.speaks_against if _is_ground(one, cited)),
    }
    if cause.note:
        source = "\n".join((cited.told, cause.symptom, *map(_with_header, places)))
        if invented := unsupported(cause.note, source):
            cited.remove(cause.note, f"{NOT_CITED}: {', '.join(invented)}")
            update["note"] = None
    return cause.model_copy(update=update)


def verified_first_check(causes: Sequence[Cause], cited: Cited) -> str | None:
    """The model's check, if it is the remedy of a cause that stands."""
    check = cited.answer.first_check
    is_there = not check or any(is_same(check, one.remedy or one.text) for one in causes)
    return check if cited.keeps(check or "", None if is_there else "no remedy of a cause") else None


def verified_next_check(check: NextCheck | None, cited: Cited) -> NextCheck | None:
    """The check that code proposes, if its passage holds it and the cause that it looks for."""
    if check is None or not cited.keeps(check.text, cited.fault(check.marker)):
        return None
    for text in filter(None, (check.text, check.cause)):
        if not _stands(text, check.marker, cited):
            cited.remove(text, NOT_CITED)
            return None
    return check


def verified_missing(cited: Cited) -> str | None:
    """What the model misses, if it invents nothing."""
    missing = cited.answer.missing
    invented = unsupported(missing, cited.told) if missing else []
    fault = f"not in the question: {', '.join(invented)}" if invented else None
    return missing if cited.keeps(missing or "", fault) else None


def _is_ground(ground: Ground, cited: Cited) -> bool:
    if ground.origin == "check":
        return True
    if ground.origin == "report" or ground.marker is None:
        told = (cited.told, cited.answer.searched_as or "")
        is_told = any(_spaced(ground.text) in _spaced(one) for one in told)
        return cited.keeps(ground.text, None if is_told else "not in the report")
    fault = cited.fault(ground.marker)
    if not fault and not _stands(ground.text, ground.marker, cited):
        fault = NOT_CITED
    return cited.keeps(ground.text, fault)


def _stands(text: str, marker: int, cited: Cited) -> bool:
    """Tell whether a text is a whole sentence, cell or item of what a marker cites."""
    if any(items.stands_in(text, row) for row in cited.rows(marker)):
        return True
    return any(is_same(text, one) for one in _known(marker, cited))


def _known(marker: int, cited: Cited) -> Iterable[str]:
    for row in cited.rows(marker):
        for cause, remedy in items.causes_of(row):
            yield from (cause, remedy)
    for hit in cited.hits(marker):
        yield from (hit.meaning, f"{hit.code} {hit.meaning}", *hit.causes, *hit.remedies)


def _with_header(place: tuple[StoredChunk, Sentence]) -> str:
    chunk, sentence = place
    return "\n".join((*chunk.heading_path[-1:], " | ".join(sentence.header), sentence.text))


def _spaced(text: str) -> str:
    return " ".join(text.split())
