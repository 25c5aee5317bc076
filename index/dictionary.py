"""The dictionary of a plant: what its short forms and its terms in two languages stand for.

Terms are proposed from the plant's own texts, and a person approves or rejects each. Only what is
approved is used: a question's words are searched for in both spellings.

A proposal is found in all that who looked for it sees, and is shown to those who see as much. An
approved term is the vocabulary of the whole plant by that person's decision: it serves everybody's
questions, while the texts that it was found in are still shown only to who sees them.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import sqlalchemy as sa

from index.access import Principal
from index.auditing import Auditor, NoAuditor
from index.catalog import Catalog
from index.database import now, writing
from index.dictionary_tables import term
from index.errors import NotAllowed, TermUnknown
from index.tables import chunk, document, revision
from index.term_mining import Proposal, TermKind, propose, stated
from index.term_texts import MOST_WORDS, words_of
from index.ticket_tables import ticket
from index.visibility import sees_everything, visible_documents, visible_tickets

TermStatus = Literal["proposed", "approved", "rejected"]

_LEAST_IN_MANUALS = 2  # occurrences from which a word of the manuals counts as spelled right
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_LONGEST_CHINESE = 12  # characters of a term


@dataclass(frozen=True, slots=True)
class Term:
    """A term; ``by`` and ``at`` (ISO 8601, UTC) are of the last decision, or of the proposal."""

    term_id: int
    short: str
    long: str
    kind: TermKind | Literal["added"]
    status: TermStatus
    score: float
    count: int
    examples: tuple[str, ...]
    by: str
    at: str


class Dictionary:
    """The terms of one home."""

    def __init__(self, records: sa.Engine, audit: Auditor | None = None) -> None:
        """Use the records, which have :mod:`index.dictionary_tables`; decisions are logged."""
        self._records = records
        self._audit = audit or NoAuditor()

    def terms(self, principal: Principal, status: TermStatus | None = None) -> list[Term]:
        """The terms of a status, or all, that the principal sees: the most useful first.

        Of an approved term that was found in what they do not see, no example or count is told.
        """
        query = sa.select(term).order_by((term.c.score * term.c.frequency).desc(), term.c.short)
        if status:
            query = query.where(term.c.status == status)
        with self._records.connect() as connection:
            terms = [_term(row, principal) for row in connection.execute(query)]
        seen = [one for one in terms if one is not None]
        return sorted(seen, key=lambda one: (-one.score * one.count, one.short))

    def note(self, principal: Principal, proposals: Iterable[Proposal]) -> int:
        """Keep proposals of :func:`mine` that are new; return how many.

        What was decided stays as it is.

        Raises:
            NotAllowed: the principal may not curate.
        """
        principal.require("curate")
        added, reach = 0, _reach(principal)
        with writing(self._records) as connection:
            rows = connection.execute(
                sa.select(term.c.short, term.c.long, term.c.status, term.c.reach)
            ).all()
            in_use = {(row.short, row.long): row for row in rows if row.status == "approved"}
            known = {(row.short, row.long): row for row in rows if row.reach == reach} | in_use
            for proposal in proposals:
                row = known.get((proposal.short, proposal.long))
                values = {
                    "kind": proposal.kind,
                    "score": proposal.score,
                    "frequency": proposal.count,
                    "examples": list(proposal.examples),
                }
                if row is None:
                    added += 1
                    key = {"short": proposal.short, "long": proposal.long}
                    rest = {"status": "proposed", "by": "", "at": now(), "reach": reach}
                    connection.execute(term.insert().values(**key, **values, **rest))
                elif row.status == "proposed":
                    mine = (term.c.short == proposal.short) & (term.c.long == proposal.long)
                    mine &= term.c.reach == reach
                    connection.execute(term.update().where(mine).values(values))
        return added

    def add(self, principal: Principal, short: str, long: str) -> None:
        """Add an approved term that a person knows, or approve it where it was proposed to them.

        Raises:
            NotAllowed: the principal may not curate.
            TermUnknown: one of the two is empty, or both are the same.
        """
        principal.require("curate")
        short, long = _folded(short), _folded(long)
        if not short or not long or short == long:
            raise TermUnknown(
                f"{short!r} and {long!r} are no term. Name a short form and what it stands for."
            )
        reach = _reach(principal)
        mine = (term.c.short == short) & (term.c.long == long) & (term.c.reach == reach)
        decided = {"status": "approved", "by": principal.user, "at": now()}
        with writing(self._records) as connection:
            self._audit.append(
                connection, principal, "dictionary changed", short, status="approved"
            )
            if not connection.execute(term.update().where(mine).values(decided)).rowcount:
                connection.execute(
                    term.insert().values(
                        short=short,
                        long=long,
                        kind="added",
                        score=1.0,
                        frequency=0,
                        examples=[],
                        reach=reach,
                        **decided,
                    )
                )

    def decide(self, principal: Principal, term_ids: Sequence[int], status: TermStatus) -> None:
        """Approve or reject terms, or put them back among the proposals.

        Raises:
            NotAllowed: the principal may not curate, or does not see what a term in use was found
                in.
            TermUnknown: the principal sees no term of an id; nothing is changed.
        """
        principal.require("curate")
        with writing(self._records) as connection:
            mine = term.c.id.in_(list(term_ids))
            rows = connection.execute(sa.select(term).where(mine)).all()
            seen = {row.id: row for row in rows if _term(row, principal) is not None}
            for row in seen.values():
                if not _covers(principal, row.reach):
                    raise NotAllowed(
                        f"{row.short!r} was found in texts of other sites or groups, so only who "
                        "sees them may change it. Ask an administrator."
                    )
            if missing := [each for each in term_ids if each not in seen]:
                raise TermUnknown(
                    f"There is no term {missing[0]}. 'faultbook dictionary list' shows them."
                )
            self._audit.append(
                connection, principal, "dictionary changed", status=status, terms=list(term_ids)
            )
            values = {"status": status, "by": principal.user, "at": now()}
            connection.execute(term.update().where(mine).values(values))

    def expand(self, question: str) -> list[str]:
        """What the terms of a question stand for, in both directions, in its order."""
        query = sa.select(term.c.short, term.c.long).where(term.c.status == "approved")
        other: dict[str, list[str]] = defaultdict(list)
        with self._records.connect() as connection:
            for short, long in connection.execute(query):
                other[short].append(long)
                other[long].append(short)
        names = _names(question) if other else []
        found = dict.fromkeys(each for name in names for each in other.get(name, ()))
        return [each for each in found if each not in names]


def mine(catalog: Catalog, principal: Principal) -> list[Proposal]:
    """Propose terms from the tickets and manuals that a principal sees.

    What manuals spell is right: it is never proposed as a misspelling.
    """
    fields = (ticket.c.title, ticket.c.description, ticket.c.cause, ticket.c.resolution)
    manuals = (
        sa.select(chunk.c.search_text)
        .join(revision, revision.c.id == chunk.c.revision_id)
        .join(document, document.c.id == revision.c.document_id)
        .where(document.c.kind != "history", revision.c.status == "approved")
        .where(visible_documents(principal))
    )
    rows = sa.select(*fields).where(visible_tickets(principal))
    counts: Counter[str] = Counter()
    with catalog.engine.connect() as connection:

        def read() -> Iterator[str]:
            for (text,) in connection.execute(manuals):
                counts.update(words_of(text))
                yield text

        defined = stated(read())
        tickets = [text for row in connection.execute(rows) for text in row if text]
    right = {word for word, count in counts.items() if count >= _LEAST_IN_MANUALS}
    return [*propose(tickets, right), *defined]


def _reach(principal: Principal) -> str:
    """All that a principal sees, as one text; empty is everything."""
    if sees_everything(principal):
        return ""
    return json.dumps(
        [
            None if principal.sites is None else sorted(principal.sites),
            None if principal.groups is None else sorted(principal.groups),
        ],
        ensure_ascii=False,
    )


def _covers(principal: Principal, reach: str) -> bool:
    """Tell whether a principal sees as much as somebody saw."""
    sites, groups = json.loads(reach) if reach else (None, None)
    return _holds(principal.sites, sites) and _holds(principal.groups, groups)


def _holds(own: frozenset[str] | None, wanted: Sequence[str] | None) -> bool:
    return own is None or (wanted is not None and own.issuperset(wanted))


def _term(row: Any, principal: Principal) -> Term | None:
    """A term as a principal sees it."""
    is_whole = _covers(principal, row.reach)
    if not is_whole and row.status != "approved":
        return None
    return Term(
        term_id=row.id,
        short=row.short,
        long=row.long,
        kind=row.kind,
        status=cast("TermStatus", row.status),
        score=row.score if is_whole else 0.0,
        count=row.frequency if is_whole else 0,
        examples=tuple(row.examples) if is_whole else (),
        by=row.by if is_whole else "",
        at=row.at,
    )


def _names(question: str) -> list[str]:
    """Every run of words or of Chinese characters of a question that may be a term, in order."""
    words = words_of(question)
    found: dict[str, None] = {}
    for start in range(len(words)):
        for length in range(1, MOST_WORDS + 1):
            if start + length <= len(words):
                found[" ".join(words[start : start + length])] = None
    for match in _CHINESE.finditer(question):
        for start in range(len(match[0])):
            for length in range(1, _LONGEST_CHINESE + 1):
                if start + length <= len(match[0]):
                    found[match[0][start : start + length]] = None
    return list(found)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
