"""Tell whether a colour can be seen on its background (pure)."""

from __future__ import annotations

import re

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
_LEAST_DIFFERENCE = 32  # of 255, in the channel that differs most; below, nothing can be read
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?:[0-9a-fA-F]{2})?$")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})%?[\s,]+(\d{1,3})%?[\s,]+(\d{1,3})%?", re.IGNORECASE)
_NAMES: dict[str, Colour] = {
    "white": WHITE,
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255),
    "floralwhite": (255, 250, 240),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "yellow": (255, 255, 0),
    "orange": (255, 165, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "lightgray": (211, 211, 211),
    "lightgrey": (211, 211, 211),
    "darkblue": (0, 0, 139),
    "darkred": (139, 0, 0),
    "darkgreen": (0, 100, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "darkgray": (169, 169, 169),
    "darkyellow": (128, 128, 0),
    "darkcyan": (0, 139, 139),
    "darkmagenta": (139, 0, 139),
    "transparent": WHITE,
}


def colour_of(text: str | None) -> Colour | None:
    """Return the colour that a text names in hexadecimal, as rgb() or in a word, else None."""
    text = (text or "").strip()
    if match := _HEX.match(text):
        digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := _RGB.match(text):
        scale = 2.55 if "%" in text.split(",")[0] else 1.0
        red, green, blue = (min(255, round(int(value) * scale)) for value in match.groups())
        return red, green, blue
    return _NAMES.get(text.lower())


def blends(colour: Colour, background: Colour) -> bool:
    """Whether text in a colour cannot be told from its background."""
    pairs = zip(colour, background, strict=True)
    return max(abs(one - other) for one, other in pairs) < _LEAST_DIFFERENCE
