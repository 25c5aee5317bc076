"""A user's own past sessions, searched by question, machine, code and what was found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from assistant import record_tables as tables
from assistant.conversations import Conversation, Conversations
from assistant.fault_sessions.checks import Check, read_checks
from assistant.records import Records, Turn
from index.access import Principal

_BATCH = 50  # conversations looked at together
_MOST_WORDS = 8  # of a query that count


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation with what its answers were about and what its checks found.

    Only what the reader may still see is in it; ``found`` are the causes found not in order.
    """

    conversation: Conversation
    asset: str | None
    codes: tuple[str, ...]
    found: tuple[str, ...]
    checked: int
    questions: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that is searched."""
        return "\n".join((*self.questions, self.asset or "", *self.codes, *self.found))


class History:
    """The sessions of one home; every call sees only the principal's own."""

    def __init__(self, engine: sa.Engine, records: Records) -> None:
        self._engine = engine
        self._conversations = Conversations(engine)
        self._records = records

    def search(
        self,
        principal: Principal,
        query: str,
        limit: int,
        before: tuple[str, str] | None = None,
    ) -> list[Session]:
        """Sessions in which every word of a query stands, the newest first; all for an empty one.

        A word may stand within a longer one, so that Chinese is found; "%" and "_" are characters
        like others. What an answer says counts only as far as the principal still sees it.

        Args:
            principal: whose.
            query: words in any case and width.
            limit: how many at most.
            before: creation time and id of the last one of the page before.
        """
        words = [folded(word) for word in query.split()][:_MOST_WORDS]
        found: list[Session] = []
        for session in self._sessions(principal, words, before):
            text = folded(session.text)
            if all(word in text for word in words):
                found.append(session)
            if len(found) >= limit:
                break
        return found

    def get(self, principal: Principal, conversation_id: str) -> Session:
        """One session.

        Raises:
            RecordNotFound: the principal has none such.
        """
        return self._session(principal, self._conversations.get(principal, conversation_id))

    def _sessions(
        self, principal: Principal, words: Sequence[str], before: tuple[str, str] | None
    ) -> Iterator[Session]:
        while True:
            page = self._conversations.list(principal, _BATCH, before)
            stored = self._stored([c.conversation_id for c in page]) if words else {}
            for conversation in page:
                text = stored.get(conversation.conversation_id, "")
                # A look at what is stored saves reading the answers of most.
                if all(word in text for word in words):
                    yield self._session(principal, conversation)
            if len(page) < _BATCH:
                return
            before = page[-1].created_at, page[-1].conversation_id

    def _stored(self, conversation_ids: Sequence[str]) -> dict[str, str]:
        """All that may be searched of conversations, folded, whoever may still see it."""
        turn, check = tables.turn.c, tables.session_check.c
        cards = sa.func.json_each(turn.answer, "$.code_cards").table_valued("value")
        codes = sa.select(
            sa.func.group_concat(sa.func.json_extract(cards.c.value, "$.code"), "\n")
        ).select_from(cards)
        told = sa.select(
            turn.conversation_id,
            turn.question,
            sa.func.json_extract(turn.answer, "$.asset"),
            codes.scalar_subquery(),
        ).where(turn.conversation_id.in_(list(conversation_ids)))
        found = sa.select(check.conversation_id, check.text).where(
            check.conversation_id.in_(list(conversation_ids))
        )
        texts: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for row in (*connection.execute(told), *connection.execute(found)):
                texts.setdefault(row[0], []).extend(str(part) for part in row[1:] if part)
        return {key: folded("\n".join(parts)) for key, parts in texts.items()}

    def _session(self, principal: Principal, conversation: Conversation) -> Session:
        turns = self._records.turns(principal, conversation.conversation_id)
        with self._engine.connect() as connection:
            checks = read_checks(connection, conversation.conversation_id)
        return session_of(conversation, turns, checks)


def session_of(
    conversation: Conversation, turns: Sequence[Turn], checks: Sequence[Check]
) -> Session:
    """A session of the turns that its reader may see (pure)."""
    answers = [turn.answer for turn in turns if turn.answer is not None]
    shown = visible_checks(turns, checks)
    assets = [answer.asset for answer in answers if answer.asset]
    codes = dict.fromkeys(card.code for answer in answers for card in answer.code_cards)
    return Session(
        conversation=conversation,
        asset=assets[-1] if assets else None,
        codes=tuple(codes),
        found=tuple(check.text for check in shown if check.verdict == "not_ok"),
        checked=len(shown),
        questions=tuple(turn.question for turn in turns),
    )


def visible_checks(turns: Sequence[Turn], checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks of causes that a shown answer has: the text of one is that of its document."""
    causes = [cause for turn in turns if turn.answer for cause in turn.answer.causes]
    keys = {key for cause in causes for key in (cause.key, cause.symptom_key)}
    return tuple(check for check in checks if check.item in keys)


def folded(text: str) -> str:
    """A text in one case and width, as words are compared."""
    return unicodedata.normalize("NFKC", text).casefold()
