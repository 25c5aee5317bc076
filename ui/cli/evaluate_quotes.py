"""The command that measures how much of gold extracts the quotes hold."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from assistant.evidence import MOST_QUOTED_WORDS
from assistant.quote_recall import measure, read_extracts, sum_up
from index.access import LOCAL
from ingest.beir import index_corpus, read_corpus, read_queries
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    print_json,
    print_table,
    progress_bar,
    services,
)
from ui.cli.evaluate_group import evaluate_app
from ui.evaluation_schemas import QuotesOut
from ui.wiring import Services


@evaluate_app.command("quotes")
def quotes(
    folder: Annotated[
        Path, typer.Argument(help="Benchmark in the BEIR layout with answers.jsonl.")
    ],
    words: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Words that are quoted at most; can be given several times."),
    ] = None,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Measure the token recall of gold extracts in what is cited, for two halves of sections."""
    extracts = read_extracts(folder)
    corpus, queries = read_corpus(folder), read_queries(folder)
    lengths = list(dict.fromkeys(words or [MOST_QUOTED_WORDS]))
    with tempfile.TemporaryDirectory(prefix="faultbook-evaluate-") as temporary:
        apart = Services(services(Path(temporary)).home, services(home).settings)
        with progress_bar() as bar:
            task = bar.add_task("embedding", total=sum(len(k.chunks) for k in corpus))
            index_corpus(
                apart.catalog, apart.embedder, corpus, lambda done: bar.advance(task, done)
            )
            task = bar.add_task("asking", total=len(queries))
            scores = []
            for score in measure(apart.retriever, LOCAL, queries, extracts, lengths):
                scores.append(score)
                bar.advance(task)
    rows = [QuotesOut.of(sums) for sums in sum_up(scores)]
    if json_output:
        print_json(rows)
        return
    print_table(
        f"{folder.name}: token recall of the gold extract in what is cited",
        ("half", "most words", "queries", "recall", "words shown"),
        [
            (row.half, row.most_words, row.queries, f"{row.recall:.3f}", f"{row.words:.0f}")
            for row in rows
        ],
    )
