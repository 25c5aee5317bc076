"""Past repairs in words, the same for the screen and for terminals (pure)."""

from __future__ import annotations

from assistant import phrases_repairs as words
from assistant.phrases import Phrase, count, say
from assistant.repairs.message import CauseGroup, Fix, PartUsed, Repairs, Scope, Tally


def place_of(scope: Scope, repairs: Repairs, language: str) -> str:
    """The place of some tickets."""
    is_only = scope.place == "plant" and len(repairs.scopes) == 1 and not scope.name
    phrase = words.WHOLE_PLANT if is_only else words.PLACES[scope.place]
    return say(phrase, language, name=scope.name)


def tally_of(tally: Tally, repairs: Repairs, language: str) -> list[str]:
    """What was counted, as short pieces."""
    pieces = [count(words.TICKETS, language, tally.tickets)]
    if tally.still_open:
        pieces.append(say(words.STILL_OPEN, language, count=tally.still_open))
    if tally.share_back is not None:
        pieces.append(
            say(
                words.CAME_BACK,
                language,
                days=repairs.window_days,
                back=tally.came_back,
                judged=tally.judged,
                share=f"{100 * tally.share_back:.0f}",
            )
        )
    if tally.too_young:
        pieces.append(say(words.TOO_YOUNG, language, count=tally.too_young))
    if tally.unjudged > tally.still_open:
        pieces.append(say(words.UNJUDGED, language, count=tally.unjudged - tally.still_open))
    pieces.append(_downtime(tally, language))
    return pieces


def _downtime(tally: Tally, language: str) -> str:
    median, p90 = tally.downtime_median_min, tally.downtime_p90_min
    if median is None or p90 is None:
        return say(words.NO_DOWNTIME, language)
    return say(
        words.DOWNTIME,
        language,
        median=f"{median:.0f}",
        p90=f"{p90:.0f}",
        known=tally.downtime_known,
        count=tally.tickets,
    )


def cause_of(group: CauseGroup, language: str) -> str:
    """The name of a group of causes."""
    return _name(group.cause, words.RARER_CAUSES, words.NO_CAUSE, language, group.is_rest)


def done_of(fix: Fix, language: str) -> str:
    """The name of what was done."""
    return _name(fix.done, words.RARER_FIXES, words.NOT_DONE, language, fix.is_rest)


def _name(text: str, rest: Phrase, nothing: Phrase, language: str, is_rest: bool) -> str:
    return text or say(rest if is_rest else nothing, language)


def parts_of(parts: tuple[PartUsed, ...], language: str) -> str:
    """The parts with how many of the tickets used them; empty without any."""
    pieces = [
        say(
            words.PART_USED,
            language,
            part=f"{part.quantity:g} x {part.part_no}",
            count=count(words.TICKETS, language, part.tickets),
        )
        for part in parts
    ]
    return f"{say(words.PARTS_USED, language)}: {', '.join(pieces)}" if pieces else ""


def definition_of(repairs: Repairs, language: str) -> list[str]:
    """What was counted, by which rules, and what was not."""
    if repairs.basis == "code":
        rule = say(words.BY_CODE, language, codes=", ".join(repairs.codes))
    elif repairs.failure_modes:
        rule = say(
            words.BY_TEXT,
            language,
            near=repairs.least_nearness,
            alone=repairs.least_alone,
            modes=" / ".join(repairs.failure_modes),
        )
    else:
        rule = say(words.BY_TEXT_ALONE, language, alone=repairs.least_alone)
    return [
        rule,
        say(words.RETURN, language, days=repairs.window_days),
        say(words.P90, language),
        left_of(repairs, language),
        say(words.AS_OF, language, when=repairs.as_of.replace("T", " ")),
    ]


def left_of(repairs: Repairs, language: str) -> str:
    """How many matching tickets were not counted, and why."""
    return say(
        words.LEFT,
        language,
        excluded=repairs.excluded,
        duplicates=repairs.duplicates,
        others=repairs.no_failures,
    )
