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

import httpx

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
