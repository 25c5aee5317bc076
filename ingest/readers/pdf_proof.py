"""Compare what a PDF says its glyphs mean with what they look like.

A font may map its glyphs to other characters than it draws, and a passage may carry a replacement
text. Each Latin letter and digit of each embedded or mapped font is compared with its look once.
Where one looks like another letter, and where no standard font has the letters, runs are recognised
from the picture of the page: only then is the recogniser loaded.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray
from rapidfuzz import fuzz

from ingest.readers.ocr import Picture, read_line
from ingest.readers.page_content import PageContent, Run, SetAside
from ingest.readers.pdf_glyphs import COMPARED, Glyph, cut, glyphs_of, looks_like
from ingest.readers.pdf_objects import view_of

DIFFERENT_GLYPHS = "characters that the page does not show (font or replacement text)"

_PIXELS_PER_POINT = 3.0
_MOST_PIXELS = 6_000_000  # of a page on which glyphs are compared
_LEAST_LETTERS = 8  # of a run that is recognised: shorter ones are recognised less surely
_LEAST_SIZE = 5.0  # points of a run whose glyphs are compared
_SIGHTINGS = 3  # of one odd letter, none of them right, make a run due; two odd letters do at once
_PROOFS = 2  # runs that prove a font without Latin letters, or a letter that looks odd
_MOST_COMPARED = 400  # runs of a document that are recognised
_ALIKE = 50.0  # per cent
_SURE = 0.7  # confidence of the recognition
_ESCAPED_NAME = re.compile(rb"/[A-Za-z0-9#]*#[0-9a-fA-F]{2}")


@dataclass
class Proof:
    """What is known of the fonts of one document."""

    may_map_glyphs: bool
    _known: dict[str, set[str]] = field(default_factory=dict)  # letters that look right, by font
    _odd: dict[str, dict[str, str]] = field(default_factory=dict)  # letter to its look, by font
    _sightings: Counter[tuple[str, str]] = field(default_factory=Counter)
    _proven: dict[str, int] = field(default_factory=dict)
    _lying: set[str] = field(default_factory=set)
    _compared: int = 0

    def check(
        self, page: pdfium.PdfPage, content: PageContent, texts: list[tuple[Run, Any]]
    ) -> None:
        """Set aside what looks otherwise than it reads, and put what is seen in its place.

        Args:
            page: the open page.
            content: what was found on it; its runs are changed.
            texts: its runs with their handles.
        """
        places = {id(run): i for i, run in enumerate(content.runs)}
        fonts = _Fonts(self.may_map_glyphs)
        due = [(run, handle) for run, handle in texts if id(run) in places]
        self._compare_glyphs(page, content, due, fonts)
        known = -1
        while known < len(self._lying):  # a font that is found out makes its other runs due
            known = len(self._lying)
            for run, handle in due:
                place = places.get(id(run))
                if place is None or not self._is_due(run, handle, fonts):
                    continue
                self._compared += 1
                text, confidence = read_line(_picture(page, content, run))
                font = fonts.key(handle)
                if confidence < _SURE or not self._differs(font, run.text, text):
                    self._proven[font] = self._proven.get(font, 0) + 1
                    continue
                self._lying.add(font)
                del places[id(run)]
                content.runs[place] = run._replace(text=text)
                content.hidden.append(SetAside(run, DIFFERENT_GLYPHS))

    def _is_due(self, run: Run, handle: Any, fonts: _Fonts) -> bool:
        """Whether a run is recognised."""
        if self._compared >= _MOST_COMPARED:
            return False
        if sum(character.isalnum() for character in run.text) < _LEAST_LETTERS:
            return False
        if fonts.has_replacement(handle):
            return True
        if not fonts.is_suspect(handle):
            return False
        font = fonts.key(handle)
        if font in self._lying:
            return True
        if self._proven.get(font, 0) >= _PROOFS:
            return False
        letters = [character for character in run.text if character.isalnum()]
        foreign = sum(character not in COMPARED for character in letters)
        odd = self._odd.get(font, {})
        met = {character for character in letters if character in odd}
        is_odd = len(met) > 1 or any(self._sightings[font, letter] >= _SIGHTINGS for letter in met)
        return is_odd or 2 * foreign > len(letters)

    def _differs(self, font: str, said: str, seen: str) -> bool:
        share = fuzz.ratio(_bare(seen), _bare(said))
        if share < _ALIKE:
            return True
        # A few letters that are exchanged, such as two digits, leave most of a text alike.
        looks = str.maketrans(self._odd.get(font, {}))
        return fuzz.ratio(_bare(seen), _bare(said.translate(looks))) > share

    def _compare_glyphs(
        self,
        page: pdfium.PdfPage,
        content: PageContent,
        due: Sequence[tuple[Run, Any]],
        fonts: _Fonts,
    ) -> None:
        """Compare the letters that were not met before in their font."""
        fresh: list[tuple[Run, Any]] = []
        for run, handle in due:
            if run.size >= _LEAST_SIZE and fonts.is_suspect(handle):
                known = self._known.setdefault(fonts.key(handle), set())
                if not known.issuperset(COMPARED.intersection(run.text)):
                    fresh.append((run, handle))
        if not fresh:
            return
        text_page = page.get_textpage()
        try:
            glyphs = glyphs_of(text_page.raw, view_of(page))
        finally:
            text_page.close()
        width, height = content.shown
        scale = min(_PIXELS_PER_POINT, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        picture: Picture = page.render(scale=scale, grayscale=True).to_numpy()
        turns = _quarter_turns(content)
        for _, handle in fresh:
            font = fonts.key(handle)
            for glyph in glyphs.get(ctypes.addressof(handle.contents), ()):
                if glyph.letter not in self._known[font]:
                    part = cut(picture, glyph, scale, height, 0.0)
                    self._note(font, glyph, np.rot90(part, -turns))

    def _note(self, font: str, glyph: Glyph, picture: NDArray[np.uint8]) -> None:
        look = looks_like(picture, glyph.letter)
        if look == glyph.letter:
            self._known[font].add(glyph.letter)
            self._odd.get(font, {}).pop(glyph.letter, None)
        elif look is not None:
            self._odd.setdefault(font, {})[glyph.letter] = look
            self._sightings[font, glyph.letter] += 1


class _Fonts:
    """What is asked of the fonts of one page, once each."""

    def __init__(self, may_map_glyphs: bool) -> None:
        self._may_map_glyphs = may_map_glyphs
        self._keys: dict[int, str] = {}
        self._suspect: dict[int, bool] = {}

    def key(self, handle: Any) -> str:
        """What tells the fonts of a document apart: name and size of the font file."""
        font, address = _font(handle)
        if address not in self._keys:
            name, size = ctypes.create_string_buffer(128), ctypes.c_size_t()
            c.FPDFFont_GetBaseFontName(font, name, len(name))
            c.FPDFFont_GetFontData(font, None, 0, size)
            self._keys[address] = f"{name.value.decode('latin-1')} {size.value}"
        return self._keys[address]

    def is_suspect(self, handle: Any) -> bool:
        """Whether a font may draw other characters than it says."""
        font, address = _font(handle)
        if address not in self._suspect:
            self._suspect[address] = self._may_map_glyphs or bool(c.FPDFFont_GetIsEmbedded(font))
        return self._suspect[address]

    def has_replacement(self, handle: Any) -> bool:
        """Whether a run carries a replacement text."""
        used = ctypes.c_ulong()
        for i in range(c.FPDFPageObj_CountMarks(handle)):
            mark = c.FPDFPageObj_GetMark(handle, i)
            if c.FPDFPageObjMark_GetParamStringValue(mark, b"ActualText", None, 0, used):
                return True
        return False


def _font(handle: Any) -> tuple[Any, int]:
    font = c.FPDFTextObj_GetFont(handle)
    return font, ctypes.addressof(font.contents) if font else 0


def may_map_glyphs(path: Path) -> bool:
    """Whether a file may hold a map from glyphs to other characters than their codes say."""
    data = path.read_bytes()
    return bool(b"/ToUnicode" in data or b"ObjStm" in data or _ESCAPED_NAME.search(data))


def _picture(page: pdfium.PdfPage, content: PageContent, run: Run) -> Picture:
    width, height = content.shown
    left, bottom, right, top = content.back.box(run.box)
    edge = 0.3 * run.size
    crop = (
        min(max(left - edge, 0.0), width - 1),
        min(max(bottom - edge, 0.0), height - 1),
        max(width - right - edge, 0.0),
        max(height - top - edge, 0.0),
    )
    scale = min(_PIXELS_PER_POINT, 4000 / max(right - left, top - bottom, 1.0))
    picture: Picture = page.render(scale=scale, crop=crop, grayscale=True).to_numpy()
    return np.ascontiguousarray(np.rot90(picture, -_quarter_turns(content)))


def _quarter_turns(content: PageContent) -> int:
    """By how many quarters a page is turned clockwise to be read."""
    turns = {(0, 1): 1, (-1, 0): 2, (0, -1): 3}
    return turns.get((round(content.back.a), round(content.back.b)), 0)


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
