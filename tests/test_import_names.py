"""Our import names are plain words: nothing else may claim them, and they hide nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGES = ("assistant", "index", "ingest", "prompts", "ui")


@cache
def _distributions() -> Mapping[str, list[str]]:
    """The distributions by the import names that they bring."""
    return packages_distributions()


def _folder(name: str) -> Path:
    """The folder from which a package is imported."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_brings_a_package_of_this_name(name: str) -> None:
    assert set(_distributions().get(name, [])) <= {"faultbook"}


@pytest.mark.parametrize("name", PACKAGES)
def test_no_module_is_named_like_one_of_the_standard_library(name: str) -> None:
    """``python ui/app.py`` beside a module ``types`` would die inside the standard library."""
    modules = [path.relative_to(_folder(name)) for path in _folder(name).rglob("*.py")]
    assert len(modules) > 1
    names = {name} | {part for path in modules for part in path.with_suffix("").parts}
    assert names & sys.stdlib_module_names == set()


@pytest.mark.parametrize("name", PACKAGES)
def test_the_package_says_that_it_is_typed(name: str) -> None:
    assert (_folder(name) / "py.typed").is_file()


def test_importing_the_outermost_package_takes_nothing_heavy_in() -> None:
    code = "import sys, ui; print(*sorted({'torch', 'gradio', 'faiss'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=_folder("ui").parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
