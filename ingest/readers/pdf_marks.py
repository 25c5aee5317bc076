"""The marks in front of printed steps and headings, Western and Chinese (pure)."""

from __future__ import annotations

import re

from ingest.readers.marks import split_chinese_ordinal

_STEP = re.compile(r"\(?(\d{1,2})[.)]\s+(\S.*)$")
# Chinese marks need no space: 1、 1） （1） ① 1．关, and 1.关 where no decimal number goes on.
_CHINESE_STEP = re.compile(
    r"(\d{1,2}、|\d{1,2}[）．](?!\d)|（\d{1,2}）|\(\d{1,2}\)(?=[\u4e00-\u9fff])|[①-⑳]"
    r"|\d{1,2}[.)](?=[\u4e00-\u9fff]))\s*([^\s,;，；①-⑳].*)$"
)
_NUMBERED = re.compile(
    r"((?:[A-Z]|\d+)(?:\.\d+)*\.?(?=\s)|\d+(?:\.\d+)+(?=[\u4e00-\u9fff]))\s*(\S.*)$"
)


def split_step(text: str) -> tuple[str, str] | None:
    """The mark of a step and its text: "1." for all Western forms, a Chinese one as printed."""
    if match := _STEP.match(text):
        return f"{match[1]}.", match[2]
    if match := _CHINESE_STEP.match(text):
        return match[1], match[2]
    return None


def split_heading(text: str) -> tuple[str, str]:
    """The number of a heading, such as "4.2", "A.1" or "第一章" (or ""), and its title."""
    if match := _NUMBERED.match(text):
        return match[1].rstrip("."), match[2]
    if (ordinal := split_chinese_ordinal(text)) and ordinal[0]:
        return ordinal[1].rstrip("、"), ordinal[2]
    return "", text


def heading_level(text: str) -> int:
    """The level that the number of a heading says, 1 for chapters; 0 where it says none."""
    if match := _NUMBERED.match(text):
        return match[1].rstrip(".").count(".") + 1
    ordinal = split_chinese_ordinal(text)
    return ordinal[0] if ordinal else 0
