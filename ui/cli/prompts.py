"""Commands about the prompts: which text is used, and whether a site's own may be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.errors import AssistantError, ModelUnavailable
from assistant.evaluation import read_questions
from assistant.prompt_book import PromptRecord
from assistant.prompt_evaluation import evaluate_override
from index.access import LOCAL
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    out,
    print_json,
    print_table,
    progress_bar,
    services,
)
from ui.schemas import PromptOut

prompts_app = typer.Typer(no_args_is_help=True, help="The prompts of the language model.")
app.add_typer(prompts_app, name="prompts")

_LOAD_LIMIT_S = 120.0
NameArgument = Annotated[str, typer.Argument(help="Name of the prompt, as 'prompts list' shows.")]


@prompts_app.command("list")
def list_prompts(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the prompts and which text of each is used."""
    book = services(home, use_model=False).prompts
    shapes = [
        PromptOut(
            name=state.name,
            version=state.version,
            sha256=state.sha256,
            use=state.use,
            file=str(state.path) if state.path else "",
            reason=state.reason,
        )
        for state in book.states()
    ]
    if json_output:
        print_json(shapes)
        return
    rows = [(s.name, s.version, s.sha256[:12], s.use, s.reason) for s in shapes]
    print_table("Prompts", ("name", "version", "used text", "which", "why"), rows)
    for path in book.strangers():
        out.print(f"{path} overrides no prompt.", markup=False, highlight=False, soft_wrap=True)


@prompts_app.command("show")
def show(
    name: NameArgument,
    shipped: Annotated[bool, typer.Option("--shipped", help="The one that ships.")] = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Print the text that is used. A copy of it is where an override begins."""
    book = services(home, use_model=False).prompts
    typer.echo(book.text(name, shipped=shipped), nl=False)


@prompts_app.command("evaluate")
def evaluate(
    name: NameArgument,
    questions: Annotated[
        Path, typer.Option("--questions", help="Golden questions, one JSON object a line.")
    ],
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Ask golden questions with the override and with what ships; it is used only if it passes."""
    opened = services(home)
    book = opened.prompts
    book.override(name)  # before a model is loaded for nothing
    asked = read_questions(questions)
    slot = opened.model_slot
    slot.wait(_LOAD_LIMIT_S)
    try:
        slot.get()
    except ModelUnavailable as error:
        raise AssistantError(f"A prompt is evaluated with the language model. {error}.") from error
    if name != "translate":
        slot.writes_notes = name == "diagnose"
    translates = True if name == "translate" else None
    record: PromptRecord | None = None
    with progress_bar() as bar:
        task = bar.add_task(name, total=2 * len(asked))
        for done in evaluate_override(
            book,
            name,
            asked,
            lambda each: opened.assistant_with(each, translates=translates),
            LOCAL,
            model=slot.name,
        ):
            record = done
            bar.advance(task)
    assert record is not None  # the last that is yielded
    book.record(record)
    if json_output:
        print_json(record)
    else:
        rows = [
            (measure, _number(record.with_shipped[measure]), _number(value))
            for measure, value in record.with_override.items()
        ]
        print_table(f"{name} on {len(asked)} questions", ("measure", "ships", "override"), rows)
        verdict = "passed" if record.is_passed else f"not passed: worse in {_listed(record)}"
        out.print(f"{verdict}; {book.state(name).reason}", highlight=False, soft_wrap=True)
    if not record.is_passed:
        raise typer.Exit(1)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _listed(record: PromptRecord) -> str:
    return ", ".join(record.worse)
