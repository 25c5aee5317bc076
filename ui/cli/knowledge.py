"""Commands about the knowledge as a whole: check it, release drafts, take that back, rebuild it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.evaluation import read_questions
from index.access import LOCAL
from index.checking import find_faults
from ingest.rebuilding import rebuild
from ui.cli.console import DEFAULT, HomeOption, app, fail, out, progress_bar, services
from ui.releasing import release, roll_back

knowledge_app = typer.Typer(no_args_is_help=True, help="The knowledge as a whole.")
app.add_typer(knowledge_app, name="knowledge")


@knowledge_app.command("check")
def knowledge_check(home: HomeOption = DEFAULT) -> None:
    """Check that search indexes, originals and database agree. Exit code 1 if they do not."""
    opened = services(home)
    faults = find_faults(
        opened.home, opened.catalog, opened.caches, opened.embedder.identity, opened.intake
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
    out.print("The knowledge is made anew.", highlight=False)
