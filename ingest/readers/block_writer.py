"""Collect the blocks of a document in reading order, without characters that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.corpus import Block, BlockKind, SignalWord
from ingest.readers.contents import Hidden
from ingest.signal_words import leads

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u000c\u000e-\u001f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def tidy(text: str) -> str:
    """Return a text with single spaces; a line break stays, an empty line does not."""
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


class BlockWriter:
    """Takes the parts of a document one after the other.

    ``page`` is the page that the next block stands on. A paragraph, an item or a step that begins
    with a signal word is taken as a safety message. What is empty is left out.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.hidden: list[Hidden] = []
        self.page = 1

    def clean(self, text: str) -> str:
        """Return a text without invisible characters; a message in them is kept as hidden."""
        if _INVISIBLE.search(text):
            for run in _TAGS.findall(text):
                message = "".join(chr(ord(character) - 0xE0000) for character in run)
                self.hidden.append(Hidden(self.page, message, "invisible tag characters"))
            text = _INVISIBLE.sub("", text)
        return tidy(text)

    def heading(self, level: int, text: str, number: str = "") -> None:
        """Add a heading; ``level`` 1 is the highest."""
        if title := self.clean(text).replace("\n", " "):
            self.blocks.append(Block("heading", title, self.page, level=level, number=number))

    def paragraph(self, text: str, number: str = "") -> None:
        """Add running text."""
        self._add_text("paragraph", text, number)

    def item(self, text: str, number: str = "") -> None:
        """Add an item of a list."""
        self._add_text("item", text, number)

    def step(self, text: str, number: str = "") -> None:
        """Add a step of a procedure."""
        self._add_text("step", text, number)

    def caption(self, text: str) -> None:
        """Add the title of a figure or a table."""
        if caption := self.clean(text):
            self.blocks.append(Block("caption", caption, self.page))

    def figure(self, labels: Sequence[str]) -> None:
        """Add the call-outs of a figure."""
        if text := " · ".join(filter(None, map(self.clean, labels))):
            self.blocks.append(Block("figure", text, self.page))

    def safety(self, signal: SignalWord, word: str, text: str) -> None:
        """Add a safety message; ``word`` is its signal word as printed."""
        message = self.clean(text)
        if message:
            whole = f"{word}\n{message}" if word else message
            self.blocks.append(Block("safety", whole, self.page, signal=signal))

    def row(self, header: Sequence[str], cells: Sequence[str]) -> None:
        """Add a row of a table; with a header, it is padded to the header's length."""
        texts = [self.clean(cell).replace("\n", " ") for cell in cells]
        if not any(texts):
            return
        titles = tuple(self.clean(title).replace("\n", " ") for title in header)
        if not any(titles):
            titles = ()
        elif len(texts) < len(titles):
            texts += [""] * (len(titles) - len(texts))
        elif len(texts) > len(titles):
            titles += ("",) * (len(texts) - len(titles))
        self.blocks.append(
            Block("row", " | ".join(texts), self.page, header=titles, cells=tuple(texts))
        )

    def _add_text(self, kind: BlockKind, text: str, number: str) -> None:
        text = self.clean(text)
        if not text:
            return
        if signal := leads(text):
            whole = f"{number} {text}".strip() if kind == "step" else text
            self.blocks.append(Block("safety", whole, self.page, signal=signal))
        else:
            self.blocks.append(Block(kind, text, self.page, number=number))
