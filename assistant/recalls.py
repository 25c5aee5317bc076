"""Answers and orders that cite what is withdrawn, replaced, corrected or deleted by now.

A mark is worked out whenever something is shown, so that it is never behind what people decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from assistant import record_tables as tables
from assistant.messages import Answer, Citation
from assistant.work_orders import WorkOrder, WorkOrders
from index.access import Principal
from index.catalog import Catalog
from index.corrections import Corrections
from index.decisions import Decisions
from index.visibility import sees_everything

_TELLING = ("number", "revision", "models", "serials", "assets")
"""Corrected fields that can make an answer wrong; a better title does not."""


@dataclass(frozen=True, slots=True)
class Citing:
    """An answer or a work order that cites a document."""

    kind: Literal["answer", "work order"]
    record_id: str
    number: str
    owner: str
    at: str
    title: str


class Recalls:
    """Finds what cites a document, and what is to be said about it."""

    def __init__(
        self, records: sa.Engine, catalog: Catalog, corrections: Corrections, decisions: Decisions
    ) -> None:
        self._orders = WorkOrders(records, catalog=catalog)
        self._records = records
        self._catalog = catalog
        self._corrections = corrections
        self._decisions = decisions

    def citing(self, principal: Principal, content_hashes: Iterable[str]) -> list[Citing]:
        """Return the answers and work orders that cite these contents, the oldest first.

        They are the principal's own answers and the orders that the principal sees. Who sees every
        site and group is told of everybody's answers as well, though not what was asked.
        """
        found: list[Citing] = []
        is_all = sees_everything(principal)
        titles = {seen.uid: seen.title for seen in self._orders.list(principal)}
        turn, talk, order = tables.turn.c, tables.conversation.c, tables.work_order.c
        answers = (
            sa.select(turn.id, turn.started_at, turn.question, talk.owner)
            .join(tables.conversation, talk.id == turn.conversation_id)
            .order_by(turn.started_at)
        )
        orders = sa.select(order.id, order.number, order.created_at, order.owner).order_by(
            order.created_at
        )
        with self._records.connect() as connection:
            for content_hash in dict.fromkeys(content_hashes):
                # The hash is 64 random digits: where it stands in the JSON, it is cited.
                held = sa.cast(turn.answer, sa.String).contains(content_hash)
                found += [
                    Citing("answer", row.id, "", row.owner, row.started_at, _title(row, principal))
                    for row in connection.execute(answers.where(held))
                    if is_all or row.owner == principal.user
                ]
                held = sa.cast(order.content, sa.String).contains(content_hash)
                found += [
                    Citing(
                        "work order",
                        row.id,
                        row.number,
                        row.owner,
                        row.created_at,
                        titles[row.id],
                    )
                    for row in connection.execute(orders.where(held))
                    if row.id in titles
                ]
        return list(dict.fromkeys(found))

    def of_answer(self, principal: Principal, answer: Answer, at: str) -> tuple[str, ...]:
        """What is to be said above an answer that was given at a time (ISO 8601, UTC)."""
        return self._marks(principal, answer.citations, at)

    def of_order(self, principal: Principal, order: WorkOrder) -> tuple[str, ...]:
        """What is to be said above a work order, since its answer was given."""
        turn = tables.turn.c
        with self._records.connect() as connection:
            asked = connection.scalar(sa.select(turn.started_at).where(turn.id == order.turn_id))
        return self._marks(principal, order.citations, asked or order.created_at)

    def _marks(
        self, principal: Principal, citations: Sequence[Citation], at: str
    ) -> tuple[str, ...]:
        cited = {c.content_hash: c for c in citations if c.content_hash and c.kind != "history"}
        marks = (self._mark(principal, citation, at) for citation in cited.values())
        return tuple(mark for mark in marks if mark)

    def _mark(self, principal: Principal, citation: Citation, at: str) -> str:
        name = f"{citation.document_number or citation.document} {citation.revision}".strip()
        stored = self._catalog.visible_content(principal, citation.content_hash)
        if stored is None:  # or given to others: the same is said
            return f"{name} was deleted after this was written. Do not work from it."
        if stored.status == "withdrawn":
            decision = self._decisions.latest(citation.content_hash)
            when = f" on {decision.at[:10]}" if decision else ""
            why = f" ({decision.reason})" if decision and decision.reason else ""
            return f"{name} was withdrawn{when}{why}. Do not work from it."
        if stored.status == "superseded":
            return f"{name} was replaced by a newer revision. Ask again before you work from it."
        if stored.status == "draft":
            return f"{name} is held back as a draft. Ask again before you work from it."
        corrected = sorted(
            correction.field
            for correction in self._corrections.of_stored(stored)
            if correction.at > at and correction.field in _TELLING
        )
        if corrected:
            return (
                f"{name} was corrected after this was written ({', '.join(corrected)}). "
                "Ask again before you work from it."
            )
        return ""


def _title(row: Any, principal: Principal) -> str:
    """What was asked is told to who asked."""
    return str(row.question) if row.owner == principal.user else ""
