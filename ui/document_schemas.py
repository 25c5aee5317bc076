"""The JSON that commands about documents print with ``--json``.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recalls import Citing
from index.catalog import StoredDocument
from index.document_status import StatusChange
from index.intake_items import IntakeItem
from ingest.curation import Deletion
from ingest.pipeline import FileReport
from ui.schemas import Schema


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
    retagged: int
    unchanged: int
    cancelled: int
    failed: int
    files: tuple[FileOut, ...]

    @classmethod
    def of(cls, reports: Sequence[FileReport]) -> IngestOut:
        """The shape of a run."""
        outcomes = [report.outcome for report in reports]
        return cls(
            added=outcomes.count("added"),
            retagged=outcomes.count("retagged"),
            unchanged=outcomes.count("unchanged"),
            cancelled=outcomes.count("cancelled"),
            failed=outcomes.count("failed"),
            files=tuple(FileOut.of(report) for report in reports),
        )


class IntakeOut(Schema):
    """A file of ``intake list``; ``done`` of ``total`` is how far its stage is."""

    id: int
    kind: str
    name: str
    state: str
    stage: str
    done: int
    total: int
    reason: str
    taken_at: str
    started_at: str | None
    finished_at: str | None
    by: str = ""
    site: str | None = None
    groups: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: IntakeItem) -> IntakeOut:
        """The shape of an item."""
        return cls(
            id=item.item_id,
            kind=item.kind,
            name=item.name,
            state=item.state,
            stage=item.stage,
            done=item.done,
            total=item.total,
            reason=item.reason,
            taken_at=item.taken_at,
            started_at=item.started_at,
            finished_at=item.finished_at,
            by=item.by,
            site=item.site,
            groups=item.groups,
        )


class DocumentOut(Schema):
    """A revision of ``documents list``; ``id`` is that of its document."""

    id: int
    revision_id: int
    title: str
    document_number: str
    revision: str
    date: str
    status: str
    language: str
    kind: str
    site: str | None
    pages: int
    chunks: int
    models: tuple[str, ...]
    serials: tuple[str, ...]
    assets: tuple[str, ...]
    ingested_at: str
    report: dict[str, object]
    groups: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: StoredDocument) -> DocumentOut:
        """The shape of a document."""
        return cls(
            id=document.document_id,
            revision_id=document.revision_id,
            title=document.title,
            document_number=document.number,
            revision=document.revision,
            date=document.date,
            status=document.status,
            language=document.language,
            kind=document.kind,
            site=document.site,
            pages=document.pages,
            chunks=document.chunks,
            models=document.models,
            serials=document.serials,
            assets=document.assets,
            ingested_at=document.ingested_at,
            report=document.report,
            groups=document.groups,
        )


class CitingOut(Schema):
    """An answer or work order that cites a document."""

    kind: str
    id: str
    number: str
    owner: str
    at: str
    title: str

    @classmethod
    def of(cls, citing: Citing) -> CitingOut:
        """The shape of what cites."""
        return cls(
            kind=citing.kind,
            id=citing.record_id,
            number=citing.number,
            owner=citing.owner,
            at=citing.at,
            title=citing.title,
        )


class StatusOut(Schema):
    """The result of ``documents approve`` and ``withdraw``."""

    changes: tuple[tuple[str, str, str], ...]
    citing: tuple[CitingOut, ...]

    @classmethod
    def of(cls, changes: Sequence[StatusChange], citing: Sequence[Citing]) -> StatusOut:
        """The shape of what changed and of what cites it."""
        return cls(
            changes=tuple((c.content_hash, c.before, c.after) for c in changes),
            citing=tuple(CitingOut.of(each) for each in citing),
        )


class DeletionOut(Schema):
    """The result of ``documents delete``; ``traces`` counts what a search of every store found."""

    id: int
    title: str
    revisions: int
    traces: dict[str, int]
    citing: tuple[CitingOut, ...]

    @classmethod
    def of(cls, deletion: Deletion, citing: Sequence[Citing]) -> DeletionOut:
        """The shape of a deletion."""
        return cls(
            id=deletion.document.document_id,
            title=deletion.document.title,
            revisions=len(deletion.content_hashes),
            traces=deletion.traces,
            citing=tuple(CitingOut.of(each) for each in citing),
        )
