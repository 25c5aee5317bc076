"""Services over the plant's record: figures, questions, schedules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from assistant.analytics.asking.asker import Asker, SecondReader
from assistant.analytics.engine import FigureEngine
from assistant.analytics.saved.saved_figures import SavedFigures
from assistant.analytics.saved.scheduling import FigureRuns, Scheduler
from assistant.errors import AccountUnknown
from index.access import LOCAL, Principal
from index.facts.exclusions import Exclusions
from index.facts.record import Record
from ingest.plant_files import PlantFiles
from ui.home_services import HomeServices


@dataclass
class RecordServices(HomeServices):
    """What computes figures over the plant's record."""

    @cached_property
    def record(self) -> Record:
        """What figures are computed from."""
        return Record(self.catalog.engine, self.plant_files)

    @cached_property
    def plant_files(self) -> PlantFiles:
        """What the plant says about itself."""
        return PlantFiles(self.home)

    @cached_property
    def exclusions(self) -> Exclusions:
        """The tickets that no figure counts."""
        return Exclusions(self.records.engine, self.catalog, self.audit)

    @cached_property
    def figures(self) -> FigureEngine:
        """Figures over the record."""
        return FigureEngine(self.record, per_person=self.settings.figures.per_person)

    @cached_property
    def asker(self) -> Asker:
        """Reads questions over the record."""
        return Asker(self.record, self._second_reader())

    def _second_reader(self) -> SecondReader | None:
        """Who reads what the rules do not understand: nobody without a model."""
        return None

    @cached_property
    def saved_figures(self) -> SavedFigures:
        """Figures that people keep."""
        return SavedFigures(self.records.engine, self._zone_of)

    @cached_property
    def figure_runs(self) -> FigureRuns:
        """What the schedules of saved figures made."""
        return FigureRuns(self.saved_figures)

    @cached_property
    def scheduler(self) -> Scheduler:
        """Makes the saved figures that are due."""
        return Scheduler(self.saved_figures, self.figures, self._principal_of, self._zone_of)

    def _zone_of(self, site: str) -> ZoneInfo | None:
        plant = self.record.plant
        found = plant.find_site(site) if site else (*plant.sites, plant.site(None))[0]
        return None if found is None else found.time_zone

    def _principal_of(self, user: str) -> Principal | None:
        try:
            account = self.accounts.get(LOCAL, user)
        except AccountUnknown:
            return None
        return None if account.is_disabled else account.principal()
