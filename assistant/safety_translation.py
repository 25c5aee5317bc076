"""Put a translation under safety messages that are in another language than the question.

The original is shown before the language model is asked, and stays as it is. A translation is
marked as one; it is dropped when a number, a code, a negation or the signal word is not that of the
original. The signal word is never left to the model.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import Counter, OrderedDict

from assistant.egress import Clearance, Piece
from assistant.errors import AuditFailed, GenerationFailed, ModelUnavailable, Stopped
from assistant.llm.choice import ModelSettings, ModelSlot
from assistant.llm.structured import stream_json
from assistant.messages import Answer, SafetyNotice
from assistant.phrases import Phrase, say
from assistant.prompt_book import PromptBook
from assistant.verification import unsupported
from index.corpus import SignalWord

_MOST_NOTICES = 3
_MOST_CHARACTERS = 500
_MOST_KEPT = 500
_MOST_WAIT_S = 5.0  # for one's turn
_NAMES = {"en": "English", "de": "German", "zh": "Chinese"}
_SIGNALS: dict[SignalWord, Phrase] = {
    "danger": Phrase("DANGER", "GEFAHR", "危险"),
    "warning": Phrase("WARNING", "WARNUNG", "警告"),
    "caution": Phrase("CAUTION", "VORSICHT", "注意"),
    "notice": Phrase("NOTICE", "HINWEIS", "提示"),
}
_SCHEMA = {
    "type": "object",
    "properties": {"translation": {"type": "string", "maxLength": 3 * _MOST_CHARACTERS}},
    "required": ["translation"],
    "additionalProperties": False,
}
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|without|none|nor|neither)\b|n['’]t\b|"
    r"\b(?:nicht|kein\w*|nie|niemals|ohne|weder|verboten|untersagt)\b|"
    r"不(?!锈|同|断)|勿|未|没|无|严?禁|莫",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[^.!?。！？\n]*\w[^.!?。！？\n]*(?:[.!?。！？]+(?=\s|$|[\u3400-\u9fff])|$|\n)"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
logger = logging.getLogger(__name__)


class SafetyTranslator:
    """Translates safety messages with the model of a slot; the last 500 are remembered."""

    def __init__(
        self, slot: ModelSlot, settings: ModelSettings, prompts: PromptBook | None = None
    ) -> None:
        """Use the model of a slot, with the timeouts of the settings."""
        self._slot = slot
        self._limits = settings.first_token_s, settings.next_token_s
        self._prompts = prompts or PromptBook()
        self._kept: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = threading.Lock()

    def translated(self, answer: Answer, clearance: Clearance) -> Answer:
        """Return an answer with translations under its first foreign safety messages."""
        left = _MOST_NOTICES
        notices: list[SafetyNotice] = []
        for notice in answer.safety:
            if left and self._is_wanted(notice, answer, clearance):
                left -= 1
                said = self._translate(notice, answer.language, clearance)
                notice = notice.model_copy(update={"translation": said})
            notices.append(notice)
        return answer.model_copy(update={"safety": tuple(notices)})

    def _is_wanted(self, notice: SafetyNotice, answer: Answer, clearance: Clearance) -> bool:
        if notice.language == answer.language or notice.signal not in _SIGNALS:
            return False  # a lockout procedure is too long, and each of its steps counts
        if len(notice.text) > _MOST_CHARACTERS or clearance.refusal:
            return False
        cited = answer.citation(notice.marker)
        return clearance.may_leave(Piece(cited.kind, cited.site))

    def _translate(self, notice: SafetyNotice, language: str, clearance: Clearance) -> str:
        key = notice.text, language
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        body = notice.text.partition("\n")[2] or notice.text
        try:
            said = self._ask(body, language, clearance)
        except (AuditFailed, GenerationFailed, ModelUnavailable, Stopped) as error:
            logger.info("a safety message is not translated: %s", error)
            return ""  # not remembered: the model may be there for the next question
        if why := changed(said, body):
            logger.info("a translation of a safety message was dropped: %s", why)
            said = ""
        else:
            said = f"{say(_SIGNALS[notice.signal], language)}\n{said}"
        with self._lock:
            self._kept[key] = said
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return said

    def _ask(self, body: str, language: str, clearance: Clearance) -> str:
        first_s, next_s = self._limits
        with self._slot.take_turn() as turn:  # first: what follows is logged as sent
            for _ in turn.waits(_MOST_WAIT_S):
                pass
            values = {"message": body, "language": _NAMES[language]}
            template = self._prompts.get("translate_safety")
            messages = clearance.render(template, values, passages=1)
            text = "".join(
                stream_json(
                    turn.model, messages, _SCHEMA, first_token_s=first_s, next_token_s=next_s
                )
            )
        try:
            return clearance.restore(str(json.loads(text)["translation"])).strip()
        except (ValueError, KeyError, TypeError) as error:
            raise GenerationFailed("The language model's translation is not JSON.") from error


def changed(translation: str, original: str) -> str:
    """Say what a translation changes that it must not; empty where it may be shown.

    Numbers, codes, the count of sentences and of negations must be those of the original, and it
    names no signal word.
    """
    if not translation or translation.casefold() == original.casefold():
        return "nothing was translated"
    exact = [
        what
        for one, other in ((translation, original), (original, translation))
        for what in unsupported(one, other)
        if any(map(str.isdigit, what))
    ]
    if exact or _numbers(translation) != _numbers(original):
        return "a number or a code"
    if len(_NEGATION.findall(translation)) != len(_NEGATION.findall(original)):
        return "a negation"
    if _sentences(translation) != _sentences(original):
        return "a sentence"
    words = [say(word, language) for word in _SIGNALS.values() for language in _NAMES]
    if any(word in translation and word not in original for word in words):
        return "a signal word"
    return ""


def _numbers(text: str) -> Counter[str]:
    return Counter(number.replace(",", ".") for number in _NUMBER.findall(text))


def _sentences(text: str) -> int:
    return len(_SENTENCE.findall(text.replace("\n", " ")))
