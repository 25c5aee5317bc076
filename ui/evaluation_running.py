"""Ask golden questions of a home: with a language model of one's choice, or with manuals gone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from assistant.answering import Assistant
from assistant.errors import AssistantError
from assistant.evaluation import GoldenQuestion, QuestionScore, ask_each, evaluate, score
from assistant.evaluation_sums import RefusalScore, Scores, summarise
from assistant.llm.choice import Backend, ModelSlot
from assistant.messages import Answer
from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import EVERY_STATUS, Catalog
from index.database import open_engine, outside_transaction
from index.document_status import restore, withdraw
from index.retrieval import Retriever
from ui.wiring import Services, open_services

BACKENDS: tuple[str, ...] = get_args(Backend)
"""What can be named as the language model: ``auto`` is what the settings of the home say."""

_LOAD_LIMIT_S = 120.0

Shown = Callable[[], None]
"""Called after each question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A golden question with its answer and how that was scored."""

    golden: GoldenQuestion
    answer: Answer
    score: QuestionScore


@dataclass(frozen=True, slots=True)
class Run:
    """What one language model, or none, gave on one file of questions."""

    scores: Scores
    asked: tuple[Asked, ...]


def open_with(home: Path, llm: str) -> Services:
    """Open a home with the language model that is named; it is loaded when this returns.

    Raises:
        AssistantError: the model cannot be had; the message says why.
    """
    opened = open_services(home, use_model=llm != "none")
    if llm not in ("auto", "none"):
        chosen = opened.settings.llm.model_copy(update={"backend": llm})
        opened.settings = opened.settings.model_copy(update={"llm": chosen})
    if llm != "none":
        opened.model_slot.wait(_LOAD_LIMIT_S)
        if llm != "auto":
            opened.model_slot.get()  # raises: a run without the model that was named tells nothing
    return opened


def run(
    services: Services, questions: Sequence[GoldenQuestion], file: str, llm: str, shown: Shown
) -> Run:
    """Ask every question and sum up."""
    use_model = llm != "none"
    asked: list[Asked] = []
    for golden, answer in ask_each(services.assistant, LOCAL, questions, use_model=use_model):
        asked.append(Asked(golden, answer, score(golden, answer)))
        shown()
    model = services.model_slot.name if use_model else "none"
    sums = summarise([a.score for a in asked], questions, model=model, file=file)
    return Run(sums, tuple(asked))


def removed(services: Services, questions: Sequence[GoldenQuestion], shown: Shown) -> RefusalScore:
    """Ask each answerable question while its document is withdrawn; every answer is then wrong.

    Nothing changes in the home: the documents are withdrawn in a copy of the knowledge. No language
    model takes part, because whether an answer is given is decided without one.

    Raises:
        AssistantError: the home does not have a document that the questions name.
    """
    answerable = [golden for golden in questions if golden.answerable]
    scores: list[QuestionScore] = []
    with tempfile.TemporaryDirectory(dir=services.home.cache) as folder:
        copy = Path(folder) / "knowledge.db"
        with outside_transaction(services.catalog.engine) as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
        catalog = Catalog(open_engine(copy, tables.MIGRATIONS))
        caches = Caches(catalog, services.search_embedder, None)
        assistant = Assistant(Retriever(catalog, services.search_embedder, caches), ModelSlot())
        for number in dict.fromkeys(golden.document for golden in answerable):
            revisions = [d for d in catalog.documents(LOCAL, EVERY_STATUS) if d.number == number]
            if not revisions:
                raise AssistantError(
                    f"No document has the number {number!r}, which golden questions name. "
                    "Ingest it first."
                )
            changes = withdraw(catalog, [d.revision_id for d in revisions])
            own = [golden for golden in answerable if golden.document == number]
            for result in evaluate(assistant, LOCAL, own, use_model=False):
                scores.append(result)
                shown()
            restore(catalog, {change.content_hash: change.before for change in changes})
        catalog.engine.dispose()
    refused = sum(not result.is_answered for result in scores)
    return RefusalScore(kind="manual_removed", questions=len(scores), refused=refused)
