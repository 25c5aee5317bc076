"""Read web pages: .html, .htm, .xhtml. A file is one page.

Only the file itself is read: no style sheet, script or picture is loaded. What belongs to the
site and not to the document (navigation, side bars, forms) is left out.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import lxml.html
from lxml import etree

from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents, Facts
from ingest.readers.flow import Flow
from ingest.readers.html_walk import PageReader
from ingest.readers.package import is_noise
from ingest.text_encoding import decode

_MOST_BYTES = 32 << 20
_HEAD = 16_384  # characters in which a document type stands
_MOST_TAGS = 1_000_000
_MOST_DEPTH = 200  # elements in elements; browsers stop at 512
_FRONT_BLOCKS = 30
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_SUBSET = re.compile(r"<!DOCTYPE[^>\[]*\[.*?\]\s*>", re.DOTALL | re.IGNORECASE)
_CONTROL = re.compile("[\u0000-\u0008\u000e-\u001f]")
# Browsers read what claims the narrower encoding as the wider one.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252"}
_NUMBER = re.compile(r"(?=[A-Z./_-]*\d)[A-Z0-9][A-Z0-9./_-]{2,30}", re.IGNORECASE)
_REVISION = re.compile(r"[A-Za-z]{1,2}|\d{1,3}(?:\.\d+)*")
_DATE = re.compile(r"((?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:T.*)?")
_STATED = {
    "number": ("document-number", "documentnumber", "docnumber", "dc.identifier"),
    "revision": ("revision", "version", "doc-version", "document-revision"),
    "date": ("date", "dc.date", "dcterms.date", "dcterms.issued"),
    "language": ("dc.language", "content-language", "language"),
}


def read_html(path: Path) -> Contents:
    """Return the contents of a web page.

    Comments, what attributes or rules in the page hide, and texts that only a tooltip or a screen
    reader gives are kept apart.

    Raises:
        UnreadableDocument: no text, too large, or nested too deep.
        EmptyDocument: the page shows no text.
    """
    text = _decode(path)
    root = _parse(path, text)
    flow = Flow()
    reader = PageReader(flow, root)
    body = root.find("body")
    reader.read(root if body is None else body)
    if not flow.blocks:
        raise EmptyDocument(
            f"{path} shows no text without its scripts. Save the page as it is shown in a browser."
        )
    title = _title(root, flow)
    stated = _stated(root)
    for name in ("description", "keywords"):
        flow.hide(stated.get(name, ""), "page description")
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return Contents(
        tuple(flow.blocks),
        title=title,
        front=(
            title,
            *(block.text.replace(" | ", " ") for block in flow.blocks[:_FRONT_BLOCKS]),
            *reader.running,
        ),
        report={"pages": 1, "tables": flow.tables, "figures": flow.figures},
        hidden=flow.hidden.pieces,
        facts=Facts(
            number=_valid(_NUMBER, stated, "number"),
            revision=_valid(_REVISION, stated, "revision"),
            date=_valid(_DATE, stated, "date"),
            language=_language(language) or _language(_first(stated, "language")),
        ),
    )


def _decode(path: Path) -> str:
    """The text by byte-order mark, by what the page declares, or else as it can be read."""
    data = path.read_bytes()
    if len(data) > _MOST_BYTES:
        raise UnreadableDocument(
            f"{path} holds {len(data) / 1e6:,.0f} MB, more than {_MOST_BYTES >> 20} MB. Split it."
        )
    text = ""
    declared = _DECLARED.search(data[:1024]) or _CHARSET.search(data[:4096])
    if declared and not data.startswith(
        (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ):
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
            if not name.startswith(("utf-16", "utf-32")) and codecs.lookup(name)._is_text_encoding:
                text = data.decode(_WIDER.get(name, name))
        except (LookupError, UnicodeError, ValueError):
            text = ""  # a false statement
    text = text or decode(data)[0]
    if len(_CONTROL.findall(text[:4096])) > 8:
        raise UnreadableDocument(
            f"{path} is not a web page, whatever its name says. Give it the ending of its format."
        )
    return text.replace("\x00", "")


def _parse(path: Path, text: str) -> etree._Element:
    if text.count("<") > _MOST_TAGS:
        raise UnreadableDocument(f"{path} holds more than {_MOST_TAGS:,} tags. Split it.")
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=True, encoding="utf-8")
    head = _SUBSET.sub("", _XML_HEAD.sub("", text[:_HEAD]), count=1)
    plain = (head + text[_HEAD:]).strip()
    data = plain.encode("utf-8", "replace")
    try:
        root = lxml.html.document_fromstring(data or b"<p></p>", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(
            f"{path} cannot be read as a web page ({error}). Save it again from a browser."
        ) from error
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _MOST_DEPTH:
            raise UnreadableDocument(
                f"{path} nests its elements more than {_MOST_DEPTH} deep. "
                "Save it again from a browser, or check where it comes from."
            )
    return root


def _title(root: etree._Element, flow: Flow) -> str:
    element = root.find(".//head/title")
    title = " ".join((element.text_content() if element is not None else "").split())
    return "" if is_noise(title) else flow.seen(title)


def _stated(root: etree._Element) -> dict[str, str]:
    """What the page states about itself, by lower-case name."""
    stated: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("http-equiv") or meta.get("property") or "").lower()
        stated.setdefault(name, " ".join((meta.get("content") or "").split()))
    return stated


def _first(stated: dict[str, str], fact: str) -> str:
    return next((stated[name] for name in _STATED[fact] if stated.get(name)), "")


def _valid(pattern: re.Pattern[str], stated: dict[str, str], fact: str) -> str:
    match = pattern.fullmatch(_first(stated, fact))
    return (match[1] if pattern.groups else match[0]) if match else ""


def _language(text: str) -> str:
    match = re.match(r"([a-zA-Z]{2})(?:[-_]|$)", text.strip())
    return match[1].lower() if match else ""
