"""Take out of a text the characters that a person who looks at it does not see (pure).

Such characters carry messages to a machine past its reader, break words apart for a search, or
turn the order of what is shown. What they spell is kept for the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from index.corpus import Block
from ingest.readers.contents import Contents, Facts
from ingest.readers.quarantine import Quarantine

# Letters that a joiner or non-joiner gives another form: Arabic, Syriac, Indic, Mongolian and more.
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ua840-\ua8ff\ufb50-\ufdff"
_EMOJI = "\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\U0001f000-\U0001faff"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
_ANY = re.compile(f"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff{_INVISIBLE}]")

_KEPT = re.compile(
    # A joiner between letters that need it, a joiner or the emoji form between pictures.
    f"(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])"
    f"|(?<=[{_EMOJI}])\ufe0f?\u200d(?=[{_EMOJI}])"
    f"|(?<=[\u00a9\u00ae\u203c\u2049\u2122{_EMOJI}])[\ufe0e\ufe0f](?![{_SELECTORS}])"
)
_REVERSED = re.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n]*)\u202c?")
_QUIET = re.compile(
    # Hyphenation and direction marks, byte-order marks in front, forms of one Chinese character.
    f"[\u00ad\u200e\u200f\u061c]|^\ufeff|(?<=[\u3400-\u9fff])[{_SELECTORS}](?![{_SELECTORS}])"
)
_BREAKS = re.compile("\r\n?|[\u000b\u000c\u0085\u2028\u2029]")
_PLACE = "\ufdd0"  # a code point that is never a character: stands for what is kept


def _code_points(found: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in found)


def _tags(found: str) -> str:
    return "".join(chr(ord(c) - 0xE0000) for c in found if 0x20 <= ord(c) - 0xE0000 < 0x7F)


def _selected_bytes(found: str) -> str:
    """What a run of variation selectors spells: each stands for one byte."""
    values = (ord(c) - 0xFE00 if ord(c) < 0xE0100 else ord(c) - 0xE0100 + 16 for c in found)
    return bytes(values).decode("utf-8", "replace")


_REASONS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("tag characters", re.compile("[\U000e0000-\U000e007f]+"), _tags),
    ("variation selectors", re.compile(f"[{_SELECTORS}]+"), _selected_bytes),
    ("text direction override", re.compile("[\u202a-\u202e\u2066-\u2069]+"), _code_points),
    ("control characters", re.compile("[\u0000-\u0008\u000e-\u001f\u007f-\u009f]+"), _code_points),
    ("broken characters", re.compile("[\ud800-\udfff]+"), _code_points),
    ("zero-width characters", re.compile(f"[{_INVISIBLE}]+"), _code_points),
)


def split_unseen(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the text as it is seen, and the hidden parts as pairs of reason and what they spell.

    Soft hyphens, direction marks and byte-order marks are dropped without a word: every word
    processor sets them. What an override shows backwards is returned as it is shown.
    """
    if not _ANY.search(text):
        return text, ()
    hidden: list[tuple[str, str]] = []
    text = text.replace(_PLACE, "\ufffd")
    kept = _KEPT.findall(text)
    seen = _BREAKS.sub(lambda match: "\n" if match[0][0] == "\r" else " ", text)
    seen = _QUIET.sub("", _KEPT.sub(_PLACE, seen))
    if _REVERSED.search(seen):
        hidden.append(("text direction override", "U+202E"))
        seen = _REVERSED.sub(lambda match: match[1][::-1], seen)
    for reason, pattern, spell in _REASONS:
        found = "".join(pattern.findall(seen))
        if found:
            hidden.append((reason, spell(found) or _code_points(found)))
            seen = pattern.sub("", seen)
    marks = iter(kept)
    return re.sub(_PLACE, lambda _: next(marks), seen), tuple(hidden)


def without_unseen(contents: Contents) -> Contents:
    """Return the contents without invisible characters, which are listed in ``hidden``.

    A block of nothing else is dropped. Contents without such a character are returned as they are.
    """
    if not any(_ANY.search(text) for text in _texts(contents)):
        return contents
    quarantine = Quarantine(contents.hidden)

    def clean(text: str, page: int = 1) -> str:
        seen, hidden = split_unseen(text)
        for reason, spelled in hidden:
            quarantine.add(page, spelled, reason)
        return seen

    def seen_only(text: str) -> str:
        return split_unseen(text)[0]  # a second sight of what is reported with the block's text

    def clean_block(block: Block) -> Block:
        return replace(
            block,
            text=clean(block.text, block.page),
            number=seen_only(block.number),
            header=tuple(map(seen_only, block.header)),
            cells=tuple(map(seen_only, block.cells)),
            lines=tuple((seen_only(text), box) for text, box in block.lines),
        )

    facts = contents.facts
    blocks = tuple(clean_block(block) for block in contents.blocks)
    title = clean(contents.title)
    clean_facts = Facts(
        number=clean(facts.number),
        revision=clean(facts.revision),
        date=clean(facts.date),
        language=clean(facts.language),
        kind=facts.kind,
        models=tuple(map(clean, facts.models)),
        serials=tuple(map(clean, facts.serials)),
    )
    return replace(
        contents,
        blocks=tuple(block for block in blocks if block.text.strip() or block.kind == "figure"),
        title=title,
        front=tuple(map(seen_only, contents.front)),
        hidden=quarantine.pieces,
        facts=clean_facts,
    )


def _texts(contents: Contents) -> list[str]:
    facts = contents.facts
    texts = [contents.title, *contents.front, *facts.models, *facts.serials]
    texts += [facts.number, facts.revision, facts.date, facts.language]
    for block in contents.blocks:
        texts += (block.text, block.number, *block.header, *(text for text, _ in block.lines))
        texts += block.cells
    return texts
