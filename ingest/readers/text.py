"""Read plain text and Markdown."""

from __future__ import annotations

import re
from pathlib import Path

from index.corpus import Block
from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents
from ingest.signal_words import leads, stands_alone
from ingest.text_encoding import decode

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")
_NUMBERED = re.compile(r"((?:\d+\.)*\d+)\.?\s+(.+)$")
_STEP = re.compile(r"\s*(\d{1,3})[.)]\s+(.+)$")
_ITEM = re.compile(r"\s*[-*+•]\s+(.+)$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*$")
_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f]")


def read_text(path: Path) -> Contents:
    """Return the contents of a text file; everything stands on page 1.

    Raises:
        UnreadableDocument: the file is binary.
        EmptyDocument: the file holds no text.
    """
    text, _ = decode(path.read_bytes())
    if len(_CONTROL.findall(text[:4096])) > 8:
        raise UnreadableDocument(
            f"{path} is not a text file, whatever its name says. Give it the ending of its format."
        )
    blocks = _blocks(_COMMENT.sub("", text) if path.suffix.lower() == ".md" else text)
    if not blocks:
        raise EmptyDocument(f"{path} holds no text. Remove it from the list.")
    front = tuple(block.text for block in blocks[:20])
    return Contents(tuple(blocks), title="", front=front, report={"pages": 1, "tables": 0})


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    header: tuple[str, ...] = ()
    paragraph: list[str] = []

    def close() -> None:
        if paragraph:
            blocks.append(_paragraph(" ".join(paragraph)))
            paragraph.clear()

    lines = text.splitlines()
    for position, line in enumerate(lines):
        if not line.strip():
            close()
            header = ()
        elif match := _HEADING.match(line):
            close()
            numbered = _NUMBERED.match(match[2])
            number, title = (numbered[1], numbered[2]) if numbered else ("", match[2])
            blocks.append(Block("heading", title, level=len(match[1]), number=number))
        elif line.lstrip().startswith("|"):
            close()
            if _RULE.match(line):
                continue
            cells = tuple(_plain(cell.strip()) for cell in line.strip().strip("|").split("|"))
            follows = lines[position + 1] if position + 1 < len(lines) else ""
            if "-" in follows and _RULE.match(follows):
                header = cells
                continue
            used = header if len(header) == len(cells) else ()
            blocks.append(Block("row", " | ".join(cells), header=used, cells=cells))
        elif match := _STEP.match(line):
            close()
            blocks.append(Block("step", _plain(match[2]), number=f"{match[1]}."))
        elif match := _ITEM.match(line):
            close()
            blocks.append(Block("item", _plain(match[1])))
        elif not paragraph and blocks and line.startswith("  ") and blocks[-1].kind in _LISTS:
            last = blocks.pop()
            text_so_far = f"{last.text} {_plain(line.strip())}"
            blocks.append(Block(last.kind, text_so_far, number=last.number))
        else:
            paragraph.append(line.strip())
    close()
    return blocks


_LISTS = ("step", "item")


def _paragraph(text: str) -> Block:
    plain = _plain(text)
    signal = leads(plain) or stands_alone(plain)
    return Block("safety", plain, signal=signal) if signal else Block("paragraph", plain)


def _plain(text: str) -> str:
    return _EMPHASIS.sub(r"\2", text).replace("`", "").lstrip("> ").strip()
