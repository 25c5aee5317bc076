"""At which place the search itself brings the right page, before any answer is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index.access import Principal
from index.corpus import Passage, PassageFilter
from index.retrieval import Retriever

_DEPTH = 40


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question with the pages of a document of which one answers it.

    ``document`` is its number, or its title where it has none.
    """

    id: str
    text: str
    where: PassageFilter
    document: str
    pages: frozenset[int]


@dataclass(frozen=True, slots=True)
class PageRank:
    """The place of the right page among the passages, 0 if it was not found, and what is above."""

    question: PageQuestion
    rank: int
    above: tuple[Passage, ...]


def rank_pages(
    retriever: Retriever, principal: Principal, questions: Iterable[PageQuestion]
) -> Iterable[PageRank]:
    """Search for every question and yield the place of its page as it is done."""
    for question in questions:
        found = retriever.retrieve(question.text, principal, _DEPTH, question.where).passages
        right = [passage.rank for passage in found if _is_right(passage, question)]
        rank = right[0] if right else 0
        yield PageRank(question, rank, found[: rank - 1] if rank else found)


def _is_right(passage: Passage, question: PageQuestion) -> bool:
    names = (passage.document_number or passage.document, passage.document)
    return question.document in names and any(
        sentence.page in question.pages for sentence in passage.sentences
    )
