"""Ingestions in a process of their own: a followed folder, and a file that is given up midway."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import PUMP, succeed

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("empty_home")

_PATIENCE_S = 180.0


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts commands that are ended with the test."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "ui", *map(str, arguments)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def _wait(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def _statuses() -> dict[str, str]:
    listed = succeed("documents", "list", "--all", "--json").json()
    return {each["document_number"]: each["status"] for each in listed}


def _intake() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = succeed("intake", "list", "--all", "--json").json()
    return rows


def test_a_followed_folder_takes_in_what_comes_and_withdraws_what_goes(
    tmp_path: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    process = started("ingest", "--watch", folder, "--every", "0.2", "--withdraw-removed")
    path = folder / "pump.md"
    path.write_text(PUMP, encoding="utf-8")
    (folder / "empty.md").touch()
    _wait(lambda: _statuses() == {"PX7-MM": "approved"}, process)
    path.unlink()
    _wait(lambda: _statuses() == {"PX7-MM": "withdrawn"}, process)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=_PATIENCE_S)
    assert process.returncode == 0, said
    assert f"Following {folder}" in said
    assert "empty.md is empty (0 bytes)" in said
    assert "added" in said
    assert "withdrawn" in said


def test_a_file_that_is_being_read_can_be_given_up_from_outside(
    tmp_path: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    big = tmp_path / "big.md"
    sections = (f"## Part {n}\n\nGrease bearing {n} every {n} hours.\n" for n in range(20_000))
    big.write_text("# PX-9 Manual\n\n" + "\n".join(sections), encoding="utf-8")
    small = tmp_path / "pump.md"
    small.write_text(PUMP, encoding="utf-8")
    process = started("ingest", big, small, "--json")
    _wait(lambda: any(item["state"] == "running" for item in _intake()), process)
    (running,) = [item for item in _intake() if item["state"] == "running"]
    succeed("intake", "cancel", str(running["id"]))
    said, _ = process.communicate(timeout=_PATIENCE_S)
    result = json.loads(said[said.index("\n{") :])  # after what the model library prints
    outcomes = {file["path"]: file["outcome"] for file in result["files"]}
    assert outcomes == {str(big): "cancelled", str(small): "added"}
    assert _statuses() == {"PX7-MM": "approved"}
    assert succeed("knowledge", "check").code == 0
