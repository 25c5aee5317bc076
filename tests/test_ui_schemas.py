"""The shapes of ``--json`` are stable: a field may be added here, never renamed or removed."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from assistant.evaluation import QuestionScore
from assistant.evaluation_sums import Scores
from assistant.messages import Answer, Citation
from assistant.work_orders import WorkOrder
from ui import document_schemas, schemas, ticket_schemas

_FIELDS: dict[type[BaseModel], str] = {
    schemas.BoxOut: "page left bottom right top",
    schemas.PassageOut: (
        "rank paths document document_number revision kind page locator section boxes text"
    ),
    schemas.SearchOut: (
        "query asset code_status unknown_codes searched_documents seconds passages"
    ),
    document_schemas.FileOut: (
        "path outcome reason title document_number revision status chunks codes safety_messages "
        "report seconds"
    ),
    document_schemas.IngestOut: "added unchanged failed files",
    document_schemas.IntakeOut: (
        "id kind name state stage done total reason taken_at started_at finished_at"
    ),
    document_schemas.CitingOut: "kind id number owner at title",
    document_schemas.StatusOut: "changes citing",
    document_schemas.DeletionOut: "id title revisions traces citing",
    ticket_schemas.FlaggedOut: "row ticket_id reasons",
    ticket_schemas.ImportOut: (
        "path encoding delimiter columns read imported updated unchanged unresolved_assets flagged"
    ),
    document_schemas.DocumentOut: (
        "id title document_number revision kind pages chunks models assets ingested_at"
    ),
    schemas.KindOut: (
        "kind queries ndcg_at_10 recall_at_10 mrr hit_at_1 latency_p50_ms latency_p95_ms"
    ),
    schemas.MissOut: "query_id kind text found wanted",
    schemas.RetrievalOut: "folder documents kinds negatives negatives_passed misses",
    schemas.ModelOut: "name use licence is_fetched problem folder",
    schemas.PromptOut: "name version sha256 use file reason",
    schemas.CheckOut: "name is_ok detail",
    schemas.DoctorOut: "checks",
    Answer: (
        "question status code_status asset message is_degraded degraded_reason code_cards safety "
        "causes first_check procedure steps parts quotes missing similar_tickets citations removed "
        "searched_documents model prompt_sha256 knowledge_sequence timings"
    ),
    Citation: (
        "marker chunk_id revision_id document document_number kind revision page locator section "
        "quote boxes"
    ),
    WorkOrder: (
        "format uid number version state title description symptom priority asset reporter "
        "created_at alarm_codes suspected_causes safety steps materials citations turn_id model "
        "knowledge_sequence"
    ),
    Scores: (
        "questions answerable model facts_shown page_right warnings_shown unsupported_numbers "
        "refused_rightly refused_wrongly evidence_median_s total_median_s misses"
    ),
    QuestionScore: (
        "id kind question status answerable facts_missing warnings_missing is_page_right "
        "cited_pages unsupported_numbers evidence_s total_s"
    ),
}


@pytest.mark.parametrize("shape", _FIELDS, ids=lambda shape: shape.__name__)
def test_no_field_of_a_shape_is_lost(shape: type[BaseModel]) -> None:
    lost = set(_FIELDS[shape].split()) - set(shape.model_fields)
    assert not lost, f"{shape.__name__} lost {lost}: programs that read it would break"


def test_every_shape_is_written_down_here() -> None:
    shapes = {
        value
        for value in vars(schemas).values()
        if isinstance(value, type) and issubclass(value, schemas.Schema)
    }
    assert shapes - set(_FIELDS) == {schemas.Schema}
