"""Codes, numbers, columns and safety messages of scans: noisy, coarse, skewed, turned; seconds.

    pytest tests/benchmarks/test_scans.py -m benchmark -s

It takes some ten minutes on two cores. ``FAULTBOOK_SCANS=skew`` measures the conditions whose
names hold that word.
"""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from rapidfuzz import fuzz

from index.corpus import Block
from ingest.readers.image import read_image
from tests.benchmarks.scanned_pages import Source, write_pages
from tests.scan_panels import STYLES, write_panels
from tests.scans import scan, skewed

pytestmark = [pytest.mark.benchmark]

_TOKEN = re.compile(r"[A-Za-z0-9./-]*\d[A-Za-z0-9./-]*")
_ALIKE = 85.0  # per cent: a cell with a misread letter still stands in its column
GOAL = 0.97  # of the codes and numbers at 200 dpi and above
PANELS = 0.97  # of the safety messages, whole


@dataclass(frozen=True)
class Condition:
    """How a page is scanned: degrees counterclockwise, first askew, then on its side."""

    name: str
    dpi: int = 200
    noise: float = 10.0
    skew: float = 0.0
    turn: int = 0

    def apply(self, path: Path, page: int, target: Path) -> None:
        picture = scan(path, page, dpi=self.dpi, noise=self.noise)
        if self.skew:
            picture = skewed(picture, self.skew)
        if self.turn:
            picture = picture.transpose(getattr(Image.Transpose, f"ROTATE_{self.turn}"))
        picture.save(target, quality=75, dpi=(self.dpi, self.dpi))


CONDITIONS = (
    Condition("clean, 200 dpi", noise=0),
    Condition("noise, 200 dpi", noise=20),
    Condition("150 dpi", dpi=150),
    Condition("300 dpi", dpi=300),
    Condition("skew 0.5", skew=0.5),
    Condition("skew 1", skew=1),
    Condition("skew -2", skew=-2),
    Condition("skew 4", skew=4),
    Condition("skew 3, 300 dpi", dpi=300, skew=3),
    Condition("turned by 90, skew 1.5", skew=1.5, turn=90),
    Condition("turned by 180, skew -1", skew=-1, turn=180),
)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("℃", "°C")


def tokens(text: str) -> Counter[str]:
    """The words of a text that hold a digit, without the punctuation around them."""
    return Counter(token.strip(".,;:()") for token in _TOKEN.findall(_plain(text)))


def found_tokens(source: Source, blocks: tuple[Block, ...]) -> tuple[int, list[str]]:
    """How many codes and numbers a page has, and those that do not come through."""
    truth = tokens(" ".join(cell for row in source.rows for cell in row))
    truth += tokens(" ".join(source.text))
    read = tokens(
        " ".join(f"{block.number} {block.text} {' '.join(block.header)}" for block in blocks)
    )
    missed = truth - read
    return sum(truth.values()), sorted(missed.elements())


def rows_in_columns(source: Source, blocks: tuple[Block, ...]) -> int:
    """How many rows of the truth have each cell in its own column."""
    rows = [block.cells for block in blocks if block.kind == "row"]
    return sum(any(_is_row(row, tuple(truth)) for row in rows) for truth in source.rows[1:])


def _is_row(cells: tuple[str, ...], truth: tuple[str, ...]) -> bool:
    return len(cells) == len(truth) and all(
        fuzz.ratio(_bare(a), _bare(b)) >= (_ALIKE if len(b) > 6 else 60)
        for a, b in zip(cells, truth, strict=True)
    )


def _bare(text: str) -> str:
    return "".join(_plain(text).split())


def _chosen() -> list[Condition]:
    return [c for c in CONDITIONS if os.environ.get("FAULTBOOK_SCANS", "") in c.name]


def test_codes_and_columns_of_scanned_tables(tmp_path: Path) -> None:
    pdf, picture = tmp_path / "pages.pdf", tmp_path / "scan.jpg"
    sources = write_pages(pdf)
    shares: dict[str, float] = {}
    print()
    for condition in _chosen():
        total = missed = rows = right = 0
        seconds = 0.0
        notes: list[str] = []
        for number, source in enumerate(sources, start=1):
            condition.apply(pdf, number, picture)
            started = time.perf_counter()
            blocks = read_image(picture).blocks
            seconds += time.perf_counter() - started
            count, lost = found_tokens(source, blocks)
            good = rows_in_columns(source, blocks)
            total, missed = total + count, missed + len(lost)
            rows, right = rows + len(source.rows[1:]), right + good
            if lost or good < len(source.rows[1:]):
                notes.append(
                    f"    {source.name}: {good} of {len(source.rows[1:])} rows; missed {lost}"
                )
        shares[condition.name] = 1 - missed / total
        print(
            f"  {condition.name:24} codes and numbers {1 - missed / total:6.1%} of {total}, "
            f"rows {right / rows:6.1%} of {rows}, {seconds / len(sources):.1f} s a page"
        )
        print("\n".join(notes))
    low = {c.name: shares[c.name] for c in _chosen() if c.dpi >= 200 and shares[c.name] < GOAL}
    assert not low


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_safety_messages_of_scanned_panels(tmp_path: Path, language: str) -> None:
    pdf, picture = tmp_path / "panels.pdf", tmp_path / "scan.jpg"
    styles = tuple(STYLES)
    lost: list[str] = []
    total = 0
    for at, condition in enumerate(_chosen()):
        for half in (styles[:4], styles[4:]):
            panels = write_panels(pdf, language, half, at)
            condition.apply(pdf, 1, picture)
            read = [b for b in read_image(picture).blocks if b.kind == "safety"]
            for style, panel in zip(half, panels, strict=True):
                total += 1
                text = _bare(panel.word + "".join(panel.lines))
                if not any(b.signal == panel.signal and _bare(b.text) == text for b in read):
                    near = [b.text for b in read if b.signal == panel.signal]
                    lost.append(f"{condition.name}: {style}: {near}")
    print(f"\n  {language}: {total - len(lost)} of {total} messages are whole")
    print("\n".join(f"    {line}" for line in lost))
    assert len(lost) <= (1 - PANELS) * total
