"""Turn a ticket, with the asset that it is about, into its facts (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from orjson import loads

from index.codes import fold
from index.facts.extra_columns import ExtraColumns, says_reopened, yes_or_no
from index.facts.fact_tables import fact
from index.facts.fact_visibility import groups_key
from index.facts.plant import Plant
from index.facts.site_clock import SiteClock, SiteClocks
from index.facts.stops import stop_of

COLUMNS = tuple(column.name for column in fact.columns)
_in_order = itemgetter(*COLUMNS)
_OPEN = frozenset({"open", "in_progress", "on_hold"})
_MONEY = {"€": "EUR", "EURO": "EUR", "£": "GBP", "US$": "USD", "RMB": "CNY", "元": "CNY"}
_NO_REACTION = frozenset(
    {"preventive", "inspection", "condition_based", "improvement", "calibration", "other"}
)


class AssetRow(NamedTuple):
    """What facts say about the asset of a ticket."""

    tag: str = ""
    asset_class: str = ""
    model: str = ""
    area: str = ""
    line: str = ""


class Facts(NamedTuple):
    """The facts of a ticket: the row in the order of :data:`COLUMNS`, and rows that belong to it.

    ``parts`` are part numbers with quantities, ``codes`` as printed and folded.
    """

    row: tuple[Any, ...]
    parts: list[tuple[str, float]]
    codes: list[tuple[str, str]]
    people: list[str]


class FactMaker:
    """Makes the facts of tickets of one plant."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._named = plant.named_fields
        self._clocks = SiteClocks(plant)
        self._extra = ExtraColumns()
        self._values: dict[tuple[str, str], str] = {}

    def make(
        self,
        ticket: Any,
        asset: AssetRow,
        reopened: Collection[str],
        excluded: Collection[str],
    ) -> Facts:
        """The facts of a row of ``ticket`` whose JSON columns are texts.

        ``asset`` is empty where it is not known. ``reopened`` are the uids that other tickets
        reopen, ``excluded`` those taken out.
        """
        extra = self._extra.read(loads(ticket.raw))
        clock = self._clocks.of(ticket.site, ticket.time_zone)
        values: dict[str, Any] = {
            "ticket_id": ticket.id,
            "uid": ticket.uid,
            "locator": ticket.locator,
            "site": ticket.site,
            "groups_key": groups_key(loads(ticket.groups)) if ticket.groups != "[]" else "",
            "title": ticket.title,
            "is_duplicate": int(ticket.duplicate_of is not None),
            "is_excluded": int(ticket.uid in excluded),
            "is_reopened": int(
                ticket.reopened_from is not None
                or ticket.uid in reopened
                or says_reopened(ticket.status_raw)
            ),
        }
        self._where(values, ticket, asset, extra)
        self._what(values, ticket, extra)
        self._when(values, ticket, extra, clock)
        _amounts(values, ticket, clock)
        quantities: Counter[str] = Counter()
        if ticket.parts != "[]":
            for part_no, quantity in loads(ticket.parts):
                if quantity > 0:
                    quantities[part_no] += quantity
        codes = dict.fromkeys(loads(ticket.alarm_codes)) if ticket.alarm_codes != "[]" else {}
        people = dict.fromkeys(loads(ticket.technicians)) if ticket.technicians != "[]" else {}
        return Facts(
            _in_order(values),
            list(quantities.items()),
            [(code, fold(code)) for code in codes],
            list(people),
        )

    def _value(self, field: str, text: str) -> str:
        """A text as the plant calls it."""
        if not text or field not in self._named:
            return text
        found = self._values.get((field, text))
        if found is None:
            found = self._plant.value(field, text)
            if len(self._values) < 100_000:
                self._values[field, text] = found
        return found

    def _where(
        self, values: dict[str, Any], ticket: Any, asset: AssetRow, extra: Mapping[str, str]
    ) -> None:
        values["asset_id"] = ticket.asset_id if asset.tag else None
        values["asset"] = asset.tag
        values["asset_text"] = ticket.asset_raw
        values["asset_class"] = self._value("asset_class", asset.asset_class)
        values["model"] = self._value("model", asset.model)
        values["area"] = self._value("area", asset.area or extra.get("area", ""))
        values["line"] = self._value("line", asset.line or extra.get("line", ""))

    def _what(self, values: dict[str, Any], ticket: Any, extra: Mapping[str, str]) -> None:
        kind, status = ticket.ticket_type, ticket.status
        stated = ticket.is_failure
        is_failure = kind == "corrective" and status != "cancelled" if stated is None else stated
        values["kind"], values["status"], values["priority"] = kind, status, ticket.priority
        values["is_open"] = int(status in _OPEN)
        values["is_failure"] = int(is_failure)
        values["is_failure_stated"] = int(stated is not None)
        values["is_reactive"] = _is_reactive(kind, extra)
        safety = yes_or_no(extra.get("safety"))
        values["is_safety"] = None if safety is None else int(safety)
        for field in ("failure_mode", "mechanism", "detection"):
            values[field] = self._value(field, getattr(ticket, field))
        values["cause"] = self._value("cause", extra.get("cause_code") or ticket.cause)
        values["remedy"] = self._value("remedy", ticket.remedy_code)
        for field in ("component", "team", "delay_reason"):
            values[field] = self._value(field, extra.get(field, ""))

    def _when(
        self, values: dict[str, Any], ticket: Any, extra: Mapping[str, str], clock: SiteClock
    ) -> None:
        is_day = ticket.time_quality == "date_only"
        reported = clock.epoch(ticket.reported_at, is_day=is_day)
        acknowledged = clock.epoch(ticket.acknowledged_at, after=reported)
        started = clock.epoch(ticket.started_at, after=reported)
        completed = clock.epoch(ticket.completed_at, after=started or reported)
        values["reported"], values["acknowledged"] = reported, acknowledged
        values["started"], values["completed"] = started, completed
        values["due"] = clock.epoch(ticket.due_at)
        values["is_date_only"] = int(is_day and reported is not None)
        values["has_time_flaw"] = int(
            _is_before(completed, reported)
            or _is_before(completed, started)
            or _is_before(acknowledged, reported)
        )
        values["reported_on"], values["reported_hour"] = "", None
        shift = extra.get("shift", "")
        if reported is not None:
            local = clock.local(reported)
            values["reported_on"] = local.date().isoformat()
            if not is_day:
                values["reported_hour"] = local.hour
                shift = clock.site.shift_at(local.time()) or shift
        values["shift"] = self._value("shift", shift)
        on = "" if completed is None else clock.local(completed).date().isoformat()
        values["completed_on"] = on
        stop = stop_of(
            ticket,
            clock,
            reported,
            completed,
            is_open=bool(values["is_open"]),
            was_down=yes_or_no(extra.get("is_down")) is not False,
        )
        values["down_from"], values["down_to"], values["down_min"] = stop[:3]
        values["down_source"], values["has_down_flaw"] = stop.source, int(stop.is_flawed)


def _is_before(end: int | None, start: int | None) -> bool:
    return end is not None and start is not None and end < start


def _is_reactive(kind: str, extra: Mapping[str, str]) -> int | None:
    """Unplanned work: as the row says it, else by its kind; None where neither is known."""
    stated = yes_or_no(extra.get("emergency"))
    if stated is None and (planned := yes_or_no(extra.get("planned"))) is not None:
        stated = not planned
    if stated is not None:
        return int(stated)
    return 1 if kind == "corrective" else 0 if kind in _NO_REACTION else None


def _amounts(values: dict[str, Any], ticket: Any, clock: SiteClock) -> None:
    """Hours and money; less than no hours are not known."""
    for field in ("labor_h", "est_labor_h"):
        amount = getattr(ticket, field)
        values[field] = amount if amount is None or amount >= 0 else None
    total, labor, parts = ticket.cost_total, ticket.cost_labor, ticket.cost_parts
    if total is None and labor is not None and parts is not None:
        total = labor + parts
    values["cost_total"], values["cost_labor"], values["cost_parts"] = total, labor, parts
    stated = ticket.currency.strip().upper()
    if not stated and (total is not None or labor is not None or parts is not None):
        stated = clock.site.currency
    values["currency"] = _MONEY.get(stated, stated)
