"""Run an ingestion in a process of its own, so that answering goes on beside it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from ui.schemas import FileOut, ProgressOut


def run_ingest(home: Path, paths: list[Path]) -> Iterator[ProgressOut | FileOut]:
    """Ingest files and yield progress and reports as they come; it ends when the process ends."""
    command = [sys.executable, "-m", "ui", "ingest", "--progress-json", "--home", str(home)]
    reported: set[str] = set()
    # A file takes what the child complains of: nobody reads a pipe until the child has ended.
    with tempfile.TemporaryFile("w+", errors="replace") as complaints:
        with subprocess.Popen(  # noqa: S603  our own program with paths that we chose
            [*command, "--", *map(str, paths)],
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                event = _parse(line)
                if isinstance(event, FileOut):
                    reported.add(event.path)
                if event is not None:
                    yield event
        complaints.seek(0)
        lines = complaints.read().strip().splitlines()
    # A command that fails says why in its last line; one that was killed had no time to.
    problem = lines[-1] if process.returncode == 1 and lines else ""
    for path in paths:
        if str(path) not in reported:
            ended = (
                f"the ingestion was ended from outside (exit code {process.returncode}). Try again."
            )
            yield _failed(path, problem or ended)


def _parse(line: str) -> ProgressOut | FileOut | None:
    for shape in (ProgressOut, FileOut):
        try:
            return shape.model_validate_json(line)
        except ValidationError:
            continue
    return None


def _failed(path: Path, reason: str) -> FileOut:
    return FileOut(
        path=str(path),
        outcome="failed",
        reason=f"{path.name}: {reason}",
        title="",
        document_number="",
        revision="",
        status="",
        chunks=0,
        codes=0,
        safety_messages=0,
        report={},
        seconds=0.0,
    )
