"""The JSON that the commands for assets print with ``--json``.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from index.asset_aliases import Alias
from index.assets import Asset
from index.ticket_assets import Unresolved
from ui.schemas import Schema


class AssetOut(Schema):
    """An asset of ``assets list``; ``site`` is null where everybody may see it."""

    tag: str
    name: str
    model: str
    serial: str
    asset_class: str
    location: str
    site: str | None
    area: str = ""
    line: str = ""
    criticality: str = ""
    also_called: str = ""

    @classmethod
    def of(cls, asset: Asset) -> AssetOut:
        """The shape of an asset."""
        return cls(
            tag=asset.tag,
            name=asset.name,
            model=asset.model,
            serial=asset.serial,
            asset_class=asset.asset_class,
            location=asset.location,
            site=asset.site,
            area=asset.area,
            line=asset.line,
            criticality=asset.criticality,
            also_called=asset.also_called,
        )


class CandidateOut(Schema):
    """An asset that a text may mean; ``score`` is 0 to 1."""

    tag: str
    score: float


class UnresolvedOut(Schema):
    """What tickets call an asset; ``taken_for`` is the tag they were given, empty if none."""

    text: str
    tickets: int
    taken_for: str
    candidates: tuple[CandidateOut, ...]

    @classmethod
    def of(cls, one: Unresolved) -> UnresolvedOut:
        """The shape of what is not resolved."""
        return cls(
            text=one.text,
            tickets=one.tickets,
            taken_for=one.taken_for,
            candidates=tuple(CandidateOut(tag=c.tag, score=c.score) for c in one.candidates),
        )


class AliasOut(Schema):
    """What a person confirmed that tickets call an asset."""

    text: str
    tag: str
    by: str
    at: str

    @classmethod
    def of(cls, alias: Alias) -> AliasOut:
        """The shape of an alias."""
        return cls(text=alias.text, tag=alias.tag, by=alias.by, at=alias.at)
