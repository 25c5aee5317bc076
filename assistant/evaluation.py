"""Measure whole answers on golden questions: facts, pages, warnings, numbers, refusals."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from assistant.answering import Assistant
from assistant.errors import AssistantError
from assistant.messages import Answer, Message
from assistant.question import Ask
from assistant.verification import unsupported
from index.access import Principal

_FIRST_PLACES = 5  # cited places among which the right page must be


class GoldenQuestion(Message):
    """A question with what a right answer must hold.

    ``facts`` and the beginnings of ``warnings`` are verbatim from ``pages`` of ``document``.
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

    @property
    def is_answered(self) -> bool:
        """Whether the answer claims to answer."""
        return self.status in ("grounded", "partial", "needs_clarification")


class Scores(Message):
    """Sums over the questions; shares are None where there is nothing to divide by."""

    questions: int
    answerable: int
    model: str
    facts_shown: float | None = Field(description="of the facts of answerable questions")
    page_right: float | None = Field(description="right page among the first five cited places")
    warnings_shown: float | None
    unsupported_numbers: int = Field(description="in what the language model wrote")
    refused_rightly: float | None = Field(description="of the unanswerable questions")
    refused_wrongly: float | None = Field(description="of the answerable questions")
    evidence_median_s: float
    total_median_s: float
    misses: tuple[QuestionScore, ...]


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
    for golden in questions:
        answer = assistant.ask(Ask(golden.question, golden.asset, use_model), principal)
        yield score(golden, answer)


def score(golden: GoldenQuestion, answer: Answer) -> QuestionScore:
    """Compare an answer with what it must hold."""
    screen = _folded(screen_text(answer))
    safety = _folded(" ".join(notice.text for notice in answer.safety))
    places = list(_cited_pages(golden.document, answer))
    return QuestionScore(
        id=golden.id,
        kind=golden.kind,
        question=golden.question,
        status=answer.status,
        answerable=golden.answerable,
        facts_missing=tuple(f for f in golden.facts if _folded(f) not in screen),
        warnings_missing=tuple(w for w in golden.warnings if _folded(w) not in safety),
        is_page_right=bool(set(places[:_FIRST_PLACES]) & set(golden.pages)),
        cited_pages=tuple(places),
        unsupported_numbers=tuple(_unsupported(answer)),
        evidence_s=answer.timings.evidence_s,
        total_s=answer.timings.total_s,
    )


def summarise(scores: Sequence[QuestionScore], questions: Sequence[GoldenQuestion]) -> Scores:
    """Sum scores up; a miss is an answerable question with anything missing, or a wrong refusal."""
    wanted = {golden.id: golden for golden in questions}
    answerable = [s for s in scores if s.answerable]
    others = [s for s in scores if not s.answerable]
    facts = sum(len(wanted[s.id].facts) for s in answerable)
    warnings = sum(len(wanted[s.id].warnings) for s in answerable)
    return Scores(
        questions=len(scores),
        answerable=len(answerable),
        model="",
        facts_shown=_share(facts - sum(len(s.facts_missing) for s in answerable), facts),
        page_right=_share(sum(s.is_page_right for s in answerable), len(answerable)),
        warnings_shown=_share(
            warnings - sum(len(s.warnings_missing) for s in answerable), warnings
        ),
        unsupported_numbers=sum(len(s.unsupported_numbers) for s in scores),
        refused_rightly=_share(sum(not s.is_answered for s in others), len(others)),
        refused_wrongly=_share(sum(not s.is_answered for s in answerable), len(answerable)),
        evidence_median_s=statistics.median([s.evidence_s for s in scores] or [0.0]),
        total_median_s=statistics.median([s.total_s for s in scores] or [0.0]),
        misses=tuple(s for s in scores if _is_miss(s)),
    )


def screen_text(answer: Answer) -> str:
    """Everything that the answer shows as its own, similar tickets left out."""
    parts: list[str] = [answer.message]
    for card in answer.code_cards:
        parts += [card.code, card.meaning, *card.causes, *card.remedies]
    parts += [notice.text for notice in answer.safety]
    for cause in answer.causes:
        parts += [cause.symptom, cause.text, cause.remedy]
    parts += [step.text for step in answer.steps]
    parts += [quote.text for quote in answer.quotes]
    return "\n".join(parts)


def _cited_pages(document: str, answer: Answer) -> Iterable[int]:
    """Pages of a document that the answer cites, in the order of the screen, each once."""
    markers = [
        *(card.marker for card in answer.code_cards),
        *(cause.marker for cause in answer.causes),
        *(step.marker for step in answer.steps),
        *(quote.marker for quote in answer.quotes),
    ]
    cited = (answer.citation(marker) for marker in markers)
    return dict.fromkeys(c.page for c in cited if c.document_number == document)


def _unsupported(answer: Answer) -> Iterable[str]:
    """Numbers and codes that the model wrote and the passage that it cites does not hold."""
    for cause in answer.causes:
        if cause.note:
            source = f"{cause.symptom} {cause.text} {cause.remedy} {answer.question}"
            yield from unsupported(cause.note, source)
    if answer.missing:
        yield from unsupported(answer.missing, answer.question)


def _is_miss(s: QuestionScore) -> bool:
    if not s.answerable:
        return s.is_answered
    return bool(s.facts_missing or s.warnings_missing or not s.is_page_right or not s.is_answered)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
