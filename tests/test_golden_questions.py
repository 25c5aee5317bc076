"""The golden questions of the sample plant with the default models."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.evaluation import GoldenQuestion, evaluate, read_questions
from assistant.evaluation_sums import Scores, summarise
from assistant.llm.choice import ModelSettings, ModelSlot
from assistant.llm.openvino import QWEN, load_qwen
from assistant.messages import Answer
from assistant.question import Ask
from assistant.screen_measures import screen_text
from assistant.verification import unsupported
from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine
from index.embedding import MINILM, OpenVINOEmbedder
from index.home import Home
from index.retrieval import Retriever
from tests.example_scripts import EXAMPLES
from tests.shared_homes import demo_home

pytestmark = pytest.mark.model

GOLDEN = read_questions(EXAMPLES / "golden.jsonl")
DATA = Path(__file__).resolve().parent / "data"
WITH_MODEL = ("hp40-01", "hp40-03", "lt25-01", "rc15-03", "rc15-06", "hp40-12")


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Retriever]:
    """The sample plant as ``make demo`` loads it: with the default embedder."""
    home = Home(demo_home(tmp_path_factory, models))
    embedder = OpenVINOEmbedder(models / MINILM.name)
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    yield Retriever(catalog, embedder, Caches(catalog, embedder, None))
    catalog.engine.dispose()


@pytest.fixture(scope="module")
def scores(retriever: Retriever) -> Scores:
    assistant = Assistant(retriever, ModelSlot())
    return summarise(list(evaluate(assistant, LOCAL, GOLDEN, use_model=False)), GOLDEN)


def test_the_right_page_is_among_the_first_cited(scores: Scores) -> None:
    assert scores.page_right is not None
    assert scores.page_right >= 0.90, [m.id for m in scores.misses if not m.is_page_right]


def test_every_warning_is_there(scores: Scores) -> None:
    assert scores.warnings_shown == 1.0, [m.warnings_missing for m in scores.misses]


def test_the_documents_facts_are_shown(scores: Scores) -> None:
    assert scores.facts_shown is not None
    assert scores.facts_shown >= 0.85, [m.facts_missing for m in scores.misses]


def test_hardly_any_answerable_question_is_refused(scores: Scores) -> None:
    assert scores.refused_wrongly is not None
    assert scores.refused_wrongly <= 0.07


def test_most_unanswerable_questions_are_refused(scores: Scores) -> None:
    assert scores.refused_rightly is not None
    assert scores.refused_rightly >= 0.90


def test_words_that_no_document_mentions_are_named(retriever: Retriever) -> None:
    ask = Ask("The forklift battery does not charge", use_model=False)
    answer = Assistant(retriever, ModelSlot()).ask(ask, LOCAL)
    assert answer.status == "partial"
    assert "No document mentions: forklift." in answer.message


def test_no_code_is_explained_that_no_document_has(retriever: Retriever) -> None:
    assistant = Assistant(retriever, ModelSlot())
    unknown = [golden for golden in GOLDEN if golden.kind == "unknown_code"]
    assert unknown
    for golden in unknown:
        answer = assistant.ask(Ask(golden.question, golden.asset, use_model=False), LOCAL)
        assert (answer.status, answer.code_status) == ("unsupported", "unknown"), golden.id
        assert answer.causes == answer.quotes == ()


def test_every_number_on_the_screen_stands_in_a_cited_passage(retriever: Retriever) -> None:
    assistant = Assistant(retriever, ModelSlot())
    for golden in GOLDEN:
        answer = assistant.ask(Ask(golden.question, golden.asset, use_model=False), LOCAL)
        cited = [line for c in answer.citations for line in c.quote.splitlines()]
        own = answer.model_copy(update={"message": ""})
        for line in screen_text(own).splitlines():
            assert _numbers_outside(line, "\n;\n".join(cited)) == [], golden.id


def _numbers_outside(text: str, source: str) -> list[str]:
    """What of a text holds a digit and stands nowhere in the source."""
    return [what for what in unsupported(text, source) if any(map(str.isdigit, what))]


def test_a_request_for_work_brings_the_procedure_of_its_section(retriever: Retriever) -> None:
    assistant = Assistant(retriever, ModelSlot())
    with (DATA / "procedures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [
        (
            row,
            assistant.ask(Ask(row["question"], row["asset"], use_model=False), LOCAL).procedure,
        )
        for row in rows
    ]
    wrong = [
        (row["question"], title)
        for row, title in shown
        if title and not title.startswith(f"{row['section']} ")
    ]
    without = [row["question"] for row, p in shown if not p]
    assert len(rows) == 46
    assert len(wrong) <= 1, wrong
    assert len(without) <= 4, without


# With the language model


@pytest.fixture(scope="module")
def slot(models: Path) -> ModelSlot:
    return ModelSlot.filled(load_qwen(models / QWEN.name), QWEN.name, writes_notes=False)


@pytest.fixture(scope="module")
def answers(retriever: Retriever, slot: ModelSlot) -> dict[str, tuple[GoldenQuestion, Answer]]:
    assistant = Assistant(retriever, slot, ModelSettings(first_token_s=240, next_token_s=120))
    return {
        golden.id: (golden, assistant.ask(Ask(golden.question, golden.asset), LOCAL))
        for golden in GOLDEN
        if golden.id in WITH_MODEL
    }


@pytest.mark.parametrize("name", WITH_MODEL)
def test_the_language_model_only_orders_what_the_documents_say(
    retriever: Retriever, answers: dict[str, tuple[GoldenQuestion, Answer]], name: str
) -> None:
    golden, answer = answers[name]
    evidence = Assistant(retriever, ModelSlot()).ask(
        Ask(golden.question, golden.asset, use_model=False), LOCAL
    )
    assert (answer.is_degraded, answer.removed) == (False, ())
    assert sorted(c.model_dump_json() for c in answer.causes) == sorted(
        c.model_dump_json() for c in evidence.causes
    )
    for group in ("status", "safety", "steps", "quotes", "code_cards", "citations"):
        assert getattr(answer, group) == getattr(evidence, group), group


def test_the_language_model_was_asked_where_there_are_causes_to_order(
    answers: dict[str, tuple[GoldenQuestion, Answer]],
) -> None:
    for golden, answer in answers.values():
        wants = answer.status == "grounded" and len(answer.causes) > 1
        assert (answer.model == QWEN.name) is wants, golden.id
    assert sum(answer.model is not None for _, answer in answers.values()) >= 3


def test_a_first_check_is_one_of_the_remedies_shown(
    answers: dict[str, tuple[GoldenQuestion, Answer]],
) -> None:
    for golden, answer in answers.values():
        if answer.model:
            shown = {cause.remedy or cause.text for cause in answer.causes}
            assert answer.first_check in shown, golden.id
