"""Commands that measure retrieval and answers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from index.access import LOCAL
from index.evaluation import judge_unknown, misses_of, run, score_kinds
from index.ranking_trials import Trial, find_all
from index.reranking import CrossEncoderReranker
from ingest.beir import index_corpus, read_corpus, read_negatives, read_queries
from ui.cli import evaluate_answers, evaluate_quotes, evaluate_sets, evaluate_similar
from ui.cli import evaluate_parts as parts
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
from ui.evaluation_schemas import EvaluationOut, TrialOut
from ui.schemas import RetrievalOut
from ui.wiring import Services

_MODULES = (evaluate_sets, evaluate_answers, evaluate_quotes, evaluate_similar)  # its commands


@evaluate_app.command("retrieval")
def retrieval(
    folder: Annotated[Path, typer.Argument(help="Benchmark in the BEIR layout.")],
    report: Annotated[
        Path | None, typer.Option(help="Write how each query went: .csv, else JSON lines.")
    ] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Also measure what each part of the search brings.")
    ] = False,
    reranker: Annotated[
        str, typer.Option(help="A sentence-transformers cross-encoder for --ablation.")
    ] = "",
    leave_one_out: Annotated[
        str,
        typer.Option(
            help="Also choose the weights without the queries of each value of this field of the "
            "metadata ('vendor': first word of the device), and measure them there."
        ),
    ] = "",
    folds: Annotated[
        int, typer.Option(help="Deal the values of that field into so many groups.", min=0)
    ] = 0,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Measure retrieval on a benchmark, in an index of its own; every kind of query apart."""
    corpus, queries, negatives = read_corpus(folder), read_queries(folder), read_negatives(folder)
    groups = parts.read_groups(folder, leave_one_out, folds) if leave_one_out else {}
    model = CrossEncoderReranker(reranker) if reranker else None
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="faultbook-evaluate-") as temporary:
        apart = Services(services(Path(temporary)).home, services(home).settings)
        with progress_bar() as bar:
            task = bar.add_task("embedding", total=sum(len(k.chunks) for k in corpus))
            index_corpus(
                apart.catalog, apart.embedder, corpus, lambda done: bar.advance(task, done)
            )
            task = bar.add_task("asking", total=len(queries))
            results = []
            for result in run(apart.retriever, LOCAL, queries):
                results.append(result)
                bar.advance(task)
        passed, failed = judge_unknown(apart.retriever, LOCAL, negatives)
        if ablation or leave_one_out:
            trials = list(find_all(apart.retriever, LOCAL, queries))
    if report is not None:
        parts.write_report(report, results)
    count = sum(len({chunk.key for chunk in knowledge.chunks}) for knowledge in corpus)
    out_shape = RetrievalOut.of(
        str(folder),
        count,
        score_kinds(results),
        (len(negatives), passed),
        (*misses_of(results), *failed),
    )
    rows = parts.ablation(trials, model) if ablation else []
    left_out = parts.held_out(trials, groups) if groups else []
    held = [row for found, _ in left_out for row in TrialOut.of(found.group, found.scores)]
    if json_output:
        print_json(EvaluationOut.with_trials(out_shape, rows, held))
        return
    _print_kinds(folder, out_shape)
    if rows:
        parts.print_trials("what each part brings", rows)
    if held:
        parts.print_trials("weights chosen on the others", held)
        for found, described in left_out:
            out.print(f"without {found.group}: {described}", highlight=False, markup=False)


def _print_kinds(folder: Path, result: RetrievalOut) -> None:
    table = [
        (
            k.kind,
            k.queries,
            f"{k.ndcg_at_10:.3f}",
            f"{k.recall_at_10:.3f}",
            f"{k.mrr:.3f}",
            f"{k.hit_at_1:.3f}",
            f"{k.latency_p50_ms:.0f}/{k.latency_p95_ms:.0f}",
        )
        for k in result.kinds
    ]
    header = ("kind", "queries", "ndcg@10", "recall@10", "mrr", "hit@1", "p50/p95 ms")
    print_table(f"{folder.name}: {result.documents} passages", header, table)
    if result.negatives:
        out.print(
            f"unknown codes said to be unknown: {result.negatives_passed} of {result.negatives}",
            highlight=False,
        )
