"""Draft work orders: an answer becomes a draft that a person edits and exports."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
from pydantic import Field, ValidationError, field_validator

from assistant import record_tables as tables
from assistant.audit import AuditLog
from assistant.errors import InvalidWorkOrder, RecordNotFound
from assistant.messages import Answer, Cause, Citation, Message, SafetyNotice
from assistant.records import Turn
from assistant.visible_turns import Sight, Sources
from index.access import LOCAL, Principal
from index.assets import AssetRegister
from index.catalog import Catalog
from index.database import now, writing
from index.visibility import check_change

TITLE_LENGTH = 100
_FORMAT = 1
_WITHHELD = (
    "This work order cites documents or is about a machine that you may not see. Ask your planner."
)
_FIRST_CHECK = "Check first (the model's suggestion): "


class WorkStep(Message):
    """A step; ``marker`` is the citation that it is copied from, None if a person wrote it."""

    number: int
    text: str = Field(min_length=1)
    marker: int | None = None


class Material(Message):
    """A spare part."""

    part_no: str = Field(min_length=1)
    description: str = ""
    quantity: float = Field(default=1.0, gt=0, allow_inf_nan=False)


class WorkOrder(Message):
    """A work order as it is edited and exported. Only drafts exist until approvals do."""

    format: int = _FORMAT
    uid: str
    number: str
    version: int = 1
    state: Literal["draft"] = "draft"
    title: str = Field(min_length=1, max_length=TITLE_LENGTH)
    description: str = ""
    symptom: str = Field(description="what was reported, verbatim")
    priority: int = Field(default=3, ge=1, le=5, description="1 is the most urgent")
    asset: str | None = None
    reporter: str
    created_at: str
    alarm_codes: tuple[str, ...] = ()
    suspected_causes: tuple[str, ...] = ()
    safety: tuple[SafetyNotice, ...] = ()
    steps: tuple[WorkStep, ...] = ()
    materials: tuple[Material, ...] = ()
    citations: tuple[Citation, ...] = ()
    turn_id: str | None = None
    model: str | None = None
    knowledge_sequence: int = 0
    is_withheld: bool = Field(
        default=False, description="whether it cites what the reader may not see"
    )

    @field_validator("title", "description", "symptom", mode="before")
    @classmethod
    def _strip(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value


class WorkOrderEdit(Message):
    """What a person may change in a draft; safety messages and citations are not among it."""

    title: str
    description: str
    priority: int
    steps: tuple[str, ...]
    materials: tuple[Material, ...]
    version: int = Field(description="the version that was opened for the edit")


class WorkOrders:
    """The work orders in SQL.

    Who made one sees and changes it; so does who may plan, for those of their sites. One that cites
    what its reader does not see is shown without all that may come from there.
    """

    def __init__(
        self, engine: sa.Engine, audit: AuditLog | None = None, catalog: Catalog | None = None
    ) -> None:
        """Use the records; with an audit log every draft and every change is logged with it.

        Without a knowledge only who sees everything sees orders that cite something.
        """
        self._engine = engine
        self._audit = audit
        self._catalog = catalog
        self._sight = Sight(catalog)

    def draft(self, principal: Principal, turn: Turn) -> WorkOrder:
        """Return the draft of a turn, made on first call: the same answer never makes two.

        Raises:
            RecordNotFound: the principal has no such turn.
            InvalidWorkOrder: the turn has no answer, or none that the documents support.
        """
        if turn.answer is None:
            raise InvalidWorkOrder("This question has no answer yet. Wait for it, or ask again.")
        if not turn.answer.is_supported:
            raise InvalidWorkOrder(
                turn.answer.message
                or "The documents do not answer this: there is nothing to order."
            )
        site = self._site(principal, turn.answer.asset)
        table = tables.work_order
        asked = sa.select(tables.conversation.c.owner).join(tables.turn)
        with writing(self._engine) as connection:
            owner = connection.scalar(asked.where(tables.turn.c.id == turn.turn_id))
            if owner != principal.user:
                raise RecordNotFound(f"There is no answer {turn.turn_id!r}.")
            row = connection.execute(
                sa.select(table.c.content).where(table.c.turn_id == turn.turn_id)
            ).first()
            if row is not None:
                return self._shown(principal, [WorkOrder.model_validate(row.content)])[0]
            count: int = connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            number = f"FB-{datetime.now(UTC):%Y}-{count + 1:06d}"
            order = _from_answer(turn, turn.answer, principal, number)
            connection.execute(
                table.insert().values(
                    id=order.uid,
                    number=number,
                    owner=principal.user,
                    turn_id=turn.turn_id,
                    version=order.version,
                    content=order.model_dump(mode="json"),
                    created_at=order.created_at,
                    updated_at=order.created_at,
                    site=site,
                )
            )
            if self._audit is not None:
                self._audit.append(
                    connection, principal, "draft", number, turn=turn.turn_id, asset=order.asset
                )
        return order

    def list(self, principal: Principal) -> Sequence[WorkOrder]:
        """The work orders that the principal sees, newest first."""
        table = tables.work_order
        query = sa.select(table.c.content).where(_seen(principal)).order_by(table.c.number.desc())
        with self._engine.connect() as connection:
            orders = [WorkOrder.model_validate(c) for c in connection.scalars(query)]
        return self._shown(principal, orders)

    def get(self, principal: Principal, key: str) -> WorkOrder:
        """The work order with this number or id.

        Raises:
            RecordNotFound: the principal sees none such.
        """
        table = tables.work_order
        query = sa.select(table.c.content).where(
            (table.c.number == key) | (table.c.id == key), _seen(principal)
        )
        with self._engine.connect() as connection:
            content = connection.scalar(query)
        if content is None:
            raise RecordNotFound(
                f"There is no work order {key!r}. 'faultbook work-order list' shows them."
            )
        return self._shown(principal, [WorkOrder.model_validate(content)])[0]

    def _shown(self, principal: Principal, orders: Sequence[WorkOrder]) -> Sequence[WorkOrder]:
        sources = [Sources.of_citations(order.citations, order.asset) for order in orders]
        seen = self._sight.sees(principal, sources)
        return [
            order if is_seen else _withheld(order, principal)
            for order, is_seen in zip(orders, seen, strict=True)
        ]

    def _site(self, principal: Principal, tag: str | None) -> str | None:
        """The site of an order: its asset's, else the only one of its owner."""
        if tag is not None and self._catalog is not None:
            assets = {asset.tag: asset for asset in AssetRegister(self._catalog.engine).list(LOCAL)}
            if tag in assets and assets[tag].site:
                return assets[tag].site
        sites = principal.sites
        return next(iter(sites)) if sites is not None and len(sites) == 1 else None

    def _check_change(self, principal: Principal, order: WorkOrder) -> None:
        table = tables.work_order.c
        query = sa.select(table.owner, table.site).where(table.id == order.uid)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is not None and row.owner != principal.user:
            check_change(principal, order.number, row.site, ())

    def edit(self, principal: Principal, key: str, edit: WorkOrderEdit) -> WorkOrder:
        """Change a draft and return it. A step that a person changed loses its citation.

        Raises:
            RecordNotFound: the principal sees none such.
            NotAllowed: it belongs to every site, and the principal neither made it nor sees every
                site.
            InvalidWorkOrder: the result would not be valid, or the opened version is not the
                current one; the message says what is wrong.
        """
        order = self.get(principal, key)
        if order.is_withheld:
            raise InvalidWorkOrder(
                f"Work order {order.number} cites what you may not see, so you cannot change it. "
                "Ask whoever sees its documents."
            )
        self._check_change(principal, order)
        if edit.version != order.version:
            raise _outdated(order, edit)
        cited = {step.text: step.marker for step in order.steps}
        try:
            changed = WorkOrder.model_validate(
                order.model_dump()
                | {
                    "version": order.version + 1,
                    "title": edit.title,
                    "description": edit.description,
                    "priority": edit.priority,
                    "materials": [material.model_dump() for material in edit.materials],
                    "steps": [
                        {"number": number, "text": text.strip(), "marker": cited.get(text.strip())}
                        for number, text in enumerate(
                            (text for text in edit.steps if text.strip()), start=1
                        )
                    ],
                }
            )
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise InvalidWorkOrder(
                f"Work order {order.number}: {place}: {first['msg']}."
            ) from error
        table = tables.work_order
        with writing(self._engine) as connection:
            done = connection.execute(
                table.update()
                .where(table.c.id == order.uid, table.c.version == order.version)
                .values(
                    version=changed.version,
                    content=changed.model_dump(mode="json"),
                    updated_at=now(),
                )
            )
            if self._audit is not None and done.rowcount:
                before = order.model_dump(exclude={"version"})
                after = changed.model_dump(exclude={"version"})
                self._audit.append(
                    connection,
                    principal,
                    "order changed",
                    order.number,
                    version=changed.version,
                    fields=sorted(name for name in after if after[name] != before[name]),
                )
        if not done.rowcount:
            raise _outdated(self.get(principal, key), edit)
        return changed


def _seen(principal: Principal) -> sa.ColumnElement[bool]:
    """The orders that a principal sees: their own, and who may plan those of their sites."""
    table = tables.work_order.c
    own = table.owner == principal.user
    if not principal.may("plan"):
        return own
    if principal.sites is None:
        return sa.true()
    return own | table.site.is_(None) | table.site.in_(sorted(principal.sites))


def _withheld(order: WorkOrder, principal: Principal) -> WorkOrder:
    """What is shown of an order that was made of what its reader does not see."""
    return WorkOrder(
        uid=order.uid,
        number=order.number,
        version=order.version,
        title=f"{order.number} is withheld"[:TITLE_LENGTH],
        description=_WITHHELD,
        symptom=order.symptom if order.reporter == principal.user else "",
        priority=order.priority,
        reporter=order.reporter,
        created_at=order.created_at,
        is_withheld=True,
    )


def _outdated(order: WorkOrder, edit: WorkOrderEdit) -> InvalidWorkOrder:
    return InvalidWorkOrder(
        f"Work order {order.number} is at version {order.version} by now, and version "
        f"{edit.version} was open here. Nothing is saved: copy what you typed and open it again."
    )


def _from_answer(turn: Turn, answer: Answer, principal: Principal, number: str) -> WorkOrder:
    card = answer.code_cards[0] if len(answer.code_cards) == 1 else None
    about = f"{card.code} {card.meaning}" if card else answer.question.splitlines()[-1]
    title = f"{answer.asset}: {about}" if answer.asset else about
    steps = [(step.text, step.marker) for step in answer.steps] or _remedies(answer.causes)
    parts = {part.part_no: part.name for part in answer.parts}
    parts |= {card.code: card.meaning for card in answer.code_cards if card.kind == "part"}
    return WorkOrder(
        uid=uuid.uuid4().hex,
        number=number,
        title=title[:TITLE_LENGTH],
        description=_FIRST_CHECK + answer.first_check if answer.first_check else "",
        symptom=turn.question,
        asset=answer.asset,
        reporter=principal.user,
        created_at=now(),
        alarm_codes=tuple(
            dict.fromkeys(card.code for card in answer.code_cards if card.kind == "alarm")
        ),
        suspected_causes=tuple(cause.text for cause in answer.causes),
        safety=answer.safety,
        steps=tuple(
            WorkStep(number=position, text=text, marker=marker)
            for position, (text, marker) in enumerate(steps, start=1)
        ),
        materials=tuple(
            Material(part_no=number, description=name) for number, name in parts.items()
        ),
        citations=answer.citations,
        turn_id=turn.turn_id,
        model=answer.model,
        knowledge_sequence=answer.knowledge_sequence,
    )


def _remedies(causes: Sequence[Cause]) -> list[tuple[str, int]]:
    """One step a remedy, under the causes that it is for: they are alternatives, no sequence."""
    grouped: dict[str, list[Cause]] = {}
    for cause in causes:
        if cause.remedy:
            grouped.setdefault(cause.remedy, []).append(cause)
    steps: list[tuple[str, int]] = []
    for remedy, group in grouped.items():
        named = " or if ".join(dict.fromkeys(cause.text for cause in group if cause.text))
        steps.append((f"If {named}: {remedy}" if named else remedy, group[0].marker))
    return steps
