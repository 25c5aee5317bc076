"""Ingestion in a process of its own: progress, failures, a process that is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import PUMP, variables
from ui.ingest_job import run_ingest
from ui.schemas import FileOut, ProgressOut

pytest_plugins = ["tests.command_fixtures"]


@pytest.fixture
def home(tmp_path: Path, tiny_embedder: Path) -> Iterator[Path]:
    with variables(tmp_path / "home", tiny_embedder):
        yield tmp_path / "home"


def _children() -> set[int]:
    """The ids of the processes that this one has started, forgotten ones left out."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(rest[1]) == os.getpid():
            found.add(int(stat.parent.name))
    return found


def test_a_run_reports_as_it_goes_and_when_killed_fails_what_it_had_not_done(
    home: Path, tmp_path: Path
) -> None:
    paths = [tmp_path / "missing.md", tmp_path / "--like-an-option.md"]
    paths += [tmp_path / f"{number}.md" for number in range(30)]
    for path in paths[1:]:
        path.write_text(PUMP.replace("PX7-MM", f"PX7-{path.stem}"), encoding="utf-8")
    before = _children()
    run = run_ingest(home, paths)
    missing = next(run)
    assert isinstance(missing, FileOut)
    assert (missing.path, missing.outcome) == (str(paths[0]), "failed")
    assert "does not exist" in missing.reason
    stages: list[str] = []
    while isinstance(event := next(run), ProgressOut):
        assert event.path == str(paths[1])
        stages.append(event.stage)
    assert list(dict.fromkeys(stages)) == ["reading", "embedding", "storing"]
    assert (event.path, event.outcome) == (str(paths[1]), "added")
    (child,) = _children() - before
    os.kill(child, signal.SIGKILL)
    rest = [event for event in run if isinstance(event, FileOut)]
    assert [report.path for report in rest] == [str(path) for path in paths[2:]]
    assert rest[-1].outcome == "failed"
    assert rest[-1].reason == (
        "29.md: the ingestion was ended from outside (exit code -9). Try again."
    )


def test_a_command_that_fails_gives_every_file_its_reason_however_long(
    home: Path, tmp_path: Path
) -> None:
    """The reason is more text than a pipe holds, and the child writes it before anybody reads."""
    home.mkdir()
    setting = "x" * 100_000
    (home / "settings.toml").write_text(f'{setting} = "unknown"')
    paths = [tmp_path / "a.md", tmp_path / "b.md"]
    reports = list(run_ingest(home, paths))
    assert [report.path for report in reports] == [str(path) for path in paths]
    for report, path in zip(reports, paths, strict=True):
        assert isinstance(report, FileOut)
        assert report.outcome == "failed"
        assert report.reason.startswith(f"{path.name}: {home / 'settings.toml'} has the unknown")
        assert setting in report.reason
