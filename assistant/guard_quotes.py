"""What the machine's documents forbid about guards, verbatim, for a request to defeat one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.citations import CitationList
from assistant.energy_words import folded
from assistant.guard_words import GUARD
from assistant.messages import Quote
from index.phrase_search import chunks_with
from index.retrieval import Retrieval, Retriever

_FORBIDS = (
    "never", "must not", "do not", "don't", "not allowed", "forbidden", "prohibited",
    "niemals", "nie ", "nicht", "verboten", "untersagt",
    "jamais", "ne pas", "interdit", "nunca", "no se debe", "prohibid",
    "严禁", "禁止", "不得", "切勿", "不准", "不允许", "绝不",
)  # fmt: skip
_TOUCHES = re.compile(
    r"bridg|by-?pass|defeat|overrid|disabl|remov|work|run|operat|open|tamper|jump|mute|block|"
    r"überbrück|umgeh|entfern|betreib|öffn|manipul|shunt|pont|neutralis|puent|anul|retir|"
    r"短接|跨接|绕过|屏蔽|拆|运行|取消|打开"
)
_MOST_CHUNKS = 400
_MOST_QUOTES = 4
_NOT_QUOTED = ("heading", "figure")


def guard_quotes(
    question: str, retrieval: Retrieval, retriever: Retriever, citations: CitationList
) -> tuple[Quote, ...]:
    """Return what the documents in scope forbid about guards, of the guard in question first."""
    asked = {match[0] for match in GUARD.finditer(folded(question))}
    found: list[tuple[int, Quote]] = []
    for quote in _forbidden(retrieval, retriever, citations):
        named = {match[0] for match in GUARD.finditer(folded(quote.text))}
        found.append((len(asked & named), quote))
    found.sort(key=lambda pair: -pair[0])  # stable: reading order among equals
    best = found[0][0] if found else 0
    return tuple(quote for shared, quote in found if shared == best or not best)[:_MOST_QUOTES]


def _forbidden(
    retrieval: Retrieval, retriever: Retriever, citations: CitationList
) -> Iterable[Quote]:
    engine = retriever.catalog.engine
    seen: set[str] = set()
    for chunk in chunks_with(engine, _FORBIDS, retrieval.scope, _MOST_CHUNKS):
        for sentence in chunk.sentences:
            text = folded(sentence.text)
            is_said = any(word in text for word in _FORBIDS) and _TOUCHES.search(text)
            if sentence.kind in _NOT_QUOTED or not is_said or not GUARD.search(text):
                continue
            if text not in seen:
                seen.add(text)
                yield Quote(
                    text=sentence.text,
                    header=sentence.header,
                    cells=sentence.cells,
                    section=chunk.heading_path[-1] if chunk.heading_path else chunk.document,
                    marker=citations.cite(chunk, sentence),
                )
