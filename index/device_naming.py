"""Find which devices a question names: by a model, or by most of a document's title (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.language import narrow

_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")
_NAMED = 0.6  # share of a title's weight that a question must hold to name it
_STRUCTURE_WORDS = frozenset(
    """manual maintenance service operating handbook instruction instructions guide user the and of
    for a an bulletin work training procedure local notes""".split()
)
# "Dosing pump DP-03 - Fault isolation": what follows says what the document tells about the device.
_SUBJECT = re.compile(r"\s+[-–—]\s.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Device:
    """A document as something that a question can name."""

    revision_id: int
    title: str
    models: tuple[str, ...] = ()


def device_of(title: str) -> str:
    """The part of a document's title that names the device, without what is told about it.

    A title with a colon, "Training TR-KP-02: Lockout of the compressor", names a document and a
    subject; the empty text is returned.

    >>> device_of("Dosing pump DP-03 - Fault isolation")
    'Dosing pump DP-03'
    """
    return "" if ":" in narrow(title) else _SUBJECT.sub("", title)


def name_devices(question: str, devices: Sequence[Device]) -> tuple[tuple[int, ...], set[int]]:
    """Return the revisions whose device the question names, and the positions of the name.

    A device is named by one of its models, or by most of the weight of its title; words that many
    titles share weigh little. The device of which most is named wins; several may tie. One whose
    name is only a part of what names another does not count.
    """
    text = _normal(question)
    spread = Counter(word for device in devices for word in set(_name_words(device.title)))
    found = [(_span_of(text, device, spread), device.revision_id) for device in devices]
    best = max((span.share for span, _ in found), default=0.0)
    if best < _NAMED:
        return (), set()
    found = [(span, revision) for span, revision in found if span.share == best]
    chosen = [
        (span, revision)
        for span, revision in found
        if not any(span.positions < other.positions for other, _ in found)
    ]
    positions = set().union(*(span.positions for span, _ in chosen))
    return tuple(sorted(revision for _, revision in chosen)), positions


@dataclass(frozen=True, slots=True)
class _Span:
    """The share of a device's name that a question holds, and where."""

    share: float
    positions: frozenset[int]


def _span_of(text: str, device: Device, spread: Counter[str]) -> _Span:
    best = _Span(0.0, frozenset())
    for model in device.models:
        # One word after the other, so that "25 bar at lathe LT-1" does not name the LT-25.
        pattern = r"[\W_]*".join(map(re.escape, _WORD.findall(_normal(model))))
        # Nor does a part number that begins with it, such as "HP40-2217-03".
        whole = rf"(?<![a-z0-9]){pattern}(?![-_.]?[a-z0-9])"
        if match := re.search(whole, text) if pattern else None:
            best = max(best, _Span(1.0, frozenset(range(*match.span()))), key=_span_order)
    weights = {word: 1.0 / spread[word] for word in _name_words(device.title)}
    words = [match for match in _WORD.finditer(text) if match[0] in weights]
    present = {match[0] for match in words}
    total = sum(weights.values())
    share = sum(weights[word] for word in present) / total if total else 0.0
    return max(best, _Span(share, _shortest_run(words, present)), key=_span_order)


def _shortest_run(words: list[re.Match[str]], wanted: set[str]) -> frozenset[int]:
    """Positions of the words in the shortest stretch of text that holds all of them.

    A number that is part of a name may also stand elsewhere as a code.
    """
    best: list[re.Match[str]] = []
    for first in range(len(words)):
        missing = set(wanted)
        for last in range(first, len(words)):
            missing.discard(words[last][0])
            if not missing:
                run = words[first : last + 1]
                if not best or _length(run) < _length(best):
                    best = run
                break
    return frozenset(i for match in best for i in range(*match.span()))


def _length(run: list[re.Match[str]]) -> int:
    return run[-1].end() - run[0].start()


def _span_order(span: _Span) -> tuple[float, int]:
    return span.share, len(span.positions)


def _name_words(title: str) -> list[str]:
    words = _WORD.findall(_normal(device_of(title)))
    return [word for word in words if word not in _STRUCTURE_WORDS]


def _normal(text: str) -> str:
    return narrow(text).lower()
