"""Commands that search and answer."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.audit import answer_facts
from assistant.question import Ask, check_question
from index.access import LOCAL
from index.corpus import PassageFilter
from ui.cli.console import (
    DEFAULT,
    AssetOption,
    HomeOption,
    JsonOption,
    app,
    out,
    print_json,
    services,
)
from ui.plain import answer_text, printable
from ui.schemas import SearchOut

_LOAD_LIMIT_S = 120.0


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 8,
    asset: AssetOption = None,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Search the documents and tickets."""
    query = check_question(text)
    retrieval = services(home).retriever.retrieve(query, LOCAL, k, PassageFilter(asset=asset))
    result = SearchOut.of(query, retrieval)
    if json_output:
        print_json(result)
        return
    if result.unknown_codes:
        out.print(f"Unknown: {', '.join(result.unknown_codes)}", style="yellow", markup=False)
    for passage in result.passages:
        place = f"{passage.document_number or passage.document} {passage.revision}".strip()
        out.print(
            f"{passage.rank}. {place}, {passage.locator}  ({', '.join(passage.paths)})",
            style="bold",
            markup=False,
            highlight=False,
        )
        out.print(printable(passage.text), markup=False, highlight=False, soft_wrap=True)
        out.print()
    if not result.passages:
        out.print(f"Nothing found in {result.searched_documents} documents", highlight=False)


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="The question.")],
    asset: AssetOption = None,
    llm: Annotated[
        str, typer.Option(help="'none' answers from evidence alone; 'auto' asks the model too.")
    ] = "auto",
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Answer a question, with citations."""
    if llm not in ("auto", "none"):
        raise typer.BadParameter(f"{llm!r} is neither 'auto' nor 'none'", param_hint="--llm")
    question = check_question(text)
    use_model = llm == "auto"
    opened = services(home, use_model=use_model)
    if asset is not None:
        opened.assets.get(LOCAL, asset)
    if use_model:
        opened.model_slot.wait(_LOAD_LIMIT_S)
    answer = opened.assistant.ask(Ask(question, asset, use_model), LOCAL)
    opened.audit.note(LOCAL, "answer", question=question, **answer_facts(answer))
    if json_output:
        print_json(answer)
    else:
        out.print(answer_text(answer), markup=False, highlight=False, soft_wrap=True)
