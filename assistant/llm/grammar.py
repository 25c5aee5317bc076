"""Turn a bounded JSON schema into a grammar that allows compact JSON only (pure).

A JSON-schema constraint lets a model fill its token budget with white space; this grammar has none.
It covers what the schemas here use: objects with all properties in order, arrays with bounds,
strings with an enum or a length, booleans, integers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class UnsupportedSchema(ValueError):
    """The schema uses something that this grammar does not cover."""


def to_ebnf(schema: Mapping[str, Any]) -> str:
    """Return the grammar of a schema in the EBNF dialect of XGrammar.

    Raises:
        UnsupportedSchema: the schema is outside the subset.
    """
    rules: list[str] = []
    try:
        root = _rule(schema, schema.get("$defs", {}), rules)
    except RecursionError as error:
        raise UnsupportedSchema("no grammar for a schema that refers to itself") from error
    return "\n".join([f"root ::= {root}", *rules, _CHARACTER])


# A character of a JSON string: no quote, no backslash, no control character.
_CHARACTER = r'char ::= [^"\\\x00-\x1f]'


def _rule(schema: Mapping[str, Any], defs: Mapping[str, Any], rules: list[str]) -> str:
    if "$ref" in schema:
        return _rule(defs[schema["$ref"].rsplit("/", 1)[-1]], defs, rules)
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return _named("(" + " | ".join(_literal(json.dumps(v)) for v in values) + ")", rules)
    match schema.get("type"):
        case "object":
            return _object(schema, defs, rules)
        case "array":
            return _array(schema, defs, rules)
        case "string":
            most = schema.get("maxLength", 200)
            return _named(f'"\\"" char{{0,{most}}} "\\""', rules)
        case "boolean":
            return '("true" | "false")'
        case "integer":
            return '("0" | "-"? [1-9] [0-9]{0,8})'
        case other:
            raise UnsupportedSchema(f"no grammar for the schema type {other!r}")


def _object(schema: Mapping[str, Any], defs: Mapping[str, Any], rules: list[str]) -> str:
    parts: list[str] = []
    for name, inner in schema.get("properties", {}).items():
        comma = '"," ' if parts else ""
        key = _literal(json.dumps(name) + ":")
        parts.append(f"{comma}{key} {_rule(inner, defs, rules)}")
    return _named(" ".join(['"{"', *parts, '"}"']), rules)


def _array(schema: Mapping[str, Any], defs: Mapping[str, Any], rules: list[str]) -> str:
    item = _rule(schema["items"], defs, rules)
    least, most = schema.get("minItems", 0), schema.get("maxItems", 8)
    if most < 1:
        return '"[]"'
    some = f'{item} ("," {item}){{{max(0, least - 1)},{most - 1}}}'
    body = some if least else f"({some})?"
    return _named(f'"[" {body} "]"', rules)


def _named(body: str, rules: list[str]) -> str:
    name = f"r{len(rules)}"
    rules.append(f"{name} ::= {body}")
    return name


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
