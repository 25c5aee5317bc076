"""Let a language model word a brief's sections; only sentences that stand up are kept."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from assistant.analytics.brief.checking import supported
from assistant.analytics.brief.contents import Brief, Section
from assistant.egress import Clearance, Piece
from assistant.errors import AuditFailed, GenerationFailed, ModelUnavailable, Stopped
from assistant.llm.choice import ModelSettings, ModelSlot
from assistant.llm.structured import stream_json
from assistant.prompt_book import PromptBook

logger = logging.getLogger(__name__)

_MOST_CHARACTERS = 700
_MOST_WAIT_S = 60.0  # a brief is made ahead; the questions of people go first
_SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string", "maxLength": _MOST_CHARACTERS}},
    "required": ["text"],
    "additionalProperties": False,
}


class BriefWording:
    """Words briefs with the model of a slot."""

    def __init__(
        self, slot: ModelSlot, settings: ModelSettings, prompts: PromptBook | None = None
    ) -> None:
        """Use the model of a slot, with the timeouts of the settings."""
        self._slot = slot
        self._limits = settings.first_token_s, settings.next_token_s
        self._prompts = prompts or PromptBook()

    def worded(self, brief: Brief, clearance: Clearance) -> Brief:
        """Return a brief with wordings; as it is where no model answers or none may be asked."""
        if clearance.refusal or not clearance.may_leave(Piece("history", brief.site or None)):
            return replace(brief, notes=(*brief.notes, "The wording is by code alone."))
        sections: list[Section] = []
        model = ""
        for section in brief.sections:
            if not section.statements:
                sections.append(section)
                continue
            try:
                text = self._ask(section, clearance)
            except (AuditFailed, GenerationFailed, ModelUnavailable, Stopped) as error:
                logger.info("a brief is not worded: %s", error)
                sections += brief.sections[len(sections) :]
                break
            wording, dropped = supported(text, section.statements)
            model = self._slot.name
            sections.append(replace(section, wording=wording, dropped=dropped))
        return replace(brief, sections=tuple(sections), model=model)

    def _ask(self, section: Section, clearance: Clearance) -> str:
        first_s, next_s = self._limits
        with self._slot.take_turn() as turn:  # first: what follows is logged as sent
            for _ in turn.waits(_MOST_WAIT_S):
                pass
            values = {"title": section.title, "statements": "\n".join(section.statements)}
            template = self._prompts.get("brief")
            messages = clearance.render(template, values, passages=len(section.statements))
            text = "".join(
                stream_json(
                    turn.model, messages, _SCHEMA, first_token_s=first_s, next_token_s=next_s
                )
            )
        try:
            return clearance.restore(str(json.loads(text)["text"])).strip()
        except (ValueError, KeyError, TypeError) as error:
            raise GenerationFailed("The language model's wording is not JSON.") from error
