"""The JSON that commands print with ``--json``; answers and work orders have models of their own.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from index.corpus import Passage
from index.evaluation import KindScore, Miss
from index.retrieval import Retrieval


class Schema(BaseModel):
    """Base of all shapes."""

    model_config = ConfigDict(frozen=True)


class BoxOut(Schema):
    """A rectangle on a page in PDF points from the lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


class PassageOut(Schema):
    """A passage of ``search``; ``paths`` tell how it was found, the deciding one first."""

    rank: int
    paths: tuple[str, ...]
    document: str
    document_number: str
    revision: str
    kind: str
    page: int
    locator: str
    section: tuple[str, ...]
    boxes: tuple[BoxOut, ...]
    text: str

    @classmethod
    def of(cls, passage: Passage) -> PassageOut:
        """The shape of a passage."""
        return cls(
            rank=passage.rank,
            paths=passage.paths,
            document=passage.document,
            document_number=passage.document_number,
            revision=passage.revision,
            kind=passage.kind,
            page=passage.page,
            locator=passage.locator,
            section=passage.heading_path,
            boxes=tuple(
                BoxOut(page=b.page, left=b.left, bottom=b.bottom, right=b.right, top=b.top)
                for sentence in passage.sentences
                for b in sentence.boxes
            ),
            text=passage.text,
        )


class SearchOut(Schema):
    """The result of ``search``."""

    query: str
    asset: str | None
    code_status: str
    unknown_codes: tuple[str, ...]
    searched_documents: int
    seconds: float
    passages: tuple[PassageOut, ...]

    @classmethod
    def of(cls, query: str, retrieval: Retrieval) -> SearchOut:
        """The shape of a retrieval."""
        return cls(
            query=query,
            asset=retrieval.asset.tag if retrieval.asset else None,
            code_status=retrieval.code_status,
            unknown_codes=retrieval.unknown_codes,
            searched_documents=retrieval.searched,
            seconds=round(retrieval.seconds, 4),
            passages=tuple(PassageOut.of(passage) for passage in retrieval.passages),
        )


class KindOut(Schema):
    """Means over the queries of one kind; latencies in milliseconds."""

    kind: str
    queries: int
    ndcg_at_10: float
    recall_at_10: float
    mrr: float
    hit_at_1: float
    latency_p50_ms: float
    latency_p95_ms: float


class MissOut(Schema):
    """A query whose first passage is not relevant."""

    query_id: str
    kind: str
    text: str
    found: str
    wanted: tuple[str, ...]


class RetrievalOut(Schema):
    """The result of ``evaluate retrieval``. ``negatives`` are questions for unknown codes."""

    folder: str
    documents: int
    kinds: tuple[KindOut, ...]
    negatives: int
    negatives_passed: int
    misses: tuple[MissOut, ...]

    @classmethod
    def of(
        cls,
        folder: str,
        documents: int,
        kinds: Iterable[KindScore],
        negatives: tuple[int, int],
        misses: Iterable[Miss],
    ) -> RetrievalOut:
        """The shape of an evaluation; ``negatives`` are (asked, passed)."""
        return cls(
            folder=folder,
            documents=documents,
            kinds=tuple(
                KindOut(
                    kind=k.kind,
                    queries=k.queries,
                    ndcg_at_10=round(k.ndcg_at_10, 4),
                    recall_at_10=round(k.recall_at_10, 4),
                    mrr=round(k.mrr, 4),
                    hit_at_1=round(k.hit_at_1, 4),
                    latency_p50_ms=round(k.latency_p50_ms, 1),
                    latency_p95_ms=round(k.latency_p95_ms, 1),
                )
                for k in kinds
            ),
            negatives=negatives[0],
            negatives_passed=negatives[1],
            misses=tuple(
                MissOut(
                    query_id=m.query_id, kind=m.kind, text=m.text, found=m.found, wanted=m.wanted
                )
                for m in misses
            ),
        )


class ModelOut(Schema):
    """A model of ``models list``."""

    name: str
    use: str
    licence: str
    is_fetched: bool
    problem: str
    folder: str


class CheckOut(Schema):
    """One check of ``doctor``."""

    name: str
    is_ok: bool
    detail: str


class PromptOut(Schema):
    """A prompt with the text of it that is used; ``reason`` says why."""

    name: str
    version: int
    sha256: str
    use: Literal["shipped", "override", "not evaluated", "failed", "malformed"]
    file: str
    reason: str


class DoctorOut(Schema):
    """The result of ``doctor``."""

    checks: tuple[CheckOut, ...]
