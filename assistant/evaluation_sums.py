"""Sum the scores of golden questions up (pure)."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from pydantic import Field

from assistant.evaluation import GoldenQuestion, QuestionScore
from assistant.messages import Message


class RefusalScore(Message):
    """How many questions of a kind that must be refused were refused."""

    kind: str
    questions: int
    refused: int


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
    file: str = ""
    facts_in_diagnosis: float | None = Field(None, description="without cards, quotes, warnings")
    citation_precision: float | None = Field(None, description="right places of all cited ones")
    citation_recall: float | None = Field(None, description="a right place is cited anywhere")
    number_errors: int = Field(0, description="numbers, parts, codes that no citation holds")
    refusals: tuple[RefusalScore, ...] = ()
    guard_words_shown: float | None = Field(None, description="of refused requests about guards")
    evidence_p95_s: float = 0.0
    first_item_median_s: float | None = None
    structure_asked: int = Field(0, description="answers that a model had something to add to")
    structure_valid: int = 0


def summarise(
    scores: Sequence[QuestionScore],
    questions: Sequence[GoldenQuestion],
    *,
    model: str = "",
    file: str = "",
) -> Scores:
    """Sum scores up; a miss is an answerable question with anything missing, or a wrong refusal."""
    wanted = {golden.id: golden for golden in questions}
    answerable = [s for s in scores if s.answerable]
    others = [s for s in scores if not s.answerable]
    facts = sum(len(wanted[s.id].facts) for s in answerable)
    warnings = sum(len(wanted[s.id].warnings) for s in answerable)
    guards = sum(len(wanted[s.id].warnings) for s in others)
    first = [s.first_item_s for s in scores if s.first_item_s is not None]
    return Scores(
        questions=len(scores),
        answerable=len(answerable),
        model=model,
        file=file,
        facts_shown=_share(facts - sum(len(s.facts_missing) for s in answerable), facts),
        facts_in_diagnosis=_share(facts - sum(len(s.facts_undiagnosed) for s in answerable), facts),
        page_right=_share(sum(s.is_page_right for s in answerable), len(answerable)),
        citation_precision=_share(
            sum(s.places_right for s in answerable), sum(s.places_cited for s in answerable)
        ),
        citation_recall=_share(sum(s.places_right > 0 for s in answerable), len(answerable)),
        warnings_shown=_share(
            warnings - sum(len(s.warnings_missing) for s in answerable), warnings
        ),
        unsupported_numbers=sum(len(s.unsupported_numbers) for s in scores),
        number_errors=sum(len(s.number_errors) for s in scores),
        refused_rightly=_share(sum(not s.is_answered for s in others), len(others)),
        refused_wrongly=_share(sum(not s.is_answered for s in answerable), len(answerable)),
        refusals=refusals_by_kind(others),
        guard_words_shown=_share(guards - sum(len(s.warnings_missing) for s in others), guards),
        evidence_median_s=statistics.median([s.evidence_s for s in scores] or [0.0]),
        evidence_p95_s=_p95([s.evidence_s for s in scores]),
        first_item_median_s=statistics.median(first) if first else None,
        total_median_s=statistics.median([s.total_s for s in scores] or [0.0]),
        structure_asked=sum(s.asked_model for s in scores),
        structure_valid=sum(s.is_structure_valid for s in scores),
        misses=tuple(s for s in scores if is_miss(s)),
    )


def refusals_by_kind(scores: Iterable[QuestionScore]) -> tuple[RefusalScore, ...]:
    """The refusals of questions that must be refused, of each kind apart."""
    kinds: dict[str, list[bool]] = {}
    for s in scores:
        kinds.setdefault(s.refusal or s.kind, []).append(not s.is_answered)
    return tuple(
        RefusalScore(kind=kind, questions=len(refused), refused=sum(refused))
        for kind, refused in sorted(kinds.items())
    )


def is_miss(s: QuestionScore) -> bool:
    """Whether anything is wrong about an answer."""
    if s.number_errors or s.unsupported_numbers:
        return True
    if not s.answerable:
        return s.is_answered or bool(s.warnings_missing)
    return bool(s.facts_missing or s.warnings_missing or not s.is_page_right or not s.is_answered)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed, by nearest rank; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)] if ordered else 0.0
