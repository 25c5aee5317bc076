"""What is read from rows and questions to choose causes, quotes and procedures."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.procedures import asks_how
from assistant.quote_recall import read_extracts, token_recall
from assistant.relevance import Question
from assistant.row_causes import fitting_rows, read_causes
from assistant.row_values import dimensions_in
from index.corpus import Passage, Sentence

FAULTS = ("Fault", "Cause", "Remedy")


def row(*cells: str, header: tuple[str, ...] = ()) -> Sentence:
    names = header or tuple(f"column {n}" for n, _ in enumerate(cells))
    return Sentence(" | ".join(cells), "row", 1, header=names, cells=cells)


def passage(rank: int, *sentences: Sentence, cosine: float = 0.5) -> Passage:
    return Passage(
        rank=rank,
        chunk_id=rank,
        revision_id=1,
        document="manual",
        document_number="M",
        kind="manual",
        revision="A",
        section=1,
        heading_path=(),
        sentences=sentences,
        paths=("lexical",),
        score=1.0,
        cosine=cosine,
    )


@pytest.mark.parametrize(
    ("cells", "dimension"),
    [
        (("Complete filling", "225 / 245", "l"), "volume"),
        (("Oil quantity, total", "litres", "6.5", "6.5"), "volume"),
        (("Cushion force", "20 to 120", "kN"), "force"),
        (("Oil change", "6.0 litres", "half stays"), "volume"),
        (("Setting of F1", "A", "16.7", "-"), "current"),
        (("Bolts", "M10", "49 N·m"), "torque"),
    ],
)
def test_a_unit_in_a_column_of_its_own_belongs_to_the_numbers_beside_it(
    cells: tuple[str, ...], dimension: str
) -> None:
    assert dimension in dimensions_in(row(*cells))


def test_a_unit_without_a_number_gives_no_value() -> None:
    assert dimensions_in(row("Tank", "see plate", "l")) == set()
    assert "volume" not in dimensions_in(row("Position 4 of the plate", "B12", "l"))


@pytest.mark.parametrize(
    "question",
    [
        *("how do I change the belt", "chuck is dirty, how?", "wie wird die Pumpe getauscht"),
        *("喷嘴怎么清洗？", "输送链太松，怎么调", "in which order do we start the compressors"),
    ],
)
def test_a_question_may_ask_how_without_naming_steps(question: str) -> None:
    assert asks_how(question)


@pytest.mark.parametrize(
    "question", ["AL-103 怎么办", "这是怎么回事", "how hot is it", "pump hums"]
)
def test_asking_what_is_the_matter_asks_for_no_procedure(question: str) -> None:
    assert not asks_how(question)


def rarity(word: str) -> float:
    return 0.0 if word in {"accu", "xyz"} else 1.0


def test_a_word_that_stands_nowhere_may_be_the_beginning_of_one_that_does() -> None:
    asked = Question("accu pressure", rarity)
    assert asked.share("The accumulator pressure") == 1.0
    assert asked.share("pressure") == 0.5
    assert Question("xyz", rarity).share("xyzzy") == 0.0  # three letters begin too many words


def test_spaces_within_chinese_words_and_words_that_only_ask_do_not_count() -> None:
    assert Question("喷嘴怎么清洗", lambda _: 1.0).share("喷 嘴 清 洗") > 0.5
    whole = Question("喷嘴怎么清洗", lambda _: 1.0, is_whole=True)
    assert whole.share("喷嘴清洗") < Question("喷嘴怎么清洗", lambda _: 1.0).share("喷嘴清洗")


def test_a_row_without_a_code_comes_before_an_equal_row_with_one() -> None:
    coded = row("E-1", "Pump hot", "Check", header=("Code", "Cause", "Remedy"))
    plain = row("Noise", "Pump hot", "Check", header=FAULTS)
    found = list(fitting_rows([passage(1, coded, plain)], Question("pump hot", lambda _: 1.0)))
    assert [sentence for _, sentence in found] == [plain, coded]


def test_a_row_far_worse_than_the_best_gives_no_cause() -> None:
    near = row("Noise", "Pump worn", "Replace", header=FAULTS)
    far = row("Door", "Lock bent", "Straighten", header=FAULTS)
    passages = [passage(1, near, cosine=0.9), passage(9, far, cosine=0.1)]
    found = list(fitting_rows(passages, Question("pump worn noise", lambda _: 1.0)))
    assert [sentence for _, sentence in found] == [near]


def test_each_cause_of_a_row_comes_with_its_remedy() -> None:
    cells = ("Noise", "1) Worn 2) Dry", "1) Replace 2) Oil")
    assert list(read_causes(row(*cells, header=FAULTS))) == [
        ("Worn", "Replace", "Noise"),
        ("Dry", "Oil", "Noise"),
    ]


# Token recall


@pytest.mark.parametrize(
    ("gold", "cited", "recall"),
    [
        ("press the key", "Then PRESS the key.", 1.0),
        ("the key the key", "the key", 0.5),
        ("press", "", 0.0),
        ("", "anything", 1.0),
    ],
)
def test_recall_counts_each_word_as_often_as_it_stands(
    gold: str, cited: str, recall: float
) -> None:
    assert token_recall(gold, cited) == recall


def test_a_malformed_extract_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text('{"_id": "a", "answer": "x"}\n', encoding="utf-8")
    with pytest.raises(AssistantError, match="line 1: KeyError"):
        read_extracts(tmp_path)
    (tmp_path / "answers.jsonl").unlink()
    with pytest.raises(AssistantError, match="cannot be read"):
        read_extracts(tmp_path)
