"""Experts, and the questions that are forwarded to them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import ConfigDict, Field

from assistant.experts.forwarding import LONGEST_REPLY
from ui.api.callers import Asker, Reader, Writer
from ui.api.problems import problems
from ui.api.texts import RecordId, Text, Word
from ui.expert_schemas import ExpertOut, ExpertsOut, ForwardedListOut, ForwardedOut
from ui.schemas import Schema

router = APIRouter(tags=["experts"])


class NewExpert(Schema):
    """Who is asked about which machines."""

    model_config = ConfigDict(extra="forbid")

    user: Word
    asset_class: Annotated[
        Text, Field(max_length=120, description="as in the register; empty for any machine")
    ] = ""
    site: Annotated[Text, Field(max_length=120)] | None = None


class Reply(Schema):
    """What an expert answers."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST_REPLY)]


@router.get("/experts", operation_id="listExperts", summary="Whom to ask about which machines")
def list_experts(caller: Reader) -> ExpertsOut:
    """The experts of the user's sites and of every site."""
    found = caller.services.experts.all(caller.principal)
    return ExpertsOut(items=tuple(ExpertOut.of(each) for each in found))


@router.post(
    "/experts",
    status_code=201,
    operation_id="setExpert",
    summary="Name an expert",
    responses=problems(409),
)
def set_expert(caller: Writer, new: Annotated[NewExpert, Body()]) -> ExpertOut:
    """In the place of the one of the same class and site. Who may plan names them."""
    experts, principal = caller.services.experts, caller.principal
    return ExpertOut.of(experts.set(principal, new.asset_class, new.user, new.site))


@router.delete(
    "/experts/{expert_id}",
    status_code=204,
    operation_id="removeExpert",
    summary="Take an expert away",
    responses=problems(404),
)
def remove_expert(caller: Writer, expert_id: RecordId) -> Response:
    """Questions that wait for them stay theirs."""
    caller.services.experts.remove(caller.principal, expert_id)
    return Response(status_code=204)


@router.post(
    "/turns/{turn_id}/forward",
    operation_id="forwardTurn",
    summary="Forward a question to the expert of its machine",
    responses=problems(404, 409),
)
def forward_turn(caller: Asker, turn_id: RecordId) -> ForwardedOut:
    """A question of the user's own; forwarded again, it is the same."""
    return ForwardedOut.of(caller.services.forwarding.forward(caller.principal, turn_id))


@router.get("/forwarded", operation_id="listForwarded", summary="Forwarded questions")
def list_forwarded(
    caller: Reader,
    box: Annotated[Literal["received", "sent"], Query(description="to you, or by you")] = (
        "received"
    ),
) -> ForwardedListOut:
    """Those that wait for the user's answer first, or those that the user forwarded."""
    forwarding = caller.services.forwarding
    found = (forwarding.received if box == "received" else forwarding.sent)(caller.principal)
    return ForwardedListOut(items=tuple(ForwardedOut.of(each) for each in found))


@router.get(
    "/forwarded/{forwarded_id}",
    operation_id="getForwarded",
    summary="A forwarded question",
    responses=problems(404),
)
def get_forwarded(caller: Reader, forwarded_id: RecordId) -> ForwardedOut:
    """One that the user forwarded or got."""
    return ForwardedOut.of(caller.services.forwarding.get(caller.principal, forwarded_id))


@router.post(
    "/forwarded/{forwarded_id}/reply",
    operation_id="replyForwarded",
    summary="Answer a forwarded question",
    responses=problems(404, 409),
)
def reply_forwarded(
    caller: Asker, forwarded_id: RecordId, reply: Annotated[Reply, Body()]
) -> ForwardedOut:
    """By the expert that it was forwarded to, once."""
    forwarding = caller.services.forwarding
    return ForwardedOut.of(forwarding.reply(caller.principal, forwarded_id, reply.text))
