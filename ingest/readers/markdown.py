"""Take out of a Markdown text what a viewer does not show (pure).

Comments, link targets and titles, and HTML are taken out; what they hide goes to the report. Code
is kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import lxml.html
from lxml import etree

from ingest.readers.html_sight import Sight, View
from ingest.readers.quarantine import Quarantine

FENCE = "\ufdd2"  # a code point that is never a character: stands for a piece of code, by position
_HELD = re.compile(f"{FENCE}(\\d+){FENCE}")
_TOKEN = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<code>.*?)(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?P<comment><!--.*?-->|^ {0,3}<!--.*\Z)"
    r"|(?P<tick>`{1,3})(?!`)(?P<span>[^\n]{1,1000}?)(?<!`)(?P=tick)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_TAGS = "|".join(
    (
        "a abbr address article aside b big blockquote body br button caption center code col "
        "colgroup cite dd del details dfn div dl dt em figcaption figure font footer form h[1-6] "
        "head header hr html i iframe img input ins kbd label li link main mark meta nav noscript "
        "object ol option p picture pre q s samp script section select small source span strike "
        "strong style sub summary sup svg table tbody td template textarea tfoot th thead title "
        "tr tt u ul var video"
    ).split()
)
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<name>{_TAGS})(?P<rest>(?:\s(?:[^<>\"']|\"[^\"\n]{{0,500}}\"|'[^'\n]{{0,500}}')"
    r"{0,500})?)/?>",
    re.IGNORECASE,
)
_VOID = ("br", "hr", "img", "input", "link", "meta", "source", "col")
_LINE_TAGS = frozenset(
    "address article aside blockquote br caption center dd details div dl dt figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table "
    "tr ul".split()
)
_NEVER_SHOWN = ("script", "style", "template", "noscript", "head", "title", "iframe", "textarea")
_TOLD = re.compile(r"\b(?:alt|title|aria-label)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_TITLE = r"(?:\"([^\"\n]*)\"|'([^'\n]*)'|\(([^()\n]*)\))"
_REFERENCE = re.compile(
    rf"^ {{0,3}}\[(?!\^)([^\]\n]{{1,200}})\]:[ \t]*\n?[ \t]*(<[^<>\n]*>|\S+)"
    rf"(?:[ \t]+{_TITLE}|[ \t]*\n[ \t]+{_TITLE})?[ \t]*$",
    re.MULTILINE,
)
_LINK = re.compile(
    r"(!?)\[((?:[^\[\]\n]|\[[^\[\]\n]*\]){0,500})\]"
    rf"(?:\([ \t]*(?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)?)(?:[ \t]+{_TITLE})?[ \t]*\)"
    r"|\[([^\[\]\n]{0,200})\])"
)
_MOST_OPEN_COMMENTS = 100
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass
class Markdown:
    """A Markdown text as a viewer shows it.

    ``text`` holds a mark in the place of each piece of code; :meth:`put_back` gives it back.
    ``front`` are the lines of the front matter, ``figures`` counts pictures.
    """

    text: str
    hidden: Quarantine
    front: tuple[str, ...] = ()
    figures: int = 0
    _codes: list[tuple[str, bool]] = field(default_factory=list)

    @classmethod
    def read(cls, text: str, hidden: Quarantine) -> Markdown:
        """Return a text without what a viewer does not show, which goes to ``hidden``.

        Raises:
            ValueError: comments begin and never end, which only a file made to stall a reader has.
        """
        if text.count("<!--", text.rfind("-->") + 1) > _MOST_OPEN_COMMENTS:
            raise ValueError("comments that never end")
        found = cls(text.replace(FENCE, ""), hidden)
        if match := _FRONT_MATTER.match(found.text):
            found.front = tuple(line.strip() for line in match[1].split("\n") if line.strip())
            found.text = found.text[match.end() :]
        found.text = _TOKEN.sub(found._hold, found.text)
        found.text = "".join(found._without_tags())
        found.text = _REFERENCE.sub(found._drop_reference, found.text)
        found.text = _LINK.sub(found._label, found.text)
        return found

    def block_of(self, line: str) -> str | None:
        """Return the code of a line that stands for a whole block of it, else None."""
        match = _HELD.fullmatch(line.strip())
        if match and self._codes[int(match[1])][1]:
            return self._codes[int(match[1])][0]
        return None

    def put_back(self, text: str) -> str:
        """Return a text with its pieces of code in their places."""
        if FENCE not in text:
            return text
        return _HELD.sub(lambda match: self._codes[int(match[1])][0], text)

    def _hold(self, match: re.Match[str]) -> str:
        if match["comment"] is not None:
            self.hidden.add(1, match["comment"].removeprefix("<!--").removesuffix("-->"), "comment")
            return ""
        is_block = match["fence"] is not None
        self._codes.append((match["code"] if is_block else match["span"], is_block))
        mark = f"{FENCE}{len(self._codes) - 1}{FENCE}"
        return f"\n{mark}\n" if is_block else mark

    def _without_tags(self) -> Iterator[str]:
        """The text between tags that is shown; what tags hide goes to the report."""
        position = 0
        views: list[tuple[str, View]] = [("", View())]
        for match in _TAG.finditer(self.text):
            yield self._seen(self.text[position : match.start()], views[-1][1])
            position = match.end()
            name = match["name"].lower()
            for told in _TOLD.findall(match["rest"] or ""):
                self.hidden.add(1, " ".join(told), "alternative text or title")
            self.figures += name == "img" and not match["end"]
            if match["end"]:
                if any(name == opened for opened, _ in views):
                    while views.pop()[0] != name:
                        pass
            elif name not in _VOID and not match[0].endswith("/>"):
                if name == views[-1][0] and name in ("p", "li", "td", "th", "tr"):
                    views.pop()  # their end tags may be left out
                views.append((name, _enter(match[0], name, views[-1][1])))
            if name in ("td", "th"):
                yield "" if match["end"] else "| "
            elif name in _LINE_TAGS:
                yield "\n" if match["end"] or name in ("br", "hr", "tr", "li", "p") else ""
        yield self._seen(self.text[position:], views[-1][1])

    def _seen(self, text: str, view: View) -> str:
        if not text.strip() or not view.why_hidden:
            return text
        self.hidden.add(1, self.put_back(text), view.why_hidden)
        return "\n" * text.count("\n")

    def _drop_reference(self, match: re.Match[str]) -> str:
        self.hidden.add(1, " ".join(filter(None, match.groups())), "link definition")
        return ""

    def _label(self, match: re.Match[str]) -> str:
        for title in match.groups()[2:5]:
            self.hidden.add(1, title or "", "link title")
        if not match[1]:
            return (
                match[2] if match[6] is None or match[6] == "" or " " not in match[6] else match[0]
            )
        self.figures += 1
        self.hidden.add(1, match[2], "alternative text or title")
        return ""


def _enter(tag: str, name: str, outer: View) -> View:
    """The view inside an element, by its start tag alone."""
    if name in _NEVER_SHOWN:
        return View(reason=outer.reason or f"{name} element")
    if not re.search(r"\b(?:style|hidden|aria-hidden|color|bgcolor)\b", tag, re.IGNORECASE):
        return outer
    try:
        element = lxml.html.fragment_fromstring(f"<div>{tag}</div>")
    except (etree.ParserError, ValueError):
        return outer
    inner = next((part for part in element.iterdescendants() if isinstance(part.tag, str)), None)
    return outer if inner is None else Sight(element).enter(inner, outer)
