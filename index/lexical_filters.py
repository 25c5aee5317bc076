"""The filter on revisions for a search in the lexical index."""

from __future__ import annotations

from tantivy import FieldType, Occur, Query, Schema, Searcher

_KEPT = 16  # filters that were asked with last
_LAST_ID = 2**63 - 1


class RevisionFilters:
    """Makes filters and keeps the last ones: most questions are asked with the same few.

    What is kept is replaced and never changed, so that threads need not wait for each other.
    """

    def __init__(self) -> None:
        self._kept: tuple[Searcher | None, dict[tuple[int, ...], Query | None]] = (None, {})

    def of(self, schema: Schema, searcher: Searcher, revision_ids: list[int]) -> Query | None:
        """Return what lets only these revisions through; None where no chunk is of another one.

        With a filter Tantivy scores every chunk that holds a word of the question; without one it
        passes over those that cannot be among the best, and takes a third of the time.
        """
        seen, kept = self._kept
        if seen is not searcher:
            kept = {}
        key = tuple(revision_ids)
        if key not in kept:
            inside = Query.term_set_query(schema, "revision", revision_ids)
            kept = dict(kept) if len(kept) < _KEPT else {}
            kept[key] = _needed(schema, searcher, inside)
            self._kept = searcher, kept
        return kept[key]


def _needed(schema: Schema, searcher: Searcher, inside: Query) -> Query | None:
    revisions = Query.range_query(schema, "revision", FieldType.Unsigned, 1, _LAST_ID, True, True)
    outside = Query.boolean_query([(Occur.Must, revisions), (Occur.MustNot, inside)])
    if int(searcher.search(outside, 1, count=True).count or 0):
        return Query.const_score_query(inside, 0.0)
    return None
