"""The JSON that callers read: a field that comes, goes or changes its name shows here."""

from __future__ import annotations

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from assistant.messages import (
    Answer,
    AnswerEvent,
    Cause,
    CauseVerified,
    Citation,
    Timings,
    TurnFailed,
)
from assistant.work_orders import WorkOrder

ANSWER = {
    "": "asset causes citations code_cards code_status degraded_reason disagreements expert "
    "first_check gaps is_degraded is_lockout_missing is_withheld knowledge_sequence language "
    "left_out message message_sources missing model nearest next_check notice parts procedure "
    "prompt_sha256 question quotes removed repairs reported safety searched_as "
    "searched_documents sent service_checks similar_tickets status steps timings",
    "Citation": "boxes chunk_id content_hash document document_number groups kind locator marker "
    "page quote revision revision_id section site",
    "Cause": "key marker note remedy speaks_against speaks_for state symptom symptom_key text",
    "CodeCard": "causes code component device is_exact kind marker meaning remedies",
    "Ground": "key marker origin text words",
    "Nearest": "kind marker text",
    "NextCheck": "cause key kind marker text why",
    "Disagreement": "sides subject",
    "DisagreementSide": "date marker quote source ticket_id value",
    "PageBox": "bottom left page right top",
    "PartNeeded": "marker name part_no",
    "Quote": "cells header marker section text",
    "Removed": "reason text",
    "SafetyNotice": "language marker signal text translation",
    "Sent": "host passages withheld withheld_from",
    "ServiceCheck": "causes safety section sentences",
    "SimilarTicket": "asset cause downtime_min groups parts reported_at resolution site ticket_id "
    "title uid",
    "Step": "marker number text",
    "Timings": "evidence_s first_item_s total_s",
    "WhomToAsk": "asset_class name user",
    "CauseGroup": "cause fixes is_rest newest parts tally wordings",
    "Fix": "done is_rest listed parts tally wordings",
    "PartUsed": "part_no quantity tickets",
    "PastTicket": "asset reported_on ticket_id title uid",
    "Reach": "groups site",
    "Repairs": "as_of basis codes duplicates excluded failure_modes is_withheld least_alone "
    "least_nearness no_failures reaches scopes window_days",
    "Scope": "groups name place tally",
    "Tally": "came_back downtime_known downtime_median_min downtime_p90_min judged still_open "
    "tickets too_young unjudged",
}
WORK_ORDER = {
    "": "alarm_codes asset citations created_at description format is_withheld "
    "knowledge_sequence materials model number priority reporter safety state steps "
    "suspected_causes symptom title turn_id uid version",
    "Citation": ANSWER["Citation"],
    "Material": "description part_no quantity",
    "PageBox": ANSWER["PageBox"],
    "SafetyNotice": ANSWER["SafetyNotice"],
    "WorkStep": "marker number text",
}


@pytest.mark.parametrize(("model", "shape"), [(Answer, ANSWER), (WorkOrder, WORK_ORDER)])
def test_the_fields_in_json_are_those_that_callers_know(
    model: type[Answer] | type[WorkOrder], shape: dict[str, str]
) -> None:
    schema = model.model_json_schema()
    parts = {"": schema, **schema["$defs"]}
    assert {name: " ".join(sorted(part["properties"])) for name, part in parts.items()} == shape


def answer() -> Answer:
    return Answer(
        question="E-217",
        status="grounded",
        code_status="known",
        asset=None,
        message="",
        is_degraded=False,
        timings=Timings(evidence_s=0, total_s=0),
    )


def test_a_status_is_one_of_those_that_callers_know() -> None:
    properties = Answer.model_json_schema()["properties"]
    assert properties["status"]["enum"] == [
        "grounded",
        "partial",
        "needs_clarification",
        "unsupported",
        "refused",
        "record",
    ]
    assert properties["code_status"]["enum"] == ["none", "known", "unknown", "ambiguous"]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (TurnFailed(message="x"), "failed"),
        (CauseVerified(cause=Cause(text="x", remedy="", symptom="", marker=1)), "cause"),
    ],
)
def test_an_event_is_told_by_its_kind(event: AnswerEvent, kind: str) -> None:
    data = event.model_dump_json()
    assert json.loads(data)["kind"] == kind
    adapter: TypeAdapter[AnswerEvent] = TypeAdapter(AnswerEvent)
    assert adapter.validate_json(data) == event


def test_a_field_of_a_newer_version_is_not_dropped_in_silence() -> None:
    with pytest.raises(ValidationError, match="mood"):
        Answer.model_validate({**answer().model_dump(), "mood": "good"})


def test_a_citation_that_was_stored_without_the_hash_of_its_file_still_loads() -> None:
    stored = {"marker": 1, "chunk_id": 2, "revision_id": 3, "document": "Press"}
    stored |= {"document_number": "N", "kind": "manual", "revision": "C", "page": 7}
    stored |= {"locator": "p. 7", "section": "", "quote": "Clean it."}
    assert Citation.model_validate(stored).content_hash == ""


def test_an_answer_that_was_stored_without_past_repairs_still_loads() -> None:
    stored = answer().model_dump()
    del stored["repairs"]
    assert Answer.model_validate(stored).repairs is None


def test_an_answer_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        answer().status = "refused"  # type: ignore[misc]
