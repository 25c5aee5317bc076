"""Ten pages of tables and columns with codes and numbers, and what stands on them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from tests.example_scripts import EXAMPLES

PAGE = (420.0, 595.0)  # points: A5
Rows = list[list[str]]

_GRID = [("GRID", (0, 0), (-1, -1), 0.6, colors.black)]
_OPEN: list[tuple[object, ...]] = []
_LINED = [
    ("LINEABOVE", (0, 0), (-1, 0), 1, colors.black),
    ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.black),
]
_SHADED = [*_GRID, ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#c8c8c8"))]
_CAUSES = {
    "en": ("Oil too warm", "Filter blocked", "Valve sticks", "Belt torn", "Sensor dirty"),
    "de": ("Filter verstopft", "Ventil klemmt", "Riemen gerissen", "Sensor defekt"),
    "zh": ("滤网堵塞", "液位低", "电机过热", "链条磨损", "温度过高"),
}
_REMEDIES = {
    "en": ("Clean cooler M{a}", "Fit element {p}", "Bleed at {d} bar", "Tighten to {b} N m"),
    "de": ("Einsatz {p} tauschen", "Auf {d} bar einstellen", "Mit {b} N m anziehen"),
    "zh": ("更换滤网 {p}", "调到 {d} bar", "检查电机 M{a}", "冷却到 {b} °C"),
}
_HEADERS = {
    "en": ["Code", "Cause", "Remedy"],
    "de": ["Code", "Ursache", "Abhilfe"],
    "zh": ["代码", "原因", "措施"],
}
_SENTENCES = (
    "Set the relief valve V{a} to {d} bar and lock it.",
    "Alarm E-{c} stands for a cold motor M{a}.",
    "Tighten the bolts of plate {p} to {b} N m.",
    "Change the oil after {c}0 hours at {b} degrees.",
    "Parameter P{c} is set to {d} at the factory.",
)


@dataclass
class Source:
    """What stands on a page: tables row by row, and running text."""

    name: str
    rows: Rows = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def _filled(pattern: str, chance: random.Random) -> str:
    return pattern.format(
        a=chance.randint(1, 29),
        b=chance.randint(12, 95),
        c=chance.randint(101, 989),
        d=f"{chance.randint(1, 240)}.{chance.randint(1, 9)}",
        p=f"{chance.randint(2, 9)}-{chance.randint(1000, 9899)}",
    )


def _faults(language: str, count: int, chance: random.Random) -> Rows:
    codes = chance.sample(range(101, 999), count)
    return [_HEADERS[language]] + [
        [
            f"{chance.choice('EFA')}-{code}",
            chance.choice(_CAUSES[language]),
            _filled(chance.choice(_REMEDIES[language]), chance),
        ]
        for code in sorted(codes)
    ]


def _parts(count: int, chance: random.Random) -> Rows:
    names = ("Seal kit", "O-ring 24 x 3", "Filter element", "Bearing 6204", "Hose 12 mm", "Pump")
    return [["Pos", "Part no.", "Description", "Qty"]] + [
        [
            str(i),
            f"HP40-{chance.randint(1000, 2999)}-{chance.randint(1, 30):02}",
            chance.choice(names),
            str(chance.choice((1, 2, 4, 8, 12))),
        ]
        for i in range(1, count + 1)
    ]


def _values(count: int, chance: random.Random) -> Rows:
    kinds = (("System pressure", "bar"), ("Oil level", "l"), ("Speed", "rpm"), ("Torque", "N m"))
    rows = [["Measured value", "Nominal", "Permitted range", "Unit"]]
    for i in range(count):
        name, unit = kinds[i % 4]
        middle = chance.randint(20, 240)
        rows.append([f"{name} P{i + 1}", f"{middle}.5", f"{middle - 6} to {middle + 8}", unit])
    return rows


def _draw(canvas: Canvas, rows: Rows, widths: Sequence[int], style: Sequence, font: str) -> None:  # type: ignore[type-arg]
    bold = "Helvetica-Bold" if font == "Helvetica" else font
    looks = [("FONT", (0, 0), (-1, -1), font, 9), ("FONT", (0, 0), (-1, 0), bold, 9), *style]
    table = Table(rows, colWidths=widths, rowHeights=20, style=looks)
    _, height = table.wrapOn(canvas, *PAGE)
    table.drawOn(canvas, 30, PAGE[1] - 50 - height)


def write_pages(path: Path) -> list[Source]:
    """Write the pages into a PDF; return what stands on them, in order."""
    pdfmetrics.registerFont(TTFont("Zh", EXAMPLES / "fonts" / "sample-chinese.ttf"))
    canvas = Canvas(str(path), pagesize=PAGE, invariant=1)
    chance = random.Random(40)
    faults, parts, values = (60, 120, 170), (40, 110, 140, 50), (130, 70, 100, 50)
    plan = (
        ("fault table, ruled", _faults("en", 22, chance), faults, _GRID),
        ("fault table, unruled", _faults("en", 18, chance), faults, _OPEN),
        ("fault table, lines across", _faults("en", 20, chance), faults, _LINED),
        ("fault table, German, shaded", _faults("de", 20, chance), faults, _SHADED),
        ("fault table, Chinese, ruled", _faults("zh", 20, chance), faults, _GRID),
        ("parts list, ruled", _parts(22, chance), parts, _GRID),
        ("parts list, unruled", _parts(18, chance), parts, _OPEN),
        ("values, ruled", _values(20, chance), values, _GRID),
        ("values, shaded", _values(16, chance), values, _SHADED),
    )
    sources: list[Source] = []
    for name, rows, widths, style in plan:
        font = "Zh" if "Chinese" in name else "Helvetica"
        canvas.setFont(font, 9)
        _draw(canvas, rows, widths, style, font)
        canvas.showPage()
        sources.append(Source(name, rows))
    text = [_filled(_SENTENCES[i % 5], chance) for i in range(44)]
    canvas.setFont("Helvetica", 7.5)
    for i, sentence in enumerate(text):
        canvas.drawString(30 + 190 * (i // 22), PAGE[1] - 60 - 22 * (i % 22), sentence)
    canvas.save()
    return [*sources, Source("two columns of text", text=text)]
