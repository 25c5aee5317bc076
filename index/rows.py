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
CAUSE_HEADERS = ("cause", "reason", "原因", "ursache")
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

_NUMBERED = re.compile(r"(?:^|\s)\d{1,2}[).]\s+")


def column(header: Sequence[str], names: Sequence[str], *taken: int) -> int:
    """The first column, outside those taken, whose header holds one of the names; -1 if none."""
    for position, title in enumerate(header):
        if position not in taken and any(name in title.casefold() for name in names):
            return position
    return -1


def split_numbered(text: str) -> tuple[str, ...]:
    """Split "1) close V1 2) set B9" into its items; a text without numbers is one item."""
    starts = list(_NUMBERED.finditer(text))
    if not starts or starts[0].start() > 0:
        return (text.strip(),) if text.strip() else ()
    ends = [match.start() for match in starts[1:]] + [len(text)]
    items = (text[m.end() : end].strip() for m, end in zip(starts, ends, strict=True))
    return tuple(item for item in items if item)
