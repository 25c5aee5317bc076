"""A site's own prompt is used only if exactly its text passed an evaluation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import prompts
from assistant.answering import Assistant
from assistant.errors import AssistantError
from assistant.evaluation import GoldenQuestion
from assistant.llm.breaker import CircuitBreaker
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.slot import ModelSlot
from assistant.prompt_book import RECORD, PromptBook, PromptRecord
from assistant.prompt_evaluation import evaluate_override, worse_in
from index.access import LOCAL
from tests.conftest import Plant

GOOD = json.dumps({"answerable": True, "causes": ["C"], "check": "none"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "prompts"
    folder.mkdir()
    return folder


def write(folder: Path, *changes: tuple[str, str], name: str = "rank") -> str:
    """Write an override with something changed; return the hash of its text."""
    text = prompts.source(name)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return PromptBook(folder).override(name).sha256


def record(sha256: str, *, is_passed: bool = True) -> PromptRecord:
    shares: dict[str, float | None] = {"structure_valid": 1.0}
    return PromptRecord(
        name="rank",
        sha256=sha256,
        shipped_sha256=prompts.load("rank").sha256,
        questions_sha256="0",
        questions=9,
        model="m",
        at="2026-01-01",
        is_passed=is_passed,
        worse=() if is_passed else ("facts_shown",),
        with_override=shares,
        with_shipped=shares,
    )


CHANGE = ("You help a maintenance technician to choose.", "You help the fitters of hall 3.")


def test_without_an_override_what_ships_is_used(folder: Path) -> None:
    for book in (PromptBook(), PromptBook(folder), PromptBook(folder / "nowhere")):
        assert book.get("rank") == prompts.load("rank")
        assert {state.use for state in book.states()} == {"shipped"}


def test_an_override_that_was_not_evaluated_is_not_used_and_the_state_says_what_to_do(
    folder: Path,
) -> None:
    write(folder, CHANGE)
    book = PromptBook(folder)
    assert book.get("rank") == prompts.load("rank")
    state = book.state("rank")
    assert state.use == "not evaluated"
    assert str(folder / "rank.md") in state.reason
    assert "faultbook prompts evaluate rank" in state.reason


def test_a_passed_override_is_used_at_once_and_an_edit_of_it_is_not(folder: Path) -> None:
    sha256 = write(folder, CHANGE)
    book = PromptBook(folder)
    assert book.get("rank").sha256 != sha256
    book.record(record(sha256))
    assert book.get("rank").sha256 == sha256
    assert book.state("rank").use == "override"
    write(folder, (CHANGE[0], "You help the fitters of hall 4."))
    assert book.get("rank") == prompts.load("rank")


def test_a_failed_override_is_not_used_and_the_state_says_in_what_it_was_worse(
    folder: Path,
) -> None:
    sha256 = write(folder, CHANGE)
    book = PromptBook(folder)
    book.record(record(sha256, is_passed=False))
    assert book.get("rank") == prompts.load("rank")
    assert (book.state("rank").use, "facts_shown" in book.state("rank").reason) == ("failed", True)


def test_a_pass_against_an_older_prompt_of_ours_counts_no_longer(folder: Path) -> None:
    sha256 = write(folder, CHANGE)
    book = PromptBook(folder)
    book.record(record(sha256).model_copy(update={"shipped_sha256": "older"}))
    assert book.state("rank").use == "not evaluated"


@pytest.mark.parametrize("content", ["", "{", "[{}]", "[1]", '{"name": "rank"}', "\x00"])
def test_a_record_that_cannot_be_read_counts_as_none(folder: Path, content: str) -> None:
    write(folder, CHANGE)
    (folder / RECORD).write_text(content, encoding="utf-8")
    assert PromptBook(folder).state("rank").use == "not evaluated"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("variables: blocks, question, machine", "variables: blocks, question", "declares"),
        ("<machine>{{machine}}</machine>\n", "", "declares"),
        ("name: rank", "name: rang", "its name"),
        ("<question>{{question}}</question>", "{{question}}", "tags around data"),
        ("<question>{{question}}</question>", "<q>{{question}}</q>", "tags around data"),
        ("## user\n", "## assistant\n", "messages"),
        ("{{blocks}}", "{{blocks}} {{tickets}}", "declares"),
    ],
)
def test_a_malformed_override_is_named_and_not_used(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    path = folder / "rank.md"
    path.write_text(prompts.source("rank").replace(old, new), encoding="utf-8")
    book = PromptBook(folder)
    assert book.get("rank") == prompts.load("rank")
    state = book.state("rank")
    assert state.use == "malformed"
    assert str(path) in state.reason
    assert complaint in state.reason
    with pytest.raises(AssistantError, match=r"rank\.md"):
        book.override("rank")


def test_a_file_that_is_no_text_is_malformed(folder: Path) -> None:
    (folder / "rank.md").write_bytes(b"\xff\xfe\x00")
    assert PromptBook(folder).state("rank").use == "malformed"


def test_a_file_that_overrides_nothing_is_found(folder: Path) -> None:
    (folder / "ranks.md").write_text("x", encoding="utf-8")
    assert PromptBook(folder).strangers() == [folder / "ranks.md"]


@pytest.mark.parametrize(
    ("override", "worse"),
    [
        ({}, ()),
        ({"first_cause_right": 0.9, "median_s": 90.0}, ()),
        ({"structure_valid": 0.99}, ("structure_valid",)),
        ({"facts_shown": None, "removed": 1.0}, ("facts_shown", "removed")),
    ],
)
def test_an_override_passes_if_it_is_worse_in_nothing(
    override: dict[str, float | None], worse: tuple[str, ...]
) -> None:
    shipped: dict[str, float | None] = {
        "structure_valid": 1.0,
        "first_cause_right": 0.8,
        "facts_shown": 1.0,
        "removed": 0.0,
        "median_s": 5.0,
    }
    assert worse_in(shipped | override, shipped) == worse


def golden(number: int) -> GoldenQuestion:
    return GoldenQuestion(
        id=str(number),
        kind="code",
        question=f"E-217 on PR-02, case {number}",
        asset=None,
        document="HP40-MM-EN",
        pages=(14,),
        facts=("Relief valve",),
        warnings=(),
        answerable=True,
    )


@pytest.mark.parametrize(
    ("said", "worse"), [(GOOD, ()), ("I am a teapot.", ("structure_valid", "first_cause_right"))]
)
def test_an_evaluation_asks_with_both_texts_and_records_which_is_worse(
    plant: Plant, folder: Path, said: str, worse: tuple[str, ...]
) -> None:
    sha256 = write(folder, CHANGE)
    book = PromptBook(folder)
    model = ScriptedChatModel(replies=[*[GOOD] * 5, *[said] * 5])
    patient = CircuitBreaker(failures=100)
    slot = ModelSlot.filled(model, "scripted", writes_notes=False, breaker=patient)

    def assistant(prompts_used: PromptBook) -> Assistant:
        return Assistant(plant.retriever, slot, prompts=prompts_used)

    *steps, made = evaluate_override(
        book, "rank", [golden(n) for n in range(5)], assistant, LOCAL, model="scripted"
    )
    assert len(steps) == 10
    assert made is not None
    assert (made.sha256, made.worse, made.is_passed) == (sha256, worse, not worse)
    systems = [messages[0].text for messages in model.asked]
    assert [CHANGE[1] in text for text in systems] == [False] * 5 + [True] * 5
    book.record(made)
    assert (book.get("rank").sha256 == sha256) is made.is_passed


def test_questions_that_do_not_use_the_prompt_prove_nothing(plant: Plant, folder: Path) -> None:
    write(folder, CHANGE)
    book = PromptBook(folder)
    slot = ModelSlot.filled(ScriptedChatModel(replies=[GOOD]), "scripted", writes_notes=False)
    steps = evaluate_override(
        book,
        "rank",
        [golden(1)],
        lambda used: Assistant(plant.retriever, slot, prompts=used),
        LOCAL,
        model="scripted",
    )
    with pytest.raises(AssistantError, match="used on 1 of 1 questions, fewer than 5"):
        list(steps)
