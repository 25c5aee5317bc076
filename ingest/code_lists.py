"""Recognise lines that define an alarm code: "ER 09  Link lost", "Error 12: fan off" (pure).

One such line may be anything; three of one form are a list. Whether it is a list of alarm codes is
decided by what stands above it or in it: a list of keys or valves has the same form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.corpus import Chunk

LEAST_LINES = 3
"""How many different codes of one form make a list."""

_LABEL = r"(?:alarm|error|fault|warning|fehler|störung|报警|故障|错误)"
_LINE = re.compile(
    rf"(?P<label>(?i:{_LABEL}(?:\s*(?:code|no\.?|nr\.?|代码))?)\s*[:#]?\s*)?"
    r"(?P<code>(?P<prefix>[A-Z]{1,5}|Er|Err|Al)?(?P<joint>[-._ ]?)"
    r"(?P<digits>0x[0-9A-Fa-f]{1,4}|\d{1,5})(?:[.-]\d{1,3})?[A-Za-z]?)(?![A-Za-z0-9./-]*[A-Za-z0-9])"
    # Behind the code stands a mark, a wide space or a capital: "AB 12 screws" is no definition.
    r"(?P<gap>\s*[:：=–—]\s*|\s+-\s+|[ \t\u3000]*(?:\t|[ \u3000]{2,})\s*"
    r"|\s+(?=[A-ZÀ-ÖØ-Þ\u4e00-\u9fff])|(?=[\u4e00-\u9fff]))"
    r"(?P<text>(?=.*[^\W\d_]{2}).+)",
    re.DOTALL,
)
_NO_PREFIX = frozenset(
    "STEP PAGE FIG TABLE TAB ITEM NOTE NO NR POS REV CH SEC PART ROW LINE DAY WEEK TYPE VER SHEET "
    "ISO DIN EN IEC ANSI NFPA SAE VDE UL BILD ABB SEITE TEIL PUNKT".split()
)
_UNIT = re.compile(r"(?:[A-Z]|Hz|Nm|Pa|MPa|VAC|VDC|AC|DC|°[CF])(?![\w-])")
_ALARM_PREFIXES = frozenset(("ER", "ERR", "ERROR", "AL", "ALM", "ALARM", "FLT", "FAULT", "WRN"))
_ABOUT_ALARMS = re.compile(
    r"\b(?:alarm|error|fault|trip|fehler|störung|défaut|fallo|avería)|\bmessages?\b|meldung|"
    r"报警|故障|错误",
    re.IGNORECASE,
)
_ABOUT_CODES = re.compile(r"code|list|number|nummer|message|meldung|text|代码|列表", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of the form: its code as printed and the text behind it.

    Lines of one ``form`` may make a list. ``is_alarm`` says that the code names itself an alarm's.
    """

    code: str
    text: str
    form: tuple[str, str]
    is_alarm: bool

    @property
    def is_bare(self) -> bool:
        """Whether the code is a plain number without a word before it."""
        return not self.is_alarm and not self.form[0]


def code_line(text: str) -> CodeLine | None:
    """Return what a line defines, or None where it has another form."""
    match = _LINE.match(text)
    if match is None:
        return None
    label, prefix, digits = match["label"] or "", match["prefix"] or "", match["digits"]
    if prefix in _NO_PREFIX or (not prefix and match["joint"].strip()):
        return None
    if not label and not prefix and (len(digits) < 3 or _UNIT.match(match["text"])):
        return None  # a number of a list, a quantity
    names_alarm = prefix.upper() in _ALARM_PREFIXES or (prefix == "E" and len(digits) > 1)
    width = "" if prefix or label else str(len(digits))
    form = (prefix or label.strip(" :#").casefold(), match["joint"] + width)
    return CodeLine(match["code"].strip(), match["text"].strip(), form, bool(label) or names_alarm)


def listed_forms(lines: Iterable[CodeLine]) -> frozenset[tuple[str, str]]:
    """The forms of which there are enough different codes to make a list."""
    codes = {(line.form, line.code) for line in lines}
    counts = Counter(form for form, _ in codes)
    return frozenset(form for form, count in counts.items() if count >= LEAST_LINES)


@dataclass
class Listed:
    """An item of a list of codes: where it begins, and its sentences behind the code."""

    chunk: Chunk
    position: int
    line: CodeLine
    sentences: list[str]

    @property
    def text(self) -> str:
        """What the list says of the code."""
        return " ".join(self.sentences)


def listed_items(chunks: Sequence[Chunk]) -> list[Listed]:
    """Return the items of the lists in the running text of a document, alarms or not.

    To an item belongs the text up to the next one. Where the last item of a section ends, nothing
    says: it is taken to be no longer than the longest other.
    """
    begun: list[Listed] = []
    is_open = False
    for chunk in chunks:
        if begun and begun[-1].chunk.section != chunk.section:
            is_open = False
        for position, sentence in enumerate(chunk.sentences):
            is_text = sentence.kind in ("paragraph", "item") and not sentence.number
            line = code_line(sentence.text) if is_text else None
            if line is not None:
                begun.append(Listed(chunk, position, line, [line.text]))
            elif is_open and is_text:
                begun[-1].sentences.append(sentence.text)
            is_open = line is not None or (is_open and is_text)
    forms = listed_forms(item.line for item in begun)
    items = [item for item in begun if item.line.form in forms]
    last = {item.chunk.section: item for item in items}  # of each section
    longest = max((len(item.sentences) for item in items if item not in last.values()), default=1)
    for item in last.values():
        del item.sentences[longest:]
    return items


def names_alarms(headings: Sequence[str], *, is_bare: bool) -> bool:
    """Whether the headings above a list say that it is one of alarms.

    The nearest one counts, and the one above it unless that is the title of the document. Of plain
    numbers it must say that they are codes, too.
    """
    near = headings[-1:] if len(headings) < 3 else headings[-2:]
    return any(
        _ABOUT_ALARMS.search(heading) and (not is_bare or _ABOUT_CODES.search(heading))
        for heading in near
    )
