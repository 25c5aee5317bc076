"""From a question to passages: plan, look codes up, search, fuse.

Permission and filters come first; a search never sees more than they leave. Codes go to the exact
table, the rest to dense and lexical search. A code that no document knows is said to be unknown and
never replaced by a neighbour.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.access import Principal
from index.assets import Asset, AssetRegister
from index.caches import Caches
from index.candidates import Candidates, read_forms
from index.catalog import EVERY_STATUS, Catalog
from index.chunk_table import ChunkTable
from index.code_search import CodeSearch, CodesFound, CodeStatus
from index.code_table import CodeHit, CodeTable
from index.codes import fold
from index.corpus import Passage, PassageFilter
from index.device_naming import name_devices
from index.embedding import Embedder
from index.intent import Intent, intent_of
from index.language import is_chinese
from index.ranking import DEFAULT, Ranked, Ranking, order
from index.reranking import Reranker
from index.scope import find_revisions
from index.tag_finding import find_tags
from index.visibility import sees_everything

_CANDIDATES = 100  # of each path

Expand = Callable[[str], Sequence[str]]
"""Words that a question's words also stand for: "hyd cyl" gives "hydraulic", "cylinder"."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search found and how.

    ``intent`` is what sort of answer the question wants. ``codes`` are the entries that the
    question's codes mean; ``unknown_codes`` are those that no document in scope knows. ``asset`` is
    the asset that the question is about, chosen or named. ``scope`` are the revisions searched,
    ``searched`` counts them. ``is_elsewhere`` tells that they are those of other machines.
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
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a question is searched, and for what.

    ``text`` is the question without the machine's name, which has done its work as a filter: as a
    word it only finds title pages. ``own`` are the revisions that apply to the machine asked about,
    None where there is none: a passage of another is marked.
    """

    text: str
    scope: tuple[int, ...]
    codes: CodesFound
    asset: Asset | None
    own: frozenset[int] | None


class Retriever:
    """Searches the knowledge of one home."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder,
        caches: Caches,
        ranking: Ranking = DEFAULT,
        *,
        expand: Expand | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """Search the documents of a catalog.

        ``expand`` adds words to what is searched, never to what is looked up as a code.
        """
        self.catalog = catalog
        self.assets = AssetRegister(catalog.engine)
        self.chunk_table = ChunkTable(catalog.engine)
        self.code_table = CodeTable(catalog.engine)
        self._embedder = embedder
        self._caches = caches
        self._ranking = ranking
        self._expand = expand
        self._reranker = reranker
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
        plan = self.plan(question, principal, where or PassageFilter())
        return self._answer(question, plan, k, started)

    def retrieve_elsewhere(
        self,
        question: str,
        principal: Principal,
        asset: str,
        k: int = 8,
        where: PassageFilter | None = None,
    ) -> Retrieval:
        """Search the documents of the other machines: a second step that a person asks for.

        Every passage is marked as from another machine; ``asset`` of the result is the one asked
        about, to which none of them applies.

        Raises:
            AssetUnknown: the asset is not in the register.
        """
        started = time.perf_counter()
        where = replace(where or PassageFilter(), asset=None, all_assets=True)
        own_asset = self.assets.get(principal, asset)
        self._caches.follow()
        own = self.catalog.visible_revisions(principal, replace(where, asset=own_asset.tag))
        others = [i for i in self.catalog.visible_revisions(principal, where) if i not in own]
        plan = self._plan(question, others, [own_asset], ())
        plan = replace(plan, asset=own_asset, own=frozenset(own))
        return replace(self._answer(question, plan, k, started), is_elsewhere=True)

    def plan(self, question: str, principal: Principal, where: PassageFilter) -> Plan:
        """Decide where to search and look the codes up.

        Raises:
            AssetUnknown: the filter names an asset that is not in the register.
        """
        self._caches.follow()
        mentioned = self.named_assets(question, principal)
        asset = self._asset(mentioned, principal, where)
        if asset is not None:
            where = replace(where, asset=asset.tag)
        revisions = self.catalog.visible_revisions(principal, where)
        other_machines = self.catalog.visible_revisions(principal, replace(where, asset=None))
        names = [*mentioned, asset] if asset else mentioned
        plan = self._plan(question, revisions, names, other_machines)
        own = None
        if where.all_assets and asset is None and len(mentioned) == 1:
            only = replace(where, asset=mentioned[0].tag)
            own = frozenset(self.catalog.visible_revisions(principal, only))
        return replace(plan, asset=asset, own=own)

    def candidates(self, plan: Plan) -> Candidates:
        """Everything that the search paths find for a plan, before it is put in an order."""
        text = plan.text
        if self._expand is not None and (words := self._expand(text)):
            text = f"{text} {' '.join(words)}"
        scope = list(plan.scope)
        lexical = self._caches.lexical(text, _CANDIDATES, scope)
        vector = self._embedder.embed([text])[0]
        dense = self._caches.dense(vector, _CANDIDATES, scope)
        found = list(
            {*lexical.words, *lexical.grams, *dense, *(h.chunk_id for h in plan.codes.hits)}
        )
        is_unknown = plan.codes.status == "unknown"
        return Candidates(
            question=plan.text,
            intent=intent_of(plan.text),
            is_foreign=self.is_foreign(plan.text),
            vector=vector,
            codes=plan.codes.hits,
            hidden=self.code_table.defining_chunks(scope) if is_unknown else frozenset(),
            scores={"words": lexical.words, "grams": lexical.grams, "dense": dense},
            forms=read_forms(self.catalog.engine, found),
        )

    def rarity(self, principal: Principal) -> Callable[[str], float]:
        """Inverse document frequency of stemmed words in what a principal sees.

        It is 0 for a word that stands nowhere there, whatever the documents of others hold.
        """
        if sees_everything(principal):
            return self._caches.rarity
        with self.catalog.engine.connect() as connection:
            seen = find_revisions(connection, principal, PassageFilter(), EVERY_STATUS)
        return lambda word: self._caches.rarity(word, seen)

    def nearest(self, vector: np.ndarray, k: int, scope: Sequence[int]) -> dict[int, float]:
        """The k chunks of some revisions that are nearest to a question, with their cosines."""
        return self._caches.dense(vector, k, list(scope))

    def cosines(self, vector: np.ndarray, chunk_ids: Sequence[int]) -> dict[int, float]:
        """How near chunks are to a question."""
        return self._caches.cosines(vector, list(chunk_ids))

    def is_foreign(self, question: str) -> bool:
        """Tell whether a question is in a language that the embedder does not understand."""
        return self._embedder.is_english and is_chinese(question)

    def nearest_codes(
        self,
        code: str,
        principal: Principal,
        asset: str | None,
        where: PassageFilter | None = None,
    ) -> list[str]:
        """Return up to three known codes that are spelled most like an unknown one."""
        where = replace(where or PassageFilter(), asset=asset)
        scope = self.catalog.visible_revisions(principal, where)
        known = self.code_table.codes(scope)
        similarity = OSA.normalized_similarity  # counts wrong, missing and swapped characters
        best = process.extract(code, known, scorer=similarity, processor=fold, limit=3)
        return [name for name, score, _ in best if score >= 0.6]

    def named_assets(self, question: str, principal: Principal) -> list[Asset]:
        """The assets whose tags a question holds."""
        assets = self.assets.list(principal)
        named = find_tags(question, [asset.tag for asset in assets])
        return [asset for asset in assets if asset.tag in named]

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

    def _plan(
        self,
        question: str,
        revisions: Sequence[int],
        assets: Sequence[Asset],
        everything: Collection[int],
    ) -> Plan:
        """Plan a search of revisions, among ``everything`` that could have been searched."""
        named, positions = name_devices(question, self.catalog.devices(revisions))
        scope = list(named) or list(revisions)
        for found in find_tags(question, [asset.tag for asset in assets]).values():
            positions = positions | found
        elsewhere = sorted({*everything} - {*scope})
        codes = self._code_search.find(question, positions, scope, elsewhere)
        words = "".join(" " if i in positions else c for i, c in enumerate(question))
        text = words if any(map(str.isalnum, words)) else question
        return Plan(text, tuple(scope), codes, None, None)

    def _answer(self, question: str, plan: Plan, k: int, started: float) -> Retrieval:
        found = self.candidates(plan)
        ranked = order(found, self._ranking, self._reranker)
        return Retrieval(
            # A few more are read: SQL may have deleted some since the search.
            passages=tuple(self._passages(plan, found, ranked[: k + 8])[:k]),
            intent=intent_of(question),
            code_status=plan.codes.status,
            codes=plan.codes.hits,
            unknown_codes=plan.codes.unknown,
            asset=plan.asset,
            searched=len(plan.scope),
            scope=plan.scope,
            seconds=time.perf_counter() - started,
        )

    def _passages(self, plan: Plan, found: Candidates, ranked: list[Ranked]) -> list[Passage]:
        chunks = self.chunk_table.get([item.id for item in ranked])
        alive = [item for item in ranked if item.id in chunks]  # others were deleted meanwhile
        cosines = self._caches.cosines(found.vector, [item.id for item in alive])
        passages: list[Passage] = []
        for rank, item in enumerate(alive, start=1):
            chunk = chunks[item.id]
            passages.append(
                Passage(
                    rank=rank,
                    chunk_id=item.id,
                    revision_id=chunk.revision_id,
                    document=chunk.document,
                    document_number=chunk.document_number,
                    kind=chunk.kind,
                    revision=chunk.revision,
                    section=chunk.section,
                    heading_path=chunk.heading_path,
                    sentences=chunk.sentences,
                    paths=item.paths,
                    score=item.score,
                    cosine=cosines.get(item.id, 0.0),
                    key=chunk.key,
                    is_elsewhere=plan.own is not None and chunk.revision_id not in plan.own,
                )
            )
        return passages
