"""Tickets in SQL and as searchable texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.corpus import PassageFilter
from index.embedding import embed_missing
from index.retrieval import Retriever
from index.ticket_tables import ticket as ticket_table
from index.tickets import Outcome, Ticket, put_tickets, tickets_of_chunks
from tests.hash_embedder import HashEmbedder

NORTH = Principal("ann", "technician", frozenset({"North"}))


def ticket(number: str, title: str, **fields: object) -> Ticket:
    values: dict[str, object] = {
        "source_system": "cmms",
        "source_id": number,
        "source_file": "tickets.csv",
        "source_row": 2,
        "raw": {"title": title},
        "asset_raw": "",
        "asset_id": None,
        "asset_tag": "",
        "asset_match": 0.0,
        "number": number,
    }
    return Ticket(title=title, **{**values, **fields})  # type: ignore[arg-type]


class History:
    """Tickets in a catalog with two presses, searchable by words."""

    def __init__(self, catalog: Catalog, embedder: HashEmbedder) -> None:
        self.catalog = catalog
        self.embedder = embedder
        self.register = AssetRegister(catalog.engine)
        self.register.put([Asset("PR-01", site="North"), Asset("PR-02", site="South")])
        self.retriever = Retriever(catalog, embedder, Caches(catalog, embedder, None))

    def put(self, *tickets: Ticket) -> list[Outcome]:
        vectors = {}
        chunks = [one.chunk for one in tickets]
        for _, _, rows in embed_missing(self.embedder, self.catalog.missing_vectors, chunks):
            vectors.update(rows)
        return put_tickets(self.catalog, tickets, self.embedder.identity, vectors)

    def on(self, tag: str, number: str, title: str, **fields: object) -> Ticket:
        match = self.register.matcher(LOCAL).match(tag)
        assert match.asset_id is not None
        asset = {"asset_raw": tag, "asset_id": match.asset_id, "asset_tag": match.tag}
        return ticket(number, title, **asset, **fields)

    def found(self, question: str, principal: Principal = LOCAL, **where: object) -> list[str]:
        filters = PassageFilter(kinds=("history",), **where)  # type: ignore[arg-type]
        passages = self.retriever.retrieve(question, principal, 8, filters).passages
        return [passage.key for passage in passages]

    def rows(self) -> int:
        with self.catalog.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(ticket_table)) or 0


@pytest.fixture
def history(catalog: Catalog, embedder: HashEmbedder) -> History:
    return History(catalog, embedder)


def test_a_ticket_is_looked_up_by_its_number_else_by_its_line() -> None:
    assert ticket("T-1", "leak").locator == "T-1"
    assert replace(ticket("x", "leak"), number="", source_row=17).locator == "tickets.csv line 17"


def test_the_text_of_a_ticket_holds_each_field_once() -> None:
    one = ticket(
        "T-1", "oil leak", description="oil leak", cause="seal worn", resolution="seal new"
    )
    assert one.chunk.text == "oil leak\nseal worn\nseal new"
    assert one.chunk.key == "T-1"
    assert ticket("T-2", "").chunk.text == "(no text)"


def test_a_second_import_changes_nothing(history: History) -> None:
    tickets = [ticket("T-1", "oil leak"), ticket("T-2", "belt torn")]
    assert history.put(*tickets) == ["imported", "imported"]
    sequence = history.catalog.sequence()
    assert history.put(*tickets) == ["unchanged", "unchanged"]
    assert (history.catalog.sequence(), history.rows()) == (sequence, 2)


def test_a_changed_row_replaces_the_old_one_in_search(history: History) -> None:
    history.put(ticket("T-1", "oil leak"), ticket("T-2", "belt torn"))
    changed = ticket("T-1", "chain broken", raw={"title": "chain broken"})
    assert history.put(changed, ticket("T-2", "belt torn")) == ["updated", "unchanged"]
    assert history.rows() == 2
    texts = [p.text for p in history.retriever.retrieve("oil leak chain", LOCAL).passages]
    assert sorted(texts) == ["belt torn", "chain broken"]


def test_the_same_number_in_two_systems_is_two_tickets(history: History) -> None:
    assert history.put(ticket("1", "oil leak"), ticket("1", "belt torn", source_system="sap")) == [
        "imported",
        "imported",
    ]
    assert history.rows() == 2


def test_an_asset_that_was_resolved_later_moves_the_ticket(history: History) -> None:
    history.put(ticket("T-1", "oil leak", asset_raw="PR-01"))
    assert history.found("oil", asset="PR-01") == []
    assert history.put(history.on("PR-01", "T-1", "oil leak")) == ["updated"]
    assert history.found("oil", asset="PR-01") == ["T-1"]
    assert history.found("oil") == ["T-1"]


def test_tickets_are_found_on_their_asset_only(history: History) -> None:
    history.put(
        history.on("PR-01", "T-1", "oil leak"),
        history.on("PR-02", "T-2", "oil leak"),
        ticket("T-3", "oil leak"),
    )
    assert history.found("oil leak", asset="pr01") == ["T-1"]
    assert history.found("oil leak on PR-02") == ["T-2"]
    assert sorted(history.found("oil leak")) == ["T-1", "T-2", "T-3"]


def test_tickets_of_another_site_are_not_seen(history: History) -> None:
    history.put(history.on("PR-01", "T-1", "oil leak"), history.on("PR-02", "T-2", "oil leak"))
    assert history.found("oil leak", NORTH) == ["T-1"]


def test_one_asset_has_one_history_over_many_imports(history: History) -> None:
    history.put(history.on("PR-01", "T-1", "oil leak"))
    history.put(history.on("PR-01", "T-2", "belt torn"), history.on("PR-02", "T-3", "belt torn"))
    titles = [document.title for document in history.catalog.documents(LOCAL)]
    assert titles == ["Tickets of PR-01", "Tickets of PR-02"]


def test_stored_tickets_come_in_the_order_asked_for(history: History) -> None:
    history.put(
        history.on("PR-01", "T-1", "oil leak", parts=(("HP40-1", 2.0),), downtime_min=30.0),
        ticket("T-2", "belt torn", asset_raw="some conveyor", reported_at="2024-05-01T10:00:00"),
    )
    passages = history.retriever.retrieve("oil belt", LOCAL).passages
    ids = {passage.key: passage.chunk_id for passage in passages}
    second, first = tickets_of_chunks(history.catalog, LOCAL, [ids["T-2"], 999, ids["T-1"]])
    assert (second.ticket_id, second.asset) == ("T-2", "some conveyor")
    assert second.reported_at == "2024-05-01T10:00:00"
    assert second.downtime_min is None
    assert (first.ticket_id, first.asset) == ("T-1", "PR-01")
    assert (first.parts, first.downtime_min) == ((("HP40-1", 2.0),), 30.0)
    assert tickets_of_chunks(history.catalog, LOCAL, []) == []


def test_the_same_row_twice_in_one_import_is_one_ticket(history: History) -> None:
    one = ticket("T-1", "oil leak")
    assert history.put(one, one) == ["imported", "unchanged"]
    changed = replace(one, title="belt torn", raw={"title": "belt torn"})
    assert history.put(changed, replace(changed, raw={"title": "x"})) == ["updated", "updated"]
    assert history.rows() == 1
    assert history.found("belt") == ["T-1"]
