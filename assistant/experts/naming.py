"""Experts: who is asked about the machines of a class, for a site or for every site.

Who may plan names them, for their own sites only; who sees every site names those of every site.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from assistant.account import key_of
from assistant.account_tables import account
from assistant.audit import AuditLog
from assistant.errors import ExpertRefused, RecordNotFound
from assistant.experts.tables import expert as table
from assistant.messages import WhomToAsk
from index.access import Principal
from index.assets import Asset
from index.database import now, writing
from index.errors import NotAllowed

_LONGEST = 120  # characters of a class or a site


@dataclass(frozen=True, slots=True)
class Expert:
    """A person with what they are asked about; an empty class is any machine.

    ``site`` is None for every site; ``shown`` is the name that screens show.
    """

    expert_id: str
    asset_class: str
    site: str | None
    user: str
    shown: str
    set_by: str
    set_at: str


class Experts:
    """The experts of one home."""

    def __init__(self, engine: sa.Engine, audit: AuditLog) -> None:
        """Use the records; every change is logged in its own transaction."""
        self._engine = engine
        self._audit = audit

    def set(
        self, principal: Principal, asset_class: str, user: str, site: str | None = None
    ) -> Expert:
        """Name the expert of a class of machines, in the place of the one before.

        Args:
            principal: who names them.
            asset_class: as in the asset register; empty for any machine that has no expert.
            user: an account that is not disabled and that sees the site.
            site: None for every site.

        Raises:
            NotAllowed: the role may not, or the site is not one of the principal's.
            ExpertRefused: there is no such account, or it does not see the site.
        """
        principal.require("plan")
        asset_class, site = _label(asset_class), _label(site or "") or None
        if not principal.may_change(site):
            raise NotAllowed(
                "Experts of every site, and of other sites than yours, are named by who sees them. "
                "Name one for a site of yours, or ask an administrator."
            )
        values = {"asset_class": asset_class, "site": site}
        keys = {"class_key": _fold(asset_class), "site_key": _fold(site or "")}
        with writing(self._engine) as connection:
            found = connection.execute(
                sa.select(account).where(account.c.key == key_of(user))
            ).one_or_none()
            _check(found, user, site)
            assert found is not None  # else it was refused
            same = sa.and_(*(table.c[name] == value for name, value in keys.items()))
            connection.execute(table.delete().where(same))
            expert_id = uuid.uuid4().hex
            set_at = now()
            connection.execute(
                table.insert().values(
                    id=expert_id,
                    user=found.name,
                    set_by=principal.user,
                    set_at=set_at,
                    **values,
                    **keys,
                )
            )
            self._audit.append(
                connection,
                principal,
                "expert named",
                found.name,
                asset_class=asset_class,
                site=site or "",
            )
        return Expert(
            expert_id, asset_class, site, found.name, found.display_name or found.name,
            principal.user, set_at,
        )  # fmt: skip

    def remove(self, principal: Principal, expert_id: str) -> None:
        """Take an expert away; questions that wait for them stay theirs.

        Raises:
            NotAllowed: the role may not, or the expert is one of every site.
            RecordNotFound: there is none of this id that the principal sees.
        """
        principal.require("plan")
        with writing(self._engine) as connection:
            row = connection.execute(sa.select(table).where(table.c.id == expert_id)).one_or_none()
            if row is None or not principal.sees(row.site):
                raise RecordNotFound(f"There is no expert {expert_id[:40]!r}.")
            if not principal.may_change(row.site):
                raise NotAllowed(
                    "An expert of every site is changed by who sees every site. Ask an "
                    "administrator."
                )
            connection.execute(table.delete().where(table.c.id == expert_id))
            self._audit.append(
                connection,
                principal,
                "expert removed",
                row.user,
                asset_class=row.asset_class,
                site=row.site or "",
            )

    def all(self, principal: Principal) -> list[Expert]:
        """The experts of the principal's sites and of every site, by class."""
        return [each for each in self._read(sa.true()) if principal.sees(each.site)]

    def find(self, principal: Principal, asset: Asset | None) -> Expert | None:
        """Whom to ask about a machine, or about none: of its class and site first.

        Somebody whose account is disabled, or who does not see the site any more, is nobody.
        """
        wanted = _fold(asset.asset_class) if asset is not None else ""
        site = asset.site if asset is not None else None
        known = self._read(table.c.class_key.in_({wanted, ""}))
        near = [
            each
            for each in known
            if each.site is None
            or (_fold(each.site) == _fold(site) if site else principal.sees(each.site))
        ]
        near.sort(key=lambda each: (not each.asset_class, each.site is None))
        return next((each for each in near if self._is_there(each, site)), None)

    def whom(self, principal: Principal, asset: Asset | None) -> WhomToAsk | None:
        """Whom an answer names, where the documents do not answer."""
        expert = self.find(principal, asset)
        if expert is None:
            return None
        return WhomToAsk(user=expert.user, name=expert.shown, asset_class=expert.asset_class)

    def _is_there(self, expert: Expert, site: str | None) -> bool:
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(account).where(account.c.key == key_of(expert.user))
            ).one_or_none()
        return row is not None and not row.is_disabled and _sees(row, site)

    def _read(self, condition: sa.ColumnElement[bool]) -> list[Expert]:
        query = (
            sa.select(table, account.c.display_name)
            .join(account, account.c.name == table.c.user, isouter=True)
            .where(condition)
            .order_by(table.c.class_key, table.c.site_key)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Expert(
                row.id,
                row.asset_class,
                row.site,
                row.user,
                row.display_name or row.user,
                row.set_by,
                row.set_at,
            )
            for row in rows
        ]


def _check(found: sa.Row | None, user: str, site: str | None) -> None:  # type: ignore[type-arg]
    if found is None or found.is_disabled:
        raise ExpertRefused(
            f"There is no account {user[:80]!r} that can sign in. 'faultbook user list' shows "
            "who can."
        )
    if not _sees(found, site):
        raise ExpertRefused(
            f"{found.name!r} does not see the site {site!r}, so no question from there could be "
            "shown to them. Give them the site, or name somebody else."
        )


def _sees(row: sa.Row, site: str | None) -> bool:  # type: ignore[type-arg]
    return row.role == "administrator" or row.sites is None or site is None or site in row.sites


def _label(text: str) -> str:
    """One line without what cannot be seen.

    Raises:
        ExpertRefused: it is too long, or holds control characters.
    """
    label = " ".join(text.split())
    if len(label) > _LONGEST or not label.isprintable():
        raise ExpertRefused(
            f"A class or site has at most {_LONGEST} letters, without control characters. "
            f"Shorten {label[:40]!r}."
        )
    return label


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
