"""Past repairs of an answer as lines of plain text (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from assistant import phrases_repairs as words
from assistant.messages import Answer
from assistant.phrases import count, say
from assistant.repairs.message import CauseGroup, Repairs
from ui import repairs_wording as wording

_MOST = 3  # causes of a place, and ways of repair of a cause


def repairs_text(answer: Answer) -> Iterable[str]:
    """The lines of an answer; none where no past ticket matches."""
    repairs, language = answer.repairs, answer.language
    if repairs is None:
        return
    yield f"\n{say(words.TITLE, language)}"
    if repairs.is_withheld:
        yield f"  {say(words.WITHHELD, language)}"
        return
    for scope in repairs.scopes:
        facts = "; ".join(wording.tally_of(scope.tally, repairs, language))
        yield f"  {wording.place_of(scope, repairs, language)}: {facts}"
        for group in scope.groups[:_MOST]:
            yield from _group(group, repairs, language)
        if (rest := len(scope.groups) - _MOST) > 0:
            yield f"    {count(words.MORE_CAUSES, language, rest)}"
    yield from (f"  {line}" for line in wording.definition_of(repairs, language))


def _group(group: CauseGroup, repairs: Repairs, language: str) -> Iterable[str]:
    facts = "; ".join(wording.tally_of(group.tally, repairs, language))
    yield f"    {wording.cause_of(group, language)}: {facts}"
    for fix in group.fixes[:_MOST]:
        yield f"      {fix.tally.tickets} x {wording.done_of(fix, language)}"
    if parts := wording.parts_of(group.parts, language):
        yield f"      {parts}"
    newest = group.newest
    about = ", ".join(text for text in (newest.reported_on, newest.asset) if text)
    yield f"      {say(words.NEWEST, language)}: {newest.ticket_id} ({about}) {newest.title}"
