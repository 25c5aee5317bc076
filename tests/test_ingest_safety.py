"""Linking safety messages and lockout blocks to what they guard."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.corpus import Block, Chunk, SafetyMessage
from ingest.chunking import cut
from ingest.readers.pdf import read_pdf
from ingest.safety import find_messages

LOCKOUT = [
    Block("heading", "Lockout", 2, level=1, number="2"),
    Block("step", "Switch off Q1.", 2, number="1."),
    Block("step", "Fit the padlock.", 2, number="2."),
    Block("step", "Check for 0 V.", 3, number="3."),
]


def _found(blocks: list[Block]) -> tuple[list[SafetyMessage], list[Chunk]]:
    chunks, sections = cut(blocks)
    return find_messages(blocks, chunks, sections)


def _guards(blocks: list[Block]) -> dict[str, list[str]]:
    """The messages that guard each chunk, by the chunk's first words."""
    messages, chunks = _found(blocks)
    return {c.sentences[0].text: [messages[i].text for i in c.guards] for c in chunks}


def _heading(title: str, level: int) -> Block:
    return Block("heading", title, level=level)


def _safety(text: str) -> Block:
    return Block("safety", text, signal="warning")


def test_a_message_guards_its_section_and_a_chapters_message_its_sections() -> None:
    guards = _guards(
        [
            Block("paragraph", "Front."),
            _heading("Repair", 1),
            _safety("chapter"),
            _heading("Pump", 2),
            Block("paragraph", "Pump text."),
            _safety("pump"),
            _heading("Seal", 3),
            Block("paragraph", "Seal text."),
            _heading("Belt", 2),
            Block("paragraph", "Belt text."),
            _heading("Care", 1),
            Block("paragraph", "Care text."),
        ]
    )
    assert guards == {
        "Front.": [],
        "chapter": ["chapter"],
        "Pump text.": ["chapter", "pump"],
        "Seal text.": ["chapter", "pump"],
        "Belt text.": ["chapter"],
        "Care text.": [],
    }


def test_a_message_guards_all_chunks_of_a_long_procedure() -> None:
    steps = [Block("step", " ".join(["turn"] * 60), number=f"{i}.") for i in range(1, 6)]
    _, chunks = _found([_heading("Belt", 1), *steps[:4], _safety("late"), steps[4]])
    assert len(chunks) == 5
    assert {chunk.guards for chunk in chunks} == {(0,)}


def test_a_message_keeps_its_words_its_page_and_its_language() -> None:
    blocks = [
        _heading("泵", 1),
        Block("safety", "危险\n高压电，触摸会导致死亡。", 7, signal="danger"),
        Block("paragraph", "打开阀门之前先关闭电源。", 7),
    ]
    (message,), _ = _found(blocks)
    assert (message.signal, message.text) == ("danger", "危险\n高压电，触摸会导致死亡。")
    assert (message.page, message.language, message.section) == (7, "zh", 1)


@pytest.mark.parametrize(
    "title",
    [
        "Lockout",
        "Lock-out and tag-out",
        "LOTO",
        "Isolating the machine",
        "上锁挂牌",
        "Freischalten",
    ],
)
def test_the_lockout_procedure_guards_work_on_stored_energy(title: str) -> None:
    work = [
        _heading("Replacing the valve", 1),
        Block("step", "Release the pressure.", number="1."),
        _heading("Colours of the hall", 1),
        Block("paragraph", "Walls are white."),
    ]
    lockout = [_heading(title, 1), *LOCKOUT[1:]]
    messages, chunks = _found([*lockout, *work])
    assert [(m.signal, m.page) for m in messages] == [("lockout", 2)]
    assert messages[0].text == f"{title}\n1. Switch off Q1.\n2. Fit the padlock.\n3. Check for 0 V."
    assert [chunk.guards for chunk in chunks] == [(), (0,), ()]


@pytest.mark.parametrize(
    ("text", "is_guarded"),
    [
        ("Lock out the machine first.", True),
        ("De-energize the drive.", True),
        ("先切断电源。", True),
        ("The ram weighs 850 kg under pressure.", False),  # says something, asks for no work
        ("Read the display.", False),
    ],
)
def test_a_text_that_calls_for_lockout_is_guarded_without_steps(
    text: str, *, is_guarded: bool
) -> None:
    _, chunks = _found([*LOCKOUT, _heading("Work", 1), Block("paragraph", text)])
    assert bool(chunks[-1].guards) == is_guarded


@pytest.mark.parametrize("title", ["Removing the lockout", "Return from lockout", "恢复上锁设备"])
def test_the_way_back_is_not_taken_for_the_lockout(title: str) -> None:
    back = [_heading(title, 1), *LOCKOUT[1:]]
    messages, _ = _found(back)
    assert messages == []
    messages, _ = _found([*back, *LOCKOUT])
    assert messages[0].text.startswith("2 Lockout\n")


def test_a_lockout_heading_without_a_procedure_is_none() -> None:
    messages, _ = _found([LOCKOUT[0], Block("paragraph", "See section 4."), *LOCKOUT[1:3]])
    assert messages == []


def test_of_a_chapter_on_lockout_the_section_with_the_steps_is_taken() -> None:
    chapter = [
        _heading("Lockout and tagout", 1),
        _heading("Who may lock out", 2),
        Block("paragraph", "Trained persons."),
        _heading("Procedure", 2),
        *LOCKOUT[1:],
        _heading("Return to service", 2),
        *LOCKOUT[1:],
    ]
    (message,), _ = _found(chapter)
    assert message.text.startswith("Procedure\n1. Switch off Q1.")


def test_the_manuals_repairs_are_guarded_by_their_warnings_and_the_lockout(
    manuals: dict[str, Path],
) -> None:
    blocks = list(read_pdf(manuals["hp40-rev-c"]).blocks)
    chunks, sections = cut(blocks)
    messages, chunks = find_messages(blocks, chunks, sections)
    counts = {signal: sum(m.signal == signal for m in messages) for signal in
              ("danger", "warning", "caution", "notice", "lockout")}  # fmt: skip
    assert counts == {"danger": 10, "warning": 13, "caution": 5, "notice": 5, "lockout": 1}
    assert messages[-1].text.startswith("2.3 Lockout procedure\n1. Tell the operators")
    assert messages[-1].text.count("\n") == 11
    numbers = {section.ordinal: section.number for section in sections}
    guards = {
        numbers[c.section]: [messages[i].text.split("\n")[1] for i in c.guards]
        for c in chunks
        if c.section
    }
    pump = guards["8.1"]
    about_lockout = ["Props carry the weight only"]  # stands in the lockout's own section
    assert pump[:4] == [
        *about_lockout,
        "Pressure in the pump line",
        "Pump weighs 42 kg",
        "Never start a dry pump",
    ]
    repairs = [number for number in guards if number.startswith("8.")]
    assert len(repairs) == 16
    lockout = messages[-1].text.split("\n")[1]
    assert all(guards[number][-1] == lockout for number in repairs)
    assert guards["10.1"] == []
