"""Read plain text and Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
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
_QUOTE = re.compile(r"^ {0,3}>+ ?", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*$")
_CELL_END = re.compile(r"(?<!\\)\|")
_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f]")
_LISTS = ("step", "item")


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
    if path.suffix.lower() == ".md":
        text = _QUOTE.sub("", _COMMENT.sub("", text))
    builder = _Builder()
    builder.add_lines(text.splitlines())
    blocks = builder.blocks
    if not blocks:
        raise EmptyDocument(f"{path} holds no text. Remove it from the list.")
    front = tuple(block.text for block in blocks[:20])
    return Contents(tuple(blocks), title="", front=front, report={"pages": 1, "tables": 0})


@dataclass
class _Builder:
    """Collects the blocks of a text, line after line."""

    blocks: list[Block] = field(default_factory=list)
    _paragraph: list[str] = field(default_factory=list)
    _header: tuple[str, ...] = ()
    _rule_at: int = -1

    def add_lines(self, lines: list[str]) -> None:
        for position, line in enumerate(lines):
            if not line.strip():
                self._end_table()
                self._close()
            elif line.lstrip().startswith("|"):
                self._close()
                follows = lines[position + 1] if position + 1 < len(lines) else ""
                self._add_row(position, line, follows)
            else:
                self._end_table()
                self._add_line(line)
        self._end_table()
        self._close()

    def _add_line(self, line: str) -> None:
        if match := _HEADING.match(line):
            self._close()
            self._add_heading(len(match[1]), match[2])
        elif match := _STEP.match(line):
            self._close()
            self._add(Block("step", _plain(match[2]), number=f"{match[1]}."))
        elif match := _ITEM.match(line):
            self._close()
            text = _plain(match[1])
            signal = leads(text)
            self._add(Block("safety" if signal else "item", text, signal=signal))
        elif not self._paragraph and self._continues_item(line):
            last = self.blocks[-1]
            self.blocks[-1] = replace(last, text=f"{last.text} {_plain(line.strip())}")
        else:
            self._paragraph.append(_plain(line.strip()))

    def _continues_item(self, line: str) -> bool:
        is_item = bool(self.blocks) and self.blocks[-1].kind in _LISTS
        plain = _plain(line.strip())
        return is_item and line.startswith("  ") and not (leads(plain) or stands_alone(plain))

    def _add_heading(self, level: int, text: str) -> None:
        if signal := stands_alone(_plain(text)):
            self._add(Block("safety", _plain(text), signal=signal))
            return
        numbered = _NUMBERED.match(text)
        number, title = (numbered[1], numbered[2]) if numbered else ("", text)
        self._add(Block("heading", title, level=level, number=number))

    def _add_row(self, position: int, line: str, follows: str) -> None:
        if position == self._rule_at:
            return
        inner = line.strip().removeprefix("|").removesuffix("|")
        cells = tuple(_plain(cell).replace("\\|", "|") for cell in _CELL_END.split(inner))
        if not self._header and "-" in follows and "|" in follows and _RULE.match(follows):
            self._header, self._rule_at = cells, position + 1
            return
        if self._header and len(cells) <= len(self._header):
            cells += ("",) * (len(self._header) - len(cells))
            self._add(Block("row", " | ".join(cells), header=self._header, cells=cells))
        else:
            self._add(Block("row", " | ".join(cells), cells=cells))

    def _end_table(self) -> None:
        last = self.blocks[-1] if self.blocks else None
        if self._header and (last is None or last.header != self._header):
            self._add(Block("row", " | ".join(self._header), cells=self._header))  # without rows
        self._header = ()

    def _close(self) -> None:
        if not self._paragraph:
            return
        first, *rest = self._paragraph
        text = " ".join(self._paragraph)
        self._paragraph = []
        signal = stands_alone(first)
        if signal and rest:
            self._add(Block("safety", f"{first}\n{' '.join(rest)}", signal=signal))
        elif signal := signal or leads(text):
            self._add(Block("safety", text, signal=signal))
        else:
            self._add(Block("paragraph", text))

    def _add(self, block: Block) -> None:
        last = self.blocks[-1] if self.blocks else None
        if last and last.kind == "safety" and stands_alone(last.text) and block.kind != "heading":
            # The signal word stood on a line of its own: this block is its message.
            message = f"{block.number} {block.text}".strip()
            self.blocks[-1] = replace(last, text=f"{last.text}\n{message}")
        else:
            self.blocks.append(block)


def _plain(text: str) -> str:
    return _EMPHASIS.sub(r"\2", text).replace("`", "").strip()
