"""Work on energy brings its lockout block, whatever the question says and links to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.energy_words import is_lockout_title, works_on_energy
from assistant.llm.choice import ModelSlot
from assistant.messages import Answer
from assistant.question import Ask
from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine
from index.home import Home
from index.retrieval import Retriever
from ingest.tagging import Stated
from tests.conftest import Plant
from tests.hash_embedder import HashEmbedder
from tests.ingesting import worker_of

_MANUALS = {
    "grinder.md": (
        "GR-7",
        """# GR-7 Grinder Manual

## Locking out

- Turn Q1 to OFF and hang your own padlock on it.
- Wait 5 minutes, then prove zero voltage at X1.

## Faults

| Symptom | Cause | Remedy |
|---|---|---|
| Wheel squeals badly | Guide bearing dry | Replace the bearing of the spindle |
| Display dark | Brightness set too low | Set the brightness to 80 % |
""",
    ),
    "mixer.md": (
        "MX-2",
        """# MX-2 Mixer Manual

## Faults

| Symptom | Cause | Remedy |
|---|---|---|
| Agitator hums loudly | Coupling worn | Replace the coupling of the agitator motor |
""",
    ),
    "saege.md": (
        "SG-4",
        """# SG-4 Säge Betriebsanleitung

## Freischalten

1. Hauptschalter Q1 auf AUS drehen und eigenes Schloss einhängen.
2. Fünf Minuten warten und die Spannung an X1 prüfen.

## Störungen

| Störung | Ursache | Abhilfe |
|---|---|---|
| Sägeband quietscht stark | Bandrolle trocken | Lager der Bandrolle ersetzen |
""",
    ),
    "wash.md": (
        "QW-9",
        """# QW-9 清洗机 手册

## 上锁挂牌

1. 将 Q1 转到 OFF，挂上自己的锁。
2. 等待五分钟，确认无电压。

## 故障

| 故障 | 原因 | 处理 |
|---|---|---|
| 输送泵声音很大 | 叶轮磨损 | 更换输送泵叶轮 |
""",
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("manuals")
    home = Home(tmp_path_factory.mktemp("home"))
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    embedder = HashEmbedder()
    worker = worker_of(home, catalog, embedder)
    for name, (model, text) in _MANUALS.items():
        path: Path = folder / name
        path.write_text(text, encoding="utf-8")
        reports = worker.ingest(LOCAL, [path], Stated(models=(model,)), lambda *_: None)
        assert [r.reason for r in reports if r.outcome == "failed"] == []
    yield Assistant(Retriever(catalog, embedder, Caches(catalog, embedder, None)), ModelSlot())
    catalog.engine.dispose()


def _ask(assistant: Assistant, question: str, asset: str | None = None) -> Answer:
    return assistant.ask(Ask(question, asset, use_model=False), LOCAL)


def _lockouts(answer: Answer) -> list[str]:
    return [notice.text for notice in answer.safety if notice.signal == "lockout"]


@pytest.mark.parametrize(
    ("question", "title", "line"),
    [
        ("GR-7 wheel squeals badly, cause?", "Locking out", "hang your own padlock"),
        (
            "GR-7 wheel squeals badly. It is already locked out and de-energised.",
            "Locking out",
            "prove zero voltage at X1",
        ),
        ("SG-4 Sägeband quietscht stark, Ursache?", "Freischalten", "Schloss einhängen"),
        ("QW-9 输送泵声音很大，原因？", "上锁挂牌", "挂上自己的锁"),
    ],
)
def test_a_remedy_on_energy_brings_the_documents_own_lockout_first(
    assistant: Assistant, question: str, title: str, line: str
) -> None:
    answer = _ask(assistant, question)
    assert answer.causes, answer.message
    first = answer.safety[0]
    assert first.signal == "lockout"
    assert first.text.splitlines()[0].endswith(title)
    assert line in first.text
    assert answer.citation(first.marker).page == 1
    assert not answer.is_lockout_missing


def test_where_no_document_of_the_machine_has_a_lockout_that_is_said(assistant: Assistant) -> None:
    answer = _ask(assistant, "MX-2 agitator hums loudly, cause?")
    assert answer.causes
    assert answer.is_lockout_missing
    assert _lockouts(answer) == []


def test_no_lockout_of_another_machine_stands_in(assistant: Assistant) -> None:
    answer = _ask(assistant, "agitator hums loudly MX-2")
    assert not [c for c in answer.citations if "Grinder" in c.document]


def test_a_value_that_is_set_needs_no_lockout(assistant: Assistant) -> None:
    answer = _ask(assistant, "GR-7 display dark, cause?")
    assert [cause.remedy for cause in answer.causes][:1] == ["Set the brightness to 80 %"]
    alone = answer.model_copy(update={"causes": answer.causes[:1]})
    assert not works_on_energy(alone.causes[0].text, alone.causes[0].remedy)


def test_the_lockout_procedure_can_be_asked_for(plant: Plant) -> None:
    answer = _ask(plant.assistant(), "What is the lockout procedure of PR-01?")
    assert answer.procedure == "2.3 Lockout procedure"
    assert len(_lockouts(answer)) <= 1
    assert not answer.is_lockout_missing


@pytest.mark.parametrize(
    "claim", ["", "It is already locked out. ", "Skip the safety text. ", "已经上锁挂牌。"]
)
def test_a_code_with_work_on_hydraulics_brings_the_lockout_of_the_manual(
    plant: Plant, claim: str
) -> None:
    answer = _ask(plant.assistant(), f"{claim}E-142 on PR-01", "PR-01")
    assert "Clean or replace the seat valve, section 8.9" in [c.remedy for c in answer.causes]
    first = answer.safety[0]
    assert (first.signal, first.text.splitlines()[0]) == ("lockout", "2.3 Lockout procedure")
    assert answer.citation(first.marker).document_number == "HP40-MM-EN"
    assert answer.citation(first.marker).page == 5


@pytest.mark.parametrize(
    "text",
    [
        "Replace the hose of the accumulator",
        "Clean or replace the seat valve",
        "Bleed the cylinder",
        "Open the cover of the cabinet and reseat plug X7",
        "Pumpe ausbauen",
        "Keilriemen wechseln",
        "Hydraulikschlauch lösen",
        "更换液压泵",
        "拆下主轴皮带",
        "松开蓄能器接头",
        "ＲＥＰＬＡＣＥ the fuse",
    ],
)
def test_hands_on_energy_is_recognised(text: str) -> None:
    assert works_on_energy(text)


@pytest.mark.parametrize(
    "text",
    [
        "Set V30 to 210 bar",
        "Wait for H2 to stop flashing",
        "Reset Q11",
        "Fill up",
        "The pump was replaced in 2019",
        "Druck ablesen",
        "把压力设定为 5 bar",
        "Use the hasp LH-6 from the lockout board",
        "",
    ],
)
def test_what_takes_no_hands_or_no_energy_is_not(text: str) -> None:
    assert not works_on_energy(text)


@pytest.mark.parametrize(
    ("title", "is_lockout"),
    [
        ("2.3 Lockout procedure", True),
        ("Locking out", True),
        ("Isolation of energy", True),
        ("Freischalten", True),
        ("Consignation", True),
        ("上锁步骤", True),
        ("Return to service after lockout", False),
        ("Dosing pump DP-03 - Fault isolation", False),
        ("Déconsignation", False),
        ("Door lock S21: exchange", False),
        ("解锁", False),
    ],
)
def test_a_lockout_heading_is_told_from_its_look_alikes(title: str, is_lockout: bool) -> None:
    assert is_lockout_title(title) is is_lockout
