"""Which text of a prompt is used: the one that ships, or a site's own that was evaluated.

A site puts ``<home>/prompts/<name>.md`` beside its data. It is used only if the last evaluation of
exactly that text, against exactly the prompt that ships now, was passed; else the prompt that ships
is used, and the state says why.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

import prompts
from assistant.errors import AssistantError
from prompts.template import PromptError, PromptTemplate

logger = logging.getLogger(__name__)

Use = Literal["shipped", "override", "not evaluated", "failed", "malformed"]
RECORD = "evaluated.json"


class PromptRecord(BaseModel):
    """How an override did on golden questions, beside the prompt that ships."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str
    shipped_sha256: str
    questions_sha256: str
    questions: int
    model: str
    at: str
    is_passed: bool
    worse: tuple[str, ...]
    with_override: dict[str, float | None]
    with_shipped: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class PromptState:
    """A prompt with what is used of it, and why."""

    name: str
    use: Use
    sha256: str
    """Of the text that is used."""
    version: int
    path: Path | None
    """The override's file, whether it is used or not."""
    reason: str


class PromptBook:
    """The prompts of a home; without a folder, those that ship."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look for overrides in a folder, which need not exist."""
        self._folder = folder
        self._kept: dict[str, tuple[object, PromptTemplate]] = {}

    def get(self, name: str) -> PromptTemplate:
        """The prompt that is used. A new file or record counts from the next call on.

        Raises:
            PromptError: no such prompt ships.
        """
        stamp = self._stamp(name)
        kept = self._kept.get(name)
        if kept is None or kept[0] != stamp:
            state, template = self._look(name)
            if state.use not in ("shipped", "override"):
                logger.warning("prompt %s: %s", name, state.reason)
            kept = self._kept[name] = (stamp, template)
        return kept[1]

    def state(self, name: str) -> PromptState:
        """Which text is used, and why."""
        return self._look(name)[0]

    def states(self) -> list[PromptState]:
        """The states of all prompts that ship, and of files in the folder that override none."""
        return [self.state(name) for name in prompts.names()]

    def strangers(self) -> list[Path]:
        """Files in the folder that override nothing: misspelled, most likely."""
        if self._folder is None:
            return []
        names = prompts.names()
        return [p for p in sorted(self._folder.glob("*.md")) if p.stem not in names]

    def text(self, name: str, *, shipped: bool = False) -> str:
        """The file of a prompt: of the text that is used, or of the one that ships.

        Raises:
            AssistantError: there is no such prompt.
        """
        if name not in prompts.names():
            raise AssistantError(_no_prompt(name))
        state = self.state(name)
        if shipped or state.use != "override" or state.path is None:
            return prompts.source(name)
        return state.path.read_text(encoding="utf-8")

    def override(self, name: str) -> PromptTemplate:
        """The override of a prompt, whether it is used or not.

        Raises:
            AssistantError: there is none, or it is malformed; the message names the file.
        """
        if name not in prompts.names():
            raise AssistantError(_no_prompt(name))
        shipped = _shipped(name)
        path = self._path(name)
        if path is None or not path.is_file():
            where = path or f"{name}.md in the folder 'prompts' of the home"
            raise AssistantError(f"There is no override {where}. Write it first.")
        try:
            return prompts.load_override(path, shipped)
        except PromptError as error:
            raise AssistantError(str(error)) from error

    def with_override(self, name: str) -> FixedBook:
        """A book that uses the override of a prompt whatever its record says, to evaluate it."""
        return FixedBook(self, name, self.override(name))

    def with_shipped(self, name: str) -> FixedBook:
        """A book that uses what ships of a prompt, to compare."""
        return FixedBook(self, name, _shipped(name))

    def record(self, record: PromptRecord) -> None:
        """Keep the record of an evaluation, in place of an earlier one of the same text."""
        if self._folder is None:
            raise AssistantError("Without a home there is nowhere to keep the record.")
        kept = [r for r in self.records() if (r.name, r.sha256) != (record.name, record.sha256)]
        shapes = [each.model_dump(mode="json") for each in (*kept, record)]
        path = self._folder / RECORD
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(shapes, indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)

    def records(self) -> Sequence[PromptRecord]:
        """All records; none where the file cannot be read."""
        if self._folder is None:
            return []
        try:
            shapes = json.loads((self._folder / RECORD).read_text(encoding="utf-8"))
            return [PromptRecord.model_validate(shape) for shape in shapes]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, ValidationError) as error:
            logger.warning("%s cannot be read: %s", self._folder / RECORD, error)
            return []

    def _look(self, name: str) -> tuple[PromptState, PromptTemplate]:
        shipped = _shipped(name)
        path = self._path(name)
        if path is None or not path.is_file():
            return PromptState(
                name, "shipped", shipped.sha256, shipped.version, None, "it ships with Faultbook"
            ), shipped
        try:
            template = prompts.load_override(path, shipped)
        except PromptError as error:
            return self._unused(shipped, path, "malformed", str(error))
        found = [r for r in self.records() if (r.name, r.sha256) == (name, template.sha256)]
        if not found or found[-1].shipped_sha256 != shipped.sha256:
            return self._unused(
                shipped,
                path,
                "not evaluated",
                f"{path} was not evaluated as it is now. Run 'faultbook prompts evaluate {name} "
                "--questions FILE'.",
            )
        if not found[-1].is_passed:
            worse = ", ".join(found[-1].worse)
            return self._unused(
                shipped, path, "failed", f"{path} did not pass its evaluation: worse in {worse}."
            )
        why = f"{path} passed its evaluation on {found[-1].questions} questions"
        return PromptState(name, "override", template.sha256, template.version, path, why), template

    @staticmethod
    def _unused(
        shipped: PromptTemplate, path: Path, use: Use, why: str
    ) -> tuple[PromptState, PromptTemplate]:
        why = f"{why} Until then the prompt that ships is used."
        return PromptState(shipped.name, use, shipped.sha256, shipped.version, path, why), shipped

    def _path(self, name: str) -> Path | None:
        return self._folder / f"{name}.md" if self._folder is not None else None

    def _stamp(self, name: str) -> object:
        """Changes when the override or the records do."""
        if self._folder is None:
            return None
        return _stat(self._folder / f"{name}.md"), _stat(self._folder / RECORD)


class FixedBook(PromptBook):
    """A book in which one prompt is a given text; ``uses`` counts how often it was taken."""

    def __init__(self, book: PromptBook, name: str, template: PromptTemplate) -> None:
        super().__init__()
        self._book = book
        self._name = name
        self._template = template
        self.uses = 0

    def get(self, name: str) -> PromptTemplate:
        """The given text, or what the book has of other prompts."""
        if name != self._name:
            return self._book.get(name)
        self.uses += 1
        return self._template


@cache
def _shipped(name: str) -> PromptTemplate:
    return prompts.load(name)


def _no_prompt(name: str) -> str:
    return f"There is no prompt {name!r}. There are: {', '.join(prompts.names())}."


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
