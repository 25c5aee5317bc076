"""Search by words and by character 4-grams, on disk and in memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.lexical import LexicalIndex, grams_of, words_in, words_of

PLANT = [
    (1, 1, "Replace the bearings of the main pump"),
    (2, 1, "The Druckschalter of the hydraulic unit"),
    (3, 2, "Störung: Motor überhitzt"),
    (4, 2, "更换主泵的轴承噪音"),
    (5, 3, "Ｅ－２１７ oil temperature high"),
    (6, 3, "pump pump pump"),
]
EVERYWHERE = [1, 2, 3]


@pytest.fixture
def plant() -> LexicalIndex:
    index = LexicalIndex(None)
    assert index.update((), PLANT, 6)
    return index


@contextmanager
def writer_elsewhere(folder: Path) -> Iterator[None]:
    """Another process holds the writer lock of an index."""
    code = (
        "import sys, tantivy\n"
        "writer = tantivy.Index.open(sys.argv[1]).writer(heap_size=15_000_000, num_threads=1)\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield
    finally:
        process.communicate("")


def _words(index: LexicalIndex, text: str, revisions: list[int] | None = None) -> set[int]:
    return set(index.search(text, 10, EVERYWHERE if revisions is None else revisions).words)


def _grams(index: LexicalIndex, text: str) -> set[int]:
    return set(index.search(text, 10, EVERYWHERE).grams)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("bearing", {1}),  # stemmed
        ("REPLACING", {1}),
        ("stoerung", set()),
        ("storung", {3}),  # accents aside
        ("e 217", {5}),  # full-width letters and digits are folded
        ("E217", set()),
        ("the of", set()),  # common words
        ("", set()),
        ("?!", set()),
        ("bearing temperature", {1, 5}),
    ],
)
def test_words_are_found_stemmed_and_folded(
    plant: LexicalIndex, question: str, found: set[int]
) -> None:
    assert _words(plant, question) == found


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("schalter", {2}),  # inside of a compound
        ("hydrualic", {2}),  # "hydr" is left of the word
        ("轴承", set()),  # Chinese is searched by words only
        ("oil", {5}),  # with the spaces around it
        ("oi", set()),
    ],
)
def test_four_characters_in_a_row_are_found(
    plant: LexicalIndex, question: str, found: set[int]
) -> None:
    assert _grams(plant, question) == found


@pytest.mark.parametrize(
    ("question", "found"),
    [("轴承", {4}), ("主泵有噪音", {4}), ("承轴", set()), ("E-217报警", {5}), ("主轴", set())],
)
def test_chinese_is_found_by_pairs_of_characters(
    plant: LexicalIndex, question: str, found: set[int]
) -> None:
    assert _words(plant, question) == found


def test_prepares_chinese_as_overlapping_pairs_and_keeps_a_lone_character() -> None:
    assert words_of("泵E1轴承座").split() == ["泵", "E1", "轴承", "承座"]
    assert grams_of("PR-03停机, Öl_1") == " PR 03 Öl 1 "
    assert words_in("The bearings of PR-03停机") == ["bear", "pr", "03", "停机"]


@pytest.mark.parametrize("revisions", [[], [1], [2], [1, 3], [1, 2, 3], [9]])
def test_a_filter_takes_others_away_and_leaves_scores_as_they_are(
    plant: LexicalIndex, revisions: list[int]
) -> None:
    question = "pump bearing unit oil motor"
    every = plant.search(question, 10, EVERYWHERE)
    inside = {chunk for chunk, revision, _ in PLANT if revision in revisions}
    found = plant.search(question, 10, revisions)
    assert found.words == pytest.approx({i: s for i, s in every.words.items() if i in inside})
    assert found.grams == pytest.approx({i: s for i, s in every.grams.items() if i in inside})


def test_the_filter_comes_before_the_cut(plant: LexicalIndex) -> None:
    assert list(plant.search("pump", 1, EVERYWHERE).words) == [6]  # three times in three words
    assert list(plant.search("pump", 1, [1]).words) == [1]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    index = LexicalIndex(None)
    index.update((), [(1, 1, "pump seal"), (2, 1, "pump rod"), (3, 1, "pump oil")], 3)
    assert next(iter(index.search("pump seal", 3, [1]).words)) == 1
    assert index.search("pump seal", 3, [1]).words[1] > index.search("pump", 3, [1]).words[1]


def test_a_question_of_a_thousand_words_is_answered(plant: LexicalIndex) -> None:
    noise = " ".join(f"word{i}" for i in range(1000))
    assert _words(plant, f"bearing bearing {noise}") == {1}


def test_counts_chunks_and_in_how_many_a_word_stands(plant: LexicalIndex) -> None:
    assert len(plant) == 6
    assert [plant.frequency(word) for word in ("pump", "bear", "轴承", "valv")] == [2, 1, 1, 0]


def test_a_removed_chunk_is_gone_and_no_longer_counted(plant: LexicalIndex) -> None:
    assert plant.update([1, 99], (), 7)
    assert _words(plant, "bearing pump") == {6}
    assert (len(plant), plant.frequency("pump"), plant.frequency("bear")) == (5, 1, 0)


def test_a_chunk_that_is_added_again_is_there_once_with_its_new_text(plant: LexicalIndex) -> None:
    assert plant.update((), [(1, 2, "valve"), (7, 2, "valve")], 8)
    assert len(plant) == 7
    assert _words(plant, "bearing") == set()
    assert _words(plant, "valve", [1]) == set()
    assert _words(plant, "valve", [2]) == {1, 7}


def test_remembers_the_last_change_across_updates_and_reopening(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    index = LexicalIndex(folder, "home")
    assert (index.sequence, len(index)) == (0, 0)
    index.update((), PLANT[:3], 3)
    index.update([1], PLANT[3:], 7)
    assert index.sequence == 7
    del index
    again = LexicalIndex(folder, "home")
    assert (again.sequence, len(again)) == (7, 5)
    assert _words(again, "轴承") == {4}
    assert _words(again, "bearing") == set()


def test_what_marks_the_last_change_is_never_found(plant: LexicalIndex) -> None:
    assert 0 not in plant.search("pump 6 0", 100, [0, 1, 2, 3, 6]).words
    assert len(plant) == 6


def test_the_index_of_another_database_is_thrown_away(tmp_path: Path) -> None:
    LexicalIndex(tmp_path, "one").update((), PLANT, 6)
    other = LexicalIndex(tmp_path, "two")
    assert (other.sequence, len(other)) == (0, 0)
    assert _words(other, "bearing") == set()
    other.update((), PLANT[:1], 1)
    assert LexicalIndex(tmp_path, "two").sequence == 1


def test_clearing_forgets_everything_and_takes_new_chunks(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "index", "home")
    index.update((), PLANT, 6)
    index.clear()
    assert (index.sequence, len(index), _words(index, "pump")) == (0, 0, set())
    assert index.update((), PLANT[:1], 1)
    assert _words(index, "pump") == {1}


@pytest.mark.parametrize("damage", ["empty", "garbage", "half", "gone"])
@pytest.mark.parametrize("suffix", ["meta.json", ".store", ".term", ".idx", ".managed.json"])
def test_a_damaged_index_is_rebuilt_and_never_half_used(
    tmp_path: Path, suffix: str, damage: str
) -> None:
    folder = tmp_path / "index"
    LexicalIndex(folder, "home").update((), PLANT, 6)
    (path,) = (
        file
        for file in folder.iterdir()
        if file.name.endswith(suffix) and (suffix != "meta.json" or file.name == suffix)
    )
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        new = {"empty": b"", "garbage": b"x" * len(content), "half": content[: len(content) // 2]}
        path.write_bytes(new[damage])
    index = LexicalIndex(folder, "home")
    assert index.sequence in (0, 6)
    assert len(index) == index.sequence
    assert index.update((), PLANT, 6)
    assert _words(index, "bearing") == {1}
    assert LexicalIndex(folder, "home").sequence == 6


def test_a_folder_of_foreign_files_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "notes.txt").write_text("not an index", encoding="utf-8")
    index = LexicalIndex(folder, "home")
    assert index.update((), PLANT, 6)
    assert len(LexicalIndex(folder, "home")) == 6


def test_sees_what_another_index_of_the_folder_has_written_after_a_reload(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    reader = LexicalIndex(folder, "home")
    LexicalIndex(folder, "home").update((), PLANT, 6)
    assert (reader.sequence, _words(reader, "bearing")) == (0, set())
    assert reader.reload() == 6
    assert _words(reader, "bearing") == {1}


def test_while_another_process_writes_nothing_is_updated_and_search_goes_on(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "index"
    index = LexicalIndex(folder, "home")
    index.update((), PLANT[:1], 1)
    with writer_elsewhere(folder):
        assert not index.update([1], PLANT[1:], 6)
        assert (index.sequence, _words(index, "bearing")) == (1, {1})
    assert index.update([1], PLANT[1:], 6)
    assert (index.sequence, _words(index, "bearing")) == (6, set())


def test_an_update_that_breaks_off_changes_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    index = LexicalIndex(folder, "home")
    index.update((), PLANT[:1], 1)

    def rows() -> Iterator[tuple[int, int, str]]:
        yield PLANT[1]
        raise KeyError("SQL went away")

    with pytest.raises(KeyError):
        index.update([1], rows(), 6)
    assert (index.reload(), len(index), _words(index, "bearing")) == (1, 1, {1})
    assert index.update([1], PLANT[1:], 6)
    assert len(index) == 5


def test_a_folder_that_was_deleted_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "index"
    LexicalIndex(folder, "home").update((), PLANT, 6)
    shutil.rmtree(tmp_path / "cache")
    assert LexicalIndex(folder, "home").sequence == 0


def _lose(folder: Path, how: str) -> None:
    shutil.rmtree(folder)
    if how == "emptied":
        folder.mkdir()


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_reload_after_the_files_were_lost_starts_from_nothing(tmp_path: Path, how: str) -> None:
    index = LexicalIndex(tmp_path / "index", "home")
    index.update((), PLANT, 6)
    _lose(tmp_path / "index", how)
    assert (index.reload(), len(index), _words(index, "pump")) == (0, 0, set())
    assert index.update((), PLANT[:2], 2)
    assert LexicalIndex(tmp_path / "index", "home").sequence == 2


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_an_update_after_the_files_were_lost_adds_nothing_and_starts_from_nothing(
    tmp_path: Path, how: str
) -> None:
    index = LexicalIndex(tmp_path / "index", "home")
    index.update((), PLANT[:3], 3)
    _lose(tmp_path / "index", how)
    assert not index.update((), PLANT[3:], 6)
    assert (index.sequence, len(index)) == (0, 0)
    assert index.update((), PLANT, 6)
    assert _words(index, "bearing") == {1}


def test_changes_that_do_not_lead_on_from_what_another_wrote_are_not_added(
    tmp_path: Path,
) -> None:
    index = LexicalIndex(tmp_path / "index", "home")
    index.update((), PLANT[:3], 3)
    other = LexicalIndex(tmp_path / "index", "home")
    other.clear()
    other.update((), PLANT[1:2], 2)
    assert not index.update((), PLANT[3:], 6)
    assert index.sequence == 2
    assert index.update((), [PLANT[0], *PLANT[2:]], 6)
    assert len(index) == 6


def test_a_file_that_a_killed_writer_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    folder, other = tmp_path / "lexical", tmp_path / "other"
    index = LexicalIndex(folder, "plant")
    index.update([], [(1, 1, "ram slow"), (2, 1, "ram warm")], 2)
    shutil.copytree(folder, other)
    # A second writer takes the same step and dies before it says so.
    LexicalIndex(other, "plant").update([1], [], 3)
    (left,) = {path.name for path in other.glob("*.del")} - {
        path.name for path in folder.glob("*.del")
    }
    shutil.copy(other / left, folder / left)
    shutil.copy(other / ".managed.json", folder / ".managed.json")
    index = LexicalIndex(folder, "plant")
    assert index.update([1], [], 3)
    assert index.chunk_ids() == {2}


def test_a_filter_that_let_all_through_does_not_let_through_what_came_since(
    plant: LexicalIndex,
) -> None:
    assert _words(plant, "pump") == {1, 6}
    assert plant.update((), [(7, 4, "pump")], 7)
    assert _words(plant, "pump") == {1, 6}
    assert _words(plant, "pump", [*EVERYWHERE, 4]) == {1, 6, 7}
