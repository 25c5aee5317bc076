"""The JSON of figures over the plant's record: what was understood, what is saved, what is due.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from assistant.analytics.asking.asked import AskBack, Choice, Understood
from assistant.analytics.figure import Definition, Figure
from assistant.analytics.query import Query
from assistant.analytics.saved.saved_figures import LONGEST_NAME, SavedFigure, Wanted
from assistant.analytics.saved.schedule import Schedule
from assistant.analytics.saved.scheduling import FigureRun
from ui.api.texts import Text
from ui.schemas import Schema


class ChoiceOut(Schema):
    """A way to read a question, whose query can be sent as it is."""

    label: str
    query: Query | None = Field(description="null where only other words would help")

    @classmethod
    def of(cls, choice: Choice) -> ChoiceOut:
        """The shape of a choice."""
        return cls(label=choice.label, query=choice.query)


class AskedOut(Schema):
    """What a question became: the query with its figure, or what is asked back with choices."""

    status: Literal["understood", "ask_back"]
    query: Query | None = None
    read_by: Literal["rules", "model"] | None = None
    assumptions: tuple[str, ...] = ()
    others: tuple[ChoiceOut, ...] = Field(default=(), description="other readings")
    figure: Figure | None = None
    sentence: str = Field(default="", description="the figure in words, in the question's language")
    question: str = Field(default="", description="what is asked back")
    reason: str = Field(default="", description="a code of why it is asked back")
    word: str = Field(default="", description="what was not understood")
    choices: tuple[ChoiceOut, ...] = ()

    @classmethod
    def back(cls, asked: AskBack) -> AskedOut:
        """The shape of a question that is asked back."""
        return cls(
            status="ask_back",
            question=asked.question,
            reason=asked.reason,
            word=asked.word,
            choices=tuple(map(ChoiceOut.of, asked.choices)),
        )

    @classmethod
    def of(cls, asked: Understood, figure: Figure, sentence: str) -> AskedOut:
        """The shape of a question that was understood."""
        return cls(
            status="understood",
            query=asked.query,
            read_by=asked.read_by,
            assumptions=asked.assumptions,
            others=tuple(map(ChoiceOut.of, asked.others)),
            figure=figure,
            sentence=sentence,
        )


class BehindIn(Schema):
    """Which tickets behind a figure are wanted; ``group`` is a row's dimensions, null for all."""

    model_config = ConfigDict(extra="forbid")

    query: Query
    group: tuple[str | int | float | None, ...] | None = Field(default=None, max_length=4)
    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=50, ge=1, le=200)


class DefinitionsOut(Schema):
    """What can be computed, with the definition of each."""

    items: tuple[Definition, ...]


class SavedIn(Schema):
    """A figure that is to be saved; without a schedule it is made only when it is opened."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=LONGEST_NAME, examples=["Failures of Line 3"])
    query: Query
    question: Text = Field(default="", max_length=2000)
    is_shared: bool = Field(default=False, description="seen by all who share a site with you")
    schedule: Schedule | None = None

    def wanted(self) -> Wanted:
        """The same as the store takes it."""
        return Wanted(self.name, self.query, self.question, self.is_shared, self.schedule)


class SavedOut(Schema):
    """A saved figure; ``next_at`` says, in UTC, when its schedule makes it next."""

    id: str
    name: str
    owner: str
    question: str
    query: Query
    is_shared: bool
    is_mine: bool
    is_pinned: bool
    schedule: Schedule | None
    next_at: str | None
    time_zone: str
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, saved: SavedFigure) -> SavedOut:
        """The shape of a saved figure."""
        values = {name: getattr(saved, name) for name in cls.model_fields if name != "id"}
        return cls(id=saved.saved_id, **values)


class SavedListOut(Schema):
    """Your saved figures by name, then those that others share with you."""

    items: tuple[SavedOut, ...]


class RunOut(Schema):
    """What a schedule made; ``reason`` says why there is no figure."""

    id: str
    due_at: str
    made_at: str
    reason: str
    figure: Figure | None

    @classmethod
    def of(cls, run: FigureRun) -> RunOut:
        """The shape of a run."""
        return cls(
            id=run.run_id,
            due_at=run.due_at,
            made_at=run.made_at,
            reason=run.reason,
            figure=run.figure,
        )


class RunsOut(Schema):
    """What the schedule of a saved figure made, the newest first."""

    items: tuple[RunOut, ...]
