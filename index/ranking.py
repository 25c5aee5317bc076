"""Put the candidates of a question in an order (pure).

What the code table gave comes first; the rest is fused by weights, lifted where its form fits what
was asked, and last read by a reranker, if there is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from index.candidates import Candidates, Form
from index.corpus import SearchPath
from index.fusion import Fused, fuse
from index.intent import asked_dimensions, fitting_kind
from index.neighbours import support
from index.phrases import held_share
from index.quantities import quantities
from index.reranking import Reranker

_PATH: Mapping[str, SearchPath] = {"words": "lexical", "grams": "lexical", "dense": "dense"}
_MOST_RERANKED = 30
_MOSTLY = 0.8  # share of the candidates that are records where records are searched
_UNIT_HEADERS = ("unit", "einheit", "unité", "unidad", "单位")


@dataclass(frozen=True, slots=True)
class Ranking:
    """How candidates are ranked.

    ``weights`` multiply the standardised scores of the paths; a path without one is not used.
    ``foreign`` are those for a question in a language that the embedder does not understand.
    Added are, in standard deviations: ``form`` where a chunk's form fits the intent, ``quantity``
    where it holds such a quantity as was asked for, ``message`` times the share of the question
    that is the text of an alarm, ``section`` times the score of the best other chunk below the same
    heading, and ``neighbours`` times the support of a record by others like it.
    """

    weights: Mapping[str, float]
    foreign: Mapping[str, float]
    uses_codes: bool = True
    form: float = 1.0
    quantity: float = 2.5
    message: float = 4.0
    section: float = 0.2
    neighbours: float = 2.0


# The weights of English were chosen on half of the sections of manual_qa_tv, those of a foreign
# language on fault_codes_zh, the message's on fault_codes, the neighbours' on similar_tickets, the
# others on the golden questions; ``evaluate retrieval --leave-one-out`` shows what they bring on
# questions that they were not chosen on.
DEFAULT = Ranking(
    weights={"words": 0.3, "grams": 0.7, "dense": 1.0}, foreign={"words": 1.0, "grams": 0.2}
)
_NEIGHBOURS = 15


@dataclass(frozen=True, slots=True)
class Ranked:
    """A chunk with its score and the paths that found it, the deciding one first."""

    id: int
    score: float
    paths: tuple[SearchPath, ...]


def order(
    candidates: Candidates, ranking: Ranking = DEFAULT, reranker: Reranker | None = None
) -> list[Ranked]:
    """Return the candidates, best first."""
    fused = fuse(candidates.scores, ranking.foreign if candidates.is_foreign else ranking.weights)
    fused = [item for item in fused if item.id in candidates.forms]
    fused = _lifted(candidates, fused, ranking)
    fused = _gathered(candidates, fused, ranking)
    fused = _supported(candidates, fused, ranking)
    if reranker is not None:
        fused = _reread(candidates, fused, reranker)
    paths: dict[int, tuple[SearchPath, ...]] = {}
    scores: dict[int, float] = {}
    for hit in candidates.codes if ranking.uses_codes else ():
        paths.setdefault(hit.chunk_id, ("part" if hit.kind == "part" else "code",))
    for item in fused:
        if ranking.uses_codes and item.id in candidates.hidden:
            continue
        found_by = cast(
            "tuple[SearchPath, ...]", tuple(dict.fromkeys(_PATH[n] for n in item.found_by))
        )
        paths[item.id] = paths.get(item.id, ()) + found_by
        scores[item.id] = item.score
    return [Ranked(i, scores.get(i, 0.0), found_by) for i, found_by in paths.items()]


def _lifted(candidates: Candidates, fused: Sequence[Fused], ranking: Ranking) -> list[Fused]:
    """Lift what fits the question by its form, its quantities or the text of an alarm."""
    wanted = fitting_kind(candidates.intent)
    asked = asked_dimensions(candidates.question)
    lifted: list[Fused] = []
    for item in fused:
        form = candidates.forms[item.id]
        shares = [held_share(candidates.question, message) for message in form.messages]
        score = item.score + ranking.message * max(shares, default=0.0)
        score += ranking.form * (form.kind == wanted)
        score += ranking.quantity * bool(asked and asked & _dimensions(form))
        lifted.append(replace(item, score=score))
    return sorted(lifted, key=lambda item: -item.score)


def _gathered(candidates: Candidates, fused: Sequence[Fused], ranking: Ranking) -> list[Fused]:
    """Lift the chunks of a section of which several are good: it is likelier to be the one."""
    sections: dict[tuple[int, int], list[Fused]] = {}
    for item in fused:
        sections.setdefault(candidates.forms[item.id].section, []).append(item)
    gathered: list[Fused] = []
    for item in fused:
        form = candidates.forms[item.id]
        best = sections[form.section][:2]  # one of the two best is another one
        others = [other.score for other in best if other.id != item.id and not form.is_record]
        lift = ranking.section * max(0.0, max(others, default=0.0))
        gathered.append(replace(item, score=item.score + lift))
    return sorted(gathered, key=lambda item: -item.score)


def _supported(candidates: Candidates, fused: list[Fused], ranking: Ranking) -> list[Fused]:
    """Among records, add the support of the nearest others."""
    records = sum(candidates.forms[item.id].is_record for item in fused)
    if not ranking.neighbours or records < max(_NEIGHBOURS, _MOSTLY * len(fused)):
        return fused
    scores = np.array([item.score for item in fused])
    texts = [candidates.forms[item.id].text for item in fused]
    scores = scores + ranking.neighbours * support(texts, scores, _NEIGHBOURS)
    best = np.argsort(-scores, kind="stable").tolist()
    return [replace(fused[i], score=float(scores[i])) for i in best]


def _reread(candidates: Candidates, fused: list[Fused], reranker: Reranker) -> list[Fused]:
    """Put the first passages in the reranker's order; the others keep theirs behind them."""
    first, rest = fused[:_MOST_RERANKED], fused[_MOST_RERANKED:]
    if not first:
        return fused
    texts = [candidates.forms[item.id].text for item in first]
    scores = reranker.score(candidates.question, texts)
    if rest:  # a score orders the passages of one search: the others stay below
        scores = scores - scores.min() + rest[0].score + 1.0
    best = np.argsort(-scores, kind="stable").tolist()
    return [replace(first[i], score=float(scores[i])) for i in best] + rest


def _dimensions(form: Form) -> set[str]:
    """The dimensions of a chunk's quantities, also where a table has the unit in a column."""
    found = {quantity.dimension for quantity in quantities(form.text) if quantity.dimension}
    unit = -1
    for line in form.text.splitlines():
        cells = [cell.strip() for cell in line.split(" | ")]
        titles = [cell.casefold() for cell in cells]
        named = [i for i, title in enumerate(titles) if title in _UNIT_HEADERS]
        if named:
            unit = named[0]
        elif 0 <= unit < len(cells) and re.search(r"\d", line):
            found |= {q.dimension for q in quantities(f"1 {cells[unit]}") if q.dimension}
    return found
