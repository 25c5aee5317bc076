"""Names of single things in a text: codes, part numbers, asset tags, wire colours (pure)."""

from __future__ import annotations

import re

_LATIN = "A-Za-zÀ-ÖØ-öø-ÿ"
_PLAIN = r"A-Za-z0-9"
CODE = re.compile(
    rf"(?<![{_PLAIN}])(?=[{_PLAIN}._/:-]*\d)(?=[{_PLAIN}._/:-]*[A-Za-z])"
    rf"[{_PLAIN}]+(?:[-._/:][{_PLAIN}]+)*"
)
"""A run of letters and digits that holds both: "E-217", "HP40-2217-03", "X20/13", "0x2F"."""

_FIRST_LETTERS = re.compile(r"[-_\s]")

_COLOURS = {
    "black": ("black", "schwarz", "黑", "BK"),
    "brown": ("brown", "braun", "棕 褐", "BN"),
    "red": ("red", "rot", "红", "RD"),
    "orange": ("orange", "orangefarben", "橙", "OG"),
    "yellow": ("yellow", "gelb", "黄", "YE"),
    "green": ("green", "grün", "绿", "GN"),
    "blue": ("blue", "blau", "蓝", "BU"),
    "violet": ("violet purple", "violett lila", "紫", "VT"),
    "grey": ("grey gray", "grau", "灰", "GY"),
    "white": ("white", "weiß weiss", "白", "WH"),
    "pink": ("pink", "rosa", "粉", "PK"),
    "turquoise": ("turquoise", "türkis", "青", "TQ"),
}
_LETTERS = {names[3]: colour for colour, names in _COLOURS.items()}
_WORDS = {
    word: colour
    for colour, (english, german, _, _) in _COLOURS.items()
    for word in f"{english} {german}".split()
}
_HAN = {one: colour for colour, names in _COLOURS.items() for one in names[2].split()}
_COLOUR_WORD = re.compile(
    rf"(?<![{_LATIN}0-9])(?:(?:light|dark|hell|dunkel)[- ]?)?({'|'.join(_WORDS)})"
    rf"(?:e[nrsm]?|ish)?(?![{_LATIN}0-9])",
    re.IGNORECASE,
)
_COLOUR_LETTERS = re.compile(
    rf"(?<![{_LATIN}0-9])((?:{'|'.join(_LETTERS)})(?:[-/]?(?:{'|'.join(_LETTERS)}))?)(?![{_LATIN}0-9])"
)
_HAN_RUN = "".join(_HAN)
_COLOUR_HAN = re.compile(rf"([{_HAN_RUN}]+)(?:[双相间]?色|[导电芯]?线|灯)|([{_HAN_RUN}]{{2,}})")


def folded(code: str) -> str:
    """A code with its width, case, spaces and hyphens made equal: "E-217" and "e217"."""
    return _FIRST_LETTERS.sub("", code).casefold()


def colours(text: str) -> list[tuple[str, str]]:
    """The colours that a text names, each as (colour in English, as it is spelled)."""
    found = [(_WORDS[match[1].casefold()], match[0]) for match in _COLOUR_WORD.finditer(text)]
    for match in _COLOUR_LETTERS.finditer(text):
        pairs = match[1].replace("-", "").replace("/", "")
        found += [(_LETTERS[pairs[i : i + 2]], match[0]) for i in range(0, len(pairs), 2)]
    for match in _COLOUR_HAN.finditer(text):
        found += [(_HAN[one], match[0]) for one in match[1] or match[2]]
    return found
