"""What the codes in a question mean, in the documents that are searched and in no others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from index.chunk_table import ChunkTable
from index.code_finding import AskedCode, find_codes
from index.code_spans import Span, known_spans, spans_of
from index.code_table import CodeHit, CodeTable
from index.codes import prefix_of
from index.language import is_chinese

CodeStatus = Literal["none", "known", "unknown", "ambiguous"]

_SAME_MEANING = 80.0  # of 100: two tables of one manual describe a code in nearly the same words
_LIKE_A_CODE = re.compile(r"[A-Za-z]{1,4}[-. ]?\d{1,5}")
_WORDS = re.compile(r"[^\W\d_]{2}")
_SAME_CODE = 1  # level of the spellings that differ in case, width and hyphens only


@dataclass(frozen=True, slots=True)
class CodesFound:
    """The entries that a question's codes mean, and the codes that no document in scope knows."""

    status: CodeStatus
    hits: tuple[CodeHit, ...]
    unknown: tuple[str, ...]


class CodeSearch:
    """Looks the codes of a question up."""

    def __init__(self, code_table: CodeTable, chunk_table: ChunkTable) -> None:
        self._code_table = code_table
        self._chunk_table = chunk_table

    def find(
        self,
        question: str,
        named: set[int],
        scope: Sequence[int],
        elsewhere: Sequence[int] = (),
    ) -> CodesFound:
        """Look up in the revisions of ``scope``.

        ``named`` are the positions of the question that belong to a machine's name. A code that
        only the revisions ``elsewhere`` know, those of other machines, is unknown here.
        """
        whole = self._whole(question, named, scope)
        named = named | {i for span in whole for i in range(span.start, span.end)}
        prefixes = self._code_table.prefixes(scope)
        codes, component = find_codes(question, named, prefixes, self._code_table.components(scope))
        codes = (*(AskedCode(span.text, True) for span in whole), *codes)
        words = "".join(" " if i in named else c for i, c in enumerate(question))
        hits: list[CodeHit] = []
        unknown: list[str] = []
        is_ambiguous = False
        for code in codes:
            found = self._code_table.look_up(code.text, scope)
            if component:
                of_component = [hit for hit in found if hit.component == component]
                if found and not of_component and not any(map(str.isdigit, code.text)):
                    continue  # "the sensor failed": a code of other components, here a plain word
                found = of_component or found
            found = _in_one_language(words.replace(code.text, " "), found)
            # What is asked alone is meant as a code if it looks like one: "A-99 on PR-01".
            is_meant = code.is_certain or bool(_LIKE_A_CODE.fullmatch(code.text))
            if not found and is_meant and not self._is_mentioned(code.text, scope):
                unknown.append(code.text)
            is_ambiguous = is_ambiguous or _differ(found)
            hits.extend(hit for hit in found if hit not in hits)
        if not hits and not unknown and elsewhere:
            unknown = self._of_other_machines(question, named, scope, elsewhere)
        if hits:
            return CodesFound("ambiguous" if is_ambiguous else "known", tuple(hits), tuple(unknown))
        return CodesFound("unknown" if unknown else "none", (), tuple(unknown))

    def _whole(self, question: str, named: set[int], scope: Sequence[int]) -> list[Span]:
        """Numbers of several words, or in running text, that the documents print just so."""
        spans = spans_of(question, named)
        if not spans:
            return []
        return known_spans(spans, self._code_table.printed({s.key for s in spans}, scope))

    def _of_other_machines(
        self, question: str, named: set[int], scope: Sequence[int], elsewhere: Sequence[int]
    ) -> list[str]:
        """Codes that look like nothing in scope, but are printed so in other documents."""
        codes, _ = find_codes(question, named, self._code_table.prefixes(elsewhere), ())
        return [
            code.text
            for code in codes
            if code.is_certain
            and prefix_of(code.text)
            and any(
                hit.kind == "alarm" and hit.level <= _SAME_CODE
                for hit in self._code_table.look_up(code.text, elsewhere)
            )
            and not self._is_mentioned(code.text, scope)
        ]

    def _is_mentioned(self, code: str, scope: Sequence[int]) -> bool:
        """Tell whether the documents use a code that no table of theirs explains.

        A plain number says nothing: it may stand anywhere for anything.
        """
        if prefix_of(code) in ("", "0x"):
            return False
        pattern = re.compile(rf"(?<![\w.]){re.escape(code)}(?![\w-])", re.IGNORECASE)
        return any(pattern.search(text) for text in self._chunk_table.texts_with(code, scope))


def _in_one_language(question: str, hits: Sequence[CodeHit]) -> list[CodeHit]:
    """Leave out what another manual of the same device says in the language of the question.

    A question without a word of its own, only a device and a code, is in no language.
    """
    asked = is_chinese(question)
    if not asked and not _WORDS.search(question):
        return list(hits)
    own = {(hit.device, hit.code) for hit in hits if is_chinese(hit.meaning) == asked}
    return [
        hit for hit in hits if is_chinese(hit.meaning) == asked or (hit.device, hit.code) not in own
    ]


def _differ(hits: Sequence[CodeHit]) -> bool:
    """Tell whether entries of one code mean different things."""
    if len(hits) < 2:
        return False
    first = hits[0]
    return any(
        hit.code != first.code or _is_other(hit, first)
        for hit in hits[1:]
        if hit.device != first.device or is_chinese(hit.meaning) == is_chinese(first.meaning)
    )


def _is_other(hit: CodeHit, first: CodeHit) -> bool:
    return (
        hit.component != first.component
        or hit.revision_id != first.revision_id
        or fuzz.token_set_ratio(hit.meaning, first.meaning) < _SAME_MEANING
    )
