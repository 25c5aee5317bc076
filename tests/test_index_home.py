"""The home folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import HomeError
from index.home import Home, hash_file, hash_text

# The digests that FIPS 180-2 gives for these messages.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_makes_the_folders_that_are_missing_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    Home(path)
    (path / "originals" / "kept.pdf").write_bytes(b"x")
    home = Home(path)
    assert home.cache.is_dir()
    assert (home.originals / "kept.pdf").exists()


def test_expands_the_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Home(Path("~/plant")).path == (tmp_path / "plant").resolve()


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_refuses_a_path_that_is_or_lies_below_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(HomeError, match=r"cannot be used: .*--home or FAULTBOOK_HOME"):
        Home(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_refuses_a_folder_that_is_not_writable(tmp_path: Path) -> None:
    Home(tmp_path)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(HomeError, match="not writable"):
            Home(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_keeps_an_original_under_its_hash_with_its_suffix_in_lower_case(
    home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "Manual.PDF"
    path.write_bytes(b"content")
    name = home.keep_original(path, hash_file(path))
    assert name == hash_text("content") + ".pdf"
    assert [file.name for file in home.originals.iterdir()] == [name]
    assert (home.originals / name).read_bytes() == b"content"


def test_an_original_that_is_there_is_not_written_again(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"content")
    name = home.keep_original(path, "0123")
    before = (home.originals / name).stat()
    assert home.keep_original(path, "0123") == name
    after = (home.originals / name).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_interrupted_copy_does_not_pass_for_an_original(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"the whole file")
    (home.originals / f"0123.{os.getpid()}.part").write_bytes(b"the wh")
    name = home.keep_original(path, "0123")
    assert (home.originals / name).read_bytes() == b"the whole file"


def test_only_one_server_serves_a_home(home: Home) -> None:
    lock = home.lock_server()
    with pytest.raises(HomeError, match=rf"pid {os.getpid()}\) already serves .*--home"):
        Home(home.path).lock_server()
    lock.release()
    Home(home.path).lock_server().release()


def test_the_lock_of_a_server_that_died_is_free(home: Home) -> None:
    code = (
        "import os, sys; from pathlib import Path; from index.home import Home\n"
        "lock = Home(Path(sys.argv[1])).lock_server(); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(home.path)], check=False)
    assert done.returncode == 9
    assert (home.path / "serve.pid").exists()
    home.lock_server().release()


@pytest.mark.parametrize(("content", "digest"), [("abc", ABC), ("", EMPTY)])
def test_hashes_are_sha256(tmp_path: Path, content: str, digest: str) -> None:
    path = tmp_path / "file"
    path.write_text(content, encoding="utf-8")
    assert hash_text(content) == hash_file(path) == digest
