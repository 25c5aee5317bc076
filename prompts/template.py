"""Prompt files: a header that declares name, version and variables, then the messages.

A message starts with a line ``## system``, ``## user`` or ``## assistant``. A variable is written
``{{name}}``. Declared and used variables must agree, and so must declared and given ones. Tags such
as ``<question>`` around a variable delimit data; the data cannot close them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

Role = Literal["system", "user", "assistant"]

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_TAG = re.compile(r"</?(\w+)>")
_FENCED = re.compile(r"<(\w+)>\s*\{\{(\w+)\}\}\s*</\1>")
_MESSAGE = re.compile(r"^## (system|user|assistant)$", re.MULTILINE)


class PromptError(ValueError):
    """A prompt file is malformed, or is rendered with the wrong variables."""


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt; ``sha256`` identifies its exact text and is stored with every answer."""

    name: str
    version: int
    variables: frozenset[str]
    messages: tuple[tuple[Role, str], ...]
    sha256: str

    def render(self, values: Mapping[str, str]) -> list[tuple[Role, str]]:
        """Return the messages with the variables filled in.

        Raises:
            PromptError: a variable is missing, or one that is not declared is given.
        """
        if missing := self.variables - values.keys():
            raise PromptError(f"prompt {self.name!r} lacks the variables {sorted(missing)}")
        if unknown := values.keys() - self.variables:
            raise PromptError(f"prompt {self.name!r} has no variables {sorted(unknown)}")
        tags = {tag for _, text in self.messages for tag in _TAG.findall(text)}
        inert = {name: _without_tags(value, tags) for name, value in values.items()}
        return [
            (role, _VARIABLE.sub(lambda match: inert[match[1]], text))
            for role, text in self.messages
        ]


def _without_tags(value: str, tags: Iterable[str]) -> str:
    """The value with other brackets around what would open or close a tag of the prompt."""
    names = "|".join(sorted(tags))
    return re.sub(rf"<(\s*/?\s*(?:{names})\s*)>", r"‹\1›", value, flags=re.I) if names else value


def source(name: str) -> str:
    """The file of a prompt that ships, as text.

    Raises:
        PromptError: there is none.
    """
    file = files("prompts").joinpath(f"{name}.md")
    if not file.is_file():
        raise PromptError(f"there is no prompt {name!r}")
    return file.read_text(encoding="utf-8")


def load(name: str) -> PromptTemplate:
    """Return the prompt of that name.

    Raises:
        PromptError: there is none, or its file is malformed.
    """
    return parse(source(name), name)


def names() -> tuple[str, ...]:
    """The names of all prompts that ship, in order."""
    found = (file.name for file in files("prompts").iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in found if name.endswith(".md")))


def load_override(path: Path, shipped: PromptTemplate) -> PromptTemplate:
    """Return a site's own text of a prompt that ships.

    Raises:
        PromptError: the file is malformed, or does not have the variables, messages and tags of the
            prompt that ships; the message names the file.
    """
    try:
        template = parse(path.read_text(encoding="utf-8"), shipped.name)
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path} cannot be read as text in UTF-8: {error}.") from error
    except PromptError as error:
        raise PromptError(f"{path}: {error}. Correct the file, or move it away.") from error
    for what, has, needs in (
        ("variables", template.variables, shipped.variables),
        ("messages", _roles(template), _roles(shipped)),
        ("tags around data", _data_tags(template), _data_tags(shipped)),
    ):
        if has != needs:
            raise PromptError(
                f"{path}: it has the {what} {sorted(has)}, but the prompt that ships has "
                f"{sorted(needs)}. Use the same."
            )
    return template


def _roles(template: PromptTemplate) -> tuple[str, ...]:
    return tuple(role for role, _ in template.messages)


def _data_tags(template: PromptTemplate) -> frozenset[tuple[str, str]]:
    """The variables that stand in tags of their own, with the tag."""
    text = "\n".join(text for _, text in template.messages)
    return frozenset(_FENCED.findall(text))


def parse(text: str, name: str) -> PromptTemplate:
    """Return the prompt that a file's text holds.

    Raises:
        PromptError: the text is malformed; the message says where.
    """
    head, separator, body = text.partition("\n---\n")
    if not separator or not head.startswith("---\n"):
        raise PromptError(f"prompt {name!r} has no header between '---' lines")
    facts: dict[str, str] = {}
    for line in head[4:].splitlines():
        key, _, value = line.partition(":")
        facts[key.strip()] = value.strip()
    if facts.get("name") != name or not facts.get("version", "").isdecimal():
        raise PromptError(f"the header of prompt {name!r} must hold its name and a version number")
    declared = frozenset(v.strip() for v in facts.get("variables", "").split(",") if v.strip())
    used = frozenset(_VARIABLE.findall(body))
    if "{{" in _VARIABLE.sub("", body):
        raise PromptError(f"prompt {name!r} has a '{{{{' that begins no variable")
    if declared != used:
        raise PromptError(f"prompt {name!r} declares {sorted(declared)} but uses {sorted(used)}")
    parts = _MESSAGE.split(body)
    if len(parts) < 3 or parts[0].strip():
        raise PromptError(f"the body of prompt {name!r} must start with '## system' or '## user'")
    messages = tuple(
        (cast(Role, role), content.strip())
        for role, content in zip(parts[1::2], parts[2::2], strict=True)
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return PromptTemplate(name, int(facts["version"]), declared, messages, digest)
