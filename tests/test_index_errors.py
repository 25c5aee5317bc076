"""Messages of errors name the thing and what to do."""

from __future__ import annotations

from index.errors import AssetUnknown, KnowledgeError


def test_unknown_asset_names_the_tag_its_nearest_and_what_to_do() -> None:
    error = AssetUnknown("P-10lA", ["P-101A", "P-101B"])
    assert isinstance(error, KnowledgeError)
    assert str(error) == (
        "No asset has the tag 'P-10lA'. Nearest tags: P-101A, P-101B. "
        "Import the asset register with 'faultbook assets import FILE', or leave the asset out."
    )
    assert (error.tag, error.nearest) == ("P-10lA", ("P-101A", "P-101B"))


def test_unknown_asset_offers_nothing_where_nothing_is_near() -> None:
    assert "Nearest" not in str(AssetUnknown("X", []))
