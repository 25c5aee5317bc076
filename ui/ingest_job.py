"""Run an ingestion in a process of its own, so that answering goes on beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ui.schemas import FileOut, ProgressOut


def run_ingest(home: Path, paths: list[Path]) -> Iterator[ProgressOut | FileOut]:
    """Ingest files and yield progress and reports as they come; it ends when the process ends."""
    command = [sys.executable, "-m", "ui", "ingest", "--progress-json", "--home", str(home)]
    with subprocess.Popen(  # noqa: S603  our own program with paths that we chose
        [*command, "--", *map(str, paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        reported: set[str] = set()
        for line in process.stdout:
            event = _parse(line)
            if isinstance(event, FileOut):
                reported.add(event.path)
            if event is not None:
                yield event
        problem = process.stderr.read().strip().splitlines()
    for path in paths:
        if str(path) not in reported:
            reason = problem[-1] if problem else f"the reader ended with {process.returncode}"
            yield _failed(path, reason)


def _parse(line: str) -> ProgressOut | FileOut | None:
    try:
        content = json.loads(line)
    except ValueError:
        return None
    if "stage" in content:
        return ProgressOut.model_validate(content)
    return FileOut.model_validate(content)


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
