"""Let a language model order the causes that the documents give, by pointing at them.

The model gets lettered blocks and fills a bounded schema whose enums are those letters, so that it
cannot state a cause, a number or a step of its own. Its short notes are verified against the block
that they point at; a note that states anything else is removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

from langchain_core.language_models import BaseChatModel

import prompts
from assistant.egress import Clearance, here
from assistant.errors import GenerationFailed, PromptTooLong
from assistant.llm.structured import SILENCE, stream_json
from assistant.llm.window import pack
from assistant.messages import Cause, Removed
from assistant.verification import unsupported
from prompts.template import PromptTemplate

PROMPTS = {True: prompts.load("diagnose"), False: prompts.load("rank")}
"""By whether the model writes notes."""
MOST_BLOCKS = 8
_MOST_CAUSES = 3
_NOTE_LENGTH = 100
_MISSING_LENGTH = 80
_MOST_BLOCK_CHARACTERS = 300
_NOTED = re.compile(r'\{\s*"id"\s*:\s*"([A-Z])"\s*,\s*"note"\s*:\s*("(?:[^"\\]|\\.)*")\s*\}')
_BARE = re.compile(r'"([A-Z])"\s*(?=[,\]])')
_NOT_JSON = "The language model's answer is not the JSON that was asked for."
_LIST = re.compile(r'"causes"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class Closing:
    """What the model says besides its causes; ``check`` is a cause's position or None."""

    is_answerable: bool
    check: int | None
    missing: str


@dataclass
class Diagnosis:
    """One run of the model over the causes of an answer.

    Whether a model's notes help is measured for each model; without them it only orders. The
    causes are those that the clearance lets through.
    """

    question: str
    machine: str
    causes: Sequence[Cause]
    removed: list[Removed]
    with_notes: bool = True
    clearance: Clearance = field(default_factory=here)
    template: PromptTemplate | None = None
    """The prompt; the one that Faultbook ships where none is given."""
    order: Sequence[int] = ()
    """Positions of the causes as the model is shown them; their own order where none is given."""

    def __post_init__(self) -> None:
        order = self.order or range(len(self.causes))
        self._blocks = [self.causes[place] for place in order][:MOST_BLOCKS]
        self._letters = ascii_uppercase[: len(self._blocks)]
        self.prompt = self.template or PROMPTS[self.with_notes]
        self.left_out = 0
        """Blocks that did not fit the model's window; known when it runs."""
        self.closing: Closing | None = None

    def run(
        self,
        model: BaseChatModel,
        *,
        first_token_s: float,
        next_token_s: float,
        slow_s: float | None = None,
    ) -> Iterator[Cause | None]:
        """Yield the causes that the model names, most likely first, each as soon as it is closed.

        None is yielded when the model has said nothing for ``slow_s`` seconds. ``closing`` is set
        when the run has ended. A server that finds the prompt too long is asked once more with the
        first half of the blocks.

        Raises:
            PromptTooLong: not even two blocks fit the model's window.
            GenerationFailed: the model failed, was silent, or said nothing usable.
            ModelUnavailable: the question may not leave for where the model is.
            AuditFailed: that text leaves cannot be logged.
        """
        self._pack(model)
        limits = {"first_token_s": first_token_s, "next_token_s": next_token_s}
        try:
            yield from self._ask(model, slow_s=slow_s, **limits)
        except PromptTooLong:
            if len(self._blocks) < 4:
                raise
            self._keep(range(len(self._blocks) // 2))
            yield from self._ask(model, slow_s=slow_s, **limits)

    def _pack(self, model: BaseChatModel) -> None:
        """Leave out, whole, the blocks that do not fit the window beside prompt and answer."""
        said = (self.clearance.hide(text) for text in (self.question, self.machine))
        fixed = [*(text for _, text in self.prompt.messages), *said]
        # A server elsewhere counts nothing: that would send text before it is logged.
        kept = pack(model, fixed, self._lines(), may_ask=not self.clearance.host)
        if len(kept) < min(2, len(self._blocks)):
            raise PromptTooLong(
                "The language model's window is too small for this question: fewer than two "
                "passages fit beside it."
            )
        self._keep(kept)

    def _keep(self, places: Sequence[int]) -> None:
        self.left_out += len(self._blocks) - len(places)
        self._blocks = [self._blocks[place] for place in places]
        self._letters = ascii_uppercase[: len(self._blocks)]

    def _ask(
        self,
        model: BaseChatModel,
        *,
        first_token_s: float,
        next_token_s: float,
        slow_s: float | None,
    ) -> Iterator[Cause | None]:
        messages = self.clearance.render(
            self.prompt,
            {"blocks": self._text(), "question": self.question, "machine": self.machine},
            passages=len(self._blocks),
        )
        pieces = stream_json(
            model,
            list(messages),
            schema(self._letters, with_notes=self.with_notes),
            first_token_s=first_token_s,
            next_token_s=next_token_s,
            slow_s=slow_s,
        )
        text = ""
        named: set[str] = set()
        for piece in pieces:
            if piece is SILENCE:
                yield None
            text += piece
            for letter, note in self._closed(text):
                if letter in self._letters and letter not in named:
                    named.add(letter)
                    yield self._cause(letter, note)
        self.closing = self._close(text)

    def _closed(self, text: str) -> Iterator[tuple[str, str]]:
        """The pointers of the list of causes that are closed so far, with their notes."""
        start = _LIST.search(text)
        if start is None:
            return
        inside = text[start.end() :]
        if self.with_notes:  # a note may hold a bracket
            for match in _NOTED.finditer(inside):
                yield match[1], _loads(match[2])
            return
        end = inside.find("]")
        for match in _BARE.finditer(inside if end < 0 else inside[: end + 1]):
            yield match[1], ""

    def _text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        """Each block in a line of its own, so that none can begin another."""
        lines = []
        for letter, cause in zip(self._letters, self._blocks, strict=True):
            symptom = f"{cause.symptom}: " if cause.symptom else ""
            remedy = f" -> {cause.remedy}" if cause.remedy else ""
            said = self.clearance.hide(" ".join(f"{symptom}{cause.text}{remedy}".split()))
            lines.append(f"{letter}: {said}"[:_MOST_BLOCK_CHARACTERS])
        return lines

    def _cause(self, letter: str, note: str) -> Cause:
        """The cause of a letter with the note, if the block and the question bear it out."""
        cause = self._blocks[self._letters.index(letter)]
        note = self.clearance.restore(note)
        source = f"{cause.symptom} {cause.text} {cause.remedy} {self.question}"
        if invented := unsupported(note, source):
            self.removed.append(
                Removed(text=note, reason=f"not in the cited passage: {', '.join(invented)}")
            )
            return cause
        return cause.model_copy(update={"note": note.strip() or None})

    def _close(self, text: str) -> Closing:
        try:
            said = _loads(text)
            is_answerable = bool(said["answerable"])
            check = self._place(said["check"]) if said["check"] != "none" else -1
            missing = self.clearance.restore(str(said.get("missing", ""))).strip()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise GenerationFailed(_NOT_JSON) from error
        if missing.casefold() in ("none", "nothing", "n/a"):
            missing = ""
        if missing and unsupported(missing, self.question):
            self.removed.append(Removed(text=missing, reason="not in the question"))
            missing = ""
        return Closing(is_answerable, check if check >= 0 else None, missing)

    def _place(self, letter: str) -> int:
        """The position of a letter's cause among all causes."""
        return list(self.causes).index(self._blocks[list(self._letters).index(letter)])

    def ranked(self, named: Sequence[Cause]) -> tuple[Cause, ...]:
        """All causes, those that the model named first: it orders, it never narrows."""
        bare = [cause.model_copy(update={"note": None}) for cause in named]
        return (*named, *(cause for cause in self.causes if cause not in bare))


def _loads(text: str) -> Any:
    """Parse JSON that a model wrote; one without a constraint may write anything.

    Raises:
        GenerationFailed: it is not JSON, or not text.
    """
    try:
        said = json.loads(text)
        json.dumps(said, ensure_ascii=False).encode()  # half a surrogate pair could not be stored
    except (ValueError, RecursionError) as error:
        raise GenerationFailed(_NOT_JSON) from error
    return said


def schema(letters: str, *, with_notes: bool) -> dict[str, Any]:
    """The JSON schema of the model's answer over blocks with these letters."""
    letter: dict[str, Any] = {"type": "string", "enum": list(letters)}
    noted = {
        "type": "object",
        "properties": {"id": letter, "note": {"type": "string", "maxLength": _NOTE_LENGTH}},
        "required": ["id", "note"],
        "additionalProperties": False,
    }
    properties: dict[str, Any] = {
        "answerable": {"type": "boolean"},
        "causes": {
            "type": "array",
            "items": noted if with_notes else letter,
            "minItems": 1,
            "maxItems": min(_MOST_CAUSES, len(letters)),
        },
        "check": {"type": "string", "enum": [*letters, "none"]},
    }
    if with_notes:
        properties["missing"] = {"type": "string", "maxLength": _MISSING_LENGTH}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
