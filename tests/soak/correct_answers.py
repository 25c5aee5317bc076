"""Correct answers about the sample plant: whole ones, and ones with a true note of a model."""

from __future__ import annotations

import random
from collections.abc import Iterator

import sqlalchemy as sa

from assistant.answering import Assistant
from assistant.llm.slot import ModelSlot
from assistant.messages import Answer, Cause
from assistant.question import Ask
from index import tables
from index.access import LOCAL
from index.retrieval import Retriever

_NOTES = (
    "Fits because: {text}.",
    "Most likely here. {text}. {remedy}.",
    "{symptom}. {text}.",
    "What to do: {remedy}.",
    "This comes first, as the row says: {remedy}.",
)
_ORDERED = "First {first}, then {second}."


def questions(retriever: Retriever, chance: random.Random) -> list[str]:
    """Questions that the plant's documents answer: codes, sections, symptoms, parts."""
    code, chunk = tables.code.c, tables.chunk.c
    with retriever.catalog.engine.connect() as connection:
        codes = connection.execute(sa.select(code.device, code.code, code.kind)).all()
        chunks = connection.execute(sa.select(chunk.heading_path, chunk.kind)).all()
    found: dict[str, None] = {}
    for row in codes:
        device = row.device.split(" Hydraulic")[0]
        text = f"{device} shows {row.code}" if row.kind == "alarm" else f"order no. of {row.code}"
        found[text] = None
    for row in chunks:
        if row.heading_path:
            device, title = row.heading_path[0], row.heading_path[-1]
            name = title.lstrip("0123456789. ")
            found[f"How do I do this: {name}, {device}"] = None
            if row.kind == "fault":
                found[f"{device}: what is wrong, {name}?"] = None
    asked = sorted(found)
    chance.shuffle(asked)
    return asked


def answers(retriever: Retriever, count: int, chance: random.Random) -> Iterator[Answer]:
    """Yield as many correct answers; every second has a note where its answer has causes."""
    assistant = Assistant(retriever, ModelSlot())
    noted: list[Answer] = []
    made = 0
    for question in questions(retriever, chance):
        whole = assistant.ask(Ask(question, None, use_model=False), LOCAL)
        if not (whole.code_cards or whole.causes or whole.steps or whole.quotes):
            continue
        yield whole
        made += 1
        noted += list(_noted(whole, chance))
        chance.shuffle(noted)
        if made < count and noted:
            yield noted.pop()
            made += 1
        if made >= count:
            return


def _noted(answer: Answer, chance: random.Random) -> Iterator[Answer]:
    """The answer with a note on one cause, for each cause that a true sentence can be made of."""
    for at, cause in enumerate(answer.causes):
        note = _note(cause, chance)
        if note and cause.text and len(note) < 300:
            causes = list(answer.causes)
            causes[at] = cause.model_copy(update={"note": note})
            yield answer.model_copy(update={"causes": tuple(causes)})


def _note(cause: Cause, chance: random.Random) -> str:
    first, mark, second = cause.remedy.partition(", ")
    second = second.partition(", ")[0].partition(". ")[0].rstrip(".")
    is_section = "section" in first or "section" in second
    if mark and min(len(first), len(second)) > 9 and not is_section and chance.random() < 0.5:
        return _ORDERED.format(first=_lowered(first), second=_lowered(second))
    note = chance.choice(_NOTES)
    if "{remedy}" in note and not cause.remedy:
        note = _NOTES[0]
    if "{symptom}" in note and not cause.symptom:
        note = _NOTES[0]
    values = {"text": cause.text, "remedy": cause.remedy, "symptom": cause.symptom}
    return note.format(**{name: value.rstrip(".") for name, value in values.items()})


def _lowered(text: str) -> str:
    is_word = text[1:2].islower()
    return text[0].lower() + text[1:] if is_word else text
