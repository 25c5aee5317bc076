"""What the columns of a maintenance table mean, by the words of their headers (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

STRONG_CODE_HEADERS = (
    *("code", "alarm", "error", "fault", "message no", "代码", "报警", "故障码"),
    *("fehler", "meldung", "störung", "défaut", "código", "错误", "告警"),
)
CODE_HEADERS = (*STRONG_CODE_HEADERS, "display", "no.", "number", "nr", "word", "编号")
PART_HEADERS = (
    "part no",
    "part number",
    "item no",
    "order no",
    "article",
    "spare part",
    "料号",
    "备件",
    "物料",
    "零件号",
    "订货号",
    "part #",
    "p/n",
    "order number",
    "material no",
    "material number",
    "teilenummer",
    "teile-nr",
    "artikel",
    "ersatzteil",
    "bestellnummer",
    "bestell-nr",
    "sachnummer",
    "materialnummer",
    "référence",
    "referencia",
)
MEANING_HEADERS = (
    "meaning",
    "text",
    "description",
    "message",
    "designation",
    "name",
    "indication",
    "含义",
    "说明",
    "名称",
    "描述",
    "故障名",
    "内容",
    "信息",
    "bedeutung",
    "bezeichnung",
    "beschreibung",
    "benennung",
    "désignation",
)
CAUSE_HEADERS = ("cause", "reason", "why", "原因", "ursache")
REMEDY_HEADERS = (
    "remed",
    "action",
    "solution",
    "measure",
    "what to do",
    "correct",
    "处理",
    "措施",
    "对策",
    "排除",
    "解决",
    "abhilfe",
    "behebung",
    "beseitigung",
    "massnahme",  # titles are case-folded, which turns "ß" into "ss"
    "remède",
    "solución",
)
SYMPTOM_HEADERS = (
    "fault",
    "symptom",
    "trouble",
    "malfunction",
    "observation",
    "effect",
    "故障",
    "现象",
)

# Between Chinese characters a mark needs no space: "1）检查电缆 2）更换", "1、检查；2、更换".
_NUMBERED = re.compile(
    r"(?<!\S)(\d{1,2})([).])\s+"
    r"|(?<![\w.])(\d{1,2})([).])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(\d{1,2})([).])(?=[\u3400-\u9fff])"
    r"|(?<![\d.])[（(]?(\d{1,2})([）、．])\s*"
    r"|([\u2460-\u2473])()\s*"
)
# Words that only contain one of the names: "Default" is no fault, "Particle size" no article.
_MISLEADING = re.compile(
    r"default|particle|\w+action|measure(?:d|ment)|context|"
    r"(?:alarm|error|fault)s? (?:limit|threshold|delay)"
)


def column(header: Sequence[str], names: Sequence[str], *taken: int) -> int:
    """The first column, outside those taken, whose header holds one of the names; -1 if none."""
    for position, title in enumerate(header):
        words = _MISLEADING.sub(" ", title.casefold())
        if position not in taken and any(name in words for name in names):
            return position
    return -1


def split_numbered(text: str) -> tuple[str, ...]:
    """Split "1) close V1 2) set B9" into its items; a text without numbers is one item.

    The marks must follow each other, so that the 5 of "1) set P2 to 5. 2) restart" stays. Chinese
    marks count as well: "1）…2）…", "1、…2、…", "①…②…".
    """
    text = text.strip()
    starts: list[re.Match[str]] = []
    for match in _NUMBERED.finditer(text):
        number, form = _mark(match)
        if not starts or (number, form) == (_mark(starts[-1])[0] + 1, _mark(starts[-1])[1]):
            starts.append(match)
    if not starts or starts[0].start() > 0 or (len(starts) == 1 and _mark(starts[0])[1] == "、"):
        return (text,) if text else ()
    ends = [match.start() for match in starts[1:]] + [len(text)]
    items = [text[m.end() : end].strip() for m, end in zip(starts, ends, strict=True)]
    for position in range(len(items) - 2, -1, -1):
        if items[position].casefold() in ("and", "und", "&"):  # "1) and 2) replace V1"
            items[position] = items[position + 1]
    return tuple(item for item in items if item)


def _mark(match: re.Match[str]) -> tuple[int, str]:
    """The number and the form of a mark; a circled number has its own form."""
    number, form = (part for part in match.groups() if part is not None)
    return (int(number), form) if form else (ord(number) - 0x245F, form)
