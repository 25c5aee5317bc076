"""Accounts in a real browser: who sees what, and that nothing of one user is left for the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from index.access import LOCAL
from tests.browser.watching import LANDSCAPE, PORTRAIT, Noted, browser, keep, watched
from tests.example_scripts import EXAMPLES
from tests.served import PASSWORD, add_account, run, served, sign_in
from ui.wiring import open_services

pytestmark = [pytest.mark.browser, pytest.mark.model]

SITE = ("Plant North",)
_READ_MS = 300_000  # milliseconds; reading has less of the processor than answering


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, models: Path, manuals: dict[str, Path]) -> Path:
    home = tmp_path_factory.mktemp("accounts")
    (home / "settings.toml").write_text('[llm]\nbackend = "none"\n', "utf-8")
    run(home, models, "assets", "import", EXAMPLES / "assets.csv")
    run(home, models, "ingest", manuals["hp40-rev-c"])
    add_account(home, "ada")
    add_account(home, "sam", "supervisor", SITE, ("Press shop",))
    add_account(home, "tess", "technician", SITE, ())
    add_account(home, "tim", "technician", SITE, ())
    return home


@pytest.fixture(scope="module")
def address(home: Path, models: Path) -> Iterator[str]:
    with served(home, models) as url:
        yield url


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(opened: Browser, address: str) -> Iterator[Page]:
    noted = Noted()
    context, tab = watched(opened, address, noted)
    yield tab
    context.close()
    assert not noted.foreign
    assert not noted.failures


def _expect_tabs(page: Page, *names: str) -> None:
    tabs = page.locator("#fb-tabs > .tab-wrapper [role=tab]:visible")
    expect(tabs).to_have_text(list(names))


def _ask(page: Page, question: str) -> None:
    page.fill("#fb-question textarea", question)
    page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.locator("#fb-chat .fb-answer").last
    expect(answer).to_contain_text("whole answer", timeout=_READ_MS)


def _small(page: Page, selector: str) -> list[str]:
    """What can be tapped and is lower than 48 pixels."""
    found: list[str] = []
    for target in page.locator(selector).all():
        box = target.bounding_box()
        if target.is_visible() and box is not None and 1 < box["height"] < 47.5:
            found.append(f"{target.inner_text()!r} {box['height']:.0f}")
    return found


def test_the_sign_in_page_fits_both_ways_of_holding_a_tablet(page: Page, address: str) -> None:
    for name, size in (("landscape", LANDSCAPE), ("portrait", PORTRAIT)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{address}/")
        expect(page).to_have_url(f"{address}/sign-in")
        assert not _small(page, "button, input")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        keep(page, f"10-sign-in-{name}")


def test_a_technician_sees_no_tab_and_no_button_of_others(page: Page, address: str) -> None:
    sign_in(page, address, "tess")
    expect(page.locator(".fb-account")).to_contain_text("tess")
    _expect_tabs(page, "Ask", "Sessions", "Questions", "Figures", "Documents", "Work orders")
    page.get_by_role("tab", name="Documents").click()
    page.locator("#fb-documents").get_by_text("HP40-MM-EN").last.click()
    expect(page.locator("#fb-document")).to_contain_text("HP-40")
    for name in ("Approve", "Withdraw", "Correct tags", "Delete"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.locator(".fb-drop")).to_have_count(0)
    page.locator(".fb-account summary").click()
    expect(page.locator(".fb-menu")).to_contain_text("Plant North")
    assert not _small(page, ".fb-head button, .fb-head summary, .fb-menu a")
    keep(page, "10-account-menu")


def test_nothing_of_one_user_is_on_the_screen_of_the_next(page: Page, address: str) -> None:
    sign_in(page, address, "tess")
    _ask(page, "E-217 secretofTess")
    left = page.evaluate("JSON.stringify(localStorage)")
    assert "faultbook" in left
    page.get_by_role("button", name="Sign out").click()  # one tap
    expect(page).to_have_url(f"{address}/sign-in")
    assert page.evaluate("localStorage.length") == 0
    page.go_back()
    expect(page.locator("body")).not_to_contain_text("secretofTess")
    page.goto(f"{address}/sign-in")
    page.evaluate(
        "kept => { for (const [k, v] of Object.entries(JSON.parse(kept))) localStorage[k] = v }",
        left,
    )
    sign_in(page, address, "tim")
    expect(page.locator(".fb-account")).to_contain_text("tim")
    expect(page.locator("#fb-chat")).to_contain_text("What does the machine show or do?")
    expect(page.locator("body")).not_to_contain_text("secretofTess")
    expect(page.locator("body")).not_to_contain_text("tess")
    page.wait_for_function("left => JSON.stringify(localStorage) !== left", arg=left)


def test_a_page_that_stands_open_becomes_that_of_who_is_signed_in_now(
    page: Page, address: str
) -> None:
    sign_in(page, address, "tess")
    _ask(page, "E-217 secretofTess")
    other = page.context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Sign out").click()
    other.close()
    second = page.context.new_page()
    sign_in(second, address, "tim")
    page.get_by_role("button", name="New", exact=True).click()  # still the page of tess
    expect(page.locator(".fb-account")).to_contain_text("tim")
    expect(page.locator("body")).not_to_contain_text("secretofTess")


def test_a_session_that_was_revoked_elsewhere_ends_at_the_next_tap(
    page: Page, address: str, home: Path, models: Path
) -> None:
    sign_in(page, address, "tess")
    _ask(page, "E-217 secretofTess")
    run(home, models, "user", "disable", "tess")
    page.get_by_role("button", name="New", exact=True).click()
    expect(page).to_have_url(f"{address}/sign-in")
    expect(page.locator("body")).not_to_contain_text("secretofTess")
    open_services(home, use_model=False).accounts.enable(LOCAL, "tess")


def test_an_administrator_adds_a_user_who_signs_in_and_must_change_the_password(
    page: Page, address: str
) -> None:
    sign_in(page, address, "ada")
    _expect_tabs(
        page,
        "Ask",
        "Sessions",
        "Questions",
        "Figures",
        "Documents",
        "Work orders",
        "Dictionary",
        "Users",
    )
    page.get_by_role("tab", name="Users").first.click()
    expect(page.locator("#fb-users")).to_contain_text("tess")
    page.click("#fb-user-add")
    page.fill("#fb-user-name input, #fb-user-name textarea", "nina")
    page.fill("#fb-user-shown input, #fb-user-shown textarea", "Nina K")
    sites = page.locator("#fb-user-sites input")
    sites.fill("Plant North")
    sites.press("Enter")
    page.click("#fb-user-save")
    password = page.locator("#fb-user-secret code").inner_text()
    expect(page.locator("#fb-user")).to_contain_text("one-time password")
    assert not _small(page, "#fb-users-tabs button:not(.token-remove):not([aria-label])")
    keep(page, "10-users-tab")
    page.set_viewport_size(PORTRAIT)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PORTRAIT["width"]
    keep(page, "10-users-tab-portrait")
    page.get_by_role("tab", name="Audit log").click()
    expect(page.locator("#fb-audit")).to_contain_text("account added")
    page.click("#fb-audit-verify")
    expect(page.locator("#fb-audit-note")).to_contain_text("none changed, missing or moved")
    keep(page, "10-audit")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{address}/sign-in")
    page.fill("#name", "nina")
    page.fill("#password", password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_selector("#again")
    page.goto(address)
    page.wait_for_selector("#again")  # nothing else is there before
    keep(page, "10-change-password")
    page.fill("#old", password)
    page.fill("#new", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator(".fb-account")).to_contain_text("Nina K")
    _expect_tabs(page, "Ask", "Sessions", "Questions", "Figures", "Documents", "Work orders")


def test_a_supervisor_uploads_a_manual_and_sees_how_far_it_is(
    page: Page, address: str, manuals: dict[str, Path], tmp_path: Path
) -> None:
    sign_in(page, address, "sam")
    _expect_tabs(
        page, "Ask", "Sessions", "Questions", "Figures", "Documents", "Work orders", "Dictionary"
    )
    page.get_by_role("tab", name="Documents").click()
    box = page.locator(".fb-drop")
    expect(box).to_contain_text("For Plant North")
    assert not _small(page, ".fb-drop label, .fb-drop summary")
    keep(page, "10-upload")
    empty, wrong = tmp_path / "empty.md", tmp_path / "run.exe"
    empty.write_bytes(b"")
    wrong.write_bytes(b"MZ")
    page.set_input_files(".fb-drop .fb-file", [manuals["lt25-rev-a"], empty, wrong])
    queue = page.locator("#fb-queue")
    expect(queue).to_contain_text("lt25-rev-a.pdf")
    sent = page.locator("#fb-uploads")
    expect(sent).to_contain_text("empty.md")
    expect(sent).to_contain_text("is empty (0 bytes)")
    expect(sent).to_contain_text("run.exe has the ending")
    keep(page, "10-upload-queue")
    page.set_viewport_size(PORTRAIT)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PORTRAIT["width"]
    keep(page, "10-upload-portrait")
    sent.locator("[data-forget]").first.click()
    sent.locator("[data-forget]").first.click()
    expect(sent.locator("li")).to_have_count(0)
    expect(page.locator("#fb-documents")).to_contain_text("LT25-SM-EN", timeout=_READ_MS)
    page.set_input_files(".fb-drop .fb-file", [manuals["lt25-rev-a"]])
    expect(sent).to_contain_text("is there already")


@pytest.mark.parametrize(
    ("status", "detail", "words"),
    [
        (401, "", "your session has ended"),
        (403, "These files would not be yours to change.", "would not be yours to change"),
        (413, "The request is over the limit of 200 MB.", "is too large. The request is over"),
        (415, "a.md ends in .md, but is <b>not</b> text.", "but is <b>not</b> text."),
        (429, "You uploaded 200 files today. Go on in 3.0 h.", "has to wait. You uploaded 200"),
        (500, "", "was not taken in (500)"),
    ],
)
def test_what_the_server_refuses_is_said_in_words(
    page: Page, address: str, tmp_path: Path, status: int, detail: str, words: str
) -> None:
    sign_in(page, address, "sam")
    page.get_by_role("tab", name="Documents").click()
    page.route(
        "**/api/v1/documents",
        lambda route: route.fulfill(status=status, json={"detail": detail, "status": status}),
    )
    (tmp_path / "a.md").write_text("# A\n", "utf-8")
    page.set_input_files(".fb-drop .fb-file", [tmp_path / "a.md"])
    expect(page.locator("#fb-uploads")).to_contain_text(words)
    assert page.locator("#fb-uploads b b").count() == 0
