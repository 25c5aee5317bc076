"""The soak commands, run small; 'make soak' runs them as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "command",
    [
        ("kills", "--rounds", "10", "--seed", "11"),
        ("races", "--rounds", "5", "--seed", "11"),
        ("fuzz", "--inputs", "10", "--whole", "5", "--seed", "11"),
    ],
    ids=lambda command: command[0],
)
def test_nothing_is_lost_and_nothing_dies(command: tuple[str, ...]) -> None:
    name, *options = command
    done = subprocess.run(
        [sys.executable, "-m", f"tests.soak.{name}", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
