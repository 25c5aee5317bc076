"""Let drafts through together if the golden questions still pass, and take that back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering import Assistant
from assistant.evaluation import GoldenQuestion, QuestionScore, evaluate
from assistant.llm.choice import ModelSlot
from index import tables
from index.access import Principal
from index.caches import Caches
from index.catalog import Catalog
from index.corpus import RevisionStatus
from index.database import open_engine, outside_transaction
from index.decisions import Decisions, Release
from index.document_status import approve, restore
from index.errors import KnowledgeError, NotAllowed
from index.retrieval import Retriever
from index.visibility import check_change, sees_everything
from ui.wiring import Services

_DRAFTS: tuple[RevisionStatus, ...] = ("draft",)

Shown = Callable[[int, int], None]
"""Called with how many questions are asked, of how many."""


class ReleaseRefused(KnowledgeError):
    """The drafts cannot be let through; the message says which questions fail."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the golden questions gave: ids that pass with the drafts and those that pass no more."""

    questions: int
    passed_before: int
    passed_after: int
    lost: tuple[str, ...]
    won: tuple[str, ...]


def release(
    services: Services,
    principal: Principal,
    questions: Sequence[GoldenQuestion],
    shown: Shown,
    *,
    force: bool = False,
) -> tuple[Release, Checked]:
    """Approve every draft, if no question that passes without them fails with them.

    The questions are asked of a copy of the knowledge in which the drafts are approved, without a
    language model: what it could add is not knowledge. Nothing changes where a question is lost,
    unless ``force`` says so.

    Raises:
        NotAllowed: the principal may not decide about one of the drafts.
        ReleaseRefused: there are no drafts, or a question is lost.
    """
    principal.require("curate")
    drafts = services.catalog.documents(principal, _DRAFTS)
    if not drafts:
        raise ReleaseRefused("No draft waits. 'faultbook ingest --hold' keeps new files as drafts.")
    for draft in drafts:
        check_change(principal, draft.title, draft.site, draft.groups)
    checked = _check(services, principal, questions, [d.content_hash for d in drafts], shown)
    if checked.lost and not force:
        raise ReleaseRefused(
            f"{len(checked.lost)} golden questions pass now and fail with the drafts: "
            f"{', '.join(checked.lost)}. Look at them with 'faultbook evaluate answers', "
            "or let the drafts through all the same with --force."
        )
    decisions = Decisions(services.records.engine)
    files = [draft.content_hash[:16] for draft in drafts]
    services.audit.note(principal, "release", files=files, lost=len(checked.lost), forced=force)
    with services.home.changing_knowledge():
        numbers = decisions.record(
            [draft.content_hash for draft in drafts], "approved", "", principal.user, is_done=False
        )
        changes = approve(services.catalog, [draft.revision_id for draft in drafts])
        decisions.mark_done(numbers)
    facts = {
        "questions": checked.questions,
        "passed_before": checked.passed_before,
        "passed_after": checked.passed_after,
        "lost": list(checked.lost),
        "won": list(checked.won),
    }
    decisions.add_release(changes, facts, principal.user)
    return decisions.releases()[0], checked


def roll_back(services: Services, principal: Principal) -> Release:
    """Give every revision the status that it had before the last release.

    Raises:
        NotAllowed: the principal may not curate, or does not see all that was released.
        ReleaseRefused: there is no release that could be taken back.
    """
    principal.require("curate")
    if not sees_everything(principal):
        raise NotAllowed("A release holds documents of every site. Ask an administrator.")
    decisions = Decisions(services.records.engine)
    last = next((r for r in decisions.releases() if r.rolled_back_at is None), None)
    if last is None:
        raise ReleaseRefused("There is no release to take back.")
    before = {change.content_hash: change.before for change in last.changes}
    reason = f"release {last.release_id} taken back"
    numbers: list[int] = []
    services.audit.note(principal, "rollback", str(last.release_id))
    with services.home.changing_knowledge():
        # Drafts first: while one stands, no older revision can be approved.
        for content_hash, status in sorted(before.items(), key=lambda item: item[1] != "draft"):
            numbers += decisions.record(
                [content_hash], status, reason, principal.user, is_done=False
            )
        restore(services.catalog, before)
        decisions.mark_done(numbers)
        decisions.mark_rolled_back(last.release_id)
    return last


def _check(
    services: Services,
    principal: Principal,
    questions: Sequence[GoldenQuestion],
    drafts: Sequence[str],
    shown: Shown,
) -> Checked:
    total = 2 * len(questions)
    before = _ask(
        services.catalog,
        services.caches,
        services,
        principal,
        questions,
        lambda done: shown(done, total),
    )
    with tempfile.TemporaryDirectory(dir=services.home.cache) as folder:
        copy = Path(folder) / "knowledge.db"
        with outside_transaction(services.catalog.engine) as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
        catalog = Catalog(open_engine(copy, tables.MIGRATIONS))
        found = [catalog.find_content(content_hash) for content_hash in drafts]
        approve(catalog, [stored.revision_id for stored in found if stored is not None])
        caches = Caches(catalog, services.search_embedder, None)
        after = _ask(
            catalog,
            caches,
            services,
            principal,
            questions,
            lambda done: shown(len(questions) + done, total),
        )
        catalog.engine.dispose()
    passed_before = {score.id for score in before if passes(score)}
    passed_after = {score.id for score in after if passes(score)}
    return Checked(
        questions=len(questions),
        passed_before=len(passed_before),
        passed_after=len(passed_after),
        lost=tuple(sorted(passed_before - passed_after)),
        won=tuple(sorted(passed_after - passed_before)),
    )


def _ask(
    catalog: Catalog,
    caches: Caches,
    services: Services,
    principal: Principal,
    questions: Sequence[GoldenQuestion],
    shown: Callable[[int], None],
) -> list[QuestionScore]:
    assistant = Assistant(Retriever(catalog, services.search_embedder, caches), ModelSlot())
    scores: list[QuestionScore] = []
    for score in evaluate(assistant, principal, questions, use_model=False):
        scores.append(score)
        shown(len(scores))
    return scores


def passes(score: QuestionScore) -> bool:
    """Tell whether an answer is right: nothing that must be shown is missing."""
    if not score.answerable:
        return not score.is_answered
    return score.is_page_right and not score.facts_missing and not score.warnings_missing
