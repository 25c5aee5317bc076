"""Past repairs on a tablet: counts below the answer, a ticket beside it, one taken out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.watching import Noted, browser, keep, watched
from tests.example_scripts import EXAMPLES
from tests.served import add_account, run, served, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.model]

_ANSWER_MS = 60_000


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, models: Path, manuals: dict[str, Path]
) -> Iterator[str]:
    home = tmp_path_factory.mktemp("repairs") / "home"
    home.mkdir()
    (home / "settings.toml").write_text('[llm]\nbackend = "none"\n', "utf-8")
    run(home, models, "assets", "import", EXAMPLES / "assets.csv")
    run(home, models, "ingest", manuals["hp40-rev-c"])
    run(home, models, "tickets", "import", EXAMPLES / "tickets.csv")
    add_account(home, "sue", "supervisor")
    add_account(home, "tim", "technician")
    with served(home, models) as url:
        yield url


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def noted() -> Iterator[Noted]:
    noted = Noted()
    yield noted
    assert not noted.foreign
    assert not noted.failures


def _ask(opened: Browser, address: str, noted: Noted, user: str) -> tuple[Page, Locator]:
    _, page = watched(opened, address, noted)
    sign_in(page, address, user)
    page.fill("#fb-question textarea", "E-217 on PR-02, ram slow when warm")
    page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.locator("#fb-chat .fb-answer").last
    expect(answer).to_contain_text("whole answer", timeout=_ANSWER_MS)
    return page, answer.locator(".fb-repairs")


def test_a_supervisor_reads_a_ticket_and_takes_it_out_of_the_figures(
    opened: Browser, address: str, noted: Noted
) -> None:
    page, repairs = _ask(opened, address, noted, "sue")
    here = repairs.locator(".fb-place").first
    expect(here.locator(":scope > summary")).to_contain_text("This machine, PR-02")
    assert repairs.locator(".fb-past[open]").count() == 3
    newest = here.locator(".fb-past .fb-ticket").first
    newest.scroll_into_view_if_needed()
    keep(page, "repairs-1-answer")
    box = newest.bounding_box()
    assert box is not None
    assert box["height"] >= 30
    number = newest.inner_text()
    newest.click()
    ticket = page.locator("#fb-evidence .fb-past-ticket")
    expect(ticket).to_contain_text(f"Ticket {number}")
    keep(page, "repairs-2-ticket")
    ticket.locator("textarea").fill("The cooler was replaced by another type")
    ticket.get_by_role("button", name="Exclude from all counts").click()
    expect(ticket).to_contain_text("No figure counts this ticket: The cooler was replaced")
    keep(page, "repairs-3-excluded")
    _, again = _ask(opened, address, noted, "sue")
    expect(again).to_contain_text("Not counted: 1 excluded")
    assert number not in again.inner_text()


def test_a_technician_reads_a_ticket_without_a_way_to_take_it_out(
    opened: Browser, address: str, noted: Noted
) -> None:
    page, repairs = _ask(opened, address, noted, "tim")
    repairs.locator(".fb-past .fb-ticket").first.click()
    ticket = page.locator("#fb-evidence .fb-past-ticket")
    expect(ticket).to_contain_text("What was done")
    assert ticket.locator("form").count() == 0
