"""Serial numbers: ranges as documents state them, and which machine they hold."""

from __future__ import annotations

import pytest

from index.serials import covers, find_ranges


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("4000 to 4399", ("4000..4399",)),
        ("4000-4399", ("4000..4399",)),
        ("4000 – 4399, 4500 bis 4599", ("4000..4399", "4500..4599")),
        ("from 4388", ("4388..",)),
        ("4388 onwards", ("4388..",)),
        ("ab 4388", ("4388..",)),
        ("up to 4387", ("..4387",)),
        ("4117", ("4117",)),
        ("4117, 4203 and 4388", ("4117", "4203", "4388")),
        ("from 4000 to 4399", ("4000..4399",)),
        ("between 4000 and 4399", ("4000..4399",)),
        ("15-2088", ("15-2088",)),
        ("63-40-0221", ("63-40-0221",)),
        ("30400-30999", ("30400..30999",)),
        ("15-2000 to 15-2399", ("15-2000..15-2399",)),
        ("LT2500141 to LT2500199", ("LT2500141..LT2500199",)),
        ("4000至4399", ("4000..4399",)),
        ("从4388起", ("4388..",)),
        ("see the nameplate", ()),
    ],
)
def test_ranges_are_read_as_documents_state_them(text: str, ranges: tuple[str, ...]) -> None:
    assert find_ranges(text) == ranges


@pytest.mark.parametrize(
    ("ranges", "serial", "expected"),
    [
        (("4000..4399",), "4000", True),
        (("4000..4399",), "4399", True),
        (("4000..4399",), "4400", False),
        (("4000..4399",), "3999", False),
        (("4388..",), "10000", True),
        (("4388..",), "4387", False),
        (("..4387",), "4387", True),
        (("4117",), "4117", True),
        (("4117",), "4118", False),
        (("4117", "4200..4300"), "4203", True),
        (("15-2000..15-2399",), "15-2088", True),
        (("16-2000..16-2399",), "15-2088", False),
        (("lt-100..lt-200",), "LT-150", True),
        (("4000..4399",), "", False),
        (("4000..4399",), "unknown", False),
        ((), "4000", False),
    ],
)
def test_a_range_holds_the_serial_numbers_between_its_ends(
    ranges: tuple[str, ...], serial: str, expected: bool
) -> None:
    assert covers(ranges, serial) is expected
