"""Recognise the marks that people type in front of steps, items and captions (pure)."""

from __future__ import annotations

import re

from index.corpus import BlockKind

_STEP = re.compile(
    r"(\d{1,3}[.)](?=\s)|\(\d{1,2}\)(?=\s)|\(?[a-z]\)(?=\s)|\d{1,3}、|[（(]\d{1,2}[）)]|[①-⑳]"
    r"|(?:Step|Schritt|Étape|Paso|Passo|步骤)\s*\d{1,3}\s*[.:：)]|第[一二三四五六七八九十]{1,3}步[:：、]?)"
    r"\s*(?=\S)"
)
_ITEM = re.compile(r"[-–•●○◦▪■□◆‣►➢✓·]\s+(?=\S)")
_CHINESE_HEADING = (
    re.compile(r"(第[\d一二三四五六七八九十百]{1,4}[章篇部])\s*(?=\S)"),
    re.compile(r"(第[\d一二三四五六七八九十百]{1,4}节|[一二三四五六七八九十]{1,3}、)\s*(?=\S)"),
    re.compile(r"([（(][一二三四五六七八九十]{1,3}[）)])\s*(?=\S)"),
)
_CHINESE_TITLE = 30  # characters, at most; what is longer or ends as a sentence is a step
_SENTENCE_MARKS = "。；，！？;,!"
_CAPTION = re.compile(
    r"(?:figure|fig\.|table|tab\.|abbildung|abb\.|bild|tabelle|tableau|figura|tabla|图|表)\s*"
    r"[A-Z]?\d+(?:[.–-]\d+)*\s*(?:[:：.–—-]\s*\S|[\u3000 ]+[\u4e00-\u9fff])",
    re.IGNORECASE,
)
_MOST_CAPTION = 200  # characters


def split_mark(text: str) -> tuple[BlockKind, str, str]:
    """Return what a paragraph is ("paragraph", "step" or "item"), its mark, and what follows it.

    The mark of a step is returned as printed, that of an item as an empty string.
    """
    if match := _STEP.match(text):
        return "step", match[1], text[match.end() :]
    if match := _ITEM.match(text):
        return "item", "", text[match.end() :]
    return "paragraph", "", text


def split_chinese_ordinal(text: str) -> tuple[int, str, str] | None:
    """Return level, mark and title of a line like "一、安全须知" or "第一章 概述", else None.

    Level 0 stands for a step: a whole sentence behind the mark.
    """
    for level, pattern in enumerate(_CHINESE_HEADING, 1):
        if match := pattern.match(text):
            title = text[match.end() :]
            is_title = len(title) <= _CHINESE_TITLE and not any(c in title for c in _SENTENCE_MARKS)
            return (level if is_title else 0), match[1], title
    return None


def is_caption(text: str) -> bool:
    """Whether a paragraph is the title of a figure or table, such as "Fig. 3: Valve V1"."""
    return len(text) <= _MOST_CAPTION and bool(_CAPTION.match(text))
