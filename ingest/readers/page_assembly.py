"""From the contents of pages to the contents of a document, for whatever was read page by page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.corpus import Block, Box, PageSize
from ingest.readers.contents import Contents
from ingest.readers.figure_names import with_captions
from ingest.readers.line_joining import LineJoiner
from ingest.readers.page_content import UNMOVED, Matrix, PageContent, Rect
from ingest.readers.pdf_blocks import BlockBuilder, Outline, body_size
from ingest.readers.pdf_layout import Item, TextLine
from ingest.readers.pdf_page import lay_out
from ingest.readers.quarantine import Quarantine

_MARGIN = 0.12  # of the page height, in which running heads and feet stand
_DIGITS = re.compile(r"\d+")


def assemble(
    pages: Sequence[PageContent],
    outlines: Mapping[int, Mapping[str, int]],
    ocr: Sequence[Mapping[str, object]] = (),
    subject: str = "",
) -> Contents:
    """Return the contents of a document, without a title.

    Args:
        pages: in order, with text on one of them at least.
        outlines: bookmarks by page number, normalised title to level.
        ocr: what the report says of the pages that were recognised.
        subject: what the properties of the file say of it.
    """
    laid_out = [lay_out(page) for page in pages]
    running = _running_lines(pages, laid_out)
    builder = BlockBuilder(body_size(pages), bool(outlines), LineJoiner(pages))
    for page, items in zip(pages, laid_out, strict=True):
        kept = [item for item in items if not _is_running(item, page, running)]
        builder.add_page(page, kept, Outline(outlines.get(page.number, {})))
    quarantine = Quarantine()
    for page in pages:
        for aside in page.hidden:
            quarantine.add(page.number, aside.run.text, aside.reason)
    blocks = _shown(with_captions(builder.blocks), {page.number: page.back for page in pages})
    return Contents(
        blocks=blocks,
        pages=tuple(PageSize(page.number, *page.shown) for page in pages),
        front=_front(subject, blocks, running),
        report={
            "pages": len(pages),
            "pages_without_text": [page.number for page in pages if not page.runs],
            "tables": builder.tables,
            "figures": builder.figures,
            "hidden_text_runs": sum(len(page.hidden) for page in pages),
            "ocr": list(ocr),
        },
        hidden=quarantine.pieces,
    )


def _shown(blocks: Sequence[Block], back: Mapping[int, Matrix]) -> tuple[Block, ...]:
    """The blocks with their boxes on the pages as they are shown."""
    if all(matrix == UNMOVED for matrix in back.values()):
        return tuple(blocks)
    return tuple(
        replace(
            block, lines=tuple((text, _moved(box, back[box.page])) for text, box in block.lines)
        )
        for block in blocks
    )


def _moved(box: Box, matrix: Matrix) -> Box:
    if matrix == UNMOVED:
        return box
    return Box(box.page, *matrix.box(Rect(box.left, box.bottom, box.right, box.top)))


def _running_lines(
    pages: Sequence[PageContent], laid_out: Sequence[Sequence[Item]]
) -> frozenset[tuple[str, int]]:
    """Texts that stand at the same height of the margin on many pages, numbers aside."""
    seen: Counter[tuple[str, int]] = Counter()
    for page, items in zip(pages, laid_out, strict=True):
        for key in {_running_key(item, page) for item in items if _in_margin(item, page)}:
            if key is not None:
                seen[key] += 1
    least = max(3, len(pages) // 8)
    return frozenset(key for key, count in seen.items() if count >= least)


def _running_key(item: Item, page: PageContent) -> tuple[str, int] | None:
    if not isinstance(item, TextLine):
        return None
    return _DIGITS.sub("#", item.text), round(item.box.bottom / (12 if page.is_recognised else 4))


def _in_margin(item: Item, page: PageContent) -> bool:
    return item.box.bottom > (1 - _MARGIN) * page.height or item.box.top < _MARGIN * page.height


def _is_running(item: Item, page: PageContent, running: frozenset[tuple[str, int]]) -> bool:
    if not _in_margin(item, page) or not isinstance(item, TextLine):
        return False
    if _running_key(item, page) in running:
        return True
    # A recognised line stands a little off the place that it has on the pages of text.
    text, bottom = _DIGITS.sub("#", item.text), item.box.bottom
    return page.is_recognised and any(
        text == other and abs(4 * place - bottom) <= 12 for other, place in running
    )


def _front(
    subject: str, blocks: Sequence[Block], running: frozenset[tuple[str, int]]
) -> tuple[str, ...]:
    """The lines in which a document says what it is: front page, subject, running lines."""
    first = [block.text.replace(" | ", " ") for block in blocks if block.page <= 2]
    return (*first[:60], subject, *sorted(text for text, _ in running))
