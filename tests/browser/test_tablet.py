"""The app in a real browser at the size of a tablet; its screenshots are kept in artifacts/."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.watching import Noted, browser, keep, watched
from tests.served import add_account, served, sign_in
from tests.shared_homes import demo_home

pytestmark = [pytest.mark.browser, pytest.mark.model]

_SIZE = {"width": 1280, "height": 800}
_MODEL_S = 120_000  # milliseconds; a loaded machine writes a few tokens a second


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[str]:
    home = demo_home(tmp_path_factory, models)
    add_account(home, "ada")
    with served(home, models) as url:
        yield url


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    """One tab for all tests of the module, which follow one shift of work; order matters."""
    noted = Noted()
    with browser() as opened:
        _, tab = watched(opened, address, noted, _SIZE)
        sign_in(tab, address, "ada")
        yield tab
    assert noted == Noted()


def _ask(page: Page, question: str) -> None:
    """Ask, and wait until the answer is whole."""
    before = page.locator("#fb-chat .fb-question").count()
    page.fill("#fb-question textarea", question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#fb-chat .fb-question")).to_have_count(before + 1)
    expect(page.locator("#fb-chat .fb-answer").last).to_contain_text(
        "whole answer", timeout=_MODEL_S
    )


def _buttons(page: Page) -> list[Locator]:
    """The buttons with a text; Gradio measures its tabs with copies that nobody sees."""
    buttons = page.locator(".gradio-container button:visible:not(.fb-cite)").all()
    return [
        button
        for button in buttons
        if button.inner_text().strip() and (button.bounding_box() or {"height": 0})["height"] > 1
    ]


def test_greets_and_lists_the_machines(page: Page) -> None:
    expect(page.locator("#fb-chat")).to_contain_text("What does the machine show or do?")
    page.click("#fb-asset input")
    expect(page.get_by_role("option")).to_have_count(49)
    page.get_by_role("option", name="PR-02").click()
    keep(page, "1-start")


def test_shows_the_evidence_with_the_marked_page_before_the_model_has_answered(page: Page) -> None:
    page.fill("#fb-question textarea", "E-217, ram slow when warm. What first?")
    page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.locator("#fb-chat .fb-answer").last
    expect(answer.locator(".fb-code")).to_have_text("E-217")
    picture = page.locator("#fb-evidence img")
    expect(picture).to_be_visible()
    # A function: an expression would be evaluated in the page, which its policy forbids.
    page.wait_for_function("() => document.querySelector('#fb-evidence img').naturalWidth > 500")
    assert "marks=" in (picture.get_attribute("data-src") or "")
    keep(page, "2-evidence")
    expect(answer).to_contain_text("whole answer", timeout=_MODEL_S)
    expect(answer.locator(".fb-causes li")).not_to_have_count(0)
    keep(page, "3-answer")


def test_a_tap_on_a_citation_shows_its_page(page: Page) -> None:
    cites = page.locator("#fb-chat .fb-answer").last.locator(".fb-causes .fb-cite")
    other = cites.last
    other.scroll_into_view_if_needed()
    other.click()
    place = other.get_attribute("data-place") or "-"
    expect(page.locator("#fb-evidence-head, .fb-evidence-head")).to_contain_text(place)
    src = other.get_attribute("data-src") or "-"
    expect(page.locator("#fb-evidence img")).to_have_attribute("data-src", src)


def test_everything_to_tap_is_at_least_40_pixels_high(page: Page) -> None:
    names = [button.get_attribute("id") or button.inner_text() for button in _buttons(page)]
    assert {"Ask", "New", "fb-make-order"} <= set(names)
    for button in _buttons(page):
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 40, f"{button.inner_text()!r} is {box['height']} px high"


def test_nothing_is_wider_than_the_tablet(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= _SIZE["width"]
    assert page.evaluate("document.documentElement.scrollHeight") <= _SIZE["height"] + 8


def test_warnings_stand_above_the_steps(page: Page) -> None:
    page.click("#fb-asset input")
    page.get_by_role("option", name="LT-01").click()
    _ask(page, "How do I set the tension of the main belt?")
    asked = page.locator("#fb-chat .fb-question").last.bounding_box()
    pane = page.locator("#fb-chat").bounding_box()
    assert asked is not None
    assert pane is not None
    assert 0 <= asked["y"] - pane["y"] < 100  # the answer is read from its start
    answer = page.locator("#fb-chat .fb-answer").last
    whole = answer.inner_text()
    assert answer.locator(".fb-tag").first.inner_text() == "LT-01", whole
    assert "8.1 Main belt" in " ".join(answer.locator("h4").all_inner_texts()), whole
    notice = answer.locator(".fb-notice").first.bounding_box()
    step = answer.locator(".fb-steps li").first.bounding_box()
    assert notice is not None
    assert step is not None
    assert notice["y"] < step["y"]
    keep(page, "4-steps")


def test_an_answer_becomes_an_order_that_is_edited_and_exported(page: Page) -> None:
    page.click("#fb-make-order")
    title = page.locator("#fb-order-title textarea, #fb-order-title input")
    expect(title).to_be_visible()
    keep(page, "5-order")
    title.fill("Retension the spindle belt, ÄÖ 皮带")
    page.click("#fb-order-save")
    expect(page.locator("#fb-order-note")).to_contain_text("Saved as version 2")
    exported: dict[str, str] = {}
    for form in ("JSON", "CSV"):
        with page.expect_download() as download:
            page.get_by_text(f"Export {form}").click()
        exported[form] = Path(download.value.path()).read_text(encoding="utf-8-sig")
    order = json.loads(exported["JSON"])
    assert order["title"] == "Retension the spindle belt, ÄÖ 皮带"
    assert order["asset"] == "LT-01"
    assert order["steps"]
    assert order["safety"]
    rows = list(csv.DictReader(io.StringIO(exported["CSV"])))
    assert any("ÄÖ 皮带" in value for value in rows[0].values())


def test_an_upload_is_queued_and_a_damaged_file_is_named(page: Page, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pdf"
    damaged.write_bytes(b"%PDF-1.7\nnothing that follows is a document")
    (tmp_path / "empty.md").write_bytes(b"")
    note = tmp_path / "coolant-note.md"
    note.write_text(
        "# Coolant note\n\n## Mixing\n\nWARNING: Splashes. Wear goggles.\n\n"
        "1. Mix the coolant at 7 percent.\n",
        "utf-8",
    )
    page.get_by_role("tab", name="Documents").click()
    files = [damaged, tmp_path / "empty.md", note]
    page.set_input_files("#fb-upload input[type=file]", files)
    queue = page.locator("#fb-queue")
    expect(page.locator("#fb-uploads")).to_contain_text("empty.md is empty (0 bytes)")
    expect(queue.locator("[data-act=cancel]").first).to_be_visible()
    keep(page, "6-queue")
    expect(queue.locator(".fb-bad .fb-reason")).to_contain_text("damaged.pdf", timeout=90_000)
    expect(queue.locator(".fb-good")).to_contain_text("Coolant note", timeout=90_000)
    expect(page.locator("#fb-documents")).to_contain_text("Coolant note")
    queue.locator("[data-act=dismiss]").click()
    expect(queue.locator("[data-act=dismiss]")).to_have_count(0)
    keep(page, "6-documents")


def test_a_tap_on_a_box_opens_its_chunk(page: Page) -> None:
    page.locator("#fb-documents").get_by_text("HP40-MM-EN").last.click()
    page.get_by_role("tab", name="Quality report").click()
    expect(page.locator("#fb-report")).to_contain_text("Searchable pieces")
    page.get_by_role("tab", name="Pages and pieces").click()
    page.locator(".fb-pager input").fill("14")
    expect(page.locator(".fb-page img")).to_have_attribute("alt", "Page 14")
    page.locator(".fb-box").nth(4).click(force=True)
    expect(page.locator(".fb-chunk[open]")).to_have_count(1)
    expect(page.locator(".fb-box.fb-on")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= _SIZE["width"]
    for button in _buttons(page):
        assert (button.bounding_box() or {"height": 0})["height"] >= 40, button.inner_text()
    keep(page, "6-chunk")


def test_a_withdrawn_manual_marks_orders_and_answers(page: Page) -> None:
    page.locator("#fb-documents").get_by_text("LT25-SM-EN").last.click()
    expect(page.locator("#fb-document")).to_contain_text("LT-25")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.fill("#fb-reason textarea, #fb-reason input", "wrong belt tension")
    page.click("#fb-yes")
    expect(page.locator("#fb-said")).to_contain_text("1 work order cite")
    keep(page, "6-withdrawn")
    page.get_by_role("tab", name="Work orders").click()
    expect(page.locator("#fb-order-head .fb-recall")).to_contain_text("wrong belt tension")
    expect(page.locator("#fb-orders")).to_contain_text("stop")
    keep(page, "6-recalled-order")
    page.get_by_role("tab", name="Ask").click()
    expect(page.locator("#fb-recalls .fb-recall")).to_contain_text("wrong belt tension")
    keep(page, "6-recalled-answer")
    page.get_by_role("tab", name="Documents").click()
    page.locator("#fb-every label").click()
    page.locator("#fb-documents").get_by_text("LT25-SM-EN").last.click()
    page.get_by_role("button", name="Approve", exact=True).click()
    page.click("#fb-yes")
    expect(page.locator("#fb-said")).to_contain_text("Approved.")


def test_a_document_is_inspected_and_deleted(page: Page) -> None:
    page.locator("#fb-documents").get_by_text("Coolant note").last.click()
    expect(page.locator("#fb-document")).to_contain_text("Coolant note")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#fb-document")).to_contain_text("Nothing is left of it.")
    expect(page.locator("#fb-documents")).not_to_contain_text("Coolant note")
    keep(page, "6-deleted")


def test_an_unknown_code_and_rubbish_are_answered_plainly(page: Page) -> None:
    page.get_by_role("tab", name="Ask").click()
    page.click("#fb-asset input")
    page.get_by_role("option", name="PR-02").click()
    _ask(page, "E-999 after power on")
    answer = page.locator("#fb-chat .fb-answer").last
    expect(answer).to_contain_text("E-999")
    expect(answer.locator(".fb-causes")).to_have_count(0)
    expect(page.locator("#fb-evidence img")).to_have_count(0)  # no page of an earlier answer
    keep(page, "7-unknown-code")
    _ask(page, "<img src=x onerror=alert(1)> <script>alert(2)</script> [a](javascript:alert(3))")
    assert page.locator("#fb-chat .fb-question img, #fb-chat script").count() == 0


def test_terms_are_proposed_from_the_records_and_decided_by_a_tap(page: Page) -> None:
    page.get_by_role("tab", name="Dictionary").click()
    page.click("#fb-terms-look")
    expect(page.locator("#fb-terms-note")).to_contain_text("Nothing is used before you approve it")
    page.fill("#fb-terms-short textarea", "abstreifer")
    page.fill("#fb-terms-long textarea", "wiper seal")
    page.click("#fb-terms-add")
    expect(page.locator("#fb-terms-note")).to_contain_text("abstreifer is in use")
    keep(page, "9-proposed-terms")
    page.get_by_role("radio", name="In use").click()
    expect(page.locator("#fb-terms")).to_contain_text("abstreifer stands for wiper seal")
    keep(page, "9-terms")
    assert all((b.bounding_box() or {})["height"] >= 44 for b in _buttons(page))
    page.click('#fb-terms [data-act="undo"]')
    expect(page.locator("#fb-terms")).to_contain_text("None yet")
    page.get_by_role("tab", name="Ask").click()


def test_a_reloaded_page_shows_the_conversation_again(page: Page) -> None:
    count = page.locator("#fb-chat .fb-question").count()
    page.reload()
    expect(page.locator("#fb-chat .fb-question")).to_have_count(count)
    expect(page.locator("#fb-chat .fb-answer").last).to_be_visible()
    keep(page, "8-reloaded")


_CITE = (
    '<button class="fb-cite" data-src="/healthz" data-place="{0}" data-section="" '
    'data-quote="quote of {0}" data-top="0">p. 1</button>'
)


def _answer(kind: str) -> str:
    return f'<div class="fb-answer"><div class="{kind}">{_CITE.format(kind)}</div></div>'


def test_the_page_panel_follows_the_last_answer(page: Page, address: str) -> None:
    opened = page.context.browser
    assert opened is not None
    tab = opened.new_context(bypass_csp=True).new_page()
    tab.goto(f"{address}/healthz")  # a page of the same origin, to be filled by the test
    tab.set_content('<div id="fb-chat"></div><div id="fb-evidence"></div>')
    script = Path(__file__).resolve().parents[2] / "ui" / "static" / "app.js"
    tab.add_script_tag(path=script)
    panel = tab.locator("#fb-evidence")

    def chat(html: str) -> None:
        tab.evaluate("html => { document.getElementById('fb-chat').innerHTML = html }", html)

    cited = _answer("fb-card")
    chat(cited)
    expect(panel).to_contain_text("fb-card")
    chat(cited + '<div class="fb-answer fb-wait">Searching</div>')
    expect(panel).to_contain_text("The page that an answer cites is shown here")
    chat(cited + '<div class="fb-answer">Nothing</div>')
    expect(panel).to_have_text("This answer cites no page.")
    tab.locator(".fb-cite").click()  # an earlier page that is asked for stays
    expect(panel).to_contain_text("quote of fb-card")
    for kind in ("fb-safety", "fb-parts"):
        chat(_answer(kind))
        expect(panel).to_contain_text(kind)
    both = _CITE.format("fb-safety").join(('<div class="fb-safety">', "</div>"))
    chat(f'<div class="fb-answer">{both}{_answer("fb-steps")}</div>')
    expect(panel.locator(".fb-evidence-head")).to_contain_text("fb-steps")
    chat("")
    expect(panel).to_contain_text("The page that an answer cites is shown here")
    tab.context.close()
