"""The JSON that the commands which measure retrieval print with ``--json``.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.quote_recall import QuoteSums
from index.ranking_trials import TrialScore
from ui.schemas import RetrievalOut, Schema


class TrialOut(Schema):
    """Scores of one ranking on the queries of one kind."""

    name: str
    kind: str
    queries: int
    hit_at_1: float
    ndcg_at_10: float
    milliseconds: float

    @classmethod
    def of(cls, name: str, scores: Mapping[str, TrialScore]) -> list[TrialOut]:
        """One shape a kind."""
        return [
            cls(
                name=name,
                kind=kind,
                queries=score.queries,
                hit_at_1=round(score.hit_at_1, 4),
                ndcg_at_10=round(score.ndcg_at_10, 4),
                milliseconds=round(score.milliseconds, 1),
            )
            for kind, score in scores.items()
        ]


class EvaluationOut(RetrievalOut):
    """The result of ``evaluate retrieval`` with what was asked for beside it."""

    ablation: tuple[TrialOut, ...] = ()
    held_out: tuple[TrialOut, ...] = ()

    @classmethod
    def with_trials(
        cls, result: RetrievalOut, ablation: Sequence[TrialOut], held_out: Sequence[TrialOut]
    ) -> EvaluationOut:
        """Add the tables to a result."""
        values = {name: getattr(result, name) for name in type(result).model_fields}
        return cls(**values, ablation=tuple(ablation), held_out=tuple(held_out))


class SetOut(Schema):
    """First-place hits of one kind of query, with its set alone and with all sets in one index."""

    folder: str
    kind: str
    queries: int
    hit_at_1_alone: float
    hit_at_1_together: float


class PageOut(Schema):
    """A golden question whose page is not among the first."""

    id: str
    question: str
    wanted: str
    rank: int
    above: tuple[str, ...]


class PagesOut(Schema):
    """The result of ``evaluate pages``; ``share`` is that of the questions whose page is there."""

    questions: int
    places: int
    share: float
    misses: tuple[PageOut, ...]


class SimilarOut(Schema):
    """The result of ``evaluate similar``; ``shown`` is the mean number of tickets found."""

    folder: str
    queries: int
    places: int
    precision: float
    shown: float


class QuotesOut(Schema):
    """Token recall of gold extracts in one half of the sections, at one length of the quotes."""

    half: int
    most_words: int
    queries: int
    recall: float
    words: float

    @classmethod
    def of(cls, sums: QuoteSums) -> QuotesOut:
        """Round the means."""
        return cls(
            half=sums.half,
            most_words=sums.most_words,
            queries=sums.queries,
            recall=round(sums.recall, 4),
            words=round(sums.words, 1),
        )
