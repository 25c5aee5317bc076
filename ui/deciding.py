"""What people decide about a revision, carried out and told as HTML."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import AssistantError
from index.access import Principal
from index.catalog import StoredDocument
from index.errors import KnowledgeError
from ui.document_detail import citing_html, deletion_html
from ui.wiring import Services

FAILURES = (KnowledgeError, AssistantError, SQLAlchemyError, OSError)
"""What keeps a decision from being carried out; :func:`in_words` tells it."""


def may_decide(principal: Principal, stored: StoredDocument) -> bool:
    """Tell whether a user may decide about a document that they see."""
    return principal.may("curate") and principal.may_change(stored.site, stored.groups)


def approve(services: Services, principal: Principal, revision_id: int) -> str:
    """Let a revision answer."""
    changes = services.curator.approve(principal, [revision_id])
    replaced = [change.content_hash for change in changes if change.before == "approved"]
    said = "<p><b>Approved.</b> It answers from now on.</p>"
    return said + (told_citing(services, principal, replaced) if replaced else "")


def withdraw(services: Services, principal: Principal, revision_id: int, reason: str) -> str:
    """Let a revision answer no more."""
    services.curator.withdraw(principal, [revision_id], reason.strip())
    stored = services.curator.revision(principal, revision_id)
    citing = told_citing(services, principal, [stored.content_hash])
    return f"<p><b>Withdrawn.</b> It answers no more.</p>{citing}"


def delete(services: Services, principal: Principal, revision_id: int) -> str:
    """Delete the document of a revision with all its revisions."""
    stored = services.curator.revision(principal, revision_id)
    deletion = services.curator.delete(principal, stored.document_id, lambda: services.caches)
    return deletion_html(deletion, services.recalls.citing(principal, deletion.content_hashes))


def told_citing(services: Services, principal: Principal, content_hashes: Iterable[str]) -> str:
    """What cites these contents, as far as it is the user's to know."""
    return citing_html(services.recalls.citing(principal, content_hashes))


def in_words(error: Exception) -> str:
    """Why something was not done, and what to do."""
    if isinstance(error, KnowledgeError | AssistantError):
        return str(error)
    cause = getattr(error, "orig", None) or error
    return f"Nothing was changed: {cause}. Wait a moment and try again."
