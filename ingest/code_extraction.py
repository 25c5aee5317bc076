"""Find what a document says about alarm codes and part numbers (pure).

Four places define a code: a row of a table whose header names codes, a heading that is a code,
labels in the text below such a heading, which give other spellings of it, and a list of codes in
running text. Headers are recognised by words of the trade in several languages; no maker has a
pattern of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.codes import fold
from index.corpus import Chunk, CodeEntry, Sentence
from index.rows import (
    CAUSE_HEADERS,
    CODE_HEADERS,
    MEANING_HEADERS,
    PART_HEADERS,
    REMEDY_HEADERS,
    STRONG_CODE_HEADERS,
    column,
    split_numbered,
)
from ingest.code_lists import listed_items, names_alarms

_LABEL = r"(?:alarm|error|fault|warning|message|display|auxiliary|status|trip|aux|inner)"
_CODE = r"(?:0x[0-9A-Fa-f]+|[A-Za-z]{0,5}[-._ ]?\d[0-9A-Za-z]*(?:[-._/]\d?[0-9A-Za-z]+)*|[A-F]\d+)"
_HEADING = re.compile(
    rf"(?:(?:(?:{_LABEL}\s+)?(?:code|no\.?|nr\.?)|{_LABEL})(?![a-z])"
    rf"|(?:报警|故障|错误)?代码|报警|故障)\s*[:#.]?\s*({_CODE})\s*(?:[:：–-]\s*(.+))?$",
    re.IGNORECASE,
)
_WORD_HEADING = re.compile(  # some devices show a word in place of a number
    rf"(?:(?:{_LABEL}\s+)?code|(?:报警|故障|错误)?代码)(?:\s+|\s*[:：]\s*)"
    r"(?!(?:lists?|tables?|overview|display|index|format|meanings?|history|numbers?|messages?)$)"
    r"([a-z]+)()$",
    re.IGNORECASE,
)
_WORD_AND_NUMBER = re.compile(r"[A-Z]?[a-z]{3,} ")  # "Alarm group 2" names no code
_ALIASES = re.compile(
    rf"(?:{_LABEL}\s+)?(?:codes?|numbers?)\s*:?\s+((?:{_CODE})(?:\s*,\s*(?:{_CODE}))*)"
    rf"|(?:代码|编号)\s*[:：]?\s*((?:{_CODE})(?:\s*[,，、]\s*(?:{_CODE}))*)",
    re.IGNORECASE,
)
_LOOKS_LIKE_CODE = re.compile(rf"(?:{_CODE})$")
_PART_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9./\- ]{2,24}$")
_LABELLED = re.compile(
    r"(description|meaning|fault|cause|reason|solution|remedy|action|ursache|abhilfe|描述|说明|原因|"
    r"处理方法|处理|措施)"
    r"\s*[:：]\s*",
    re.IGNORECASE,
)
_COMPONENT_NOISE = re.compile(
    r"\b(?:alarme?s?|faults?|errors?|codes?|words?|messages?|tables?|lists?|spare|parts?|sheet|"
    r"störung(?:en|sliste)?|fehler(?:liste|codes?)?|meldung(?:en)?|alarmliste|tabelle|ersatzteile?|"
    r"[A-Z]*-?\d+(?: to [A-Z]*-?\d+)?)\b|报警|代码|故障|列表|[:：]",
    re.IGNORECASE,
)
_EDGE = re.compile(r"^(?:(?:of|the|and|for)\b|[\s,:-])+|(?:\b(?:of|the|and|for)|[\s,:-])+$")
_MOST_ALIASES = 3  # more entries than this under one alias, and it names a class, not a code


@dataclass(frozen=True, slots=True)
class _Columns:
    """Positions of a table's columns; -1 where there is none."""

    code: int
    kind: str
    meaning: int
    cause: int
    remedy: int


def find_codes(chunks: Sequence[Chunk], device: str) -> list[CodeEntry]:
    """Return the entries of a document; ``device`` is what its codes belong to."""
    entries: list[CodeEntry] = []
    columns = _table_columns(chunks)
    texts: dict[int, str] = {}
    for chunk in chunks:
        texts[chunk.section] = f"{texts.get(chunk.section, '')}\n{chunk.text}".strip()
    for chunk in chunks:
        if heading := _heading_entry(chunk, texts[chunk.section], device):
            entries.append(heading)
        for position, sentence in enumerate(chunk.sentences):
            if sentence.cells and sentence.header in columns:
                entries.extend(
                    _row_entry(chunk, position, columns[sentence.header], code, device)
                    for code in _codes_of_cell(sentence, columns[sentence.header])
                )
    known = {fold(entry.code) for entry in entries}
    listed = (entry for entry in _listed_entries(chunks, device) if fold(entry.code) not in known)
    return _drop_shared_aliases([*entries, *listed])


def _listed_entries(chunks: Sequence[Chunk], device: str) -> list[CodeEntry]:
    """The entries of lists of codes in running text, such as those of a help file."""
    items = listed_items(chunks)
    labelled = Counter(item.line.form for item in items if _LABELLED.search(item.text))
    forms = Counter(item.line.form for item in items)
    entries: list[CodeEntry] = []
    for item in items:
        line, path = item.line, item.chunk.heading_path
        is_explained = 2 * labelled[line.form] > forms[line.form] and not line.is_bare
        if not (line.is_alarm or is_explained or names_alarms(path, is_bare=line.is_bare)):
            continue
        label = _LABELLED.search(item.text)
        fields = _labelled_fields(item.text)
        meaning = item.text[: label.start()].strip() if label else item.text
        entries.append(
            CodeEntry(
                code=line.code,
                kind="alarm",
                device=device,
                component=component_of(path[1:] or path),  # the first names the device
                meaning=meaning or fields.get("meaning", ""),
                causes=split_numbered(fields.get("cause", "")),
                remedies=split_numbered(fields.get("remedy", "")),
                chunk_ordinal=item.chunk.ordinal,
                sentence=item.position,
            )
        )
    return entries


def _table_columns(chunks: Iterable[Chunk]) -> dict[tuple[str, ...], _Columns]:
    """Decide for each table header of the document which column holds what."""
    rows: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for chunk in chunks:
        for sentence in chunk.sentences:
            if sentence.header and len(sentence.header) == len(sentence.cells):
                rows.setdefault(sentence.header, []).append(sentence.cells)
    found: dict[tuple[str, ...], _Columns] = {}
    for header, cells in rows.items():
        part = column(header, PART_HEADERS)
        if part >= 0 and _share(cells, part, _PART_NUMBER) >= 0.6:
            found[header] = _Columns(part, "part", column(header, MEANING_HEADERS, part), -1, -1)
            continue
        cause, remedy = column(header, CAUSE_HEADERS), column(header, REMEDY_HEADERS)
        code = column(header, CODE_HEADERS, cause, remedy)
        meaning = column(header, MEANING_HEADERS, code, cause, remedy)
        explains = meaning >= 0 or cause >= 0 or remedy >= 0
        if code >= 0 and cause < 0 and remedy < 0 and not _is_strong(header[code]):
            continue  # "No." beside "Name" is a list of call-outs
        if code >= 0 and explains and _share(cells, code, _LOOKS_LIKE_CODE) >= 0.6:
            found[header] = _Columns(code, "alarm", meaning, cause, remedy)
    return found


def _is_strong(title: str) -> bool:
    return any(name in title.casefold() for name in STRONG_CODE_HEADERS)


def _share(rows: Sequence[tuple[str, ...]], column: int, pattern: re.Pattern[str]) -> float:
    """Share of the rows of which each item in a column matches."""
    cells = [re.split(r"\s*[,;/]\s+|\n", row[column].strip())[0] for row in rows]
    return sum(bool(pattern.match(cell)) for cell in cells) / len(cells)


def _codes_of_cell(sentence: Sentence, columns: _Columns) -> list[str]:
    cell = sentence.cells[columns.code].strip()
    pattern = _PART_NUMBER if columns.kind == "part" else _LOOKS_LIKE_CODE
    parts = [cell] if columns.kind == "part" else re.split(r"\s*[,;/]\s+|\n", cell)
    return [part for part in parts if pattern.match(part)]


def _row_entry(chunk: Chunk, position: int, columns: _Columns, code: str, device: str) -> CodeEntry:
    cells = chunk.sentences[position].cells

    def cell(column: int) -> str:
        return cells[column].strip() if column >= 0 else ""

    return CodeEntry(
        code=code,
        kind="part" if columns.kind == "part" else "alarm",
        device=device,
        component=component_of(chunk.heading_path),
        meaning=cell(columns.meaning),
        causes=split_numbered(cell(columns.cause)),
        remedies=split_numbered(cell(columns.remedy)),
        chunk_ordinal=chunk.ordinal,
        sentence=position,
    )


def _heading_entry(chunk: Chunk, text: str, device: str) -> CodeEntry | None:
    """An entry from a heading such as "Alarm E-217: oil temperature high".

    ``chunk`` is the first below the heading, ``text`` all that stands below it.
    """
    if not chunk.opens_section or not chunk.heading_path:
        return None
    heading = chunk.heading_path[-1].strip()
    match = _HEADING.match(heading) or _WORD_HEADING.match(heading)
    if match is None or _WORD_AND_NUMBER.match(match[1]):
        return None
    fields = _labelled_fields(text)
    meaning = match[2] or fields.get("meaning") or chunk.sentences[0].text
    return CodeEntry(
        code=match[1],
        kind="alarm",
        device=device,
        component=component_of(chunk.heading_path[:-1]),
        meaning=meaning.strip(),
        causes=split_numbered(fields.get("cause", "")),
        remedies=split_numbered(fields.get("remedy", "")),
        aliases=_aliases(text),
        chunk_ordinal=chunk.ordinal,
    )


def _labelled_fields(text: str) -> dict[str, str]:
    """Read "Cause: ... Remedy: ..." out of running text."""
    fields: dict[str, str] = {}
    labels = list(_LABELLED.finditer(text))
    ends = [*(match.start() for match in labels[1:]), len(text)]  # one too many without labels
    for match, end in zip(labels, ends, strict=False):
        word = match[1].casefold()
        name = "meaning"
        if word in ("cause", "reason", "ursache", "原因"):
            name = "cause"
        elif word in ("solution", "remedy", "action", "abhilfe", "处理方法", "处理", "措施"):
            name = "remedy"
        fields.setdefault(name, text[match.end() : end].strip())
    return fields


def _aliases(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for match in _ALIASES.finditer(text):
        for item in re.split(r"\s*[,，、]\s*", match[1] or match[2]):
            if any(map(str.isdigit, item)):
                found.append(item.strip(" ."))
    return tuple(dict.fromkeys(found))


def _drop_shared_aliases(entries: list[CodeEntry]) -> list[CodeEntry]:
    uses = Counter(fold(alias) for entry in entries for alias in set(entry.aliases))
    return [
        replace(entry, aliases=tuple(a for a in entry.aliases if uses[fold(a)] <= _MOST_ALIASES))
        for entry in entries
    ]


def component_of(heading_path: Sequence[str]) -> str:
    """Name the component that a heading is about: "5.2 Spindle drive alarms" gives "Spindle drive".

    The nearest heading that names something counts; the empty string where none does.
    """
    for heading in reversed(heading_path):
        title = re.sub(r"^[\d.]+\s+", "", heading)
        words = _COMPONENT_NOISE.sub(" ", title).replace(" ,", ",").split()
        if name := _EDGE.sub("", " ".join(words)):
            return name
    return ""
