"""What is said about a reading, in the language of the question (pure)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from assistant.analytics.asking.reading import Note
from assistant.analytics.presentation.labels import metric_label, name_label, range_label
from assistant.analytics.query import RANGE

_HAN = re.compile(r"[\u3400-\u9fff]")
_NAMED = frozenset({"metric", "split", "field", "name", "name_field", "not_in_record"})


def is_chinese(text: str) -> bool:
    """Whether a question is answered in Chinese."""
    return bool(_HAN.search(text))


def say(kind: str, note: Note, *, chinese: bool) -> str:
    """A note, a question or a label in words."""
    code, *values = note
    said = _sayings()[kind][code][chinese]
    shown = (_shown(code, value, chinese=chinese) for value in values)
    return said.format(*shown, *[""] * 3)


def _shown(code: str, value: str, *, chinese: bool) -> str:
    language = "zh" if chinese else "en"
    if code == "metric":
        return metric_label(value, language)
    if code in _NAMED:
        return name_label(value, language) if value.isidentifier() else value
    return range_label(value, language) if re.fullmatch(RANGE, value) else value


@cache
def _sayings() -> dict[str, dict[str, list[str]]]:
    file = files("assistant.analytics.asking").joinpath("sayings.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
