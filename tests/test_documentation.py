"""What the documentation says of commands, files and JSON is so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel
from typer.testing import CliRunner

from assistant.evaluation_sums import Scores
from assistant.messages import Answer
from assistant.work_orders import WorkOrder
from ui import (
    account_schemas,
    asset_schemas,
    dictionary_schemas,
    document_schemas,
    evaluation_schemas,
    plant_schemas,
    schemas,
    ticket_schemas,
)
from ui.cli import app
from ui.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *(path for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md") if path.exists()),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "README.md",
]
REFERENCE = ROOT / "docs" / "cli.md"

_FENCE = re.compile(r"^(`{3,})([a-z]*)[^\n]*\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)[^)]*\)|<(?:img|a)\b[^>]*\b(?:src|href)=\"([^\"]+)\"")
_SCHEMAS = (
    account_schemas,
    asset_schemas,
    dictionary_schemas,
    document_schemas,
    evaluation_schemas,
    plant_schemas,
    schemas,
    ticket_schemas,
)
_SHELLS = ("", "sh", "bash", "console", "shell")

Command = tuple[tuple[str, ...], Any]


def _commands() -> list[Command]:
    """Every command with the words that call it."""

    def below(group: Any, words: tuple[str, ...]) -> Iterator[Command]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from below(command, (*words, name))
            else:
                yield (*words, name), command

    return list(below(typer.main.get_command(app), ()))


COMMANDS = _commands()


def _name(value: object) -> str:
    if isinstance(value, Path):
        return value.name
    return " ".join(value) if isinstance(value, tuple) else ""


def _prose(path: Path) -> str:
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


def _blocks(path: Path, *languages: str) -> list[str]:
    return [
        match[3]
        for match in _FENCE.finditer(path.read_text(encoding="utf-8"))
        if match[2] in languages
    ]


def _shown_commands() -> list[tuple[Path, str]]:
    """Lines of code blocks that call faultbook, a line that goes on joined to the next."""
    return [
        (path, line.strip().removeprefix("$ "))
        for path in PAGES
        for block in _blocks(path, *_SHELLS)
        for line in block.replace("\\\n", " ").splitlines()
        if line.strip().removeprefix("$ ").startswith("faultbook ")
    ]


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=_name)
def test_every_command_and_option_has_help(words: tuple[str, ...], command: Any) -> None:
    assert (command.help or "").strip(), words
    bare = [option.name for option in command.params if not (option.help or "").strip()]
    assert not bare


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=_name)
def test_every_command_is_named_in_the_documentation(words: tuple[str, ...], command: Any) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (REFERENCE, ROOT / "README.md")]
    assert any(f"faultbook {' '.join(words)}" in text for text in texts)


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=_name)
def test_the_reference_lists_the_arguments_and_options_of_every_command(
    words: tuple[str, ...], command: Any
) -> None:
    section = _sections()[f"faultbook {' '.join(words)}"]
    documented = {name for row in _rows(section) for name in re.findall(r"`(.+?)`", row[0])}
    real = set()
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            real.add(parameter.name.upper())
        elif parameter.name not in ("help", "home"):  # those of every command
            real.update(parameter.opts)
    assert documented == real
    assert "home" in {parameter.name for parameter in command.params}
    assert command.help.strip() in section


def test_the_reference_describes_no_command_that_is_not_there() -> None:
    described = {name for name in _sections() if name.startswith("faultbook ")}
    assert described == {f"faultbook {' '.join(words)}" for words, _ in COMMANDS}


def _sections() -> dict[str, str]:
    """The sections of the reference by title; that of a command without its arguments."""
    found: dict[str, str] = {}
    for section in re.split(r"^### ", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE):
        title, _, body = section.partition("\n")
        words = title.strip("` ").split()
        found[" ".join(word for word in words if not word.strip(".").isupper())] = body
    return found


def _rows(section: str) -> list[list[str]]:
    """The cells of a section's table, head and rule left out."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\)\|", line.strip("|"))[:3] for line in lines[2:]]


def _shapes() -> list[type[BaseModel]]:
    """Everything that the JSON of a command may hold."""
    found: list[type[BaseModel]] = []

    def reach(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in found:
                found.append(kind)
                for field in kind.model_fields.values():
                    reach(field.annotation)
        else:
            for part in get_args(kind):
                reach(part)

    shown = [value for module in _SCHEMAS for value in vars(module).values()]
    for value in (*shown, Answer, WorkOrder, Scores):
        is_shape = isinstance(value, type) and issubclass(value, BaseModel)
        if is_shape and value not in (schemas.Schema, BaseModel):
            reach(value)
    return found


@pytest.mark.parametrize("shape", _shapes(), ids=lambda shape: shape.__name__)
def test_the_reference_lists_the_fields_of_every_shape_of_json(shape: type[BaseModel]) -> None:
    rows = _rows(_sections()[shape.__name__])
    assert [row[0].strip(" `") for row in rows] == list(shape.model_fields)
    for (_, kind, _), field in zip(rows, shape.model_fields.values(), strict=True):
        assert ("null" in kind) == (type(None) in get_args(field.annotation))


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_relative_link_leads_to_a_file(path: Path) -> None:
    targets = {first or second for first, second in _LINK.findall(_prose(path))}
    relative = {t for t in targets if not re.match(r"[a-z]+:|#|//", t)}
    lost = {t for t in relative if not (path.parent / t.partition("#")[0]).exists()}
    assert not lost


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_link_to_a_heading_leads_to_one(path: Path) -> None:
    for first, second in _LINK.findall(_prose(path)):
        name, mark, anchor = (first or second).partition("#")
        target = path.parent / name if name else path
        if mark and target.suffix == ".md" and not re.match(r"[a-z]+:", name):
            titles = re.findall(r"^#+ (.+)$", _prose(target), re.MULTILINE)
            assert anchor in {_anchor(title) for title in titles}


def _anchor(title: str) -> str:
    """How a heading is addressed: lower case, hyphens for spaces, no other marks."""
    return re.sub(r"[^\w\- ]", "", title.casefold()).replace(" ", "-")


def test_the_readme_shows_commands() -> None:
    assert any(path.name == "README.md" for path, _ in _shown_commands())


@pytest.mark.parametrize(("path", "line"), _shown_commands(), ids=lambda value: _name(value))
def test_every_command_that_is_shown_parses(path: Path, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, f"{path.name}: {line}"
        command = command.commands[words.pop(0)]
    result = CliRunner().invoke(app, [*shlex.split(line, comments=True)[1:], "--help"])
    assert result.exit_code == 0, f"{path.name}: {line}\n{result.output}"


def _settings_blocks() -> list[tuple[Path, str]]:
    return [
        (path, block)
        for path in PAGES
        for block in _blocks(path, "toml")
        if "settings.toml" in block.partition("\n")[0]
    ]


@pytest.mark.parametrize(("path", "block"), _settings_blocks(), ids=lambda value: _name(value))
def test_every_example_of_settings_is_accepted(path: Path, block: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(block, encoding="utf-8")
    load_settings(tmp_path)
