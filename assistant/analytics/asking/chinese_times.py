"""Times in Chinese words, whose numbers are in digits already (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.analytics.asking.almanac import Almanac, Span

_Read = Callable[[re.Match[str], Almanac], Span]

_UNIT = r"(?:天|日|周|个?星期|个?礼拜|个?月|年|个?季度|个?小时)"
_YEAR = r"(?:(?P<year>(?:19|20)\d\d) ?年度?|(?P<named>今年|本年|去年|上年|前年))?的?"
_LETTERS = {"天": "d", "日": "d", "周": "w", "星期": "w", "礼拜": "w", "月": "m", "年": "y"} | {
    "季度": "q",
    "小时": "h",
}


def _year(match: re.Match[str], almanac: Almanac) -> int | None:
    if match["year"]:
        return int(match["year"])
    back = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "前年": 2}.get(match["named"] or "")
    return None if back is None else almanac.today.year - back


def _rolling(match: re.Match[str], almanac: Almanac) -> Span:
    unit = match["unit"].removeprefix("个")
    return almanac.rolling(int(match["n"]), _LETTERS[unit])


def _calendar(written: str) -> _Read:
    def read(match: re.Match[str], almanac: Almanac) -> Span:
        span = almanac.named(written)
        rolling = {"last_week": "last_7d", "last_month": "last_30d"}.get(written)
        if rolling is None:
            return span
        return Span(written, span.first, span.beyond, ("calendar", written), (rolling,))

    return read


def _part(part: str) -> _Read:
    def read(match: re.Match[str], almanac: Almanac) -> Span:
        return almanac.part(_year(match, almanac), part, int(match["n"]))

    return read


def _half(number: int) -> _Read:
    def read(match: re.Match[str], almanac: Almanac) -> Span:
        return almanac.part(_year(match, almanac), "H", number)

    return read


MOMENTS: tuple[tuple[str, _Read], ...] = (
    (r"今天|今日|当天|当日", _calendar("today")),
    (r"昨天|昨日", _calendar("yesterday")),
    (r"(?:本|这|这个|这1|当前?)(?:周|星期|礼拜)", _calendar("this_week")),
    (r"(?:上|上个|上1个?|前1个?)(?:周|星期|礼拜)(?:内|里)?", _calendar("last_week")),
    (r"(?:本|这个?|当)月(?:份|度)?(?:以来|至今|迄今|内|里)?", _calendar("this_month")),
    (r"(?:上个?|上1个?|前1个)月(?:份|度)?(?:内|里)?", _calendar("last_month")),
    (r"(?:本|这个?|当季|当前)季度?(?:以来|至今|内|里)?|当季", _calendar("this_quarter")),
    (r"(?:上个?|上1个?|前1个)季度?", _calendar("last_quarter")),
    (r"(?:今年|本年度?|这1?年|当年)(?:以来|至今|迄今|到目前为止|到现在(?:为止)?|截至目前|里|内|度|1年)?",
     _calendar("ytd")),
    (r"(?:从|自)?年初(?:以来|至今|到现在|到目前为止|到今天|开始|起)?|年初至今", _calendar("ytd")),
    (r"(?:去年|上1?年度?|上1个年度)(?:全年|1整?年)?", _calendar("last_year")),
    (r"前年", lambda m, a: a.year(a.today.year - 2)),
    (r"(?:本|今|这个)财(?:政)?年度?", lambda m, a: a.named("this_fiscal_year")),
    (r"(?:上|去|上个)财(?:政)?年度?", lambda m, a: a.named("last_fiscal_year")),
    (r"(?P<y>20\d\d) ?财(?:政)?年度?", lambda m, a: a.fiscal(int(m["y"]))),
    (r"(?:最近|近|过去|前|近来|之前|以往|往前|最近这|近这|过去这)(?:的)?"
     rf"(?P<n>\d+) ?(?P<unit>{_UNIT})"
     r"(?:之?内|以来|里|来|中)?",
     _rolling),
    (rf"(?P<n>\d{{1,3}}) ?(?P<unit>{_UNIT})以来", _rolling),
    (r"(?:最近|近|过去|前)半年(?:之?内|以来|里|来)?|半年(?:之?内|以来|里|来)",
     lambda m, a: a.rolling(6, "m")),
    (r"(?:最近|近|过去)几(?:天|周|个月|年)",
     lambda m, a: Span("all", problem="ambiguous", note=("vague",))),
    (r"近期|最近|近来",
     lambda m, a: Span("last_30d", problem="ambiguous", note=("vague",),
                       others=("last_7d", "last_30d", "last_90d"))),
    (rf"{_YEAR}第?(?P<n>[1-4]) ?季度?", _part("Q")),
    (rf"{_YEAR}q(?P<n>[1-4])", _part("Q")),
    (rf"{_YEAR}h(?P<n>[12])", _part("H")),
    (rf"{_YEAR}(?:上半年|前半年)(?:度)?", _half(1)),
    (rf"{_YEAR}(?:下半年|后半年)(?:度)?", _half(2)),
    (rf"(?:{_YEAR.rstrip('的?').rstrip('?')}第?|第)(?P<n>\d\d?) ?周",
     lambda m, a: a.week(_year(m, a), int(m["n"]))),
    (rf"{_YEAR}(?P<n>\d\d?) ?月(?P<d>\d\d?) ?[日号]?",
     lambda m, a: a.day(_year(m, a), int(m["n"]), int(m["d"]))),
    (rf"{_YEAR}(?P<n>\d\d?) ?月(?:份|度)?", lambda m, a: a.month(_year(m, a), int(m["n"]))),
    (r"(?P<y>(?:19|20)\d\d) ?年(?:全年|度|1整年)?", lambda m, a: a.year(int(m["y"]))),
    (r"上上个?月", lambda m, a: _months_ago(a, 2)),
    (r"(?:上1?个?|上1?)班(?:次)?(?:期间)?|上个班组?次", lambda m, a: Span("last_shift")),
    (r"明天|明年|下个?(?:周|星期|礼拜|月|季度|班)", lambda m, a: Span("all", problem="future")),
    (r"历史上?|有史以来|史上|至今(?:为止)?|迄今(?:为止)?|到目前为止|到现在(?:为止)?|全部时间|所有时间|以往|过往|历来|历年"
     r"|有记录以来|从开始(?:到现在)?|以前|曾经|过去",
     lambda m, a: Span("all")),
)  # fmt: skip


def _months_ago(almanac: Almanac, months: int) -> Span:
    count = almanac.today.year * 12 + almanac.today.month - 1 - months
    return almanac.month(count // 12, count % 12 + 1)
