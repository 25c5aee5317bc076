"""How common English words are, and the short forms that many plants use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

COMMON = 30_000_000
"""From this frequency on, a word means itself (of some 10^12 words; "valve" has 10^7)."""


@cache
def english_words() -> Mapping[str, int]:
    """Words with their frequency in the list that symspellpy brings (82,834 words)."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    pairs = (line.split() for line in text.splitlines())
    return MappingProxyType({word: int(count) for word, count in pairs})


@cache
def common_terms() -> Mapping[str, tuple[str, ...]]:
    """What short forms mean in many plants, and machine terms in Chinese with the English ones."""
    text = files(__package__).joinpath("common_terms.toml").read_text("utf-8")
    tables = tomllib.loads(text).values()
    return MappingProxyType({k: tuple(v) for table in tables for k, v in table.items()})
