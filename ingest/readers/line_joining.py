"""Join printed lines to running text: words that were cut at a line's end are mended."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.readers.page_content import PageContent

_WORD = re.compile(r"\w+")
_CUT_WORD = re.compile(r"\w+[-\x02]\s*$")
_COMPOUND = re.compile(r"\w+(?:-\w+)+")
_SOFT = "\x02"  # what PDFium gives for a hyphen that it takes for one of the line's end


class LineJoiner:
    """Joins the lines of one document, whose other words tell which hyphens belong."""

    def __init__(self, pages: Iterable[PageContent]) -> None:
        """Remember the words and hyphenated words that are not cut at a line's end."""
        words: set[str] = set()
        for page in pages:
            for run in page.runs:
                text = _CUT_WORD.sub("", run.text.casefold())
                words.update(_WORD.findall(text), _COMPOUND.findall(text))
        self._vocabulary = frozenset(words)

    def join(self, texts: Iterable[str]) -> str:
        """Return the lines as one text; Chinese lines are joined without a space."""
        joined = ""
        for text in texts:
            if joined.endswith(_SOFT) or (joined[-2:-1].islower() and joined.endswith("-")):
                head, tail = joined[:-1], text
                joined = head + self._hyphen(head, tail) + tail
            elif joined and not _is_chinese_joint(joined, text):
                joined += " " + text
            else:
                joined += text
        return joined.replace(_SOFT, "-").strip()

    def _hyphen(self, head: str, tail: str) -> str:
        """Decide whether a hyphen at a line's end belongs to the word."""
        first = _last_word(head)
        rest = _WORD.match(tail)
        if rest is None or not rest[0][:1].islower():
            return "-"
        if (first + rest[0]).casefold() in self._vocabulary:
            return ""
        is_compound = f"{first}-{rest[0]}".casefold() in self._vocabulary
        return "-" if is_compound or len(first) < 3 else ""


def _last_word(text: str) -> str:
    words = _WORD.findall(text)
    return words[-1] if words else ""


def _is_chinese_joint(first: str, second: str) -> bool:
    return "\u3000" <= first[-1:] <= "\u9fff" and "\u3000" <= second[:1] <= "\u9fff"
