"""Draft work orders: made of a turn, edited by a person, kept apart by owner."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from assistant import record_tables
from assistant.errors import InvalidWorkOrder, RecordNotFound
from assistant.messages import Answer, AnswerReady, Cause
from assistant.question import Ask
from assistant.records import Records, Turn
from assistant.work_orders import TITLE_LENGTH, Material, WorkOrder, WorkOrderEdit, WorkOrders
from index.access import LOCAL, Principal
from index.database import open_engine
from index.home import Home
from tests.conftest import Plant

EVE = Principal("eve", "technician")


@pytest.fixture
def records(home: Home) -> Iterator[Records]:
    records = Records(open_engine(home.records, record_tables.MIGRATIONS))
    yield records
    records.engine.dispose()


@pytest.fixture
def orders(records: Records) -> WorkOrders:
    return WorkOrders(records.engine)


def answered(plant: Plant, records: Records, question: str, said: str | None = None) -> Turn:
    """A finished turn; ``said`` is what the person typed where it differs."""
    answer = plant.assistant().ask(Ask(question, use_model=False), LOCAL)
    return finished(records, answer, said or question)


def finished(records: Records, answer: Answer, question: str) -> Turn:
    turn = records.start_turn(LOCAL, records.open_conversation(LOCAL), question, None)
    records.add_event(turn, 1, AnswerReady(answer=answer))
    return records.turn(LOCAL, turn)


def edit_of(order: WorkOrder, **changes: Any) -> WorkOrderEdit:
    values: dict[str, Any] = {
        "title": order.title,
        "description": order.description,
        "priority": order.priority,
        "steps": tuple(step.text for step in order.steps),
        "materials": order.materials,
        "version": order.version,
    }
    return WorkOrderEdit(**{**values, **changes})


def test_a_draft_of_a_code_holds_what_the_card_says(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    turn = answered(plant, records, "PR-02 shows E-217")
    order = orders.draft(LOCAL, turn)
    assert turn.answer is not None
    assert order.title == "PR-02: E-217 Oil temperature high, above 62 °C"
    assert (order.asset, order.alarm_codes, order.reporter) == ("PR-02", ("E-217",), "local")
    assert order.symptom == "PR-02 shows E-217"
    assert order.suspected_causes[0] == "Cooler C1 blocked by dust"
    assert [step.text for step in order.steps][:2] == [
        "If Cooler C1 blocked by dust: Clean the cooler, section 8.4",
        "If Fan M2 does not run: Reset Q11, see E-205",
    ]
    assert [step.number for step in order.steps] == [1, 2, 3, 4]
    assert order.safety == turn.answer.safety
    assert order.citations == turn.answer.citations
    assert (order.state, order.version, order.priority) == ("draft", 1, 3)
    assert order.number.startswith("FB-2")
    assert order.number.endswith("-000001")


def test_a_draft_of_a_procedure_holds_its_steps_and_warnings(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    turn = answered(plant, records, "How do I replace the oil temperature sensor B2 on PR-01?")
    order = orders.draft(LOCAL, turn)
    assert len(order.steps) == 11  # seven numbered ones and what stands around them
    assert any("before you replace anything" in step.text for step in order.steps)
    pages = {c.marker: c.page for c in order.citations}
    assert all(step.marker in pages for step in order.steps)
    assert any("lets out hot oil" in notice.text for notice in order.safety)


def test_parts_that_the_answer_names_become_material(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    order = orders.draft(LOCAL, answered(plant, records, "LT-02 NC alarm 2015"))
    assert [(m.part_no, m.quantity) for m in order.materials] == [("LT25-0811-A", 1.0)]
    assert order.materials[0].description


def test_the_symptom_is_what_the_person_typed(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    turn = answered(plant, records, "PR-02 oil hot\nand E-217?", said=" and E-217? ")
    assert orders.draft(LOCAL, turn).symptom == "and E-217?"


def test_a_remedy_of_several_causes_is_one_step_under_all_of_them(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    answer = plant.assistant().ask(Ask("PR-02 shows E-217", use_model=False), LOCAL)
    marker = answer.causes[0].marker
    pairs = [("Fan off", "Reset Q11"), ("Dust", "Clean"), ("Fuse F1", "Reset Q11"), ("Age", "")]
    causes = tuple(Cause(text=c, remedy=r, symptom="", marker=marker) for c, r in pairs)
    answer = answer.model_copy(update={"causes": causes})
    order = orders.draft(LOCAL, finished(records, answer, "E-217"))
    assert [(s.number, s.text, s.marker) for s in order.steps] == [
        (1, "If Fan off or if Fuse F1: Reset Q11", marker),
        (2, "If Dust: Clean", marker),
    ]


@pytest.mark.parametrize(
    ("first_check", "description"),
    [(None, ""), ("Clean it", "Check first (the model's suggestion): Clean it")],
)
def test_what_the_model_would_check_first_is_said_to_be_its_suggestion(
    plant: Plant, records: Records, orders: WorkOrders, first_check: str | None, description: str
) -> None:
    answer = plant.assistant().ask(Ask("PR-02 shows E-217", use_model=False), LOCAL)
    answer = answer.model_copy(update={"first_check": first_check})
    turn = finished(records, answer, "E-217")
    assert orders.draft(LOCAL, turn).description == description


@pytest.mark.parametrize("status", ["needs_clarification", "unsupported", "refused"])
def test_an_answer_that_nothing_supports_makes_no_order(
    plant: Plant, records: Records, orders: WorkOrders, status: str
) -> None:
    answer = plant.assistant().ask(Ask("PR-02 shows E-217", use_model=False), LOCAL)
    answer = answer.model_copy(update={"status": status, "message": "E-999 is nowhere."})
    turn = finished(records, answer, "E-999")
    with pytest.raises(InvalidWorkOrder, match=r"^E-999 is nowhere\.$"):
        orders.draft(LOCAL, turn)
    assert orders.list(LOCAL) == []


def test_an_edit_of_a_version_that_is_not_the_current_one_is_refused(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    opened = orders.draft(LOCAL, answered(plant, records, "PR-02 shows E-217"))
    saved = orders.edit(LOCAL, opened.number, edit_of(opened, title="First tab"))
    with pytest.raises(InvalidWorkOrder, match=r"is at version 2 by now.*open it again"):
        orders.edit(LOCAL, opened.number, edit_of(opened, title="Second tab"))
    assert orders.get(LOCAL, opened.number) == saved


def test_the_same_answer_never_makes_two_orders(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    turn = answered(plant, records, "PR-02 shows E-217")
    first = orders.draft(LOCAL, turn)
    edited = orders.edit(LOCAL, first.number, edit_of(first, title="Mine"))
    assert orders.draft(LOCAL, turn) == edited
    assert len(orders.list(LOCAL)) == 1


def test_drafting_one_answer_from_many_threads_makes_one_order(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    turn = answered(plant, records, "PR-02 shows E-217")
    drafted = _together(8, lambda _: orders.draft(LOCAL, turn).uid)
    assert len(set(drafted)) == 1
    assert len(orders.list(LOCAL)) == 1


def test_numbers_rise_and_the_newest_comes_first(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    made = [
        orders.draft(LOCAL, answered(plant, records, f"PR-02 {code}")).number
        for code in ("E-217", "E-218", "E-142")
    ]
    assert [number[-6:] for number in made] == ["000001", "000002", "000003"]
    assert [order.number for order in orders.list(LOCAL)] == made[::-1]


def test_a_turn_without_an_answer_makes_no_order(records: Records, orders: WorkOrders) -> None:
    turn = records.start_turn(LOCAL, records.open_conversation(LOCAL), "E-217", None)
    with pytest.raises(InvalidWorkOrder, match="no answer yet"):
        orders.draft(LOCAL, records.turn(LOCAL, turn))


def test_a_long_question_makes_a_title_that_fits(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    turn = answered(plant, records, "PR-01 oil leaks " + "and drips " * 50)
    assert 1 <= len(orders.draft(LOCAL, turn).title) <= TITLE_LENGTH


def test_an_order_is_found_by_number_and_by_id(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    order = orders.draft(LOCAL, answered(plant, records, "PR-02 shows E-217"))
    assert orders.get(LOCAL, order.number) == orders.get(LOCAL, order.uid) == order


def test_what_belongs_to_another_user_does_not_exist(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    turn = answered(plant, records, "PR-02 shows E-217")
    with pytest.raises(RecordNotFound):
        orders.draft(EVE, turn)
    order = orders.draft(LOCAL, turn)
    with pytest.raises(RecordNotFound):
        orders.draft(EVE, turn)
    for key in (order.number, order.uid):
        with pytest.raises(RecordNotFound, match=key):
            orders.get(EVE, key)
        with pytest.raises(RecordNotFound):
            orders.edit(EVE, key, edit_of(order, title="Stolen"))
    assert orders.list(EVE) == []
    assert orders.get(LOCAL, order.uid) == order


def test_an_edit_is_a_new_version_and_stays(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    order = orders.draft(LOCAL, answered(plant, records, "PR-02 shows E-217"))
    pump = Material(part_no="HP40-2201-01", description="Pump", quantity=0.5)
    edit = edit_of(order, title="  Cool it ", priority=1, materials=(pump,))
    changed = orders.edit(LOCAL, order.number, edit)
    assert (changed.version, changed.title, changed.priority) == (2, "Cool it", 1)
    assert changed.materials == (pump,)
    assert orders.get(LOCAL, order.number) == changed
    assert orders.edit(LOCAL, order.number, edit_of(changed)).version == 3


def test_an_edit_touches_neither_warnings_nor_citations_nor_origin(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    order = orders.draft(LOCAL, answered(plant, records, "PR-02 shows E-217"))
    changed = orders.edit(LOCAL, order.number, edit_of(order, steps=(), title="Other"))
    for name in ("safety", "citations", "symptom", "turn_id", "uid", "number", "created_at"):
        assert getattr(changed, name) == getattr(order, name)


def test_a_step_that_a_person_changed_loses_its_citation(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    order = orders.draft(LOCAL, answered(plant, records, "PR-02 shows E-217"))
    first, second = order.steps[:2]
    steps = (second.text, "  ", f" {first.text} ", first.text + " twice", "Call me")
    changed = orders.edit(LOCAL, order.number, edit_of(order, steps=steps))
    assert [(s.number, s.text, s.marker) for s in changed.steps] == [
        (1, second.text, second.marker),
        (2, first.text, first.marker),
        (3, first.text + " twice", None),
        (4, "Call me", None),
    ]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"title": ""}, "title"),
        ({"title": " \n "}, "title"),
        ({"title": "x" * (TITLE_LENGTH + 1)}, "title"),
        ({"priority": 0}, "priority"),
        ({"priority": 6}, "priority"),
    ],
)
def test_an_invalid_edit_changes_nothing_and_says_where(
    plant: Plant, records: Records, orders: WorkOrders, changes: dict[str, Any], place: str
) -> None:
    order = orders.draft(LOCAL, answered(plant, records, "PR-02 shows E-217"))
    with pytest.raises(InvalidWorkOrder, match=f"{order.number}: {place}"):
        orders.edit(LOCAL, order.number, edit_of(order, **changes))
    assert orders.get(LOCAL, order.number) == order


@pytest.mark.parametrize("quantity", [0, -1, float("inf"), float("nan")])
def test_a_quantity_that_cannot_be_ordered_is_invalid(quantity: float) -> None:
    with pytest.raises(ValidationError):
        Material(part_no="HP40-2201-01", quantity=quantity)


def test_a_field_that_an_edit_may_not_hold_is_refused(
    plant: Plant, records: Records, orders: WorkOrders
) -> None:
    order = orders.draft(LOCAL, answered(plant, records, "PR-02 shows E-217"))
    with pytest.raises(ValidationError):
        edit_of(order, safety=())


def test_no_edit_is_lost_without_a_word(plant: Plant, records: Records, orders: WorkOrders) -> None:
    order = orders.draft(LOCAL, answered(plant, records, "PR-02 shows E-217"))

    def edit(number: int) -> int | None:
        try:
            return orders.edit(LOCAL, order.uid, edit_of(order, title=f"Edit {number}")).version
        except InvalidWorkOrder:
            return None

    versions = [version for version in _together(8, edit) if version is not None]
    assert versions == [2]  # all had opened version 1
    assert orders.get(LOCAL, order.uid).version == 2


def _together(count: int, do: Any) -> list[Any]:
    barrier, results = threading.Barrier(count), []

    def run(number: int) -> None:
        barrier.wait()
        results.append(do(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results
