"""Make the fonts of the Chinese sample manual: its characters and no others.

The bold one holds what is set in bold, each glyph struck twice.

``python examples/fonts/subset.py DroidSansFallbackFull.ttf`` (Debian: fonts-droid-fallback), with
fontTools and reportlab installed; Latin letters are those of reportlab's Vera. Run it after the
manual got a new character; a test says when.
"""

from __future__ import annotations

import sys
import tempfile
from copy import deepcopy
from pathlib import Path

import reportlab
from fontTools import subset
from fontTools.merge import Merger
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

HERE = Path(__file__).resolve().parent
VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
MANUAL = HERE.parent / "documents" / "qx80.md"
NAME = "Sample Chinese"
_STRIKE = 22  # of 512 units: how far the second strike of a bold glyph stands to the right


def main(droid: Path) -> None:
    sys.path.insert(0, str(HERE.parent))
    from manual_pdf import characters
    from manual_source import read_manual

    plain, bold = characters(read_manual(MANUAL, "B"))
    _make(droid, plain, "")
    _make(droid, bold, "-Bold")


def _make(droid: Path, wanted: set[str], style: str) -> None:
    codes = {ord(c) for c in wanted}
    latin = {code for code in codes if code < 0x250 or code == 0x2022}
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder) / name for name in ("han.ttf", "latin.ttf")]
        _cut(droid, codes - latin, parts[0])
        _cut(VERA, latin, parts[1])
        font = Merger().merge([str(part) for part in parts])
    if style:
        _strike_twice(font)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = (NAME + style).replace("-", " ")
        elif record.nameID == 6:
            record.string = NAME.replace(" ", "") + style
    missing = {chr(code) for code in codes - set(font.getBestCmap())}
    if missing:
        raise SystemExit(f"no glyph for {sorted(missing)}")
    font["head"].created = font["head"].modified = 0
    font.save(HERE / f"sample-chinese{style.lower()}.ttf")


def _strike_twice(font: TTFont) -> None:
    outlines = font["glyf"]
    for name in font.getGlyphOrder():
        glyph = outlines[name]
        if glyph.numberOfContours <= 0:
            continue
        points = glyph.getCoordinates(outlines)[0]
        second = points.copy()
        second.translate((_STRIKE, 0))
        pen = TTGlyphPen(None)
        for strike in (points, second):
            copy = deepcopy(glyph)
            copy.coordinates = strike
            copy.draw(pen, outlines)
        outlines[name] = pen.glyph()
        outlines[name].recalcBounds(outlines)
        width, _ = font["hmtx"][name]
        font["hmtx"][name] = (width, outlines[name].xMin)
    font["maxp"].recalc(font)


def _cut(source: Path, codes: set[int], target: Path) -> None:
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "vhea", "vmtx", "gasp", "kern", "PCLT"]
    options.name_IDs = [1, 2, 4, 6]
    options.glyph_names = False
    font = TTFont(source)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(codes))
    cutter.subset(font)
    scale_upem(font, 512)
    font.save(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
