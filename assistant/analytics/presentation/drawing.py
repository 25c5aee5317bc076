"""A chart laid out: where each bar, line and word stands. SVG and PNG paint it (pure)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from assistant.analytics.presentation.amounts import amount, number
from assistant.analytics.presentation.chart import Chart, Series
from assistant.analytics.presentation.scale import Scale, scale_of

WIDTH, HEIGHT = 760.0, 360.0
CARD = (400.0, 230.0)
"""Width and height of a chart on a card of the dashboard."""
FONT = 13.5
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Of the series, one after the other; told apart by colour-blind eyes (Okabe and Ito)."""
_SHARE = "#17212b"
_INK, _SOFT, _LINE = "#17212b", "#5b6875", "#d5dbe1"
_LEFT, _RIGHT, _TOP, _LEGEND = 62.0, 16.0, 14.0, 24.0
_MOST_LABEL = 18  # characters of a category under the axis
_MOST_MARKED = 60  # points of a line that get a dot each


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; ``row`` is what a tap on it asks for, -1 for nothing."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    row: int = -1
    words: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line, to be tapped."""

    x: float
    y: float
    colour: str
    row: int
    words: str


@dataclass(frozen=True, slots=True)
class Word:
    """A text; ``anchor`` is start, middle or end, ``slant`` the degrees it is turned."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    colour: str = _INK
    slant: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that is painted, the hindmost first."""

    width: float
    height: float
    shapes: tuple[Box | Path | Dot | Word, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    left: float
    right: float
    top: float
    foot: float
    scale: Scale

    def y(self, value: float) -> float:
        return self.foot - self.scale.share(value) * (self.foot - self.top)


def draw(chart: Chart, width: float = WIDTH, height: float = HEIGHT) -> Drawing:
    """Lay a chart out in a size; letters stay as large as they are."""
    values = [p.value for s in chart.series if not s.is_share for p in s.points if p]
    scale = scale_of([v for v in values if v is not None], is_whole=chart.is_whole)
    shares = [one for one in chart.series if one.is_share]
    slot = (width - _LEFT - (46.0 if shares else _RIGHT)) / max(1, len(chart.categories))
    most = max(_MOST_LABEL, round(slot / FONT))  # few bars have room for long names
    labels = [_short(name, most) for name in chart.categories]
    every = max(1, round(34.0 / slot + 0.49)) if slot < 34 else 1
    is_slanted = max((text_width(text) for text in labels), default=0) > slot * every - 6
    deep = 22.0 + (min(110.0, max(map(text_width, labels)) * 0.62 + 6) if is_slanted else 0.0)
    named = len(chart.series) > 1
    frame = _Frame(
        left=_LEFT,
        right=width - (46.0 if shares else _RIGHT),
        top=_TOP + 8 + (_LEGEND if named else 0.0),
        foot=height - deep,
        scale=scale,
    )
    shapes: list[Box | Path | Dot | Word] = [*_axis(chart, frame)]
    if named:
        shapes += _legend(chart)
    shapes += _names(labels, frame, slot, every, is_slanted=is_slanted)
    bars = [one for one in chart.series if one.mark == "bar" and not one.is_share]
    for number_, one in enumerate(bars):
        shapes += _bars(chart, one, number_, len(bars), frame, slot)
    for number_, one in enumerate(chart.series):
        if one.is_share:
            right = _Frame(frame.left, frame.right, frame.top, frame.foot, Scale(0, 100, _shares()))
            shapes += [*_share_axis(right), *_line(chart, one, _SHARE, right, slot)]
        elif one.mark != "bar":
            shapes += _line(chart, one, COLOURS[number_ % len(COLOURS)], frame, slot)
    return Drawing(width, height, tuple(shapes))


def text_width(text: str) -> float:
    """About how wide a text is; a Chinese character takes the room of two letters."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return FONT * (wide + 0.56 * (len(text) - wide))


def _shares() -> tuple[float, ...]:
    return (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)


def _axis(chart: Chart, frame: _Frame) -> list[Path | Word]:
    shapes: list[Path | Word] = []
    for tick in frame.scale.ticks:
        y = frame.y(tick)
        is_zero = abs(tick) < 1e-12
        line = ((frame.left, y), (frame.right, y))
        shapes.append(Path(line, _SOFT if is_zero else _LINE, 1.5 if is_zero else 1.0))
        shapes.append(Word(frame.left - 7, y + 4.5, number(tick), "end", _SOFT))
    if chart.unit:
        shapes.append(Word(frame.left - 7, frame.top - 9, chart.unit, "end", _SOFT))
    return shapes


def _share_axis(frame: _Frame) -> list[Word]:
    return [
        Word(frame.right + 5, frame.y(tick) + 4.5, f"{tick:.0f}%", "start", _SOFT)
        for tick in frame.scale.ticks
    ]


def _legend(chart: Chart) -> list[Box | Word]:
    shapes: list[Box | Word] = []
    x = _LEFT
    for i, one in enumerate(chart.series):
        name = _short(one.name, 26)
        colour = _SHARE if one.is_share else COLOURS[i % len(COLOURS)]
        shapes += [Box(x, _TOP - 6, 13, 13, colour), Word(x + 18, _TOP + 5.5, name, "start")]
        x += 18 + text_width(name) + 20
    return shapes


def _names(
    labels: list[str], frame: _Frame, slot: float, every: int, *, is_slanted: bool
) -> list[Word]:
    words: list[Word] = []
    for i, text in enumerate(labels):
        if i % every:
            continue
        x = frame.left + (i + 0.5) * slot
        if is_slanted:
            words.append(Word(x + 4, frame.foot + 15, text, "end", _INK, -36.0))
        else:
            words.append(Word(x, frame.foot + 17, text))
    return words


def _bars(
    chart: Chart, series: Series, place: int, of: int, frame: _Frame, slot: float
) -> list[Box]:
    wide = slot * 0.74 / of
    colour = COLOURS[place % len(COLOURS)]
    shapes: list[Box] = []
    for i, point in enumerate(series.points):
        if point is None:
            continue
        x = frame.left + i * slot + slot * 0.13 + place * wide
        words = _said(chart, series, i, point.value)
        if point.value is not None:
            top, foot = sorted((frame.y(point.value), frame.y(0.0)))
            shapes.append(Box(x, top, wide * 0.94, max(1.0, foot - top), colour))
        # The whole height of a bar can be tapped, else a small one never could with a glove.
        shapes.append(Box(x, frame.top, wide, frame.foot - frame.top, "", point.row, words))
    return shapes


def _line(
    chart: Chart, series: Series, colour: str, frame: _Frame, slot: float
) -> list[Path | Dot]:
    shapes: list[Path | Dot] = []
    run: list[tuple[float, float]] = []
    dots: list[Path | Dot] = []
    for i, point in enumerate(series.points):
        if point is None or point.value is None:  # a gap, not a zero
            shapes += _path(run, colour)
            run = []
            continue
        at = (frame.left + (i + 0.5) * slot, frame.y(point.value))
        if series.mark == "step" and run:
            run.append((at[0], run[-1][1]))
        run.append(at)
        if len(series.points) <= _MOST_MARKED:
            dots.append(Dot(*at, colour, point.row, _said(chart, series, i, point.value)))
    shapes += _path(run, colour)
    return shapes + dots


def _path(run: list[tuple[float, float]], colour: str) -> list[Path]:
    return [Path(tuple(run), colour, 2.4)] if len(run) > 1 else []


def _said(chart: Chart, series: Series, place: int, value: float | None) -> str:
    name = f", {series.name}" if len(chart.series) > 1 else ""
    return f"{chart.categories[place]}{name}: {amount(value, series.unit)}"


def _short(text: str, most: int = _MOST_LABEL) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
