"""Try other rankings on the candidates of judged queries, found once.

The search paths are the slow part; an order of what they found is made in milliseconds. So each
part can be left out (an ablation), and weights can be chosen on some of the queries and measured on
the others.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from index.access import Principal
from index.candidates import Candidates
from index.corpus import PassageFilter
from index.evaluation import JudgedQuery
from index.metrics import hit, ndcg
from index.ranking import DEFAULT, Ranked, Ranking, order
from index.reranking import Reranker
from index.retrieval import Retriever

_LEXICAL = {"words": 0.3, "grams": 0.7}
_FOREIGN = dict(DEFAULT.foreign)
_PLAIN = replace(DEFAULT, form=0.0, quantity=0.0, message=0.0, section=0.0, neighbours=0.0)
_MOST_TRAINING = 200  # queries that weights are chosen on
_ROUNDS = 2

ABLATION: Mapping[str, Ranking] = {
    "codes only": replace(_PLAIN, weights={}, foreign={}),
    "lexical": replace(_PLAIN, weights=_LEXICAL, foreign=_FOREIGN, uses_codes=False),
    "dense": replace(_PLAIN, weights={"dense": 1.0}, foreign={"dense": 1.0}, uses_codes=False),
    "fused": replace(_PLAIN, uses_codes=False),
    "fused, lifted": replace(DEFAULT, uses_codes=False),
    "all": DEFAULT,
}
"""What is left where parts are taken away; "lifted" is by form, text of an alarm, section."""

_STEPS: Mapping[str, Sequence[float]] = {
    "words": (0.0, 0.3, 0.6, 1.0),
    "grams": (0.2, 0.4, 0.7, 1.0),
    "dense": (0.0, 0.5, 0.7, 1.0),
    "message": (0.0, 1.0, 2.0, 4.0),
    "section": (0.0, 0.2, 0.4),
    "neighbours": (0.0, 1.0, 2.0),
}
_START = replace(
    DEFAULT,
    weights={"words": 1.0, "grams": 1.0, "dense": 1.0},
    foreign={"words": 1.0, "grams": 1.0, "dense": 0.0},
    form=1.0,
    quantity=1.0,
    message=1.0,
    section=0.0,
    neighbours=0.0,
)
"""Where choosing begins: every path and lift counts 1, the support of others nothing."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A judged query with what the search paths found for it."""

    query: JudgedQuery
    candidates: Candidates


@dataclass(frozen=True, slots=True)
class TrialScore:
    """Means over trials; ``milliseconds`` is the time of ordering one.

    ``margin`` is by how much the best relevant passage is above the best other one, in standard
    deviations of a trial's scores, at most 1 either way; it tells two rankings apart that bring the
    same passages first.
    """

    queries: int
    hit_at_1: float
    ndcg_at_10: float
    milliseconds: float
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores on queries whose group took no part in choosing the ranking, by kind."""

    group: str
    ranking: Ranking
    scores: Mapping[str, TrialScore]


def find_all(
    retriever: Retriever, principal: Principal, queries: Iterable[JudgedQuery]
) -> Iterable[Trial]:
    """Let the search paths find what they can for each query."""
    for query in queries:
        plan = retriever.plan(query.text, principal, PassageFilter())
        yield Trial(query, retriever.candidates(plan))


def score_trials(
    trials: Sequence[Trial], ranking: Ranking, reranker: Reranker | None = None
) -> TrialScore:
    """Order the candidates of each trial and score the orders."""
    hits: list[float] = []
    gains: list[float] = []
    margins: list[float] = []
    started = time.perf_counter()
    for trial in trials:
        forms = trial.candidates.forms
        ranked = order(trial.candidates, ranking, reranker)
        keys = list(dict.fromkeys(forms[item.id].key for item in ranked if item.id in forms))
        hits.append(hit(keys, trial.query.judgements))
        gains.append(ndcg(keys, trial.query.judgements))
        margins.append(_margin(trial, ranked))
    seconds = time.perf_counter() - started
    return TrialScore(
        queries=len(trials),
        hit_at_1=statistics.fmean(hits) if hits else 0.0,
        ndcg_at_10=statistics.fmean(gains) if gains else 0.0,
        milliseconds=1000 * seconds / max(1, len(trials)),
        margin=statistics.fmean(margins) if margins else 0.0,
    )


def _margin(trial: Trial, ranked: Sequence[Ranked]) -> float:
    """The margin of one trial; 0 where the code table decided, or there is nothing to compare."""
    forms, gains = trial.candidates.forms, trial.query.judgements
    if trial.candidates.codes:
        return 0.0
    right = [i.score for i in ranked if i.id in forms and gains.get(forms[i.id].key, 0.0) > 0]
    wrong = [i.score for i in ranked if i.id in forms and gains.get(forms[i.id].key, 0.0) <= 0]
    if not right or not wrong:
        return 0.0
    spread = statistics.pstdev([*right, *wrong])
    return max(-1.0, min(1.0, (max(right) - max(wrong)) / spread)) if spread else 0.0


def score_by_kind(
    trials: Sequence[Trial], ranking: Ranking, reranker: Reranker | None = None
) -> dict[str, TrialScore]:
    """The scores of each kind of query apart."""
    kinds: dict[str, list[Trial]] = {}
    for trial in trials:
        kinds.setdefault(trial.query.kind, []).append(trial)
    return {kind: score_trials(rows, ranking, reranker) for kind, rows in kinds.items()}


def choose(trials: Sequence[Trial]) -> Ranking:
    """The ranking that is best on these trials by nDCG@10, then by margin, weight after weight."""
    step = max(1, len(trials) // _MOST_TRAINING)
    sample = trials[::step]
    best, value = _START, _value(sample, _START)
    for _ in range(_ROUNDS):
        for name, sizes in _STEPS.items():
            for size in sizes:
                ranking = _with(best, name, size)
                if ranking == best:
                    continue
                found = _value(sample, ranking)
                if found > value:
                    best, value = ranking, found
    return best


def hold_out(trials: Sequence[Trial], groups: Mapping[str, str]) -> list[HeldOut]:
    """For each group, choose a ranking on the queries of all others and score it there.

    ``groups`` maps the id of a query to its group; a query without one is left out.
    """
    results: list[HeldOut] = []
    grouped = [trial for trial in trials if trial.query.query_id in groups]
    for group in sorted(set(groups.values())):
        own = [trial for trial in grouped if groups[trial.query.query_id] == group]
        others = [trial for trial in grouped if groups[trial.query.query_id] != group]
        if own and others:
            ranking = choose(others)
            results.append(HeldOut(group, ranking, score_by_kind(own, ranking)))
    return results


def _value(trials: Sequence[Trial], ranking: Ranking) -> tuple[float, float]:
    score = score_trials(trials, ranking)
    return round(score.ndcg_at_10, 4), score.margin


def _with(ranking: Ranking, name: str, size: float) -> Ranking:
    if name == "message":
        return replace(ranking, message=size)
    if name == "section":
        return replace(ranking, section=size)
    if name == "neighbours":
        return replace(ranking, neighbours=size)
    foreign = dict(ranking.foreign) if name == "dense" else {**ranking.foreign, name: size}
    return replace(ranking, weights={**ranking.weights, name: size}, foreign=foreign)
