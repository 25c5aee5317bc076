"""The tab in which draft work orders are edited, its handlers called as functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.messages import AnswerReady, SafetyNotice
from assistant.question import Ask
from assistant.work_orders import Material, WorkOrder
from index.access import Principal
from tests.conftest import Plant
from tests.screen_events import event_of, event_with
from tests.ui_services import HOSTILE, built, copy_of, services_of
from ui.orders import OrdersTab, read_materials
from ui.wiring import Services

ADA = Principal("ada", "administrator")
# Positions among the outputs of a handler.
TABLE, NUMBER, VERSION, HEAD, FORM, TITLE, PRIORITY = range(7)
DESCRIPTION, SAFETY, STEPS, MATERIALS, LINKS, NOTE = range(7, 13)


@pytest.fixture(scope="module")
def knowing(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Services that share what they know; each test has records of its own."""
    return services_of(copy_of(plant, tmp_path_factory.mktemp("orders")))


@pytest.fixture
def services(knowing: Services, tmp_path: Path) -> Services:
    services = services_of(tmp_path / "home")
    services.retriever, services.catalog = knowing.retriever, knowing.catalog
    return services


@pytest.fixture
def tab(services: Services) -> OrdersTab:
    def make() -> OrdersTab:
        with gr.Blocks(analytics_enabled=False):
            return OrdersTab(services)

    return built(make)


def _me(tab: OrdersTab) -> gr.Request:
    return event_of(tab._services)


def _turn(services: Services, question: str = "E-217 on PR-02", **changes: Any) -> str:
    answer = services.assistant.ask(Ask(question, use_model=False), ADA)
    answer = answer.model_copy(update=changes)
    records = services.records
    turn_id = records.start_turn(ADA, records.open_conversation(ADA), question, None)
    records.add_event(turn_id, 1, AnswerReady(answer=answer))
    return turn_id


def _order(services: Services) -> WorkOrder:
    return services.work_orders.list(ADA)[0]


def _save(tab: OrdersTab, shown: tuple[Any, ...], **changes: Any) -> tuple[Any, ...]:
    fields = {
        "number": shown[NUMBER],
        "version": shown[VERSION],
        "title": shown[TITLE],
        "priority": shown[PRIORITY],
        "description": shown[DESCRIPTION],
        "steps": shown[STEPS],
        "materials": shown[MATERIALS],
    }
    return tab.save(**fields | changes, request=_me(tab))


def test_an_answer_becomes_a_draft_that_is_opened(tab: OrdersTab, services: Services) -> None:
    tabs, *shown = tab.open_draft_of_turn(_turn(services), _me(tab))
    order = _order(services)
    assert tabs["selected"] == "orders"
    assert len(shown) == len(tab.outputs)
    assert shown[NUMBER] == order.number
    assert shown[TITLE].startswith("PR-02: E-217")
    assert shown[FORM]["visible"] is True
    assert shown[STEPS].splitlines() == [step.text for step in order.steps]
    assert shown[TABLE] == [[order.number, "PR-02", 3, order.title, ""]]
    for form in ("json", "csv"):
        assert f'href="/work-orders/{order.number}.{form}"' in shown[LINKS]


def test_the_same_answer_opens_the_same_draft(tab: OrdersTab, services: Services) -> None:
    turn_id = _turn(services)
    tab.open_draft_of_turn(turn_id, _me(tab))
    tab.open_draft_of_turn(turn_id, _me(tab))
    assert len(services.work_orders.list(ADA)) == 1


@pytest.mark.parametrize("turn_id", ["", "forged"])
def test_an_answer_that_is_not_there_leaves_the_screen_and_says_so(
    tab: OrdersTab, turn_id: str
) -> None:
    tabs, *shown = tab.open_draft_of_turn(turn_id, _me(tab))
    assert "selected" not in tabs
    assert "There is no answer" in shown[NOTE]
    assert len(shown) == len(tab.outputs)


def test_an_answer_that_is_not_ready_makes_no_draft(tab: OrdersTab, services: Services) -> None:
    records = services.records
    turn_id = records.start_turn(ADA, records.open_conversation(ADA), "E-217", None)
    *_, note = tab.open_draft_of_turn(turn_id, _me(tab))
    assert "has no answer yet" in note
    assert services.work_orders.list(ADA) == []


def test_what_is_saved_is_what_was_typed(tab: OrdersTab, services: Services) -> None:
    _, *shown = tab.open_draft_of_turn(_turn(services), _me(tab))
    saved = _save(
        tab,
        tuple(shown),
        title=" Clean the cooler ",
        priority=1,
        description="before the night shift",
        steps="Switch off\n\n  Clean  \n",
        materials="2,5 x HP40-1 Cleaner",
    )
    order = _order(services)
    assert (order.title, order.priority, order.version) == ("Clean the cooler", 1, 2)
    assert order.description == "before the night shift"
    assert [(step.number, step.text) for step in order.steps] == [(1, "Switch off"), (2, "Clean")]
    assert order.materials == (Material(part_no="HP40-1", description="Cleaner", quantity=2.5),)
    assert "Saved as version 2." in saved[NOTE]
    assert saved[TABLE][0][3] == "Clean the cooler"


def test_saving_what_is_shown_changes_nothing_but_the_version(
    tab: OrdersTab, services: Services
) -> None:
    _, *shown = tab.open_draft_of_turn(
        _turn(services, "change the filter element of PR-02"), _me(tab)
    )
    before = _order(services)
    _save(tab, tuple(shown))
    assert _order(services) == before.model_copy(update={"version": 2})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"priority": 9}, "priority"),
        ({"materials": "two filters"}, "&#x27;two filters&#x27; is not of the form"),
        ({"number": "FB-1"}, "There is no work order"),
    ],
)
def test_an_edit_that_is_not_valid_is_not_saved_and_says_why(
    tab: OrdersTab, services: Services, change: dict[str, Any], said: str
) -> None:
    _, *shown = tab.open_draft_of_turn(_turn(services), _me(tab))
    before = _order(services)
    *unchanged, note = _save(tab, tuple(shown), **change)
    assert said in note
    assert all("value" not in update for update in unchanged)
    assert _order(services) == before


def test_two_tabs_do_not_overwrite_each_other(tab: OrdersTab, services: Services) -> None:
    _, *shown = tab.open_draft_of_turn(_turn(services), _me(tab))
    first = _save(tab, tuple(shown), title="First tab")
    *unchanged, note = _save(tab, tuple(shown), title="Second tab")
    assert "is at version 2 by now" in note
    assert "open it again" in note
    assert all("value" not in update for update in unchanged)  # what was typed stays
    assert _order(services).title == "First tab"
    again = _save(tab, first, title="First tab again")  # a saved draft is saved again as it is
    assert (again[VERSION], _order(services).title) == (3, "First tab again")


def test_safety_messages_cannot_be_edited(tab: OrdersTab, services: Services) -> None:
    notice = SafetyNotice(signal="danger", text="DANGER\nHot oil", language="en", marker=1)
    _, *shown = tab.open_draft_of_turn(_turn(services, safety=(notice,)), _me(tab))
    assert "<p>DANGER</p><p>Hot oil</p>" in shown[SAFETY]
    _save(tab, tuple(shown), steps="anything")
    assert _order(services).safety == (notice,)


def test_an_order_without_safety_messages_points_to_the_procedure_of_the_site(
    tab: OrdersTab, services: Services
) -> None:
    _, *shown = tab.open_draft_of_turn(_turn(services, safety=()), _me(tab))
    assert "hold no safety message. Follow the site's own procedure" in shown[SAFETY]


def test_a_row_of_the_table_opens_its_order(tab: OrdersTab, services: Services) -> None:
    for _ in range(2):
        tab.open_draft_of_turn(_turn(services), _me(tab))
    rows = tab.refresh(_me(tab))
    for cells in rows:
        event = gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": cells})
        assert tab.choose(event, _me(tab))[NUMBER] == cells[0]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_of_an_order_are_escaped(
    tab: OrdersTab, services: Services, text: str
) -> None:
    notice = SafetyNotice(signal="danger", text=text, language="en", marker=1)
    turn_id = _turn(services, question=f"E-217 on PR-02 {text}", safety=(notice,), asset=text)
    _, *shown = tab.open_draft_of_turn(turn_id, _me(tab))
    html = shown[HEAD] + shown[SAFETY] + shown[LINKS]
    for tag in ("<script", "<img", "<iframe", "<a href=//"):
        assert tag not in html
    assert "onmouseover='" not in html


def test_material_is_read_line_by_line() -> None:
    text = "2 x HP40-2217-03 Filter element\n\n 0.5 x OIL-46   Hydraulic oil \n1 x BOLT\n"
    assert read_materials(text) == [
        Material(part_no="HP40-2217-03", description="Filter element", quantity=2),
        Material(part_no="OIL-46", description="Hydraulic oil", quantity=0.5),
        Material(part_no="BOLT", description="", quantity=1),
    ]


def test_no_material_is_read_of_nothing() -> None:
    assert read_materials(" \n\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "filter",
        "x filter",
        "0 x F-1",
        "-1 x F-1",
        "two x F-1",
        "2 x ",
        "2xF-1",
        "inf x F-1",
        "1e999 x F-1",
        "nan x F-1",
    ],
)
def test_a_line_that_is_no_material_is_refused_with_the_form(line: str) -> None:
    with pytest.raises(ValueError, match="is not of the form '2 x PART-NUMBER description'"):
        read_materials(f"1 x OK-1 fine\n{line}")


@pytest.mark.parametrize("quantity", ["1,000", "12,500", "1,000,000"])
def test_a_quantity_that_two_people_read_in_two_ways_is_refused(quantity: str) -> None:
    with pytest.raises(ValueError, match="without the comma"):
        read_materials(f"{quantity} x BOLT-M8")


@pytest.fixture
def withdrawn(tmp_path: Path, plant: Plant) -> Services:
    """Services whose press manual can be withdrawn without harm to other tests."""
    return services_of(copy_of(plant, tmp_path))


def test_an_order_of_a_withdrawn_manual_is_marked_in_list_and_head(withdrawn: Services) -> None:
    def make() -> OrdersTab:
        with gr.Blocks(analytics_enabled=False):
            return OrdersTab(withdrawn)

    tab = built(make)
    _, *shown = tab.open_draft_of_turn(_turn(withdrawn), _me(tab))
    assert "fb-recall" not in shown[HEAD]
    assert shown[TABLE][0][4] == ""
    (press,) = (d for d in withdrawn.catalog.documents(ADA) if d.number == "HP40-MM-EN")
    withdrawn.curator.withdraw(ADA, [press.revision_id], "torque <wrong>")
    head = tab.look(shown[NUMBER], _me(tab))
    assert 'role="alert"' in head
    assert "torque &lt;wrong&gt;). Do not work from it." in head
    assert head.index("fb-recall") < head.index("<h3>")
    assert "stop" in tab.refresh(_me(tab))[0][4]
    saved = _save(tab, tuple(shown), title="Clean the cooler")
    assert "fb-recall" in saved[HEAD]
    assert isinstance(tab.look("FB-1999-000001", _me(tab)), dict)  # leaves the screen as it is


def test_the_orders_of_others_are_neither_listed_nor_opened_nor_changed(
    tab: OrdersTab, services: Services
) -> None:
    _, *shown = tab.open_draft_of_turn(_turn(services), _me(tab))
    tess = event_of(services, "tess", "technician", ("Plant North",), ())
    assert tab.refresh(tess) == []
    row = gr.SelectData(None, {"index": [0, 0], "value": "", "row_value": shown[TABLE][0]})
    unknown = "There is no work order"
    assert unknown in tab.choose(row, tess)[NOTE]
    assert isinstance(tab.look(shown[NUMBER], tess), dict)
    fields = [shown[i] for i in (NUMBER, VERSION, TITLE, PRIORITY, DESCRIPTION, STEPS, MATERIALS)]
    assert unknown in tab.save(*fields, tess)[NOTE]
    *_, note = tab.open_draft_of_turn(_order(services).turn_id, tess)
    assert "There is no answer" in note
    assert _order(services).version == 1


def test_a_planner_of_the_site_opens_the_order_of_another(
    tab: OrdersTab, services: Services
) -> None:
    _, *shown = tab.open_draft_of_turn(_turn(services), _me(tab))
    for site, numbers in (("Plant North", [shown[NUMBER]]), ("Plant South", [])):
        planner = event_of(services, f"planner-{site[6:]}", "planner", (site,), ())
        assert [row[0] for row in tab.refresh(planner)] == numbers


def test_nothing_is_shown_without_a_session(tab: OrdersTab) -> None:
    for asked in (tab.refresh, lambda event: tab.look("", event)):
        with pytest.raises(gr.Error, match="You are not signed in"):
            asked(event_with())
