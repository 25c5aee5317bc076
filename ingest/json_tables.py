"""Tickets from JSON: an array of objects, one object a line, or what REST interfaces return."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from ingest.errors import UnreadableTable
from ingest.spool import Spool

_DEPTH = 8


def read_json(path: Path) -> Spool:
    """Read the objects of a file, nested ones flattened with dots.

    Raises:
        UnreadableTable: the file is no JSON or holds no objects.
    """
    spool = Spool("JSON")
    try:
        with path.open("rb") as file:
            if file.read(3) != b"\xef\xbb\xbf":
                file.seek(0)
            spool.write_objects(enumerate(map(flatten, _objects(file)), start=1))
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableTable(
            f"{path} is not valid JSON: {' '.join(str(error).split())}. "
            "Export it again as an array of objects."
        ) from error
    return spool


def _objects(file: BinaryIO) -> Iterator[Mapping[str, Any]]:
    """The objects of the first array of objects, else the objects one after the other."""
    start = file.tell()
    prefix, last = "", ""
    for at, event, _ in ijson.parse(file, multiple_values=True):
        if event == "start_map" and last == "start_array":
            prefix = at
            break
        if event == "end_map" and not at:
            break  # a whole object without an array of objects in it: one object a line
        last = event
    file.seek(start)
    # An array inside a row is no table: where each line is an object, lines are rows.
    if prefix and _is_lines(file):
        prefix = ""
    file.seek(start)
    found = ijson.items(file, prefix, multiple_values=True)
    yield from (item for item in found if isinstance(item, dict))


def _is_lines(file: BinaryIO) -> bool:
    """Whether the first two lines are whole objects."""
    lines = [line for line in (file.readline(1 << 20), file.readline(1 << 20)) if line.strip()]
    try:
        return len(lines) == 2 and all(isinstance(json.loads(line), dict) for line in lines)
    except ValueError:
        return False


def flatten(item: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, str]:
    """Turn nested objects into one: ``{"asset": {"id": 7}}`` is ``{"asset.id": "7"}``.

    The values of a list are joined by "; ", those of a list of objects name by name. A pair of a
    number and a text, as Odoo gives for a link, is the text, with the number under ``.id``.
    """
    found: dict[str, str] = {}
    for name, value in item.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and depth < _DEPTH:
            found.update(flatten(value, f"{key}.", depth + 1))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            _flatten_list(found, key, value, depth)
        else:
            found[key] = text_of(value)
    return found


def _flatten_list(found: dict[str, str], key: str, values: Sequence[Any], depth: int) -> None:
    if [type(value) for value in values] == [int, str]:
        found[key], found[f"{key}.id"] = values[1], str(values[0])
    elif values and all(isinstance(value, Mapping) for value in values):
        for value in values:
            for name, text in flatten(value, f"{key}.", depth + 1).items():
                found[name] = f"{found[name]}; {text}" if name in found else text
    else:
        found[key] = "; ".join(text for text in map(text_of, values) if text)


def text_of(value: Any) -> str:
    """The text of a value of JSON or SQL; nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
