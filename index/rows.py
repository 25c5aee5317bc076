"""What the columns of a maintenance table mean, by the words of their headers (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

STRONG_CODE_HEADERS = (
    *("code", "alarm", "error", "fault", "message no", "代码", "报警", "故障码"),
    *("fehler", "meldung", "défaut", "código"),
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
    "teilenummer",
    "artikel",
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
    "bedeutung",
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
    "abhilfe",
    "behebung",
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

_NUMBERED = re.compile(r"(?<!\S)(\d{1,2})([).])\s+")
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

    The marks must follow each other, so that the 5 of "1) set P2 to 5. 2) restart" stays.
    """
    text = text.strip()
    starts: list[re.Match[str]] = []
    for match in _NUMBERED.finditer(text):
        last = starts[-1] if starts else match
        if last is match or (int(match[1]), match[2]) == (int(last[1]) + 1, last[2]):
            starts.append(match)
    if not starts or starts[0].start() > 0:
        return (text,) if text else ()
    ends = [match.start() for match in starts[1:]] + [len(text)]
    items = [text[m.end() : end].strip() for m, end in zip(starts, ends, strict=True)]
    for position in range(len(items) - 2, -1, -1):
        if items[position].casefold() in ("and", "und", "&"):  # "1) and 2) replace V1"
            items[position] = items[position + 1]
    return tuple(item for item in items if item)
