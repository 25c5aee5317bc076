"""The record: the facts of a plant with the plant's own files, kept up to date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import sqlalchemy as sa

from index.facts.freshening import freshen
from index.facts.plant import Plant
from index.ticket_tables import ticket_batch


class PlantSource(Protocol):
    """Where the plant is described; :class:`ingest.plant_files.PlantFiles` reads it from files."""

    def load(self) -> Plant:
        """The plant as it is described now."""
        ...

    def sync(self, engine: sa.Engine) -> None:
        """Bring the tables of planned work, meter readings and parts up to date."""
        ...


@dataclass(frozen=True, slots=True)
class PlainPlant:
    """A plant without files, such as that of a test."""

    plant: Plant = field(default_factory=Plant)

    def load(self) -> Plant:
        """The plant."""
        return self.plant

    def sync(self, engine: sa.Engine) -> None:
        """Do nothing: the tables are what somebody put there."""


class Record:
    """What figures are computed from."""

    def __init__(self, engine: sa.Engine, plant_source: PlantSource) -> None:
        """Use the knowledge database and what describes the plant."""
        self.engine = engine
        self._source = plant_source

    @property
    def plant(self) -> Plant:
        """The plant as it is described now."""
        return self._source.load()

    def fresh(self) -> int:
        """Bring the facts up to date; return for how many tickets that was needed."""
        self._source.sync(self.engine)
        return freshen(self.engine, self.plant)

    def as_of(self) -> datetime:
        """Up to when the record goes: the plant's fixed present, else the last import.

        Without either it is now.
        """
        if (fixed := self.plant.as_of) is not None:
            return fixed
        last = sa.select(sa.func.max(ticket_batch.c.finished_at))
        with self.engine.connect() as connection:
            found = connection.scalar(last)
        return datetime.fromisoformat(found) if found else datetime.now(UTC)
