"""Which kind of value a question asks for, and whether a sentence gives one for the thing named.

The kinds are the dimensions of :mod:`index.quantities` and a few that are known by their unit only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.relevance import Question, Rarity
from index.corpus import Passage, Sentence
from index.quantities import normalise_units, quantities

_LEAST_SHARE = 0.45  # of the thing's words, in a sentence and its heading
_LEAST_OWN_SHARE = 0.2  # in the sentence alone, but for torques: "Tighten the screws to 45 N·m"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of value: how it is asked for in words, by unit, and what holds one."""

    words: str
    unit: str
    pattern: str = ""  # of a text that holds one, where index.quantities has no such dimension


_KINDS = {
    "torque": _Kind(
        r"\btorque|how tight|tightening (?:value|torque)|drehmoment|anzugsmoment|扭矩|拧多紧",
        r"n·?m\b|newton ?met",
    ),
    "pressure": _Kind(r"pressure|druck\b|压力", r"bar\b|k?pa\b|mpa\b|psi\b"),
    "temperature": _Kind(r"temperature|how (?:hot|warm)|temperatur|温度", r"°c|degrees"),
    "voltage": _Kind(r"voltage|spannung\b|电压", r"v\b|volts?\b|volt\b"),
    "current": _Kind(r"\bcurrent\b|\bstromaufnahme|电流", r"a\b|amps?\b|ampere"),
    "length": _Kind(
        r"clearance|backlash|\bgap\b|thickness|\blength\b|\bdiameter\b|\bspalt|länge|dicke|"
        r"间隙|长度|厚度|直径",
        r"mm\b|millimet|µm\b",
    ),
    "frequency": _Kind(r"frequency|belt tension|frequenz|频率", r"hz\b|hertz"),
    "volume": _Kind(
        r"how (?:much|many lit\w+)(?: of)? (?:oil|coolant)|capacity of the tank|füllmenge|"
        r"油量|容量",
        r"lit(?:re|er)s?\b|l\b(?!/)",
    ),
    "mass": _Kind(r"how heavy|\bweight\b|\bweigh\b|gewicht|wie schwer|重量|多重", r"kg\b|kilo"),
    "speed": _Kind(r"rotational speed|drehzahl|转速", r"rpm\b|1/min\b"),
    "resistance": _Kind(r"resistance|widerstand|电阻", r"ohms?\b|ω|欧姆"),
    "flow": _Kind(r"flow rate|durchfluss|流量", r"l/min\b|m³/(?:h|min)"),
    "capacitance": _Kind(r"capacitance|kapazität|电容", r"[µun]f\b", r"\d\s*[µunp]f\b|farad"),
    "noise": _Kind(
        r"noise level|sound (?:level|pressure)|schallpegel|噪[音声]", r"db\b", r"\d\s*db"
    ),
    "stiffness": _Kind(r"spring rate|stiffness|federrate|刚度", r"n/mm\b", r"\d\s*k?n/m{1,2}\b"),
}
_VALUE = (
    r"\b(?:what|which|how (?:much|many|heavy|tight|hot|warm|long|thick|big|large|high|far))\b|"
    r"\b(?:welche[rsnm]?|wie (?:viel|schwer|lang|dick|hoch|groß)|wieviel)\b|"
    r"多少|多大|多重|多长|多厚|是什么规格"
)
_ASKS_VALUE = re.compile(_VALUE)
_BARE = re.compile(r"^(?:[\w-]+,? ){0,6}?[^.,;]{0,70}\?$")  # "winding resistance of motor M1?"
_FAULT = re.compile(
    r"\b(?:drops?|falls?|fell|rises?|too|low|lost|loses?|unstable|jumps?|alarm|why|cause|reason|"
    r"keeps?|goes|warum|ursache|fällt|zu)\b|为什么|原因|下降|过[高低]"
)
_IGNORED = (
    "torque tightening tighten tight value rating pressure temperature voltage current amps weight "
    "weigh heavy resistance ohm ohms flow rate capacitance noise frequency tension thickness "
    "length gap rotational speed spring draw kg mm bar hz rpm nm l min µf db volt volts amp litres "
    "what which how much many does do has have is are in of the stands plate nameplate total "
    "altogether everything allowed range max min take 重量 电阻 多少 扭矩 是 欧姆"
)


def asked_kinds(question: str) -> frozenset[str]:
    """The kinds of value that a question asks for; empty where it asks for none."""
    text = normalise_units(unicodedata.normalize("NFKC", question)).casefold()
    if _FAULT.search(text):
        return frozenset()
    by_unit = {
        name
        for name, kind in _KINDS.items()
        if re.search(rf"(?:\b(?:in|many)\s+|多少\s*)(?:{kind.unit})", text)
    }
    if by_unit and (_ASKS_VALUE.search(text) or text.rstrip().endswith("?")):
        return frozenset(by_unit)
    if not _ASKS_VALUE.search(text) and not _BARE.match(text.strip()):
        return frozenset()
    return frozenset(name for name, kind in _KINDS.items() if re.search(kind.words, text))


def holds_kind(text: str, kinds: frozenset[str]) -> bool:
    """Tell whether a text holds a value of one of the kinds."""
    if kinds & {quantity.dimension for quantity in quantities(text)}:
        return True
    folded = unicodedata.normalize("NFKC", text).casefold().replace("μ", "µ")
    patterns = (_KINDS[kind].pattern for kind in kinds if kind in _KINDS)
    return any(pattern and re.search(pattern, folded) for pattern in patterns)


def gives_value(
    question: str,
    kinds: frozenset[str],
    passages: Iterable[Passage],
    rarity: Rarity,
    names: Iterable[str],
) -> bool:
    """Tell whether a passage gives a value of these kinds for the thing that a question names."""
    thing = Question(question, rarity, ignore=[*names, *kinds, _IGNORED])
    if not thing.weights:  # "which torque?": nothing to hold against a passage
        return True
    label = _label(question, kinds)
    for passage in passages:
        heading = " ".join(passage.heading_path)
        for sentence in passage.sentences:
            if not (holds_kind(sentence.text, kinds) or _has_unit_cell(sentence, kinds)):
                continue
            if label and label in sentence.text.casefold():
                return True
            own = thing.share(sentence.text, *sentence.header)
            together = thing.share(sentence.text, *sentence.header, heading)
            if together >= _LEAST_SHARE and (own >= _LEAST_OWN_SHARE or "torque" in kinds):
                return True
    return False


def _label(question: str, kinds: frozenset[str]) -> str:
    """The value as a table calls it: "brake gap" of a question for the brake gap of a motor."""
    words = "|".join(_KINDS[kind].words for kind in kinds if kind in _KINDS)
    found = re.search(rf"\b([a-z]{{4,}}) (?:{words})", question.casefold()) if words else None
    return found[0] if found and not _ASKS_VALUE.search(found[1]) else ""


def _has_unit_cell(sentence: Sentence, kinds: frozenset[str]) -> bool:
    """A row whose unit stands in a cell of its own: "Precharge | 90 | 80 | 95 | bar"."""
    cells = [cell.strip() for cell in sentence.cells]
    numbers = [cell for cell in cells if re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", cell)]
    return any(holds_kind(f"{numbers[0]} {cell}", kinds) for cell in cells if numbers and cell)
