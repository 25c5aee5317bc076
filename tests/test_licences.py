"""What a plain install pulls has licences under which a plant can use the app."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = (
    "0BSD",
    "Apache",
    "BSD",
    "BSL-1.0",
    "CC0",
    "CNRI-Python",
    "HPND",
    "ISC",
    "MIT",
    "MPL",  # its terms end at the file's edge
    "Mozilla Public License",
    "PSF",
    "Python Software Foundation",
    "Unlicense",
    "Zlib",
)
"""Each must name all that a distribution is licensed under, or one of what it lets choose."""
FORBIDDEN = re.compile(r"\b(?:A|L)?GPL|Affero|General Public|SSPL|Commons Clause|CC-BY-NC", re.I)
EXCEPTIONS: dict[str, str] = {}
"""Distributions whose metadata does not say enough, each with what was read instead."""


def _dependencies() -> dict[str, Distribution]:
    """What a plain install pulls on this machine, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    left = [Requirement(line) for line in project["dependencies"]]
    while left:
        wanted = left.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            found[key[0]] = distribution(wanted.name)
        except PackageNotFoundError:
            pytest.fail(f"{wanted.name} is not installed. Run 'make test'.")
        left += _required(found[key[0]], wanted.extras)
    return found


def _required(found: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for line in found.requires or ():
        needed = Requirement(line)
        marker = needed.marker
        if marker is None or any(marker.evaluate({"extra": each}) for each in ("", *extras)):
            yield needed


def _licences(found: Distribution) -> list[str]:
    """What the metadata says, the surest first: expression, classifiers, text."""
    metadata = found.metadata
    if expression := metadata.get("License-Expression"):
        return [expression]
    named = [line for line in metadata.get_all("Classifier") or () if line.startswith("License")]
    named = [line.rsplit("::", 1)[-1].strip() for line in named if line.count("::") > 1]
    text = (metadata.get("License") or "").strip()
    return named or ([text.splitlines()[0]] if text else [])


def _is_allowed(licence: str) -> bool:
    """Whether all parts of an expression, and one of each choice, are on the list."""
    parts = re.split(r"\s+AND\s+", licence.strip("() "))
    return all(
        any(_is_named(choice) for choice in re.split(r"\s+OR\s+", part.strip("() ")))
        for part in parts
    )


def _is_named(licence: str) -> bool:
    return not FORBIDDEN.search(licence) and any(
        re.search(rf"\b{re.escape(name)}\b", licence, re.I) for name in ALLOWED
    )


def test_every_dependency_has_a_licence_on_the_list() -> None:
    found = _dependencies()
    assert len(found) > 80  # the walk reaches what is needed indirectly
    told = {name: _licences(each) for name, each in sorted(found.items())}
    wrong = {
        name: licences
        for name, licences in told.items()
        if name not in EXCEPTIONS
        and (not licences or not all(_is_allowed(licence) for licence in licences))
    }
    assert not wrong


def test_exceptions_are_still_needed() -> None:
    assert set(EXCEPTIONS) <= set(_dependencies())


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-2.0", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("Apache-2.0 AND Apache-2.0 WITH LLVM-exception", True),
        ("BSD-3-Clause, Apache-2.0, dependency licenses", True),
        ("GNU General Public License v3 (GPLv3)", False),
        ("AGPL-3.0-only", False),
        ("MIT AND GPL-3.0", False),
        ("LGPL-2.1", False),
        ("Proprietary", False),
        ("LIMITED", False),
        ("", False),
    ],
)
def test_what_is_allowed(licence: str, expected: bool) -> None:
    assert _is_allowed(licence) is expected
