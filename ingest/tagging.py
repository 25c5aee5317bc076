"""Decide what a document is: number, revision, date, kind, language, models (pure).

The facts are read from the lines in which documents say them about themselves; what a person states
at ingestion wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.corpus import Document, DocumentKind
from index.language import language_of
from index.serials import find_ranges
from ingest.readers.contents import Contents

_NUMBER = re.compile(
    r"(?:document|doc\.?|manual|publication|dokument(?:en)?|文件|资料|手册)[\s-]*"
    r"(?:no\.?|number|nr\.?|id|编号|号)\s*[:：#]?\s*(?=[A-Z./_-]*\d)([A-Z0-9][A-Z0-9./_-]{2,30})",
    re.IGNORECASE,
)
_REVISION = re.compile(
    r"(?:\brev(?:ision)?\b\.?|\bissue\b|\bausgabe\b|版本|修订)\s*[:：#]?\s*"
    r"(?:V(?=\d))?((?-i:[A-Z]{1,2})|(?-i:[a-z])(?=\s*$)|\d{1,3}(?:\.\d+)*)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b((?:19|20)\d{2})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b"
    r"|(\d{4})年(\d{1,2})月(\d{1,2})日"
)
_MODELS = re.compile(r"(?:models?|types?|modelle?|typ|型号|机型)\s*[:：]?\s+(.+)$", re.IGNORECASE)
_SERIALS = re.compile(
    r"(?:serial\s*(?:numbers?|nos?\.?|n°)|s/n|serien-?(?:nummern?|nr\.?)|numéros? de série|"
    r"números? de serie|序列号|出厂编号)\s*[:：]?\s*(.*\d.*)$",
    re.IGNORECASE,
)
_ASSETS = re.compile(
    r"(?:asset|equipment|machine|anlagen?|设备|资产)\s*-?"
    r"(?:tags?|no\.?|numbers?|nr\.?|编号|号)?\s*[:：]\s*(.+)$",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?=[A-Z0-9./_-]*\d)[A-Z0-9][A-Z0-9./_-]{1,29}$", re.IGNORECASE)
_KINDS: tuple[tuple[DocumentKind, str], ...] = (
    ("bulletin", "bulletin|service note|technical note|通报"),
    ("procedure", "procedure|work instruction|\\bsop\\b|作业指导"),
    ("drawing", "drawing|schematic|circuit diagram|图纸"),
)
_MODEL = re.compile(r"[A-Z0-9][\w ./-]{0,29}$", re.IGNORECASE)
_MOST_TITLE = 150  # characters


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person says about the files that they ingest; None and empty mean "look for it"."""

    kind: DocumentKind | None = None
    models: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    site: str | None = None
    groups: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Stated:
        """What was stated, from the values of :meth:`values`; other keys are left alone."""
        return cls(
            kind=values.get("kind"),
            models=tuple(values.get("models", ())),
            assets=tuple(values.get("assets", ())),
            site=values.get("site"),
            groups=tuple(values.get("groups", ())),
        )

    def values(self) -> dict[str, object]:
        """What is stated, by the name of the document's field."""
        stated = {
            "kind": self.kind,
            "models": list(self.models),
            "assets": list(self.assets),
            "site": self.site,
            "groups": list(self.groups),
        }
        return {name: value for name, value in stated.items() if value}


def describe(contents: Contents, path: Path, stated: Stated) -> Document:
    """Return the document that a file holds."""
    facts = contents.facts
    front = [line for line in contents.front if line]
    title = (contents.title or _first_heading(contents) or path.stem)[:_MOST_TITLE]
    sample = " ".join(block.text for block in contents.blocks[:400])
    return Document(
        title=title,
        kind=stated.kind or facts.kind or _kind(title),
        blocks=contents.blocks,
        pages=contents.pages,
        number=facts.number or _first(_NUMBER, front),
        revision=facts.revision or _first(_REVISION, front),
        date=facts.date or _date(front),
        language=facts.language or language_of(sample),
        models=stated.models or facts.models or _models(front),
        serials=_ranges(facts.serials) or _serials(front),
        assets=stated.assets or _assets(front),
        site=stated.site,
        groups=stated.groups or None,
    )


def _first_heading(contents: Contents) -> str:
    return next((block.text for block in contents.blocks if block.kind == "heading"), "")


def _kind(title: str) -> DocumentKind:
    for kind, words in _KINDS:
        if re.search(words, title, re.IGNORECASE):
            return kind
    return "manual"


def _first(pattern: re.Pattern[str], lines: Iterable[str]) -> str:
    for line in lines:
        if match := pattern.search(line):
            return match[1].strip(" .,-")
    return ""


def _date(lines: Iterable[str]) -> str:
    """The first date, as YYYY-MM-DD."""
    for line in lines:
        if match := _DATE.search(line):
            year, month, day = (part for part in match.groups() if part)
            return f"{year}-{int(month):02d}-{int(day):02d}"
    return ""


def _models(lines: Iterable[str]) -> tuple[str, ...]:
    for line in lines:
        if match := _MODELS.match(line):
            names = [name.strip(" .") for name in re.split(r"[,;、，]| and | und ", match[1])]
            if names and all(_MODEL.match(name) and any(map(str.isdigit, name)) for name in names):
                return tuple(names)
    return ()


def _ranges(stated: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for text in stated for found in find_ranges(text)))


def _serials(lines: Iterable[str]) -> tuple[str, ...]:
    for line in lines:
        if (match := _SERIALS.search(line)) and (ranges := find_ranges(match[1])):
            return ranges
    return ()


def _assets(lines: Iterable[str]) -> tuple[str, ...]:
    """The tags in a line that names the machine; those of the register are linked."""
    for line in lines:
        if match := _ASSETS.match(line):
            tags = [tag.strip(" .") for tag in re.split(r"[,;、，]| and | und ", match[1])]
            if tags and all(_TAG.match(tag) for tag in tags):
                return tuple(tags)
    return ()
