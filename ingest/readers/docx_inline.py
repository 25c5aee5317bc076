"""Read what stands in a paragraph of a Word document: the seen text and what hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.colours import Colour
from ingest.readers.docx_drawing import fill_of_box, is_off_page, is_outermost, parents_of
from ingest.readers.docx_formula import formula_text
from ingest.readers.docx_styles import Look, Style, Styles, look_of, shade_of, why_hidden
from ingest.readers.flow import Flow
from ingest.readers.package import R, W

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VML = "{urn:schemas-microsoft-com:vml}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_CONTAINERS = {
    f"{W}{name}" for name in ("ins", "moveTo", "hyperlink", "smartTag", "sdtContent", "customXml",
                              "bdo", "dir", "rubyBase")
}  # fmt: skip
_DELETED = (f"{W}del", f"{W}moveFrom")
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
# The signs of the font Symbol that carry meaning in a technical text.
_SYMBOLS = str.maketrans(
    {0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB0: "°", 0xB4: "×", 0xB7: "•", 0xD7: "·", 0xA5: "∞",
     0xB9: "≠", 0xBB: "≈", 0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0x57: "Ω", 0x44: "Δ",
     0x6D: "µ", 0x70: "π", 0x61: "α", 0x62: "β", 0x67: "γ", 0x64: "δ", 0x6A: "φ", 0x71: "θ",
     0x68: "η", 0x6C: "λ", 0x72: "ρ", 0x73: "σ", 0x77: "ω", 0xD6: "√", 0xA4: "⁄", 0xA2: "′",
     0xB2: "″"}
)  # fmt: skip
_UNKNOWN_SIGN = "\ufffd"


@dataclass
class Pages:
    """Counts pages by the breaks that Word left where it last laid the document out.

    A break that the author made counts where no laid-out one follows before the next text.
    """

    flow: Flow
    _is_due: bool = False

    def laid_out(self) -> None:
        """Go on to the next page, as laid out."""
        self.flow.page += 1
        self._is_due = False

    def asked(self) -> None:
        """Note that the author wants a new page."""
        self._is_due = True

    def text(self) -> None:
        """Note that text follows here."""
        if self._is_due:
            self.laid_out()


@dataclass
class Inline:
    """The content of a paragraph; ``page`` is that of its first text, ``lead`` its bold start."""

    text: str = ""
    page: int = 0
    lead: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)  # kind, id
    boxes: list[tuple[etree._Element, tuple[Colour, ...] | None]] = field(default_factory=list)
    pictures: int = 0
    diagrams: list[str] = field(default_factory=list)  # relation ids
    is_bold_so_far: bool = True


@dataclass(frozen=True, slots=True)
class _RunLook:
    """How a run is seen: ``reason`` is why it is not, empty if it is."""

    reason: str
    is_bold: bool
    is_raised: bool


class InlineReader:
    """Reads paragraphs; fields may reach from one into the next."""

    def __init__(self, flow: Flow, styles: Styles, comments: dict[str, str]) -> None:
        self._flow = flow
        self._styles = styles
        self._comments = comments
        self._fields: list[bool] = []  # of each open field: whether its code is being read
        self.pages = Pages(flow)

    def read(
        self, paragraph: etree._Element, style: Style, backgrounds: Sequence[Colour] | None
    ) -> Inline:
        """Return what stands in a paragraph.

        ``backgrounds`` are the colours that may lie behind it; None where that is not known, so
        that no colour can be called hidden.
        """
        inline = Inline()
        shade = shade_of(paragraph.find(f"{W}pPr/{W}shd")) or style.look.shade
        behind = (shade,) if shade is not None else backgrounds
        self._walk(paragraph, inline, style, behind)
        if self._fields and self._fields[-1]:
            self._fields.clear()  # a code that never ends must not swallow the document
        inline.page = inline.page or self._flow.page
        return inline

    def _walk(
        self,
        parent: etree._Element,
        inline: Inline,
        style: Style,
        behind: Sequence[Colour] | None,
    ) -> None:
        for child in parent:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child, inline, style, behind)
            elif tag in _CONTAINERS:
                self._walk(child, inline, style, behind)
            elif tag == f"{W}sdt":
                content = child.find(f"{W}sdtContent")
                if content is not None:
                    self._walk(content, inline, style, behind)
            elif tag == f"{W}fldSimple":
                self._flow.hide(child.get(f"{W}instr") or "", "field code")
                self._walk(child, inline, style, behind)
            elif tag in _DELETED:
                self._flow.hide(_all_text(child), "deleted text")
            elif tag in (f"{_MATH}oMath", f"{_MATH}oMathPara"):
                self._show(formula_text(child), inline, is_bold=False)
            elif tag == f"{_MC}AlternateContent":
                self._walk(_choice(child), inline, style, behind)

    def _run(
        self,
        run: etree._Element,
        inline: Inline,
        style: Style,
        behind: Sequence[Colour] | None,
    ) -> None:
        properties = run.find(f"{W}rPr")
        look = look_of(properties)
        named = properties.find(f"{W}rStyle") if properties is not None else None
        if named is not None:
            look = look.over(self._styles.find(named.get(f"{W}val"), "character").look)
        own_shade = look.shade
        look = look.over(style.look).over(self._styles.base)
        shaded = Look(look.vanishes, look.size, look.colour, own_shade)
        if behind is None and own_shade is None:
            shaded = Look(look.vanishes, look.size, None)
        reason = why_hidden(shaded, behind or ())
        raised = properties.find(f"{W}vertAlign") if properties is not None else None
        is_raised = raised is not None and raised.get(f"{W}val") == "superscript"
        self._parts(run, inline, _RunLook(reason, bool(look.is_bold), is_raised))

    def _parts(self, run: etree._Element, inline: Inline, look: _RunLook) -> None:
        for child in run:
            tag = child.tag
            text = _text_of(child)
            if text is not None:
                self._text(text, inline, look)
            elif tag == f"{W}lastRenderedPageBreak":
                self.pages.laid_out()
            elif tag == f"{W}br":
                self.pages.asked()  # any other break is text
            elif tag == f"{W}ruby":
                for base in child.iterfind(f"{W}rubyBase/{W}r"):
                    self._parts(base, inline, look)
            elif tag == f"{_MC}AlternateContent":
                self._parts(_choice(child), inline, look)
            elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
                self._drawing(child, inline, look.reason)
            else:
                self._mark(child, inline)

    def _text(self, text: str, inline: Inline, look: _RunLook) -> None:
        if any(self._fields):
            self._flow.hide(text, "field code")
        elif look.reason:
            self._flow.hide(text, look.reason)
        else:
            shown = text.translate(_SUPERSCRIPT) if look.is_raised else text
            self._show(shown, inline, look.is_bold)

    def _mark(self, child: etree._Element, inline: Inline) -> None:
        """Take a part of a run that is no text: a field, a deletion, a reference."""
        tag = child.tag
        if tag == f"{W}fldChar":
            self._field(child.get(f"{W}fldCharType") or "")
        elif tag == f"{W}instrText":
            self._flow.hide(child.text or "", "field code")
        elif tag == f"{W}delText":
            self._flow.hide(child.text or "", "deleted text")
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = "footnotes" if tag == f"{W}footnoteReference" else "endnotes"
            inline.notes.append((kind, child.get(f"{W}id") or ""))
        elif tag == f"{W}commentReference":
            self._flow.hide(self._comments.pop(child.get(f"{W}id") or "", ""), "comment")

    def _show(self, text: str, inline: Inline, is_bold: bool) -> None:
        if text.strip():
            self.pages.text()
            inline.page = inline.page or self._flow.page
            inline.is_bold_so_far = inline.is_bold_so_far and is_bold
        if inline.is_bold_so_far:
            inline.lead += text
        inline.text += text

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(True)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _drawing(self, drawing: etree._Element, inline: Inline, reason: str) -> None:
        for element in drawing.iter(f"{_WP}docPr", f"{_VML}shape", f"{_PICTURE}cNvPr"):
            for name in ("descr", "title", "alt"):
                self._flow.hide(element.get(name) or "", "alternative text")
        boxes = [box for box in drawing.iter(f"{W}txbxContent") if is_outermost(box, drawing)]
        why = reason or ("text outside the page" if is_off_page(drawing) else "")
        for box in boxes:
            if any(parent.tag == f"{_MC}Fallback" for parent in parents_of(box, drawing)):
                continue  # the same text again, for old programs
            if why:
                self._flow.hide(_all_text(box), why)
            else:
                inline.boxes.append((box, fill_of_box(box, drawing)))
        if why:
            return
        inline.pictures += sum(1 for _ in drawing.iter(f"{_PICTURE}pic", f"{_VML}imagedata"))
        for diagram in drawing.iter(f"{_DIAGRAM}relIds"):
            inline.diagrams.append(diagram.get(f"{R}dm") or "")


def _text_of(child: etree._Element) -> str | None:
    """The text that a part of a run stands for, None where it is none."""
    tag = child.tag
    if tag == f"{W}t":
        return child.text or ""
    if tag in (f"{W}tab", f"{W}ptab"):
        return "\t"
    if tag == f"{W}cr" or (tag == f"{W}br" and child.get(f"{W}type") != "page"):
        return "\n"
    if tag == f"{W}noBreakHyphen":
        return "-"
    if tag == f"{W}sym":
        return _sign(child.get(f"{W}font") or "", child.get(f"{W}char") or "")
    return None


def _sign(font: str, code: str) -> str:
    try:
        value = int(code, 16)
    except ValueError:
        return _UNKNOWN_SIGN
    low = value - 0xF000 if 0xF000 <= value <= 0xF0FF else value
    if font.casefold() == "symbol":
        return _SYMBOLS.get(low, _UNKNOWN_SIGN)
    return chr(value) if 0x20 <= value < 0xD800 else _UNKNOWN_SIGN


def _choice(alternatives: etree._Element) -> etree._Element:
    """The form of a content that a current program shows."""
    choice = alternatives.find(f"{_MC}Choice")
    if choice is None or not len(choice):
        fallback = alternatives.find(f"{_MC}Fallback")
        return alternatives if fallback is None else fallback
    return choice


def _all_text(element: etree._Element) -> str:
    return " ".join(part.text or "" for part in element.iter(f"{W}t", f"{W}delText"))
