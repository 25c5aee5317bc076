"""Parse the Markdown dialect of the sample manuals into blocks.

One source file makes one manual, in one or more revisions. The dialect is described in
``examples/README.md``. This module knows nothing of PDF.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

SIGNAL_WORDS = ("danger", "warning", "caution", "notice")
_VARIANT = re.compile(r"\{((?:[A-Z]:[^|{}]*\|)+[A-Z]:[^|{}]*)\}")
_REFERENCE = re.compile(r"\{@([a-z0-9-]+)\}")
_HEADING = re.compile(r"(#{1,3}) (.+?)(?: \{#([a-z0-9-]+)\})?$")
_STEP = re.compile(r"(\d+)\. (.+)$")


# What the builder itself writes: captions and references.
_WORDS = {
    "en": {"table": "Table {}: {}", "figure": "Figure {}: {}", "section": "section {}"},
    "zh": {"table": "表 {} {}", "figure": "图 {} {}", "section": "第 {} 节"},
}


class ManualError(ValueError):
    """A source file breaks the dialect; the message names file and line."""


@dataclass(frozen=True)
class Heading:
    level: int
    number: str
    title: str


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Items:
    """A list; ``numbers`` is empty for bullets, else the step number of each item."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Safety:
    signal: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Drawing:
    caption: str
    commands: tuple[str, ...]


@dataclass(frozen=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Items | Safety | Table | Drawing | PageBreak


@dataclass
class Manual:
    """Front matter and blocks of one revision."""

    facts: dict[str, str]
    revision: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def language(self) -> str:
        """Two-letter code; English unless the front matter names another."""
        return self.facts.get("language", "en")


def read_manual(path: Path, revision: str) -> Manual:
    """Return the blocks of one revision of a source file.

    Raises:
        ManualError: front matter, a reference or a block is malformed.
    """
    text = path.read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        raise ManualError(f"{path.name}: no front matter")
    front, _, body = text[4:].partition("\n---\n")
    facts = dict(_split_fact(line, path) for line in front.splitlines() if line.strip())
    if revision not in facts["revisions"].split():
        raise ManualError(f"{path.name}: revision {revision!r} is not in {facts['revisions']!r}")
    for key, value in facts.items():
        facts[key] = _choose_variant(value, revision)
    body = _choose_variant(body, revision)
    manual = Manual(facts, revision)
    if manual.language not in _WORDS:
        raise ManualError(f"{path.name}: no words for the language {manual.language!r}")
    _Parser(path, body.splitlines(), manual.blocks, _WORDS[manual.language]).run()
    return manual


def _split_fact(line: str, path: Path) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise ManualError(f"{path.name}: front matter line {line!r} has no colon")
    return key.strip(), value.strip()


def _choose_variant(text: str, revision: str) -> str:
    """Replace ``{C:85 N·m|B:70 N·m}`` by the text of the revision."""

    def choose(match: re.Match[str]) -> str:
        choices = dict(part.split(":", 1) for part in match[1].split("|"))
        if revision not in choices:
            raise ManualError(f"no variant for revision {revision!r} in {match[0]!r}")
        return choices[revision]

    return _VARIANT.sub(choose, text)


class _Parser:
    def __init__(
        self, path: Path, lines: list[str], blocks: list[Block], words: dict[str, str]
    ) -> None:
        self.path = path
        self.words = words
        self.lines = lines
        self.blocks = blocks
        self.at = 0
        self.counters = [0, 0, 0]
        self.figures = 0
        self.tables = 0
        self.labels = self._number_labels()

    def _number_labels(self) -> dict[str, str]:
        """Number all headings first, so that a reference may point forward."""
        labels: dict[str, str] = {}
        for line in self.lines:
            if match := _HEADING.match(line):
                number = self._next_number(len(match[1]))
                if match[3]:
                    labels[match[3]] = number
        self.counters = [0, 0, 0]
        return labels

    def _next_number(self, level: int) -> str:
        self.counters[level - 1] += 1
        self.counters[level:] = [0] * (3 - level)
        return ".".join(str(count) for count in self.counters[:level])

    def run(self) -> None:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip():
                self.at += 1
            elif match := _HEADING.match(line):
                self.at += 1
                level = len(match[1])
                self.blocks.append(Heading(level, self._next_number(level), match[2]))
            elif line.startswith("!!! "):
                self._safety(line)
            elif line.startswith("|= "):
                self._table(line)
            elif line.startswith("```drawing "):
                self._drawing(line)
            elif line.startswith("+++"):
                self.at += 1
                self.blocks.append(PageBreak())
            elif line.startswith("- ") or _STEP.match(line):
                self._items()
            else:
                self._paragraph()

    def _text(self, text: str) -> str:
        def resolve(match: re.Match[str]) -> str:
            if match[1] not in self.labels:
                raise self._error(f"unknown reference {match[1]!r}")
            return self.words["section"].format(self.labels[match[1]])

        return _REFERENCE.sub(resolve, text.strip())

    def _error(self, what: str) -> ManualError:
        return ManualError(f"{self.path.name}: body line {self.at + 1}: {what}")

    def _safety(self, line: str) -> None:
        signal, _, title = line[4:].partition(" ")
        if signal not in SIGNAL_WORDS:
            raise self._error(f"{signal!r} is none of {', '.join(SIGNAL_WORDS)}")
        self.at += 1
        paragraphs: list[str] = []
        while self.at < len(self.lines) and self.lines[self.at].strip() != "!!!":
            if self.lines[self.at].strip():
                paragraphs.append(self._text(self.lines[self.at]))
            self.at += 1
        if self.at == len(self.lines):
            raise self._error(f"the {signal} block is not closed by '!!!'")
        self.at += 1
        self.blocks.append(Safety(signal, self._text(title), tuple(paragraphs)))

    def _table(self, line: str) -> None:
        match = re.match(r"\|= (.+?)(?: \[([\d, ]+)\])?$", line)
        if match is None:
            raise self._error("a table starts with '|= Caption [widths]'")
        self.at += 1
        rows: list[tuple[str, ...]] = []
        while self.at < len(self.lines) and self.lines[self.at].startswith("|"):
            cells = tuple(self._text(c) for c in self.lines[self.at].strip().strip("|").split("|"))
            if rows and len(cells) != len(rows[0]):
                raise self._error(f"{len(cells)} cells where the header has {len(rows[0])}")
            rows.append(cells)
            self.at += 1
        if len(rows) < 2:
            raise self._error("a table needs a header and a row")
        widths = tuple(int(w) for w in match[2].split(",")) if match[2] else (1,) * len(rows[0])
        if len(widths) != len(rows[0]):
            raise self._error(f"{len(widths)} widths for {len(rows[0])} columns")
        self.tables += 1
        caption = self.words["table"].format(self.tables, self._text(match[1]))
        self.blocks.append(Table(caption, rows[0], tuple(rows[1:]), widths))

    def _drawing(self, line: str) -> None:
        self.at += 1
        commands: list[str] = []
        while self.at < len(self.lines) and self.lines[self.at].strip() != "```":
            if self.lines[self.at].strip():
                commands.append(self.lines[self.at].strip())
            self.at += 1
        if self.at == len(self.lines):
            raise self._error("the drawing is not closed by ```")
        self.at += 1
        self.figures += 1
        title = self._text(line.removeprefix("```drawing "))
        caption = self.words["figure"].format(self.figures, title)
        self.blocks.append(Drawing(caption, tuple(commands)))

    def _items(self) -> None:
        texts: list[str] = []
        numbers: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if match := _STEP.match(line):
                numbers.append(match[1])
                texts.append(match[2])
            elif line.startswith("- "):
                texts.append(line[2:])
            elif line.startswith("  ") and texts:
                texts[-1] += " " + line.strip()
            else:
                break
            self.at += 1
        if numbers and len(numbers) != len(texts):
            raise self._error("bullets and steps are mixed in one list")
        self.blocks.append(Items(tuple(self._text(t) for t in texts), tuple(numbers)))

    def _paragraph(self) -> None:
        parts: list[str] = []
        while self.at < len(self.lines) and self.lines[self.at].strip():
            parts.append(self.lines[self.at].strip())
            self.at += 1
        self.blocks.append(Paragraph(self._text(" ".join(parts))))
