"""Value types of the knowledge: what a reader produces, what is indexed, what a search returns.

Nothing here knows of SQL, files or models. Coordinates are PDF points from the lower left corner
of the page as it is shown (rotation applied); pages count from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from index.rows import CAUSE_HEADERS, PART_HEADERS, REMEDY_HEADERS, column

DocumentKind = Literal["manual", "procedure", "drawing", "bulletin", "history"]
BlockKind = Literal["heading", "paragraph", "item", "step", "row", "caption", "figure", "safety"]
SignalWord = Literal["danger", "warning", "caution", "notice", "lockout"]
ChunkKind = Literal["fault", "part", "table", "steps", "text"]
RevisionStatus = Literal["draft", "approved", "superseded", "withdrawn"]
SearchPath = Literal["code", "part", "lexical", "dense"]

DOCUMENTS: tuple[DocumentKind, ...] = ("manual", "procedure", "drawing", "bulletin")
"""The kinds that a person ingests; a history is made of tickets."""

SIGNAL_ORDER: tuple[SignalWord, ...] = ("danger", "lockout", "warning", "caution", "notice")
"""Most severe first (ANSI Z535.6 order, with the lockout block behind DANGER)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class PageSize:
    """Size of a page in points, as it is shown."""

    number: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Block:
    """A unit of layout in reading order.

    ``header`` and ``cells`` belong to table rows and have the same length, or ``header`` is empty
    where the table has none. ``number`` is the mark of a step or the printed number of a heading,
    ``level`` the depth of a heading (1 is a chapter). ``signal`` is set on safety messages only.
    ``lines`` are the boxes of the printed lines with their text, empty where the source has no
    geometry.
    """

    kind: BlockKind
    text: str
    page: int = 1
    lines: tuple[tuple[str, Box], ...] = ()
    level: int = 0
    number: str = ""
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    signal: SignalWord | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: facts about it and its blocks in reading order.

    ``models`` and ``serials`` (ranges as printed, such as "4000-4399") say to which machines it
    applies, ``assets`` are tags of the register that it was stated to be about.

    ``site`` and ``groups`` say who sees it: None where nobody said so, empty where somebody said
    that everybody does. ``reach`` tells documents of one number apart (:mod:`index.reaching`).
    """

    title: str
    kind: DocumentKind
    blocks: tuple[Block, ...]
    pages: tuple[PageSize, ...] = ()
    number: str = ""
    revision: str = ""
    date: str = ""
    language: str = "en"
    models: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    site: str | None = None
    groups: tuple[str, ...] | None = None
    reach: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The smallest thing that an answer can point at: a sentence, a step or a table row.

    ``text`` is verbatim (a row's cells are joined by " | ").
    """

    text: str
    kind: BlockKind
    page: int
    boxes: tuple[Box, ...] = ()
    number: str = ""
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()

    def cell(self, *names: str) -> str:
        """Return the first cell whose header holds one of the names, else an empty string."""
        for title, cell in zip(self.header, self.cells, strict=False):
            if any(name in title.casefold() for name in names):
                return cell
        return ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a document and what follows it; ``number`` is the printed one, if any.

    ``ordinal`` counts the headings from 1; 0 is what stands before the first.
    """

    ordinal: int
    level: int
    number: str
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class SafetyMessage:
    """A warning or lockout block, verbatim, with the section that holds it."""

    signal: SignalWord
    text: str
    language: str
    page: int
    boxes: tuple[Box, ...]
    section: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """An indexed piece of a document.

    ``section`` counts the headings of the document: chunks of one procedure share it. ``guards``
    are positions in the document's list of safety messages. ``key`` is the id of the record that
    the chunk came from (a ticket, a benchmark passage), empty for pages. ``opens_section`` marks
    the first chunk below a heading.
    """

    ordinal: int
    section: int
    heading_path: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    guards: tuple[int, ...] = ()
    key: str = ""
    opens_section: bool = False

    @property
    def text(self) -> str:
        """The sentences, one a line; the header of a table stands above its first row."""
        lines: list[str] = []
        header: tuple[str, ...] = ()
        for sentence in self.sentences:
            if sentence.header and sentence.header != header:
                lines.append(" | ".join(sentence.header))
            header = sentence.header
            lines.append(f"{sentence.number} {sentence.text}" if sentence.number else sentence.text)
        return "\n".join(lines)

    @property
    def search_text(self) -> str:
        """What is searched: the last two headings and the text."""
        return "\n".join((*self.heading_path[-2:], self.text))

    @property
    def kind(self) -> ChunkKind:
        """What sort of question the chunk answers, as far as its form tells."""
        header = self.sentences[0].header
        if column(header, CAUSE_HEADERS) >= 0 or column(header, REMEDY_HEADERS) >= 0:
            return "fault"
        if header:
            return "part" if column(header, PART_HEADERS) >= 0 else "table"
        return "steps" if any(s.kind == "step" for s in self.sentences) else "text"

    @property
    def embedded_texts(self) -> tuple[str, ...]:
        """What is embedded: the search text and what would drown in its vector.

        That is the subject of a table row (its first cell that is a phrase: the symptom, the
        meaning of a code, the name of a part) and the title of a section.
        """
        texts = [self.search_text]
        first = self.sentences[0]
        if len(self.sentences) == 1 and first.header:
            texts += [cell for cell in first.cells if len(cell.split()) > 1][:1]
        if self.opens_section and self.heading_path:
            texts.append(self.heading_path[-1].lstrip("0123456789. "))
        return tuple(dict.fromkeys(text for text in texts if text))

    @property
    def pages(self) -> tuple[int, int]:
        """First and last page."""
        numbers = [sentence.page for sentence in self.sentences]
        return min(numbers), max(numbers)


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """What a document says about one alarm code or part number.

    ``device`` is the document's subject, ``component`` the part of it that shows the code.
    ``aliases`` are other spellings that the same passage gives (an auxiliary or display code).
    """

    code: str
    kind: Literal["alarm", "part"]
    device: str
    component: str
    meaning: str
    causes: tuple[str, ...]
    remedies: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    chunk_ordinal: int = 0
    sentence: int = 0


@dataclass(frozen=True, slots=True)
class PassageFilter:
    """What a search may return. Empty means no restriction, except where said.

    An asset restricts to documents that apply to it; a document that applies to nothing is then
    excluded (the filter fails closed). An asset that the question names restricts in the same way,
    unless ``all_assets`` widens the search. Only approved revisions are searched, superseded ones
    where they are asked for, drafts and withdrawn ones never.

    ``sites`` keeps what belongs to one of them or to all sites, ``models`` the documents that name
    one of them, ``serial`` those whose serial numbers hold it or that name none, ``revisions``
    those with such a label, ``languages`` those in one ("en"). All of it is
    applied by :func:`index.scope.find_revisions`.
    """

    asset: str | None = None
    all_assets: bool = False
    kinds: tuple[DocumentKind, ...] = ()
    documents: tuple[int, ...] = ()
    include_superseded: bool = False
    sites: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    serial: str = ""
    revisions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that a search found, with where it stands and how it was found.

    ``rank`` counts from 1. ``paths`` are the search paths that found it, the deciding one first.
    ``score`` orders the passages of one search only; ``cosine`` (-1 to 1) compares across searches.
    ``is_elsewhere`` marks a passage of a document that does not apply to the machine asked about.
    """

    rank: int
    chunk_id: int
    revision_id: int
    document: str
    document_number: str
    kind: DocumentKind
    revision: str
    section: int
    heading_path: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    paths: tuple[SearchPath, ...]
    score: float
    cosine: float = 0.0
    key: str = ""
    is_elsewhere: bool = False

    @property
    def page(self) -> int:
        """The page on which the passage starts."""
        return self.sentences[0].page

    @property
    def text(self) -> str:
        """The passage's text, as :attr:`Chunk.text`."""
        return Chunk(0, 0, (), self.sentences).text

    @property
    def locator(self) -> str:
        """Where to look: the ticket number or other record key, else the page."""
        return self.key or f"p. {self.page}"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A document with everything that ingestion derived from it, ready to be stored."""

    document: Document
    chunks: Sequence[Chunk]
    sections: Sequence[Section] = ()
    safety: Sequence[SafetyMessage] = ()
    codes: Sequence[CodeEntry] = ()
    source: str = ""
    content_hash: str = ""
    original: str = ""
    report: dict[str, object] = field(default_factory=dict)
