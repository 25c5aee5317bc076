"""Tell the line that names a figure: "Figure 3-2", "Bild 3", "图 3-2" (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.corpus import Block

_NAME = re.compile(
    r"(?:figure|fig\.?|abbildung|abb\.?|bild|figura|图)\s*[A-Z]?\d+(?:[.–-]\d+)*(?!\w*[%°])",
    re.IGNORECASE,
)
_LONGEST = 200  # characters


def names_figure(text: str) -> bool:
    """Whether a line may be the title of a figure; a sentence may begin with the same words."""
    return len(text) <= _LONGEST and bool(_NAME.match(text.strip()))


def with_captions(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with a paragraph that names a figure and stands beside one as its caption."""
    named: list[Block] = []
    for i, block in enumerate(blocks):
        beside = [*blocks[max(i - 1, 0) : i], *blocks[i + 1 : i + 2]]
        if (
            block.kind == "paragraph"
            and any(other.kind == "figure" and other.page == block.page for other in beside)
            and names_figure(block.text)
        ):
            block = replace(block, kind="caption")
        named.append(block)
    return named
