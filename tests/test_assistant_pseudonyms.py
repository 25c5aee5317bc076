"""People in tickets are replaced by stand-ins, and codes and parts never are."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from assistant.names import Roster, fold
from assistant.people import People, read_people
from assistant.pseudonyms import KEY_FILE, Pseudonyms, read_key
from index.catalog import Catalog
from tests.hash_embedder import HashEmbedder
from tests.labelled_people import measure, read, report

KEY = b"k" * 32
ROSTER = Roster(
    ["Jürgen Köhler", "M. Santos", "Smith, John", "Schneider, Eva", "李建国", "E104327"]
)


def hide(text: str, roster: Roster = ROSTER) -> str:
    return Pseudonyms(KEY, lambda: roster).ledger().hide(text)


def stand_ins(text: str) -> int:
    hidden = hide(text)
    return hidden.count("Person ") + hidden.count("Contact ")


def test_the_labelled_texts_reach_their_targets() -> None:
    """265 texts by hand; names 0.981, identifiers 1.000, no code touched when this was written."""
    roster, texts = read()
    counts, _ = measure(roster, texts)
    told = report("all", texts, roster)
    assert len(texts) >= 200
    assert counts["p"].share_right >= 0.90, told
    assert counts["i"].share_right >= 0.98, told
    assert len(counts["c"].wrong) / counts["c"].total <= 0.005, told


def test_texts_that_no_rule_was_made_for_reach_them_too() -> None:
    roster, texts = read()
    counts, _ = measure(roster, [text for text in texts if text.is_unseen])
    assert counts["p"].share_right >= 0.90
    assert not counts["c"].wrong


@pytest.mark.parametrize(
    "spelling",
    [
        "Jürgen Köhler",
        "JÜRGEN KÖHLER",
        "jürgen köhler",
        "Juergen Koehler",
        "Jurgen Kohler",
        "Ju\u0308rgen Ko\u0308hler",  # in two characters each
        "Köhler, Jürgen",
        "KÖHLER J.",
        "J. Köhler",
        "J Köhler",
        "Köhler",
        "Herr Köhler",
        "Jürgen",
    ],
)
def test_every_spelling_of_a_person_is_one_stand_in(spelling: str) -> None:
    whole = hide("Jürgen Köhler")
    hidden = hide(f"Pumpe getauscht, {spelling} fragen, Lager 6205")
    assert whole in hidden
    assert hidden.endswith("fragen, Lager 6205")
    assert not set(hidden.casefold().split()) & {"jürgen", "köhler", "koehler", "juergen", "kohler"}


@pytest.mark.parametrize(
    "text",
    [
        "E-217",
        "0x1D",
        "F30002",
        "16#8104",
        "HP40-SK-22",
        "6ES7 315-2EH14-0AB0",
        "0532000112",
        "0811404601",
        "LT-01",
        "S/N 31028874",
        "P/N 204-355-7781",
        "part no. 555-201-7788",
        "Bestell-Nr. 0171 4455 20",
        "SMITH-4410",
        "KOEHLER_22A",
        "Schneider Electric LC1D09",
        "10.12.2026 06:15",
        "25 N·m at 160 bar",
        "2026-11-22T06:15:00",
        "M8x40 12.9",
        "192.168.0.17",
        "件号13812345678A",
        "施工 加工 高工位",
        "",
    ],
)
def test_codes_parts_tags_and_values_stay(text: str) -> None:
    assert hide(f"x {text} y") == f"x {text} y"


@pytest.mark.parametrize(
    "text",
    [
        "a.lind@plant.example",
        "a.lind (at) plant.example",
        "+49 171 5566778",
        "+44 (0)20 7946 0018",
        "(0711) 893211-14",
        "ext. 4417",
        "Durchwahl: 4471",
        "badge no. 104882",
        "Personalnummer: 0012877",
        "employee ID: E-20931",
        "工号20458",
        "电话：13812345678",
        "ＴＥＬ：０７１１／８９３２１１",
        "E104327",
    ],
)
def test_addresses_and_numbers_of_people_are_hidden(text: str) -> None:
    assert stand_ins(f"x {text} y") == 1
    digits = [c for c in hide(f"x {text} y").split("y")[0] if c.isdigit()]
    assert len(digits) <= 4  # those of the stand-in


def test_a_stand_in_is_stable_and_depends_on_the_key() -> None:
    text = "Santos reset it"
    assert hide(text) == hide(text)
    assert hide(text) == hide("Santos found it").replace("found", "reset")
    assert hide(text) != Pseudonyms(b"l" * 32, lambda: ROSTER).ledger().hide(text)


def test_a_stand_in_is_put_back_where_an_answer_has_it() -> None:
    ledger = Pseudonyms(KEY, lambda: ROSTER).ledger()
    hidden = ledger.hide("J. Smith and Köhler swapped B2, call +49 171 5566778")
    assert "Smith" not in hidden
    assert ledger.restore(hidden) == "J. Smith and Köhler swapped B2, call +49 171 5566778"
    assert ledger.restore("Person 0000 did it") == "Person 0000 did it"


def test_two_people_never_share_a_stand_in() -> None:
    """Four hex digits meet by chance among so many; the second one gets more."""
    names = [f"{a}{b}{c}lsen" for a in "BDFGHKLMNP" for b in "aeiou" for c in "bdfgklmnrstvz"]
    ledger = Pseudonyms(KEY, lambda: Roster(names)).ledger()
    hidden = {ledger.hide(f"by {name}") for name in names}
    assert len(hidden) == len(names) == 650
    assert all(ledger.restore(text).startswith("by ") for text in hidden)


@pytest.mark.parametrize("name", ["Shift B", "extern", "Elektriker", "n/a", "-", "", "4711", "QA"])
def test_what_is_no_person_in_a_column_hides_nothing(name: str) -> None:
    text = "Shift B electrician extern QA 4711 n/a - Elektriker"
    assert hide(text, Roster([name])) == text


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = read_key(tmp_path)
    assert read_key(tmp_path) == key
    assert len(key) == 32
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_was_cut_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(ValueError, match="no key of 32 bytes"):
        read_key(tmp_path)


@pytest.mark.parametrize("spelling", ["Müller", "MUELLER", "mu\u0308ller", "Muller"])
def test_spellings_fold_to_one_form(spelling: str) -> None:
    assert fold(spelling) == "muller"


def test_people_come_from_the_columns_of_tickets(catalog: Catalog, tmp_path: Path) -> None:
    from ingest.tickets import TicketImporter

    table = tmp_path / "tickets.csv"
    table.write_text(
        "ticket_id,title,technician,Reported by,Melder\n"
        '1,pump hums,"A. Lind; B. Öz",Tess Quill,\n'
        "2,belt slips,,Ray Ngo,Kai Uhl\n",
        encoding="utf-8",
    )
    people = People(catalog, lambda: ["Ada Admin"])
    assert people.roster().alone("quill") is None
    TicketImporter(catalog, HashEmbedder()).import_file(table, "import", lambda *_: None)
    assert {"A. Lind", "B. Öz", "Tess Quill", "Ray Ngo", "Kai Uhl"} <= read_people(catalog.engine)
    roster = people.roster()  # read again, as the knowledge has changed
    assert all(roster.alone(name) for name in ("lind", "oz", "quill", "ngo", "uhl", "admin"))
