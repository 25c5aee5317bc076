"""Documents: listed, looked at page by page, saved as they came in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pypdfium2 import PdfiumError

from index.catalog import StoredDocument
from index.corpus import PassageFilter, RevisionStatus
from index.listing import list_revisions
from ingest.errors import UnreadableDocument
from ingest.readers.image_file import IMAGE_ENDINGS
from ui.api.callers import Caller, Reader
from ui.api.errors import Problem, not_found
from ui.api.pages import Cursor, Limit, cursor_of, read_cursor
from ui.api.problems import problems
from ui.api.texts import OfDocuments, RowId, Text, Word, Words
from ui.document_schemas import DocumentOut
from ui.pages import page_picture, parse_marks
from ui.schemas import Schema

router = APIRouter(tags=["documents"])

_PIECE = 1 << 18  # bytes of a file that are read at once
_FILE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


class ListedDocument(DocumentOut):
    """What ``documents list --json`` prints, with links."""

    links: dict[str, str]

    @classmethod
    def of_stored(cls, caller: Caller, stored: StoredDocument) -> ListedDocument:
        """The shape of a revision."""
        path = caller.path("documents", stored.revision_id)
        links = {"self": path, "original": f"{path}/original"}
        if _has_pictures(stored):
            links["page"] = f"{path}/pages/1.png"
        return cls(**DocumentOut.of(stored).model_dump(), links=links)


class DocumentsOut(Schema):
    """A page of revisions; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[ListedDocument, ...]
    next: str | None


@router.get(
    "/documents", operation_id="listDocuments", summary="Revisions of documents, by revision id"
)
def list_documents(
    caller: Reader,
    status: Annotated[
        list[RevisionStatus], Query(max_length=4, description="approved ones by default")
    ] = ["approved"],  # noqa: B006  read only, and OpenAPI shows it as the default
    q: Annotated[Word | None, Query(description="stands in the title or number")] = None,
    asset: Annotated[Word | None, Query(description="what applies to it")] = None,
    site: Words = [],  # noqa: B006
    kind: Annotated[list[OfDocuments], Query(max_length=4)] = [],  # noqa: B006
    language: Words = [],  # noqa: B006
    model: Words = [],  # noqa: B006
    serial: Annotated[Word | None, Query()] = None,
    revision: Words = [],  # noqa: B006
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DocumentsOut:
    """What the user may see and all filters let through; tickets are listed at `/tickets`."""
    services, principal = caller.services, caller.principal
    if asset is not None:
        asset = services.assets.get(principal, asset).tag
    where = PassageFilter(
        asset=asset,
        kinds=tuple(kind),
        sites=tuple(site),
        models=tuple(model),
        serial=serial or "",
        revisions=tuple(revision),
        languages=tuple(language),
    )
    after = read_cursor(cursor, (int,))
    found = list_revisions(
        services.catalog,
        principal,
        where,
        tuple(status),
        text=q or "",
        after=int(after[0]) if after else 0,
        limit=limit + 1,
    )
    shown = found[:limit]
    items = tuple(ListedDocument.of_stored(caller, each) for each in shown)
    last = cursor_of(shown[-1].revision_id) if len(found) > limit else None
    return DocumentsOut(items=items, next=last)


@router.get(
    "/documents/{revision_id}",
    operation_id="getDocument",
    summary="A revision of a document",
    responses=problems(404),
)
def get_document(caller: Reader, revision_id: RowId) -> ListedDocument:
    """The revision, whatever its status, with what was read from it."""
    return ListedDocument.of_stored(caller, _stored(caller, revision_id))


@router.get(
    "/documents/{revision_id}/pages/{page}.png",
    operation_id="getPagePicture",
    summary="A page as a picture",
    response_class=Response,
    responses={
        200: {"description": "The picture.", "content": {"image/png": {}}},
        **problems(404),
    },
)
def page_of(
    caller: Reader,
    revision_id: RowId,
    page: RowId,
    marks: Annotated[
        Text,
        Query(
            max_length=4000,
            description="rectangles to mark, in points from the lower left corner: "
            "left,bottom,right,top;...",
            examples=["72,640,300,655"],
        ),
    ] = "",
) -> Response:
    """A page of a PDF or picture file; `X-Page-Height` is its height in points."""
    stored = _stored(caller, revision_id)
    if not _has_pictures(stored):
        raise not_found()
    try:
        rectangles = parse_marks(marks)
    except ValueError as error:
        raise Problem(422, "marks: they are left,bottom,right,top in points, with ;.") from error
    try:
        picture = page_picture(_path(caller, stored), page, rectangles)
    except (IndexError, ValueError, OSError, PdfiumError, UnreadableDocument) as error:
        raise not_found() from error
    headers = {"Cache-Control": "private, no-cache", "X-Page-Height": f"{picture.height:.2f}"}
    return Response(picture.png, media_type="image/png", headers=headers)


@router.get(
    "/documents/{revision_id}/original",
    operation_id="getOriginal",
    summary="The file as it came in",
    response_class=Response,
    responses={
        200: {
            "description": "The file, to be saved.",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        },
        **problems(404),
    },
)
def original(caller: Reader, revision_id: RowId) -> StreamingResponse:
    """The bytes that were ingested, never shown inside a page."""
    stored = _stored(caller, revision_id)
    try:
        file = _path(caller, stored).open("rb")  # before the answer begins: it may be gone
    except OSError as error:
        raise not_found() from error
    size = os.fstat(file.fileno()).st_size
    headers = {
        **_FILE_HEADERS,
        "Content-Length": str(size),
        "Content-Disposition": disposition(_name(stored)),
    }
    return StreamingResponse(_pieces(file), media_type="application/octet-stream", headers=headers)


def disposition(name: str) -> str:
    """The header that has a browser save a file under a name, whatever is in it (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _name(stored: StoredDocument) -> str:
    """The name of the file as it came in, without what a file system or header trips over."""
    last = re.split(r"[/\\]", stored.source)[-1]
    clean = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    ending = Path(stored.original).suffix
    stem = clean[: -len(ending)] if clean.lower().endswith(ending) else clean
    return (stem[:120] or f"document-{stored.revision_id}") + ending


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _stored(caller: Caller, revision_id: int) -> StoredDocument:
    return caller.services.curator.revision(caller.principal, revision_id)


def _path(caller: Caller, stored: StoredDocument) -> Path:
    return caller.services.home.originals / stored.original


def _has_pictures(stored: StoredDocument) -> bool:
    return stored.original.endswith((".pdf", *IMAGE_ENDINGS))
