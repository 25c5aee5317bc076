"""Tell questions over the record from those over documents, strictly (pure)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from itertools import pairwise

from assistant.analytics.asking.almanac import Almanac
from assistant.analytics.asking.lexicon import lexicon
from assistant.analytics.asking.names import NameBook
from assistant.analytics.asking.pieces import Piece, cut
from assistant.analytics.asking.tokens import normal

_MOST = 400
_NO_NAMES = NameBook((), {})
_ANY_DAY = Almanac(date(2026, 1, 1))
_HOW_OFTEN = re.compile(r"how (?:many|often|much)|number of|count|历史|几次|多少次|次数")
_EVENT = re.compile(
    r"\b\d{1,2}:\d\d\b|\d{1,2}点|what next|what now|what is it\b|showing|怎么办"
    r"|\b(?:displays?|panel|screen|it|[a-z]+-\d+) shows?\b"
    r"|下一步|meaning|what do i|where do i|where to look"
)
_DOCUMENTED = re.compile(
    r"^(?:how (?:do|to|can|should|could|must|would) (?!(?:we|the|our|you|this) .*compar)"
    r"|what (?:does|do) .*mean|what (?:is|are) the (?:procedure|steps?|meaning|torque|purpose)"
    r"|explain|steps|procedure|where (?:do|can|is|are)|can i|may i|should i|is it (?:safe|allowed)"
    r"|what should|what must|what can i|what to do)"
    r"|是什么意思|什么含义|含义|步骤|(?:怎么|如何)(?:更换|设置|调整|安装|拆|接线|复位|校准)"
)
# Words that belong to a record and to no manual.
_STRONG = re.compile(
    r"(?<![a-z])(?:mtbf|mttr|mtta|ftfr|backlog|pareto|bad actors?|downtime|down ?time|crow-amsaa)\b"
    r"|\bfirst[- ]time[- ]fix|\bright (?:the )?first time|\bfixe?[ds]? .{0,12}first time"
    r"|\bmean time (?:between|to|in between)"
    r"|\b(?:average|mean|avg) (?:repair|response|reaction) time"
    r"|\b(?:response|reaction) times? (?:by|per|for each|of)\b"
    r"|\b(?:pms?|preventive|planned) .{0,40}(?:compliance|overdue|past due|on time|missed|late)\b"
    r"|\boverdue (?:pms?|preventive|planned)|\b(?:failures?|breakdowns?) ?(?:per|/) 1000\b"
    r"|\bfailure rate\b|\b(?:repeat|recurring|repeated) (?:failures?|breakdowns?)"
    r"|\breopen|\b(?:labou?r|man|working) hours\b|\breactive (?:work|share)"
    r"|\b(?:top|most|biggest) (?:\w+ ){0,3}(?:spares?|spare parts?|parts? (?:used|consum))"
    r"|\b(?:spares?|parts) (?:\w+ ){0,4}(?:most\b|ranked|by quantity)"
    r"|\bcorrective (?:and|vs\.?|versus|against|to) preventive"
    r"|\b(?:share|percent(?:age)?|proportion|%) (?:\w+ ){0,3}hours\b|\bftf rate\b"
    r"|\b(?:failures?|breakdowns?|alarms?|bearings?) (?:\w+ ){0,4}within \d+ days"
    r"|\bmost common (?:cause|failure|alarm)|\bhours down\b|\bmean time between\b"
    r"|\bhow many (?:failures|breakdowns|stops)\b"
    r"|\b(?:seal|bearing|pump|motor) failures\b"
    r"|平均(?:修复|维修|故障间隔|无故障|响应|恢复)|响应时间|可用率|稼动率|开动率|积压|故障率"
    r"|停机(?:时间|时长|多久|多少|小时|次数)|保养.{0,8}(?:完成|达成|逾期)|工时|帕累托|故障次数"
    r"|(?:维修|维护)(?:费用|成本|费)|消耗(?:数量|量)|重复(?:发生|故障|出现)|(?:停机|停得).{0,6}最[长久]"
    r"|最[长久].{0,6}停机|历史(?:上|次数|工单)?.{0,6}(?:几次|多少次|次数|处理)|以前出现过"
)
_TICKET = re.compile(r"\btickets?\b|\bwork orders?\b|\bwos?\b|工单|维修单|报修单")
_MEASURED = (
    "failure failure_count stop downtime cost labor repeat reactive safety availability mttr mtbf "
    "repair used corrective alarm_code pm"
)
_ASKED = (
    "count how_much how_long total share trend top least worst rank compare change list which "
    "open closed not age average longest"
)
_ORDERED = "top least worst count how_much how_long rank average"
_RELATIVE = re.compile(
    r"^(?:last_|this_|ytd|yesterday|\d{4}-(?:\d\d|Q\d|H\d)$|\d{4}-\d\d-\d\d\.\.$)"
)


def is_about_the_record(text: str) -> bool:
    """Whether a question asks for a figure or a list of tickets, and not for a document.

    It is strict: what may be either is none.
    """
    if len(text) > _MOST:
        return False
    plain = normal(text)
    if _DOCUMENTED.search(plain) and not _HOW_OFTEN.search(plain):
        return False
    if _STRONG.search(plain):
        return True
    pieces = _pieces(plain)
    is_asked, is_grouped = _has(pieces, _ASKED), _is_grouped(pieces)
    has_period = any(p.span is not None and _RELATIVE.match(p.span.written) for p in pieces)
    if _TICKET.search(plain):
        return is_asked or is_grouped or has_period
    if _is_event(plain):
        return False
    is_measured = _has(pieces, _MEASURED)
    if has_period and is_measured:
        return True
    is_failing = _has(pieces, "failure failure_count stop downtime cost")
    if is_grouped and (is_failing or (is_measured and _has(pieces, _ORDERED))):
        return True
    return is_failing and _has(pieces, "day_of_week")


def _is_event(plain: str) -> bool:
    """Whether something is reported that happened: times of day, "what next", "shows"."""
    return bool(_EVENT.search(plain))


def _has(pieces: list[Piece], concepts: str) -> bool:
    return any(piece.has(concepts) for piece in pieces)


def _is_grouped(pieces: list[Piece]) -> bool:
    """Whether something is split by a group: "by shift", "各班组", "which machines"."""
    dims = lexicon().dims
    for one, other in pairwise(pieces):
        if one.has("by which top rank") and other.concepts & dims:
            return True
    return False


@lru_cache(maxsize=256)
def _cut(plain: str) -> tuple[Piece, ...]:
    return tuple(cut(plain, _NO_NAMES, _ANY_DAY))


def _pieces(plain: str) -> list[Piece]:
    return list(_cut(plain))
