"""Find values on which two sources of one machine disagree (pure).

Only what is sure is reported: the same dimension of the same thing, in two documents of the machine
or in a document and a ticket that says what was set. A false alarm would teach people to look away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.messages import SimilarTicket
from assistant.verifying import opposites, printed_numbers
from assistant.verifying.measures import Measure, measures
from assistant.verifying.names import CODE, folded
from index.chunk_rows import StoredChunk
from index.corpus import Passage, Sentence
from index.lexical import words_in

Piece = Passage | StoredChunk

_LEAST_WORDS = 2
_PROSE = ("paragraph", "item", "step")
_LEAST_SENTENCE = 5  # words; shorter ones are alike by chance
_MOST_MORE_WORDS = 4  # that one of two rows may say of the thing besides: "steel, serial 4000"
_OLD = re.compile(
    r"\b(?:old|former|previous|before|was|replaced|alt(?:e[rs]?)?|bisher\w*|vorher)\b|旧|原|以前",
    re.IGNORECASE,
)
_LIMITS = (
    (
        "max",
        r"\bmax|at most|up to|below|less than|under|höchstens|bis zu|unter|最大|最高|低于|小于"
        r"|[<≤]",
    ),
    (
        "min",
        r"\bmin(?!\w|\s*$)|minimum|at least|above|more than|over|mindestens|über|最小|至少|高于"
        r"|大于|[>≥]",
    ),
)
_WAS_SET = re.compile(
    r"\b(?:set|reset|adjusted|tightened|torqued|charged|pre-?charged|calibrated|eingestellt|"
    r"angezogen|gestellt)\b[^.;,]{0,60}?\b(?:to|at|auf|mit)\s+(?=[+-]?\d)"
    r"|\bprecharge\b[^.;,]{0,20}?\bset to\s+(?=\d)"
    r"|(?:设定|调整|调|拧紧|充)[^。；，]{0,20}?(?:到|至|为)\s*(?=\d)",
    re.IGNORECASE,
)
_SET_WORDS = frozenset(
    word
    for word in words_in(
        "set reset adjusted tightened torqued charged calibrated eingestellt angezogen again new "
        "value torque all both every each with to at auf mit replaced renewed fitted"
    )
)
_CLAUSE = re.compile(r"[.;。；](?=\s|$)|,\s|，")


@dataclass(frozen=True, slots=True)
class Statement:
    """A value that a source gives for a thing.

    ``words`` are those of the thing, stemmed, ``tags`` the designations beside it ("M10", "V20").
    ``piece`` or ``ticket`` is where it stands.
    """

    words: frozenset[str]
    tags: frozenset[str]
    limit: str
    measure: Measure
    subject: str
    sentence: Sentence | None = None
    piece: Piece | None = None
    ticket: SimilarTicket | None = None

    @property
    def dimension(self) -> str:
        """What is measured."""
        return self.measure.dimension


Conflict = tuple[Statement, Statement]


def document_conflicts(pieces: Sequence[Piece], cited: Iterable[int]) -> list[Conflict]:
    """Return pairs of rows or sentences of two documents that give one thing different values.

    Rows are about one thing if one names it in the words of the other. Sentences are held against
    each other only where they are the same but for one value, as in two revisions of one manual.

    Args:
        pieces: what was found in documents that apply to the machine.
        cited: ids of the chunks that the answer shows; one of each pair is among them.
    """
    shown = set(cited)
    found: dict[tuple[str, ...], Conflict] = {}
    rows = [one for piece in pieces for one in _of_rows(piece)]
    prose = [one for piece in pieces for one in _of_prose(piece)]
    pairs = [pair for pair in combinations(rows, 2) if _is_one_thing(*pair)]
    pairs += [pair for pair in combinations(prose, 2) if pair[0].subject == pair[1].subject]
    for one, other in pairs:
        if one.piece is None or other.piece is None or _agree(one, other):
            continue
        is_shown = one.piece.chunk_id in shown or other.piece.chunk_id in shown
        if is_shown and one.piece.revision_id != other.piece.revision_id:
            key = tuple(sorted((one.measure.text, other.measure.text)))
            found.setdefault(key, (one, other))
    return list(found.values())


def ticket_conflicts(pieces: Sequence[Piece], tickets: Sequence[SimilarTicket]) -> list[Conflict]:
    """Return what tickets say was set, each with the row of a document that says otherwise.

    A value that any of the pieces gives for the thing is no conflict.

    Args:
        pieces: what was found in documents that apply to the machine.
        tickets: of machines of the same model.
    """
    rows = [one for piece in pieces for one in _of_rows(piece)]
    found: list[Conflict] = []
    for ticket in tickets:
        for set_value in _of_ticket(ticket):
            about = [row for row in rows if _is_about(row, set_value)]
            if not about or any(_agree(row, set_value) for row in about):
                continue
            if any(_is_given(set_value, row.piece) for row in about):
                continue
            found.append((max(about, key=lambda row: len(row.words)), set_value))
    return found


def _of_rows(piece: Piece) -> Iterable[Statement]:
    """The values of table rows: each a cell with one value, of the thing that its row is about."""
    for sentence in piece.sentences:
        if not sentence.cells or len(sentence.header) != len(sentence.cells):
            continue
        label = next((c for c in sentence.cells if len(re.findall(r"[^\W\d_]{3,}", c))), "")
        words = _words(label)
        tags = _tags(" ".join(sentence.cells))
        for header, cell in zip(sentence.header, sentence.cells, strict=True):
            if cell == label or _OLD.search(header) or len(words) < _LEAST_WORDS:
                continue
            plain = printed_numbers.plain(cell)
            values = [
                one for one in measures(plain, printed_numbers.language(sentence.text)) if one.unit
            ]
            if len(values) != 1 or len(plain) > len(values[0].text) + 20:
                continue
            limit = _limit(f"{header} {plain}")
            yield Statement(words, tags, limit, values[0], label, sentence, piece)


def _of_prose(piece: Piece) -> Iterable[Statement]:
    """Sentences with one value; the subject is the sentence with the value left out."""
    for sentence in piece.sentences:
        if sentence.cells or sentence.kind not in _PROSE:
            continue
        plain = printed_numbers.plain(sentence.text)
        values = [one for one in measures(plain, printed_numbers.language(plain)) if one.unit]
        if len(values) == 1 and len(plain.split()) >= _LEAST_SENTENCE:
            rest = f"{plain[: values[0].start]} … {plain[values[0].end :]}"
            subject = " ".join(rest.casefold().split())
            yield Statement(_words(plain), _tags(plain), "", values[0], subject, sentence, piece)


def _of_ticket(ticket: SimilarTicket) -> Iterable[Statement]:
    """What a ticket says was set: "Precharge set to 90 bar"."""
    about = f"{ticket.title} {ticket.cause}"
    for clause in _CLAUSE.split(printed_numbers.plain(ticket.resolution)):
        match = _WAS_SET.search(clause)
        values = [one for one in measures(clause, None) if one.unit]
        if match is None or len(values) != 1 or values[0].start < match.end():
            continue
        words = _words(clause[: values[0].start]) or _words(about)
        tags = _tags(f"{clause} {about}")
        yield Statement(words, tags, _limit(clause), values[0], clause.strip(), ticket=ticket)


def _is_one_thing(one: Statement, other: Statement) -> bool:
    if one.dimension != other.dimension or one.limit != other.limit:
        return False
    less, more = sorted((one.words, other.words), key=len)
    if not less <= more or len(more - less) > _MOST_MORE_WORDS:
        return False
    return _fit(one.tags, other.tags)


def _is_about(row: Statement, ticket: Statement) -> bool:
    """Tell whether what a ticket says was set is the thing of a row."""
    if row.dimension != ticket.dimension or not _fit(row.tags, ticket.tags):
        return False
    return row.words <= ticket.words


def _fit(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether designations could be of one thing: where both have some, some are shared."""
    return not one or not other or bool(one & other)


def _agree(one: Statement, other: Statement) -> bool:
    """Tell whether two values can both hold: equal, one within the other, or within its limit."""
    first, second = _span(one), _span(other)
    slack = 0.005 * max(abs(first[1]) if first[1] < float("inf") else 0, abs(first[0]), 1e-9)
    return first[0] <= second[1] + slack and second[0] <= first[1] + slack


def _span(one: Statement) -> tuple[float, float]:
    values = one.measure.values | one.measure.end_values
    low, high = min(values, default=0.0), max(values, default=0.0)
    if one.limit == "max":
        return float("-inf"), high
    return (low, float("inf")) if one.limit == "min" else (low, high)


def _is_given(ticket: Statement, piece: Piece | None) -> bool:
    """Tell whether a passage gives a ticket's value anywhere."""
    if piece is None:
        return False
    held = measures(
        printed_numbers.plain(piece.text if isinstance(piece, Passage) else _text(piece))
    )
    return any(
        one.dimension == ticket.dimension and (one.values | one.end_values) & ticket.measure.values
        for one in held
    )


def _text(piece: StoredChunk) -> str:
    return "\n".join(sentence.text for sentence in piece.sentences)


def _limit(text: str) -> str:
    return next((name for name, words in _LIMITS if re.search(words, text, re.IGNORECASE)), "")


def _words(text: str) -> frozenset[str]:
    """The words of a thing: no numbers, no tags, nothing that only says that it was set."""
    bare = CODE.sub(" ", printed_numbers.plain(text))
    words = frozenset(words_in(opposites.without_opposites(bare)))
    return frozenset(word for word in words - _SET_WORDS if not word[0].isdigit() and len(word) > 2)


def _tags(text: str) -> frozenset[str]:
    return frozenset(
        folded(match[0])
        for match in CODE.finditer(printed_numbers.plain(text))
        if match[0][0].isalpha() and not re.fullmatch(r"\d.*", match[0])
    )
