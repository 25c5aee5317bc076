"""How questions over the record are understood in other words than those that it was made with.

    python -m tests.soak.paraphrases FILE [--show] [--home HOME]

FILE holds a JSON object a line: ``id``, ``question`` (which of the 55 it means) and ``text``. Each
is asked at the sample plant, or at HOME, which has its record; the rules alone read it. Printed is
how many were understood rightly, asked back, and understood wrongly without a word; texts only
with ``--show``, so that a set that was not looked at stays so.

An ask-back is one whether or not the right query is among its choices; how often it is, is printed.
A query that says more or less than the question, or takes another period, is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.analytics.asking.asked import AskBack, Asked
from assistant.analytics.asking.asker import Asker
from index.access import LOCAL
from tests.record_home import build_record, open_record
from tests.record_queries import Question, questions

Outcome = Literal["right", "asked back, with it", "asked back", "silently wrong"]
OUTCOMES: tuple[Outcome, ...] = ("right", "asked back, with it", "asked back", "silently wrong")


@dataclass(frozen=True)
class Paraphrase:
    """A question in other words."""

    id: str
    question: Question
    text: str


def read(path: Path) -> Iterator[Paraphrase]:
    """The paraphrases of a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Paraphrase(row["id"], questions()[row["question"]], row["text"])


def outcome(asked: Asked, question: Question) -> Outcome:
    """What became of a question."""
    if isinstance(asked, AskBack):
        offered = [choice.query for choice in asked.choices if choice.query is not None]
        return OUTCOMES[1 if any(map(question.is_meant_by, offered)) else 2]
    return "right" if question.is_meant_by(asked.query) else "silently wrong"


def main() -> int:
    """Ask all, print counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", action="store_true", help="texts of what was not right")
    parser.add_argument("--home", type=Path, help="a home with the sample plant's record")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = told.home or Path(folder) / "home"
        if told.home is None:
            build_record(home)
        asker = Asker(open_record(home))
        found: dict[str, Counter[Outcome]] = {}
        for paraphrase in read(told.file):
            asked = asker.ask(paraphrase.text, LOCAL)
            became = outcome(asked, paraphrase.question)
            found.setdefault(paraphrase.question.id, Counter())[became] += 1
            if told.show and became != "right":
                print(f"{became}: {paraphrase.id} {paraphrase.text}\n    {_said(asked)}")
    _print(found)
    return 0


def _said(asked: Asked) -> str:
    if isinstance(asked, AskBack):
        return asked.question
    return asked.query.model_dump_json(exclude_defaults=True)


def _print(found: dict[str, Counter[Outcome]]) -> None:
    for question, counts in found.items():
        if counts["right"] < counts.total():
            print(
                f"{question}: "
                + ", ".join(f"{counts[one]} {one}" for one in OUTCOMES if counts[one])
            )
    for name, chosen in (("English", "q"), ("Chinese", "c"), ("all", "")):
        whole = sum((counts for key, counts in found.items() if key.startswith(chosen)), Counter())
        number = whole.total()
        if number:
            shares = ", ".join(f"{whole[one] / number:.3f} {one}" for one in OUTCOMES)
            print(f"{name} ({number}): {shares}")


if __name__ == "__main__":
    sys.exit(main())
