"""A question as it is read: by itself, else as a change of the query before."""

from __future__ import annotations

from assistant.analytics.asking.asked import AskBack, Asked, Understood
from assistant.analytics.query import Query
from index.access import Principal
from ui.wiring import Services


def read_question(
    services: Services, principal: Principal, text: str, before: Query | None = None
) -> Asked:
    """What a text asks for; "by shift" alone is no question, but changes the query before."""
    asked = services.asker.ask(text, principal)
    if before is None or not isinstance(asked, AskBack):
        return asked
    changed = services.asker.edit(before, text, principal)
    return changed if isinstance(changed, Understood) else asked
