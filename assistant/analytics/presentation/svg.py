"""A drawing as SVG that stands in the page: shapes only, no script, no style sheet (pure)."""

from __future__ import annotations

from html import escape

from assistant.analytics.presentation.drawing import FONT, Box, Dot, Drawing, Path, Word


def svg_of(drawing: Drawing, title: str, *, is_tapped: bool = True) -> str:
    """The SVG; with ``is_tapped`` each bar and point is a button that names its row."""
    inside = "".join(_shape(shape, is_tapped=is_tapped) for shape in drawing.shapes)
    return (
        f'<svg class="fb-chart" viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" '
        f'role="{"group" if is_tapped else "img"}" aria-label="{_text(title)}" '
        f'font-size="{FONT}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{_text(title)}</title>{inside}</svg>"
    )


def _shape(shape: Box | Path | Dot | Word, *, is_tapped: bool) -> str:
    match shape:
        case Box():
            return _box(shape, is_tapped=is_tapped)
        case Path():
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
            return (
                f'<polyline points="{points}" fill="none" stroke="{shape.colour}" '
                f'stroke-width="{shape.width}"/>'
            )
        case Dot():
            seen = f'<circle cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="4" fill="{shape.colour}"/>'
            if not is_tapped:
                return seen
            near = f'<circle cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="20" fill="transparent"'
            return f"{seen}{near}{_tap(shape.row, shape.words)}</circle>"
        case Word():
            turned = (
                f' transform="rotate({shape.slant:.0f} {shape.x:.1f} {shape.y:.1f})"'
                if shape.slant
                else ""
            )
            return (
                f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" text-anchor="{shape.anchor}" '
                f'fill="{shape.colour}"{turned}>{_text(shape.text)}</text>'
            )


def _box(box: Box, *, is_tapped: bool) -> str:
    place = (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    )
    if box.colour:
        return f'{place} fill="{box.colour}"/>'
    return f'{place} fill="transparent"{_tap(box.row, box.words)}</rect>' if is_tapped else ""


def _tap(row: int, words: str) -> str:
    said = _text(words)
    return (
        f' class="fb-hit" data-act="row" data-item="{row}" role="button" tabindex="0" '
        f'aria-label="{said}"><title>{said}</title>'
    )


def _text(text: str) -> str:
    return escape("".join(c if c.isprintable() else " " for c in text), quote=True)
