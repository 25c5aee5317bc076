"""Mappings: which column of a source is which field of a ticket, and how its values are read.

A mapping is a TOML file. Some come with the program, others a person writes or has written with
``--write-mapping``; used again, that one reads the same file in the same way.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping as Names
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from index.codes import fold
from ingest.errors import UnreadableTable
from ingest.ticket_columns import FIELDS, recognise

BUILT_IN = ("atlas", "erpnext", "maximo", "nemo", "odoo", "sap")
_LISTS = ("fill_down",)
_TABLES = ("units", "dates", "decimals", "aliases")
_TEXTS = ("name", "system", "encoding", "delimiter", "sheet", "timezone")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a cell of ``column`` is or holds one of the words ``is_``, ``field`` has a value."""

    column: str
    is_: tuple[str, ...]
    field: str
    to: str


@dataclass(frozen=True, slots=True)
class TicketMapping:
    """How a table is read.

    ``columns`` are the names that a field's column may have, the surest first. ``values`` are the
    words of a column by field. ``units`` are those of durations, ``dates`` the order of day and
    month or the start of serial dates, ``decimals`` the decimal mark, by field. ``aliases`` are
    asset tags by what the tickets call them; columns of ``fill_down`` (merged cells) are filled
    from the row above. Empty means: find out.
    """

    name: str = ""
    system: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    timezone: str = ""
    columns: Names[str, tuple[str, ...]] = field(default_factory=dict)
    values: Names[str, Names[str, str]] = field(default_factory=dict)
    units: Names[str, str] = field(default_factory=dict)
    dates: Names[str, str] = field(default_factory=dict)
    decimals: Names[str, str] = field(default_factory=dict)
    aliases: Names[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    fill_down: tuple[str, ...] = ()

    def resolve(self, header: Sequence[str]) -> dict[str, str]:
        """The column of each field; without columns of its own they are found by their names."""
        if not self.columns:
            return recognise(header)
        by_name = {fold(name): name for name in reversed(header) if name}
        found: dict[str, str] = {}
        for name, wanted in self.columns.items():
            column = next((by_name[fold(one)] for one in wanted if fold(one) in by_name), None)
            if column is not None:
                found[name] = column
        return found


def load_mapping(name: str) -> TicketMapping:
    """Return the mapping of a system by its name, or of a TOML file by its path.

    Raises:
        UnreadableTable: there is no such mapping, or it holds what no mapping has.
    """
    if name in BUILT_IN:
        text = files("ingest").joinpath("mappings", f"{name}.toml").read_text(encoding="utf-8")
    else:
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableTable(
                f"The mapping {name} cannot be read: {error}. "
                f"Name a TOML file, or one of {', '.join(BUILT_IN)}."
            ) from error
    try:
        return _mapping(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise UnreadableTable(
            f"The mapping {name} is not valid: {error}. "
            "Write one with --write-mapping to see what a mapping looks like."
        ) from error


def _mapping(data: dict[str, Any]) -> TicketMapping:
    known = {*_TEXTS, *_TABLES, *_LISTS, "columns", "values", "rules"}
    if unknown := sorted(data.keys() - known):
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(sorted(known))}")
    columns = {
        name: (wanted,) if isinstance(wanted, str) else tuple(wanted)
        for name, wanted in data.get("columns", {}).items()
    }
    if strange := sorted(columns.keys() - set(FIELDS)):
        raise ValueError(f"{strange[0]!r} is no field of a ticket; these are: {', '.join(FIELDS)}")
    simple: dict[str, Any] = {name: str(data.get(name, "")) for name in _TEXTS}
    for name in _TABLES:
        simple[name] = {key: str(value) for key, value in data.get(name, {}).items()}
    return TicketMapping(
        columns=columns,
        values={
            name: {word: str(to) for word, to in words.items()}
            for name, words in data.get("values", {}).items()
        },
        rules=tuple(
            Rule(rule["column"], tuple(rule["is"]), rule["set"], str(rule["to"]))
            for rule in data.get("rules", ())
        ),
        fill_down=tuple(data.get("fill_down", ())),
        **simple,
    )


def write_mapping(mapping: TicketMapping, path: Path) -> None:
    """Write a mapping as TOML."""
    lines = ["# How 'faultbook tickets import --mapping' reads a table.", ""]
    lines += [f"{n} = {_text(v)}" for n in _TEXTS if (v := getattr(mapping, n))]
    if mapping.fill_down:
        lines.append(f"fill_down = [{', '.join(map(_text, mapping.fill_down))}]")
    lines += ["", "[columns]"]
    for name, wanted in mapping.columns.items():
        lines.append(f"{name} = [{', '.join(map(_text, wanted))}]")
    tables = [(name, getattr(mapping, name)) for name in _TABLES]
    tables += [(f"values.{name}", words) for name, words in mapping.values.items()]
    for name, table in tables:
        if table:
            lines += ["", f"[{name}]"]
            lines += [f"{_text(key)} = {_text(value)}" for key, value in table.items()]
    for rule in mapping.rules:
        words = ", ".join(map(_text, rule.is_))
        lines += ["", "[[rules]]", f"column = {_text(rule.column)}", f"is = [{words}]"]
        lines += [f"set = {_text(rule.field)}", f"to = {_text(rule.to)}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _text(value: str) -> str:
    # A JSON string is a TOML basic string, but for the delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
