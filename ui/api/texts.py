"""Texts and numbers that a caller may send."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, Field

from assistant.question import LONGEST_QUESTION

_MOST_ID = (1 << 63) - 1  # what SQL can hold


def _plain(text: str) -> str:
    """Refuse what SQL or a log cannot hold."""
    if "\0" in text:
        raise ValueError("it has a NUL character")
    return text


OfDocuments = Literal["manual", "procedure", "drawing", "bulletin"]
"""The kinds of documents; a history is made of tickets."""
Text = Annotated[str, AfterValidator(_plain)]
Question = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=LONGEST_QUESTION,
        description="what the machine shows or does",
        examples=["E-217 on PR-02, what first?"],
    ),
]
Word = Annotated[Text, Field(min_length=1, max_length=200)]
Words = Annotated[list[Word], Query(max_length=20)]
RecordId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$", examples=["0f9a"])]
RowId = Annotated[int, Path(ge=1, le=_MOST_ID)]
