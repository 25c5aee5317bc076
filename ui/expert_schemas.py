"""Shapes of experts and of forwarded questions, for the API and ``--json``."""

from __future__ import annotations

from typing import Literal

from assistant.experts.forwarding import Forwarded
from assistant.experts.naming import Expert
from assistant.messages import Answer
from ui.schemas import Schema


class ExpertOut(Schema):
    """Whom to ask about machines of a class; an empty class is any, a null site every one."""

    id: str
    asset_class: str
    site: str | None
    user: str
    name: str
    set_by: str
    set_at: str

    @classmethod
    def of(cls, expert: Expert) -> ExpertOut:
        """The shape of an expert."""
        return cls(
            id=expert.expert_id,
            asset_class=expert.asset_class,
            site=expert.site,
            user=expert.user,
            name=expert.shown,
            set_by=expert.set_by,
            set_at=expert.set_at,
        )


class ExpertsOut(Schema):
    """Experts, by class."""

    items: tuple[ExpertOut, ...]


class ForwardedOut(Schema):
    """A forwarded question; ``found`` is what it was answered with, null where it is withheld.

    ``reply`` is a person's: it cites no document.
    """

    id: str
    turn_id: str
    conversation_id: str
    asked_by: str
    expert: str
    expert_name: str
    asset_class: str
    asset: str | None
    question: str
    found: Answer | None
    at: str
    state: Literal["open", "answered"]
    reply: str
    replied_at: str | None

    @classmethod
    def of(cls, forwarded: Forwarded) -> ForwardedOut:
        """The shape of a forwarded question."""
        return cls(
            id=forwarded.forwarded_id,
            turn_id=forwarded.turn_id,
            conversation_id=forwarded.conversation_id,
            asked_by=forwarded.owner,
            expert=forwarded.expert,
            expert_name=forwarded.expert_shown,
            asset_class=forwarded.asset_class,
            asset=forwarded.asset,
            question=forwarded.question,
            found=forwarded.found,
            at=forwarded.at,
            state=forwarded.state,
            reply=forwarded.reply,
            replied_at=forwarded.replied_at,
        )


class ForwardedListOut(Schema):
    """Forwarded questions."""

    items: tuple[ForwardedOut, ...]
