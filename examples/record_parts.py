"""The parts of the store: every part that a ticket names, with a category, a price and a stock."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from record_rows import HERE, SEED, Row

COLUMNS = tuple("part_no name category unit stock least_stock lead_time_d price currency".split())
_NAMES = {
    "NK50-310": "Mechanical seal 35 mm",
    "NK50-315": "Shaft sleeve with seal",
    "NK50-220": "Impeller with wear ring",
    "6308-C3": "Deep groove ball bearing 6308",
    "6306-2RS": "Deep groove ball bearing 6306",
    "6310-C3": "Deep groove ball bearing 6310",
    "6205-2RS": "Deep groove ball bearing 6205",
    "6202-2RS": "Deep groove ball bearing 6202",
    "UCFL-204": "Flange bearing unit 204",
    "30206": "Tapered roller bearing 30206",
    "22210-E": "Spherical roller bearing 22210 调心滚子轴承",
    "EL-2210": "Terminal block 16 mm²",
    "EL-1140": "Pressure transmitter 0 to 10 bar",
    "EL-3307": "Inverter blower",
    "EL-0450": "Brake rectifier",
    "EL-0620": "Pull cord switch",
    "EL-0770": "Door switch with actuator",
    "EL-3350": "Inverter 7.5 kW",
    "EL-SSR40": "Solid state relay 40 A 固态继电器",
    "TX90-415": "Thermostatic valve insert",
    "TX90-233": "Gasket of the receiver flange",
    "TX90-118": "Solenoid valve of the unloader",
    "TX90-121": "Control air filter element",
    "TX90-560": "Safety valve 10 bar",
    "OIL-46": "Compressor oil 46",
    "TB20-060": "Transfer roller",
    "TB20-200": "Conveyor belt 600 mm",
    "TB20-400": "Gear motor 0.75 kW",
    "KR16-CUP": "Vacuum cup 40 mm",
    "KR16-HOSE": "Air hose of axis 6",
    "KR16-NECK": "Torch neck",
    "KR16-BAT": "Buffer battery",
    "KR16-CAB": "Encoder cable",
    "KR16-TIP": "Contact tip 1.0 mm",
    "KR16-LIN": "Wire liner",
    "VF12-SK7": "Seal kit of a filling valve",
    "VF12-CL2": "Clutch of the star wheel",
    "VC8-110": "Magnetic clutch",
    "VC8-115": "Cone of a capping head",
    "EL5-032": "Brake lining",
    "CP6-CUP": "Suction cup of the erector",
    "CP6-NOZ": "Glue nozzle",
    "CP6-HOSE": "Heated hose",
    "PL9-CH12": "Chain of the row pusher",
    "HX160-SEAL": "Seal ring of a pipe joint 管接头密封圈",
    "HX160-PIPE": "High pressure hose 高压油管",
    "HX160-HEAT": "Heater band 加热圈",
    "HX160-RING": "Check ring 止逆环",
    "HX160-TOGG": "Toggle with pins 曲肘组件",
    "NK50-399": "Set of gaskets",
}
# The first word that a name holds tells the category.
_CATEGORIES = (
    ("bearing", ("bearing",)),
    ("seal", ("seal", "o-ring", "gasket", "wiper", "packing")),
    ("filter", ("filter", "strainer", "breather")),
    ("hose", ("hose", "pipe")),
    ("oil", ("oil 46", "grease", "lubricant")),
    ("sensor", ("sensor", "encoder", "transmitter", "switch", "transducer", "scale", "probe")),
    ("valve", ("valve", "regulator")),
    ("belt", ("belt", "chain")),
    (
        "electrical",
        (
            *("relay", "motor", "fan", "battery", "batteries", "drive", "contact", "cable"),
            *("fuse", "converter", "power", "module", "lamp", "terminal", "rectifier", "heater"),
            *("inverter", "blower"),
        ),
    ),
)
_UNITS = {"OIL-46": "l", "TB20-200": "m"}
_SOUTH = ("HX160", "CP6", "PL9", "30206", "22210", "6202", "EL-SSR")
_LISTED = re.compile(r"^\| ([A-Z0-9]+-[A-Z0-9.-]+) \| ([^|]+) \|", re.MULTILINE)


def price(number: str) -> float:
    """What a part costs, in euros."""
    chance = random.Random(f"{SEED} price {number}")
    least, most = (3, 9) if number in _UNITS else (12, 60) if number in _NAMES else (15, 420)
    return round(chance.uniform(least, most), 2)


def part_rows(tickets: Iterable[Row]) -> list[Row]:
    """The store: the parts of the tickets and one that no ticket names."""
    used = {row["parts"].partition(" x ")[2] for row in tickets if row["parts"]}
    return [_row(number) for number in sorted(used | {"NK50-399"})]


def _row(number: str) -> Row:
    chance = random.Random(f"{SEED} stock {number}")
    name = _known().get(number, number)
    least = chance.choice((0, 1, 1, 2, 4))
    in_south = number.startswith(_SOUTH)
    cost = price(number) * (7.8 if in_south else 1.0)
    return {
        "part_no": number,
        "name": name,
        "category": _category(name),
        "unit": _UNITS.get(number, "pcs"),
        "stock": str(chance.choice((0, 1, 2, 3, 6, 12)) * (20 if number in _UNITS else 1)),
        "least_stock": str(least),
        "lead_time_d": str(chance.choice((2, 5, 10, 21, 45))),
        "price": f"{cost:.2f}",
        "currency": "CNY" if in_south else "EUR",
    }


def _known() -> dict[str, str]:
    """The names of parts, those of the manuals' spare part lists among them."""
    found: dict[str, str] = {}
    for path in sorted((HERE / "manuals").glob("*.md")):
        found.update(_LISTED.findall(path.read_text(encoding="utf-8")))
    return {number: name.strip() for number, name in found.items()} | _NAMES


def _category(name: str) -> str:
    told = name.casefold()
    return next((kind for kind, words in _CATEGORIES if any(w in told for w in words)), "other")
