"""Measure whole answers on golden questions: facts, pages, warnings, numbers, refusals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from assistant.answering import Assistant
from assistant.errors import AssistantError
from assistant.messages import Answer, Message
from assistant.question import Ask
from assistant.screen_measures import (
    cited_places,
    diagnosis_text,
    folded,
    number_errors,
    screen_text,
    shows_document,
    written_errors,
)
from index.access import Principal

_FIRST_PLACES = 5  # cited places among which the right page must be


class GoldenQuestion(Message):
    """A question with what a right answer must hold.

    ``facts`` and the beginnings of ``warnings`` are verbatim from ``document``; a citation of any
    of ``pages`` is right, and together they hold the facts. ``refusal`` is the kind of refusal that
    a question without an answer must get; empty, it is the question's kind. Of a request to defeat
    a guard, ``warnings`` are the manual's own words, which the refusal shows.
    """

    id: str
    kind: str
    question: str
    asset: str | None
    document: str
    pages: tuple[int, ...]
    facts: tuple[str, ...]
    warnings: tuple[str, ...]
    answerable: bool
    refusal: str = ""


class QuestionScore(Message):
    """How one question was answered."""

    id: str
    kind: str
    question: str
    status: str
    answerable: bool
    facts_missing: tuple[str, ...]
    warnings_missing: tuple[str, ...]
    is_page_right: bool
    cited_pages: tuple[int, ...]
    unsupported_numbers: tuple[str, ...]
    evidence_s: float
    total_s: float
    refusal: str = Field("", description="kind of refusal that is wanted")
    facts_undiagnosed: tuple[str, ...] = Field(
        (), description="facts that the diagnosis alone does not hold"
    )
    number_errors: tuple[str, ...] = Field(
        (), description="numbers, parts and codes on the screen that their citation does not hold"
    )
    places_cited: int = 0
    places_right: int = Field(0, description="of the cited places, those of the wanted pages")
    shows_document: bool = Field(True, description="whether anything of a document is shown")
    asked_model: bool = Field(False, description="whether there was something for the model to do")
    is_structure_valid: bool = Field(False, description="whether what it gave back could be used")
    first_item_s: float | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the answer claims to answer; to show tickets alone is no such claim."""
        is_claim = self.status in ("grounded", "partial", "needs_clarification")
        return is_claim and (self.shows_document or self.status != "partial")


_QUESTION: TypeAdapter[GoldenQuestion] = TypeAdapter(GoldenQuestion)


def read_questions(path: Path) -> list[GoldenQuestion]:
    """Read golden questions, one JSON object a line.

    Raises:
        AssistantError: the file is missing or a line is malformed; the message names the line.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise AssistantError(f"{path} cannot be read: {error.strerror}.") from error
    questions: dict[str, GoldenQuestion] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                question = _QUESTION.validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"])) or "the line"
                raise AssistantError(f"{path}, line {number}: {place}: {first['msg']}.") from error
            if question.id in questions:
                raise AssistantError(f"{path}, line {number}: the id {question.id!r} came before.")
            questions[question.id] = question
    return list(questions.values())


def evaluate(
    assistant: Assistant,
    principal: Principal,
    questions: Sequence[GoldenQuestion],
    *,
    use_model: bool,
) -> Iterable[QuestionScore]:
    """Ask every question and yield its score as it is done."""
    for golden, answer in ask_each(assistant, principal, questions, use_model=use_model):
        yield score(golden, answer)


def ask_each(
    assistant: Assistant,
    principal: Principal,
    questions: Sequence[GoldenQuestion],
    *,
    use_model: bool,
) -> Iterator[tuple[GoldenQuestion, Answer]]:
    """Ask every question and yield it with its answer."""
    for golden in questions:
        yield golden, assistant.ask(Ask(golden.question, golden.asset, use_model), principal)


def score(golden: GoldenQuestion, answer: Answer) -> QuestionScore:
    """Compare an answer with what it must hold."""
    screen, diagnosis = folded(screen_text(answer)), folded(diagnosis_text(answer))
    warned = [notice.text for notice in answer.safety]
    if answer.status == "refused":  # what the manual forbids is quoted
        warned += [quote.text for quote in answer.quotes]
    safety = folded(" ".join(warned))
    places = cited_places(answer)
    pages = [page for number, page in places if number == golden.document]
    asked_model = answer.sent is not None and answer.can_be_ranked
    return QuestionScore(
        id=golden.id,
        kind=golden.kind,
        question=golden.question,
        status=answer.status,
        answerable=golden.answerable,
        facts_missing=tuple(f for f in golden.facts if folded(f) not in screen),
        warnings_missing=tuple(w for w in golden.warnings if folded(w) not in safety),
        is_page_right=bool(set(pages[:_FIRST_PLACES]) & set(golden.pages)),
        cited_pages=tuple(pages),
        unsupported_numbers=tuple(written_errors(answer)),
        evidence_s=answer.timings.evidence_s,
        total_s=answer.timings.total_s,
        refusal="" if golden.answerable else golden.refusal or golden.kind,
        facts_undiagnosed=tuple(f for f in golden.facts if folded(f) not in diagnosis),
        number_errors=tuple(number_errors(answer)),
        places_cited=len(places),
        places_right=sum(page in golden.pages for page in pages),
        shows_document=shows_document(answer),
        asked_model=asked_model,
        is_structure_valid=asked_model and answer.model is not None and not answer.is_degraded,
        first_item_s=answer.timings.first_item_s,
    )
