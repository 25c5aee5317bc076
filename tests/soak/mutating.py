"""Alter correct answers one thing at a time, and count what the verifier catches."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from assistant.messages import Answer
from assistant.verifying.answers import Verifier
from index import tables
from index.access import LOCAL
from index.assets import AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine
from index.home import Home
from index.retrieval import Retriever
from ingest.tagging import Stated
from ingest.tickets import import_assets
from tests.example_scripts import EXAMPLES, load
from tests.hash_embedder import HashEmbedder
from tests.ingesting import worker_of
from tests.soak import mutators
from tests.soak.correct_answers import answers

Altered = tuple[Answer, str] | None
Change = Callable[[Answer, random.Random], Altered]


def _in_text(alter: mutators.Alter) -> Change:
    return partial(_altered, alter=alter)


def _altered(answer: Answer, chance: random.Random, *, alter: mutators.Alter) -> Altered:
    return mutators.altered_text(answer, alter, chance)


HARMFUL: dict[str, Change] = {
    "digits": _in_text(mutators.digits),
    "units": _in_text(mutators.units),
    "parts": _in_text(mutators.parts),
    "part numbers": mutators.named_part,
    "codes": _in_text(mutators.codes),
    "code of a card": mutators.named_code,
    "warning dropped": mutators.warning_dropped,
    "warning words": mutators.warning_words,
    "warning lowered": mutators.warning_lowered,
    "negation inserted": _in_text(mutators.negation_inserted),
    "negation removed": _in_text(mutators.negation_removed),
    "steps": mutators.steps_changed,
    "order in a note": _in_text(mutators.order_of_note),
}
HARMLESS: dict[str, Change] = {
    "spacing": _in_text(mutators.spacing),
    "unit spelling": _in_text(mutators.unit_spelling),
    "decimal comma": _in_text(mutators.decimal_comma),
}
SENSE = ("negation inserted", "negation removed", "steps", "order in a note")
LEAST = 0.99
LEAST_SENSE = 0.95
MOST_FALSE = 0.02


@dataclass
class Tally:
    """How many alterations of each kind were tried and caught, and false alarms."""

    tried: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def share(self, kinds: Iterable[str]) -> float | None:
        """Share of the alterations of some kinds that were caught."""
        kinds = list(kinds)
        tried = sum(self.tried[kind] for kind in kinds)
        return sum(self.caught[kind] for kind in kinds) / tried if tried else None

    @property
    def false_share(self) -> float:
        """Share of the unaltered and the harmlessly altered answers that were held against."""
        return sum(self.false.values()) / max(sum(self.right.values()), 1)

    def lines(self) -> Iterable[str]:
        """The report."""
        for kind in HARMFUL:
            form = "{:18} caught {:4} of {:4}"
            yield form.format(kind, self.caught[kind], self.tried[kind])
        facts, sense = self.share(k for k in HARMFUL if k not in SENSE), self.share(SENSE)
        for name, share, least in (("facts and warnings", facts, LEAST),
                                   ("negation and order", sense, LEAST_SENSE)):  # fmt: skip
            if share is not None:
                yield f"{name}: {share:.4f} (goal {least})"
        for kind in ("unaltered", *HARMLESS):
            yield f"{kind:18} false  {self.false[kind]:4} of {self.right[kind]:4}"
        yield f"false alarms: {self.false_share:.4f} (goal {MOST_FALSE})"

    @property
    def is_good(self) -> bool:
        """Whether all goals are met."""
        facts, sense = self.share(k for k in HARMFUL if k not in SENSE), self.share(SENSE)
        return (
            (facts or 1.0) >= LEAST
            and (sense or 1.0) >= LEAST_SENSE
            and self.false_share <= MOST_FALSE
        )


def tally(correct: Iterable[Answer], retriever: Retriever, chance: random.Random) -> Tally:
    """Alter each answer once harmfully, in the kind with fewest so far, and once harmlessly."""
    counted = Tally()
    for answer in correct:
        _judge_right(answer, "unaltered", retriever, counted)
        _judge_altered(answer, retriever, counted, chance)
        for kind in sorted(HARMLESS, key=lambda name: counted.right[name]):
            if altered := HARMLESS[kind](answer, chance):
                _judge_right(altered[0], kind, retriever, counted)
                break
    return counted


def _judge_altered(
    answer: Answer, retriever: Retriever, counted: Tally, chance: random.Random
) -> None:
    for kind in sorted(HARMFUL, key=lambda name: counted.tried[name]):
        altered = HARMFUL[kind](answer, chance)
        if altered is None:
            continue
        counted.tried[kind] += 1
        checked = Verifier(retriever, LOCAL).answer(altered[0])
        is_shown = altered[1] != "" and any(
            text == altered[1] for _, text in mutators.texts(checked)
        )
        if checked.removed and not is_shown:
            counted.caught[kind] += 1
        else:
            counted.misses.append(f"{kind}: {answer.question}: {altered[1]!r}")
        return


def _judge_right(answer: Answer, kind: str, retriever: Retriever, counted: Tally) -> None:
    counted.right[kind] += 1
    checked = Verifier(retriever, LOCAL).answer(answer)
    if checked.removed:
        counted.false[kind] += 1
        reasons = "; ".join(f"{one.reason}: {one.text}" for one in checked.removed)
        counted.misses.append(f"{kind}, false: {answer.question}: {reasons}")


def open_plant(folder: Path) -> Retriever:
    """The sample plant's manuals in a home; one that is there already is used again."""
    home = Home(folder / "home")
    embedder = HashEmbedder()
    is_there = home.knowledge.exists()
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    if not is_there:
        import_assets(AssetRegister(catalog.engine), EXAMPLES / "assets.csv")
        paths = list(load("build").build(folder))
        for report in worker_of(home, catalog, embedder).ingest(
            LOCAL, paths, Stated(), lambda *_: None
        ):
            assert report.outcome != "failed", report.reason
    return Retriever(catalog, embedder, Caches(catalog, embedder, None))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the report; exit with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keeps the plant's home for the next run")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        retriever = open_plant(folder)
        chance = random.Random(options.seed)
        made = answers(retriever, options.answers, chance)
        counted = tally(made, retriever, chance)
    for miss in counted.misses:
        print(miss)
    for line in counted.lines():
        print(line)
    sys.exit(0 if counted.is_good else 1)
