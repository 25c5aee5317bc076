"""The names that stand in the record, as a principal may see them, and what a text may mean."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from rapidfuzz import fuzz, process

from assistant.analytics.asking.lexicon import lexicon
from assistant.analytics.asking.tokens import Token, folded, keys, normal, singular, tokens_of
from index.access import Principal
from index.assets import Asset, AssetRegister
from index.facts.fact_tables import fact, fact_code, fact_part, part
from index.facts.fact_visibility import visible_facts
from index.facts.record import Record

_COLUMNS = (
    "asset_class", "model", "site", "area", "line", "team", "shift", "failure_mode", "cause",
    "component", "delay_reason",
)  # fmt: skip
_MOST = 5000
_LONGEST = 60  # what is longer is a sentence, not a name
_TOKENS = 8
_KEPT_S = 30.0
_NEAR = 60.0
_LEAST_SHORT = 4

# What a name is taken for first where several fields have it.
_PREFERRED = (
    "asset", "line", "area", "site", "asset_class", "team", "shift", "alarm_code", "failure_mode",
    "component", "part_category", "part", "model", "cause", "delay_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A name and what it means: one or more values of a field."""

    field: str
    values: tuple[str, ...]
    is_last: bool = False  # the B of "sites A and B"


class NameBook:
    """Names by their spelling, without regard to case, width, hyphens and plurals."""

    def __init__(self, names: Iterable[tuple[str, str, str]], classes: Mapping[str, str]) -> None:
        """Use names as (what people say, field, value), and the class of each asset."""
        found: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        lasts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.values: dict[str, set[str]] = defaultdict(set)
        for said, field, value in names:
            if not said or len(said) > _LONGEST:
                continue
            tokens = tokens_of(normal(said))
            for key in keys(tokens):
                found[key][field].setdefault(value)
            if len(tokens) == 2 and field in lexicon().concepts(tokens[:1]):
                lasts[tokens[1].text].append((field, value))
            self.values[field].add(value)
        self._names = {
            key: tuple(
                Known(field, tuple(fields[field])) for field in sorted(fields, key=_PREFERRED.index)
            )
            for key, fields in found.items()
        }
        self.classes = dict(classes)
        self._within = _words_within(self.values["component"])
        for key, pairs in lasts.items():
            if key not in self._names:
                self._names[key] = tuple(Known(field, (v,), is_last=True) for field, v in pairs[:1])
        self.words = frozenset(
            word
            for field, values in self.values.items()
            if field not in ("cause", "part")
            for value in values
            for word in re.findall("[a-z]{4,}", value.casefold())
        ) | frozenset(
            key for key in self._names if key.isascii() and key.isalpha() and len(key) > 3
        )

    def find(self, tokens: list[Token]) -> tuple[Known, ...]:
        """What some tokens name as a whole."""
        for key in keys(tokens):
            if found := self._names.get(key):
                return found
        if len(tokens) == 1 and (word := singular(tokens[0].text)) in self._within:
            return (Known("component", (word,)),)
        return ()

    def shortened(self, word: str) -> tuple[Known, ...]:
        """The one team whose name a word begins: "mech" for the mechanical team."""
        if len(word) < _LEAST_SHORT:
            return ()
        found = [team for team in sorted(self.values["team"]) if team.casefold().startswith(word)]
        return (Known("team", (found[0],)),) if len(found) == 1 else ()

    def find_in(self, text: str, field: str) -> tuple[str, ...]:
        """The values of a field that a text names."""
        known = self._names.get(folded(text), ())
        return next((each.values for each in known if each.field == field), ())

    def like(self, text: str, fields: Iterable[str], most: int = 4) -> list[tuple[str, str]]:
        """The values most like a text, as (field, value), best first."""
        pairs = {(field, value): value for field in fields for value in sorted(self.values[field])}
        found = process.extract(
            text, pairs, scorer=fuzz.ratio, processor=folded, limit=most, score_cutoff=_NEAR
        )
        return [key for _, _, key in found]


class NameBooks:
    """The name book of each group of principals, made anew when it is old."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._kept: dict[object, tuple[float, NameBook]] = {}

    def get(self, principal: Principal) -> NameBook:
        """The names that a principal may see."""
        who = (principal.sites, principal.groups)
        kept = self._kept.get(who)
        if kept is not None and time.monotonic() - kept[0] < _KEPT_S:
            return kept[1]
        book = read_names(self._record, principal)
        self._kept = {key: each for key, each in self._kept.items() if len(self._kept) < 64}
        self._kept[who] = (time.monotonic(), book)
        return book


def read_names(record: Record, principal: Principal) -> NameBook:
    """The names of the register, of the tickets and of the plant that a principal may see."""
    plant = record.plant
    assets = AssetRegister(record.engine).list(principal)
    names = [name for asset in assets for name in _of_asset(asset)]
    with record.engine.connect() as connection:
        seen = visible_facts(principal)
        for column in _COLUMNS:
            values = sa.select(fact.c[column]).where(seen, fact.c[column] != "").distinct()
            names += [(v, column, v) for v in connection.scalars(values.limit(_MOST)) if v]
        codes = sa.select(fact_code.c.code).join(fact, fact.c.ticket_id == fact_code.c.ticket_id)
        codes = codes.where(seen).distinct().limit(_MOST)
        names += [(code, "alarm_code", code) for code in connection.scalars(codes)]
        used = sa.select(fact_part.c.part_no).join(fact, fact.c.ticket_id == fact_part.c.ticket_id)
        numbers = set(connection.scalars(used.where(seen).distinct().limit(_MOST)))
        names += [(number, "part", number) for number in sorted(numbers)]
        for row in connection.execute(sa.select(part.c.part_no, part.c.name, part.c.category)):
            if row.part_no in numbers or principal.sites is None:
                names += [(row.name, "part", row.part_no)]
                names += [(row.category, "part_category", row.category)]
    sees = {value for _, field, value in names if field in ("site", "line", "team")}
    for site in plant.sites:
        if principal.sites is None or site.name in principal.sites:
            names += [(site.name, "site", site.name)]
            names += [(shift.name, "shift", shift.name) for shift in site.shifts]
            sees.add(site.name)
    names += [(team.name, "team", team.name) for team in plant.teams if _is_seen(team.site, sees)]
    names += [(name, "team", team.name) for team in plant.teams for name in team.also
              if _is_seen(team.site, sees)]  # fmt: skip
    names += [(line.name, "line", line.name) for line in plant.lines if _is_seen(line.site, sees)]
    present = {(field, value.casefold()) for _, field, value in names}
    for known in plant.names:
        if (known.field, known.value.casefold()) in present and known.field in _PREFERRED:
            names += [(said, known.field, known.value) for said in (known.value, *known.also)]
    return NameBook(names, {asset.tag: asset.asset_class for asset in assets})


def _words_within(values: Iterable[str]) -> frozenset[str]:
    """The words of longer names of components: "hydraulic" of the hydraulic unit."""
    return frozenset(
        word
        for value in values
        if " " in value
        for word in re.findall(r"[^\W\d_]{4,}", value.casefold())
        if not lexicon().concepts(tokens_of(word))
    )


def _is_seen(site: str, sees: set[str]) -> bool:
    return not site or site in sees


def _of_asset(asset: Asset) -> list[tuple[str, str, str]]:
    others = [name.strip() for name in asset.also_called.split(";")]
    said = [asset.tag, asset.name, *others]
    return [
        *((name, "asset", asset.tag) for name in said),
        (asset.asset_class, "asset_class", asset.asset_class),
        (asset.model, "model", asset.model),
        (asset.area, "area", asset.area),
        (asset.line, "line", asset.line),
        *([(asset.site, "site", asset.site)] if asset.site else []),
    ]
