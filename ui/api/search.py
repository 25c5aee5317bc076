"""Search: passages with how each was found and where it stands."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query

from assistant.question import LONGEST_QUESTION, check_question
from index.corpus import DocumentKind, Passage, PassageFilter
from index.retrieval import Retrieval
from ui.api.callers import Caller, Reader
from ui.api.texts import Text, Word, Words
from ui.schemas import PassageOut, SearchOut

router = APIRouter(tags=["search"])

_MOST_MARKS = 40  # in an address


class FoundPassage(PassageOut):
    """A passage; ``is_elsewhere`` marks one that does not apply to the machine asked about.

    ``links`` hold the picture of its page with the passage marked, where there is one.
    """

    revision_id: int
    is_elsewhere: bool
    links: dict[str, str]


class FoundOut(SearchOut):
    """What ``search --json`` prints, with links."""

    passages: tuple[FoundPassage, ...]


@router.get("/search", operation_id="search", summary="Search documents and tickets")
def search(
    caller: Reader,
    q: Annotated[
        Text,
        Query(min_length=1, max_length=LONGEST_QUESTION, examples=["cylinder creeps when warm"]),
    ],
    k: Annotated[int, Query(ge=1, le=100, description="how many passages")] = 8,
    asset: Annotated[Word | None, Query(examples=["PR-02"])] = None,
    site: Words = [],  # noqa: B006  read only, and OpenAPI shows it as the default
    kind: Annotated[list[DocumentKind], Query(max_length=20)] = [],  # noqa: B006
    language: Words = [],  # noqa: B006
    model: Words = [],  # noqa: B006
    serial: Annotated[Word | None, Query()] = None,
    revision: Words = [],  # noqa: B006
    superseded: Annotated[bool, Query(description="also search replaced revisions")] = False,
) -> FoundOut:
    """Passages that the user may see and all filters let through, the best first."""
    caller.require("ask")
    where = PassageFilter(
        asset=asset,
        kinds=tuple(kind),
        include_superseded=superseded,
        sites=tuple(site),
        models=tuple(model),
        serial=serial or "",
        revisions=tuple(revision),
        languages=tuple(language),
    )
    query = check_question(q)
    retrieval = caller.services.retriever.retrieve(query, caller.principal, k, where)
    return _shape(caller, query, retrieval)


def _shape(caller: Caller, query: str, retrieval: Retrieval) -> FoundOut:
    values = SearchOut.of(query, retrieval).model_dump(exclude={"passages"})
    passages = tuple(_passage(caller, passage) for passage in retrieval.passages)
    return FoundOut(**values, passages=passages)


def _passage(caller: Caller, passage: Passage) -> FoundPassage:
    shape = PassageOut.of(passage)
    links: dict[str, str] = {}
    if passage.kind != "history":
        path = caller.path("documents", passage.revision_id)
        links["document"] = path
        if shape.boxes:
            links["page"] = f"{path}/pages/{passage.page}.png?{_marks(shape, passage.page)}"
    return FoundPassage(
        **shape.model_dump(),
        revision_id=passage.revision_id,
        is_elsewhere=passage.is_elsewhere,
        links=links,
    )


def _marks(shape: PassageOut, page: int) -> str:
    boxes = [box for box in shape.boxes if box.page == page][:_MOST_MARKS]
    marks = ";".join(f"{b.left:.0f},{b.bottom:.0f},{b.right:.0f},{b.top:.0f}" for b in boxes)
    return urlencode({"marks": marks})
