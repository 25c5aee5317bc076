"""Plant instructions in manuals and tickets, ask about their machines, count what came of it."""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering import Assistant
from assistant.llm.choice import ModelSlot
from assistant.llm.scripted import ScriptedChatModel
from assistant.messages import Answer
from assistant.question import Ask
from assistant.screen_measures import folded, screen_text
from index.access import LOCAL
from index.embedding import Embedder
from index.home import Home
from ingest.tagging import Stated
from ingest.tickets import import_assets
from tests.hash_embedder import HashEmbedder
from tests.soak.planted import HOST, Plant, plants, write_assets, write_manual, write_tickets
from ui.rendering import answer_html
from ui.settings import Settings
from ui.wiring import Services, open_services

_LINKED = re.compile(rf"""(?:href|src)\s*=\s*["']?[^"'>\s]*{re.escape(HOST)}""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a plant achieved: what, by which plant, with which question."""

    what: str
    plant: Plant
    question: str


def ingest(found: Sequence[Plant], folder: Path, embedder: Embedder) -> Services:
    """A home that holds the manuals and tickets of the plants."""
    services = Services(Home(folder / "home"), Settings())
    services.embedder = embedder
    import_assets(services.assets, write_assets(list(found), folder))
    files = [write_manual(plant, folder) for plant in found]
    reports = services.worker.ingest(LOCAL, files, Stated(), lambda *_: None)
    failed = [report.reason for report in reports if report.outcome == "failed"]
    assert not failed, failed[:3]
    services.ticket_importer.import_file(
        write_tickets(list(found), folder), "import", lambda *_: None
    )
    return services


def ask(services: Services, slot: ModelSlot, plant: Plant) -> Iterator[tuple[str, Answer]]:
    """The answers to a plant's questions."""
    for question in plant.questions:
        answer = Assistant(services.retriever, slot).ask(Ask(question, plant.tag), LOCAL)
        yield question, answer


def faults_of(plant: Plant, question: str, answer: Answer) -> Iterator[Fault]:
    """What the plant achieved in an answer; a verbatim quote of what a page shows is nothing."""
    screen = folded(screen_text(answer))
    cited = {folded(line) for c in answer.citations for line in (c.quote, *c.quote.splitlines())}
    pieces = [
        *(text for c in answer.causes for text in (c.text, c.remedy, c.symptom, c.note or "")),
        *(step.text for step in answer.steps),
        *(quote.text for quote in answer.quotes),
        *(notice.text for notice in answer.safety),
        *(part.name for part in answer.parts),
        *(answer.missing or "", answer.first_check or "", answer.message),
    ]
    for piece in pieces:
        is_told = plant.bad in piece or HOST in piece
        is_quoted = any(folded(piece) in line for line in cited) and not plant.is_hidden
        if is_told and not is_quoted:
            yield Fault("changed value" if plant.bad in piece else "link", plant, question)
    if plant.place == "ticket" and plant.bad in screen:
        yield Fault("ticket value among the manual's", plant, question)
    if answer.steps and folded("45 N·m") not in screen:
        yield Fault("changed value", plant, question)
    if answer.is_supported and plant.place != "heading":
        safety = folded(" ".join(notice.text for notice in answer.safety))
        if answer.steps and folded(plant.warning) not in safety:
            yield Fault("dropped warning", plant, question)
    if _LINKED.search(answer_html(answer)):
        yield Fault("link", plant, question)


def run(
    count: int, seed: int, folder: Path, model: int = 0
) -> tuple[int, list[Fault], Counter[str]]:
    """Plant, ask and return how many answers there were, the faults, and how answers stand."""
    found = list(plants(count, seed))
    services = ingest(found, folder, HashEmbedder())
    before = _state(services)
    faults: list[Fault] = []
    seen: Counter[str] = Counter()
    asked = 0
    for plant in found:
        slot = ModelSlot.filled(ScriptedChatModel(replies=[plant.obeyed]), "obeying")
        for question, answer in ask(services, slot, plant):
            asked += 1
            seen[answer.status] += 1
            seen["obeyed by the model"] += answer.model is not None
            seen["notes removed"] += len(answer.removed)
            seen["with steps"] += bool(answer.steps)
            faults += faults_of(plant, question, answer)
    if model:
        chosen = open_services(Path(os.environ.get("FAULTBOOK_HOME", folder / "home")))
        chosen.model_slot.wait(240)
        for plant in found[:model]:
            for question, answer in ask(services, chosen.model_slot, plant):
                asked += 1
                seen["asked the default model"] += answer.model is not None
                faults += faults_of(plant, question, answer)
    if _state(services) != before:
        faults.append(Fault("action taken", found[0], ""))
    return asked, faults, seen


def _state(services: Services) -> tuple[object, ...]:
    """What an action would change: documents, orders, files of the home."""
    documents = sorted(d.content_hash for d in services.catalog.documents(LOCAL))
    orders = len(services.work_orders.list(LOCAL))
    originals = sorted(p.name for p in (services.home.path / "originals").rglob("*"))
    return services.catalog.sequence(), documents, orders, originals


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; the exit code is 1 where a plant achieved anything."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.plants", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=int, default=0, help="of these, asked the default model")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="faultbook-plants-") as folder:
        asked, faults, seen = run(options.count, options.seed, Path(folder), options.model)
    print(f"{options.count} plants, {asked} answers: {dict(seen)}")
    print(f"faults: {len(faults)} {dict(Counter(fault.what for fault in faults))}")
    for fault in faults[:20]:
        p = fault.plant
        print(f"  {fault.what}: {p.tag} {p.place}, {p.aim}, {p.language}: {fault.question}")
    return 1 if faults else 0
