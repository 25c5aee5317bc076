"""Find Chinese names in a text: those of a roster, and surnames with a title or beside a cue."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator
from importlib.resources import files
from typing import TypeVar

T = TypeVar("T")

_SURNAMES = (
    tomllib.loads(files("assistant").joinpath("name_lists.toml").read_text(encoding="utf-8"))[
        "chinese_surnames"
    ]
).split()
_SINGLE = "".join(name for name in _SURNAMES if len(name) == 1)
_DOUBLE = "|".join(name for name in _SURNAMES if len(name) > 1)
_SURNAME = f"(?:{_DOUBLE}|[{_SINGLE}])"
_HAN = "[\u3400-\u9fff]"
# These begin other words before "工" and before a verb: 高工位, 方工件, 金工, 白工, 万工 ...
_OF_WORDS = "高方金白万石江毛马向于任叶范孔温龙常张"
_BEFORE_WORKER = "".join(sorted(set(_SINGLE) - set(_OF_WORDS) | set("张")))
_PLAIN = "".join(sorted(set(_SINGLE) - set(_OF_WORDS)))
_NOT_AFTER_WORKER = "作具业程艺件段位序人厂装时况种站控频质期地单区"
_TITLE = (
    "师傅|班长|组长|经理|主任|主管|科长|部长|厂长|队长|工程师|技师|技术员|先生|女士|同志"
    "|总(?=[，。、；：说让要来]|$)"
)
_VERB = "更换|检查|处理|维修|确认|负责|修复|验收|报告|反映|发现|清洗|调整|来电|通知|复位|打电话"
_TITLED = re.compile(
    rf"{_SURNAME}{_HAN}{{0,2}}?(?=(?:{_TITLE}))"
    rf"|(?<!{_HAN})[{_BEFORE_WORKER}](?=工(?![{_NOT_AFTER_WORKER}]))"
    rf"|(?<=[由请让给找叫和与跟，。、；：到]){_SURNAME}(?=工(?![{_NOT_AFTER_WORKER}]))"
)
_NICK = re.compile(
    rf"(?<=[老小])[{_SINGLE}](?=(?:{_TITLE})|[，。、；说来去换修查和把将已在正反也看]|$)"
)
_CUE = (
    "(?:报告|报修|维修|检修|操作|记录|负责|联系|填报|申请|审核|批准|经办|处理|发现|验收|值班|当班|点检)人员?"
    "|操作[工员]|[点巡]检员|电工|钳工|焊工|值班员|签字|签名|姓名"
)
_CUED = re.compile(
    rf"(?:{_CUE})\s*[:：]?\s*({_SURNAME}{_HAN}{{1,2}}?)(?=[\s，。；、,;.（(/]|$|{_VERB})"
)
_ALONE = re.compile(
    rf"(?<=[由经请])({_SURNAME}{_HAN}{{1,2}}?)(?={_VERB})"
    rf"|(?:^|(?<=[，。；：\s]))((?:{_DOUBLE}|[{_PLAIN}]){_HAN}{{2}})(?={_VERB})"
)
_NOT_NAMES = (
    "高压",
    "高温",
    "白班",
    "方向",
    "金属",
    "石油",
    "马达",
    "江苏",
    "任何",
    "何时",
    "万用",
)


def chinese_names(
    text: str, roster: Collection[str], make: Callable[[int, int, str], T]
) -> Iterator[T]:
    """Yield ``make(start, end, person)`` for each name; they may overlap."""
    lengths = sorted({len(name) for name in roster}, reverse=True)
    for start in range(len(text)) if lengths else ():
        for length in lengths:
            if (name := text[start : start + length]) in roster:
                yield make(start, start + len(name), name)
                break
    surnames: dict[str, set[str]] = {}
    for name in roster:
        surnames.setdefault(name[:1], set()).add(name)
        if len(name) == 3:  # "建国" for 李建国
            for match in re.finditer(name[1:], text):
                yield make(*match.span(), name)
    for pattern in (_TITLED, _NICK, _CUED, _ALONE):
        for match in pattern.finditer(text):
            group = next((n for n in range(1, match.re.groups + 1) if match[n]), 0)
            name = match[group]
            if name.startswith(_NOT_NAMES):
                continue
            known = surnames.get(name, set())
            yield make(*match.span(group), next(iter(known)) if len(known) == 1 else name)
