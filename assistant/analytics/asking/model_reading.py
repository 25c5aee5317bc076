"""The language model as second reader: it fills a bounded form, which is checked like any query.

It computes nothing, and no name of it is used that does not stand both in the question and in the
record. What does not hold is no reading.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.analytics.asking.names import NameBook
from assistant.analytics.asking.tokens import folded, normal
from assistant.analytics.catalogue import CATALOGUE, check
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.query import Dimension, Filter, Metric, Query
from assistant.egress import Clearance
from assistant.errors import AssistantError
from assistant.llm.choice import ModelSlot
from assistant.llm.structured import stream_json
from assistant.prompt_book import PromptBook
from index.access import Principal

logger = logging.getLogger(__name__)

_MOST_WAIT_S = 5.0
Range = Literal[
    "none", "all", "today", "yesterday", "this_week", "last_week", "this_month", "last_month",
    "this_quarter", "last_quarter", "ytd", "last_year", "last_7d", "last_30d", "last_90d",
    "last_6m", "last_12m",
]  # fmt: skip
NamedField = Literal[
    "asset", "asset_class", "site", "area", "line", "team", "shift", "failure_mode", "component",
    "cause", "part", "part_category", "alarm_code", "model",
]  # fmt: skip


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NamedFilter(_Form):
    """A name of the question, and of what it is the name."""

    field: NamedField
    name: str = Field(max_length=40)


class Reading(_Form):
    """What the model says; every field must be there."""

    answerable: bool
    metric: Metric
    dims: list[Dimension] = Field(max_length=2)
    filters: list[NamedFilter] = Field(max_length=3)
    range: Range
    order: Literal["none", "asc", "desc"]
    limit: int


class Clears(Protocol):
    """Says what may leave for the model; :class:`assistant.egress.Egress` does."""

    def clear(self, principal: Principal, site: str | None = None) -> Clearance:
        """What may leave for this principal."""
        ...


class ModelReader:
    """Reads questions with the language model of a slot."""

    def __init__(
        self,
        slot: ModelSlot,
        prompts: PromptBook,
        egress: Callable[[], Clears],
        *,
        first_token_s: float,
        next_token_s: float,
    ) -> None:
        """Use the model of a slot; one that is silent for longer than allowed is given up."""
        self._slot = slot
        self._prompts = prompts
        self._egress = egress
        self._limits = first_token_s, next_token_s

    def read(self, text: str, book: NameBook, principal: Principal) -> Query | None:
        """A query that the model read and that holds, else None."""
        clearance = self._egress().clear(principal)
        if clearance.refusal:
            logger.info("not read by the model: %s", clearance.refusal)
            return None
        try:
            said = Reading.model_validate_json(self._ask(text, clearance))
        except ValidationError:
            logger.info("what the language model read is not valid")
            return None
        except AssistantError as error:
            logger.info("not read by the model: %s", error)
            return None
        return query_of(said, text, book)

    def _ask(self, text: str, clearance: Clearance) -> str:
        first_s, next_s = self._limits
        with self._slot.take_turn() as turn:
            for _ in turn.waits(_MOST_WAIT_S):
                pass
            messages = clearance.render(
                self._prompts.get("read_question"),
                {"question": text, "metrics": _metrics()},
            )
            pieces = stream_json(
                turn.model,
                messages,
                Reading.model_json_schema(),
                first_token_s=first_s,
                next_token_s=next_s,
                slow_s=self._slot.slow_s,
            )
            return clearance.restore("".join(pieces))


def query_of(said: Reading, text: str, book: NameBook) -> Query | None:
    """The query of a reading, or None where it does not hold.

    A name must stand in the question and in the record, a number in the question.
    """
    if not said.answerable:
        return None
    filters = []
    for each in said.filters:
        values = book.find_in(each.name, each.field)
        if not values or folded(each.name) not in folded(text):
            return None
        shape: dict[str, Any] = {"field": each.field, "op": "eq", "value": values[0]}
        if len(values) > 1:
            shape |= {"op": "in", "value": values}
        filters.append(Filter.model_validate(shape))
    if said.limit and str(said.limit) not in normal(text):
        return None
    try:
        query = Query.model_validate(
            {
                "metrics": [said.metric],
                "dims": said.dims,
                "filters": filters,
                "time": {"range": "all" if said.range == "none" else said.range},
                "order": None if said.order == "none" else said.order,
                "limit": said.limit or None,
            }
        )
        check(query)
    except (ValidationError, CannotAnswer):
        return None
    return query


def _metrics() -> str:
    """Each metric with what it is, one a line."""
    return "\n".join(f"{name}: {entry.definition.label}" for name, entry in CATALOGUE.items())
