"""A fault session on a tablet: tick, see the causes move, load again, hand over, go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.watching import PORTRAIT, Noted, browser, keep, watched
from tests.example_scripts import EXAMPLES
from tests.served import add_account, run, served, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.model]

_SITE = "Plant North"
_ANSWER_MS = 60_000


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, models: Path, manuals: dict[str, Path]
) -> Iterator[str]:
    home = tmp_path_factory.mktemp("session") / "home"
    home.mkdir()
    (home / "settings.toml").write_text('[llm]\nbackend = "none"\n', "utf-8")
    run(home, models, "assets", "import", EXAMPLES / "assets.csv")
    run(home, models, "ingest", manuals["hp40-rev-c"])
    for name in ("ada", "nina"):
        add_account(home, name, "technician", (_SITE,))
    with served(home, models) as url:
        yield url


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def noted() -> Iterator[Noted]:
    noted = Noted()
    yield noted
    assert not noted.foreign
    assert not noted.failures


@pytest.fixture(scope="module")
def page(opened: Browser, address: str, noted: Noted) -> Page:
    """The tab of ada for all tests of the module, which follow one shift; order matters."""
    _, tab = watched(opened, address, noted)
    sign_in(tab, address, "ada")
    return tab


def _ask(page: Page, words: str) -> Locator:
    before = page.locator("#fb-chat .fb-question").count()
    page.fill("#fb-question textarea", words)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#fb-chat .fb-question")).to_have_count(before + 1)
    answer = page.locator("#fb-chat .fb-answer").last
    expect(answer).to_contain_text("whole answer", timeout=_ANSWER_MS)
    return answer


def _causes(page: Page) -> list[str]:
    return page.locator("#fb-chat .fb-answer").last.locator(".fb-cause > b").all_inner_texts()


def test_ticking_a_cause_sinks_or_lifts_it_at_once(page: Page) -> None:
    answer = _ask(page, "E-217 on PR-02, ram slow when warm")
    causes = _causes(page)
    assert causes[0] == "Cooler C1 blocked by dust"
    assert len(causes) == 4
    keep(page, "session-1-answer")
    for button in answer.locator(".fb-tick").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
    cooler = answer.locator(".fb-cause", has_text="Cooler C1 blocked")
    cooler.get_by_role("button", name="OK: Cooler C1", exact=False).first.click()
    expect(answer.locator(".fb-cause").last).to_contain_text("Cooler C1 blocked by dust")
    expect(answer.locator(".fb-cause").last).to_contain_text("Checked and in order (ada,")
    fan = answer.locator(".fb-cause", has_text="Fan M2 does not run")
    fan.get_by_role("button", name="Not OK: Fan M2 does not run").click()
    expect(answer.locator(".fb-cause").first).to_contain_text("Fan M2 does not run")
    expect(answer.locator(".fb-check")).to_contain_text("Reset Q11")
    keep(page, "session-2-ticked")


def test_ticks_are_there_again_when_the_page_is_loaded_again(page: Page) -> None:
    page.reload()
    expect(page.locator("#fb-chat .fb-cause").first).to_contain_text("Fan M2 does not run")
    expect(page.locator("#fb-chat .fb-cause").last).to_contain_text("Cooler C1 blocked by dust")
    page.get_by_role("button", name="Undo: Fan M2 does not run").click()
    expect(page.locator("#fb-chat .fb-state-found")).to_have_count(0)


def test_a_follow_up_ticks_what_was_proposed_and_gets_the_next_check(page: Page) -> None:
    proposed = page.locator("#fb-chat .fb-check").last.inner_text()
    assert "Check the setting of V20" in proposed
    _ask(page, "what next?")  # "that" was ticked by hand in the answer before
    answer = _ask(page, "ok that was fine, what next?")
    expect(answer).to_contain_text("Noted: “Relief valve V20 passes oil all the time”")
    expect(answer.locator(".fb-check")).to_contain_text("Compare B2 with a thermometer")
    assert _causes(page)[-2:] == [
        "Cooler C1 blocked by dust",
        "Relief valve V20 passes oil all the time",
    ]
    keep(page, "session-3-follow-up")


def test_a_session_is_found_and_handed_over_as_a_page(page: Page) -> None:
    page.get_by_role("tab", name="Sessions").click()
    rows = page.locator("#fb-sessions .fb-item")
    expect(rows).to_have_count(1)
    page.fill("#fb-sessions-query input, #fb-sessions-query textarea", "nothing like it")
    page.keyboard.press("Enter")
    expect(page.locator("#fb-sessions")).to_contain_text("No session of yours")
    page.fill("#fb-sessions-query input, #fb-sessions-query textarea", "pr-02 e-217")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    rows.get_by_role("button", name="Hand over").click()
    page.click("#fb-handover-to input")
    page.get_by_role("option", name="nina").click()
    page.fill("#fb-handover-note textarea", "Fan still to be checked <b>today</b>")
    keep(page, "session-4-hand-over")
    page.click("#fb-handover-give")
    link = page.locator("#fb-sessions-note a")
    expect(link).to_be_visible()
    with page.context.expect_page() as shown:
        link.click()
    sheet = shown.value
    expect(sheet.locator("h1")).to_contain_text("Handover: PR-02 · E-217")
    expect(sheet.locator("main")).to_contain_text("Fan still to be checked <b>today</b>")
    expect(sheet.locator("tr.ok")).to_have_count(2)
    expect(sheet.locator("main")).to_contain_text("Alarm at hot oil")
    sheet.screenshot(path="artifacts/screenshots/session-5-page.png", full_page=True)
    assert sheet.locator("script").count() == 0
    sheet.close()


def test_the_receiver_goes_on_in_a_session_of_their_own(
    opened: Browser, address: str, noted: Noted
) -> None:
    _, tab = watched(opened, address, noted, PORTRAIT)
    sign_in(tab, address, "nina")
    tab.get_by_role("tab", name="Sessions").click()
    row = tab.locator("#fb-received .fb-item")
    expect(row).to_contain_text("from ada to nina")
    keep(tab, "session-6-received")
    row.get_by_role("button", name="Go on").click()
    expect(tab.locator("#fb-chat .fb-cause").last).to_contain_text("Relief valve V20")
    expect(tab.locator("#fb-chat .fb-cause").last).to_contain_text("Checked and in order (ada,")
    answer = _ask(tab, "ok, was jetzt?")
    expect(answer).to_contain_text("Nächste Prüfung: Compare B2 with a thermometer")
    keep(tab, "session-7-going-on")
    tab.close()
