"""A browser that takes note of foreign requests, dialogs and refusals of the policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.components import chromium

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts" / "screenshots"
LANDSCAPE, PORTRAIT = {"width": 1024, "height": 768}, {"width": 800, "height": 1280}
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@dataclass
class Noted:
    """What a page did that it must not do."""

    foreign: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=30_000)  # a loaded machine is slow
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=_FLAGS)
        yield found
        found.close()


def watched(
    opened: Browser, address: str, noted: Noted, size: dict[str, int] | None = None
) -> tuple[BrowserContext, Page]:
    """A page whose requests, dialogs and errors are noted."""
    context = opened.new_context(
        viewport=size or LANDSCAPE,  # type: ignore[arg-type]
        has_touch=True,
        accept_downloads=True,
    )
    tab = context.new_page()
    tab.set_default_timeout(30_000)
    own = (address, "data:", "blob:")
    context.on("request", lambda r: None if r.url.startswith(own) else noted.foreign.append(r.url))
    tab.on("pageerror", lambda error: noted.failures.append(str(error)))
    tab.on("dialog", lambda dialog: (noted.failures.append(dialog.message), dialog.dismiss()))
    tab.on(
        "console",
        lambda said: noted.failures.append(said.text) if "Security Policy" in said.text else None,
    )
    return context, tab


def keep(page: Page, name: str) -> None:
    """Keep a screenshot among the artifacts."""
    page.wait_for_timeout(400)  # until pictures are painted
    page.screenshot(path=ARTIFACTS / f"{name}.png")
