"""Serve a home folder in a process of its own, on loopback, for tests that need the whole app."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from assistant.errors import AccountRefused
from index.access import LOCAL, Role
from ui.wiring import open_services

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "rusty gate valve 12"  # of every account that a test makes
_START_LIMIT_S = 90.0


def run(home: Path, models: Path, *arguments: str | Path) -> None:
    """Run a command of the command line; raise with its output where it fails."""
    command = [sys.executable, "-m", "ui", *map(str, arguments), "--home", str(home)]
    done = subprocess.run(
        command, env=environment(models), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def environment(models: Path) -> dict[str, str]:
    """The variables of a command that uses the fetched models and no network."""
    return {**os.environ, "FAULTBOOK_MODELS": str(models), "HF_HUB_OFFLINE": "1"}


@contextmanager
def served(home: Path, models: Path) -> Iterator[str]:
    """Serve a home until the block ends; yields the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ui", "serve", "--port", str(port), "--home", str(home)]
    log = home / "serve.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=environment(models), stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, address, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def add_account(
    home: Path,
    name: str,
    role: Role = "administrator",
    sites: tuple[str, ...] | None = None,
    groups: tuple[str, ...] | None = None,
) -> None:
    """Give a home an account, if it has none of this name yet."""
    services = open_services(home, use_model=False)
    try:
        services.accounts.add(name, role, LOCAL, password=PASSWORD, sites=sites, groups=groups)
    except AccountRefused:  # it is there
        services.accounts.get(LOCAL, name)
    finally:
        services.records.engine.dispose()


def sign_in(page: Page, address: str, name: str) -> None:
    """Sign in as a user does, and wait until the app is there."""
    page.goto(f"{address}/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_selector("#fb-question textarea")


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{address}/healthz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start in {_START_LIMIT_S:.0f} s:\n{log.read_text()}")
