"""Pages of safety panels as manuals print them, in three languages, to be scanned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.example_scripts import EXAMPLES

PAGE = (420.0, 595.0)  # points: A5
_LEFT, _WIDTH = 40.0, 340.0


@dataclass(frozen=True)
class Panel:
    """A message: its signal, the word as printed, the lines of its text."""

    signal: str
    word: str
    lines: tuple[str, ...]


MESSAGES: dict[str, tuple[Panel, ...]] = {
    "en": (
        Panel(
            "warning",
            "WARNING",
            (
                "The accumulator holds 250 bar.",
                "Bleed it through valve V25 before",
                "you open a line.",
            ),
        ),
        Panel(
            "danger",
            "DANGER",
            (
                "400 V on terminals X1 to X3.",
                "Lock the main switch Q1",
                "before you open the cabinet.",
            ),
        ),
        Panel(
            "caution",
            "CAUTION",
            ("Hot oil burns the skin.", "Let the unit cool to 40 C", "and wear gloves."),
        ),
        Panel(
            "notice",
            "NOTICE",
            ("Oil of another grade harms", "the seals. Fill with HLP 46", "only."),
        ),
    ),
    "de": (
        Panel(
            "warning",
            "WARNUNG",
            (
                "Der Speicher steht unter 250 bar.",
                "Vor der Arbeit das Ventil V25",
                "langsam entlasten.",
            ),
        ),
        Panel(
            "danger",
            "GEFAHR",
            ("400 V an den Klemmen X1 bis X3.", "Hauptschalter Q1 abschalten", "und abschliessen."),
        ),
        Panel(
            "caution",
            "VORSICHT",
            (
                "Heisses Oel verbrennt die Haut.",
                "Auf 40 C abkuehlen lassen",
                "und Handschuhe tragen.",
            ),
        ),
        Panel(
            "notice",
            "HINWEIS",
            ("Anderes Oel zerstoert", "die Dichtungen. Nur HLP 46", "einfuellen."),
        ),
    ),
    "zh": (
        Panel(
            "warning", "警告", ("清洗液温度高，检查前", "关闭主开关 Q1，等待", "压力降低后打开门。")
        ),
        Panel("danger", "危险", ("端子 X1 至 X3 带电。", "打开门前关闭主开关", "Q1 并上锁。")),
        Panel("caution", "注意", ("清洗液有碱，接触前", "戴手套，不得用手", "清洗滤网。")),
        Panel("notice", "提示", ("换液前检查浓度，", "浓度不得超过 3 %，", "温度不得超过 45 °C。")),
    ),
}

_COLOURS = {
    "warning": colors.HexColor("#f58220"),
    "danger": colors.HexColor("#c8102e"),
    "caution": colors.HexColor("#ffd100"),
    "notice": colors.HexColor("#0057a8"),
}
_BODY = {
    "en": "Check the level once a week and write it down.",
    "de": "Den Stand jede Woche pruefen und eintragen.",
    "zh": "检查液位，更换滤网，清洗喷嘴。",
}


class _Pen:
    """Draws panels below each other."""

    def __init__(self, canvas: Canvas, language: str) -> None:
        self.canvas = canvas
        if language == "zh":
            for name, file in (("Zh", "sample-chinese"), ("Zh-Bold", "sample-chinese-bold")):
                pdfmetrics.registerFont(TTFont(name, EXAMPLES / "fonts" / f"{file}.ttf"))
            self.plain, self.bold = "Zh", "Zh"
        else:
            self.plain, self.bold = "Helvetica", "Helvetica-Bold"

    def text(self, x: float, y: float, lines: tuple[str, ...], size: float = 11) -> None:
        self.canvas.setFillColor(colors.black)
        self.canvas.setFont(self.plain, size)
        for i, line in enumerate(lines):
            self.canvas.drawString(x, y - 15 * i, line)

    def word(self, x: float, y: float, panel: Panel, *, is_light: bool = False) -> None:
        self.canvas.setFillColor(colors.white if is_light else colors.black)
        self.canvas.setFont(self.bold, 14)
        self.canvas.drawString(x, y, panel.word)

    def triangle(self, x: float, y: float, side: float) -> None:
        path = self.canvas.beginPath()
        path.moveTo(x, y)
        path.lineTo(x + side, y)
        path.lineTo(x + side / 2, y + 0.87 * side)
        path.close()
        self.canvas.setFillColor(colors.HexColor("#ffd100"))
        self.canvas.setLineWidth(1.5)
        self.canvas.drawPath(path, stroke=1, fill=1)
        self.canvas.setFillColor(colors.black)
        self.canvas.setFont("Helvetica-Bold", 0.6 * side)
        self.canvas.drawCentredString(x + side / 2, y + 0.12 * side, "!")
        self.canvas.setLineWidth(0.7)

    def fill(self, x: float, y: float, w: float, h: float, panel: Panel) -> None:
        self.canvas.setFillColor(_COLOURS[panel.signal])
        self.canvas.rect(x, y, w, h, stroke=0, fill=1)


def _framed(pen: _Pen, y: float, panel: Panel) -> None:
    """A frame, the word above the text."""
    pen.canvas.rect(_LEFT, y, _WIDTH, 76)
    pen.word(_LEFT + 10, y + 58, panel)
    pen.text(_LEFT + 10, y + 40, panel.lines)


def _bar(pen: _Pen, y: float, panel: Panel) -> None:
    """A coloured bar with a triangle and the word, the text below it in a frame."""
    pen.fill(_LEFT, y + 54, _WIDTH, 24, panel)
    pen.canvas.rect(_LEFT, y, _WIDTH, 78)
    pen.triangle(_LEFT + 8, y + 57, 20)
    pen.word(_LEFT + 40, y + 61, panel, is_light=panel.signal in ("danger", "notice"))
    pen.text(_LEFT + 10, y + 38, panel.lines)


def _beside(pen: _Pen, y: float, panel: Panel) -> None:
    """A coloured box with the word at half height, a line, the text beside it."""
    pen.fill(_LEFT, y, 95, 60, panel)
    pen.canvas.rect(_LEFT, y, _WIDTH, 60)
    pen.canvas.line(_LEFT + 95, y, _LEFT + 95, y + 60)
    pen.word(_LEFT + 8, y + 25, panel, is_light=panel.signal in ("danger", "notice"))
    pen.text(_LEFT + 110, y + 43, panel.lines)


def _grid(pen: _Pen, y: float, panel: Panel) -> None:
    """A triangle in a cell of its own, the word over the text in two more cells."""
    pen.canvas.rect(_LEFT, y, _WIDTH, 80)
    pen.canvas.line(_LEFT + 60, y, _LEFT + 60, y + 80)
    pen.canvas.line(_LEFT + 60, y + 56, _LEFT + _WIDTH, y + 56)
    pen.triangle(_LEFT + 10, y + 22, 40)
    pen.word(_LEFT + 70, y + 62, panel)
    pen.text(_LEFT + 70, y + 40, panel.lines)


def _rows(pen: _Pen, y: float, panel: Panel) -> None:
    """The word in a column, the text beside it in a row for each line."""
    pen.canvas.rect(_LEFT, y, _WIDTH, 66)
    pen.canvas.line(_LEFT + 95, y, _LEFT + 95, y + 66)
    for i in (1, 2):
        pen.canvas.line(_LEFT + 95, y + 22 * i, _LEFT + _WIDTH, y + 22 * i)
    pen.word(_LEFT + 8, y + 28, panel)
    for i, line in enumerate(panel.lines):
        pen.text(_LEFT + 105, y + 51 - 22 * i, (line,))


def _ground(pen: _Pen, y: float, panel: Panel) -> None:
    """A pale ground without a frame, the word above the text."""
    pen.canvas.setFillColor(colors.HexColor("#d9d9d9"))
    pen.canvas.rect(_LEFT, y, _WIDTH, 76, stroke=0, fill=1)
    pen.word(_LEFT + 10, y + 58, panel)
    pen.text(_LEFT + 10, y + 40, panel.lines)


def _loose(pen: _Pen, y: float, panel: Panel) -> None:
    """A coloured box with the word at half height and the text beside it, without a frame."""
    pen.fill(_LEFT, y, 95, 60, panel)
    pen.word(_LEFT + 8, y + 25, panel, is_light=panel.signal in ("danger", "notice"))
    pen.text(_LEFT + 110, y + 43, panel.lines)


def _ruled(pen: _Pen, y: float, panel: Panel) -> None:
    """A line above and below, a triangle and the word beside the text."""
    pen.canvas.line(_LEFT, y, _LEFT + _WIDTH, y)
    pen.canvas.line(_LEFT, y + 60, _LEFT + _WIDTH, y + 60)
    pen.triangle(_LEFT + 4, y + 18, 24)
    pen.word(_LEFT + 34, y + 25, panel)
    pen.text(_LEFT + 140, y + 43, panel.lines)


STYLES: dict[str, Callable[[_Pen, float, Panel], None]] = {
    "framed": _framed,
    "bar": _bar,
    "beside": _beside,
    "grid": _grid,
    "rows": _rows,
    "ground": _ground,
    "loose": _loose,
    "ruled": _ruled,
}


def write_panels(path: Path, language: str, styles: tuple[str, ...], first: int = 0) -> list[Panel]:
    """Write a page of panels, up to four, with a line of text between them; return them in order.

    Args:
        path: of the PDF.
        language: "en", "de" or "zh".
        styles: names of ``STYLES``, from the top.
        first: which message the first panel bears.
    """
    canvas = Canvas(str(path), pagesize=PAGE, invariant=1)
    pen = _Pen(canvas, language)
    drawn: list[Panel] = []
    for i, style in enumerate(styles):
        y = PAGE[1] - 60 - 135 * i
        pen.text(_LEFT, y, (_BODY[language],))
        panel = MESSAGES[language][(first + i) % 4]
        canvas.setLineWidth(0.7)
        STYLES[style](pen, y - 100, panel)
        drawn.append(panel)
    canvas.save()
    return drawn
