"""Decode bytes of unknown encoding (pure)."""

from __future__ import annotations

import codecs
import re

_CHINESE = re.compile("[\u4e00-\u9fff]+")
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
    chinese = sum(len(run) for run in _CHINESE.findall(text) if len(run) > 1)
    strange = sum(ord(character) > 127 for character in text) - chinese
    if chinese > strange:
        return text, "gb18030"
    return data.decode("cp1252", "replace"), "cp1252"
