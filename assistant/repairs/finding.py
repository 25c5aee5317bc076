"""Find what fixed it here: which past tickets match a question, and what is counted of them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from assistant.repairs.arranging import arranged
from assistant.repairs.counting import WINDOW_DAYS, count
from assistant.repairs.matching import Match, is_counted
from assistant.repairs.message import Place, Repairs
from assistant.repairs.similar import HISTORY, LEAST_ALONE, LEAST_OF_MODE, Found, near_enough
from index.access import Principal
from index.assets import Asset
from index.chunk_rows import batches
from index.codes import fold
from index.facts.fact_tables import fact
from index.facts.fact_visibility import visible_facts
from index.facts.record import Record
from index.retrieval import Retrieval, Retriever
from index.ticket_tables import ticket

logger = logging.getLogger(__name__)

_MOST_SIMILAR = 5  # failures that tell which failure modes are meant
_AT_ONCE = 5_000


class RepairFinder:
    """Finds and counts past repairs in the record of the plant."""

    def __init__(self, record: Record, retriever: Retriever) -> None:
        self._record = record
        self._retriever = retriever

    def find(
        self, retrieval: Retrieval, similar: Found | None, principal: Principal
    ) -> Repairs | None:
        """Return what was done about it before; None where no ticket matches.

        Args:
            retrieval: what was found for the question: its codes and its machine.
            similar: the most similar tickets; None where only a code can tell.
            principal: who asks.
        """
        try:
            self._record.fresh()
        except OperationalError as error:  # somebody writes for long: what is there is counted
            logger.warning("the facts of the tickets are not up to date: %s", error)
        by_code = _by_code(retrieval)
        found = self._counted(by_code, retrieval.asset, principal) if by_code else None
        if found is None and similar is not None and retrieval.code_status != "unknown":
            by_text = self._by_text(similar, principal)
            found = self._counted(by_text, retrieval.asset, principal) if by_text else None
        return found

    def _counted(self, match: Match, asset: Asset | None, principal: Principal) -> Repairs | None:
        as_of = self._record.as_of()
        counted = count(self._record.engine, match, asset, principal, as_of)
        if not counted.sums and not counted.excluded:
            return None
        names: dict[Place, str] = {}
        if asset is not None:
            names = {"machine": asset.tag, "model": asset.model}
        return Repairs(
            basis="code" if match.folded else "text",
            codes=match.codes,
            failure_modes=match.failure_modes,
            least_nearness=None if match.folded else LEAST_OF_MODE,
            least_alone=None if match.folded else LEAST_ALONE,
            window_days=WINDOW_DAYS,
            as_of=as_of.isoformat(timespec="minutes"),
            scopes=arranged(counted.sums, names),
            excluded=counted.excluded,
            duplicates=counted.duplicates,
            no_failures=counted.no_failures,
            reaches=counted.reaches,
        )

    def _by_text(self, similar: Found, principal: Principal) -> Match | None:
        """The tickets whose text is near, of the failure modes of the nearest."""
        if not similar.hits:
            return None
        scope = self._retriever.catalog.visible_revisions(principal, HISTORY)
        near = near_enough(self._retriever, similar.vector, scope, LEAST_OF_MODE)
        first = [hit.chunk_id for hit in similar.hits]
        modes = self._modes([*near, *first], principal)
        failures = [modes[chunk][1] for chunk in first if chunk in modes and modes[chunk][2]]
        meant = _meant(failures[:_MOST_SIMILAR])
        ids = [
            ticket_id
            for chunk, (ticket_id, mode, _) in modes.items()
            if (near.get(chunk, 0.0) >= (LEAST_OF_MODE if mode else LEAST_ALONE))
            and (mode in meant or not mode)
        ]
        return Match(failure_modes=meant, ids=tuple(sorted(ids))) if ids else None

    def _modes(
        self, chunk_ids: list[int], principal: Principal
    ) -> Mapping[int, tuple[int, str, bool]]:
        """Ticket and failure mode by chunk, and whether the ticket is counted."""
        found: dict[int, tuple[int, str, bool]] = {}
        counts = sa.case((is_counted(), 1), else_=0).label("counts")
        query = (
            sa.select(ticket.c.chunk_id, fact.c.ticket_id, fact.c.failure_mode, counts)
            .join(fact, fact.c.ticket_id == ticket.c.id)
            .where(visible_facts(principal))
        )
        with self._record.engine.connect() as connection:
            for part in batches(sorted(set(chunk_ids)), _AT_ONCE):
                for row in connection.execute(query.where(ticket.c.chunk_id.in_(part))):
                    found[row.chunk_id] = (row.ticket_id, row.failure_mode, bool(row.counts))
        return found


def _by_code(retrieval: Retrieval) -> Match | None:
    """The tickets with a code of the question: one of the documents, or one that they do not know.

    Several spellings of one code are one.
    """
    codes = [hit.code for hit in retrieval.codes if hit.kind == "alarm"]
    if retrieval.code_status == "unknown":
        codes += retrieval.unknown_codes
    by_fold = {fold(code): code for code in reversed(codes) if fold(code)}
    if not by_fold:
        return None
    return Match(codes=tuple(sorted(by_fold.values())), folded=tuple(sorted(by_fold)))


def _meant(modes: list[str]) -> tuple[str, ...]:
    """The failure mode of the nearest ticket, and those that several of the nearest have."""
    known = [mode for mode in modes if mode]
    common = [mode for mode, times in Counter(known).items() if times > 1]
    return tuple(dict.fromkeys([*known[:1], *common]))
