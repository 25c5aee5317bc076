"""Link safety messages and lockout blocks to the chunks that they guard (pure).

A message guards its own section and, where it stands between a chapter's heading and the first
section, the whole chapter. A document's lockout procedure guards every section in which a person
works on the machine. When in doubt it guards: a block too many costs a glance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.corpus import Block, Chunk, SafetyMessage, Section, SignalWord
from index.language import language_of

_LOCKOUT_TITLE = re.compile(
    r"lock[\s-]?out|tag[\s-]?out|\bloto\b|isolat(?:e|ion|ing)|freischalten|consignation|bloqueo|"
    r"上锁|挂牌|锁定",
    re.IGNORECASE,
)
_RETURN_TITLE = re.compile(r"return|restor|remov|back (?:in|to)|恢复|解锁", re.IGNORECASE)
_CALLS_LOCKOUT = re.compile(
    r"lock(?:ed)?[\s-]?out|\bloto\b|isolate (?:the|all)|de-?energi[sz]e|上锁|挂牌|切断电源",
    re.IGNORECASE,
)
_ENERGY = re.compile(
    r"\b(?:pressur\w*|hydraulic|pneumatic|accumulator|voltage|electric\w*|spring|suspended|weight|"
    r"ram|spindle|belt|vessel|hot|rotat\w*)\b|高压|压力|带电|弹簧",
    re.IGNORECASE,
)
_LEAST_STEPS = 3


def find_messages(
    blocks: Sequence[Block], chunks: Sequence[Chunk], sections: Sequence[Section]
) -> tuple[list[SafetyMessage], list[Chunk]]:
    """Return the messages of a document, and its chunks with their guards."""
    language = language_of(" ".join(block.text for block in blocks[:400]))
    messages = _messages(blocks, language)
    lockout = _lockout_section(chunks, sections)
    if lockout is not None:
        messages.append(_lockout_message(chunks, lockout, language))
    parents = _parents(sections)
    texts: dict[int, str] = {}
    has_steps: set[int] = set()
    for chunk in chunks:
        texts[chunk.section] = texts.get(chunk.section, "") + "\n" + chunk.search_text
        if any(sentence.kind == "step" for sentence in chunk.sentences):
            has_steps.add(chunk.section)
    guarded: list[Chunk] = []
    for chunk in chunks:
        covering = {chunk.section, *parents.get(chunk.section, ())}
        guards = [
            i
            for i, message in enumerate(messages)
            if message.section in covering and message.signal != "lockout"
        ]
        if lockout is not None and chunk.section != lockout:
            text = texts[chunk.section]
            works = chunk.section in has_steps and _ENERGY.search(text)
            if works or _CALLS_LOCKOUT.search(text):
                # With the lockout come the warnings about the lockout itself.
                own = (i for i, message in enumerate(messages) if message.section == lockout)
                guards = sorted({*guards, *own})
        guarded.append(replace(chunk, guards=tuple(guards)))
    return messages, guarded


def _messages(blocks: Sequence[Block], language: str) -> list[SafetyMessage]:
    messages: list[SafetyMessage] = []
    section = 0
    for block in blocks:
        if block.kind == "heading":
            section += 1
        elif block.kind == "safety" and block.signal is not None:
            boxes = tuple(box for _, box in block.lines)
            messages.append(
                SafetyMessage(block.signal, block.text, language, block.page, boxes, section)
            )
    return messages


def _parents(sections: Sequence[Section]) -> dict[int, tuple[int, ...]]:
    """The sections that a section lies in, by ordinal."""
    parents: dict[int, tuple[int, ...]] = {}
    stack: list[Section] = []
    for section in sections:
        stack = [above for above in stack if above.level < section.level]
        parents[section.ordinal] = tuple(above.ordinal for above in stack)
        stack.append(section)
    return parents


def _lockout_section(chunks: Sequence[Chunk], sections: Sequence[Section]) -> int | None:
    """The first section with steps under a lockout heading that is not about the way back."""
    titles = {section.ordinal: section.title for section in sections}
    steps: dict[int, int] = {}
    for chunk in chunks:
        here = sum(sentence.kind == "step" for sentence in chunk.sentences)
        steps[chunk.section] = steps.get(chunk.section, 0) + here
    for chunk in chunks:
        own = titles.get(chunk.section, "")
        is_lockout = any(_LOCKOUT_TITLE.search(title) for title in chunk.heading_path)
        if is_lockout and not _RETURN_TITLE.search(own) and steps[chunk.section] >= _LEAST_STEPS:
            return chunk.section
    return None


def _lockout_message(chunks: Sequence[Chunk], section: int, language: str) -> SafetyMessage:
    """The lockout procedure as one block: heading and steps, verbatim."""
    own = [chunk for chunk in chunks if chunk.section == section]
    steps = [s for chunk in own for s in chunk.sentences if s.kind == "step"]
    lines = [own[0].heading_path[-1], *(f"{step.number} {step.text}" for step in steps)]
    boxes = tuple(box for step in steps for box in step.boxes)
    signal: SignalWord = "lockout"
    return SafetyMessage(signal, "\n".join(lines), language, steps[0].page, boxes, section)
