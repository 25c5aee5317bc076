"""The asset register: tags in any spelling, sites, what tickets call an asset."""

from __future__ import annotations

import pytest

from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.corpus import PassageFilter
from index.errors import AssetUnknown
from index.tickets import Ticket, put_tickets

NORTH = Principal("ann", "technician", frozenset({"North"}))
SOUTH = Principal("bob", "technician", frozenset({"South"}))


@pytest.fixture
def register(catalog: Catalog) -> AssetRegister:
    return AssetRegister(catalog.engine)


def tags(register: AssetRegister, principal: Principal = LOCAL) -> list[str]:
    return [asset.tag for asset in register.list(principal)]


def test_assets_come_back_as_they_were_put_by_tag(register: AssetRegister) -> None:
    press = Asset("PR-01", "Press 1", "HP-40", "4117", "press", "Hall 1", "North")
    assert register.put([press, Asset("KP-01")]) == 2
    assert register.list(LOCAL) == [Asset("KP-01"), press]


def test_a_tag_in_another_spelling_is_the_same_asset(register: AssetRegister) -> None:
    register.put([Asset("PR-01", "Press"), Asset("pr 01", "Press one")])
    assert register.list(LOCAL) == [Asset("pr 01", "Press one")]
    for spelled in ("PR-01", "pr01", "ＰＲ－０１", "PR.01", " pr/01 "):
        assert register.get(LOCAL, spelled).name == "Press one"


def test_a_principal_sees_the_assets_of_their_sites_and_of_none(register: AssetRegister) -> None:
    register.put([Asset("A-1", site="North"), Asset("B-1", site="South"), Asset("C-1")])
    assert tags(register) == ["A-1", "B-1", "C-1"]
    assert tags(register, NORTH) == ["A-1", "C-1"]
    assert tags(register, Principal("eve", "supervisor", frozenset())) == ["C-1"]
    with pytest.raises(AssetUnknown):
        register.get(NORTH, "B-1")


@pytest.mark.parametrize(
    ("asked", "first"),
    [("PR-11", "PR-01"), ("pr1", "PR-01"), ("KP-2", "KP-02")],
)
def test_an_unknown_tag_is_answered_with_the_nearest(
    register: AssetRegister, asked: str, first: str
) -> None:
    register.put([Asset(tag) for tag in ("KP-01", "KP-02", "LT-31", "PR-01", "PR-02")])
    with pytest.raises(AssetUnknown) as error:
        register.get(LOCAL, asked)
    assert error.value.tag == asked
    assert error.value.nearest[0] == first
    assert len(error.value.nearest) <= 3
    assert repr(asked) in str(error.value)
    assert first in str(error.value)


def test_where_no_tag_is_near_none_is_named(register: AssetRegister) -> None:
    register.put([Asset("PR-01")])
    with pytest.raises(AssetUnknown) as error:
        register.get(LOCAL, "boiler")
    assert error.value.nearest == ()
    assert "Nearest" not in str(error.value)


def test_the_nearest_tags_are_those_that_the_principal_may_see(register: AssetRegister) -> None:
    register.put([Asset("PR-01", site="South"), Asset("PR-02", site="North")])
    with pytest.raises(AssetUnknown) as error:
        register.get(NORTH, "PR-01")
    assert error.value.nearest == ("PR-02",)


NAMES = [
    Asset("PR-01", "Press 1"),
    Asset("PR-02", "Press 2"),
    Asset("KP-01", "Compressor 1"),
    Asset("KP-0A", "Compressor A"),
    Asset("RO-01", "Welding robot"),
    Asset("RO-02", "Paint robot"),
    Asset("CV-01", "Conveyor"),
    Asset("CV-02", "conveyor"),
    Asset("XX-01"),
]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("PR-02", "PR-02"),
        ("pr02", "PR-02"),
        ("press 2", "PR-02"),
        ("PRESS-2", "PR-02"),
        ("Welding  robot", "RO-01"),
        ("welding robt", "RO-01"),
        ("Weldingrobot", "RO-01"),
        ("compresor 1", "KP-01"),
        ("Compressor 01", "KP-01"),
        ("XX-01", "XX-01"),
        # Not sure enough, or another machine of the sort:
        ("Press 10", None),
        ("Press", None),
        ("Press 3", None),
        ("Compressor", None),
        ("Compressor 4", None),
        ("Compressor B", None),
        ("robot", None),
        ("Conveyor", None),  # two assets have this name
        ("boiler", None),
        ("", None),
        (" - ", None),
    ],
)
def test_a_text_is_taken_for_an_asset_only_where_it_is_sure(
    register: AssetRegister, text: str, tag: str | None
) -> None:
    register.put(NAMES)
    match = register.matcher(LOCAL).match(text)
    assert (match.tag if match.asset_id is not None else None) == tag
    assert 0 <= match.score <= 1


def test_an_exact_name_has_score_1_and_a_mistyped_one_less(register: AssetRegister) -> None:
    register.put(NAMES)
    matcher = register.matcher(LOCAL)
    assert matcher.match("welding robot").score == 1
    assert 0.9 <= matcher.match("welding robt").score < 1


def test_without_assets_nothing_matches(register: AssetRegister) -> None:
    assert register.matcher(LOCAL).match("Press 1").asset_id is None


def test_the_tickets_of_an_asset_follow_it_to_another_site(
    catalog: Catalog, register: AssetRegister
) -> None:
    register.put([Asset("PR-01", "Press 1")])
    match = register.matcher(LOCAL).match("PR-01")
    ticket = Ticket(
        "cmms", "1", "t.csv", 2, {}, "PR-01", match.asset_id, match.tag, 1.0, "oil leak"
    )
    put_tickets(catalog, [ticket], "hash:64", {})
    assert len(catalog.visible_revisions(SOUTH, PassageFilter())) == 1
    register.put([Asset("PR-01", "Press 1", site="North")])
    assert catalog.visible_revisions(SOUTH, PassageFilter()) == []
    assert len(catalog.visible_revisions(NORTH, PassageFilter())) == 1
