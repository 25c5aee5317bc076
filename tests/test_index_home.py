"""The home folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import FileChanged, HomeError
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
    name = home.keep_original(path, hash_file(path))
    before = (home.originals / name).stat()
    assert home.keep_original(path, hash_file(path)) == name
    after = (home.originals / name).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_that_changes_while_it_is_copied_is_not_kept(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"half")
    content_hash = hash_file(path)
    path.write_bytes(b"half and the rest")
    with pytest.raises(FileChanged, match=r"a\.pdf changed while it was copied\. Add it again"):
        home.keep_original(path, content_hash)
    assert list(home.originals.iterdir()) == []


def test_copies_that_a_dead_process_left_are_removed_and_those_of_living_ones_stay(
    home: Home,
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for pid in (ended.pid, os.getpid()):
        (home.originals / f"{pid}-0123.part").write_bytes(b"half")
    home.drop_drafts()
    assert [path.name for path in home.originals.iterdir()] == [f"{os.getpid()}-0123.part"]


def _hold(home: Home, *, alone: bool) -> None:
    with Home(home.path).changing_knowledge(alone=alone):
        pass


def test_many_may_change_the_knowledge_and_only_one_may_replace_it(home: Home) -> None:
    with home.changing_knowledge():
        _hold(home, alone=False)
        with pytest.raises(HomeError, match="just being changed by another process"):
            _hold(home, alone=True)
    why = "made anew by 'faultbook knowledge rebuild'"
    with home.changing_knowledge(alone=True), pytest.raises(HomeError, match=why):
        _hold(home, alone=False)
    _hold(home, alone=True)


def test_a_worker_lives_until_its_process_ends(home: Home) -> None:
    with home.work() as name:
        assert Home(home.path).worker_lives(name)
    assert not home.worker_lives(name)
    assert not home.worker_lives("")
    code = (
        "import os, sys; from pathlib import Path; from index.home import Home\n"
        "work = Home(Path(sys.argv[1])).work(); print(work.__enter__(), flush=True); os._exit(9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home.path)], check=False, capture_output=True, text=True
    )
    assert not home.worker_lives(done.stdout.strip())


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
