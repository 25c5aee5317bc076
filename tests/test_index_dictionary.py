"""The terms of a plant: proposed, decided upon, used."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import record_tables
from assistant.audit import AuditLog
from assistant.work_orders import WorkOrders
from index.access import LOCAL, Principal
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine, writing
from index.dictionary import Dictionary, mine
from index.errors import NotAllowed, TermUnknown
from index.intake import Intake
from index.retrieval import Retriever
from index.term_mining import Proposal
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small


@pytest.fixture
def dictionary(tmp_path: Path) -> Dictionary:
    return Dictionary(open_engine(tmp_path / "records.db", record_tables.MIGRATIONS))


def _proposal(short: str, long: str, count: int = 3) -> Proposal:
    return Proposal(short, long, "abbreviation", 0.8, count, ("hyd cyl leaks",))


def test_nothing_is_used_before_a_person_approves_it(dictionary: Dictionary) -> None:
    assert (
        dictionary.note(LOCAL, [_proposal("hyd", "hydraulic"), _proposal("cyl", "cylinder")]) == 2
    )
    assert dictionary.expand("hyd cyl leaks") == []
    ids = {term.short: term.term_id for term in dictionary.terms(LOCAL)}
    dictionary.decide(LOCAL, [ids["hyd"]], "approved")
    assert dictionary.expand("HYD cyl leaks") == ["hydraulic"]
    dictionary.decide(LOCAL, [ids["hyd"]], "rejected")
    assert dictionary.expand("HYD cyl leaks") == []


def test_a_decision_stays_when_the_same_is_proposed_again(dictionary: Dictionary) -> None:
    dictionary.note(LOCAL, [_proposal("hyd", "hydraulic"), _proposal("cyl", "cylinder")])
    (first, second) = sorted(dictionary.terms(LOCAL), key=lambda term: term.short)
    dictionary.decide(LOCAL, [first.term_id], "rejected")
    again = [_proposal("hyd", "hydraulic", 9), _proposal("cyl", "cylinder", 9)]
    assert dictionary.note(LOCAL, again) == 0
    terms = {term.short: term for term in dictionary.terms(LOCAL)}
    assert (terms["cyl"].status, terms["cyl"].count, terms["cyl"].by) == ("rejected", 3, LOCAL.user)
    assert (terms["hyd"].status, terms["hyd"].count) == ("proposed", 9)
    assert second.term_id == terms["hyd"].term_id


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("r/h cyl leaks", ["right hand"]),
        ("the right hand cylinder", ["r/h"]),
        ("主轴编码器报警", ["spindle encoder"]),
        ("spindle encoder alarm", ["主轴编码器"]),
        ("R/H and right hand", []),
        ("righthand", []),
        ("", []),
        ("轴" * 3000, []),
    ],
)
def test_a_question_is_widened_in_both_directions(
    dictionary: Dictionary, question: str, words: list[str]
) -> None:
    dictionary.add(LOCAL, "R/H", "right  hand")
    dictionary.add(LOCAL, "主轴编码器", "Spindle encoder")
    assert dictionary.expand(question) == words


def test_an_added_term_replaces_the_proposal(dictionary: Dictionary) -> None:
    dictionary.note(LOCAL, [_proposal("hyd", "hydraulic")])
    dictionary.add(LOCAL, "Hyd", "Hydraulic")
    dictionary.add(LOCAL, "Hyd", "Hydraulic")
    (term,) = dictionary.terms(LOCAL, "approved")
    assert (term.short, term.long, term.by) == ("hyd", "hydraulic", LOCAL.user)
    assert dictionary.terms(LOCAL, "proposed") == []


def test_what_is_no_term_is_refused_in_words(dictionary: Dictionary) -> None:
    with pytest.raises(TermUnknown, match="Name a short form"):
        dictionary.add(LOCAL, " ", "hydraulic")
    with pytest.raises(TermUnknown, match="Name a short form"):
        dictionary.add(LOCAL, "hyd", "HYD")
    dictionary.note(LOCAL, [_proposal("hyd", "hydraulic")])
    (term,) = dictionary.terms(LOCAL)
    with pytest.raises(TermUnknown, match="no term 99"):
        dictionary.decide(LOCAL, [term.term_id, 99], "approved")
    assert [term.status for term in dictionary.terms(LOCAL)] == ["proposed"]


def test_an_approved_term_finds_the_passage_that_is_written_otherwise(
    catalog: Catalog, embedder: HashEmbedder, dictionary: Dictionary
) -> None:
    put(catalog, embedder, small("The hydraulic cylinder leaks oil.", "The motor hums.", "x y z."))
    caches = Caches(catalog, embedder, None)
    retriever = Retriever(catalog, embedder, caches, expand=dictionary.expand)
    assert all("lexical" not in p.paths for p in retriever.retrieve("zyl", LOCAL, 3).passages)
    dictionary.add(LOCAL, "zyl", "cylinder")
    (passage,) = retriever.retrieve("zyl", LOCAL, 1).passages
    assert passage.sentences[0].text == "The hydraulic cylinder leaks oil."
    assert "lexical" in passage.paths


def test_terms_are_mined_from_manuals_and_tickets(catalog: Catalog, embedder: HashEmbedder) -> None:
    put(catalog, embedder, small("The programmable logic controller (PLC) stops."))
    found = {(p.short, p.long) for p in mine(catalog, LOCAL)}
    assert ("plc", "programmable logic controller") in found


NORTH = Principal("nia", "supervisor", frozenset({"North"}))
SOUTH = Principal("sam", "supervisor", frozenset({"South"}))


def test_a_proposal_is_shown_to_who_sees_what_it_was_found_in(dictionary: Dictionary) -> None:
    found = Proposal("hyd", "hydraulic", "abbreviation", 0.5, 3, ("hyd of the secret press",))
    dictionary.note(NORTH, [found])
    dictionary.note(LOCAL, [found])
    assert dictionary.terms(SOUTH) == []
    assert len(dictionary.terms(LOCAL)) == 2
    (mine_,) = dictionary.terms(NORTH)
    with pytest.raises(TermUnknown) as foreign:
        dictionary.decide(SOUTH, [mine_.term_id], "approved")
    with pytest.raises(TermUnknown) as missing:
        dictionary.decide(SOUTH, [99], "approved")
    assert str(foreign.value).replace(str(mine_.term_id), "99") == str(missing.value)


def test_an_approved_term_serves_everybody_and_shows_its_texts_to_its_own(
    dictionary: Dictionary,
) -> None:
    found = Proposal("hyd", "hydraulic", "abbreviation", 0.5, 3, ("hyd of the secret press",))
    dictionary.note(NORTH, [found])
    (term,) = dictionary.terms(NORTH)
    dictionary.decide(NORTH, [term.term_id], "approved")
    assert dictionary.expand("hyd pump") == ["hydraulic"]
    (seen,) = dictionary.terms(SOUTH)
    assert (seen.short, seen.examples, seen.count, seen.by) == ("hyd", (), 0, "")
    with pytest.raises(NotAllowed, match="other sites"):
        dictionary.decide(SOUTH, [seen.term_id], "rejected")
    assert dictionary.note(SOUTH, [found]) == 0
    dictionary.decide(LOCAL, [term.term_id], "rejected")
    assert dictionary.terms(SOUTH) == []


def test_a_dictionary_of_an_older_version_keeps_its_terms(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    engine = open_engine(path, record_tables.MIGRATIONS)
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP TABLE term")
        connection.exec_driver_sql(
            "CREATE TABLE term (id INTEGER PRIMARY KEY AUTOINCREMENT, short VARCHAR NOT NULL, "
            "long VARCHAR NOT NULL, kind VARCHAR NOT NULL, status VARCHAR NOT NULL, "
            "score FLOAT NOT NULL, frequency INTEGER NOT NULL, examples JSON NOT NULL, "
            '"by" VARCHAR NOT NULL, at VARCHAR NOT NULL, UNIQUE (short, long))'
        )
        connection.exec_driver_sql("CREATE INDEX ix_term_status ON term (status)")
        connection.exec_driver_sql(
            "INSERT INTO term VALUES (7, 'hyd', 'hydraulic', 'added', 'approved', 1.0, 0, '[]', "
            "'kim', '2024-01-01')"
        )
        for name in ("by", "site", "groups"):
            connection.exec_driver_sql(f'ALTER TABLE intake DROP COLUMN "{name}"')
        connection.exec_driver_sql("ALTER TABLE work_order DROP COLUMN site")
        connection.exec_driver_sql(
            "INSERT INTO intake (id, kind, content_hash, original, name, source, options, state, "
            "worker, attempts, stage, done, total, reason, report, taken_at) VALUES (1, "
            "'document', 'h', 'h.pdf', 'n', 's', '{\"site\": \"North\"}', 'failed', '', 1, '', "
            "0, 0, '', '{}', '2024')"
        )
        connection.exec_driver_sql(
            "DELETE FROM migration WHERE name IN ('m006_order_sites', 'm008_reaches')"
        )
    engine.dispose()
    engine = open_engine(path, record_tables.MIGRATIONS)
    old = Dictionary(engine)
    assert old.expand("hyd") == ["hydraulic"]
    assert [(term.term_id, term.by) for term in old.terms(LOCAL)] == [(7, "kim")]
    old.note(NORTH, [_proposal("cyl", "cylinder")])
    assert [item.site for item in Intake(engine).items(NORTH)] == ["North"]
    assert Intake(engine).items(SOUTH) == []
    assert WorkOrders(engine).list(LOCAL) == []
    engine.dispose()


def test_decisions_are_logged_and_refused_ones_are_not(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "records.db", record_tables.MIGRATIONS)
    log = AuditLog(engine)
    dictionary = Dictionary(engine, log)
    dictionary.add(LOCAL, "hyd", "hydraulic")
    (term,) = dictionary.terms(LOCAL)
    dictionary.decide(LOCAL, [term.term_id], "rejected")
    with pytest.raises(TermUnknown):
        dictionary.decide(LOCAL, [term.term_id, 99], "approved")
    with pytest.raises(NotAllowed):
        dictionary.decide(Principal("tess", "technician"), [term.term_id], "approved")
    assert [(row.action, row.object, row.details) for row in log.rows()] == [
        ("dictionary changed", "hyd", '{"status":"approved"}'),
        ("dictionary changed", "", f'{{"status":"rejected","terms":[{term.term_id}]}}'),
    ]
    assert [row.sequence for row in log.latest(2, 5)] == [2, 1]
    assert [row.sequence for row in log.latest(1, 5)] == [1]
