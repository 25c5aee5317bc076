"""Evaluate a site's own text of a prompt on golden questions, beside the one that ships.

A prompt decides what the language model does with the evidence, and nothing else. So what is
compared is what the model did: whether its answer could be used, which cause it put first, what it
wrote that no source has, and whether the facts are still on the screen.
"""

from __future__ import annotations

import hashlib
import statistics
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.answering import Assistant
from assistant.errors import AssistantError
from assistant.evaluation import GoldenQuestion
from assistant.messages import Answer
from assistant.prompt_book import PromptBook, PromptRecord
from assistant.question import Ask
from assistant.screen_measures import screen_text
from index.access import Principal
from index.database import now

LEAST_USES = 5
"""Questions on which the prompt must have been used, so that a pass means something."""
_HIGHER_IS_BETTER = ("structure_valid", "first_cause_right", "facts_shown")


@dataclass
class _Side:
    """What one text of the prompt led to."""

    asked: int = 0
    valid: int = 0
    ranked: int = 0
    first_right: int = 0
    facts: int = 0
    facts_shown: int = 0
    removed: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, golden: GoldenQuestion, answer: Answer) -> None:
        """Count one answer."""
        screen = _folded(screen_text(answer))
        self.facts += len(golden.facts)
        self.facts_shown += sum(_folded(fact) in screen for fact in golden.facts)
        self.removed += len(answer.removed)
        if not answer.can_be_ranked:
            return
        self.asked += 1
        self.valid += not answer.is_degraded
        self.seconds.append(answer.timings.total_s)
        if golden.answerable and golden.facts:
            first = _folded(f"{answer.causes[0].text} {answer.causes[0].remedy}")
            self.ranked += 1
            self.first_right += any(_folded(fact) in first for fact in golden.facts)

    def measures(self) -> dict[str, float | None]:
        """Shares from 0 to 1; ``removed`` counts remarks, ``median_s`` is seconds."""
        return {
            "structure_valid": _share(self.valid, self.asked),
            "first_cause_right": _share(self.first_right, self.ranked),
            "facts_shown": _share(self.facts_shown, self.facts),
            "removed": float(self.removed),
            "median_s": round(statistics.median(self.seconds), 3) if self.seconds else None,
        }


def evaluate_override(
    book: PromptBook,
    name: str,
    questions: Sequence[GoldenQuestion],
    assistant_with: Callable[[PromptBook], Assistant],
    principal: Principal,
    *,
    model: str,
) -> Iterator[PromptRecord | None]:
    """Ask every question with the override and with what ships; yield None each, then the record.

    Args:
        book: where the override lies; nothing is written to it.
        name: of the prompt.
        questions: with what right answers hold.
        assistant_with: makes an assistant that uses the prompts of a book.
        principal: who asks.
        model: name of the language model, for the record.

    Raises:
        AssistantError: there is no override, it is malformed, or too few questions use it.
    """
    override, shipped = book.with_override(name), book.with_shipped(name)
    sides: list[_Side] = []
    for each in (shipped, override):
        side, assistant = _Side(), assistant_with(each)
        for golden in questions:
            side.add(golden, assistant.ask(Ask(golden.question, golden.asset), principal))
            yield None
        sides.append(side)
    if override.uses < LEAST_USES:
        raise AssistantError(
            f"The prompt {name!r} was used on {override.uses} of {len(questions)} questions, fewer "
            f"than {LEAST_USES}. Take questions on which the language model has something to do."
        )
    with_shipped, with_override = sides[0].measures(), sides[1].measures()
    texts = "\n".join(golden.model_dump_json() for golden in questions)
    worse = worse_in(with_override, with_shipped)
    yield PromptRecord(
        name=name,
        sha256=override.get(name).sha256,
        shipped_sha256=shipped.get(name).sha256,
        questions_sha256=hashlib.sha256(texts.encode()).hexdigest(),
        questions=len(questions),
        model=model,
        at=now(),
        is_passed=not worse,
        worse=worse,
        with_override=with_override,
        with_shipped=with_shipped,
    )


def worse_in(
    override: dict[str, float | None], shipped: dict[str, float | None]
) -> tuple[str, ...]:
    """The measures in which an override is worse than what ships; it must be so in none (pure)."""
    found = [m for m in _HIGHER_IS_BETTER if (override[m] or 0.0) < (shipped[m] or 0.0)]
    if (override["removed"] or 0.0) > (shipped["removed"] or 0.0):
        found.append("removed")
    return tuple(found)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
