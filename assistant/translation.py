"""Translate a question by the language model, for documents in another language.

Only what is searched is translated, never what is shown: sources are quoted in their own language.
A translation that changes a number or a code is thrown away.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import OrderedDict

from assistant.egress import Clearance, here
from assistant.errors import AuditFailed, GenerationFailed, ModelUnavailable, Stopped
from assistant.llm.choice import ModelSlot
from assistant.llm.structured import stream_json
from assistant.prompt_book import PromptBook

_MOST_WAIT_S = 5.0  # for one's turn: the evidence waits for the translation
_MOST_CHARACTERS = 300
_MOST_KEPT = 500
_EXACT = re.compile(r"[A-Za-z]*\d[\dA-Za-z.,-]*")  # codes, numbers, part numbers
_SCHEMA = {
    "type": "object",
    "properties": {"translation": {"type": "string", "maxLength": _MOST_CHARACTERS}},
    "required": ["translation"],
    "additionalProperties": False,
}
logger = logging.getLogger(__name__)


class Translator:
    """Translates questions into English with the model of a slot; the last 500 are remembered."""

    language = "en"
    """The language into which it translates."""

    def __init__(
        self,
        slot: ModelSlot,
        *,
        first_token_s: float,
        next_token_s: float,
        prompts: PromptBook | None = None,
    ) -> None:
        """Use the model of a slot; a model that is silent for longer than allowed is given up."""
        self._prompts = prompts or PromptBook()
        self._slot = slot
        self._limits = first_token_s, next_token_s
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def translate(self, question: str, clearance: Clearance | None = None) -> str:
        """Return the question in English; empty if there is no usable translation.

        The clearance says whether the question may leave for where the model is.
        """
        question = " ".join(question.split())
        clearance = clearance or here()
        if clearance.refusal:
            logger.info("no translation: %s", clearance.refusal)
            return ""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return self._kept[question]
        try:
            translation = self._ask(question, clearance)
        except (AuditFailed, GenerationFailed, ModelUnavailable, Stopped) as error:
            logger.info("no translation: %s", error)
            return ""  # not remembered: the model may be there for the next question
        if not _keeps_exact(question, translation):
            logger.info("a translation that changes codes or numbers was thrown away")
            translation = ""
        with self._lock:
            self._kept[question] = translation
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return translation

    def _ask(self, question: str, clearance: Clearance) -> str:
        first_s, next_s = self._limits
        with self._slot.take_turn() as turn:  # first: what follows is logged as sent
            for _ in turn.waits(_MOST_WAIT_S):
                pass
            messages = clearance.render(
                self._prompts.get("translate"), {"question": question, "language": "English"}
            )
            text = "".join(
                stream_json(
                    turn.model,
                    messages,
                    _SCHEMA,
                    first_token_s=first_s,
                    next_token_s=next_s,
                    slow_s=self._slot.slow_s,
                )
            )
        try:
            said = json.loads(text)
            translation = clearance.restore(str(said["translation"]))
            return " ".join(translation.split())[:_MOST_CHARACTERS]
        except (ValueError, KeyError, TypeError) as error:
            raise GenerationFailed("The language model's translation is not JSON.") from error


def _keeps_exact(question: str, translation: str) -> bool:
    """Whether every code and number of the question stands in the translation, and no other."""

    def exact(text: str) -> set[str]:
        return {match[0].casefold().strip(".,-") for match in _EXACT.finditer(text)}

    return bool(translation) and exact(question) == exact(translation)
