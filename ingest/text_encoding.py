"""Decode bytes of unknown encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import Path

_CHINESE = re.compile("[\u4e00-\u9fff]+")
_MARK = re.compile("[\u3000-\u303f\uff00-\uffef]")  # punctuation and full-width letters
_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of the encoding.

    The order is byte-order mark, UTF-8, GB18030, CP1252. GB18030 accepts most byte strings, so it
    comes after UTF-8 and only counts where the result holds Chinese: an umlaut or accent before a
    letter gives a Chinese character, too, but one that stands alone.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace"), name
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "cp1252"
    return (text, "gb18030") if _is_chinese(text) else (data.decode("cp1252", "replace"), "cp1252")


def find_encoding(path: Path) -> str:
    """Return the encoding of a file by the rules of :func:`decode`, in bounded memory."""
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    zeros = head[0:4096:2].count(0), head[1:4096:2].count(0)
    if max(zeros) > 0.3 * len(head[:4096]) / 2 and min(zeros) == 0:
        return "utf-16-le" if zeros[1] else "utf-16-be"
    if _decodes(path, "utf-8"):
        return "utf-8"
    return "gb18030" if _decodes(path, "gb18030", _is_chinese) else "cp1252"


def _decodes(path: Path, encoding: str, fits: Callable[[str], bool] | None = None) -> bool:
    """Whether a whole file decodes, and most of its blocks that tell anything fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    votes = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                text = decoder.decode(block)
                if fits is not None and not text.isascii():
                    votes += 1 if fits(text) else -1
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return fits is None or votes > 0


def _is_chinese(text: str) -> bool:
    chinese = sum(len(run) for run in _CHINESE.findall(text) if len(run) > 1)
    strange = sum(ord(character) > 127 for character in text) - len(_MARK.findall(text))
    return 2 * chinese > strange
