"""What an S1000D module states about itself: code, issue, title, applicability (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from index.corpus import DocumentKind
from ingest.readers.contents import Facts

_DIGITS = re.compile(r"\d{1,4}$")
_SERIAL = re.compile(r"serial|^(?:msn|s/?n|sn)$|effectiv", re.IGNORECASE)
_MODEL = re.compile(r"model$", re.IGNORECASE)
_VERSION = re.compile(r"version$|^variant$|^mark$", re.IGNORECASE)
_CODES = {"pmCode": "PMC", "dmlCode": "DML", "ddnCode": "DDN", "commentCode": "COM"}


def module_code(code: etree._Element) -> str:
    """Write a ``dmCode`` as it is printed, such as "DMC-S1000DBIKE-AAA-DA1-10-00-00AA-251A-A"."""

    def part(*names: str) -> str:
        return "".join(code.get(name, "") for name in names)

    parts = [
        part("modelIdentCode"),
        part("systemDiffCode"),
        part("systemCode"),
        part("subSystemCode", "subSubSystemCode"),
        part("assyCode"),
        part("disassyCode", "disassyCodeVariant"),
        part("infoCode", "infoCodeVariant"),
        part("itemLocationCode"),
        part("learnCode", "learnEventCode"),
    ]
    extension = code.getparent().find("identExtension") if code.getparent() is not None else None
    if extension is not None:
        own = (extension.get("extensionProducer", ""), extension.get("extensionCode", ""))
        return "-".join(filter(None, ("DME", *own, *parts)))
    return "-".join(filter(None, ("DMC", *parts)))


def list_code(code: etree._Element) -> str:
    """Write the code of a publication or a list: its kind and what its attributes give."""
    return "-".join(filter(None, (_CODES.get(str(code.tag), ""), *map(str, code.attrib.values()))))


def number_of(root: etree._Element) -> str:
    """The code of a module, a publication or a list, as printed; empty where it has none."""
    if (code := root.find(".//dmAddress/dmIdent/dmCode")) is not None:
        return module_code(code)
    if (code := root.find("identAndStatusSection/*/*/updateCode")) is not None:
        return module_code(code).replace("DMC-", "UPF-", 1)
    for tag in _CODES:
        if (code := root.find(f"identAndStatusSection/*/*/{tag}")) is not None:
            return list_code(code)
    return ""


def title_of(root: etree._Element) -> str:
    """The technical name and the kind of information, such as "Chain - Clean"."""
    title = root.find(".//dmAddressItems/dmTitle")
    if title is None:
        found = root.find("identAndStatusSection/*/*/pmTitle")
        return _text(found)
    names = ("techName", "infoName", "infoNameVariant")
    return " - ".join(filter(None, (_text(title.find(name)) for name in names)))


def facts_of(root: etree._Element) -> Facts:
    """Return what the identification and status section states."""
    section = root.find("identAndStatusSection")
    if section is None:
        return Facts()
    address = section[0] if len(section) else section
    issue = address.find(".//issueInfo")
    revision = ""
    if issue is not None:
        revision = "-".join(filter(None, (issue.get("issueNumber", ""), issue.get("inWork", ""))))
    language = address.find(".//language")
    code = "" if language is None else language.get("languageIsoCode", "").lower()
    models, serials = _products(section)
    return Facts(
        number=number_of(root),
        revision=revision,
        date=_date(address.find(".//issueDate")),
        language=code[:2] if re.match(r"[a-z]{2}", code) else "",
        kind=_kind(root),
        models=models,
        serials=serials,
    )


def applicability(applic: etree._Element) -> str:
    """The words of an ``applic``: its display text, else its conditions."""
    shown = applic.find("displayText")
    if text := _text(shown):
        return text
    words = [
        f"{a.get('applicPropertyIdent', '')} {a.get('applicPropertyValues', '').replace('~', '-')}"
        for a in applic.iter("assert")
    ]
    joint = " or " if any(e.get("andOr") == "or" for e in applic.iter("evaluate")) else " and "
    return joint.join(word.strip() for word in words if word.strip())


def _products(section: etree._Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    models: list[str] = []
    serials: list[str] = []
    for applic in section.iterfind("*/applic"):
        for group in (applic, *applic.iter("evaluate")):
            found = list(_asserted(group, _MODEL))
            versions = list(_asserted(group, _VERSION))
            if len(found) == 1 and group.get("andOr") == "and":
                found = [f"{found[0]} {version}" for version in versions] or found
            models += found
            serials += [value.replace("~", "-") for value in _asserted(group, _SERIAL)]
    return tuple(dict.fromkeys(models)), tuple(dict.fromkeys(serials))


def _asserted(group: etree._Element, property_name: re.Pattern[str]) -> Iterator[str]:
    for condition in group.iterfind("assert"):
        if property_name.search(condition.get("applicPropertyIdent", "")):
            values = condition.get("applicPropertyValues", "").split("|")
            yield from (value.strip() for value in values if value.strip())


def _kind(root: etree._Element) -> DocumentKind:
    """A procedure is named by its content and its information code; a bulletin by its content."""
    content = root.find("content")
    if content is None:
        return "manual"
    if content.find("sb") is not None:
        return "bulletin"
    code = root.find(".//dmAddress/dmIdent/dmCode")
    information = "" if code is None else code.get("infoCode", "")
    works = any(
        content.find(f".//{tag}") is not None for tag in ("proceduralStep", "isolationStep")
    )
    return "procedure" if works and information[:1] in tuple("23456789") else "manual"


def _date(element: etree._Element | None) -> str:
    if element is None:
        return ""
    parts = [element.get(name, "") for name in ("year", "month", "day")]
    if not all(_DIGITS.match(part) for part in parts):
        return ""
    year, month, day = map(int, parts)
    is_date = 1900 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 31
    return f"{year:04d}-{month:02d}-{day:02d}" if is_date else ""


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join(" ".join(element.itertext()).split())
