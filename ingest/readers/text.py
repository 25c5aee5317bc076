"""Read plain text and Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.corpus import Block, BlockKind
from ingest.code_lists import code_line, listed_forms
from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents
from ingest.readers.markdown import Markdown
from ingest.readers.marks import is_caption, split_chinese_ordinal, split_mark
from ingest.readers.quarantine import Quarantine
from ingest.readers.unseen import split_unseen
from ingest.signal_words import leads, stands_alone
from ingest.text_encoding import decode

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")
_NUMBERED = re.compile(r"((?:\d+\.)*\d+)\.?\s+(.+)$")
_STEP = re.compile(r"\s*(\d{1,3})[.)]\s+(.+)$")
_ITEM = re.compile(r"\s*[-*+•]\s+(.+)$")
_UNDERLINE = re.compile(r" {0,3}(={2,}|-{3,})\s*$")
_DIVIDER = re.compile(r" {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_ENDS_SENTENCE = (".", "!", "?", ";", ":", ",", "。", "！", "？", "；", "：", "，")
_LONGEST_TITLE = 80  # characters of a line that may be underlined as a heading
_QUOTE = re.compile(r"^ {0,3}>+ ?", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*$")
_CELL_END = re.compile(r"(?<!\\)\|")
_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f]")
_FRONT_LINES = 40  # in which a text says what it is
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
    hidden = Quarantine()
    text, unseen = split_unseen(text.replace("\f", "\n").replace("\r\n", "\n"))
    for reason, spelled in unseen:
        hidden.add(1, spelled, reason)
    is_markdown = path.suffix.lower() == ".md"
    try:
        markdown = Markdown(text, hidden)
        if is_markdown:
            markdown = Markdown.read(_QUOTE.sub("", text), hidden)
    except ValueError as error:
        raise UnreadableDocument(f"{path} holds {error}. Check where it comes from.") from error
    builder = _Builder(markdown)
    builder.add_lines(markdown.text.splitlines())
    blocks = [_put_back(block, markdown) for block in builder.blocks]
    if not blocks:
        raise EmptyDocument(f"{path} holds no text. Remove it from the list.")
    lines = [line.strip("# ") for line in markdown.text.splitlines()[:_FRONT_LINES]]
    front = (*markdown.front, *lines, *(block.text for block in blocks[:20]))
    report: dict[str, object] = {"pages": 1, "tables": builder.tables}
    if markdown.figures:
        report["figures"] = markdown.figures
    return Contents(
        tuple(blocks),
        title="",
        front=front,
        report=report,
        hidden=hidden.pieces,
    )


@dataclass
class _Builder:
    """Collects the blocks of a text, line after line."""

    markdown: Markdown
    blocks: list[Block] = field(default_factory=list)
    tables: int = 0
    _paragraph: list[str] = field(default_factory=list)
    _header: tuple[str, ...] = ()
    _rule_at: int = -1
    _listed: frozenset[tuple[str, str]] = frozenset()  # forms of the codes that are listed

    def add_lines(self, lines: list[str]) -> None:
        """Add the lines of a text."""
        defined = (code_line(_plain(line.strip())) for line in lines)
        self._listed = listed_forms(code for code in defined if code is not None)
        for position, line in enumerate(lines):
            follows = lines[position + 1] if position + 1 < len(lines) else ""
            code = self.markdown.block_of(line)
            if not line.strip():
                self._end_table()
                self._close()
            elif code is not None:
                self._end_table()
                self._close()
                self._add(Block("paragraph", code.strip("\n")))
            elif self._is_row(line, follows):
                self._close()
                self._add_row(position, line, follows)
            else:
                self._end_table()
                self._add_line(line)
        self._end_table()
        self._close()

    def _is_row(self, line: str, follows: str) -> bool:
        """A line between bars, or one with bars in it above or in a table with a header."""
        if line.lstrip().startswith("|"):
            return True
        return "|" in line and (bool(self._header) or _is_rule(follows))

    def _add_line(self, line: str) -> None:
        if match := _HEADING.match(line):
            self._close()
            self._add_heading(len(match[1]), match[2])
        elif (match := _UNDERLINE.match(line)) and self._is_title():
            title = " ".join(self._paragraph)
            self._paragraph = []
            self._add_heading(1 if match[1][0] == "=" else 2, title)
        elif _DIVIDER.match(line):
            self._close()
        elif match := _STEP.match(line):
            self._close()
            self._add_listed("step", _plain(match[2]), f"{match[1]}.")
        elif match := _ITEM.match(line):
            self._close()
            self._add_listed("item", _plain(match[1]), "")
        elif self._add_marked(line):
            pass
        elif not self._paragraph and self._continues_item(line):
            last = self.blocks[-1]
            self.blocks[-1] = replace(last, text=f"{last.text} {_plain(line.strip())}")
        else:
            if self._is_listed_code(line):
                self._close()
            self._paragraph.append(_plain(line.strip()))

    def _is_listed_code(self, line: str) -> bool:
        """Whether a line begins the text of the next code of a list."""
        code = code_line(_plain(line.strip()))
        return code is not None and code.form in self._listed

    def _is_title(self) -> bool:
        """Whether what was collected can be a title that the next line underlines."""
        text = " ".join(self._paragraph)
        one_line = len(self._paragraph) == 1 and len(text) <= _LONGEST_TITLE
        return one_line and not (text.endswith(_ENDS_SENTENCE) and not stands_alone(text))

    def _add_marked(self, line: str) -> bool:
        """Take a line with another mark than a number and a point: "a)", "1、", "一、", "•"."""
        plain = _plain(line.strip())
        if ordinal := split_chinese_ordinal(plain):
            level, number, title = ordinal
            self._close()
            if level:
                self._add(Block("heading", title, level=level, number=number))
            else:
                self._add_listed("step", title, number)
            return True
        kind, number, text = split_mark(plain)
        if kind == "paragraph":
            return False
        self._close()
        self._add_listed(kind, text, number)
        return True

    def _add_listed(self, kind: BlockKind, text: str, number: str) -> None:
        signal = stands_alone(text) or leads(text)
        self._add(Block("safety" if signal else kind, text, number=number, signal=signal))

    def _continues_item(self, line: str) -> bool:
        last = self.blocks[-1] if self.blocks else None
        if last is None or not line.startswith("  "):
            return False
        is_listed = last.kind in _LISTS or (last.kind == "safety" and bool(last.number))
        plain = _plain(line.strip())
        is_open = last.kind == "safety" and stands_alone(last.text)
        return is_listed and not is_open and not (leads(plain) or stands_alone(plain))

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
        if not self._header and _is_rule(follows):
            self.tables += 1
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
            self._add(Block("caption" if is_caption(text) else "paragraph", text))

    def _add(self, block: Block) -> None:
        if not block.text.strip(" |"):
            return  # a row of empty cells, a fence around nothing
        last = self.blocks[-1] if self.blocks else None
        if last and last.kind == "safety" and stands_alone(last.text) and block.kind != "heading":
            # The signal word stood on a line of its own: this block is its message.
            message = f"{block.number} {block.text}".strip()
            self.blocks[-1] = replace(last, text=f"{last.text}\n{message}")
        else:
            self.blocks.append(block)


def _is_rule(line: str) -> bool:
    """Whether a line parts the header of a table from its rows."""
    return "-" in line and "|" in line and bool(_RULE.match(line))


def _put_back(block: Block, markdown: Markdown) -> Block:
    return replace(
        block,
        text=markdown.put_back(block.text),
        header=tuple(map(markdown.put_back, block.header)),
        cells=tuple(map(markdown.put_back, block.cells)),
    )


def _plain(text: str) -> str:
    return _EMPHASIS.sub(r"\2", text).replace("`", "").strip()
