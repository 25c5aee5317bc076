"""How much of a gold extract stands in what is cited for a question, by its words.

The folder is in the BEIR layout with ``answers.jsonl``: {_id, answer, section} for each query.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from assistant.errors import AssistantError
from assistant.evidence import EvidenceGatherer
from index.access import Principal
from index.evaluation import JudgedQuery
from index.retrieval import Retriever

_PASSAGES = 20  # as an answer gathers them
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class GoldExtract:
    """What answers a query, word for word; ``half`` (0 or 1) deals the sections into two sets."""

    query_id: str
    text: str
    half: int


@dataclass(frozen=True, slots=True)
class QuoteScore:
    """Recall (0 to 1) of a query's gold extract, and how many words were shown."""

    half: int
    recall: float
    words: int


@dataclass(frozen=True, slots=True)
class QuoteSums:
    """The means over the queries of one half; ``most_words`` is the bound of the quotes."""

    half: int
    most_words: int
    queries: int
    recall: float
    words: float


def read_extracts(folder: Path) -> dict[str, GoldExtract]:
    """Return the gold extract of each query.

    Raises:
        AssistantError: ``answers.jsonl`` is missing or malformed; the message names the line.
    """
    path = folder / "answers.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(
            f"{path} cannot be read: {error}. Give a folder with gold extracts."
        ) from error
    extracts: dict[str, GoldExtract] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = json.loads(line)
                half = zlib.crc32(str(row["section"]).encode()) % 2
                extracts[str(row["_id"])] = GoldExtract(str(row["_id"]), str(row["answer"]), half)
            except (ValueError, KeyError, TypeError) as error:
                raise AssistantError(
                    f"{path}, line {number}: {error!r}. Write _id, answer and section."
                ) from error
    return extracts


def measure(
    retriever: Retriever,
    principal: Principal,
    queries: Iterable[JudgedQuery],
    extracts: dict[str, GoldExtract],
    lengths: Sequence[int],
) -> Iterator[dict[int, QuoteScore]]:
    """Yield for each query its score at each bound of the length that is quoted."""
    for query in queries:
        gold = extracts.get(query.query_id)
        if gold is None:
            continue
        retrieval = retriever.retrieve(query.text, principal, _PASSAGES)
        scores: dict[int, QuoteScore] = {}
        for length in lengths:
            gatherer = EvidenceGatherer(
                query.text, retrieval, retriever, principal, most_words=length
            )
            gatherer.gather()
            cited = " ".join(citation.quote for citation in gatherer.citations.all())
            recall = token_recall(gold.text, cited)
            scores[length] = QuoteScore(gold.half, recall, len(cited.split()))
        yield scores


def sum_up(scores: Sequence[dict[int, QuoteScore]]) -> list[QuoteSums]:
    """The means for each half and length."""
    sums: list[QuoteSums] = []
    for length in scores[0] if scores else ():
        for half in (0, 1):
            own = [found[length] for found in scores if found[length].half == half]
            if own:
                recall, words = fmean(s.recall for s in own), fmean(s.words for s in own)
                sums.append(QuoteSums(half, length, len(own), recall, words))
    return sums


def token_recall(gold: str, cited: str) -> float:
    """The share of a text's words, each as often as it stands there, that another text holds."""
    wanted, held = Counter(_tokens(gold)), Counter(_tokens(cited))
    total = wanted.total()
    return (wanted & held).total() / total if total else 1.0


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
