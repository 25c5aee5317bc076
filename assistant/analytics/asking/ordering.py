"""In which order groups are shown, and how many (pure)."""

from __future__ import annotations

import re

from assistant.analytics.asking.groups import SKIPPED, SUPERLATIVE, dims_of
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear

_PLURAL_MARKS = ("哪些", "哪几", "前几", "有哪", "排前")
_ENDS = ("oldest", "newest")
_ALL_OF_THEM = re.compile(
    r"\b(?:each|every 1|every one|all|any) of (?:them|these|those)\b"
    r"|\bfor (?:them )?all\b(?! [a-z])"
    r"|各自的"
)
_MOST = 1000
_USUAL = 10


def take_order(reading: Reading, *, worst_is_low: bool) -> None:
    """Find the order and how many are wanted.

    Raises:
        Unclear: it is not said of what the most are wanted.
    """
    if reading.metrics == ["part_qty"] and not reading.dims and reading.has("rank top pareto"):
        reading.dims.append("part")
    number = _number_wanted(reading)
    is_grouped = bool(set(reading.dims) - {"currency"})
    most = reading.free("top expensive longest" if is_grouped else "top")
    least = reading.free("least shortest" if is_grouped else "least")
    bad, good = reading.free("worst"), reading.free("best")
    marks = [*most, *least, *bad, *good]
    is_upward = reading.use("ascending")
    is_pareto = reading.order == "desc" and bool(reading.params.get("share"))
    is_ranked = reading.use("rank pareto") or is_upward or is_pareto
    if not marks and not is_ranked and number is None:
        return
    for mark in marks:
        mark.used = True
    if not is_grouped:
        if marks:
            raise Unclear("most_of_what", marks[0].text)
        return
    if number is None and marks and not is_ranked and _ALL_OF_THEM.search(reading.text):
        return  # all of them are shown, the quickest among them
    is_low = is_upward or bool(least or (bad if worst_is_low else good))
    reading.order = "asc" if is_low else "desc"
    if number is not None:
        reading.limit = number
    elif marks and not is_ranked and reading.limit is None:
        reading.limit = _limit_of(reading)


def _number_wanted(reading: Reading) -> int | None:
    """How many are wanted: "the top five", "five machines", "前五台"."""
    for piece in reading.pieces:
        if piece.kind != "number" or piece.used or not 1 <= piece.number <= _MOST:
            continue
        if piece.number == int(piece.number) and _is_wanted(reading, piece):
            piece.used = True
            return int(piece.number)
    return None


def _is_wanted(reading: Reading, piece: Piece) -> bool:
    behind = reading.near(piece, 1)
    for other in (reading.near(piece, -1), behind):
        if other is None:
            continue
        if other.has(*SUPERLATIVE, *_ENDS, "rank bad_actor which"):
            return True
        if other.used and dims_of(other) and not other.names:
            return True
    is_last = piece is reading.content[-1] or (
        behind is not None and behind.has("only") and behind is reading.content[-1]
    )
    if is_last and reading.has(*SUPERLATIVE, "rank"):
        return True  # "rank machines by failures and show five"
    is_noun = behind is not None and behind.has("ticket part_word asset stop cause")
    return is_noun and reading.has(*SUPERLATIVE, *_ENDS)


def _limit_of(reading: Reading) -> int | None:
    """Ten where several are asked for, else one; all days of the week."""
    if set(reading.dims) <= {"day_of_week", "hour"}:
        return None
    wanted = set(reading.dims)
    nouns = [
        p
        for p in reading.pieces
        if p.used and (_is_member(p, wanted) or (not p.names and wanted & set(dims_of(p))))
    ]
    if _asks_for_one(reading, nouns[0] if nouns else None):
        return 1
    reading.note("top_ten")
    return _USUAL


def _is_member(piece: Piece, wanted: set[str]) -> bool:
    """Whether a class stands for the machines that a figure is split by."""
    return piece.taken_as == "asset_class" and "asset" in wanted


def _asks_for_one(reading: Reading, noun: Piece | None) -> bool:
    if reading.dims == ["part"]:
        before = reading.near(noun, -1, over=SKIPPED) if noun is not None else None
        asks = before is not None and before.has("which")
        return asks and noun is not None and not noun.text.endswith("s")
    if noun is None:
        return True
    introduced = reading.near(noun, -1, over=SKIPPED | {"precede"})
    if introduced is not None and introduced.has("by") and not introduced.has("which"):
        return False
    if noun.has("precede") and noun.has("cause"):  # "what causes most jams"
        before = reading.near(noun, -1, over=SKIPPED)
        if before is not None and before.has("which"):
            return True
    if noun.text.isascii():
        return not noun.text.endswith("s") or noun.text.endswith("ss")
    return not any(mark in reading.text for mark in _PLURAL_MARKS) and not (
        reading.text[: noun.start].endswith("前")
    )
