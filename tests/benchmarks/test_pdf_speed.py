"""Reading a manual of 1,335 pages side by side with pypdf, in alternating order."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from ingest.readers.pdf import read_pdf
from ingest.readers.pdf_objects import plain_text, read_page
from tests.components import missing

pytestmark = [pytest.mark.benchmark, pytest.mark.big_manual]

_MANUAL = Path("/usr/share/doc/linuxcnc/LinuxCNC_Documentation.pdf")
PAGES = 100  # of the middle of the manual, in a file of their own
FIRST = 500
ROUNDS = 2
TEXT, BOXES, WHOLE = 12.0, 3.0, 1.0  # times the speed of pypdf


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not _MANUAL.exists():
        missing(f"The manual {_MANUAL}", "Install the Debian package linuxcnc-doc-en.")
    path = tmp_path_factory.mktemp("part") / "part.pdf"
    with pdfium.PdfDocument(_MANUAL) as whole, pdfium.PdfDocument.new() as cut:
        cut.import_pages(whole, list(range(FIRST, FIRST + PAGES)))
        cut.save(path)
    return path


def _pypdf(path: Path) -> int:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sum(len(page.extract_text()) for page in PdfReader(path).pages)


def _text(path: Path) -> int:
    with pdfium.PdfDocument(path) as document:
        return sum(len(plain_text(document[i])) for i in range(len(document)))


def _boxes(path: Path) -> int:
    with pdfium.PdfDocument(path) as document:
        return sum(len(read_page(document[i], i + 1)[0].runs) for i in range(len(document)))


def _whole(path: Path) -> int:
    return len(read_pdf(path).blocks)


def test_speed_beside_pypdf(part: Path) -> None:
    readers: dict[str, Callable[[Path], int]] = {
        "pypdf": _pypdf,
        "text": _text,
        "boxes": _boxes,
        "whole": _whole,
    }
    best: dict[str, float] = {}
    for turn in range(ROUNDS):
        for name in list(readers)[:: 1 if turn % 2 == 0 else -1]:
            started = time.perf_counter()
            amount = readers[name](part)
            seconds = time.perf_counter() - started
            assert amount > 0
            best[name] = min(best.get(name, seconds), seconds)
    speed = {name: PAGES / seconds for name, seconds in best.items()}
    ratio = {name: speed[name] / speed["pypdf"] for name in readers}
    print(f"\n{PAGES} pages from page {FIRST + 1} of {_MANUAL.name}, best of {ROUNDS}:")
    for name in readers:
        print(f"  {name:6} {speed[name]:7.1f} pages/s  {ratio[name]:5.1f} times pypdf")
    assert ratio["text"] >= TEXT
    assert ratio["boxes"] >= BOXES
    assert ratio["whole"] >= WHOLE
