"""From a question to passages: plan, look codes up, search, fuse.

Permission and filters come first; a search never sees more than they leave. Codes go to the exact
table, the rest to dense and lexical search. A code that no document knows is said to be unknown and
never replaced by a neighbour.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from rapidfuzz import fuzz

from index.access import Principal
from index.assets import Asset, AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.code_table import CodeHit, CodeTable
from index.codes import fold
from index.corpus import Passage, PassageFilter, SearchPath
from index.embedding import Embedder
from index.fusion import fuse
from index.language import is_chinese
from index.planning import find_codes, name_devices

CodeStatus = Literal["none", "known", "unknown", "ambiguous"]

WEIGHTS: Mapping[str, float] = {"words": 0.5, "grams": 1.0, "dense": 1.0}
"""Chosen on half of the sections of manual_qa_tv; see docs/evaluation.md."""
CHINESE_WEIGHTS: Mapping[str, float] = {"words": 1.0, "dense": 0.1}
"""For questions in Chinese, which an English embedder does not understand."""

_CANDIDATES = 100
_PATH: Mapping[str, SearchPath] = {"words": "lexical", "grams": "lexical", "dense": "dense"}
_SAME_MEANING = 80.0  # of 100: two tables of one manual describe a code in nearly the same words


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search found and how.

    ``codes`` are the entries that the question's codes mean; ``unknown_codes`` are those that no
    document in scope knows. ``asset`` is the asset that the question is about, chosen or named.
    ``cosine`` is the best cosine of any passage, -1 to 1. ``searched`` counts the documents.
    """

    passages: tuple[Passage, ...]
    code_status: CodeStatus
    codes: tuple[CodeHit, ...]
    unknown_codes: tuple[str, ...]
    asset: Asset | None
    searched: int
    cosine: float
    seconds: float


class Retriever:
    """Searches the knowledge of one home."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder,
        caches: Caches,
        weights: Mapping[str, float] = WEIGHTS,
    ) -> None:
        self.catalog = catalog
        self.assets = AssetRegister(catalog.engine)
        self.code_table = CodeTable(catalog.engine)
        self._embedder = embedder
        self._caches = caches
        self._weights = weights

    def retrieve(
        self,
        question: str,
        principal: Principal,
        k: int = 8,
        where: PassageFilter | None = None,
    ) -> Retrieval:
        """Return the best k passages that the principal may see and the filter lets through.

        Raises:
            AssetUnknown: the filter names an asset that is not in the register.
        """
        started = time.perf_counter()
        where = where or PassageFilter()
        self._caches.follow()
        asset = self._asset(question, principal, where)
        if asset is not None:
            where = replace(where, asset=asset.tag)
        revisions = self.catalog.visible_revisions(principal, where)
        named, positions = name_devices(question, self.catalog.devices(revisions))
        scope = list(named) or revisions
        if asset is not None:
            positions = positions | _positions(question, asset.tag)
        status, hits, unknown = self._look_up(question, positions, scope)
        passages, cosine = self._search(question, scope, k, hits, hide_codes=status == "unknown")
        return Retrieval(
            passages=passages,
            code_status=status,
            codes=tuple(hits),
            unknown_codes=tuple(unknown),
            asset=asset,
            searched=len(scope),
            cosine=cosine,
            seconds=time.perf_counter() - started,
        )

    def _asset(self, question: str, principal: Principal, where: PassageFilter) -> Asset | None:
        if where.asset is not None:
            return self.assets.get(principal, where.asset)
        named = [a for a in self.assets.list(principal) if _positions(question, a.tag)]
        return named[0] if len(named) == 1 else None

    def _look_up(
        self, question: str, positions: set[int], scope: list[int]
    ) -> tuple[CodeStatus, list[CodeHit], list[str]]:
        codes, component = find_codes(
            question, positions, self.code_table.prefixes(scope), self.code_table.components(scope)
        )
        hits: list[CodeHit] = []
        unknown: list[str] = []
        is_ambiguous = False
        for code in codes:
            found = self.code_table.look_up(code.text, scope)
            if component:
                found = [hit for hit in found if hit.component == component] or found
            if not found and code.is_certain:
                unknown.append(code.text)
            is_ambiguous = is_ambiguous or _differ(found)
            hits.extend(hit for hit in found if hit not in hits)
        if hits:
            return ("ambiguous" if is_ambiguous else "known"), hits, unknown
        return ("unknown" if unknown else "none"), [], unknown

    def _search(
        self, question: str, scope: list[int], k: int, hits: Sequence[CodeHit], *, hide_codes: bool
    ) -> tuple[tuple[Passage, ...], float]:
        vector = self._embedder.embed([question])[0]
        lexical = self._caches.lexical(question, _CANDIDATES, scope)
        dense = self._caches.dense(vector, _CANDIDATES, scope)
        lists = {"words": lexical.words, "grams": lexical.grams, "dense": dense}
        foreign = self._embedder.is_english and is_chinese(question)
        fused = fuse(lists, CHINESE_WEIGHTS if foreign else self._weights)
        paths: dict[int, tuple[SearchPath, ...]] = {}
        scores: dict[int, float] = {}
        for hit in hits:
            paths.setdefault(hit.chunk_id, ("part" if hit.kind == "part" else "code",))
        hidden = self.code_table.defining_chunks(scope) if hide_codes else frozenset[int]()
        for item in fused:
            if item.id in hidden:
                continue
            found_by = cast(
                "tuple[SearchPath, ...]", tuple(dict.fromkeys(_PATH[n] for n in item.found_by))
            )
            paths[item.id] = paths.get(item.id, ()) + found_by
            scores[item.id] = item.score
        chosen = list(paths)[: k + 8]  # a few more: SQL may have deleted some since the search
        chunks = self.catalog.chunks(chosen)
        alive = [chunk_id for chunk_id in chosen if chunk_id in chunks][:k]
        passages = tuple(
            Passage(
                rank=rank,
                chunk_id=chunk_id,
                revision_id=chunks[chunk_id].revision_id,
                document=chunks[chunk_id].document,
                document_number=chunks[chunk_id].document_number,
                kind=chunks[chunk_id].kind,
                revision=chunks[chunk_id].revision,
                section=chunks[chunk_id].section,
                heading_path=chunks[chunk_id].heading_path,
                sentences=chunks[chunk_id].sentences,
                paths=paths[chunk_id],
                score=scores.get(chunk_id, 0.0),
                key=chunks[chunk_id].key,
            )
            for rank, chunk_id in enumerate(alive, start=1)
        )
        cosines = self._caches.cosines(vector, alive)
        return passages, max(cosines.values(), default=-1.0)


def _differ(hits: Sequence[CodeHit]) -> bool:
    """Tell whether entries of one code mean different things."""
    if len(hits) < 2:
        return False
    first = hits[0]
    return any(
        hit.code != first.code
        or hit.component != first.component
        or hit.revision_id != first.revision_id
        or fuzz.token_set_ratio(hit.meaning, first.meaning) < _SAME_MEANING
        for hit in hits[1:]
    )


def _positions(question: str, tag: str) -> set[int]:
    """Where a question names a tag, in any spelling; the empty set where it does not."""
    wanted = fold(tag)
    letters = [(i, fold(character)) for i, character in enumerate(question)]
    folded = "".join(text for _, text in letters)
    origin = [i for i, text in letters for _ in text]
    start = folded.find(wanted) if wanted else -1
    while start >= 0:
        first, last = origin[start], origin[start + len(wanted) - 1]
        before = question[first - 1 : first]
        after = question[last + 1 : last + 2]
        if not _is_latin(before) and not _is_latin(after):
            return set(range(first, last + 1))
        start = folded.find(wanted, start + 1)
    return set()


def _is_latin(character: str) -> bool:
    # Chinese runs on without a space: "PR-03停机" names PR-03.
    return character.isascii() and character.isalnum()
