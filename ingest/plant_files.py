"""The plant's own files: ``plant.toml`` and three tables, kept in the folder ``plant`` of a home.

A file is checked wholly before it takes its place, so that what lies there can be read; who edits
a file there by hand is told what is wrong at the next figure. The tables of the knowledge database
are filled from them again whenever a file, or what decides its assets, has changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.access import LOCAL
from index.assets import Asset, AssetMatcher, AssetRegister
from index.database import writing
from index.facts.fact_tables import meter_reading, part, planned_work, plant_table
from index.facts.plant import Plant
from index.home import Home
from ingest.errors import UnreadablePlant
from ingest.plant_tables import (
    KINDS,
    READERS,
    MeterRow,
    PartRow,
    PlanRow,
    read_meters,
    read_parts,
    read_plan,
    recognise_table,
)
from ingest.plant_toml import read_plant

PLANT = "plant.toml"
NAMES = (PLANT, *KINDS)
"""The files that there may be."""
_TABLES: Mapping[str, sa.Table] = {
    "planned_work.csv": planned_work,
    "meters.csv": meter_reading,
    "parts.csv": part,
}
_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was imported, with the rows of a table, or the sites of the plant."""

    path: Path
    name: str
    rows: int


class PlantFiles:
    """The files of one home; each is read again when it has changed."""

    def __init__(self, home: Home) -> None:
        self._folder = home.path / "plant"
        self._plant: tuple[_Stamp | None, Plant] | None = None
        self._hashes: dict[str, tuple[_Stamp, str]] = {}

    def path(self, name: str) -> Path:
        """Where a file lies, if there is one."""
        return self._folder / name

    def load(self) -> Plant:
        """The plant as it is described now; without a file nothing is said about it.

        Raises:
            UnreadablePlant: the file was changed by hand and cannot be understood.
        """
        stamp = _stamp(self.path(PLANT))
        if self._plant is None or self._plant[0] != stamp:
            plant = _read_plant(self.path(PLANT), PLANT) if stamp else Plant()
            self._plant = stamp, plant
        return self._plant[1]

    def take(self, paths: Sequence[Path]) -> list[Taken]:
        """Import files: check all of them, then put them in their places.

        Raises:
            UnreadablePlant: something in one cannot be understood; nothing is imported.
        """
        found: dict[str, Taken] = {}
        contents: dict[str, bytes] = {}
        for path in paths:
            content = _content(path)
            name = _kind_of(path)
            if name in found:
                raise UnreadablePlant(
                    f"{path} and {found[name].path} are both {name}. Name one of them."
                )
            found[name] = Taken(path, name, _check(path, name))
            contents[name] = content
        self._folder.mkdir(exist_ok=True)
        for name, content in contents.items():
            _put(self.path(name), content)
        return list(found.values())

    def sync(self, engine: sa.Engine) -> None:
        """Bring the tables of planned work, meter readings and parts up to date with the files.

        Costs one SELECT where nothing has changed.

        Raises:
            UnreadablePlant: a file was changed by hand and cannot be understood.
        """
        plant = self.load()
        described = repr(replace(plant, as_of=None))
        wanted = {
            name: hashlib.sha256((held + described).encode()).hexdigest()
            for name in _TABLES
            if (held := self._hash(name))
        }
        query = sa.select(plant_table).where(plant_table.c.name.in_(list(_TABLES)))
        with engine.connect() as connection:
            known = {row.name: row.content_hash for row in connection.execute(query)}
        if known == wanted:
            return
        register = AssetRegister(engine)
        assets = _Assets(plant, register.matcher(LOCAL), register.list(LOCAL))
        for name in _TABLES:
            if known.get(name) != wanted.get(name):
                rows = self._rows(name, assets) if name in wanted else []
                _fill(engine, name, rows, wanted.get(name))

    def unknown_assets(self, engine: sa.Engine) -> dict[str, list[str]]:
        """What rows of the tables call assets that are not known, by the name of the file."""
        found: dict[str, list[str]] = {}
        with engine.connect() as connection:
            for name in ("planned_work.csv", "meters.csv"):
                table = _TABLES[name]
                query = sa.select(table.c.asset).where(table.c.asset_id.is_(None)).distinct()
                if told := sorted(connection.scalars(query)):
                    found[name] = told
        return found

    def _hash(self, name: str) -> str:
        """The hash of a file, empty where there is none."""
        path = self.path(name)
        stamp = _stamp(path)
        if stamp is None:
            return ""
        known = self._hashes.get(name)
        if known is None or known[0] != stamp:
            known = stamp, hashlib.sha256(path.read_bytes()).hexdigest()
            self._hashes[name] = known
        return known[1]

    def _rows(self, name: str, assets: _Assets) -> list[dict[str, Any]]:
        path = self.path(name)
        if name == "planned_work.csv":
            return [assets.plan(row) for row in read_plan(path, name)]
        if name == "meters.csv":
            return [assets.reading(row) for row in read_meters(path, name)]
        return [_part(row) for row in read_parts(path, name)]


class _Assets:
    """Finds the assets that rows name, and the sites that the rows belong to."""

    def __init__(self, plant: Plant, matcher: AssetMatcher, assets: Sequence[Asset]) -> None:
        self._plant = plant
        self._matcher = matcher
        self._by_tag = {asset.tag: asset for asset in assets}

    def _find(self, text: str) -> tuple[int | None, Asset]:
        match = self._matcher.match(text)
        if match.asset_id is None:
            return None, Asset("")
        return match.asset_id, self._by_tag[match.tag]

    def plan(self, row: PlanRow) -> dict[str, Any]:
        """Planned work belongs to the site of its asset, else to what it says, or to its team's."""
        asset_id, asset = self._find(row.asset)
        value = self._plant.value
        team = self._plant.team(row.team) if row.team else None
        stated = value("site", row.site) if row.site else None
        return {
            "number": row.number,
            "site": asset.site or stated or (team.site if team else None) or None,
            "asset_id": asset_id,
            "asset": row.asset if asset_id is None else asset.tag,
            "asset_class": value("asset_class", asset.asset_class),
            "model": value("model", asset.model),
            "area": value("area", asset.area),
            "line": value("line", asset.line),
            "title": row.title,
            "team": value("team", row.team),
            "due_on": row.due,
            "done_on": row.done,
            "interval_d": None if row.interval_d is None else int(row.interval_d),
            "tolerance_d": row.tolerance_d,
            "est_labor_h": row.est_labor_h,
        }

    def reading(self, row: MeterRow) -> dict[str, Any]:
        """A reading without a zone was taken by the clock of the asset's site."""
        asset_id, asset = self._find(row.asset)
        moment = row.read_at
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._plant.site(asset.site).time_zone)
        return {
            "asset_id": asset_id,
            "asset": row.asset if asset_id is None else asset.tag,
            "at": int(moment.timestamp()),
            "hours": row.hours,
        }


def _part(row: PartRow) -> dict[str, Any]:
    return {
        "part_no": row.part_no,
        "name": row.name,
        "category": row.category,
        "unit": row.unit,
        "stock": row.stock,
        "least_stock": row.least_stock,
        "lead_time_d": row.lead_time_d,
        "price": row.price,
        "currency": row.currency,
    }


def _fill(
    engine: sa.Engine, name: str, rows: list[dict[str, Any]], content_hash: str | None
) -> None:
    """Let a table hold these rows, and nothing where there is no file."""
    table = _TABLES[name]
    with writing(engine) as connection:
        connection.execute(table.delete())
        if rows:
            connection.execute(table.insert(), rows)
        connection.execute(plant_table.delete().where(plant_table.c.name == name))
        if content_hash is not None:
            connection.execute(plant_table.insert().values(name=name, content_hash=content_hash))


def _kind_of(path: Path) -> str:
    """Which of the files it is: by its name, else by what is in it."""
    if path.name in NAMES:
        return path.name
    return PLANT if path.suffix.lower() == ".toml" else recognise_table(path)


def _check(path: Path, name: str) -> int:
    if name == PLANT:
        return len(_read_plant(path, str(path)).sites)
    return len(READERS[name](path, str(path)))


def _read_plant(path: Path, name: str) -> Plant:
    try:
        text = _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadablePlant(
            f"{name} is not UTF-8: byte {error.start + 1} is none. Save it as UTF-8."
        ) from error
    return read_plant(text, name)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadablePlant(
            f"{path} cannot be read: {error.strerror}. Check the path and its permissions."
        ) from error


def _put(path: Path, content: bytes) -> None:
    """Write a file so that its name always holds a whole one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _stamp(path: Path) -> _Stamp | None:
    """When a file was changed and how long it is; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
