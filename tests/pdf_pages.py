"""Small PDFs for tests, drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

Line = tuple[float, float, str]
"""Left edge and baseline in points from the lower left corner, and the text."""


def write_pdf(
    path: Path,
    pages: Sequence[Sequence[Line]],
    *,
    font: str = "Helvetica",
    size: float = 10,
    password: str | None = None,
) -> Path:
    """Write a PDF with A4 pages; with a password it is encrypted."""
    encryption = StandardEncryption(password, "owner") if password is not None else None
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=1, encrypt=encryption)
    for lines in pages:
        canvas.setFont(font, size)
        for x, y, text in lines:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return path


def column(*lines: str, top: float = 700, left: float = 60, leading: float = 14) -> list[Line]:
    """Lines below each other, as a paragraph is set; an empty line leaves a gap."""
    return [(left, top - i * leading, text) for i, text in enumerate(lines) if text]
