"""Walk through a DITA topic in reading order and write its blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from ingest.readers.dita_facts import TOPICS
from ingest.readers.dita_inline import INLINE, LISTS, PREFORMATTED, Inline, kind_of
from ingest.readers.dita_marks import applies_to, letter_of, signal_of
from ingest.readers.dita_messages import MESSAGES, Messages, place_elsewhere
from ingest.readers.dita_tables import TABLES, rows_of
from ingest.readers.flow import Flow
from ingest.readers.xml_tree import flat
from ingest.signal_words import stands_alone

_LABELS = {
    "prereq": "Before you begin",
    "result": "Result",
    "postreq": "What to do next",
    "tasktroubleshooting": "Troubleshooting",
}
_FIELDS = {"condition": "Condition", "cause": "Cause", "remedy": "Remedy"}
_STANDING = (*TABLES, *MESSAGES, "fig", "section", "example")
_STEP_TEXT = ("cmd", "info", "stepxmp", "stepresult", "tutorialinfo", "choices", "itemgroup")
_SILENT = ("prolog", "titlealts", "indexterm", "data", "alt", "dlhead")


class Walk:
    """The state of reading one topic."""

    def __init__(self, inline: Inline) -> None:
        self.flow = Flow(is_stated=True)
        self.inline = inline
        self.messages = Messages(self.flow, inline)
        self.steps = 0
        self._level = 0

    def visit(self, element: etree._Element) -> None:
        """Write what an element holds."""
        name = kind_of(element)
        if name in _SILENT:
            return
        if handler := self._handler(name):
            handler(element)
        elif self._has_text(element):
            self._running_text(element, self.flow.paragraph)
        else:
            self._children(element)

    def _handler(self, name: str) -> Callable[[etree._Element], None] | None:
        if name in TOPICS or name in ("section", "example"):
            return self._titled
        if name in ("steps", "steps-unordered"):
            return self._steps
        if name in LISTS:
            return self._list
        if name in TABLES:
            return self._table
        if name in _FIELDS or name in _LABELS:
            return self._field
        return {
            "note": self.messages.add_note,
            "hazardstatement": self.messages.add_hazard,
            "fig": self._children,
            "title": self._title,
            "link": self._link,
            "image": self._image,
            **dict.fromkeys(PREFORMATTED, self._preformatted),
        }.get(name)

    def _children(self, element: etree._Element) -> None:
        for child in element:
            self.visit(child)

    def _titled(self, element: etree._Element) -> None:
        self._level += 1
        rest = list(element)
        title = next((child for child in rest if kind_of(child) in ("title", "glossterm")), None)
        if title is not None:
            self._heading(self.inline.text(title), element)
            rest.remove(title)
        if self._has_text(element, skip=title):
            self._running_text(element, self.flow.paragraph, skip=title)
        else:
            for child in rest:
                self.visit(child)
        self._level -= 1

    def _heading(self, title: str, element: etree._Element) -> None:
        if signal := stands_alone(title):
            self.flow.safety(signal, title, "")  # what follows is its message
        else:
            self.flow.heading(title + applies_to(element, " "), self._level)

    def _title(self, element: etree._Element) -> None:
        self.flow.caption(self.inline.text(element))

    def _field(self, element: etree._Element) -> None:
        """A part with a fixed meaning: its title, or what it means, stands before its text."""
        name = kind_of(element)
        title = next((child for child in element if kind_of(child) == "title"), None)
        if title is not None and name in _FIELDS:
            self._titled(element)
            return
        if name in _LABELS:
            label = _LABELS[name] if title is None else self.inline.text(title)
            self.flow.caption(label + applies_to(element, " "))
            self._running_text(element, self.flow.paragraph, skip=title)
            return
        label = f"{_FIELDS[name]}: "
        party = next((child for child in element if kind_of(child) == "responsibleParty"), None)
        if party is not None:
            self.flow.paragraph(f"Responsible: {self.inline.text(party)}")
        rest = [child for child in element if child is not party]
        if rest and kind_of(rest[0]) in LISTS:
            self.flow.paragraph(label)
            label = ""

        def write(text: str) -> None:
            nonlocal label
            self.flow.paragraph(label + text)
            label = ""

        self._running_text(element, write, skip=party)

    def _steps(self, element: etree._Element) -> None:
        number = 0
        for child in element:
            if kind_of(child) == "step":
                number += 1
                self._step(child, f"{number}." if kind_of(element) == "steps" else "")
            else:
                self.visit(child)

    def _step(self, element: etree._Element, mark: str) -> None:
        """A step: its command and what explains it are one block."""
        lines: list[str] = []
        written = False
        optional = "Optional: " if element.get("importance") == "optional" else ""

        def flush() -> None:
            nonlocal written
            text = "\n".join(filter(None, lines)).strip()
            lines.clear()
            if not text:
                return
            if written:
                self.flow.paragraph(text)
            else:
                self.flow.step(applies_to(element) + optional + text, mark)
                self.steps += 1
            written = True

        for part in self._parts_of_step(element):
            if isinstance(part, str):
                lines.append(part)
                continue
            flush()
            if kind_of(part) == "substeps":
                for position, substep in enumerate(
                    child for child in part if kind_of(child) == "substep"
                ):
                    self._step(substep, f"{mark}{letter_of(position)}." if mark else "")
            else:
                self.visit(part)
        if not written and not any(lines) and (place := place_elsewhere(element)):
            lines.append(f"The text of this step stands in {place}.")
        flush()

    def _parts_of_step(self, element: etree._Element) -> Iterator[str | etree._Element]:
        for child in element:
            name = kind_of(child)
            if name in _STEP_TEXT:
                if not any(kind_of(e) in _STANDING for e in child.iter(etree.Element)):
                    whole = "".join(self.inline.child(child)) if name == "choices" else ""
                    yield whole.strip() or self.inline.text(child)
                else:
                    yield from self._parts(child)
            elif name in LISTS and name != "substeps":
                yield "".join(self.inline.child(child)).strip()
            else:
                yield child

    def _list(self, element: etree._Element) -> None:
        number = 0
        for item in element:
            name = kind_of(item)
            if name in ("dlentry", "plentry"):
                pair = ": ".join(filter(None, map(self.inline.text, item)))
                self.flow.item(applies_to(item) + pair)
                continue
            number += 1
            mark = f"{number}." if kind_of(element) == "ol" else ""
            for part in self._parts(item):
                if isinstance(part, str):
                    self.flow.item(applies_to(item) * bool(mark or number) + part, mark)
                elif kind_of(part) in ("p", "ph", "div", "itemgroup"):
                    for line in self._parts(part):
                        if isinstance(line, str):
                            self.flow.item(line, mark)
                        else:
                            self.visit(line)
                else:
                    self.visit(part)
                mark = ""

    def _table(self, element: etree._Element) -> None:
        self.flow.tables += 1
        for child in element:
            if kind_of(child) in ("title", "desc"):
                self.flow.caption(self.inline.text(child))
        for row in rows_of(element, self.inline.text):
            for message in row.element.iter(etree.Element):
                if kind_of(message) in MESSAGES and signal_of(message):
                    self.visit(message)
            header, cells = row.header, row.cells
            if row.spans_all:
                self.flow.paragraph(next((cell for cell in cells if cell), ""))
                continue
            if applies := applies_to(row.element).strip():
                header, cells = (*header, "Applies to") if any(header) else (), (*cells, applies)
            self.flow.row(header, cells)

    def _image(self, element: etree._Element) -> None:
        """An alternative text is shown where the picture is not, so it counts as its label."""
        alt = next((child for child in element if kind_of(child) == "alt"), None)
        text = self.inline.text(alt) if alt is not None else element.get("alt", "")
        self.flow.figure([text])

    def _preformatted(self, element: etree._Element) -> None:
        self.flow.paragraph(self.inline.text(element))

    def _link(self, element: etree._Element) -> None:
        self.flow.item(self.inline.reference(element))

    def _has_text(self, element: etree._Element, skip: etree._Element | None = None) -> bool:
        if (element.text or "").strip():
            return True
        return any(
            (child.tail or "").strip()
            or (child is not skip and kind_of(child) in INLINE and kind_of(child) not in _SILENT)
            for child in element
        )

    def _running_text(
        self,
        element: etree._Element,
        write: Callable[[str], None],
        skip: etree._Element | None = None,
    ) -> None:
        applies = applies_to(element)
        for part in self._parts(element):
            if isinstance(part, str):
                write(applies + part)
                applies = ""
            elif part is skip:
                continue
            elif kind_of(part) in ("p", "div", "sectiondiv", "bodydiv", "desc"):
                self._running_text(part, write)
            else:
                self.visit(part)

    def _parts(self, element: etree._Element) -> Iterator[str | etree._Element]:
        """Yield the lines of a text and the elements between them that stand by themselves."""
        line = flat(element.text)
        for child in element:
            name = kind_of(child)
            if name in INLINE and not (name == "image" and child.get("placement") == "break"):
                line += "".join(self.inline.child(child))
            elif name in _SILENT:
                pass
            else:
                if line.strip():
                    yield line
                line = ""
                yield child
            line += flat(child.tail)
        if line.strip():
            yield line
