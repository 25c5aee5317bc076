"""What became of a question over the record: a query, or what is asked back; nothing computes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.analytics.query import Query

ReadBy = Literal["rules", "model"]


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it was understood, with what was taken for granted, each in words."""

    query: Query
    assumptions: tuple[str, ...] = ()
    read_by: ReadBy = "rules"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to read a question."""

    label: str
    query: Query


@dataclass(frozen=True, slots=True)
class AskBack:
    """What is asked instead of guessing; ``reason`` names the words that were not understood."""

    question: str
    choices: tuple[Choice, ...] = ()
    reason: str = ""


Asked = Understood | AskBack
