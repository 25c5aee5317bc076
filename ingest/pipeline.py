"""The trip of a document: file to knowledge, one transaction each, one bad file harms no other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from index.access import Principal
from index.catalog import Catalog
from index.chunk_rows import Vectors
from index.corpus import Chunk, Document, Knowledge
from index.correcting import carry_out, correct_again
from index.corrections import Corrections, identity_of
from index.embedding import Embedder, embed_missing
from index.errors import VectorsMissing
from index.home import Home
from index.intake_items import IntakeItem
from index.reaching import reach_to_join
from index.steps import step
from index.storing import described, drop_unused_vectors, keep_vectors, store
from ingest.chunking import cut
from ingest.code_extraction import find_codes
from ingest.errors import EmptyDocument, IngestCancelled, IngestError
from ingest.reading import read_file
from ingest.safety import find_messages
from ingest.table_importing import import_table
from ingest.tagging import Stated, describe

logger = logging.getLogger(__name__)

Stage = Literal["reading", "embedding", "storing"]
Progress = Callable[[Stage, int, int], bool]
"""Called with the stage of a file and how much of it is done of how much; False cancels it."""

Outcome = Literal["added", "retagged", "unchanged", "failed", "cancelled"]

_KEPT_AT_ONCE = 1024  # vectors: what is lost at most where an ingestion is cut off
_MOST_TRIES = 5  # to embed what a deletion took the vectors of meanwhile
_MOST_HIDDEN = 200  # pieces of hidden text that a report lists
_MOST_HIDDEN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; ``reason`` says why where it failed.

    ``stored_at`` is when it came into the knowledge (ISO 8601, UTC), ``reach`` is that of the
    document that it became (see :mod:`index.reaching`).
    """

    path: Path
    outcome: Outcome
    reason: str = ""
    title: str = ""
    number: str = ""
    revision: str = ""
    status: str = ""
    chunks: int = 0
    codes: int = 0
    safety_messages: int = 0
    details: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    stored_at: str = ""
    reach: str | None = None


class Pipeline:
    """Makes knowledge of files that were taken in."""

    def __init__(
        self, home: Home, catalog: Catalog, corrections: Corrections, embedder: Embedder
    ) -> None:
        self._home = home
        self._catalog = catalog
        self._corrections = corrections
        self._embedder = embedder

    def run(self, item: IntakeItem, progress: Progress) -> FileReport:
        """Make knowledge of one file and say what became of it; it raises nothing."""
        started = time.perf_counter()
        path = Path(item.name)
        try:
            report = self._run(item, path, progress)
        except IngestCancelled:
            drop_unused_vectors(self._catalog)
            report = FileReport(path, "cancelled", f"{path} was cancelled.")
        except IngestError as error:
            drop_unused_vectors(self._catalog)
            original = str(self._home.originals / item.original)
            report = FileReport(path, "failed", str(error).replace(original, item.name))
        except Exception as error:  # the border of one file: the run goes on
            logger.exception("ingesting %s", path)
            report = FileReport(
                path, "failed", f"{path}: unexpected {type(error).__name__}: {error}"
            )
        return replace(report, seconds=round(time.perf_counter() - started, 3))

    def reconnect(self) -> None:
        """Open the knowledge anew: another file may have taken its place since it was opened."""
        self._catalog.engine.dispose()

    def restate(self, principal: Principal, item: IntakeItem, stated: Stated) -> FileReport | None:
        """Apply what is stated about a file that is in already; None if it is in no more.

        Where the principal may not change the document, it stays as it is.
        """
        path = Path(item.name)
        if self._catalog.find_content(item.content_hash) is None:
            return None
        known = self._catalog.visible_content(principal, item.content_hash)
        if known is None:  # it was given to others since the item was looked at
            return FileReport(path, "unchanged")
        facts = FileReport(
            path,
            "unchanged",
            title=known.title,
            number=known.number,
            revision=known.revision,
            status=known.status,
            reach=known.reach,
        )
        if not stated.values() or not principal.may_change(known.site, known.groups):
            return facts
        before = described(self._catalog, item.content_hash)
        if before is None:
            return None
        self._state(before, item, stated.values())
        changed = carry_out(self._catalog, self._corrections)
        return replace(facts, outcome="retagged") if item.content_hash in changed else facts

    def _run(self, item: IntakeItem, path: Path, progress: Progress) -> FileReport:
        if item.kind != "document":
            import_table(self._catalog, self._embedder, self._home.originals, item)
            return FileReport(path, "added", title=path.name)
        stated = Stated.of(item.options)
        if self._catalog.find_content(item.content_hash) is not None:
            # The process that stored it died before it could say so.
            return self._report(item, path, {})
        progress("reading", 0, 1)
        original = self._home.originals / item.original
        contents = read_file(
            original,
            progress=lambda done, total: progress("reading", done, max(total, 1)),
            ocr_cache=self._home.recognised,
        )
        step("read")
        document = describe(contents, path, stated)
        document = replace(document, reach=self._reach(document, item, stated))
        # What a person corrected since the file was taken in counts more than what was stated then.
        self._state(document, item, stated.values(), since=item.taken_at)
        document = self._corrections.apply(document, item.content_hash, item.source)
        chunks, sections = cut(document.blocks)
        if not chunks:
            raise EmptyDocument(
                f"{path} holds nothing but headings. Check that it is the right file."
            )
        messages, chunks = find_messages(document.blocks, chunks, sections)
        codes = find_codes(chunks, document.title)
        details = {
            **contents.report,
            "safety_messages": len(messages),
            "codes": sum(entry.kind == "alarm" for entry in codes),
            "parts": sum(entry.kind == "part" for entry in codes),
            "hidden": [
                [hidden.page, hidden.text[:_MOST_HIDDEN_CHARACTERS], hidden.reason]
                for hidden in contents.hidden[:_MOST_HIDDEN]
            ],
            "hidden_pieces": len(contents.hidden),
        }
        knowledge = Knowledge(
            document=document,
            chunks=chunks,
            sections=sections,
            safety=messages,
            codes=codes,
            source=item.source,
            content_hash=item.content_hash,
            original=item.original,
            report=details,
        )
        self._store(knowledge, progress, hold=bool(item.options.get("hold")))
        progress("storing", 1, 1)
        return self._report(item, path, details)

    def _reach(self, document: Document, item: IntakeItem, stated: Stated) -> str:
        """The reach of the document that a file belongs to; what was decided once stays."""
        known = item.report.get("reach")
        if known is not None:
            return str(known)
        if item.state == "done" or item.report.get("outcome") == "added":
            return ""  # it came in before there were reaches
        number = self._corrections.apply(document, item.content_hash, item.source).number
        return reach_to_join(self._catalog, number, item.source, stated.site, stated.groups)

    def _store(self, knowledge: Knowledge, progress: Progress, *, hold: bool) -> None:
        for tries in range(_MOST_TRIES):
            last = self._embed(knowledge.chunks, progress)
            _go_on(progress("storing", 0, 1))
            try:
                store(
                    self._catalog,
                    knowledge,
                    self._embedder.identity,
                    last,
                    hold=hold,
                    is_whole=True,
                )
                return
            except VectorsMissing:
                if tries + 1 == _MOST_TRIES:
                    raise

    def _state(
        self, document: Document, item: IntakeItem, values: Mapping[str, object], since: str = ""
    ) -> None:
        """Note what is stated at ingestion as a correction, but for what was corrected since."""
        if not values:
            return
        corrected = self._corrections.apply(document, item.content_hash, item.source)
        identity = identity_of(corrected.number, item.source, document.reach)
        known = self._corrections.of(item.content_hash, identity)
        later = {correction.field for correction in known if since and correction.at >= since}
        values = {field: value for field, value in values.items() if field not in later}
        self._corrections.put(item.content_hash, identity, values, "ingest")

    def _embed(self, chunks: Sequence[Chunk], progress: Progress) -> Vectors:
        """Embed what is new; return the vectors that are not kept yet."""
        pending: dict[str, np.ndarray] = {}
        for done, total, rows in embed_missing(
            self._embedder, self._catalog.missing_vectors, chunks
        ):
            pending.update(rows)
            if len(pending) >= _KEPT_AT_ONCE:
                keep_vectors(self._catalog, self._embedder.identity, pending)
                pending = {}
            _go_on(progress("embedding", done, total))
        return pending

    def _report(self, item: IntakeItem, path: Path, details: dict[str, object]) -> FileReport:
        correct_again(self._catalog, self._corrections, item.content_hash, item.source)
        carry_out(self._catalog, self._corrections)
        stored = self._catalog.find_content(item.content_hash)
        if stored is None:
            raise IngestCancelled(f"{path} was deleted as soon as it was stored.")
        details = details or stored.report
        return FileReport(
            path,
            "added",
            title=stored.title,
            number=stored.number,
            revision=stored.revision,
            status=stored.status,
            chunks=stored.chunks,
            codes=sum(int(str(details.get(name, 0))) for name in ("codes", "parts")),
            safety_messages=int(str(details.get("safety_messages", 0))),
            details=details,
            stored_at=stored.ingested_at,
            reach=stored.reach,
        )


def _go_on(is_wanted: bool) -> None:
    if not is_wanted:
        raise IngestCancelled
