"""Answers and work orders that are shown again, to who may see no longer what they were made of.

Who sees a document or a ticket changes: somebody gets other sites, or a document is given to
another one. An answer that cites what its reader does not see any more is withheld as a whole, as
every sentence of it may come from there; the question is the reader's own and stays. Past repairs
are counted over tickets that nothing else of the answer is made of: they alone are withheld where
one of these is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from assistant.messages import (
    Answer,
    AnswerEvent,
    AnswerReady,
    CauseVerified,
    Citation,
    EvidenceReady,
    Timings,
)
from index import tables
from index.access import Principal
from index.catalog import Catalog
from index.chunk_rows import batches
from index.codes import fold
from index.ticket_tables import ticket
from index.visibility import sees_everything, visible_assets, visible_revisions, visible_tickets

WITHHELD = (
    "This answer is withheld: it cites documents or tickets that you may not see any more. Ask "
    "again to get an answer from those that you may see."
)


Reach = tuple[str | None, tuple[str, ...]]
"""The site and the groups that saw something when it was cited."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What something was made of: documents by content hash, tickets by key, the asset's tag.

    ``numbers`` are tickets of answers that do not know the key yet, ``reaches`` those of tickets
    that are counted without being named.
    """

    contents: Mapping[str, Reach] = field(default_factory=dict)
    tickets: Mapping[str, Reach] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    reaches: frozenset[Reach] = frozenset()
    asset: str | None = None

    @classmethod
    def of_answer(cls, answer: Answer) -> Sources:
        """What an answer was made of."""
        similar = answer.similar_tickets
        told: dict[str, Reach] = dict.fromkeys(answer.message_sources, (None, ()))
        return cls(
            contents={**told, **_cited(answer.citations)},
            tickets={one.uid: (one.site, one.groups) for one in similar if one.uid},
            numbers=frozenset(one.ticket_id for one in similar if not one.uid),
            asset=answer.asset,
        )

    @classmethod
    def of_repairs(cls, answer: Answer) -> Sources:
        """What the past repairs of an answer were counted from."""
        repairs = answer.repairs
        if repairs is None:
            return cls()
        return cls(
            tickets=dict.fromkeys(repairs.uids, (None, ())),
            reaches=frozenset((reach.site, reach.groups) for reach in repairs.reaches),
        )

    @classmethod
    def of_citations(cls, citations: Iterable[Citation], asset: str | None) -> Sources:
        """What a work order was made of."""
        return cls(_cited(citations), asset=asset)

    def is_reached(self, principal: Principal) -> bool:
        """Tell whether a principal belongs to all who saw what is counted."""
        return all(principal.sees(*reach) for reach in self.reaches)


class Sight:
    """Tells whether a principal still sees what something was made of."""

    def __init__(self, catalog: Catalog | None) -> None:
        """Without a knowledge only who sees everything sees what is made of something."""
        self._catalog = catalog

    def answer(self, principal: Principal, answer: Answer) -> Answer:
        """The answer, or what stands in its place."""
        return self.answers(principal, [answer])[0]

    def answers(self, principal: Principal, answers: Sequence[Answer]) -> list[Answer]:
        """Answers, or what stands in their places."""
        seen = self.sees(principal, [Sources.of_answer(answer) for answer in answers])
        counted = self.sees(principal, [Sources.of_repairs(answer) for answer in answers])
        return [
            _shown(answer, is_seen=is_seen, is_counted_seen=is_counted_seen)
            for answer, is_seen, is_counted_seen in zip(answers, seen, counted, strict=True)
        ]

    def events(
        self, principal: Principal, events: Sequence[tuple[int, AnswerEvent]], after: int
    ) -> list[tuple[int, AnswerEvent]]:
        """Those of all events of a turn that come after a number, as a principal may see them."""
        if not any(number > after for number, _ in events):
            return []
        answers = [e.answer for _, e in events if isinstance(e, EvidenceReady | AnswerReady)]
        seen = all(self.sees(principal, [Sources.of_answer(answer) for answer in answers]))
        counted = all(self.sees(principal, [Sources.of_repairs(answer) for answer in answers]))
        shown: list[tuple[int, AnswerEvent]] = []
        for number, event in events:
            if isinstance(event, EvidenceReady | AnswerReady):
                answer = _shown(event.answer, is_seen=seen, is_counted_seen=counted)
                event = event.model_copy(update={"answer": answer})
            if number > after and (seen or not isinstance(event, CauseVerified)):
                shown.append((number, event))
        return shown

    def sees(self, principal: Principal, sources: Sequence[Sources]) -> list[bool]:
        """Tell for each whether a principal sees all of it."""
        if sees_everything(principal):
            return [True] * len(sources)
        if self._catalog is None:
            return [one == Sources() for one in sources]
        revision, asset = tables.revision.c, tables.asset.c
        with self._catalog.engine.connect() as connection:

            def look(
                key: sa.Column[str], is_visible: sa.ColumnElement[bool], names: Iterable[str]
            ) -> _Looked:
                return _look(connection, key, is_visible, set(names))

            contents = look(
                revision.content_hash,
                visible_revisions(principal),
                (key for one in sources for key in one.contents),
            )
            known = visible_tickets(principal)
            tickets = look(ticket.c.uid, known, (key for one in sources for key in one.tickets))
            numbers = look(ticket.c.locator, known, (n for one in sources for n in one.numbers))
            tags = {fold(one.asset) for one in sources if one.asset}
            assets = look(asset.folded, visible_assets(principal), tags)
        return [
            one.is_reached(principal)
            and contents.shows(principal, one.contents)
            and tickets.shows(principal, one.tickets)
            and numbers.shows(principal, dict.fromkeys(one.numbers, (None, ())))
            and (not one.asset or assets.shows(principal, {fold(one.asset): (None, ())}))
            for one in sources
        ]


@dataclass(frozen=True, slots=True)
class _Looked:
    """Which of some names there are, and which of them a principal sees."""

    known: frozenset[str]
    seen: frozenset[str]

    def shows(self, principal: Principal, wanted: Mapping[str, Reach]) -> bool:
        """Tell whether all of it is seen; what is gone is judged by who saw it then."""
        return all(
            name in self.seen if name in self.known else principal.sees(*reach)
            for name, reach in wanted.items()
        )


def _look(
    connection: sa.Connection,
    key: sa.Column[str],
    is_visible: sa.ColumnElement[bool],
    names: set[str],
) -> _Looked:
    known: set[str] = set()
    seen: set[str] = set()
    for part in batches(sorted(names), 500):
        known.update(connection.scalars(sa.select(key).where(key.in_(part))))
        seen.update(connection.scalars(sa.select(key).where(key.in_(part), is_visible)))
    return _Looked(frozenset(known), frozenset(seen))


def _cited(citations: Iterable[Citation]) -> dict[str, Reach]:
    return {one.content_hash: (one.site, one.groups) for one in citations}


def _shown(answer: Answer, *, is_seen: bool, is_counted_seen: bool) -> Answer:
    """What is shown of an answer."""
    if not is_seen:
        return withheld(answer)
    if answer.repairs is None or is_counted_seen:
        return answer
    return answer.model_copy(update={"repairs": answer.repairs.withheld()})


def withheld(answer: Answer) -> Answer:
    """What is shown in the place of an answer."""
    return Answer(
        question=answer.question,
        status="unsupported",
        code_status="none",
        asset=None,
        message=WITHHELD,
        is_degraded=False,
        is_withheld=True,
        procedure="",
        timings=Timings(evidence_s=0.0, total_s=0.0),
    )
