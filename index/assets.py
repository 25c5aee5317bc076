"""The asset register: what is maintained, under which tag."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rapidfuzz import fuzz, process

from index import tables
from index.access import Principal
from index.codes import fold
from index.database import writing
from index.errors import AssetUnknown
from index.ticket_moves import follow_asset
from index.ticket_tables import asset_alias
from index.visibility import visible_assets

_WORDS = re.compile(r"[^\W_]+")
_IN_A_TEXT = 0.95  # the score of a tag within a longer text
_NEAR = 40.0  # of 100: what is less alike is no candidate
_SURE = 90.0  # of 100: below this a person decides which asset a text means


@dataclass(frozen=True, slots=True)
class Asset:
    """A maintained thing.

    ``also_called`` are other names of it, between semicolons; ``criticality`` is what the plant
    calls it, such as A to C.
    """

    tag: str
    name: str = ""
    model: str = ""
    serial: str = ""
    asset_class: str = ""
    location: str = ""
    site: str | None = None
    area: str = ""
    line: str = ""
    criticality: str = ""
    also_called: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and its other names."""
        found = (self.name, *re.split(r"[;；]", self.also_called))
        return tuple(dict.fromkeys(name.strip() for name in found if name.strip()))


@dataclass(frozen=True, slots=True)
class AssetMatch:
    """What a free text was taken for; ``score`` is 0 to 1, the id None where nothing is sure."""

    asset_id: int | None
    tag: str
    score: float


def alias_key(text: str) -> str:
    """The form under which a confirmed text is filed: one width, case and space between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class AssetRegister:
    """The assets in SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def put(self, assets: Iterable[Asset]) -> int:
        """Insert or update assets by tag; return how many.

        A register is the whole plant's: who imports one sees every site. The tickets of an asset
        that moves to another site move with it.
        """
        table = tables.asset
        count = 0
        with writing(self.engine) as connection:
            for asset in assets:
                values = {
                    "tag": asset.tag,
                    "folded": fold(asset.tag),
                    "name": asset.name,
                    "model": asset.model,
                    "model_folded": fold(asset.model),
                    "serial": asset.serial,
                    "asset_class": asset.asset_class,
                    "location": asset.location,
                    "site": asset.site,
                    "area": asset.area,
                    "line": asset.line,
                    "criticality": asset.criticality,
                    "also_called": asset.also_called,
                }
                known = connection.execute(
                    sa.select(table.c.id, table.c.site).where(table.c.folded == values["folded"])
                ).first()
                if known is None:
                    connection.execute(table.insert().values(values))
                else:
                    connection.execute(table.update().where(table.c.id == known.id).values(values))
                    if known.site != asset.site:
                        follow_asset(connection, known.id, asset.tag)
                count += 1
        return count

    def list(self, principal: Principal) -> list[Asset]:
        """The assets that the principal may see, by tag."""
        query = sa.select(tables.asset).where(visible_assets(principal))
        query = query.order_by(tables.asset.c.tag)
        with self.engine.connect() as connection:
            return [_asset(row) for row in connection.execute(query)]

    def get(self, principal: Principal, tag: str) -> Asset:
        """The asset with this tag, spelled in any way.

        Raises:
            AssetUnknown: there is none, or the principal may not see it.
        """
        visible = self.list(principal)
        for asset in visible:
            if fold(asset.tag) == fold(tag):
                return asset
        tags = [asset.tag for asset in visible]
        nearest = process.extract(tag, tags, scorer=fuzz.ratio, processor=fold, limit=3)
        raise AssetUnknown(tag, [name for name, score, _ in nearest if score >= 50])

    def matcher(self, principal: Principal) -> AssetMatcher:
        """Resolve free texts against the assets that a principal sees now."""
        query = sa.select(tables.asset).where(visible_assets(principal))
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
            aliases = {row.key: row.tag for row in connection.execute(sa.select(asset_alias))}
        return AssetMatcher([(row.id, _asset(row)) for row in rows], aliases)


class AssetMatcher:
    """Resolves what tickets call an asset."""

    def __init__(
        self, assets: Sequence[tuple[int, Asset]], aliases: Mapping[str, str] | None = None
    ) -> None:
        """Use assets with their ids, and the tags that people confirmed, by :func:`alias_key`."""
        self._by_tag = {fold(asset.tag): (asset_id, asset.tag) for asset_id, asset in assets}
        # A system pads numbers with zeros.
        serials = Counter(fold(asset.serial).lstrip("0") for _, asset in assets)
        self._by_serial = {
            serial: (asset_id, asset.tag)
            for asset_id, asset in assets
            if (serial := fold(asset.serial).lstrip("0")) and serials[serial] == 1
        }
        self._by_alias = {
            key: self._by_tag[fold(tag)]
            for key, tag in (aliases or {}).items()
            if fold(tag) in self._by_tag  # else the register lost the asset
        }
        called = [
            (asset_id, asset.tag, {fold(name): name for name in asset.names if fold(name)})
            for asset_id, asset in assets
        ]
        names = Counter(key for _, _, known in called for key in known)
        self._by_name = {
            key: (asset_id, tag, name)
            for asset_id, tag, known in called
            for key, name in known.items()
            if names[key] == 1  # else the name tells nothing
        }

    def resolve(self, raw: str, texts: Sequence[str] = ()) -> AssetMatch:
        """Return the asset that a ticket is about.

        What a person confirmed for ``raw``, what the ticket calls it, comes first; then the first
        of ``texts`` (of ``raw``, without any) that is sure, else what the first comes nearest to.
        """
        if self._by_alias and (alias := self._by_alias.get(alias_key(raw))):
            return AssetMatch(*alias, 1.0)
        found = [self.match(text) for text in texts or (raw,)]
        return next((match for match in found if match.asset_id is not None), found[0])

    def match(self, text: str) -> AssetMatch:
        """Return the asset that a text names.

        What a person confirmed comes first, then tag, name, serial, a tag in it, nearest name.
        A text that holds the tags of two assets means neither for sure.
        A nearest name is sure only with the same numbers and letters: "Press 10" is no "Press 1".
        """
        if self._by_alias and (alias := self._by_alias.get(alias_key(text))):
            return AssetMatch(*alias, 1.0)
        folded = fold(text)
        if not folded:
            return AssetMatch(None, "", 0.0)
        if folded in self._by_tag:
            return AssetMatch(*self._by_tag[folded], 1.0)
        if folded in self._by_name:
            return AssetMatch(*self._by_name[folded][:2], 1.0)
        if folded.lstrip("0") in self._by_serial:
            return AssetMatch(*self._by_serial[folded.lstrip("0")], 1.0)
        named = self._tags_in(text)
        if named:
            asset_id, tag = next(iter(named))
            return AssetMatch(asset_id if len(named) == 1 else None, tag, _IN_A_TEXT)
        best = process.extractOne(folded, list(self._by_name), scorer=fuzz.ratio)
        if best is None:
            return AssetMatch(None, "", 0.0)
        found, score, _ = best
        asset_id, tag, name = self._by_name[found]
        is_sure = score >= _SURE and _designators(text) == _designators(name)
        return AssetMatch(asset_id if is_sure else None, tag, score / 100)

    def candidates(self, text: str, most: int = 3) -> list[AssetMatch]:
        """The assets that a text may mean, the nearest first; their tags, scores 0 to 1."""
        folded = fold(text)
        near: dict[tuple[int, str], float] = dict.fromkeys(self._tags_in(text), _IN_A_TEXT)
        for known in (self._by_tag, {key: found[:2] for key, found in self._by_name.items()}):
            for key, score, _ in process.extract(
                folded, list(known), scorer=fuzz.ratio, limit=most, score_cutoff=_NEAR
            ):
                one = known[key]
                near[one] = max(near.get(one, 0.0), score / 100)
        ordered = sorted(near.items(), key=lambda item: (-item[1], item[0][1]))
        return [AssetMatch(*one, round(score, 3)) for one, score in ordered[:most]]

    def _tags_in(self, text: str) -> set[tuple[int, str]]:
        """The assets whose tags stand in a longer text as words of their own."""
        words = _WORDS.findall(unicodedata.normalize("NFKC", text))
        runs = {fold("".join(words[i:j])) for i in range(len(words)) for j in (i + 1, i + 2, i + 3)}
        found = {self._by_tag[run] for run in runs if run in self._by_tag}
        return {one for one in found if any(c.isdigit() for c in one[1]) and len(one[1]) > 2}


def _designators(name: str) -> list[str]:
    """The numbers and single letters of a name, which tell machines of one sort apart."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    found = re.findall(r"\d+|(?<![a-z])[a-z](?![a-z])", plain)
    return sorted(text.lstrip("0") for text in found)


def _asset(row: Any) -> Asset:
    return Asset(
        tag=row.tag,
        name=row.name,
        model=row.model,
        serial=row.serial,
        asset_class=row.asset_class,
        location=row.location,
        site=row.site,
        area=row.area,
        line=row.line,
        criticality=row.criticality,
        also_called=row.also_called,
    )
