"""The JSON that commands print with ``--json``; answers and work orders have models of their own.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from index.catalog import StoredDocument
from index.corpus import Passage
from index.evaluation import KindScore, Miss
from index.retrieval import Retrieval
from ingest.pipeline import FileReport
from ingest.tickets import ImportReport


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


class FileOut(Schema):
    """What became of one ingested file."""

    path: str
    outcome: str
    reason: str
    title: str
    document_number: str
    revision: str
    status: str
    chunks: int
    codes: int
    safety_messages: int
    report: dict[str, object]
    seconds: float

    @classmethod
    def of(cls, report: FileReport) -> FileOut:
        """The shape of a file's report."""
        return cls(
            path=str(report.path),
            outcome=report.outcome,
            reason=report.reason,
            title=report.title,
            document_number=report.number,
            revision=report.revision,
            status=report.status,
            chunks=report.chunks,
            codes=report.codes,
            safety_messages=report.safety_messages,
            report=report.details,
            seconds=report.seconds,
        )


class IngestOut(Schema):
    """The result of ``ingest``."""

    added: int
    unchanged: int
    failed: int
    files: tuple[FileOut, ...]

    @classmethod
    def of(cls, reports: Sequence[FileReport]) -> IngestOut:
        """The shape of a run."""
        outcomes = [report.outcome for report in reports]
        return cls(
            added=outcomes.count("added"),
            unchanged=outcomes.count("unchanged"),
            failed=outcomes.count("failed"),
            files=tuple(FileOut.of(report) for report in reports),
        )


class ProgressOut(Schema):
    """A line of ``ingest --progress-json``: how far one file is."""

    path: str
    stage: str
    done: int
    total: int


class FlaggedOut(Schema):
    """A ticket row that is in, with what is odd about it; ``row`` is its line in the file."""

    row: int
    ticket_id: str
    reasons: tuple[str, ...]


class ImportOut(Schema):
    """The result of ``tickets import``; the four counts of rows add up to ``read``."""

    path: str
    encoding: str
    delimiter: str
    columns: dict[str, str]
    read: int
    imported: int
    updated: int
    unchanged: int
    unresolved_assets: int
    flagged: tuple[FlaggedOut, ...]

    @classmethod
    def of(cls, report: ImportReport) -> ImportOut:
        """The shape of an import."""
        return cls(
            path=str(report.path),
            encoding=report.encoding,
            delimiter=report.delimiter,
            columns=report.columns,
            read=report.read,
            imported=report.outcomes["imported"],
            updated=report.outcomes["updated"],
            unchanged=report.outcomes["unchanged"],
            unresolved_assets=report.unresolved_assets,
            flagged=tuple(
                FlaggedOut(row=f.row, ticket_id=f.ticket_id, reasons=f.reasons)
                for f in report.flagged
            ),
        )


class DocumentOut(Schema):
    """A document of ``documents list``."""

    id: int
    title: str
    document_number: str
    revision: str
    kind: str
    pages: int
    chunks: int
    models: tuple[str, ...]
    assets: tuple[str, ...]
    ingested_at: str

    @classmethod
    def of(cls, document: StoredDocument) -> DocumentOut:
        """The shape of a document."""
        return cls(
            id=document.document_id,
            title=document.title,
            document_number=document.number,
            revision=document.revision,
            kind=document.kind,
            pages=document.pages,
            chunks=document.chunks,
            models=document.models,
            assets=document.assets,
            ingested_at=document.ingested_at,
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


class DoctorOut(Schema):
    """The result of ``doctor``."""

    checks: tuple[CheckOut, ...]
