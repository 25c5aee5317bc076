"""Prompts on the command line: what is used, and why an override is not."""

from __future__ import annotations

from pathlib import Path

import pytest

import prompts
from tests.command_line import fail, run, succeed
from ui.schemas import PromptOut

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("empty_home")


def override(home: Path, name: str = "rank", *, valid: bool = True) -> Path:
    folder = home / "prompts"
    folder.mkdir(parents=True, exist_ok=True)
    text = prompts.source(name).replace("maintenance technician", "fitter")
    path = folder / f"{name}.md"
    path.write_text(text if valid else text.replace("{{blocks}}", ""), encoding="utf-8")
    return path


def listed() -> dict[str, PromptOut]:
    shapes = [
        PromptOut.model_validate(each) for each in succeed("prompts", "list", "--json").json()
    ]
    return {shape.name: shape for shape in shapes}


def test_what_ships_is_used_and_can_be_printed() -> None:
    shapes = listed()
    assert {"diagnose", "rank", "translate"} <= shapes.keys()
    assert {shape.use for shape in shapes.values()} == {"shipped"}
    assert succeed("prompts", "show", "rank").out == prompts.source("rank")
    assert "There are: brief, diagnose, rank" in fail("prompts", "show", "ranks")


@pytest.mark.parametrize(("valid", "use"), [(True, "not evaluated"), (False, "malformed")])
def test_an_override_that_is_not_used_is_shown_by_list_and_doctor(
    empty_home: Path, valid: bool, use: str
) -> None:
    path = override(empty_home, valid=valid)
    shape = listed()["rank"]
    assert (shape.use, shape.file) == (use, str(path))
    assert shape.sha256 == prompts.load("rank").sha256
    done = run("doctor")
    assert done.code == 1
    line = next(line for line in done.out.splitlines() if "prompt rank" in line)
    assert line.startswith("FAIL")
    assert str(path) in line
    assert succeed("prompts", "show", "rank").out == prompts.source("rank")


def test_evaluating_needs_an_override_and_a_model(empty_home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "golden.jsonl"
    questions.write_text("", encoding="utf-8")
    message = fail("prompts", "evaluate", "rank", "--questions", questions)
    assert f"There is no override {empty_home / 'prompts' / 'rank.md'}" in message
    override(empty_home)
    message = fail("prompts", "evaluate", "rank", "--questions", questions)
    assert "A prompt is evaluated with the language model" in message
