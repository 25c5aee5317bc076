"""The JSON that the commands for the dictionary print with ``--json``.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from index.dictionary import Term
from ui.schemas import Schema


class TermOut(Schema):
    """A term; ``count`` is how often its short form stands in tickets, ``score`` is 0 to 1."""

    id: int
    short: str
    long: str
    kind: str
    status: str
    score: float
    count: int
    examples: tuple[str, ...]
    by: str
    at: str

    @classmethod
    def of(cls, term: Term) -> TermOut:
        """The shape of a term."""
        return cls(
            id=term.term_id,
            short=term.short,
            long=term.long,
            kind=term.kind,
            status=term.status,
            score=term.score,
            count=term.count,
            examples=term.examples,
            by=term.by,
            at=term.at,
        )
