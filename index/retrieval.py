"""From a question to passages: plan, look codes up, search, fuse.

Permission and filters come first; a search never sees more than they leave. Codes go to the exact
table, the rest to dense and lexical search. A code that no document knows is said to be unknown and
never replaced by a neighbour.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.access import Principal
from index.assets import Asset, AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.chunk_table import ChunkTable
from index.code_search import CodeSearch, CodeStatus
from index.code_table import CodeHit, CodeTable
from index.codes import fold
from index.corpus import Passage, PassageFilter, SearchPath
from index.device_naming import name_devices
from index.embedding import Embedder
from index.fusion import Fused, fuse
from index.intent import Intent, asked_dimensions, fitting_kind, intent_of
from index.language import is_chinese
from index.quantities import quantities

WEIGHTS: Mapping[str, float] = {"words": 0.3, "grams": 0.7, "dense": 1.0}
"""Chosen on half of the sections of manual_qa_tv; see docs/evaluation.md."""
CHINESE_WEIGHTS: Mapping[str, float] = {"words": 1.0, "grams": 0.2}
"""For questions in Chinese, which an English embedder does not understand."""

LIFT = 1.0
"""Added to the fused score, in standard deviations, of a chunk whose form fits the intent."""

_CANDIDATES = 100
_PATH: Mapping[str, SearchPath] = {"words": "lexical", "grams": "lexical", "dense": "dense"}


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search found and how.

    ``intent`` is what sort of answer the question wants. ``codes`` are the entries that the
    question's codes mean; ``unknown_codes`` are those that no document in scope knows. ``asset`` is
    the asset that the question is about, chosen or named. ``scope`` are the revisions searched,
    ``searched`` counts them.
    """

    passages: tuple[Passage, ...]
    intent: Intent
    code_status: CodeStatus
    codes: tuple[CodeHit, ...]
    unknown_codes: tuple[str, ...]
    asset: Asset | None
    searched: int
    scope: tuple[int, ...]
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
        self.chunk_table = ChunkTable(catalog.engine)
        self.code_table = CodeTable(catalog.engine)
        self._embedder = embedder
        self._caches = caches
        self._weights = weights
        self._code_search = CodeSearch(self.code_table, self.chunk_table)

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
        mentioned = self.named_assets(question, principal)
        asset = self._asset(mentioned, principal, where)
        if asset is not None:
            where = replace(where, asset=asset.tag)
        revisions = self.catalog.visible_revisions(principal, where)
        named, positions = name_devices(question, self.catalog.devices(revisions))
        scope = list(named) or revisions
        for tag in {a.tag for a in (*mentioned, asset) if a is not None}:
            positions = positions | _positions(question, tag)
        elsewhere = self._elsewhere(principal, where, scope)
        codes = self._code_search.find(question, positions, scope, elsewhere)
        # The machine's name has done its work as a filter; as a word it only finds title pages.
        words = "".join(" " if i in positions else c for i, c in enumerate(question))
        text = words if any(map(str.isalnum, words)) else question
        passages = self._search(text, scope, k, codes.hits, hide_codes=codes.status == "unknown")
        return Retrieval(
            passages=passages,
            intent=intent_of(question),
            code_status=codes.status,
            codes=codes.hits,
            unknown_codes=codes.unknown,
            asset=asset,
            searched=len(scope),
            scope=tuple(scope),
            seconds=time.perf_counter() - started,
        )

    def rarity(self, word: str) -> float:
        """Inverse document frequency of a stemmed word, 0 for a word that stands nowhere."""
        return self._caches.rarity(word)

    def is_foreign(self, question: str) -> bool:
        """Tell whether a question is in a language that the embedder does not understand."""
        return self._embedder.is_english and is_chinese(question)

    def nearest_codes(self, code: str, principal: Principal, asset: str | None) -> list[str]:
        """Return up to three known codes that are spelled most like an unknown one."""
        scope = self.catalog.visible_revisions(principal, PassageFilter(asset=asset))
        known = self.code_table.codes(scope)
        similarity = OSA.normalized_similarity  # counts wrong, missing and swapped characters
        best = process.extract(code, known, scorer=similarity, processor=fold, limit=3)
        return [name for name, score, _ in best if score >= 0.6]

    def named_assets(self, question: str, principal: Principal) -> list[Asset]:
        """The assets whose tags a question holds."""
        places = [(_positions(question, a.tag), a) for a in self.assets.list(principal)]
        # "PR-03-M1" names the motor, not the press PR-03.
        return [
            asset for own, asset in places if own and not any(own < other for other, _ in places)
        ]

    def tag(self, principal: Principal, spelled: str) -> str:
        """The tag of the register for one that a person typed.

        Raises:
            AssetUnknown: there is none.
        """
        return self.assets.get(principal, spelled).tag

    def names_another_machine(self, question: str, principal: Principal, asset: str) -> bool:
        """Tell whether a question names a device whose documents do not apply to an asset."""
        everything = self.catalog.visible_revisions(principal, PassageFilter())
        named, _ = name_devices(question, self.catalog.devices(everything))
        own = self.catalog.visible_revisions(principal, PassageFilter(asset=asset))
        return bool(named) and not set(named) & set(own)

    def _asset(
        self, mentioned: Sequence[Asset], principal: Principal, where: PassageFilter
    ) -> Asset | None:
        if where.asset is not None:
            return self.assets.get(principal, where.asset)
        return mentioned[0] if len(mentioned) == 1 and not where.all_assets else None

    def _elsewhere(
        self, principal: Principal, where: PassageFilter, scope: Sequence[int]
    ) -> list[int]:
        """The revisions of other machines; none where the search is about all machines."""
        everything = PassageFilter(kinds=where.kinds)
        return sorted({*self.catalog.visible_revisions(principal, everything)} - {*scope})

    def _search(
        self, question: str, scope: list[int], k: int, hits: Sequence[CodeHit], *, hide_codes: bool
    ) -> tuple[Passage, ...]:
        vector = self._embedder.embed([question])[0]
        lexical = self._caches.lexical(question, _CANDIDATES, scope)
        dense = self._caches.dense(vector, _CANDIDATES, scope)
        lists = {"words": lexical.words, "grams": lexical.grams, "dense": dense}
        weights = CHINESE_WEIGHTS if self.is_foreign(question) else self._weights
        fused = self._lift(question, fuse(lists, weights))
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
        chunks = self.chunk_table.get(chosen)
        alive = [chunk_id for chunk_id in chosen if chunk_id in chunks][:k]
        cosines = self._caches.cosines(vector, alive)
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
                cosine=cosines.get(chunk_id, 0.0),
                key=chunks[chunk_id].key,
            )
            for rank, chunk_id in enumerate(alive, start=1)
        )
        return passages

    def _lift(self, question: str, fused: list[Fused]) -> list[Fused]:
        """Lift the chunks whose form fits what the question wants, or that hold such a value."""
        forms = self.chunk_table.forms([item.id for item in fused])
        wanted = fitting_kind(intent_of(question))
        asked = asked_dimensions(question)
        lifted: list[Fused] = []
        for item in fused:
            kind, text = forms.get(item.id, ("text", ""))
            steps = (kind == wanted) + bool(
                asked and asked & {q.dimension for q in quantities(text)}
            )
            lifted.append(replace(item, score=item.score + LIFT * steps))
        return sorted(lifted, key=lambda item: -item.score)


def _positions(question: str, tag: str) -> set[int]:
    """Where a question names a tag, in any spelling; the empty set where it does not."""
    found: set[int] = set()
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
            found.update(range(first, last + 1))
        start = folded.find(wanted, start + 1)
    return found


def _is_latin(character: str) -> bool:
    # Chinese runs on without a space: "PR-03停机" names PR-03.
    return character.isascii() and character.isalnum()
