"""What a test needs beyond Python: CI must have it, elsewhere the test says how to get it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


def missing(what: str, remedy: str) -> None:
    """Skip the test, or fail it where FAULTBOOK_CI says that everything must be there."""
    message = f"{what} is missing. {remedy}"
    if os.environ.get("FAULTBOOK_CI"):
        pytest.fail(message)
    pytest.skip(message)


def model_folder() -> Path:
    """The folder of the fetched default models."""
    folder = Path(os.environ.get("FAULTBOOK_MODELS", "~/.cache/faultbook/models")).expanduser()
    names = ("all-MiniLM-L6-v2", "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M")
    for name in names:
        if not (folder / name / "faultbook.json").exists():
            missing(f"The model {name} in {folder}", "Run 'faultbook models fetch'.")
    return folder


def bench_folder() -> Path:
    """The folder of the benchmark data."""
    folder = os.environ.get("FAULTBOOK_BENCH", "")
    if not folder or not Path(folder).is_dir():
        missing("The benchmark data", "Name its folder in the variable FAULTBOOK_BENCH.")
    return Path(folder)


def chromium() -> str:
    """The path of a Chromium or Chrome."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    missing("Chromium", "Install it, for example with 'apt-get install chromium'.")
    raise AssertionError("missing() always raises")


def big_manual() -> Path:
    """The manual of 1,335 pages of Debian's package linuxcnc-doc-en."""
    path = Path("/usr/share/doc/linuxcnc/LinuxCNC_Documentation.pdf")
    if not path.is_file():
        missing(f"{path} is not there", "apt-get install linuxcnc-doc-en")
    return path
