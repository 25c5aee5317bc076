"""What people do with documents that are in: let through, withdraw, correct, delete.

A decision is recorded before it is carried out, so that a process that dies in between leaves
something to finish, and a rebuild comes to the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from index.access import LOCAL, Principal
from index.auditing import Auditor, KnowledgeAction, NoAuditor
from index.caches import Caches
from index.catalog import EVERY_STATUS, Catalog, StoredDocument
from index.correcting import carry_out
from index.corrections import Corrections, check, identity_of
from index.decisions import Decisions
from index.deletion import Deleted, delete_document, find_traces
from index.document_status import StatusChange, approve, restore, withdraw
from index.errors import DocumentUnknown, StatusRefused
from index.home import Home
from index.intake import Intake
from index.intake_items import IntakeItem
from index.steps import step
from index.visibility import check_change, check_reach


@dataclass(frozen=True, slots=True)
class Deletion:
    """A document that is gone, and what a search of every store found of it."""

    document: StoredDocument
    content_hashes: tuple[str, ...]
    traces: dict[str, int]


class Curator:
    """Carries out what people decide about documents."""

    def __init__(
        self,
        home: Home,
        catalog: Catalog,
        intake: Intake,
        corrections: Corrections,
        decisions: Decisions,
        audit: Auditor | None = None,
    ) -> None:
        self._audit = audit or NoAuditor()
        self._home = home
        self._catalog = catalog
        self._intake = intake
        self._corrections = corrections
        self._decisions = decisions

    def revision(self, principal: Principal, revision_id: int) -> StoredDocument:
        """One revision, whatever its status.

        Raises:
            DocumentUnknown: there is none that the principal may see.
        """
        found = self._catalog.revision(principal, revision_id)
        if found is None or found.kind == "history":
            raise DocumentUnknown(
                f"There is no revision {revision_id}. 'faultbook documents list --all' shows them."
            )
        return found

    def _own(self, principal: Principal, revision_id: int) -> StoredDocument:
        """One revision that the principal may decide about.

        Raises:
            DocumentUnknown: there is none that the principal may see.
            NotAllowed: the role does not allow it, or the document belongs to every site.
        """
        principal.require("curate")
        stored = self.revision(principal, revision_id)
        check_change(principal, stored.title, stored.site, stored.groups)
        return stored

    def approve(self, principal: Principal, revision_ids: Sequence[int]) -> list[StatusChange]:
        """Let revisions answer.

        Raises:
            NotAllowed: the principal may not decide about one of them.
            DocumentUnknown: one of them is not there.
            StatusRefused: a newer revision is approved.
        """
        with self._changing():
            hashes = [self._own(principal, each).content_hash for each in revision_ids]
            self._note(principal, "approve", hashes)
            record = self._decisions.record
            numbers = record(hashes, "approved", "", principal.user, is_done=False)
            step("decision written")
            try:
                changes = approve(self._catalog, revision_ids)
            except StatusRefused:
                self._decisions.drop(numbers)
                self._note(principal, "refused", hashes, what="approve")
                raise
            step("decision carried out")
            self._decisions.mark_done(numbers)
            return changes

    def withdraw(
        self, principal: Principal, revision_ids: Sequence[int], reason: str
    ) -> list[StatusChange]:
        """Let revisions answer no more; they can still be looked at.

        Raises:
            NotAllowed: the principal may not decide about one of them.
            DocumentUnknown: one of them is not there.
        """
        with self._changing():
            hashes = [self._own(principal, each).content_hash for each in revision_ids]
            self._note(principal, "withdraw", hashes)
            record = self._decisions.record
            numbers = record(hashes, "withdrawn", reason, principal.user, is_done=False)
            step("decision written")
            changes = withdraw(self._catalog, revision_ids)
            step("decision carried out")
            self._decisions.mark_done(numbers)
            return changes

    def correct(
        self, principal: Principal, revision_id: int, values: Mapping[str, Any]
    ) -> StoredDocument:
        """Correct what is said about a document; return it as it is then.

        Raises:
            DocumentUnknown: it is not there.
            NotAllowed: the principal may not decide about it, or gives a site or groups that are
                not the principal's own.
            CorrectionRefused: a field or a value is none that a document can have.
        """
        with self._changing():
            stored = self._own(principal, revision_id)
            _check_given(principal, stored, values)
            old = identity_of(stored.number, stored.source, stored.reach)
            self._note(principal, "correct", [stored.content_hash], fields=sorted(values))
            number = str(values.get("number", stored.number)).strip()
            identity = identity_of(number, stored.source, stored.reach)
            self._corrections.put(stored.content_hash, identity, values, principal.user)
            if identity != old:
                is_new = not self._catalog.has_identity(identity)
                scope, key = ("document", identity) if is_new else ("revision", stored.content_hash)
                self._corrections.carry(old, scope, key)
            step("correction written")
            carry_out(self._catalog, self._corrections)
            found = self._catalog.visible_content(principal, stored.content_hash)
        if found is None:
            raise DocumentUnknown(f"{stored.title} was deleted before it could be corrected.")
        return found

    def delete(
        self, principal: Principal, document_id: int, caches: Callable[[], Caches]
    ) -> Deletion:
        """Delete a document with all its revisions, and search every store for what is left.

        Raises:
            NotAllowed: the principal may not decide about it.
            DocumentUnknown: it is not there.
        """
        principal.require("curate")
        with self._changing(), self._home.deleting():
            gone = None
            is_noted = False
            while gone is None:
                revisions = [
                    stored
                    for stored in self._catalog.documents(principal, EVERY_STATUS)
                    if stored.document_id == document_id and stored.kind != "history"
                ]
                if not revisions:
                    raise DocumentUnknown(
                        f"There is no document {document_id}. 'faultbook documents list' shows "
                        "them."
                    )
                for each in revisions:
                    check_change(principal, each.title, each.site, each.groups)
                if not is_noted:
                    hashes = [stored.content_hash for stored in revisions]
                    self._note(principal, "delete", hashes, document=document_id)
                    is_noted = True
                gone = self._delete(revisions)
        traces = find_traces(self._home, self._catalog, caches(), gone)
        return Deletion(gone.document, gone.content_hashes, traces)

    def discard(self, principal: Principal, item_id: int) -> IntakeItem:
        """Remove a file that never became knowledge, with its copy among the originals.

        Raises:
            NotAllowed: the principal may not decide about it.
            DocumentUnknown: no file with this number failed or was cancelled.
        """
        principal.require("curate")
        with self._changing(), self._home.deleting():
            item = self._intake.item(principal, item_id)
            is_idle = item is not None and item.state in ("failed", "cancelled")
            if item is None or not is_idle or self._catalog.find_content(item.content_hash):
                raise DocumentUnknown(
                    f"No file that failed or was cancelled has the number {item_id}. "
                    "'faultbook intake list --all' shows them; what was read is deleted by "
                    "'faultbook documents delete'."
                )
            check_change(principal, item.name, item.site, item.groups)
            self._note(principal, "delete", [item.content_hash], intake=item_id)
            self._intake.mark_deleting([item.content_hash])
            step("deletion marked")
            self._finish_deletion(item.content_hash)
        return item

    def finish_deletions(self) -> int:
        """Finish what a process that died left half done; return how many files were half deleted.

        Decisions and corrections that were only written down are carried out as well.
        """
        self._home.drop_drafts()
        with self._changing():
            self._home.drop_rebuilt()
            with self._home.deleting():
                half = [item.content_hash for item in self._intake.items(LOCAL, "deleting")]
                for content_hash in half:
                    self._finish_deletion(content_hash)
            self._decide()
            carry_out(self._catalog, self._corrections)
        return len(half)

    def _note(
        self,
        principal: Principal,
        action: KnowledgeAction,
        content_hashes: Sequence[str],
        **details: Any,
    ) -> None:
        """Log what is about to be done, by the contents of the files: ids change."""
        short = [content_hash[:16] for content_hash in content_hashes]
        self._audit.note(principal, action, short[0] if short else "", files=short, **details)

    def _delete(self, revisions: Sequence[StoredDocument]) -> Deleted | None:
        """Delete a document; None where a revision came in since it was looked at."""
        hashes = [stored.content_hash for stored in revisions]
        self._intake.mark_deleting(hashes)
        step("deletion marked")
        # While the document is still there, as it tells which corrections were its own.
        first = revisions[0]
        identity = identity_of(first.number, first.source, first.reach)
        self._corrections.forget(hashes, identity)
        self._decisions.forget(hashes)
        gone = delete_document(self._catalog, revisions[0].document_id, hashes)
        if gone is not None:
            self._forget(gone.content_hashes, gone.originals)
        return gone

    def _finish_deletion(self, content_hash: str) -> None:
        while (stored := self._catalog.find_content(content_hash)) is not None:
            document = self._catalog.documents(LOCAL, EVERY_STATUS)
            same = [other for other in document if other.document_id == stored.document_id]
            if not same or self._delete(same) is not None:
                break
        self._corrections.forget([content_hash])
        self._decisions.forget([content_hash])
        self._forget([content_hash], ())

    def _forget(self, content_hashes: Sequence[str], originals: Sequence[str]) -> None:
        # The same content may have been kept under several endings.
        kept = [
            path.name
            for content_hash in content_hashes
            for path in self._home.originals.glob(f"{content_hash}.*")
        ]
        names = [*originals, *kept]
        self._intake.forget(content_hashes, names, self._home.unlink_original)
        self._home.drop_recognised()

    def _decide(self) -> None:
        for decision in self._decisions.pending():
            stored = self._catalog.find_content(decision.content_hash)
            if stored is not None and decision.status == "approved":
                approve(self._catalog, [stored.revision_id], is_past=True)
            elif stored is not None:
                restore(self._catalog, {decision.content_hash: decision.status})
            self._decisions.mark_done([decision.number])

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._home.changing_knowledge():
            # A rebuild may have put another file in the place of the one that is open.
            self._catalog.engine.dispose()
            yield


def _check_given(principal: Principal, stored: StoredDocument, values: Mapping[str, Any]) -> None:
    """Go on only if a site and groups that are given are the principal's own.

    Groups that the document has already may stay.
    """
    if "site" not in values and "groups" not in values:
        return
    site = check("site", values.get("site", stored.site or "")) or None
    groups = check("groups", values.get("groups", stored.groups))
    added = [group for group in groups if group not in stored.groups]
    check_reach(principal, site, added)
    check_change(principal, stored.title, site, groups)
