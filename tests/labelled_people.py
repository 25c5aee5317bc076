"""Ticket texts with people, addresses and codes that were labelled by hand, and what is hidden.

Run as a program it prints the recall and every miss: ``python -m tests.labelled_people``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from assistant.names import Roster
from assistant.pseudonyms import find_people

FILE = Path(__file__).parent / "data" / "people_in_tickets.txt"
_LABEL = re.compile(r"\[([pic]) (.*?)\]")


@dataclass(frozen=True)
class Labelled:
    """A text with the spans of each label: p(erson), i(dentifier), c(ode)."""

    text: str
    language: str
    is_unseen: bool
    spans: tuple[tuple[str, int, int], ...]


@dataclass
class Count:
    """How many labels there are, and which of them were treated wrongly."""

    total: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def share_right(self) -> float:
        return 1 - len(self.wrong) / self.total


def read() -> tuple[Roster, list[Labelled]]:
    people: list[str] = []
    texts: list[Labelled] = []
    is_unseen = False
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("people:"):
            people += [name.strip() for name in line[7:].split("|")]
        elif line == "== unseen":
            is_unseen = True
        elif line and not line.startswith("#"):
            language, marked = line.split("\t")
            texts.append(_parse(marked, language, is_unseen))
    return Roster(people), texts


def _parse(marked: str, language: str, is_unseen: bool) -> Labelled:
    text, last, spans = "", 0, []
    for match in _LABEL.finditer(marked):
        text += marked[last : match.start()]
        spans.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return Labelled(text + marked[last:], language, is_unseen, tuple(spans))


def measure(roster: Roster, texts: list[Labelled]) -> tuple[dict[str, Count], list[str]]:
    """Count by label; also tell what was hidden that no label names."""
    counts = {label: Count() for label in "pic"}
    extra: list[str] = []
    for labelled in texts:
        text = labelled.text
        hidden = {
            position
            for named, _ in find_people(text, roster)
            for position in range(named.start, named.end)
        }
        known: set[int] = set()
        for label, start, end in labelled.spans:
            known |= set(range(start, end)) if label != "c" else set()
            count = counts[label]
            count.total += 1
            letters = {p for p in range(start, end) if text[p].isalnum()}
            # A title before a name, such as "Herr", may stay.
            title = re.match(
                r"(?i)(?:mr|mrs|ms|dr|herrn?|hr|frau|fr)\.? (?:dr\. )?", text[start:end]
            )
            if label == "p" and title:
                letters -= set(range(start, start + title.end()))
            is_wrong = bool(letters & hidden) if label == "c" else not letters <= hidden
            if is_wrong:
                count.wrong.append(f"{text[start:end]!r} in {text!r}")
        if rest := "".join(text[p] for p in sorted(hidden - known)).strip(" .,"):
            extra.append(f"{rest!r} in {text!r}")
    return counts, extra


def report(name: str, texts: list[Labelled], roster: Roster) -> str:
    counts, extra = measure(roster, texts)
    lines = [f"{name}: {len(texts)} texts"]
    for label, what in (("p", "names"), ("i", "identifiers"), ("c", "codes")):
        count = counts[label]
        right = count.total - len(count.wrong)
        lines.append(f"  {what}: {right} of {count.total} right = {count.share_right:.3f}")
        lines += [f"    {miss}" for miss in count.wrong]
    return "\n".join([*lines, *(f"  also hidden: {each}" for each in extra)])


def main() -> None:
    roster, texts = read()
    for name, is_unseen in (("seen", False), ("unseen", True)):
        part = [text for text in texts if text.is_unseen is is_unseen]
        sys.stdout.write(report(name, part, roster) + "\n")
    sys.stdout.write(report("all", texts, roster).split("\n  also", 1)[0] + "\n")


if __name__ == "__main__":
    main()
