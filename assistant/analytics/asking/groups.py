"""What a figure is split by, how it is ordered, how many groups are wanted (pure)."""

from __future__ import annotations

import re

from assistant.analytics.asking.lexicon import lexicon
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear

_ADJECTIVES = frozenset(
    "daily weekly monthly quarterly yearly annual annually hourly wkly mthly "
    "每月 每天 每日 每周 每年 每季度 每季 按月 按天 按日 按周 按年 按季 按季度 逐月 逐日 逐周 逐年 "
    "逐季 月度 周度 年度 每个月 每小时 分月 历年".split()
)
_SIDE_BY_SIDE = ("week by week", "month by month", "year by year")
SUPERLATIVE = ("top", "least", "worst", "best", "expensive", "longest", "shortest")
_MEASURES_BETWEEN = frozenset(
    {"failure", "failure_count", "downtime", "cost", "count", "used", "repeat", "times", "how_long"}
)
SKIPPED = frozenset({"top", "worst", "best", "least", "times", "total", "average", "expensive"})
_REFERRING = ("the ", "this ", "that ", "该", "这台", "那台", "这个", "此")
_HOW_MANY = frozenset({"how many", "how many of", "number of", "total number of", "多少台", "几台"})
_WHOLE_PLANT = re.compile(
    r"\b(?:(?:across|throughout|all over|all across|over) (?:the|our|this) "
    r"|(?:the|our) (?:whole|entire|complete|full) )(?:whole |entire )?"
    r"(?:plant|factory|works|facility|site)$"
)
_NAMED_TIMES = frozenset({"day", "week", "month", "quarter", "year", "hour"})


def take_groups(reading: Reading) -> None:
    """Find the dimensions."""
    _refuse_counted(reading)
    found: list[tuple[Piece, str]] = []
    for piece in reading.pieces:
        if piece.used or piece.names:
            continue
        if _asked_cause(reading, piece):
            found.append((piece, "cause"))
            continue
        dims = dims_of(piece)
        if dims and (name := _dimension(reading, piece, dims, found)):
            found.append((piece, name))
    for piece, name in found:
        piece.used = True
        if name not in reading.dims:
            reading.dims.append(name)
    for piece, _ in found:
        _use_marks(reading, piece)


def _refuse_counted(reading: Reading) -> None:
    """The number of machines is no figure: "how many machines failed", "多少台设备"."""
    for piece in reading.free("count"):
        noun = reading.near(piece, 1)
        if noun is None or noun.has("ticket part_word in_hours in_days in_weeks failure stop"):
            continue
        is_many = noun.text.endswith("s") if noun.text.isascii() else "台" in piece.text
        is_thing = bool(set(dims_of(noun)) - _NAMED_TIMES) or noun.taken_as == "asset_class"
        if is_many and is_thing and piece.text in _HOW_MANY:
            raise Unclear("how_many_of", noun.text)


def dims_of(piece: Piece) -> list[str]:
    """The dimensions that a piece may name, the likeliest first."""
    order = list(lexicon().dim_order)
    found = sorted(piece.concepts & lexicon().dims, key=order.index)
    return found or (["part"] if piece.has("part_word") else [])


def _dimension(
    reading: Reading, piece: Piece, dims: list[str], found: list[tuple[Piece, str]]
) -> str | None:
    name = dims[0]
    if name == "day_of_week":
        return name
    if name == "site" and _WHOLE_PLANT.search(reading.text[: piece.end]):
        piece.used = True
        return None
    direct, after = reading.near(piece, -1), reading.near(piece, 1)
    if name == "cause" and piece.has("precede") and _is_verb(reading, piece, direct):
        return None
    if _is_introduced(reading, piece, name) or _follows_dimension(reading, piece, found):
        return name
    before = reading.near(piece, -1, over=SKIPPED)
    asks = before is not None and before.has("which")
    if name in _NAMED_TIMES:
        return name if asks and reading.has(*SUPERLATIVE) else None
    is_ordered = (
        (direct is not None and direct.has(*SUPERLATIVE, "rank"))
        or (after is not None and after.has("rank pareto"))
        or _superlative_before(reading, piece)
    )
    asks_behind = after is not None and after.has("which") and not piece.text.isascii()
    if asks or is_ordered or asks_behind:
        return name
    return _bare(reading, piece, name, after)


def _is_introduced(reading: Reading, piece: Piece, name: str) -> bool:
    """Whether words before or behind say that a figure is split by it: by, each, -wise, five."""
    plain = piece.text.replace("-", " ")
    if plain in _ADJECTIVES or any(text in plain for text in _SIDE_BY_SIDE):
        return True
    after = reading.near(piece, 1)
    if after is not None and after.text in ("wise", "level") and after.has("by"):
        return True
    before = reading.near(piece, -1, over=SKIPPED | {"precede", "failure"})
    if before is None:
        return False
    if before.has("by") and not _is_other_by(reading, before, piece):
        return True
    if before.kind != "number" or before.used or name in _NAMED_TIMES:
        return False
    outer = reading.near(before, -1, over=SKIPPED)
    return reading.has(*SUPERLATIVE) or (outer is not None and outer.has("by which top"))


def _asked_cause(reading: Reading, piece: Piece) -> list[str]:
    """As in "What triggers most jams": the cause is asked for."""
    before = reading.near(piece, -1, over=SKIPPED | {"usual"})
    asks = before is not None and before.text.startswith(("what", "which")) and piece.has("precede")
    if _is_relative(reading, before):
        return []
    if asks and reading.has("usual") and not reading.has(*SUPERLATIVE):
        reading.order, reading.limit = "desc", 1
        return ["cause"]
    return ["cause"] if asks and reading.has(*SUPERLATIVE) else []


def _is_verb(reading: Reading, piece: Piece, direct: Piece | None) -> bool:
    """As in "Alarms cause stops", not "the cause of stops"."""
    if _is_relative(reading, direct):
        return True
    if direct is not None and direct.has("which", "by", *SUPERLATIVE):
        return False
    return any(
        other.end <= piece.start and dims_of(other) for other in reading.pieces if not other.names
    )


def _is_relative(reading: Reading, piece: Piece | None) -> bool:
    """As in "the alarms which caused it"."""
    if piece is None or not piece.text.startswith("which"):
        return False
    before = reading.near(piece, -1)
    return before is not None and bool(dims_of(before)) and not before.names


def _superlative_before(reading: Reading, piece: Piece) -> bool:
    """As in "The five most failing machines"."""
    before = reading.near(
        piece, -1, over=frozenset({"failure", "used", "stop", "times", "downtime"})
    )
    if before is not None and before.kind == "number":
        before = reading.near(before, -1)
    return before is not None and before.has(*SUPERLATIVE) and not piece.has("part_word")


def _is_other_by(reading: Reading, mark: Piece, piece: Piece) -> bool:
    """Tell that "from" and "of each" introduce a group only where nothing else does."""
    return mark.text in ("from", "of each") and reading.has("which")


def _follows_dimension(reading: Reading, piece: Piece, found: list[tuple[Piece, str]]) -> bool:
    """As in "By line and month", "by line/team"."""
    if not found:
        return False
    last = found[-1][0]
    between = reading.text[last.end : piece.start].strip()
    return between in (
        "and",
        "&",
        "/",
        "+",
        "and by",
        "and per",
        ",",
        ", and",
        "、",
        "和",
        "及",
        "x",
        "and the",
    )


def _bare(reading: Reading, piece: Piece, name: str, after: Piece | None) -> str | None:
    """A noun that nothing introduces."""
    text = reading.text[: piece.start]
    is_plural = piece.text.endswith("s") and piece.text.isascii()
    if name == "asset":
        is_one = text.endswith(("this ", "that ", "该", "这台", "那台", "这个"))
        if (is_one and not is_plural) or (
            text.endswith("the ")
            and piece.text in ("machine", "asset")
            and not (reading.has(*SUPERLATIVE, "not"))
        ):
            raise Unclear("which_one", piece.text)
        if after is not None and (after.has(*SUPERLATIVE) or _with_superlative(reading, piece)):
            return name
        if _with_superlative(reading, piece) and not reading.has("ticket"):
            return name
        if _is_subject(reading, piece):
            return name
        piece.taken_as = "generic"
        return None
    if _with_superlative(reading, piece) and name != "part":
        return name
    return name if _is_subject(reading, piece) else None


def _is_subject(reading: Reading, piece: Piece) -> bool:
    """As in "Alarms that lead to the most stops": the first word is what is ordered."""
    return piece is reading.content[0] and reading.has(*SUPERLATIVE) and not piece.has("part_word")


def _with_superlative(reading: Reading, piece: Piece) -> bool:
    """As in "Machines with the most failures", "设备...最多"."""
    behind = reading.near(piece, 1, over=frozenset({"times", "which", "by"}))
    if behind is not None and behind.has(*SUPERLATIVE):
        return True
    if piece.text.isascii():
        return False
    last = reading.near(piece, 1, over=_MEASURES_BETWEEN)  # "设备故障次数前10"
    number = reading.near(last, 1) if last is not None else None
    return last is not None and last.has("top") and number is not None and number.kind == "number"


def _use_marks(reading: Reading, piece: Piece) -> None:
    """The words that introduced a dimension are used with it."""
    for way in (-1, 1):
        beside = reading.near(piece, way, over=frozenset({*SKIPPED, "failure", "number"}))
        if (
            beside is not None
            and not beside.used
            and beside.has("by which")
            and beside.kind == "concept"
        ):
            beside.used = True


def take_bare_dimension(reading: Reading) -> None:
    """A noun of a group that nothing else has used: the figure is split by it, and this is said."""
    for piece in reading.pieces:
        if piece.used or piece.names or piece.taken_as == "generic":
            continue
        dims = [name for name in dims_of(piece) if name != "asset"]
        only = piece.concepts <= lexicon().dims
        if not dims or not only or (dims[0] in _NAMED_TIMES and piece.text not in _ADJECTIVES):
            continue
        if reading.text[: piece.start].endswith(_REFERRING) and not piece.text.endswith("s"):
            raise Unclear("which_one", piece.text)
        if len(reading.dims) < 3:
            piece.used = True
            if dims[0] not in reading.dims:
                reading.dims.append(dims[0])
                reading.note("split", dims[0], piece.text)
