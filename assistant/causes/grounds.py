"""What speaks for and against each cause: sentences of the documents and of the report (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.causes.keys import cause_key, symptom_key
from assistant.causes.limits import readings
from assistant.causes.reports import DESIGNATOR, Statement, concerns, statements
from assistant.messages import Cause, Citation, Ground
from assistant.relevance import Question
from index.lexical import words_in

_MOST_SENTENCES = 2  # of the section that a remedy names


def with_keys(causes: Sequence[Cause], citations: Sequence[Citation]) -> tuple[Cause, ...]:
    """The causes with the keys by which a conversation knows them and their symptoms."""
    by_marker = {citation.marker: citation for citation in citations}
    return tuple(
        cause.model_copy(
            update={
                "key": cause_key(cause, by_marker[cause.marker]),
                "symptom_key": symptom_key(cause, by_marker[cause.marker]),
            }
        )
        for cause in causes
    )


def with_grounds(
    causes: Sequence[Cause],
    citations: Sequence[Citation],
    report: str,
    asked: Question,
    sections: Mapping[int, Sequence[tuple[str, int]]],
    codes: Sequence[str] = (),
) -> tuple[Cause, ...]:
    """The causes with what speaks for and against each.

    Args:
        causes: as the documents give them.
        citations: of the answer; every cause's marker is among them.
        report: what was asked and told.
        asked: the words of the report, those of the machine's name left out.
        sections: by position of a cause, the sentences (text, marker) of the section that its
            remedy names.
        codes: that the report names and the documents know; each speaks for the causes of its row.
    """
    by_marker = {citation.marker: citation for citation in citations}
    stated = statements(report)
    said = _telling(stated, causes)
    # "The cooler is clean" shares a word with "Cooler C1 blocked", and speaks against it.
    told = report
    for statement in stated:
        told = told.replace(statement.text, "\n")
    found: list[Cause] = []
    for position, cause in enumerate(causes):
        citation = by_marker[cause.marker]
        pros = list(_of_symptom(cause, told, asked, codes, citation))
        cons: list[Ground] = []
        for reading in readings(report, cause.symptom):
            side = pros if reading.fits else cons
            side.append(Ground(origin="report", text=reading.text))
        for statement in said:
            if concerns(statement, cause.text):
                side = pros if statement.state == "bad" else cons
                side.append(Ground(origin="report", text=statement.text))
        if shared := _shared(cause.text, told, asked, beside=cause.symptom):
            pros.append(
                Ground(origin="document", text=cause.text, words=shared, marker=cause.marker)
            )
        pros.extend(_of_section(sections.get(position, ()), told, asked, codes, cause))
        found.append(
            cause.model_copy(
                update={
                    "speaks_for": tuple(dict.fromkeys(pros)),
                    "speaks_against": tuple(dict.fromkeys(cons)),
                }
            )
        )
    return tuple(found)


def _telling(said: Iterable[Statement], causes: Sequence[Cause]) -> list[Statement]:
    """The statements that name one thing: "the valve is fine" says nothing of three valves."""
    telling: list[Statement] = []
    for statement in said:
        things = {
            frozenset(DESIGNATOR.findall(cause.text)) or frozenset({cause.text})
            for cause in causes
            if concerns(statement, cause.text)
        }
        if len(things) == 1 or statement.designators:
            telling.append(statement)
    return telling


def _of_symptom(
    cause: Cause, report: str, asked: Question, codes: Sequence[str], citation: Citation
) -> Iterable[Ground]:
    """The row's own symptom, where the report names its code or shares words with it."""
    named = tuple(code for code in codes if code in citation.quote)
    shared = (*named, *_shared(cause.symptom, report, asked))
    if cause.symptom and shared:
        yield Ground(origin="document", text=cause.symptom, words=shared, marker=cause.marker)


def _of_section(
    sentences: Sequence[tuple[str, int]],
    report: str,
    asked: Question,
    codes: Sequence[str],
    beside: Cause,
) -> Iterable[Ground]:
    """The sentences of the named section that name the code or share most with the report.

    One word in common is chance in a whole section, so it takes two.
    """
    own = f"{beside.symptom} {beside.text}"
    rated: list[tuple[bool, float, int, Ground]] = []
    for at, (text, marker) in enumerate(sentences):
        named = tuple(code for code in codes if code in text)
        words = _shared(text, report, asked, beside=own)
        if named or len(words) > 1:
            ground = Ground(origin="document", text=text, words=(*named, *words), marker=marker)
            rated.append((bool(named), asked.share(text), -at, ground))
    rated.sort(key=lambda one: one[:3], reverse=True)
    yield from (ground for *_, ground in rated[:_MOST_SENTENCES])


def _shared(text: str, report: str, asked: Question, beside: str = "") -> tuple[str, ...]:
    """The words of the report, as spelled there, that one text holds and another does not.

    Words tell, numbers and pieces of codes do not: every code of a manual has its "E".
    """
    held = set(words_in(text)) - set(words_in(beside))
    stems = {word for word in asked.weights if word in held and _tells(word)}
    if not stems:
        return ()
    spelled = (word.strip(".,;:!?()\"'") for word in _tokens(report))
    shared = (w for w in spelled if w and any(stem in stems for stem in words_in(w)))
    return tuple(dict.fromkeys(shared))


def _tells(word: str) -> bool:
    return word.isalpha() and (len(word) > 2 or "\u3400" <= word[0] <= "\u9fff")


def _tokens(report: str) -> Iterable[str]:
    for word in report.split():
        if any("\u3400" <= c <= "\u9fff" for c in word):
            yield from (word[i : i + 2] for i in range(len(word) - 1))
        else:
            yield word
