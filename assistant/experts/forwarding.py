"""Questions that were forwarded to an expert, and what the expert answered.

Only its owner forwards a turn. The question is seen by its owner and by the expert, by nobody else,
and by the expert only while they see the site of the machine. What was found is shown to the expert
as far as they may see what it cites. An answer is a person's: it has a name and a day, and no
document's page.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import sqlalchemy as sa

from assistant.account_tables import account
from assistant.audit import AuditLog
from assistant.errors import ExpertRefused, RecordNotFound
from assistant.experts.naming import Experts
from assistant.experts.tables import forwarded as table
from assistant.messages import Answer
from assistant.records import Records
from assistant.redaction import remove_secrets
from assistant.visible_turns import Sight
from index.access import Principal
from index.assets import Asset, AssetRegister
from index.database import now, writing
from index.errors import AssetUnknown

State = Literal["open", "answered"]
LONGEST_REPLY = 4000  # characters
_MOST_OPEN = 50  # of one asker, so that nobody fills an expert's list by tapping


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A forwarded question; ``found`` is the answer that it got, None where it is withheld.

    ``expert_shown`` and ``owner_shown`` are the names that screens show. Times are ISO 8601 in UTC.
    """

    forwarded_id: str
    turn_id: str
    conversation_id: str
    owner: str
    owner_shown: str
    expert: str
    expert_shown: str
    asset_class: str
    asset: str | None
    question: str
    found: Answer | None
    at: str
    state: State
    reply: str
    replied_at: str | None


class Forwarding:
    """Forwards questions and brings replies back."""

    def __init__(
        self,
        engine: sa.Engine,
        audit: AuditLog,
        records: Records,
        experts: Experts,
        assets: AssetRegister,
        sight: Sight,
    ) -> None:
        self._engine = engine
        self._audit = audit
        self._records = records
        self._experts = experts
        self._assets = assets
        self._sight = sight

    def forward(self, principal: Principal, turn_id: str) -> Forwarded:
        """Forward the question of a turn of the principal's own to whom to ask about its machine.

        Forwarded again, it stays with the expert, or goes to the new one if another was named
        since and the first did not answer.

        Raises:
            RecordNotFound: the principal has no such turn.
            ExpertRefused: it has no answer yet, nobody is named, or too many of theirs are open.
        """
        principal.require("ask")
        turn = self._records.turn(principal, turn_id)
        if turn.answer is None or turn.answer.is_withheld:
            raise ExpertRefused(
                "This question has no answer that could be forwarded. Ask it again."
            )
        asset = self._asset(principal, turn.answer.asset or turn.asset)
        expert = self._experts.find(principal, asset)
        if expert is None:
            named = f"the class {asset.asset_class!r}" if asset and asset.asset_class else "this"
            raise ExpertRefused(
                f"No expert is named for {named}. Whoever plans can name one; ask your supervisor."
            )
        with writing(self._engine) as connection:
            row = connection.execute(
                sa.select(table).where(table.c.turn_id == turn_id)
            ).one_or_none()
            if row is not None and (row.state == "answered" or row.expert == expert.user):
                return self._one(principal, row.id)
            if row is not None:
                forwarded_id = row.id
                moved = {"expert": expert.user, "asset_class": expert.asset_class}
                connection.execute(table.update().where(table.c.id == forwarded_id).values(**moved))
            else:
                self._check_room(connection, principal)
                forwarded_id = uuid.uuid4().hex
                connection.execute(
                    table.insert().values(
                        id=forwarded_id,
                        turn_id=turn_id,
                        conversation_id=turn.conversation_id,
                        owner=principal.user,
                        expert=expert.user,
                        asset_class=expert.asset_class,
                        asset=asset.tag if asset else None,
                        site=asset.site if asset else None,
                        question=turn.question,
                        answer=turn.answer.model_dump(mode="json"),
                        at=now(),
                        state="open",
                        reply="",
                    )
                )
            self._audit.append(connection, principal, "question forwarded", turn_id, to=expert.user)
        return self._one(principal, forwarded_id)

    def reply(self, principal: Principal, forwarded_id: str, text: str) -> Forwarded:
        """Answer a question that was forwarded to the principal; it is answered once.

        Raises:
            RecordNotFound: no such question was forwarded to the principal.
            ExpertRefused: the answer is empty or too long, or the question is answered.
        """
        principal.require("ask")
        said = _text(text)
        with writing(self._engine) as connection:
            row = self._row(connection, principal, forwarded_id)
            if row.expert != principal.user:
                raise _unknown(forwarded_id)
            if row.state == "answered":
                raise ExpertRefused("This question is answered. The asker can ask it again.")
            connection.execute(
                table.update()
                .where(table.c.id == forwarded_id)
                .values(state="answered", reply=said, replied_at=now())
            )
            self._audit.append(connection, principal, "expert replied", row.turn_id, to=row.owner)
        return self._one(principal, forwarded_id)

    def received(self, principal: Principal, most: int = 50) -> Sequence[Forwarded]:
        """Questions that were forwarded to the principal: the open ones first, the newest first."""
        mine = table.c.expert == principal.user
        order = (table.c.state != "open", table.c.at.desc(), table.c.id)
        return self._all(principal, mine, order, most)

    def sent(self, principal: Principal, most: int = 50) -> Sequence[Forwarded]:
        """Questions that the principal forwarded, the newest first."""
        mine = table.c.owner == principal.user
        return self._all(principal, mine, (table.c.at.desc(), table.c.id), most)

    def of_conversation(self, principal: Principal, conversation_id: str) -> Sequence[Forwarded]:
        """The forwarded questions of a conversation of the principal's own, the oldest first."""
        mine = (table.c.owner == principal.user) & (table.c.conversation_id == conversation_id)
        return self._all(principal, mine, (table.c.at, table.c.id), 50)

    def get(self, principal: Principal, forwarded_id: str) -> Forwarded:
        """One question that the principal forwarded or got.

        Raises:
            RecordNotFound: there is none such.
        """
        return self._one(principal, forwarded_id)

    def _one(self, principal: Principal, forwarded_id: str) -> Forwarded:
        with self._engine.connect() as connection:
            row = self._row(connection, principal, forwarded_id)
            return self._shown(principal, row, _names(connection, (row.owner, row.expert)))

    def _all(
        self,
        principal: Principal,
        condition: sa.ColumnElement[bool],
        order: Sequence[sa.ColumnElement[Any]],
        most: int,
    ) -> Sequence[Forwarded]:
        query = sa.select(table).where(condition).order_by(*order).limit(most)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
            names = _names(connection, {name for row in rows for name in (row.owner, row.expert)})
        return [
            self._shown(principal, row, names)
            for row in rows
            if row.owner == principal.user or principal.sees(row.site)
        ]

    def _row(self, connection: sa.Connection, principal: Principal, forwarded_id: str) -> sa.Row:  # type: ignore[type-arg]
        row = connection.execute(sa.select(table).where(table.c.id == forwarded_id)).one_or_none()
        if row is None or principal.user not in (row.owner, row.expert):
            raise _unknown(forwarded_id)
        if row.owner != principal.user and not principal.sees(row.site):
            raise _unknown(forwarded_id)
        return row

    def _shown(
        self,
        principal: Principal,
        row: sa.Row,  # type: ignore[type-arg]
        names: dict[str, str],
    ) -> Forwarded:
        found = self._sight.answer(principal, Answer.model_validate(row.answer))
        return Forwarded(
            forwarded_id=row.id,
            turn_id=row.turn_id,
            conversation_id=row.conversation_id,
            owner=row.owner,
            owner_shown=names.get(row.owner, row.owner),
            expert=row.expert,
            expert_shown=names.get(row.expert, row.expert),
            asset_class=row.asset_class,
            asset=row.asset,
            question=row.question,
            found=None if found.is_withheld else found,
            at=row.at,
            state=cast("State", row.state),  # only these are written
            reply=row.reply,
            replied_at=row.replied_at,
        )

    def _asset(self, principal: Principal, tag: str | None) -> Asset | None:
        if tag is None:
            return None
        try:
            return self._assets.get(principal, tag)
        except AssetUnknown:  # deleted since, or taken away
            return None

    def _check_room(self, connection: sa.Connection, principal: Principal) -> None:
        mine = (table.c.owner == principal.user) & (table.c.state == "open")
        count = connection.scalar(sa.select(sa.func.count()).select_from(table).where(mine)) or 0
        if count >= _MOST_OPEN:
            raise ExpertRefused(
                f"{count} questions of yours wait for an expert, the most that may. Wait for some "
                "to be answered."
            )


def _names(connection: sa.Connection, users: Sequence[str] | set[str]) -> dict[str, str]:
    """What screens call users."""
    query = sa.select(account.c.name, account.c.display_name).where(account.c.name.in_(users))
    return {row.name: row.display_name or row.name for row in connection.execute(query)}


def _text(text: str) -> str:
    """A reply as it is kept: without control characters and without what looks like a secret.

    Raises:
        ExpertRefused: it is empty or too long.
    """
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    said = remove_secrets("".join(kept).strip())
    if not said or len(said) > LONGEST_REPLY:
        raise ExpertRefused(f"Write an answer of 1 to {LONGEST_REPLY} characters.")
    return said


def _unknown(forwarded_id: str) -> RecordNotFound:
    return RecordNotFound(f"There is no forwarded question {forwarded_id[:40]!r}.")
