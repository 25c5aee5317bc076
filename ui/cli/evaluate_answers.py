"""Commands that measure whole answers on golden questions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from assistant.evaluation import read_questions
from assistant.evaluation_sums import Scores
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    out,
    print_json,
    print_table,
    progress_bar,
)
from ui.cli.evaluate_group import evaluate_app
from ui.evaluation_report import SHARES, report_html, run_name, value_text
from ui.evaluation_running import BACKENDS, Run, open_with, removed, run

_LLM_HELP = "'none', 'auto' (as the settings say) or a backend: " + ", ".join(
    name for name in BACKENDS if name not in ("auto", "none")
)
_REMOVED_HELP = (
    "Also ask the answerable questions while their document is withdrawn, in a copy; each must "
    "then be refused."
)

HtmlOption = Annotated[
    Path | None, typer.Option("--html", help="Write a page with every miss and what was shown.")
]
RemovedOption = Annotated[bool, typer.Option("--removed", help=_REMOVED_HELP)]


@evaluate_app.command("answers")
def answers(
    file: Annotated[Path, typer.Argument(help="Golden questions, one JSON object a line.")],
    llm: Annotated[str, typer.Option(help=_LLM_HELP)] = "auto",
    html: HtmlOption = None,
    with_removed: RemovedOption = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Measure whole answers on golden questions; what is missed is listed."""
    (result,) = _run([file], [llm], with_removed, html, home)
    if json_output:
        print_json(result.scores)
        return
    _print_sums(result.scores)
    _print_misses(result.scores)


@evaluate_app.command("all")
def evaluate_all(
    files: Annotated[list[Path], typer.Argument(help="Files of golden questions, each apart.")],
    llm: Annotated[list[str] | None, typer.Option(help=_LLM_HELP)] = None,
    html: HtmlOption = None,
    with_removed: RemovedOption = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Measure whole answers on several files, with each language model that is named."""
    results = _run(files, llm or ["none"], with_removed, html, home)
    if json_output:
        print_json([result.scores for result in results])
        return
    for number, result in enumerate(results, start=1):
        out.print(f"({number}) {run_name(result.scores)}", markup=False, highlight=False)
    rows: list[tuple[object, ...]] = [
        (
            "questions (answerable)",
            *(f"{r.scores.questions} ({r.scores.answerable})" for r in results),
        )
    ]
    rows += [(name, *(value_text(r.scores, name) for r in results)) for name in SHARES]
    kinds = dict.fromkeys(refusal.kind for r in results for refusal in r.scores.refusals)
    rows += [(f"refused: {kind}", *(_refused(r.scores, kind) for r in results)) for kind in kinds]
    header = ("", *(f"({number})" for number in range(1, len(results) + 1)))
    print_table("answers to golden questions", header, rows)


def _run(
    files: Sequence[Path], llms: Sequence[str], with_removed: bool, html: Path | None, home: Path
) -> list[Run]:
    for llm in llms:
        if llm not in BACKENDS:
            raise typer.BadParameter(
                f"{llm!r} is none of {', '.join(map(repr, BACKENDS))}", param_hint="--llm"
            )
    sets = [(file, read_questions(file)) for file in files]
    results: list[Run] = []
    with progress_bar() as bar:
        total = sum(len(questions) for _, questions in sets) * len(llms)
        task = bar.add_task("asking", total=total)
        for llm in llms:
            opened = open_with(home, llm)
            for file, questions in sets:
                result = run(opened, questions, file.name, llm, lambda: bar.advance(task))
                if with_removed:
                    gone = bar.add_task(
                        "with its document withdrawn", total=result.scores.answerable
                    )
                    refusal = removed(opened, questions, lambda: bar.advance(gone))  # noqa: B023
                    kinds = (*result.scores.refusals, refusal)
                    scores = result.scores.model_copy(update={"refusals": kinds})
                    result = Run(scores, result.asked)
                results.append(result)
    if html is not None:
        try:
            html.write_text(report_html(results), encoding="utf-8")
        except OSError as error:
            raise typer.BadParameter(
                f"{html} cannot be written: {error.strerror}", param_hint="--html"
            ) from error
    return results


def _print_sums(scores: Scores) -> None:
    out.print(
        f"{scores.questions} questions, {scores.answerable} answerable; model: {scores.model}"
    )
    for name in SHARES:
        out.print(f"  {name:<20} {value_text(scores, name)}", highlight=False)
    for refusal in scores.refusals:
        out.print(
            f"  refused: {refusal.kind}, {refusal.refused} of {refusal.questions}",
            highlight=False,
            markup=False,
        )


def _print_misses(scores: Scores) -> None:
    for miss in scores.misses:
        lost = [*miss.facts_missing, *miss.warnings_missing]
        lost += [f"number {number}" for number in miss.number_errors]
        page = "" if miss.is_page_right or not miss.answerable else ", page"
        out.print(
            f"  miss {miss.id} ({miss.kind}, {miss.status}): {'; '.join(lost)}{page}",
            markup=False,
            highlight=False,
        )


def _refused(scores: Scores, kind: str) -> str:
    found = next((r for r in scores.refusals if r.kind == kind), None)
    return f"{found.refused} of {found.questions}" if found else "none"
