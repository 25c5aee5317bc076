"""Filters are exact at any selectivity: random plants against a plain restatement of the rules."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from index import tables
from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.corpus import CodeEntry, DocumentKind, PassageFilter
from index.database import open_engine
from index.errors import AssetUnknown
from index.retrieval import Retrieval, Retriever
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small

KINDS: tuple[DocumentKind, ...] = ("manual", "procedure", "bulletin")
SITES = (None, "North", "South")
MODELS = ("HP-40", "LT-25", "RC-15")
PRINCIPALS = (
    LOCAL,
    Principal("ann", "technician", frozenset({"North"})),
    Principal("bob", "technician", frozenset({"North", "South"})),
    Principal("eve", "technician", frozenset()),
)
QUESTION = "oil pump leaks, alarm E-500"


@dataclass
class Doc:
    """A document as the test knows it; ``superseded`` marks the older of two revisions."""

    name: str
    site: str | None
    kind: DocumentKind
    models: tuple[str, ...]
    serials: tuple[tuple[int, int], ...]
    assets: tuple[str, ...]
    language: str
    revision: str
    superseded: bool = False
    revision_id: int = 0
    document_id: int = 0


@dataclass
class World:
    """A random plant."""

    retriever: Retriever
    assets: dict[str, Asset]
    docs: list[Doc] = field(default_factory=list)


def _documents(rng: random.Random, tags: Sequence[str]) -> list[Doc]:
    docs: list[Doc] = []
    for i in range(24):
        low = rng.randrange(100, 900, 100)
        doc = Doc(
            name=f"D{i}",
            site=rng.choice(SITES),
            kind=rng.choice(KINDS),
            models=tuple(rng.sample(MODELS, rng.choice((0, 1, 1, 2)))),
            serials=((low, low + 99),) if rng.random() < 0.3 else (),
            assets=tuple(rng.sample(tags, rng.choice((0, 0, 1)))),
            language=rng.choice(("en", "en", "de", "zh")),
            revision=rng.choice("ABC"),
        )
        if rng.random() < 0.25:
            docs.append(replace(doc, revision="0", superseded=True))
        docs.append(doc)
    return docs


@pytest.fixture(scope="module", params=range(2))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    rng = random.Random(request.param)
    path = tmp_path_factory.mktemp("plant") / "knowledge.db"
    catalog = Catalog(open_engine(path, tables.MIGRATIONS))
    embedder = HashEmbedder()
    assets = {
        f"MX-{i:02}": Asset(
            f"MX-{i:02}",
            model=rng.choice((*MODELS, "")),
            serial=str(rng.randrange(100, 1000)),
            site=rng.choice(SITES),
        )
        for i in range(1, 7)
    }
    AssetRegister(catalog.engine).put(assets.values())
    docs = _documents(rng, list(assets))
    for doc in docs:
        mark = f"{doc.name}{doc.revision}"
        codes = [
            CodeEntry("E-500", "alarm", "", doc.name, f"shared {mark}", (), ()),
            CodeEntry(f"E-5{docs.index(doc):02}9", "alarm", "", "", mark, (), (), chunk_ordinal=1),
        ]
        knowledge = small(
            f"oil pump leaks {mark}",
            f"gear {mark}",
            title=f"Title of {doc.name}",
            number=doc.name,
            revision=doc.revision,
            date=f"202{1 - doc.superseded}-01-01",
            kind=doc.kind,
            models=doc.models,
            assets=doc.assets,
            site=doc.site,
            codes=codes,
        )
        document = replace(
            knowledge.document,
            serials=tuple(f"{low}..{high}" for low, high in doc.serials),
            language=doc.language,
        )
        doc.revision_id = put(catalog, embedder, replace(knowledge, document=document))
    for stored in catalog.documents(LOCAL, ("approved", "superseded")):
        next(
            d for d in docs if d.revision_id == stored.revision_id
        ).document_id = stored.document_id
    retriever = Retriever(catalog, embedder, Caches(catalog, embedder, None))
    return World(retriever, assets, docs)


def _expected(world: World, principal: Principal, where: PassageFilter) -> set[int]:
    """The revisions that may be searched, restated without SQL."""
    return {
        doc.revision_id
        for doc in world.docs
        if _may_see(principal, doc.site)
        and (where.include_superseded or not doc.superseded)
        and _is_wanted(doc, where)
        and (where.asset is None or _applies(doc, world.assets[where.asset]))
    }


def _may_see(principal: Principal, site: str | None) -> bool:
    return site is None or principal.sites is None or site in principal.sites


def _is_wanted(doc: Doc, where: PassageFilter) -> bool:
    return (
        (not where.kinds or doc.kind in where.kinds)
        and (not where.documents or doc.document_id in where.documents)
        and (not where.sites or doc.site is None or doc.site in where.sites)
        and (not where.models or bool(set(doc.models) & set(where.models)))
        and (not where.serial or not doc.serials or _holds(doc, where.serial))
        and (not where.revisions or doc.revision in where.revisions)
        and (not where.languages or doc.language in where.languages)
    )


def _applies(doc: Doc, asset: Asset) -> bool:
    if asset.tag in doc.assets:
        return True
    return asset.model in doc.models and (not doc.serials or _holds(doc, asset.serial))


def _holds(doc: Doc, serial: str) -> bool:
    return any(low <= int(serial) <= high for low, high in doc.serials)


def _filters(rng: random.Random, world: World) -> PassageFilter:
    """A random combination: each restriction is there or not."""

    def some(values: Sequence[str]) -> tuple[str, ...]:
        return tuple(rng.sample(list(values), rng.choice((0, 0, 0, 1, 2))))

    ids = [doc.document_id for doc in world.docs]
    return PassageFilter(
        asset=rng.choice((None, None, *world.assets)),
        kinds=tuple(rng.sample(KINDS, rng.choice((0, 0, 1, 2)))),
        documents=tuple(rng.sample(ids, rng.choice((0, 0, 0, 1, 5)))),
        include_superseded=rng.random() < 0.3,
        sites=some(("North", "South")),
        models=some(MODELS),
        serial=rng.choice(("", "", "", str(rng.randrange(100, 1000)))),
        revisions=some("0ABC"),
        languages=some(("en", "de", "zh")),
    )


def _revisions_of(found: Retrieval) -> set[int]:
    return {passage.revision_id for passage in found.passages}


def test_what_a_filter_lets_through_is_found_whole_and_nothing_else(world: World) -> None:
    rng = random.Random(7)
    sizes: set[int] = set()
    for _ in range(80):
        principal, where = rng.choice(PRINCIPALS), _filters(rng, world)
        hidden = where.asset is not None and not _may_see(principal, world.assets[where.asset].site)
        if hidden:
            with pytest.raises(AssetUnknown):
                world.retriever.retrieve(QUESTION, principal, 200, where)
            continue
        wanted = _expected(world, principal, where)
        found = world.retriever.retrieve(QUESTION, principal, 200, where)
        assert set(found.scope) == wanted, where
        assert found.searched == len(wanted)
        assert _revisions_of(found) == wanted, where
        assert len(found.passages) == 2 * len(wanted)
        assert {hit.revision_id for hit in found.codes} == wanted
        near = world.retriever.nearest_codes("E-5000", principal, where.asset, where)
        named = {f"E-5{i:02}9" for i, d in enumerate(world.docs) if d.revision_id in wanted}
        assert set(near) <= named | ({"E-500"} if wanted else set())
        sizes.add(len(wanted))
    assert {0, 1} <= sizes
    assert max(sizes) > 10


def test_the_best_k_are_the_best_of_what_is_left(world: World) -> None:
    """A narrow filter gives the same order as a wide search with the rest taken out."""
    rng = random.Random(8)
    for _ in range(30):
        where = replace(_filters(rng, world), asset=None)
        narrow = world.retriever.retrieve("oil pump leaks", LOCAL, 3, where)
        wanted = _expected(world, LOCAL, where)
        assert len(narrow.passages) == min(3, 2 * len(wanted))
        assert all(p.text.startswith("oil") for p in narrow.passages[: len(wanted)])


def test_a_code_of_what_is_left_out_is_unknown(world: World) -> None:
    rng = random.Random(9)
    for _ in range(60):
        where = replace(_filters(rng, world), asset=None)
        wanted = _expected(world, LOCAL, where)
        i = rng.randrange(len(world.docs))
        found = world.retriever.retrieve(f"alarm E-5{i:02}9", LOCAL, 5, where)
        if world.docs[i].revision_id in wanted:
            assert [hit.revision_id for hit in found.codes] == [world.docs[i].revision_id]
        else:
            assert found.codes == ()
            assert found.code_status == ("unknown" if wanted else found.code_status)


def test_other_machines_are_searched_in_a_step_of_its_own_and_marked(world: World) -> None:
    for tag in world.assets:
        own = _expected(world, LOCAL, PassageFilter(asset=tag))
        every = _expected(world, LOCAL, PassageFilter())
        found = world.retriever.retrieve_elsewhere(QUESTION, LOCAL, tag, 200)
        assert _revisions_of(found) == every - own
        assert {hit.revision_id for hit in found.codes} == every - own
        assert all(passage.is_elsewhere for passage in found.passages)
        assert found.is_elsewhere
        assert found.asset is not None
        assert found.asset.tag == tag
        here = world.retriever.retrieve(QUESTION, LOCAL, 200, PassageFilter(asset=tag))
        assert not any(passage.is_elsewhere for passage in here.passages)


def test_other_machines_of_another_site_stay_hidden(world: World) -> None:
    north = PRINCIPALS[1]
    for tag, asset in world.assets.items():
        if not _may_see(north, asset.site):
            with pytest.raises(AssetUnknown):
                world.retriever.retrieve_elsewhere(QUESTION, north, tag)
            continue
        found = world.retriever.retrieve_elsewhere(QUESTION, north, tag, 200)
        own = _expected(world, north, PassageFilter(asset=tag))
        assert _revisions_of(found) == _expected(world, north, PassageFilter()) - own


def test_a_machine_named_in_a_search_of_all_marks_the_others(world: World) -> None:
    tag = next(t for t in world.assets if _expected(world, LOCAL, PassageFilter(asset=t)))
    own = _expected(world, LOCAL, PassageFilter(asset=tag))
    everywhere = PassageFilter(all_assets=True)
    found = world.retriever.retrieve(f"oil pump of {tag}", LOCAL, 200, everywhere)
    assert {p.revision_id for p in found.passages if not p.is_elsewhere} == own
    assert any(passage.is_elsewhere for passage in found.passages)
