"""Commands about documents that are in."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.recalls import Citing
from index.access import LOCAL
from index.catalog import EVERY_STATUS, StoredDocument
from index.corrections import OF_DOCUMENT, OF_REVISION
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    fail,
    out,
    print_json,
    print_table,
    services,
)
from ui.document_schemas import CitingOut, DeletionOut, DocumentOut, StatusOut
from ui.wiring import Services

documents_app = typer.Typer(no_args_is_help=True, help="Ingested documents.")
app.add_typer(documents_app, name="documents")

RevisionsArgument = Annotated[
    list[int], typer.Argument(help="Revision ids as shown by 'documents list --all'.")
]
RevisionArgument = Annotated[
    int, typer.Argument(help="Revision id as shown by 'documents list --all'.")
]
_FIELDS = ", ".join((*OF_REVISION, *OF_DOCUMENT))


@documents_app.command("list")
def documents_list(
    every: Annotated[
        bool, typer.Option("--all", help="Also drafts, superseded and withdrawn revisions.")
    ] = False,
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """List the documents, tickets left out."""
    catalog = services(home).catalog
    stored = catalog.documents(LOCAL, EVERY_STATUS) if every else catalog.documents(LOCAL)
    shapes = [DocumentOut.of(document) for document in stored if document.kind != "history"]
    if json_output:
        print_json(shapes)
        return
    rows = [
        (
            d.id,
            d.revision_id,
            d.document_number,
            d.revision,
            d.status,
            d.title,
            d.pages,
            ", ".join((*d.models, *d.serials, *d.assets)),
        )
        for d in shapes
    ]
    header = ("id", "revision id", "number", "rev.", "status", "title", "pages", "applies to")
    print_table("Documents", header, rows)


@documents_app.command("show")
def documents_show(
    revision_id: RevisionArgument, json_output: JsonOption = False, home: HomeOption = DEFAULT
) -> None:
    """Show what was read from a document, and the hidden text that was held back."""
    stored = services(home).curator.revision(LOCAL, revision_id)
    if json_output:
        print_json(DocumentOut.of(stored))
        return
    shape = DocumentOut.of(stored).model_dump()
    report = shape.pop("report")
    hidden = report.pop("hidden", [])
    facts = [(name, _plain(value)) for name, value in {**shape, **report}.items()]
    print_table(stored.title, ("field", "value"), facts)
    if hidden:
        print_table("Hidden text that was held back", ("page", "text", "why"), hidden)


@documents_app.command("approve")
def documents_approve(
    revision_ids: RevisionsArgument, json_output: JsonOption = False, home: HomeOption = DEFAULT
) -> None:
    """Let drafts or withdrawn revisions answer."""
    opened = services(home)
    changes = opened.curator.approve(LOCAL, revision_ids)
    citing = opened.recalls.citing(
        LOCAL, [c.content_hash for c in changes if c.before == "approved"]
    )
    if json_output:
        print_json(StatusOut.of(changes, citing))
        return
    for revision_id in revision_ids:
        _print_status(opened.curator.revision(LOCAL, revision_id))
    _print_citing(citing)


@documents_app.command("withdraw")
def documents_withdraw(
    revision_ids: RevisionsArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; shown where it is cited.")] = "",
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Let revisions answer no more, and list what cites them. They can still be looked at."""
    opened = services(home)
    changes = opened.curator.withdraw(LOCAL, revision_ids, reason)
    stored = [opened.curator.revision(LOCAL, revision_id) for revision_id in revision_ids]
    citing = opened.recalls.citing(LOCAL, [each.content_hash for each in stored])
    if json_output:
        print_json(StatusOut.of(changes, citing))
        return
    for each in stored:
        _print_status(each)
    _print_citing(citing)


@documents_app.command("correct")
def documents_correct(
    revision_id: RevisionArgument,
    values: Annotated[list[str], typer.Argument(help=f"FIELD=VALUE; fields: {_FIELDS}.")],
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Correct what is said about a document; lists are separated by commas."""
    opened = services(home)
    stored = opened.curator.correct(LOCAL, revision_id, _fields(opened, values))
    citing = opened.recalls.citing(LOCAL, [stored.content_hash])
    if json_output:
        print_json(DocumentOut.of(stored))
        return
    _print_status(stored)
    _print_citing(citing)


@documents_app.command("citing")
def documents_citing(
    revision_id: RevisionArgument, json_output: JsonOption = False, home: HomeOption = DEFAULT
) -> None:
    """List the answers and work orders that cite a revision."""
    opened = services(home)
    stored = opened.curator.revision(LOCAL, revision_id)
    citing = opened.recalls.citing(LOCAL, [stored.content_hash])
    if json_output:
        print_json([CitingOut.of(each) for each in citing])
        return
    _print_citing(citing)


@documents_app.command("delete")
def documents_delete(
    document_id: Annotated[int, typer.Argument(help="Id as shown by 'documents list'.")],
    json_output: JsonOption = False,
    home: HomeOption = DEFAULT,
) -> None:
    """Delete a document with all its revisions, and search every store for what is left of it."""
    opened = services(home)
    deletion = opened.curator.delete(LOCAL, document_id, lambda: opened.caches)
    citing = opened.recalls.citing(LOCAL, deletion.content_hashes)
    left = {name: count for name, count in deletion.traces.items() if count}
    if json_output:
        print_json(DeletionOut.of(deletion, citing))
    else:
        name = f"{deletion.document.title} {deletion.document.revision}".strip()
        out.print(f"Deleted {name}", markup=False, highlight=False)
        stores = ", ".join(deletion.traces)
        out.print(f"Searched for traces: {stores}", highlight=False, soft_wrap=True)
        out.print("Nothing is left." if not left else "", end="\n" if not left else "")
        _print_citing(citing)
    if left:
        found = ", ".join(f"{count} in {name}" for name, count in left.items())
        fail(f"Traces are left: {found}. Run the command 'faultbook knowledge rebuild'.")


def _fields(opened: Services, values: list[str]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for text in values:
        name, mark, value = text.partition("=")
        if not mark:
            raise typer.BadParameter(f"{text!r} is not FIELD=VALUE")
        many = [part for part in value.split(",") if part.strip()]
        if name == "assets":
            many = [opened.assets.get(LOCAL, tag.strip()).tag for tag in many]
        fields[name] = many if name in ("models", "serials", "assets", "groups") else value
    return fields


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _print_status(stored: StoredDocument) -> None:
    name = " ".join(part for part in (stored.number, stored.revision) if part)
    line = f"{stored.status:<10} {name}: {stored.title}"
    out.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_citing(citing: list[Citing]) -> None:
    if not citing:
        out.print("No answer and no work order cites it.", highlight=False)
        return
    rows = [(c.kind, c.number or c.record_id, c.owner, c.at[:16], c.title) for c in citing]
    print_table("Cited by; marked from now on", ("what", "number", "owner", "at", "title"), rows)
