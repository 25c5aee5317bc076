"""What the codes in a question mean, in the documents that are searched and in no others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from index.chunk_table import ChunkTable
from index.code_finding import find_codes
from index.code_table import CodeHit, CodeTable
from index.codes import prefix_of

CodeStatus = Literal["none", "known", "unknown", "ambiguous"]

_SAME_MEANING = 80.0  # of 100: two tables of one manual describe a code in nearly the same words
_LIKE_A_CODE = re.compile(r"[A-Za-z]{1,4}[-. ]?\d{1,5}")
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
        prefixes = self._code_table.prefixes(scope)
        codes, component = find_codes(question, named, prefixes, self._code_table.components(scope))
        hits: list[CodeHit] = []
        unknown: list[str] = []
        is_ambiguous = False
        for code in codes:
            found = self._code_table.look_up(code.text, scope)
            if component:
                found = [hit for hit in found if hit.component == component] or found
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


def _differ(hits: Sequence[CodeHit]) -> bool:
    """Tell whether entries of one code mean different things."""
    if len(hits) < 2:
        return False
    first = hits[0]
    return any(
        hit.code != first.code
        or hit.component != first.component
        or hit.revision_id != first.revision_id
        or fuzz.token_set_ratio(hit.meaning, first.meaning) < _SAME_MEANING
        for hit in hits[1:]
    )
