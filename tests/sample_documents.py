"""What the sample plant's documents say, taken from their sources and not from our readers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import pypdfium2
from docx import Document
from lxml import etree
from openpyxl import load_workbook
from pptx import Presentation

from tests.example_scripts import EXAMPLES, load

SOURCES = EXAMPLES / "documents"
_FAULT = re.compile(r"cause|remedy|原因|措施", re.IGNORECASE)


@dataclass(frozen=True)
class SourceRow:
    """A row of a table in a document; ``page`` is None where its printed page must be looked up."""

    file: str
    header: tuple[str, ...]
    cells: tuple[str, ...]
    page: int | None

    @property
    def is_fault(self) -> bool:
        return any(_FAULT.search(name) for name in self.header)


def numbers() -> dict[str, str]:
    """The file of each document number that the golden questions name, newest revision."""
    modules = {path.name.split("_")[0]: path.name for path in (SOURCES / "dp03").iterdir()}
    return modules | {
        "HP40-MM-EN": "hp40-rev-c.pdf",
        "LT25-SM-EN": "lt25-rev-a.pdf",
        "RC15-MM-EN": "rc15-rev-d.pdf",
        "QX80-MM-ZH": "qx80-rev-b.pdf",
        "CV40-MM-6": "cv40-faults-scan.pdf",
        "SOP-LT-014": "lt25-sop-014-coolant.docx",
        "TR-KP-02": "rc15-lockout-training.pptx",
        "BF12-AL-EN": "bf12-alarms.xlsx",
        "BF12-TS-01": "bf12-bar-not-fed.dita",
        "BF12-TK-02": "bf12-replace-collet.dita",
        "HP40-SB-07": "hp40-bulletin-07.html",
        "LP-KP-03": "rc15-cold-start.md",
        "SN-PR-2025-06": "press-shift-notes.md",
        "CD7-HLP": "cd7-help.txt",
        "CD7-PAR": "cd7-parameter.csv",
        "GM63-TP-1": "cv40-gear-motor-nameplate.png",
    }


def pages(path: Path) -> list[str]:
    """The text of each page as a person sees it; hidden slides and sheets keep their number."""
    if path.suffix == ".pdf":
        return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path)]
    if path.suffix == ".docx":
        return _docx_pages(path)
    if path.suffix == ".pptx":
        return [
            "" if s._element.get("show") == "0" else _slide(s) for s in Presentation(path).slides
        ]
    if path.suffix == ".xlsx":
        return ["\n".join(_cells(sheet)) for sheet in load_workbook(path)]
    if path.suffix == ".png":
        return [" ".join(" ".join(line) for line in load("pictures").NAMEPLATE)]
    if path.suffix in (".html", ".dita", ".XML"):
        return [_markup(path)]
    encoding = "cp1252" if path.suffix in (".txt", ".csv") else "utf-8"
    text = path.read_text(encoding=encoding)
    return [re.sub(r"^> ?|\*\*", "", text, flags=re.MULTILINE)]


def _docx_pages(path: Path) -> list[str]:
    body = Document(str(path)).element.body
    texts = [""]
    for element in body.iter():
        if element.tag.endswith("}br") and "page" in element.values():
            texts.append("")
        elif element.tag.endswith("}t"):
            texts[-1] += element.text or ""
    return texts


def _slide(slide: object) -> str:
    return " ".join(e.text or "" for e in slide._element.iter("{*}t"))  # type: ignore[attr-defined]


def _cells(sheet: object) -> Iterator[str]:
    """The cells as they are shown: a number format of zeros pads a number."""
    for row in sheet.iter_rows():  # type: ignore[attr-defined]
        for cell in row:
            if cell.value is not None:
                zeros = cell.number_format if set(cell.number_format) == {"0"} else ""
                yield str(cell.value).zfill(len(zeros))


def _markup(path: Path) -> str:
    if path.suffix == ".html":
        root = lxml.html.parse(str(path)).getroot().find(".//main")
    else:
        root = etree.parse(str(path), etree.XMLParser(load_dtd=False)).getroot()
    assert root is not None
    texts = " ".join(root.itertext(etree.Element))
    return texts + " ".join(e.get("partNumberValue", "") for e in root.iter(etree.Element))


def manual(file: str) -> object:
    """The parsed source of a manual in the dialect of the examples."""
    folder = "manuals" if (EXAMPLES / "manuals" / f"{file[:4]}.md").exists() else "documents"
    revision = file[-5].upper() if "-rev-" in file else "A"
    return load("manual_source").read_manual(EXAMPLES / folder / f"{file[:4]}.md", revision)


def rows() -> list[SourceRow]:
    """Every row of every table in the newest documents that are not pictures."""
    found: list[SourceRow] = []
    for file in ("hp40-rev-c.pdf", "lt25-rev-a.pdf", "rc15-rev-d.pdf", "qx80-rev-b.pdf"):
        for block in manual(file).blocks:  # type: ignore[attr-defined]
            if type(block).__name__ == "Table":
                found += [SourceRow(file, block.header, row, None) for row in block.rows]
    found += _table("lt25-sop-014-coolant.docx", load("sop_docx").FAULTS, 2)
    found += _table("lt25-sop-014-coolant.docx", load("sop_docx").CONCENTRATION, 2)
    for slide, (_, _, table, _) in enumerate(load("training_pptx").SLIDES, start=2):
        found += _table("rc15-lockout-training.pptx", table, slide)
    feeder = load("alarms_xlsx")
    found += _table("bf12-alarms.xlsx", (feeder.ALARM_HEADER, *feeder.ALARMS), 1)
    parts = (feeder.PART_HEADER, *feeder.PARTS, *feeder.FORMATTED_PARTS)
    found += _table("bf12-alarms.xlsx", parts, 2)
    for table in lxml.html.parse(str(SOURCES / "hp40-bulletin-07.html")).getroot().iter("table"):
        lines = [[cell.text_content() for cell in row.iter("th", "td")] for row in table.iter("tr")]
        found += _table("hp40-bulletin-07.html", lines, 1)
    for file in ("rc15-cold-start.md", "press-shift-notes.md"):
        lines = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in (SOURCES / file).read_text(encoding="utf-8").splitlines()
            if line.startswith("|") and not line.startswith("|--")
        ]
        found += _table(file, lines, 1)
    for path in sorted((SOURCES / "dp03").iterdir()):
        for table in etree.parse(str(path)).iter("table"):
            lines = [["".join(e.itertext()) for e in row] for row in table.iter("row")]
            found += _table(path.name, lines, 1)
    with (SOURCES / "cd7-parameter.csv").open(encoding="utf-8", newline="") as file_:
        lines = [line for line in csv.reader(file_, delimiter=";") if line[1]]
    return found + _table("cd7-parameter.csv", lines, 1)


def _table(file: str, lines: object, page: int) -> list[SourceRow]:
    header, *body = [tuple(map(str, line)) for line in lines] or [()]  # type: ignore[attr-defined]
    return [SourceRow(file, header, cells, page) for cells in body]


def scanned_text() -> str:
    """All that was printed on the scanned pages, but running heads and numbers of headings."""
    texts: list[str] = []
    for block in manual("cv40-faults-scan.pdf").blocks:  # type: ignore[attr-defined]
        for name, value in vars(block).items():
            if name == "number":
                continue
            texts += [value] if isinstance(value, str) else []
            if isinstance(value, tuple):
                texts += [c for v in value for c in ((v,) if isinstance(v, str) else _strings(v))]
    return "\n".join(texts)


def _strings(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()
