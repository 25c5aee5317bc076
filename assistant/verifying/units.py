"""Units as manuals, tickets and people write them, each with its dimension (pure).

Unlike :mod:`index.quantities`, which finds what a question is about, this reads a text strictly:
letters keep their case (mV is not MV), and more spellings and languages are known.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit: ``value * factor + offset`` is the value in the base unit of the dimension."""

    dimension: str
    factor: float
    offset: float = 0.0


_SPELLED: dict[str, tuple[str, float]] = {
    "Nm nm NM 牛米 牛·米 牛顿米": ("torque", 1.0),
    "kNm": ("torque", 1000.0),
    "Ncm": ("torque", 0.01),
    "lbf·ft lb·ft lbft ft·lb ft-lb lb-ft": ("torque", 1.355818),
    "bar 巴": ("pressure", 1.0),
    "mbar 毫巴": ("pressure", 0.001),
    "Pa 帕": ("pressure", 1e-5),
    "hPa": ("pressure", 0.001),
    "kPa 千帕": ("pressure", 0.01),
    "MPa 兆帕": ("pressure", 10.0),
    "psi PSI": ("pressure", 0.0689476),
    "mm 毫米": ("length", 1.0),
    "cm 厘米": ("length", 10.0),
    "m 米": ("length", 1000.0),
    "km": ("length", 1e6),
    "µm um 微米": ("length", 0.001),
    "inch inches ″ 英寸": ("length", 25.4),
    "mm2 mm²": ("area", 1.0),
    "cm2 cm²": ("area", 100.0),
    "m2 m²": ("area", 1e6),
    "K": ("temperature difference", 1.0),
    "V 伏": ("voltage", 1.0),
    "kV": ("voltage", 1000.0),
    "mV": ("voltage", 0.001),
    "A 安": ("current", 1.0),
    "mA": ("current", 0.001),
    "kA": ("current", 1000.0),
    "W 瓦": ("power", 1.0),
    "kW": ("power", 1000.0),
    "VA": ("apparent power", 1.0),
    "kVA": ("apparent power", 1000.0),
    "Wh": ("energy", 1.0),
    "kWh": ("energy", 1000.0),
    "J": ("energy", 1 / 3600),
    "Hz 赫兹": ("frequency", 1.0),
    "kHz": ("frequency", 1000.0),
    "MHz": ("frequency", 1e6),
    "s sec second seconds Sekunde Sekunden 秒": ("time", 1.0),
    "ms": ("time", 0.001),
    "min minute minutes Minute Minuten 分钟": ("time", 60.0),
    "h hour hours Stunde Stunden 小时": ("time", 3600.0),
    "day days Tag Tage Tagen 天": ("time", 86400.0),
    "week weeks Woche Wochen": ("time", 604800.0),
    "month months Monat Monate Monaten 个月": ("months", 1.0),
    "year years Jahr Jahre Jahren 年": ("months", 12.0),
    "l L litre litres liter liters 升": ("volume", 1.0),
    "ml mL 毫升": ("volume", 0.001),
    "cm3 cm³ ccm": ("volume", 0.001),
    "m3 m³": ("volume", 1000.0),
    "l/min L/min 升/分": ("flow", 1.0),
    "l/h": ("flow", 1 / 60),
    "m3/h m³/h": ("flow", 1000 / 60),
    "m3/min m³/min": ("flow", 1000.0),
    "l/s": ("flow", 60.0),
    "kg 千克 公斤": ("mass", 1.0),
    "g": ("mass", 0.001),
    "t": ("mass", 1000.0),
    "kN 千牛": ("force", 1000.0),
    "N 牛": ("force", 1.0),
    "rpm RPM r/min 1/min min-1 U/min 转/分": ("speed", 1.0),
    "mm/s": ("velocity", 1.0),
    "m/s": ("velocity", 1000.0),
    "m/min": ("velocity", 1000 / 60),
    "mm/min": ("velocity", 1 / 60),
    "Ω ohm ohms Ohm 欧": ("resistance", 1.0),
    "kΩ kohm kOhm": ("resistance", 1000.0),
    "MΩ Mohm MOhm": ("resistance", 1e6),
    "µF uF": ("capacitance", 1.0),
    "cSt mm2/s mm²/s": ("viscosity", 1.0),
    "dB dB(A)": ("level", 1.0),
    "% 百分之 percent Prozent": ("share", 1.0),
    "ppm": ("parts", 1.0),
    "°": ("angle", 1.0),
}
UNITS: dict[str, Unit] = {
    spelled: Unit(*dimension) for names, dimension in _SPELLED.items() for spelled in names.split()
} | {
    "°C": Unit("temperature", 1.0),
    "C": Unit("temperature", 1.0),
    "摄氏度": Unit("temperature", 1.0),
    "度": Unit("temperature", 1.0),
    "°F": Unit("temperature", 5 / 9, -160 / 9),
    "F": Unit("temperature", 5 / 9, -160 / 9),
}

PATTERN = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))
"""Any unit, the longest first."""
