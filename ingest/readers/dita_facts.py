"""What the prolog of a DITA topic states: number, revision, date, products, language (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ingest.readers.contents import Facts
from ingest.readers.dita_inline import kind_of
from ingest.readers.xml_tree import name_of

TOPICS = ("topic", "task", "concept", "reference", "troubleshooting", "glossentry")

_DATE = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})")
_DOCUMENT = "document|doc|manual|publication|pub|dokument(?:en)?|handbuch|文件|资料|手册"
# Names are compared without case, spaces and hyphens: "Document-No." is "documentno".
_NUMBER = re.compile(f"(?:{_DOCUMENT})(?:number|num|no|nr|nummer|id|identifier|编号|号)")
_REVISION = re.compile(
    f"(?:{_DOCUMENT})?(?:revision|rev|issue|edition|ausgabe|版本|修订)"
    f"(?:number|num|no|nr|nummer|level|index|号)?|(?:{_DOCUMENT})version"
)
_NUMBER_VALUE = re.compile(r"(?=.*\d)\w[\w ./-]{1,39}")
_REVISION_VALUE = re.compile(
    r"(?:rev(?:ision)?|issue|edition|ausgabe|version)?[.:\s]*(\w[\w.-]{0,9})", re.IGNORECASE
)
_PUNCTUATION = re.compile(r"[\W_]+")


def facts_of(root: etree._Element) -> Facts:
    """Return what the prolog of the first topic states.

    A number or a revision is taken from ``othermeta`` and ``data`` where these name it so, such as
    "document-number"; without a named revision, the product's last version is the revision.
    """
    prolog = next((e for e in root.iter(etree.Element) if name_of(e) == "prolog"), None)
    topics = [e for e in root.iter(etree.Element) if kind_of(e) in TOPICS]
    language = _language(topics[0] if topics else root) or _language(root)
    is_task = bool(topics) and kind_of(topics[0]) == "task"
    if prolog is None:
        return Facts(language=language, kind="procedure" if is_task else None)
    dates = [e.get("modified") or e.get("date") or "" for e in prolog.iter("created", "revised")]
    products = [" ".join("".join(e.itertext()).split()) for e in prolog.iter("prodname")]
    versions = [
        ".".join(filter(None, (e.get(part) for part in ("version", "release", "modification"))))
        for e in prolog.iter("vrm")
    ]
    named = list(_named(prolog))
    numbers = [
        value for name, value in named if _NUMBER.fullmatch(name) and _NUMBER_VALUE.fullmatch(value)
    ]
    revisions = [
        found[1]
        for name, value in named
        if _REVISION.fullmatch(name) and (found := _REVISION_VALUE.fullmatch(value))
    ]
    return Facts(
        number=next(iter(numbers), ""),
        revision=next(iter(revisions), "") or (versions[-1] if versions else ""),
        date=max((m[0].strip() for date in dates if (m := _DATE.match(date))), default=""),
        language=language,
        kind="procedure" if is_task else None,
        models=tuple(dict.fromkeys(filter(None, products))),
    )


def _named(prolog: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the named values of a prolog; an element derived from ``data`` names its value."""
    for element in prolog.iter(etree.Element):
        if name_of(element) == "othermeta":
            name, value = element.get("name"), element.get("content")
        elif kind_of(element) == "data":
            own = name_of(element)
            name = element.get("name") or ("" if own == "data" else own)
            value = element.get("value") or "".join(element.itertext())
        else:
            continue
        yield _PUNCTUATION.sub("", (name or "").casefold()), " ".join((value or "").split())


def _language(element: etree._Element) -> str:
    code = element.get("{http://www.w3.org/XML/1998/namespace}lang", "").lower()
    return code[:2] if re.match(r"[a-z]{2}(?:-|$)", code) else ""
