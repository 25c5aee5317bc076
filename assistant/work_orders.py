"""Draft work orders: an answer becomes a draft that a person edits and exports."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
from pydantic import Field, ValidationError, field_validator

from assistant import record_tables as tables
from assistant.errors import InvalidWorkOrder, RecordNotFound
from assistant.messages import Answer, Cause, Citation, Message, SafetyNotice
from assistant.records import Turn
from index.access import Principal
from index.database import now, writing

TITLE_LENGTH = 100
_FORMAT = 1
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
    """The work orders in SQL; every call sees only the principal's own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

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
                return WorkOrder.model_validate(row.content)
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
                )
            )
        return order

    def list(self, principal: Principal) -> Sequence[WorkOrder]:
        """The principal's work orders, newest first."""
        table = tables.work_order
        query = (
            sa.select(table.c.content)
            .where(table.c.owner == principal.user)
            .order_by(table.c.number.desc())
        )
        with self._engine.connect() as connection:
            return [WorkOrder.model_validate(c) for c in connection.scalars(query)]

    def get(self, principal: Principal, key: str) -> WorkOrder:
        """The work order with this number or id.

        Raises:
            RecordNotFound: the principal has none such.
        """
        table = tables.work_order
        query = sa.select(table.c.content).where(
            (table.c.number == key) | (table.c.id == key), table.c.owner == principal.user
        )
        with self._engine.connect() as connection:
            content = connection.scalar(query)
        if content is None:
            raise RecordNotFound(
                f"There is no work order {key!r}. 'faultbook work-order list' shows them."
            )
        return WorkOrder.model_validate(content)

    def edit(self, principal: Principal, key: str, edit: WorkOrderEdit) -> WorkOrder:
        """Change a draft and return it. A step that a person changed loses its citation.

        Raises:
            RecordNotFound: the principal has none such.
            InvalidWorkOrder: the result would not be valid, or the opened version is not the
                current one; the message says what is wrong.
        """
        order = self.get(principal, key)
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
        if not done.rowcount:
            raise _outdated(self.get(principal, key), edit)
        return changed


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
