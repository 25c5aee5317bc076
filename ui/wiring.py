"""Put the packages together: from settings and a home folder to working services."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel

from assistant.analytics.asking.asker import SecondReader
from assistant.analytics.asking.model_reading import ModelReader
from assistant.analytics.brief.briefs import Briefs
from assistant.analytics.brief.wording import BriefWording
from assistant.answering import Assistant
from assistant.egress import Egress, is_remote
from assistant.fault_sessions.going_on import GoingOn
from assistant.jobs import TurnJobs
from assistant.llm.choice import Choice, ModelSlot, choose, load, make_slot
from assistant.people import People
from assistant.prompt_book import PromptBook
from assistant.pseudonyms import Pseudonyms, read_key
from assistant.safety_translation import SafetyTranslator
from assistant.tracing import TracingRefused, open_tracing
from assistant.translation import Translator
from assistant.turn_queue import TurnQueue
from index.access import LOCAL
from index.caches import Caches
from index.catalog import EVERY_STATUS
from index.corrections import Corrections
from index.decisions import Decisions
from index.embedder_change import choose as choose_embedder
from index.embedder_change import remember
from index.embedding import (
    MINILM,
    Embedder,
    OpenVINOEmbedder,
    Precision,
    SentenceTransformerEmbedder,
)
from index.home import Home
from index.reranking import CrossEncoderReranker
from index.retrieval import Retriever
from ingest.curation import Curator
from ingest.pipeline import Pipeline
from ingest.rebuilding import adopt
from ingest.tickets import TicketImporter
from ingest.worker import Worker
from ui.ingest_process import IngestProcess
from ui.log_redaction import hide_settings
from ui.record_services import RecordServices
from ui.settings import load_settings

logger = logging.getLogger(__name__)


@dataclass
class Services(RecordServices):
    """Everything that a command or a screen uses, made when it is first needed."""

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder of the settings; what is ingested is embedded by it."""
        named = {"model": self.settings.embedder, "precision": self.settings.embedder_precision}
        found = self._open_embedder(named)
        remember(self.home.cache, found.identity, named)
        return found

    def _open_embedder(self, named: dict[str, str]) -> Embedder:
        if named["model"]:
            return SentenceTransformerEmbedder(named["model"])
        precision: Precision = "int8" if named["precision"] == "int8" else "full"
        return OpenVINOEmbedder(self.models / MINILM.name, precision=precision)

    @cached_property
    def search_embedder(self) -> Embedder:
        """What questions are embedded by: the embedder before, until that of the settings is done.

        It is chosen once: who serves goes over with the next start.
        """
        return choose_embedder(self.catalog, self.embedder, self.home.cache, self._open_embedder)

    @cached_property
    def caches(self) -> Caches:
        """The search indexes."""
        most = self.settings.flat_vectors
        return Caches(self.catalog, self.search_embedder, self.home.cache, most)

    @cached_property
    def retriever(self) -> Retriever:
        """Search over the knowledge."""
        return Retriever(
            self.catalog,
            self.search_embedder,
            self.caches,
            expand=self.dictionary.expand,
            reranker=CrossEncoderReranker(named) if (named := self.settings.reranker) else None,
        )

    @cached_property
    def worker(self) -> Worker:
        """Ingestion of documents."""
        corrections = Corrections(self.records.engine)
        pipeline = Pipeline(self.home, self.catalog, corrections, self.embedder)
        return Worker(self.home, self.intake, self.desk, pipeline, self.audit)

    @cached_property
    def curator(self) -> Curator:
        """What people do with documents that are in."""
        engine = self.records.engine
        corrections, decisions = Corrections(engine), Decisions(engine)
        return Curator(self.home, self.catalog, self.intake, corrections, decisions, self.audit)

    @cached_property
    def ingestion(self) -> IngestProcess:
        """The process beside the server that reads what is queued."""
        return IngestProcess(self.home)

    @cached_property
    def ticket_importer(self) -> TicketImporter:
        """Import of tickets."""
        return TicketImporter(self.catalog, self.embedder, self.home.cache)

    @cached_property
    def choice(self) -> Choice:
        """Which language model the settings mean on this machine."""
        return choose(self.settings.llm, self.models)

    def prepare(self) -> None:
        """Finish what a process that died left half done; run before anything is taken in."""
        adopt(self.catalog, self.intake, LOCAL)
        self.curator.finish_deletions()
        self.aliases.carry_out()
        self.exclusions.carry_out()

    @cached_property
    def model_slot(self) -> ModelSlot:
        """The language model, loading since this was first used."""
        choice = self.choice
        slot = make_slot(choice, self.settings.llm)
        if choice.backend != "none":
            slot.fill(lambda: self._traced(load(choice, self.settings.llm, self.models)))
        return slot

    def _traced(self, model: BaseChatModel) -> BaseChatModel:
        try:
            model.callbacks = self.tracing or None
        except TracingRefused as error:
            logger.error("There are no traces: %s", error)
        return model

    @cached_property
    def tracing(self) -> list[BaseCallbackHandler]:
        """The callbacks that send traces; see :func:`assistant.tracing.open_tracing`."""
        return open_tracing(
            self.settings.tracing,
            self.settings.tracing_server,
            self.settings.egress,
            audit=self.audit if self.settings.tracing != "off" else None,
            pseudonyms=self._pseudonyms if self.settings.tracing != "off" else None,
        )

    @cached_property
    def prompts(self) -> PromptBook:
        """Which text of each prompt is used."""
        return PromptBook(self.home.path / "prompts")

    def _second_reader(self) -> SecondReader | None:
        """The language model, where the settings let it read questions."""
        if not self.settings.figures.model_reads:
            return None
        llm = self.settings.llm
        limits = {"first_token_s": llm.first_token_s, "next_token_s": llm.next_token_s}
        return ModelReader(self.model_slot, self.prompts, lambda: self.egress, **limits)

    @cached_property
    def assistant(self) -> Assistant:
        """Answers with the language model of the slot."""
        return self.assistant_with(self.prompts)

    def assistant_with(self, prompts: PromptBook, *, translates: bool | None = None) -> Assistant:
        """An assistant that asks with the prompts of a book; it translates as the settings say."""
        llm, slot = self.settings.llm, self.model_slot
        if translates is None:
            translates = self.settings.translate_questions
        limits = {"first_token_s": llm.first_token_s, "next_token_s": llm.next_token_s}
        translator = Translator(slot, **limits, prompts=prompts) if translates else None
        return Assistant(
            self.retriever,
            slot,
            llm,
            translator,
            self.egress,
            prompts,
            safety=SafetyTranslator(slot, llm, prompts) if translates else None,
            whom=self.experts.whom,
            record=self.record,
        )

    @cached_property
    def egress(self) -> Egress:
        """What may leave for the language model, if that is elsewhere."""
        endpoint, settings = self.model_slot.endpoint, self.settings.egress
        if not endpoint or not is_remote(endpoint, settings):
            return Egress(settings, endpoint)
        egress = Egress(settings, endpoint, pseudonyms=self._pseudonyms, audit=self.audit)
        known = {asset.site for asset in self.assets.list(LOCAL)}
        known |= {document.site for document in self.catalog.documents(LOCAL, EVERY_STATUS)}
        for site in egress.unknown_sites(site for site in known if site):
            logger.warning("The setting 'egress.sites' names %r, to which nothing belongs.", site)
        return egress

    @cached_property
    def _pseudonyms(self) -> Pseudonyms:
        people = People(self.catalog, self._user_names)
        return Pseudonyms(read_key(self.home.path), people.roster)

    def _user_names(self) -> list[str]:
        return [account.display_name for account in self.accounts.list(LOCAL)]

    @cached_property
    def jobs(self) -> TurnJobs:
        """Turns as jobs."""
        limits = self.settings.limits
        turns = TurnQueue(of_user=limits.questions_at_once, waiting=limits.questions_waiting)
        return TurnJobs(self.assistant, self.records, turns, GoingOn(self.checks))

    @cached_property
    def briefs(self) -> Briefs:
        """Written briefs, worded by the model of the slot."""

        def wording() -> BriefWording:
            return BriefWording(self.model_slot, self.settings.llm, self.prompts)

        return Briefs(self.figures, wording, lambda: self.egress)


def open_services(home: Path, *, use_model: bool = True) -> Services:
    """Open a home folder with its settings; without ``use_model`` no language model is loaded.

    Raises:
        HomeError: the folder or a setting cannot be used.
    """
    settings = load_settings(home)
    hide_settings(settings)
    if not use_model:
        llm = settings.llm.model_copy(update={"backend": "none"})
        settings = settings.model_copy(update={"llm": llm})
    return Services(Home(home), settings)
