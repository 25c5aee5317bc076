"""Collect running text between the tags of a web page, as a browser shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BREAK = "\ufdd1"  # a code point that is never a character: stands for <br> until spaces are single


@dataclass
class RunningText:
    """Text that is being collected: ``mark`` is that of the list item it begins.

    It is None for a paragraph, empty for an item of a list without numbers, else that of a step.
    """

    parts: list[str] = field(default_factory=list)
    mark: str | None = None

    def add_break(self) -> None:
        """Add a line break."""
        self.parts.append(_BREAK)

    def add_raised(self, inner: RunningText) -> None:
        """Add a superscript; its digits become raised ones."""
        self.parts.append("".join(inner.parts).translate(_SUPERSCRIPT))

    def take(self) -> str:
        """Return the text with single spaces and begin anew."""
        text = _SPACES.sub(" ", "".join(self.parts)).replace(_BREAK, "\n")
        self.parts.clear()
        return text.strip()

    def verbatim(self) -> str:
        """The text with its spaces and lines as written."""
        return "".join(self.parts).replace(_BREAK, "\n")
