"""What people decide about documents: let through, withdraw, correct, delete."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import ConfigDict, Field

from index.catalog import StoredDocument
from ui.api.callers import Caller, Writer
from ui.api.documents import ListedDocument
from ui.api.problems import problems
from ui.api.texts import OfDocuments, RowId, Text, Word
from ui.document_schemas import CitingOut, DeletionOut, StatusOut
from ui.schemas import Schema

router = APIRouter(tags=["documents"])

_LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$"
_Many = Annotated[list[Word], Field(max_length=200)]


class Withdrawal(Schema):
    """Why a revision is to answer no more; shown where it is cited."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Text, Field(min_length=1, max_length=1000)]


class Correction(Schema):
    """What is wrong about a document, put right; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[Text, Field(max_length=200)] | None = None
    revision: Annotated[Text, Field(max_length=200)] | None = None
    date: Annotated[Text, Field(max_length=20, examples=["2024-03-01"])] | None = None
    language: Annotated[str, Field(pattern=_LANGUAGE, examples=["en"])] | None = None
    title: Annotated[Text, Field(min_length=1, max_length=500)] | None = None
    kind: OfDocuments | None = None
    models: _Many | None = None
    serials: _Many | None = None
    assets: _Many | None = None
    site: Annotated[Text, Field(max_length=120, description="empty for every site")] | None = None
    groups: _Many | None = None


@router.post(
    "/documents/{revision_id}/approve",
    operation_id="approveDocument",
    summary="Let a revision answer",
    responses=problems(404, 409),
)
def approve(caller: Writer, revision_id: RowId) -> StatusOut:
    """What it replaces is superseded; `citing` lists what cites that."""
    _to_change(caller, revision_id)
    changes = caller.services.curator.approve(caller.principal, [revision_id])
    replaced = [change.content_hash for change in changes if change.before == "approved"]
    return _with_citing(caller, StatusOut.of(changes, ()), replaced)


@router.post(
    "/documents/{revision_id}/withdraw",
    operation_id="withdrawDocument",
    summary="Let a revision answer no more",
    responses=problems(404, 409),
)
def withdraw(
    caller: Writer, revision_id: RowId, withdrawal: Annotated[Withdrawal, Body()]
) -> StatusOut:
    """It can still be looked at; `citing` lists what cites it."""
    stored = _to_change(caller, revision_id)
    curator = caller.services.curator
    changes = curator.withdraw(caller.principal, [revision_id], withdrawal.reason.strip())
    return _with_citing(caller, StatusOut.of(changes, ()), [stored.content_hash])


@router.patch(
    "/documents/{revision_id}",
    operation_id="correctDocument",
    summary="Correct what is said about a document",
    responses=problems(404, 409),
)
def correct(
    caller: Writer, revision_id: RowId, correction: Annotated[Correction, Body()]
) -> ListedDocument:
    """The document as it is then."""
    services, principal = caller.services, caller.principal
    stored = _to_change(caller, revision_id)
    values = correction.model_dump(exclude_none=True)
    if "assets" in values:
        values["assets"] = [services.assets.get(principal, tag).tag for tag in values["assets"]]
    if not values:
        return ListedDocument.of_stored(caller, stored)
    corrected = services.curator.correct(principal, revision_id, values)
    return ListedDocument.of_stored(caller, corrected)


@router.delete(
    "/documents/{revision_id}",
    operation_id="deleteDocument",
    summary="Delete the document of a revision, with all its revisions",
    responses=problems(404, 409),
)
def delete(caller: Writer, revision_id: RowId) -> DeletionOut:
    """The proof: `traces` counts what a search of every store found afterwards."""
    services = caller.services
    stored = _to_change(caller, revision_id)
    deletion = services.curator.delete(
        caller.principal, stored.document_id, lambda: services.caches
    )
    shape = DeletionOut.of(deletion, ())
    return shape.model_copy(update={"citing": _citing(caller, deletion.content_hashes)})


def _to_change(caller: Caller, revision_id: int) -> StoredDocument:
    """The revision, if the user sees it and decides about documents; of which, the curator knows.

    Raises:
        DocumentUnknown: there is none that the user may see.
        NotAllowed: the role does not allow it.
    """
    stored = caller.services.curator.revision(caller.principal, revision_id)
    caller.require("curate")
    return stored


def _with_citing(caller: Caller, shape: StatusOut, hashes: Iterable[str]) -> StatusOut:
    return shape.model_copy(update={"citing": _citing(caller, hashes)})


def _citing(caller: Caller, hashes: Iterable[str]) -> tuple[CitingOut, ...]:
    found = caller.services.recalls.citing(caller.principal, hashes)
    return tuple(CitingOut.of(each) for each in found)
