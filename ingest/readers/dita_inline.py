"""Turn the inline content of DITA into text, and find what a topic reuses or keeps back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ingest.readers.contents import Hidden
from ingest.readers.flow import tidy
from ingest.readers.xml_tree import flat, name_of

LISTS = frozenset("ul ol sl dl parml choices steps steps-unordered substeps".split())
ITEMS = frozenset("li sli choice step substep".split())
INLINE = frozenset(
    (
        "abbreviated-form apiname b boolean cite cmdname codeph data equation-inline filepath fn "
        "i image index-see indexterm indextermref keyword line-through menucascade msgnum msgph "
        "numcharref option overline parameterentity parmname ph q shortcut state strong em sub "
        "sup synph systemoutput term text textentity tm tt u uicontrol userinput varname wintitle "
        "xmlatt xmlelement xmlnsname xmlpi xref linktext markupname hazardsymbol"
    ).split()
)
PREFORMATTED = ("lines", "pre", "codeblock", "msgblock", "screen")
"""Elements in which line breaks are shown."""

_SILENT = frozenset(
    (
        "data indexterm indextermref titlealts prolog resourceid hazardsymbol image alt "
        "longdescref object unknown foreign svg-container mathml index-see data-about param"
    ).split()
)
_KEPT_BACK = {"draft-comment": "draft comment", "required-cleanup": "text marked for clean-up"}
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_MOST_REUSED = 5000  # elements that reuse may add to a topic
_MODULE_TYPE = re.compile(r"[\w-]+/([\w-]+)")


def kind_of(element: etree._Element) -> str:
    """The name of an element; of a name that is not ours, what it is derived from."""
    name = name_of(element)
    if name in _KNOWN or not element.get("class"):
        return name
    derived = _MODULE_TYPE.findall(element.get("class", ""))
    return next((base for base in reversed(derived) if base in _KNOWN), name)


def keep_back(root: etree._Element) -> list[Hidden]:
    """Take comments of writers and deleted text out of a topic, and return them."""
    hidden: list[Hidden] = []
    for element in list(root.iter(etree.Element)):
        reason = _KEPT_BACK.get(name_of(element), "")
        if not reason and element.get("status") == "deleted":
            reason = "deleted text"
        parent = element.getparent()
        if reason and parent is not None:
            if text := " ".join(" ".join(element.itertext()).split()):
                hidden.append(Hidden(1, text, reason))
            _remove(element, parent)
    return hidden


def resolve_reuse(root: etree._Element) -> list[str]:
    """Put in what elements reuse from the same file; return what stands in other files."""
    missing: list[str] = []
    targets = {e.get("id"): e for e in root.iter(etree.Element) if e.get("id")}
    budget = _MOST_REUSED
    for element in list(root.iter(etree.Element)):
        reference = element.get("conref") or ""
        if not reference:
            if element.get("conkeyref"):
                missing.append(element.get("conkeyref", ""))
            continue
        place, _, identifier = reference.partition("#")
        target = targets.get(identifier.rpartition("/")[2]) if not place else None
        if target is None or target is element or element in target.iterancestors():
            missing.append(reference)
            continue
        if budget <= 0 or target in element.iterancestors():
            missing.append(reference)
            continue
        budget -= sum(1 for _ in target.iter())
        if budget < 0:
            missing.append(reference)
            continue
        copies = [_copy(child) for child in target]
        del element.attrib["conref"]
        element.text = target.text
        element[:] = copies
        for name, value in target.attrib.items():
            if name not in element.attrib and name != "id":
                element.set(name, value)
    return missing


def _copy(element: etree._Element) -> etree._Element:
    copied = etree.fromstring(etree.tostring(element, with_tail=False))
    copied.tail = element.tail
    return copied


def _remove(element: etree._Element, parent: etree._Element) -> None:
    tail, before = element.tail or "", element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


class Inline:
    """Text of the elements of one topic; ``unresolved`` are references that lead out of it."""

    def __init__(self, root: etree._Element) -> None:
        self.unresolved: dict[str, None] = {}
        self._targets = {e.get("id"): e for e in root.iter(etree.Element) if e.get("id")}

    def text(self, element: etree._Element) -> str:
        """The text of an element with all that stands in it; items of lists stand on lines."""
        return tidy("".join(self._pieces(element)))

    def child(self, child: etree._Element) -> Iterator[str]:
        """Yield the text of an element inside another, without what follows it."""
        name = kind_of(child)
        if name in _SILENT:
            return
        if name in ("xref", "link"):
            yield self.reference(child)
        elif name in LISTS:
            yield from self._list(child)
        elif name == "sup":
            text = "".join(self._pieces(child))
            raised = text.translate(_RAISED)
            yield raised if not any(c in "0123456789+-" for c in raised) else f"^{text}"
        elif name == "fn":
            yield f" ({self.text(child)})"
        elif name == "menucascade":
            yield " > ".join(filter(None, map(self.text, child)))
        elif name == "state":
            yield f"{child.get('name', '')}={child.get('value', '')}"
        elif name == "q":
            yield f'"{"".join(self._pieces(child))}"'
        elif name in INLINE:
            text = "".join(self._pieces(child))
            if not text.strip() and (key := child.get("keyref")):
                self.unresolved[key] = None
                text = key
            yield text
        else:
            yield "\n" if name in ("p", "lines", "pre", "codeblock", "screen", "note") else " "
            yield from self._pieces(child)
            yield " "

    def reference(self, reference: etree._Element) -> str:
        """The words of a link: its text, the title of its target, or its address."""
        parts = [flat(reference.text)]
        for child in reference:
            parts += [*self.child(child)] if kind_of(child) != "desc" else []
            parts.append(flat(child.tail))
        if text := tidy("".join(parts)):
            return text
        href = reference.get("href") or reference.get("keyref") or ""
        place, _, identifier = href.partition("#")
        target = self._targets.get(identifier.rpartition("/")[2]) if not place else None
        if target is None:
            if href:
                self.unresolved[href] = None
            return f"see {href}" if href else ""
        titles = (child for child in target if name_of(child) in ("title", "cmd"))
        title = next(titles, None)
        return self.text(title) if title is not None else identifier

    def _pieces(self, element: etree._Element) -> Iterator[str]:
        show = str if kind_of(element) in PREFORMATTED else flat
        yield show(element.text or "")
        for child in element:
            yield from self.child(child)
            yield show(child.tail or "")

    def _list(self, element: etree._Element) -> Iterator[str]:
        number = 0
        for item in element:
            name = kind_of(item)
            if name in ("dlentry", "plentry"):
                yield f"\n• {': '.join(filter(None, map(self.text, item)))}\n"
                continue
            if name in ITEMS:
                number += 1
            ordered = kind_of(element) in ("ol", "steps", "substeps")
            mark = (f"{number})" if ordered else "•") if name in ITEMS else ""
            yield f"\n{mark} {self.text(item)}\n"


_KNOWN = (
    LISTS
    | ITEMS
    | INLINE
    | _SILENT
    | frozenset(
        (
            "dita topic task concept reference troubleshooting glossentry title shortdesc abstract "
            "body conbody refbody taskbody troublebody section example prereq context result "
            "postreq steps-informal stepsection cmd info stepxmp stepresult tutorialinfo "
            "steptroubleshooting note hazardstatement messagepanel table tgroup thead tbody row "
            "entry simpletable sthead strow stentry properties prophead property choicetable "
            "chhead chrow fig lines pre codeblock msgblock screen lq p div sectiondiv bodydiv "
            "condition troubleSolution cause remedy responsibleParty related-links linklist link "
            "dlentry plentry dt dd pt pd draft-comment required-cleanup refsyn map bookmap "
            "diagnostics diagnostics-general diagnostics-steps tasktroubleshooting glossterm "
            "glossdef desc dlhead typeofhazard consequence howtoavoid linkinfo"
        ).split()
    )
)
