"""The process that reads beside the server: one at a time, started again, ended with the server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.home import Home
from ui.ingest_process import LOG, IngestProcess, resume_command

_LIVES = "import time\ntime.sleep(600)\n"


class _Clock:
    """A clock that a test sets; seconds."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def made() -> Iterator[list[IngestProcess]]:
    """The processes of a test, which are ended after it."""
    processes: list[IngestProcess] = []
    yield processes
    for process in processes:
        process.stop()


def _process(
    made: list[IngestProcess], home: Home, script: str, clock: _Clock | None = None
) -> IngestProcess:
    command = [sys.executable, "-c", script]
    process = IngestProcess(home, command, clock) if clock else IngestProcess(home, command)
    made.append(process)
    return process


def _pid(process: IngestProcess) -> int:
    running = process._process
    assert running is not None
    return running.pid


def _until_ended(process: IngestProcess) -> None:
    running = process._process
    assert running is not None
    running.wait(30)


def test_the_command_reads_what_is_queued_in_this_home(home: Home) -> None:
    command = resume_command(home.path)
    assert command[:5] == [sys.executable, "-m", "ui", "ingest", "--resume"]
    assert command[5:] == ["--home", str(home.path)]


def test_nothing_runs_before_something_is_queued(made: list[IngestProcess], home: Home) -> None:
    process = _process(made, home, _LIVES)
    assert not process.is_alive
    assert process.problem() == ""
    assert process.run_began is None
    process.stop()  # there is nothing to end


def test_never_two_at_once(made: list[IngestProcess], home: Home) -> None:
    process = _process(made, home, _LIVES)
    assert process.ensure_running()
    first = _pid(process)
    assert process.ensure_running()
    assert process.ensure_running(at_once=True)
    assert _pid(process) == first
    assert process.is_alive


def test_one_that_has_ended_is_started_again_after_a_pause_that_grows(
    made: list[IngestProcess], home: Home, clock: _Clock
) -> None:
    process = _process(made, home, "raise SystemExit(1)", clock)
    pids: list[int] = []
    waited: list[float] = []
    for _ in range(4):
        waited.append(0.0)
        while not process.ensure_running():
            clock.at += 5.0
            waited[-1] += 5.0
        _until_ended(process)
        pids.append(_pid(process))
    assert waited == [0.0, 5.0, 15.0, 60.0]
    assert len(set(pids)) == 4


def test_a_person_does_not_wait_for_the_pause(
    made: list[IngestProcess], home: Home, clock: _Clock
) -> None:
    process = _process(made, home, "raise SystemExit(1)", clock)
    process.ensure_running()
    _until_ended(process)
    assert not process.ensure_running()
    assert process.ensure_running(at_once=True)


def test_the_last_lines_of_one_that_died_are_kept_and_told(
    made: list[IngestProcess], home: Home
) -> None:
    script = (
        "import sys\nfor n in range(9): print('line', n, file=sys.stderr)\n"
        "print('not told')\nraise SystemExit('the model file is <damaged>')"
    )
    process = _process(made, home, script)
    process.ensure_running()
    _until_ended(process)
    said = "line 6\nline 7\nline 8\nthe model file is <damaged>"
    assert process.problem() == said
    assert (home.path / LOG).read_text(encoding="utf-8").endswith(said + "\n")


def test_a_run_tells_nothing_of_the_one_before(
    made: list[IngestProcess], home: Home, tmp_path: Path
) -> None:
    flag = tmp_path / "second"
    script = (
        f"import pathlib, sys\nflag = pathlib.Path({str(flag)!r})\n"
        "second = flag.exists()\nflag.touch()\n"
        "sys.exit(7 if second else 'first words')"
    )
    process = _process(made, home, script)
    process.ensure_running()
    _until_ended(process)
    assert process.problem() == "first words"
    process.ensure_running(at_once=True)
    _until_ended(process)
    assert process.problem() == "It ended without a word (exit code 7)."


def test_one_that_ended_well_has_no_problem(made: list[IngestProcess], home: Home) -> None:
    process = _process(made, home, "import sys\nprint('a warning', file=sys.stderr)")
    process.ensure_running()
    _until_ended(process)
    assert process.problem() == ""


def test_a_log_that_has_grown_is_begun_anew(made: list[IngestProcess], home: Home) -> None:
    (home.path / LOG).write_bytes(b"x" * ((1 << 20) + 1))
    process = _process(made, home, "raise SystemExit('short')")
    process.ensure_running()
    _until_ended(process)
    assert process.problem() == "short"
    assert (home.path / LOG).read_text(encoding="utf-8") == "short\n"


def test_a_run_lasts_until_nothing_is_queued(made: list[IngestProcess], home: Home) -> None:
    process = _process(made, home, "pass")
    process.ensure_running()
    began = process.run_began
    assert began is not None
    _until_ended(process)
    process.ensure_running(at_once=True)  # something was queued just when it ended
    assert process.run_began == began
    _until_ended(process)
    process.note_idle()
    assert process.run_began == began  # what the last run brought in is still shown
    process.ensure_running()
    assert process.run_began is not None
    assert process.run_began >= began
    assert process.problem() == ""


def test_stopping_ends_the_process_and_what_it_started(
    made: list[IngestProcess], home: Home, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    script = (
        "import os, pathlib, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {_LIVES!r}])\n"
        f"part = pathlib.Path({str(pids)!r} + '.part')\n"
        "part.write_text(f'{os.getpid()} {child.pid}')\n"
        f"part.rename({str(pids)!r})\n" + _LIVES
    )
    process = _process(made, home, script)
    process.ensure_running()
    _wait_for(pids)
    process.stop()
    assert not process.is_alive
    for pid in pids.read_text().split():
        _wait(f"not os.path.exists('/proc/{pid}') or ') Z' in open('/proc/{pid}/stat').read()")
    assert not process.ensure_running(at_once=True)  # the server is going down
    assert not process.is_alive


def test_one_that_does_not_obey_is_killed(
    made: list[IngestProcess], home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready"
    script = (
        "import pathlib, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(ready)!r}).touch()\n" + _LIVES
    )
    monkeypatch.setattr("ui.ingest_process._LAST_WORDS_S", 0.1)
    process = _process(made, home, script)
    process.ensure_running()
    _wait_for(ready)
    process.stop()
    assert not process.is_alive


def _wait_for(path: Path) -> None:
    _wait(f"os.path.exists({str(path)!r})")


def _wait(condition: str) -> None:
    """Wait until an expression is true, in a process that fails after a while."""
    waiting = f"import os, time\nwhile not ({condition}): time.sleep(0.02)"
    subprocess.run([sys.executable, "-c", waiting], timeout=30, check=True)
