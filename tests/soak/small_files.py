"""Small valid files of several formats, made from a seed."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

_WORDS = (
    "pump seal valve bearing coolant pressure motor shaft filter gasket sensor belt gearbox "
    "leak noise worn blocked loose replace clean check tighten hot cold slow fast"
).split()
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def lines_of(number: str, revision: str, chance: random.Random) -> list[str]:
    """The lines of a manual; each such text stands in some other manuals as well."""
    texts = [" ".join(chance.choices(_WORDS, k=6)) + "." for _ in range(chance.randint(2, 5))]
    shared = "Switch the machine off and lock the main switch before you open it."
    return [f"Document no. {number}", f"Revision {revision}", shared, *texts]


def write_text(path: Path, title: str, lines: list[str]) -> None:
    path.write_text("\n\n".join((title, *lines)), encoding="utf-8")


def write_markdown(path: Path, title: str, lines: list[str]) -> None:
    head, body = lines[:2], lines[2:]
    table = "| Code | Cause | Remedy |\n|---|---|---|\n| E-1 | loose | tighten |"
    path.write_text(
        "\n\n".join((f"# {title}", *head, "## Repair", "WARNING: Hot oil.", *body, table)),
        encoding="utf-8",
    )


def write_html(path: Path, title: str, lines: list[str]) -> None:
    body = "".join(f"<p>{line}</p>" for line in lines)
    path.write_text(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>",
        encoding="utf-8",
    )


def write_pdf(path: Path, title: str, lines: list[str]) -> None:
    canvas = Canvas(str(path), invariant=1)
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(72, 780, title)
    canvas.setFont("Helvetica", 10)
    for row, line in enumerate(lines):
        canvas.drawString(72, 740 - 20 * row, line)
    canvas.save()


def write_docx(path: Path, title: str, lines: list[str]) -> None:
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in (title, *lines))
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        f'package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{main}"'
        "/></Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{kind}" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{paragraphs}</w:body>'
        "</w:document>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)


MAKERS: dict[str, Callable[[Path, str, list[str]], None]] = {
    ".md": write_markdown,
    ".txt": write_text,
    ".html": write_html,
    ".docx": write_docx,
    ".pdf": write_pdf,
}
