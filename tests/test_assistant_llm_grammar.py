"""The grammar of a bounded schema allows its objects in compact JSON and nothing else.

The grammars are not recursive, so a test can turn one into a regular expression and match with it.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from assistant.diagnosis import schema as diagnosis_schema
from assistant.llm.grammar import UnsupportedSchema, to_ebnf

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\{\d+,\d+\}|[()|?]|\w+|\s+')


def regex_of(grammar: str) -> str:
    """The regular expression of a grammar without recursion."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines())

    def expand(body: str) -> str:
        parts: list[str] = []
        position = 0
        while position < len(body):
            match = _TOKEN.match(body, position)
            assert match is not None, body[position:]
            position = match.end()
            token = match[0]
            if token.startswith('"'):
                parts.append(re.escape(re.sub(r"\\(.)", r"\1", token[1:-1])))
            elif token.isspace():
                continue
            elif token in rules:
                parts.append(f"(?:{expand(rules[token])})")
            else:
                parts.append(token.replace("(", "(?:"))
        return "".join(parts)

    return expand(rules["root"])


def allows(schema: dict[str, Any], text: str) -> bool:
    return re.fullmatch(regex_of(to_ebnf(schema)), text, re.DOTALL) is not None


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# Characters that JSON writes as they are; the grammar leaves escapes out on purpose.
PLAIN = st.characters(exclude_characters='"\\', exclude_categories=["Cc", "Cs"])
NAMES = st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=127), min_size=1, max_size=5)
LETTERS = st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=4, unique=True)


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> tuple[dict[str, Any], Any]:
    """A bounded schema and an object of it."""
    kinds = ["enum", "const", "string", "boolean", "integer"]
    kind = draw(st.sampled_from([*kinds, *(["object", "array"] * 2 if depth else [])]))
    if kind == "enum":
        values = draw(LETTERS)
        return {"type": "string", "enum": values}, draw(st.sampled_from(values))
    if kind == "const":
        value = draw(st.text(PLAIN.filter(str.isascii), max_size=4))
        return {"const": value}, value
    if kind == "string":
        most = draw(st.integers(0, 8))
        return {"type": "string", "maxLength": most}, draw(st.text(PLAIN, max_size=most))
    if kind == "boolean":
        return {"type": "boolean"}, draw(st.booleans())
    if kind == "integer":
        return {"type": "integer"}, draw(st.integers(-999_999_999, 999_999_999))
    if kind == "array":
        inner, _ = item = draw(schemas(depth=depth - 1))
        least = draw(st.integers(0, 2))
        most = draw(st.integers(max(least, 0), 3))
        count = draw(st.integers(least, most))
        schema = {"type": "array", "items": inner, "minItems": least, "maxItems": most}
        return schema, [item[1]] * count
    names = draw(st.lists(NAMES, unique=True, max_size=3))
    fields = {name: draw(schemas(depth=depth - 1)) for name in names}
    properties = {name: inner for name, (inner, _) in fields.items()}
    return {"type": "object", "properties": properties}, {n: v for n, (_, v) in fields.items()}


@settings(max_examples=150, deadline=None)
@given(schemas())
def test_any_object_of_a_bounded_schema_is_allowed_in_compact_form(
    case: tuple[dict[str, Any], Any],
) -> None:
    schema, value = case
    assert allows(schema, compact(value))


@settings(max_examples=100, deadline=None)
@given(schemas())
def test_no_white_space_is_allowed_between_tokens(case: tuple[dict[str, Any], Any]) -> None:
    schema, value = case
    pretty = json.dumps(value, indent=1, ensure_ascii=False)
    assert allows(schema, pretty) is (pretty == compact(value))
    assert not allows(schema, compact(value) + "\n")
    assert not allows(schema, " " + compact(value))


THING = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "enum": ["A", "B"]},
        "ok": {"type": "boolean"},
        "list": {
            "type": "array",
            "items": {"type": "string", "maxLength": 3},
            "minItems": 1,
            "maxItems": 2,
        },
        "count": {"type": "integer"},
    },
}


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ('{"id":"A","ok":true,"list":["abc"],"count":0}', True),
        ('{"id":"B","ok":false,"list":["","热"],"count":-12}', True),
        ('{"id":"C","ok":true,"list":["a"],"count":0}', False),
        ('{"id":"A","ok":yes,"list":["a"],"count":0}', False),
        ('{"id":"A","ok":true,"list":[],"count":0}', False),
        ('{"id":"A","ok":true,"list":["a","b","c"],"count":0}', False),
        ('{"id":"A","ok":true,"list":["abcd"],"count":0}', False),
        ('{"id":"A","ok":true,"list":["a"],"count":007}', False),
        ('{"id":"A","ok":true,"list":["a"],"count":1.5}', False),
        ('{"id":"A","ok":true,"list":["a"],"count":-0}', False),
        ('{"id":"A","ok":true,"list":["a"]}', False),
        ('{"ok":true,"id":"A","list":["a"],"count":0}', False),
        ('{"id":"A","ok":true,"list":["a"],"count":0,"more":1}', False),
        ('{"id":"A","ok":true,"list":["\n"],"count":0}', False),
        ('{"id":"A","ok":true,"list":["a"],"count":0', False),
    ],
)
def test_only_objects_of_the_schema_are_allowed(text: str, is_allowed: bool) -> None:
    assert allows(THING, text) is is_allowed


@pytest.mark.parametrize("name", ['say "A"', "back\\slash", "Ü", "热"])
def test_odd_names_and_values_are_valid_json(name: str) -> None:
    schema = {"type": "object", "properties": {name: {"enum": [name, None, True, 3]}}}
    for value in (name, None, True, 3):
        assert allows(schema, json.dumps({name: value}, separators=(",", ":")))


class Part(BaseModel):
    number: str = Field(max_length=5)


class Order(BaseModel):
    part: Part
    parts: list[Part] = Field(max_length=1)


def test_the_schema_of_a_pydantic_model_is_followed_through_its_references() -> None:
    order = Order(part=Part(number="A-1"), parts=[Part(number="")])
    assert allows(Order.model_json_schema(), compact(order.model_dump()))


@pytest.mark.parametrize("with_notes", [True, False])
def test_the_schema_of_a_diagnosis_is_covered(with_notes: bool) -> None:
    schema = diagnosis_schema("AB", with_notes=with_notes)
    cause: Any = {"id": "B", "note": "hot"} if with_notes else "B"
    said = {"answerable": False, "causes": [cause], "check": "none"}
    assert allows(schema, compact(said | ({"missing": ""} if with_notes else {})))
    assert not allows(schema, compact(said | {"causes": []}))
    assert not allows(schema, compact(said | {"causes": [cause] * 3}))


class Tree(BaseModel):
    branches: list[Tree]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number"},
        {"type": "null"},
        {},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "object", "properties": {"a": {"type": "number"}}},
        {"type": "array", "items": {"type": "number"}},
        Tree.model_json_schema(),
    ],
)
def test_a_schema_outside_the_subset_is_said_to_be_so(schema: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedSchema):
        to_ebnf(schema)
