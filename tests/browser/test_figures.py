"""Figures on a tablet: ask, change by a tap, open a bar, export, save, schedule, pin."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from tests.browser.watching import Noted, browser, keep, watched
from tests.conftest import Plant
from tests.served import sign_in
from tests.ui_services import account_of, built, copy_of, services_of
from ui.web import build_web

pytestmark = [
    pytest.mark.browser,
    # Of Gradio, whose server runs in this process.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

SIZES = (
    {"width": 1280, "height": 800},
    {"width": 1024, "height": 768},
    {"width": 768, "height": 1024},
)
_QUESTION = "Which five machines failed most this year?"


@pytest.fixture(scope="module")
def address(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over the sample plant, in a thread of this process."""
    services = services_of(copy_of(plant, tmp_path_factory.mktemp("figures")))
    account_of(services, "tess", "technician", ("Plant North",))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GRADIO_TEMP_DIR", "GRADIO_ANALYTICS_ENABLED"):
            patch.setenv(name, "")  # build_web sets them; they are put back at the end
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        servers: list[uvicorn.Server] = []

        def serve() -> None:
            """In a thread of its own: that of the tests has the loop of the browser."""
            web = built(lambda: build_web(services))
            servers.append(uvicorn.Server(uvicorn.Config(web, port=port, log_level="warning")))
            servers[0].run()

        thread = threading.Thread(target=serve)
        thread.start()
        while not (servers and servers[0].started):
            assert thread.is_alive()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        servers[0].should_exit = servers[0].force_exit = True
        thread.join(timeout=30)


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def page(opened: Browser, address: str) -> Iterator[Page]:
    """One tab for all tests of the module, which follow each other; order matters."""
    noted = Noted()
    context, tab = watched(opened, address, noted, SIZES[0])
    sign_in(tab, address, "tess")
    yield tab
    context.close()
    assert noted == Noted()


def _fits(page: Page, name: str) -> None:
    """Nothing is wider than any of the tablets."""
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(300)
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        keep(page, f"figures-{name}-{size['width']}")
        assert wide <= size["width"], f"{name} is {wide} px wide on {size['width']}"
    page.set_viewport_size(SIZES[0])  # type: ignore[arg-type]


def test_the_tab_begins_with_questions_to_tap(page: Page) -> None:
    page.get_by_role("tab", name="Figures").click()
    expect(page.locator("#fb-figure-welcome button")).to_have_count(6)
    _fits(page, "start")


def test_a_question_is_answered_with_a_sentence_a_chart_and_a_table(page: Page) -> None:
    page.fill("#fb-figure-text textarea", _QUESTION)
    page.click("#fb-figure-ask")
    expect(page.locator("#fb-figure .fb-said")).to_contain_text("Failures by machine")
    expect(page.locator("#fb-figure")).to_contain_text("Data as of 2026-11-20 22:00")
    expect(page.locator("#fb-figure svg .fb-hit")).not_to_have_count(0)
    expect(page.locator("#fb-figure-table tbody tr")).to_have_count(5)
    chips = page.locator("#fb-figure-chips")
    expect(chips).to_contain_text("by machine")
    chart = page.locator("#fb-figure svg").bounding_box()
    table = page.locator("#fb-figure-table table").bounding_box()
    assert chart is not None
    assert table is not None
    assert chart["y"] < table["y"]
    _fits(page, "answer")


def test_a_tap_on_a_bar_shows_its_value_and_its_tickets(page: Page) -> None:
    first = page.locator("#fb-figure-table tbody tr td").first.inner_text()
    page.locator("#fb-figure svg .fb-hit").first.click()
    expect(page.locator("#fb-figure-row")).to_contain_text(f"{first} · Failures")
    expect(page.locator("#fb-figure-row .fb-behind li")).not_to_have_count(0)
    page.locator("#fb-figure-row .fb-behind summary").first.click()
    expect(page.locator("#fb-figure-row .fb-behind dl").first).to_contain_text(first)
    _fits(page, "bar")


def test_how_it_was_counted_is_unfolded(page: Page) -> None:
    page.locator("#fb-figure-defence summary").first.click()
    defence = page.locator("#fb-figure-defence")
    for words in ("Definition", "Period", "Filters", "Rows counted", "Left out", "Known"):
        expect(defence).to_contain_text(words)
    page.locator("#fb-figure-defence details details summary").click()
    expect(defence.locator("pre").first).to_contain_text("SELECT")
    _fits(page, "defence")


def test_the_query_is_changed_by_taps(page: Page) -> None:
    page.get_by_role("button", name="Change the question").click()
    page.click("#fb-edit-metric input")
    page.get_by_role("option", name="Downtime", exact=True).click()
    expect(page.locator("#fb-figure .fb-said")).to_contain_text("Downtime by machine")
    _fits(page, "edit")
    page.click("#fb-edit-field input")
    page.get_by_role("option", name="line", exact=True).click()
    page.click("#fb-edit-value input")
    page.get_by_role("option").first.click()
    page.click("#fb-edit-add")
    expect(page.locator("#fb-figure-chips")).to_contain_text("line =")
    page.locator("#fb-figure-chips [data-item=filter-0]").click()
    expect(page.locator("#fb-figure-chips")).not_to_contain_text("line =")


@pytest.mark.parametrize(("form", "start"), [("CSV", b"\xef\xbb\xbf"), ("XLSX", b"PK"),
                                             ("PNG", b"\x89PNG")])  # fmt: skip
def test_a_figure_is_saved_as_a_file(page: Page, form: str, start: bytes) -> None:
    with page.expect_download() as waiting:
        page.locator("#fb-figure-files").get_by_text(form, exact=True).click()
    assert waiting.value.suggested_filename.endswith(f".{form.lower()}")
    with open(waiting.value.path(), "rb") as file:  # noqa: PTH123  a path of the browser's
        assert file.read(4).startswith(start)


def test_a_figure_is_kept_scheduled_and_pinned(page: Page) -> None:
    page.click("#fb-figure-schedule")
    page.fill("#fb-keep-name textarea, #fb-keep-name input", "Downtime, every day")
    _fits(page, "keep")
    page.click("#fb-keep-yes")
    expect(page.locator("#fb-keep-said")).to_contain_text("every day at 06:00, next")
    expect(page.locator("#fb-saved-list")).to_contain_text("Downtime, every day")
    page.click("#fb-figure-pin")
    expect(page.locator("#fb-keep-said")).to_contain_text("Pinned")
    page.click("#fb-figure-new")
    expect(page.locator("#fb-figure-board section svg")).to_have_count(1)
    expect(page.locator("#fb-figure-board")).to_contain_text("Data as of")
    _fits(page, "board")


def test_everything_to_tap_is_high_enough_for_a_glove(page: Page) -> None:
    page.locator("#fb-figure-board").get_by_text("Open", exact=True).click()
    expect(page.locator("#fb-figure .fb-said")).to_be_visible()
    for button in page.locator(".gradio-container button:visible, a.fb-act:visible").all():
        box = button.bounding_box()
        if box and button.inner_text().strip() and box["height"] > 1:
            assert box["height"] >= 40, button.inner_text()


def test_a_question_of_the_chat_about_the_record_leads_here(page: Page) -> None:
    page.get_by_role("tab", name="Ask").click()
    page.fill("#fb-question textarea", "How many breakdowns last month?")
    page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.locator("#fb-chat .fb-answer").last
    expect(answer).to_contain_text("A question about the plant's record")
    answer.get_by_role("button", name="Show the figure").click()
    expect(page.locator("#fb-figure .fb-said")).to_contain_text("Failures, last month")
    expect(page.locator("#fb-figure-text textarea")).to_have_value(
        "How many breakdowns last month?"
    )


def test_what_is_not_understood_is_asked_back(page: Page) -> None:
    page.fill("#fb-figure-text textarea", "which is the flibbertigibbet?")
    page.click("#fb-figure-ask")
    expect(page.locator("#fb-figure-back")).to_contain_text("flibbertigibbet")
    expect(page.locator("#fb-figure svg")).to_have_count(0)
    _fits(page, "asked-back")
