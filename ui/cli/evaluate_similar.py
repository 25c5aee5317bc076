"""The command that measures how similar the past tickets are that a diagnosis starts from."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from assistant.repairs.precision import SimilarFound, precision, similar_found
from index.access import LOCAL
from index.corpus import Knowledge
from ingest.beir import index_corpus, read_corpus, read_queries
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    out,
    print_json,
    progress_bar,
    services,
)
from ui.cli.evaluate_group import evaluate_app
from ui.evaluation_schemas import SimilarOut
from ui.wiring import Services


@evaluate_app.command("similar")
def similar(
    folder: Annotated[Path, typer.Argument(help="Benchmark in the BEIR layout, of tickets.")],
    places: Annotated[int, typer.Option(help="So many tickets are asked for.", min=1)] = 5,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Measure how many of the first similar tickets are of the same kind of fault."""
    corpus = [as_history(knowledge) for knowledge in read_corpus(folder)]
    queries = read_queries(folder)
    found: list[SimilarFound] = []
    with tempfile.TemporaryDirectory(prefix="faultbook-evaluate-") as temporary:
        apart = Services(services(Path(temporary)).home, services(home).settings)
        with progress_bar() as bar:
            task = bar.add_task("embedding", total=sum(len(k.chunks) for k in corpus))
            index_corpus(
                apart.catalog, apart.embedder, corpus, lambda done: bar.advance(task, done)
            )
            task = bar.add_task("asking", total=len(queries))
            for one in similar_found(apart.retriever, LOCAL, queries, places):
                found.append(one)
                bar.advance(task)
    result = SimilarOut(
        folder=str(folder),
        queries=len(found),
        places=places,
        precision=round(precision(found, places), 4),
        shown=round(sum(one.shown for one in found) / max(1, len(found)), 2),
    )
    if json_output:
        print_json(result)
        return
    out.print(
        f"{folder.name}: {result.queries} questions; of the first {places} tickets "
        f"{result.precision:.3f} are of the same kind; {result.shown:.2f} were shown",
        highlight=False,
        markup=False,
    )


def as_history(knowledge: Knowledge) -> Knowledge:
    """Passages as past tickets: that is what a diagnosis searches for them."""
    return replace(knowledge, document=replace(knowledge.document, kind="history"))
