"""Naughty texts from everywhere in a real browser: shown as they are, run and fetched by nobody."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from index.access import LOCAL
from tests.browser.watching import Noted, browser, keep, watched
from tests.served import PASSWORD, run, served, sign_in
from ui.wiring import open_services

pytestmark = [pytest.mark.browser, pytest.mark.model]

EVIL = "http://evil.example"
NAUGHTY = {
    "script": "<script>alert(1)</script>",
    "onerror": '"><img src=x onerror=alert(2)>',
    "svg": "<svg onload=alert(3)><a href=javascript:alert(4)>x</a></svg>",
    "iframe": f'<iframe src="{EVIL}/f"></iframe>',
    "link": f"[tap](javascript:alert(5)) [away]({EVIL}/l)",
    "picture": f"![p]({EVIL}/p.png)",
    "css": f'<p style="background:url({EVIL}/c.png)">c</p>',
    "entity": "&lt;img src=x onerror=alert(6)&gt;",
    "template": "${alert(7)} {{7*7}} {% raw %}",
    "override": "invoice\u202efdp.exe",
}
"""No dialog may open, and nothing may be asked of evil.example."""
ALL = " ".join(NAUGHTY.values())
NODES = """[...document.querySelectorAll("*")].filter((node) =>
  (node.tagName === "SCRIPT" && /alert\\(/.test(node.textContent)) ||
  [...node.attributes].some((each) =>
    /^(on.*|src|srcset|href|xlink:href|action|formaction|srcdoc|data|style)$/.test(each.name) &&
    /evil|alert\\(|javascript:/i.test(each.value))).map((node) => node.outerHTML.slice(0, 200))"""
"""The nodes that one of the texts has become."""
_READ_MS = 120_000


def _site(name: str) -> str:
    return f"Plant {name}"[:110]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A home in which everything that somebody may name has a naughty name."""
    folder = tmp_path_factory.mktemp("naughty")
    home = folder / "home"
    home.mkdir()
    (home / "settings.toml").write_text('[llm]\nbackend = "none"\n', "utf-8")
    assets = folder / "assets.csv"
    with assets.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["tag", "name", "model", "serial", "class", "location", "site"])
        for number, text in enumerate(NAUGHTY.values(), start=1):
            rows.writerow([f"PU-{number:02}", text, text, "", text, text, _site(text)])
    tickets = folder / "tickets.csv"
    with tickets.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["ticket_id", "asset", "title", "cause", "action", "alarm_code", "technician"]
        )
        for number, text in enumerate(NAUGHTY.values(), start=1):
            title = f"pump PU-01 drips, E-700 {text}"
            rows.writerow([f"T-{number}", "PU-01", title, f"seal {text}", text, "E-700", text])
    manual = folder / "manual.md"
    lines = [f"# Pump {NAUGHTY['svg']}", "", "Document no. PUMP-1", ""]
    lines += [f"WARNING: Hot oil. {ALL}", ""]
    lines += ["| Code | Meaning | Cause | Remedy |", "|---|---|---|---|"]
    for text in NAUGHTY.values():
        shown = text.replace("|", "/")
        lines.append(f"| E-700 | Pump drips {shown} | Seal worn {shown} | Change it {shown} |")
    for text in NAUGHTY.values():
        lines += ["", f"## Drips {text}", "", f"The pump drips when E-700 shows {text}.", ""]
        lines += [f"1. Change the seal {text}", ""]
    manual.write_text("\n".join(lines), "utf-8")
    run(home, models, "assets", "import", assets)
    run(home, models, "ingest", manual)
    run(home, models, "tickets", "import", tickets)
    services = open_services(home, use_model=False)
    services.accounts.add("ada", "administrator", LOCAL, password=PASSWORD, display_name=ALL[:118])
    sites = tuple(_site(text) for text in NAUGHTY.values() if "\u202e" not in text)
    groups = tuple(text for text in NAUGHTY.values() if "\u202e" not in text)
    services.accounts.add(
        "eve", "supervisor", LOCAL, password=PASSWORD, display_name="<b>e", sites=sites,
        groups=groups,
    )  # fmt: skip
    for text in NAUGHTY.values():
        services.dictionary.add(LOCAL, text[:50], f"long {text}"[:100])
    (stored,) = (d for d in services.catalog.documents(LOCAL) if d.number == "PUMP-1")
    values = {"title": f"Pump {NAUGHTY['svg']}", "models": [NAUGHTY["onerror"], NAUGHTY["script"]]}
    services.curator.correct(LOCAL, stored.revision_id, values)
    services.records.engine.dispose()
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
    sign_in(tab, address, "ada")
    yield tab
    tab.wait_for_timeout(300)
    assert tab.evaluate(NODES) == []
    assert tab.evaluate("document.querySelectorAll('iframe, object, embed').length") == 0
    context.close()
    assert not noted.foreign
    assert not noted.failures  # dialogs are among them


def _holds(page: Page, place: str, text: str) -> None:
    """The text stands there letter for letter, but for runs of blanks."""
    words = " ".join(text.split())
    page.wait_for_function(
        "([place, words]) => [...document.querySelectorAll(place)].some(n =>"
        " n.textContent.replace(/\\s+/g, ' ').includes(words))",
        arg=[place, words],
    )


def _open(page: Page, tab: str) -> None:
    page.locator("#fb-tabs > .tab-wrapper").get_by_role("tab", name=tab).click()


def test_the_head_shows_a_naughty_name_as_it_is(page: Page) -> None:
    _holds(page, ".fb-account", ALL[:118])
    page.locator(".fb-account summary").click()
    keep(page, "11-naughty-head")


def test_naughty_questions_and_their_answers_are_text(page: Page) -> None:
    for number, text in enumerate(NAUGHTY.values(), start=1):
        page.fill("#fb-question textarea", f"E-700 pump drips {text}")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator("#fb-chat .fb-question")).to_have_count(number)
        answer = page.locator("#fb-chat .fb-answer").last
        expect(answer).to_contain_text("whole answer", timeout=_READ_MS)
        _holds(page, "#fb-chat .fb-question", text)
    for details in page.locator("#fb-chat .fb-answer >> nth=-1").locator("details").all():
        details.evaluate("node => { node.open = true }")
    for cite in page.locator("#fb-chat .fb-answer").last.locator(".fb-cite:visible").all()[:6]:
        cite.click()
        assert page.evaluate(NODES) == []
    for kind in ("script", "onerror", "svg", "iframe", "css"):
        _holds(page, "#fb-chat .fb-answer", NAUGHTY[kind])
    keep(page, "11-naughty-answers")
    page.reload()
    _holds(page, "#fb-chat .fb-question", NAUGHTY["script"])


def test_the_machines_are_offered_by_their_naughty_names(page: Page) -> None:
    page.click("#fb-asset input")
    for text in NAUGHTY.values():
        _holds(page, "[role=option]", text)
    page.get_by_role("option", name="PU-02").click()


def test_naughty_documents_are_listed_and_looked_at_as_text(page: Page) -> None:
    _open(page, "Documents")
    _holds(page, "#fb-documents", NAUGHTY["svg"])
    page.locator("#fb-documents").get_by_text("PUMP-1").last.click()
    _holds(page, "#fb-document h3", NAUGHTY["svg"])
    for tab in ("Quality report", "Pages and pieces", "Facts"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(200)
        assert page.evaluate(NODES) == []
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.fill("#fb-reason textarea, #fb-reason input", ALL[:290])
    page.click("#fb-yes")
    _holds(page, "#fb-document", NAUGHTY["onerror"])
    page.get_by_role("button", name="Correct tags", exact=True).click()
    page.fill("#fb-correct-site textarea, #fb-correct-site input", _site(NAUGHTY["onerror"]))
    page.click("#fb-correct-save")
    expect(page.locator("#fb-said")).to_contain_text("Corrected")
    keep(page, "11-naughty-document")
    page.get_by_role("button", name="Approve", exact=True).click()
    page.click("#fb-yes")
    expect(page.locator("#fb-said")).to_contain_text("Approved.")


def test_files_with_naughty_names_are_queued_under_them(page: Page, tmp_path: Path) -> None:
    paths = [tmp_path / f"{text.replace('/', '_')}.md" for text in NAUGHTY.values()]
    for number, path in enumerate(paths):
        path.write_text(f"# Only a heading {number}\n", "utf-8")
    _open(page, "Documents")
    expect(page.locator(".fb-drop")).to_be_visible()
    page.set_input_files(".fb-drop .fb-file", paths)
    page.wait_for_function(
        "count => document.querySelectorAll('#fb-queue .fb-item').length >= count",
        arg=len(paths) - 2,
        timeout=_READ_MS,
    )
    assert page.evaluate(NODES) == []
    keep(page, "11-naughty-files")


def test_an_order_with_naughty_texts_is_edited_as_text(page: Page) -> None:
    page.fill("#fb-question textarea", f"E-700 pump drips {NAUGHTY['onerror']}")
    page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.locator("#fb-chat .fb-answer").last
    expect(answer).to_contain_text("whole answer", timeout=_READ_MS)
    page.click("#fb-make-order")
    title = page.locator("#fb-order-title textarea, #fb-order-title input")
    expect(title).to_be_visible()
    for text in NAUGHTY.values():
        title.fill(text[:99])
        page.click("#fb-order-save")
        _holds(page, "#fb-orders", text[:99])
    keep(page, "11-naughty-order")
    title.fill("")
    page.click("#fb-order-save")
    expect(page.locator("#fb-order-note")).to_contain_text("title")


def test_naughty_terms_are_text(page: Page) -> None:
    _open(page, "Dictionary")
    page.get_by_role("radio", name="In use").click()
    for kind in ("script", "onerror", "svg", "iframe", "css"):
        _holds(page, "#fb-terms b", NAUGHTY[kind][:50].casefold())
    page.fill("#fb-terms-short textarea, #fb-terms-short input", NAUGHTY["svg"][:55])
    page.fill("#fb-terms-long textarea, #fb-terms-long input", NAUGHTY["svg"][:55])
    page.click("#fb-terms-add")
    expect(page.locator("#fb-terms-note")).to_contain_text("no term")
    keep(page, "11-naughty-terms")


def test_naughty_users_sites_and_tokens_are_text(page: Page) -> None:
    _open(page, "Users")
    _holds(page, "#fb-users", "<b>e")
    page.locator("#fb-users").get_by_text("eve", exact=True).first.click()
    _holds(page, "#fb-user", NAUGHTY["onerror"])
    page.click("#fb-user-sites input")
    _holds(page, "#fb-user-sites, [role=option]", NAUGHTY["script"])
    keep(page, "11-naughty-user")
    page.get_by_role("tab", name="Your API tokens").click()
    for text in NAUGHTY.values():
        if "\u202e" in text:
            continue
        page.fill("#fb-token-label textarea, #fb-token-label input", text)
        page.click("#fb-token-make")
        _holds(page, "#fb-tokens b", text)
    page.get_by_role("tab", name="Audit log").click()
    _holds(page, "#fb-audit", "token created")


def test_the_choices_of_an_upload_are_text(page: Page, address: str) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{address}/sign-in")
    sign_in(page, address, "eve")
    _open(page, "Documents")
    for text in NAUGHTY.values():
        if "\u202e" not in text:
            _holds(page, ".fb-drop option", _site(text))
            _holds(page, ".fb-groups label", text)
