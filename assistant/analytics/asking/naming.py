"""Names in a question become filters (pure)."""

from __future__ import annotations

from assistant.analytics.asking.lexicon import lexicon
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear

_JOINING = frozenset({"and_word", "compare", "or_word", "by"})
_PARTS = frozenset({"part_category", "part"})
_NOT_EACH = frozenset(
    {"across", "between", "over the", "across all", "across the", "among", "due to"}
)
_REFUSING = frozenset({"without", "minus", "not", "非", "不是", "不含"})
_SPLIT_BY = ("asset", "shift", "site", "line", "team", "asset_class", "area")
# Nouns that introduce a name of another field, besides that of the field itself.
_NOUNS = {"site": ("site",), "area": ("area",), "asset": ("asset",), "component": ("component",)}


def settle_weak(reading: Reading) -> None:
    """Decide which short or common words are names: those beside a noun or a name of a field."""
    for piece in [each for each in reading.pieces if each.names and each.is_weak]:
        fields = [
            known.field for known in piece.names if _is_introduced(reading, piece, known.field)
        ]
        if fields:
            piece.names = tuple(known for known in piece.names if known.field in fields)
            piece.concepts = frozenset()
            piece.is_weak = False
    for piece in [each for each in reading.pieces if each.names and each.is_weak]:
        piece.names = ()
        piece.kind = "concept"
        if not piece.concepts:
            if piece.text.isdigit():
                piece.kind, piece.number = "number", float(piece.text)
            elif lexicon().is_harmless_text(piece.text):
                reading.pieces.remove(piece)
            else:
                piece.kind = "unknown"


def _is_introduced(reading: Reading, piece: Piece, name: str) -> bool:
    if name == "delay_reason":
        nouns = (reading.near(piece, way) for way in (-1, 1))
        return any(noun is not None and noun.has("delay_reason") for noun in nouns)
    for way in (-1, 1):
        beside = reading.near(piece, way)
        if beside is not None and beside.has(name) and not beside.names:
            return not (piece.text.isdigit() and way == 1)
        other = reading.near(piece, way, over=_JOINING)
        if other is None or (other is beside and not beside.names):
            continue
        if other.names_of(name) and (
            len(piece.text) == len(other.text) or not piece.concepts or name == "shift"
        ):
            return True
        if way == 1 and other.names_of(name):
            return True
    return _is_in_row(reading, piece, name)


def _is_in_row(reading: Reading, piece: Piece, name: str) -> bool:
    """As in "Sites A and B": the second letter belongs to the noun before the first."""
    other = reading.near(piece, -1, over=_JOINING)
    if other is None or (other is reading.near(piece, -1) and not other.names_of(name)):
        return False
    return bool(other.names_of(name))


def take_names(reading: Reading, *, is_about_parts: bool) -> None:
    """Make filters of names, of one field together; "except" before one leaves it out.

    Raises:
        Unclear: a name has several meanings between which nothing decides.
    """
    named: dict[tuple[str, bool], list[str]] = {}
    for piece in [each for each in reading.pieces if each.names and not each.used]:
        piece.used = True
        if _is_class_of_next(reading, piece):
            continue
        name = _field_of(reading, piece, is_about_parts=is_about_parts)
        _use_nouns(reading, piece, name)
        before = _before(reading, piece)
        is_left_out = before is not None and (
            before.has("except") or _is_refused(reading, before, piece, name)
        )
        if is_left_out and before is not None:
            before.used = True
        values = _values(reading, piece, name)
        _group_by_members(reading, piece, name)
        named.setdefault((name, is_left_out), []).extend(values)
        piece.taken_as = name
    _use_number(reading, [len(dict.fromkeys(values)) for values in named.values()])
    for (name, is_left_out), values in named.items():
        _add(reading, name, sorted(dict.fromkeys(values)), is_left_out=is_left_out)


def _is_refused(reading: Reading, before: Piece, piece: Piece, name: str) -> bool:
    """As in "without line 3"."""
    is_beside = reading.near(piece, -1, over=frozenset({name})) is before
    return is_beside and not before.used and before.text in _REFUSING and name in _SPLIT_BY


def _use_number(reading: Reading, counts: list[int]) -> None:
    """The two of "the two sites A and B" says nothing more."""
    for piece in reading.pieces:
        behind = reading.near(piece, 1) if piece.kind == "number" and not piece.used else None
        if behind is not None and piece.number in counts and piece.number > 1 and behind.used:
            piece.used = behind.taken_as in ("noun", "site", "line", "asset", "team", "shift")


def _group_by_members(reading: Reading, piece: Piece, name: str) -> None:
    """Split by the machines of a class: "which pump", "each excavator", "各台注塑机"."""
    before = reading.near(piece, -1, over=frozenset({"top", "worst", "best", "least"}))
    if name != "asset_class" or before is None or before.names or "asset" in reading.dims:
        return
    if before.kind == "number":
        before = reading.near(before, -1, over=frozenset({"top", "worst", "best", "least"}))
    if before is None or not before.has("which by") or before.text in _NOT_EACH:
        return
    doer = reading.near(before, -1, over=frozenset({"top"}))
    is_done_by = (
        before.text.startswith("by") and doer is not None and doer.has("used precede repair")
    )
    if not is_done_by:
        before.used = True
        reading.dims.append("asset")


def _values(reading: Reading, piece: Piece, name: str) -> list[str]:
    """What a piece names, with a word about it where that is not plain."""
    values = list(piece.names_of(name))
    if reading.forced.value in values:
        values = [reading.forced.value]
    if name == "asset" and len(values) > 1:
        choices = tuple(
            (("value", value), {"field": "asset", "value": value}) for value in values[:6]
        )
        raise Unclear("which_asset", piece.text, choices=choices)
    if len(values) > 1:
        reading.note("several_values", piece.text, ", ".join(values))
    others = [known.field for known in piece.names if known.field != name]
    if others:
        reading.note("name_field", piece.text, name, ", ".join(others))
    elif values[0].casefold() != piece.text:
        reading.note("name", piece.text, name, ", ".join(values))
    return values


def _add(reading: Reading, name: str, values: list[str], *, is_left_out: bool) -> None:
    if is_left_out:
        for value in values:
            reading.add(name, "ne", value)
    elif len(values) > 1:
        reading.add(name, "in", values)
    elif name == "component" and _is_within(reading, values[0]):
        reading.add(name, "contains", values[0])
    else:
        reading.add(name, "eq", values[0])


def _is_within(reading: Reading, value: str) -> bool:
    """Whether a word is part of the names of other components too."""
    return sum(
        value.casefold() in other.casefold() for other in reading.book.values["component"]
    ) > 1 or (value not in reading.book.values["component"])


def _before(reading: Reading, piece: Piece) -> Piece | None:
    before = reading.near(piece, -1)
    while before is not None and not before.has("except") and (
        (before.used and before.taken_as == "noun") or before.has("and_word")
    ):  # fmt: skip
        before = reading.near(before, -1)
        if before is not None and before.names and before.used:
            before = reading.near(before, -1)
    return before


def _is_class_of_next(reading: Reading, piece: Piece) -> bool:
    """As in "Compressor C-201": the class before one of its assets says nothing more."""
    classes = piece.names_of("asset_class")
    if not classes:
        return False
    for way in (1, -1):
        other = reading.near(piece, way)
        if other is None or not other.names_of("asset"):
            continue
        own = reading.book.classes.get(other.names_of("asset")[0], "").casefold()
        words = [value.casefold() for value in classes]
        if own and any(word in own or own in word for word in (*words, piece.text.rstrip("s"))):
            return True
    return False


def _field_of(reading: Reading, piece: Piece, *, is_about_parts: bool) -> str:
    fields = [known.field for known in piece.names]
    if reading.forced.field in fields:
        return reading.forced.field
    for way in (-1, 1):
        beside = reading.near(piece, way)
        if beside is None or (beside.names and not beside.concepts):
            continue
        for name in fields:
            if beside.has(*_NOUNS.get(name, (name,))):
                return name
    if is_about_parts:
        fields.sort(key=lambda name: name not in _PARTS)
    elif len(fields) > 1:
        fields = [name for name in fields if name not in _PARTS] or fields
    if set(fields) >= {"team", "component"} and reading.has("backlog ready ftf labor"):
        return "team"
    if set(fields) == {"team", "component"}:
        raise Unclear(
            "which_field", piece.text, choices=tuple(
                (("field", name, piece.names_of(name)[0]),
                 {"field": name, "value": piece.names_of(name)[0]})
                for name in fields
            ),
        )  # fmt: skip
    return fields[0]


def _use_nouns(reading: Reading, piece: Piece, name: str) -> None:
    """The noun beside a name is part of it: the alarm E-417, the mechanical team."""
    for way in (-1, 1):
        beside = reading.near(piece, way)
        if beside is None or beside.used or beside.names:
            continue
        nouns = {name, *_NOUNS.get(name, ())}
        if name == "asset_class":
            nouns |= {"asset"}
        if name in _PARTS:
            nouns |= {"part_word", "part_category", "part"}
        if name == "delay_reason":
            nouns |= {"wait"}
        if name == "component" and way == 1:
            nouns |= {"component", "part_word"}
        if beside.has(*nouns) and not _opens(reading, beside, way):
            beside.used = True
            beside.taken_as = "noun"


def _opens(reading: Reading, noun: Piece, way: int) -> bool:
    """Whether a noun before a name is what is asked for: "by line on pumps", "which machine"."""
    if way == 1:
        return False
    before = reading.near(noun, -1)
    return before is not None and before.has("by which top most") and not before.has("due")


def split_by_named(reading: Reading) -> None:
    """Two named of a kind are set beside each other, unless their sum is asked for."""
    if reading.has("total") and not reading.has("compare"):
        return
    for made in reading.filters:
        is_new = made.field in _SPLIT_BY and made.field not in reading.dims
        if made.op == "in" and is_new and len(reading.dims) < 2:
            reading.dims.append(made.field)
