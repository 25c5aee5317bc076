"""A folder that is followed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from index.access import LOCAL
from index.catalog import Catalog
from index.document_status import withdraw
from ingest.errors import UnreadableDocument
from ingest.watching import Folder, missing_files, watch
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small


def _write(path: Path, text: str, stamp: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(stamp, stamp))
    return path


def test_a_file_is_reported_once_when_it_stands_still(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = _write(tmp_path / "a.md", "text", 1)
    assert [folder.look() for _ in range(3)] == [[], [path], []]


def test_a_file_that_is_being_copied_is_not_reported_until_it_is_whole(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for size in range(1, 4):
        path = _write(tmp_path / "a.md", "x" * size, 1)
        assert folder.look() == []
    assert folder.look() == [path]


def test_a_changed_file_is_reported_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = _write(tmp_path / "a.md", "text", 1)
    folder.look()
    folder.look()
    _write(path, "TEXT", 2)
    assert [folder.look(), folder.look()] == [[], [path]]


def test_a_file_that_went_and_came_back_is_reported_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = _write(tmp_path / "a.md", "text", 1)
    folder.look()
    folder.look()
    path.unlink()
    assert folder.look() == []
    _write(path, "text", 1)
    assert [folder.look(), folder.look()] == [[], [path]]


def test_a_folder_that_is_gone_is_complained_of_once_and_followed_again(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    with pytest.raises(UnreadableDocument, match="Check that its drive is connected"):
        Folder(drive).look()
    complaints: list[str] = []
    handled: list[list[Path]] = []
    looks = 0

    def is_wanted() -> bool:
        nonlocal looks
        looks += 1
        if looks == 4:
            _write(drive / "a.md", "text", 1)
        return looks < 12

    watch([drive], 0.0, handled.append, complaints.append, is_wanted)
    assert len(complaints) == 1
    assert handled == [[drive / "a.md"]]


@pytest.fixture
def plant(tmp_path: Path, catalog: Catalog, embedder: HashEmbedder) -> Path:
    """A folder with two files that are in."""
    for name in ("a.md", "b.md"):
        path = _write(tmp_path / "drive" / name, name, 1)
        put(catalog, embedder, small(name, title=name, source=str(path)))
    put(catalog, embedder, small("elsewhere", source="/nowhere/c.md"))
    return tmp_path / "drive"


def _missing(plant: Path, catalog: Catalog) -> list[str]:
    return [stored.title for stored in missing_files(plant, catalog, LOCAL)]


def test_a_document_whose_file_was_removed_is_named(plant: Path, catalog: Catalog) -> None:
    assert _missing(plant, catalog) == []
    (plant / "a.md").unlink()
    assert _missing(plant, catalog) == ["a.md"]


@pytest.mark.parametrize("is_mount_point_left", [True, False])
def test_nothing_is_missing_where_the_drive_is_gone(
    plant: Path, catalog: Catalog, *, is_mount_point_left: bool
) -> None:
    shutil.rmtree(plant)
    if is_mount_point_left:
        plant.mkdir()
    assert _missing(plant, catalog) == []


def test_what_is_withdrawn_is_not_named_again(plant: Path, catalog: Catalog) -> None:
    (plant / "a.md").unlink()
    withdraw(catalog, [d.revision_id for d in catalog.documents(LOCAL) if d.title == "a.md"])
    assert _missing(plant, catalog) == []
