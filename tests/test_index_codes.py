"""Spellings of codes, and the look-up by them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalog import Catalog
from index.code_table import CodeTable
from index.codes import asked_spellings, fold, prefix_of, stored_spellings
from index.corpus import CodeEntry
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small


def closeness(asked: str, stored: str) -> int | None:
    """The level at which a code of a question meets one of a document; None where it does not."""
    filed = {spelling.key: spelling.level for spelling in stored_spellings(stored)}
    levels = [max(s.level, filed[s.key]) for s in asked_spellings(asked) if s.key in filed]
    return min(levels, default=None)


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("e-217", "E-217"),  # case
        ("Ｅ－２１７", "E-217"),  # width
        ("E217", "E-217"),  # hyphen
        ("e 217", "E-217"),  # space
        ("E\u2013217", "E-217"),  # dash
        ("E.217", "E-217"),
        ("E_217", "E-217"),
        ("E-0217", "E-217"),  # zero padding
        ("E-217", "E0217"),
        ("Err 217", "Er.217"),
        ("ERROR217", "E-217"),
        ("alarm 12", "A.12"),
        ("#217", "217"),
        ("0217", "217"),
        ("217", "0217"),
        ("217", "E-217"),  # a bare number finds a prefixed code
        ("ALM4", "4"),  # a word for "alarm" is no part of the code
        ("fault 12", "12"),
        ("0x1c", "0x1C"),
        ("0x001C", "0x1C"),
        ("1Ch", "0x1C"),
        ("0x1C", "1CH"),
        ("16#1C", "0x1C"),
        ("1C", "0x1C"),
        ("1C", "1Ch"),
        ("0x1C", "28"),  # hexadecimal for decimal
        ("16#1C", "28"),
        ("28", "0x1C"),  # decimal for what the document itself prints in hexadecimal
        ("0x0", "0"),
        ("0x00", "0"),
        ("AL.E6", "al-e6"),
        ("hp40 2201 01", "HP40-2201-01"),
        ("过流", "过流"),
    ],
)
def test_a_code_is_found_in_another_spelling(asked: str, stored: str) -> None:
    assert closeness(asked, stored) is not None


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("E-217", "E-218"),
        ("E-217", "E-2170"),
        ("E-217", "E-21"),
        ("E-217", "F-217"),
        ("E-217", "217"),  # the prefix says that another list is meant
        ("0x1C", "0x1D"),
        ("0x28", "28"),
        ("28h", "0x28"),  # hours as likely as hexadecimal
        ("10", "100"),
        ("1", "10"),
        ("W-12", "A-12"),
        ("A-12", "12"),
    ],
)
def test_another_code_is_not_found(asked: str, stored: str) -> None:
    assert closeness(asked, stored) is None


@pytest.mark.parametrize(
    ("asked", "closer", "farther"),
    [
        ("E-217.3", "E-217.3", "E-21.73"),
        ("E217", "E-217", "Er.217"),
        ("217", "217", "E-217"),
        ("0217", "0217", "217"),
        ("0x1C", "0x1C", "28"),
        ("ALM4", "ALM-4", "4"),
        ("E-0217", "e 0217", "E-217"),
    ],
)
def test_the_closer_spelling_has_the_lower_level(asked: str, closer: str, farther: str) -> None:
    near, far = closeness(asked, closer), closeness(asked, farther)
    assert near is not None
    assert far is not None
    assert near < far


_CODES = st.from_regex(r"[A-Z]{0,4}[-. ]?[0-9]{1,4}([-.][0-9A-F]{1,3})?", fullmatch=True)


@settings(max_examples=150, deadline=None)
@given(_CODES)
def test_the_printed_spelling_is_always_the_exact_form(code: str) -> None:
    assert closeness(code, code) == 0


@settings(max_examples=150, deadline=None)
@given(_CODES)
def test_width_case_and_separators_never_hide_a_code(code: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in code)
    assert closeness(wide, code) is not None
    assert closeness(code.swapcase(), code) is not None
    assert closeness(fold(code), code) is not None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 0xFFFF))
def test_every_number_is_found_by_its_hexadecimal_form(number: int) -> None:
    for form in (f"0x{number:X}", f"0x{number:04x}", f"16#{number:X}"):
        assert closeness(form, str(number)) is not None


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("E-217", "e"),
        ("Er.731", "e"),
        ("ERR 731", "e"),
        ("Alarm 12", "a"),
        ("ALM4", "a"),
        ("HP40-2201-01", "hp"),
        ("217", ""),
        ("0x1C", "0x"),
        ("16#1C", "0x"),
        ("other", "other"),
        ("Ｅ－２１７", "e"),
        ("", ""),
    ],
)
def test_the_letters_that_a_code_begins_with(code: str, prefix: str) -> None:
    assert prefix_of(code) == prefix


def alarm(
    code: str, chunk: int = 0, component: str = "", aliases: tuple[str, ...] = ()
) -> CodeEntry:
    return CodeEntry(
        code, "alarm", "Press", component, f"Meaning of {code}", (), (), aliases, chunk
    )


@pytest.fixture
def table(catalog: Catalog) -> CodeTable:
    return CodeTable(catalog.engine)


def test_the_exact_form_hides_looser_ones(
    catalog: Catalog, embedder: HashEmbedder, table: CodeTable
) -> None:
    codes = [alarm("E-21.73"), alarm("E-217.3", 1), alarm("2173", 2)]
    revision = put(catalog, embedder, small("a", "b", "c", codes=codes))
    found = {
        asked: [h.code for h in table.look_up(asked, [revision])] for asked in ("E-217.3", "2173")
    }
    assert found == {"E-217.3": ["E-217.3"], "2173": ["2173"]}
    # Without the point nothing tells the two apart, so both are listed.
    assert [hit.code for hit in table.look_up("E2173", [revision])] == ["E-21.73", "E-217.3"]


def test_the_level_tells_whether_the_spelling_was_the_printed_one(
    catalog: Catalog, embedder: HashEmbedder, table: CodeTable
) -> None:
    revision = put(catalog, embedder, small("a", codes=[alarm("E-217")]))
    assert [hit.level for hit in table.look_up("E-217", [revision])] == [0]
    assert [hit.level for hit in table.look_up("e0217", [revision])] > [0]


def test_every_component_that_shows_a_code_is_listed(
    catalog: Catalog, embedder: HashEmbedder, table: CodeTable
) -> None:
    codes = [alarm("12", 0, "controller"), alarm("12", 1, "servo"), alarm("13", 1, "servo")]
    revision = put(catalog, embedder, small("a", "b", codes=codes))
    assert [hit.component for hit in table.look_up("12", [revision])] == ["controller", "servo"]
    assert table.components([revision]) == {"controller", "servo"}


def test_an_alias_finds_its_code_but_not_before_a_code_of_that_spelling(
    catalog: Catalog, embedder: HashEmbedder, table: CodeTable
) -> None:
    codes = [alarm("Er.740", 0, aliases=("0x5201", "A12")), alarm("A12", 1)]
    revision = put(catalog, embedder, small("a", "b", codes=codes))
    assert [hit.code for hit in table.look_up("0x5201", [revision])] == ["Er.740"]
    assert [hit.code for hit in table.look_up("A12", [revision])] == ["A12"]


def test_only_the_revisions_given_are_looked_into(
    catalog: Catalog, embedder: HashEmbedder, table: CodeTable
) -> None:
    old = put(
        catalog,
        embedder,
        small("a", number="M-1", revision="A", codes=[alarm("E-217"), alarm("E-9")]),
    )
    new = put(catalog, embedder, small("b", number="M-1", revision="B", codes=[alarm("E-217")]))
    assert [hit.revision_id for hit in table.look_up("E-217", [new])] == [new]
    assert {hit.revision_id for hit in table.look_up("E-217", [old, new])} == {old, new}
    assert table.look_up("E-9", [new]) == []
    assert table.look_up("E-217", []) == []
    assert table.codes([new]) == ["E-217"]


def test_part_numbers_are_found_but_are_no_alarm_codes(
    catalog: Catalog, embedder: HashEmbedder, table: CodeTable
) -> None:
    seal = CodeEntry("HP40-2201-01", "part", "Press", "", "Pump", (), (), chunk_ordinal=1)
    revision = put(catalog, embedder, small("alarms", "parts", codes=[alarm("E-217"), seal]))
    (hit,) = table.look_up("hp40 2201 01", [revision])
    assert (hit.kind, hit.meaning) == ("part", "Pump")
    assert table.codes([revision]) == ["E-217"]
    assert len(table.defining_chunks([revision])) == 1


def test_a_code_comes_with_causes_and_remedies_in_order(
    catalog: Catalog, embedder: HashEmbedder, table: CodeTable
) -> None:
    entry = CodeEntry("E-1", "alarm", "Press", "", "Hot", ("dust", "fan"), ("clean", "replace"))
    revision = put(catalog, embedder, small("a", codes=[entry]))
    (hit,) = table.look_up("E-1", [revision])
    assert (hit.causes, hit.remedies) == (("dust", "fan"), ("clean", "replace"))


def test_a_plain_number_gives_no_prefix(
    catalog: Catalog, embedder: HashEmbedder, table: CodeTable
) -> None:
    revision = put(catalog, embedder, small("a", codes=[alarm("316"), alarm("A-24")]))
    assert table.prefixes([revision]) == {"a"}
