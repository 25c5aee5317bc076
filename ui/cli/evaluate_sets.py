"""Commands that measure retrieval on several sets in one index, and on pages of the home."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from assistant.evaluation import read_questions
from index.access import LOCAL
from index.corpus import DOCUMENTS, Knowledge, PassageFilter
from index.embedding import Embedder
from index.evaluation import JudgedQuery, KindScore, judge
from index.page_ranking import PageQuestion, PageRank, rank_pages
from index.retrieval import Retriever
from ingest.beir import index_corpus, read_corpus, read_queries
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    out,
    print_json,
    print_table,
    progress_bar,
    services,
)
from ui.cli.evaluate_group import evaluate_app
from ui.evaluation_schemas import PageOut, PagesOut, SetOut
from ui.wiring import Services

_SHOWN_ABOVE = 3


class _Remembering:
    """An embedder that does not compute a vector twice: the sets are indexed alone and together."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, np.ndarray] = {}
        self.identity = embedder.identity
        self.dimension = embedder.dimension
        self.is_english = embedder.is_english

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors, float32, shape (len(texts), dimension)."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            self._known.update(zip(fresh, self._embedder.embed(fresh), strict=True))
        return np.stack([self._known[text] for text in texts])


@evaluate_app.command("together")
def together(
    folders: Annotated[list[Path], typer.Argument(help="Benchmarks in the BEIR layout.")],
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Measure what questions lose when several benchmarks stand in one index."""
    corpora = [_named(folder, read_corpus(folder)) for folder in folders]
    queries = [_prefixed(folder, read_queries(folder)) for folder in folders]
    embedder = _Remembering(services(home).embedder)
    alone = [_measure(home, [c], [q], embedder) for c, q in zip(corpora, queries, strict=True)]
    every = _measure(home, corpora, queries, embedder)
    rows = [
        SetOut(
            folder=folder.name,
            kind=kind.kind,
            queries=kind.queries,
            hit_at_1_alone=round(kind.hit_at_1, 4),
            hit_at_1_together=round(mixed.hit_at_1, 4),
        )
        for folder, (own,), both in zip(folders, alone, every, strict=True)
        for kind, mixed in zip(own, both, strict=True)
    ]
    if json_output:
        print_json(rows)
        return
    print_table(
        f"{len(folders)} sets alone and in one index",
        ("set", "kind", "queries", "hit@1 alone", "together"),
        [
            (r.folder, r.kind, r.queries, f"{r.hit_at_1_alone:.3f}", f"{r.hit_at_1_together:.3f}")
            for r in rows
        ],
    )


def _measure(
    home: Path,
    corpora: Sequence[Sequence[Knowledge]],
    queries: Sequence[Sequence[JudgedQuery]],
    embedder: Embedder,
) -> list[list[KindScore]]:
    """Index the corpora together and score each set of queries apart."""
    with tempfile.TemporaryDirectory(prefix="faultbook-evaluate-") as temporary:
        apart = Services(services(Path(temporary)).home, services(home).settings)
        apart.__dict__["embedder"] = embedder  # in place of the cached property
        with progress_bar() as bar:
            task = bar.add_task("indexing", total=sum(len(k.chunks) for c in corpora for k in c))
            for corpus in corpora:
                index_corpus(apart.catalog, embedder, corpus, lambda n: bar.advance(task, n))
        retriever = Retriever(apart.catalog, embedder, apart.caches)
        return [judge(retriever, LOCAL, asked)[0] for asked in queries]


def _named(folder: Path, corpus: Sequence[Knowledge]) -> list[Knowledge]:
    """Put the name of the set before the keys: two sets may use the same."""
    return [
        replace(k, chunks=[replace(c, key=f"{folder.name}/{c.key}") for c in k.chunks])
        for k in corpus
    ]


def _prefixed(folder: Path, queries: Sequence[JudgedQuery]) -> list[JudgedQuery]:
    return [
        replace(q, judgements={f"{folder.name}/{key}": gain for key, gain in q.judgements.items()})
        for q in queries
    ]


@evaluate_app.command("pages")
def pages(
    file: Annotated[Path, typer.Argument(help="Golden questions, one JSON object a line.")],
    places: Annotated[int, typer.Option(help="Among so many passages the page must be.")] = 3,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Measure whether the search brings the right page first; what is missed is listed."""
    questions = [
        PageQuestion(
            golden.id,
            golden.question,
            PassageFilter(asset=golden.asset, kinds=DOCUMENTS),
            golden.document,
            frozenset(golden.pages),
        )
        for golden in read_questions(file)
        if golden.answerable
    ]
    ranks: list[PageRank] = []
    with progress_bar() as bar:
        task = bar.add_task("searching", total=len(questions))
        for rank in rank_pages(services(home).retriever, LOCAL, questions):
            ranks.append(rank)
            bar.advance(task)
    missed = [rank for rank in ranks if not 0 < rank.rank <= places]
    result = PagesOut(
        questions=len(ranks),
        places=places,
        share=round(1 - len(missed) / max(1, len(ranks)), 4),
        misses=tuple(_page_out(rank) for rank in missed),
    )
    if json_output:
        print_json(result)
        return
    out.print(
        f"{result.questions} questions; right page among the first {places}: {result.share:.3f}",
        highlight=False,
    )
    for miss in result.misses:
        place = f"at place {miss.rank}" if miss.rank else "not found"
        line = f"  miss {miss.id}: {miss.wanted} {place}; above: {'; '.join(miss.above)}"
        out.print(line, markup=False, highlight=False)


def _page_out(rank: PageRank) -> PageOut:
    question = rank.question
    return PageOut(
        id=question.id,
        question=question.text,
        wanted=f"{question.document} p. {', '.join(map(str, sorted(question.pages)))}",
        rank=rank.rank,
        above=tuple(
            f"{p.document_number or p.document} p. {p.page} {(p.heading_path or ('',))[-1]}".strip()
            for p in rank.above[:_SHOWN_ABOVE]
        ),
    )
