"""Commands about the knowledge as a whole: check it, release drafts, take that back, rebuild it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.evaluation import read_questions
from index.access import LOCAL
from index.checking import find_faults
from index.dense_status import describe as describe_dense
from index.embedder_change import coverages, embed_all, sample_texts
from index.embedding import MINILM, OpenVINOEmbedder
from index.embedding_int8 import find_int8, make_int8, measure_loss
from index.errors import ModelFileError
from ingest.rebuilding import rebuild
from ui.cli.console import DEFAULT, HomeOption, app, fail, freshen, out, progress_bar, services
from ui.releasing import release, roll_back
from ui.wiring import Services

_SAMPLE = 1_000  # texts that the loss of 8-bit integers is measured on

knowledge_app = typer.Typer(no_args_is_help=True, help="The knowledge as a whole.")
app.add_typer(knowledge_app, name="knowledge")


@knowledge_app.command("check")
def knowledge_check(home: HomeOption = DEFAULT) -> None:
    """Check that search indexes, originals and database agree. Exit code 1 if they do not."""
    opened = services(home)
    faults = find_faults(
        opened.home, opened.catalog, opened.caches, opened.search_embedder.identity, opened.intake
    )
    for fault in faults:
        out.print(fault, style="red", markup=False, highlight=False, soft_wrap=True)
    if faults:
        fail(f"{len(faults)} faults. 'faultbook knowledge rebuild' makes the knowledge again.")
    out.print("All stores agree.", highlight=False)


@knowledge_app.command("release")
def knowledge_release(
    golden: Annotated[
        Path, typer.Option("--golden", help="Golden questions, one JSON object a line.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Also where golden questions are lost.")
    ] = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Approve every draft, if each golden question that passes now passes with them as well."""
    opened = services(home, use_model=False)
    questions = read_questions(golden)
    with progress_bar() as bar:
        task = bar.add_task("asking", total=2 * len(questions))
        done, checked = release(
            opened,
            LOCAL,
            questions,
            lambda asked, total: bar.update(task, completed=asked, total=total),
            force=force,
        )
    out.print(
        f"Release {done.release_id}: {len(done.changes)} revisions changed; golden questions "
        f"passed before {checked.passed_before}, now {checked.passed_after} of "
        f"{checked.questions}",
        highlight=False,
        soft_wrap=True,
    )


@knowledge_app.command("rollback")
def knowledge_rollback(home: HomeOption = DEFAULT) -> None:
    """Give every revision the status that it had before the last release."""
    taken_back = roll_back(services(home, use_model=False), LOCAL)
    out.print(f"Release {taken_back.release_id} is taken back", highlight=False)


@knowledge_app.command("rebuild")
def knowledge_rebuild(home: HomeOption = DEFAULT) -> None:
    """Make the knowledge again from the originals and the records; stop the server first."""
    opened = services(home, use_model=False)
    opened.prepare()
    opened.catalog.engine.dispose()  # another file takes its place
    with progress_bar() as bar:
        task = bar.add_task("reading", total=None)

        def shown(name: str, done: int, total: int) -> None:
            bar.update(task, description=Path(name).name, completed=done, total=total)

        failed = rebuild(opened.home, opened.records.engine, opened.embedder, shown)
    for report in failed:
        line = f"failed     {report.reason}"
        out.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    if failed:
        fail(f"{len(failed)} files could not be read; the others are in.")
    freshen(opened)
    out.print("The knowledge is made anew.", highlight=False)


@knowledge_app.command("embed")
def knowledge_embed(home: HomeOption = DEFAULT) -> None:
    """Make the vectors that the embedder of the settings lacks; search goes over when all are made.

    With 'embedder_precision = "int8"' the model is made first, and what it loses is printed.
    """
    opened = services(home, use_model=False)
    if opened.settings.embedder_precision == "int8" and not opened.settings.embedder:
        _make_int8(opened)
    embedder = opened.embedder
    known = coverages(opened.catalog)
    done = sum(c.embedded for c in known if c.embedder == embedder.identity)
    missing = max([c.texts for c in known], default=0) - done
    with progress_bar() as bar:
        task = bar.add_task(embedder.identity, total=missing or None)
        made, unknown = embed_all(
            opened.catalog, embedder, lambda done: bar.update(task, completed=done)
        )
    out.print(f"{made} vectors made by {embedder.identity}", markup=False, highlight=False)
    if unknown:
        fail(
            f"{unknown} texts were cut in another way than this version cuts. "
            "'faultbook knowledge rebuild' makes the knowledge again."
        )
    out.print("Search uses it from the next start.", highlight=False)


def _make_int8(opened: Services) -> None:
    """Make the embedder in 8-bit integers where it is missing, and print what it loses."""
    folder = opened.models / MINILM.name
    try:
        find_int8(folder)
    except ModelFileError:
        texts = sample_texts(opened.catalog, _SAMPLE)
        with progress_bar() as bar:
            bar.add_task("making the embedder in 8-bit integers", total=None)
            make_int8(folder, texts)
    full, small = OpenVINOEmbedder(folder), OpenVINOEmbedder(folder, precision="int8")
    texts = sample_texts(opened.catalog, _SAMPLE)
    if len(texts) > 1:
        loss = measure_loss(full, small, texts)
        out.print(
            f"8-bit integers against full precision over {loss.texts} texts of this plant: cosine "
            f"{loss.mean:.4f} on average, {loss.least:.4f} at least; {loss.overlap:.0%} of the ten "
            "nearest are the same",
            highlight=False,
            soft_wrap=True,
        )


@knowledge_app.command("index")
def knowledge_index(home: HomeOption = DEFAULT) -> None:
    """Bring the search indexes up to date and say what they stand on."""
    caches = services(home, use_model=False).caches
    with progress_bar() as bar:
        bar.add_task("search indexes", total=None)
        caches.settle()
    status = caches.status()
    out.print(describe_dense(status), markup=False, highlight=False, soft_wrap=True)
    if status.fault:
        fail(status.fault)
