"""What a question came to: a query with what was assumed, or choices."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.analytics.query import Query


class Said(BaseModel):
    """A part of an answer to a question: it does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(Said):
    """A query that the words may have meant; None where only other words would help."""

    label: str
    query: Query | None = None


class Understood(Said):
    """A question that was understood."""

    query: Query
    assumptions: tuple[str, ...] = ()
    read_by: Literal["rules", "model"] = "rules"
    others: tuple[Choice, ...] = Field(default=(), description="other readings, as queries")


class AskBack(Said):
    """A question that is asked back: what is missing, and what may have been meant."""

    question: str
    choices: tuple[Choice, ...] = ()
    reason: str = Field(description="the code of why")
    word: str = Field(default="", description="what was not understood")


Asked = Understood | AskBack
