"""Collect the text that a file hides, page by page."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.readers.contents import Hidden

_MOST_CHARACTERS = 4_000
_MOST_PIECES = 2_000


class Quarantine:
    """Hidden text by page and reason: what is hidden for one reason on one page is one piece.

    A piece ends after 4,000 characters and a document after 2,000 pieces, each with a mark: a
    report is read by a person.
    """

    def __init__(self, pieces: Iterable[Hidden] = ()) -> None:
        self._texts: dict[tuple[int, str], list[str]] = {}
        self._lengths: dict[tuple[int, str], int] = {}
        self._is_full = False
        for piece in pieces:
            self.add(piece.page, piece.text, piece.reason)

    def add(self, page: int, text: str, reason: str) -> None:
        """Add a text; one without a printable character is ignored."""
        text = " ".join(text.encode("utf-8", "replace").decode().split())
        key = (page, reason)
        if not text:
            return
        if key not in self._texts and len(self._texts) >= _MOST_PIECES:
            self._is_full = True
            return
        length = self._lengths.get(key, 0)
        texts = self._texts.setdefault(key, [])
        if length < _MOST_CHARACTERS:
            rest = _MOST_CHARACTERS - length
            texts.append(text if len(text) <= rest else text[:rest] + " …")
        elif not texts[-1].endswith("…"):
            texts.append("…")
        self._lengths[key] = length + len(text)

    @property
    def pieces(self) -> tuple[Hidden, ...]:
        """The pieces in the order in which they were first met."""
        pieces = [Hidden(page, " ".join(texts), why) for (page, why), texts in self._texts.items()]
        if self._is_full:
            pieces.append(Hidden(1, "…", f"more than {_MOST_PIECES:,} pieces of hidden text"))
        return tuple(pieces)
