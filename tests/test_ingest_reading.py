"""Reading one file in a child process, and refusing what no reader can read."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import (
    EmptyDocument,
    IngestCancelled,
    IngestError,
    UnreadableDocument,
    UnsupportedFormat,
)
from ingest.readers.pdf import read_pdf
from ingest.reading import READERS, check_file, read_file
from tests.pdf_pages import column, write_pdf

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
ENDINGS = ", ".join(sorted(READERS))
ROOT = Path(__file__).resolve().parents[1]


def _file(folder: Path, name: str, data: bytes = b"Text.") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _refused(path: Path) -> IngestError:
    with pytest.raises(IngestError) as caught:
        read_file(path)
    assert str(path) in str(caught.value)
    return caught.value


def test_a_child_returns_what_the_reader_read(manuals: dict[str, Path]) -> None:
    path = manuals["rc15-rev-d"]
    assert read_file(path) == read_pdf(path)
    assert multiprocessing.active_children() == []


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    error = _refused(tmp_path / "none.pdf")
    assert type(error) is UnreadableDocument
    assert "does not exist. Check the path" in str(error)


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.md"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    error = _refused(_file(tmp_path, name, b""))
    assert type(error) is UnreadableDocument
    assert "is empty (0 bytes). Copy it again" in str(error)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("photo.pdf", PNG, ".png"),
        ("photo.md", PNG, ".png"),
        ("photo.txt", b"\xff\xd8\xff\xe0" + bytes(40), ".jpg"),
        ("letter.pdf", b"PK\x03\x04" + bytes(40), ".zip"),
        ("manual.txt", b"%PDF-1.7\n", ".pdf"),
        ("manual.MD", b"%PDF-1.7\n", ".pdf"),
    ],
)
def test_a_wrong_ending_is_refused_with_the_right_one(
    tmp_path: Path, name: str, data: bytes, found: str
) -> None:
    error = _refused(_file(tmp_path, name, data))
    assert type(error) is UnreadableDocument
    assert f"content is that of a {found} file. Rename it" in str(error)


def test_a_text_about_pdf_files_is_a_text(tmp_path: Path) -> None:
    path = _file(tmp_path, "notes.txt", b"A file that begins with %PDF-1.7 is a PDF.")
    assert len(read_file(path).blocks) == 1


@pytest.mark.parametrize(("name", "ending"), [("a.dwg", ".dwg"), ("a.MP4", ".mp4"), ("a", "none")])
def test_an_unsupported_ending_is_refused_with_the_known_ones(
    tmp_path: Path, name: str, ending: str
) -> None:
    error = _refused(_file(tmp_path, name))
    assert type(error) is UnsupportedFormat
    assert ending in str(error)
    assert f"Known endings: {ENDINGS}" in str(error)


def test_a_folder_is_refused_as_empty(tmp_path: Path) -> None:
    error = _refused(tmp_path)
    assert type(error) is EmptyDocument
    assert f"folder without a file that ends in {ENDINGS}. Name another" in str(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, "closed.txt")
    path.chmod(0)
    error = _refused(path)
    assert type(error) is UnreadableDocument
    assert "cannot be opened: Permission denied. Check its permissions" in str(error)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that fails to read")
def test_a_file_that_the_system_cannot_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.txt"
    path.symlink_to("/proc/self/mem")
    error = _refused(path)
    assert type(error) is UnreadableDocument
    assert "cannot be opened: " in str(error)


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"cannot be opened: .*Check"):
        check_file(tmp_path / ("x" * 300 + ".txt"))


def test_the_kind_of_the_error_comes_through_from_the_child(tmp_path: Path) -> None:
    blank = write_pdf(tmp_path / "blank.pdf", [[], []])
    assert type(_refused(blank)) is EmptyDocument
    locked = write_pdf(tmp_path / "locked.pdf", [column("Secret.")], password="open")
    assert type(_refused(locked)) is UnreadableDocument
    spaces = _file(tmp_path, "spaces.txt", b" \n ")
    assert type(_refused(spaces)) is EmptyDocument
    binary = _file(tmp_path, "binary.txt", bytes(range(1, 30)) * 20)
    assert type(_refused(binary)) is UnreadableDocument


def test_a_reader_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = _file(tmp_path, "slow.txt")
    with pytest.raises(
        UnreadableDocument, match=r"slow\.txt was given up: .* said nothing for 0 s"
    ):
        read_file(path, silence_limit_s=0)
    assert multiprocessing.active_children() == []


# Readers that misbehave, registered in this script and in every child, which imports it as well.
ODD_READERS = """
import json, os, sys, threading
from pathlib import Path
from ingest.readers.contents import Contents
from ingest.reading import READERS, read_file
from ingest.readers.time_limit import at_most

def crash(path):
    os.abort()

def hang(path):
    threading.Event().wait()

def eat(path):
    return Contents((bytearray(5 << 30),))

def spin(path):
    with at_most(0.5):
        while True:
            pass

def stumble(path):
    raise KeyError("page")

for name in ("crash", "hang", "eat", "stumble", "spin"):
    READERS[f".{name}"] = f"__mp_main__:{name}"

if __name__ == "__main__":
    answers = {}
    for path in map(Path, sys.argv[1:]):
        try:
            answers[path.name] = read_file(path, 2.0 if path.suffix == ".hang" else 60.0).report
        except Exception as error:
            answers[path.name] = f"{type(error).__name__}: {error}"
    print(json.dumps(answers))
"""


def test_a_reader_that_crashes_hangs_or_eats_memory_harms_only_its_file(tmp_path: Path) -> None:
    script = _file(tmp_path, "script.py", ODD_READERS.encode())
    names = ("a.crash", "b.hang", "c.eat", "d.stumble", "e.txt", "f.spin")
    paths = [_file(tmp_path, name) for name in names]
    done = subprocess.run(
        [sys.executable, str(script), *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answers = json.loads(done.stdout)
    assert answers.pop("e.txt") == {"pages": 1, "tables": 0}
    expected = {
        "a.crash": "crashed its reader (exit code -6); nothing else is affected. Save it again",
        "b.hang": "was given up: its reader said nothing for 2 s. Save it again",
        "f.spin": "was given up: one of its pages takes too long to draw. Print it",
        "c.eat": "needs more than 4 GiB to read. Split it",
        "d.stumble": "cannot be read (KeyError: 'page'). Save it again",
    }
    for name, path in zip(names, paths, strict=True):
        if name in expected:
            assert answers[name].startswith(f"UnreadableDocument: {path} {expected[name]}")


def test_progress_is_told_page_by_page_and_can_cancel(manuals: dict[str, Path]) -> None:
    told: list[tuple[int, int]] = []

    def note(done: int, total: int) -> bool:
        told.append((done, total))
        return True

    contents = read_file(manuals["rc15-rev-d"], progress=note)
    assert {total for _, total in told} <= {0, len(contents.pages)}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    with pytest.raises(IngestCancelled, match="was cancelled"):
        read_file(manuals["rc15-rev-d"], progress=lambda done, total: False)
    assert multiprocessing.active_children() == []


def test_characters_that_nobody_sees_are_held_back_whatever_the_format(tmp_path: Path) -> None:
    text = "Tighten the\u200b bolts.\U000e0049\U000e0067\U000e006e"
    contents = read_file(_file(tmp_path, "a.txt", text.encode()))
    assert [block.text for block in contents.blocks] == ["Tighten the bolts."]
    assert contents.hidden
