"""Hand a fault session to the next shift: a page that stays as it was handed over.

A session is handed to a user or to a whole site. The page is seen by who handed it over, by whom it
was handed to, and by the supervisors of its site; what it cites is shown to those only who see the
documents. Whoever sees it can go on in a session of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from assistant import record_tables as tables
from assistant.audit import AuditLog
from assistant.causes.settling import settled
from assistant.conversations import record_id
from assistant.errors import RecordNotFound, SessionRefused
from assistant.fault_sessions.checks import Check, copy_checks, findings, read_checks
from assistant.fault_sessions.colleagues import Colleague, colleagues
from assistant.fault_sessions.handed import Asked, Content, check_of, content_of, found_of
from assistant.fault_sessions.history import visible_checks
from assistant.messages import Answer, AnswerReady
from assistant.records import Turn
from assistant.visible_turns import Sight
from index.access import LOCAL, Principal
from index.assets import AssetRegister
from index.catalog import Catalog
from index.database import now, writing

_MOST = 50  # handovers of one session
_SUPERVISES = ("supervisor", "administrator")


@dataclass(frozen=True, slots=True)
class Handover:
    """A session as it was handed over, as its reader may see it.

    ``to_user`` is empty where the whole ``site`` got it. ``answer`` holds what the checks found; it
    is None where there is none, and a withheld one where the reader may not see what it cites;
    ``checks`` are then left out.
    """

    handover_id: str
    by: str
    to_user: str
    site: str | None
    at: str
    note: str
    asked: tuple[Asked, ...]
    answer: Answer | None
    answered_at: str
    checks: tuple[Check, ...]

    @property
    def receiver(self) -> str:
        """Who got it, in words."""
        if self.to_user:
            return self.to_user
        return f"site {self.site}" if self.site else "every site"


class Handovers:
    """The handovers of one home."""

    def __init__(
        self, engine: sa.Engine, catalog: Catalog | None = None, audit: AuditLog | None = None
    ) -> None:
        """Use the records; without a knowledge only who sees everything sees what is cited."""
        self._engine = engine
        self._catalog = catalog
        self._audit = audit
        self._sight = Sight(catalog)

    def colleagues(self, principal: Principal) -> Sequence[Colleague]:
        """To whom a user can hand over: accounts that share a site with them, by name."""
        with self._engine.connect() as connection:
            return colleagues(connection, principal)

    def hand_over(
        self,
        principal: Principal,
        conversation_id: str,
        turns: Sequence[Turn],
        *,
        to_user: str = "",
        site: str | None = None,
        note: str = "",
    ) -> Handover:
        """Hand a session over as it is now, to a user or, without one, to a whole site.

        Args:
            principal: who hands over; the conversation is theirs.
            conversation_id: of the session.
            turns: of the conversation, as the records gave them to the principal.
            to_user: the name of a colleague; empty for the site.
            site: to which it goes; None for every site, which only who sees every site may name.
            note: a few words to whoever gets it.

        Raises:
            RecordNotFound: the principal has no such conversation.
            SessionRefused: nothing was asked, the receiver is none, or there are too many.
        """
        content = content_of(turns, note)
        if not content.asked:
            raise SessionRefused(
                "Nothing was asked in this session: there is nothing to hand over."
            )
        where = self._site(principal, content.answer.asset if content.answer else None)
        if not to_user:
            if not principal.may_change(site):
                raise SessionRefused("Choose one of your own sites, or a colleague.")
            where = site
        table = tables.handover
        with writing(self._engine) as connection:
            self._check_owner(connection, principal, conversation_id)
            if to_user and to_user not in {c.name for c in colleagues(connection, principal)}:
                raise SessionRefused(f"{to_user!r} is no colleague of yours. Choose another name.")
            of_talk = table.c.conversation_id == conversation_id
            if (connection.scalar(sa.select(sa.func.count()).where(of_talk)) or 0) >= _MOST:
                raise SessionRefused(
                    f"This session was handed over {_MOST} times. Start a new one."
                )
            checks = visible_checks(turns, read_checks(connection, conversation_id))
            content = content.model_copy(update={"checks": tuple(map(found_of, checks))})
            handover_id = uuid.uuid4().hex
            connection.execute(
                table.insert().values(
                    id=handover_id,
                    owner=principal.user,
                    conversation_id=conversation_id,
                    to_user=to_user,
                    site=where,
                    at=now(),
                    content=content.model_dump(mode="json"),
                )
            )
            if self._audit is not None:
                self._audit.append(
                    connection,
                    principal,
                    "handed over",
                    handover_id,
                    conversation=conversation_id,
                    to=to_user,
                    site=where,
                )
        return self.get(principal, handover_id)

    def get(self, principal: Principal, handover_id: str) -> Handover:
        """A session that was handed over.

        Raises:
            RecordNotFound: there is none such, or the principal may not see it.
        """
        return self._shown(principal, self._row(principal, handover_id))

    def received(self, principal: Principal, most: int = 50) -> list[Handover]:
        """What was handed to a user or to their sites by others, the newest first."""
        table = tables.handover.c
        query = sa.select(tables.handover).where(table.owner != principal.user)
        query = query.where((table.to_user == principal.user) | _to_sites(principal))
        query = query.order_by(table.at.desc(), table.id).limit(most)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [self._shown(principal, row) for row in rows]

    def of(self, principal: Principal, conversation_id: str) -> list[Handover]:
        """The handovers of a conversation of one's own, the newest first."""
        table = tables.handover.c
        query = sa.select(tables.handover).where(
            table.conversation_id == conversation_id, table.owner == principal.user
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(table.at.desc(), table.id)).all()
        return [self._shown(principal, row) for row in rows]

    def go_on(self, principal: Principal, handover_id: str) -> str:
        """Return the principal's own session that goes on from a handover, made on first call.

        It keeps machine, code and ticks; each tick keeps who found it and when.

        Raises:
            RecordNotFound: there is none such, or the principal may not see it.
            SessionRefused: there is no answer to go on from, or none that the principal may see.
        """
        row = self._row(principal, handover_id)
        content = Content.model_validate(row.content)
        answer = content.answer
        if answer is None:
            raise SessionRefused("This session has no answer to go on from. Ask its question.")
        if self._sight.answer(principal, answer).is_withheld:
            raise SessionRefused(
                "This session cites documents that you may not see. Ask its question yourself."
            )
        conversation_id = record_id(principal, "handover", handover_id)
        talk, turn = tables.conversation, tables.turn
        with writing(self._engine) as connection:
            if connection.scalar(sa.select(talk.c.id).where(talk.c.id == conversation_id)):
                return conversation_id
            connection.execute(
                talk.insert().values(
                    id=conversation_id, owner=principal.user, asset=answer.asset, created_at=now()
                )
            )
            turn_id = uuid.uuid4().hex
            stored = answer.model_dump(mode="json")
            connection.execute(
                turn.insert().values(
                    id=turn_id,
                    conversation_id=conversation_id,
                    ordinal=1,
                    question=content.answered_to,
                    asset=answer.asset,
                    status="done",
                    started_at=content.answered_at,  # recalls count from when it was answered
                    finished_at=now(),
                    answer=stored,
                )
            )
            connection.execute(
                tables.turn_event.insert().values(
                    turn_id=turn_id,
                    sequence=1,
                    kind="answer",
                    event=AnswerReady(answer=answer).model_dump(mode="json"),
                )
            )
            copy_checks(connection, [check_of(found) for found in content.checks], conversation_id)
            if self._audit is not None:
                self._audit.append(
                    connection, principal, "taken over", handover_id, conversation=conversation_id
                )
        return conversation_id

    def _row(self, principal: Principal, handover_id: str) -> sa.Row:  # type: ignore[type-arg]
        table = tables.handover
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(table).where(table.c.id == handover_id)).first()
        if row is None or not _may_see(principal, row):
            raise RecordNotFound(f"There is no handover {handover_id!r}.")
        return row

    def _shown(self, principal: Principal, row: sa.Row) -> Handover:  # type: ignore[type-arg]
        content = Content.model_validate(row.content)
        checks = tuple(check_of(found) for found in content.checks)
        answer = content.answer
        if answer is not None:
            answer = self._sight.answer(principal, answer)
            if answer.is_withheld:
                checks = ()
            else:
                answer = settled(answer, findings(checks))
        return Handover(
            handover_id=row.id,
            by=row.owner,
            to_user=row.to_user,
            site=row.site,
            at=row.at,
            note=content.note,
            asked=content.asked,
            answer=answer,
            answered_at=content.answered_at,
            checks=checks,
        )

    def _site(self, principal: Principal, tag: str | None) -> str | None:
        """The site of a session: its machine's, else the only one of its owner."""
        if tag is not None and self._catalog is not None:
            for asset in AssetRegister(self._catalog.engine).list(LOCAL):
                if asset.tag == tag and asset.site:
                    return asset.site
        sites = principal.sites
        return next(iter(sites)) if sites is not None and len(sites) == 1 else None

    def _check_owner(
        self, connection: sa.Connection, principal: Principal, conversation_id: str
    ) -> None:
        table = tables.conversation.c
        owner = connection.scalar(sa.select(table.owner).where(table.id == conversation_id))
        if owner != principal.user:
            raise RecordNotFound(f"There is no conversation {conversation_id!r}.")


def _to_sites(principal: Principal) -> sa.ColumnElement[bool]:
    """The handovers to a whole site that a principal belongs to; to no site is to every one."""
    table = tables.handover.c
    to_site = table.to_user == ""
    if principal.sites is None:
        return to_site
    return to_site & (table.site.is_(None) | table.site.in_(sorted(principal.sites)))


def _may_see(principal: Principal, row: sa.Row) -> bool:  # type: ignore[type-arg]
    if principal.user in (row.owner, row.to_user):
        return True
    if not row.to_user:
        return principal.sees(row.site)
    # A session of no site is supervised by who sees every site only.
    return principal.role in _SUPERVISES and principal.may_change(row.site)
