"""Build the PDF manuals of the sample plant: ``python examples/build.py [OUT]``."""

from __future__ import annotations

import sys
from pathlib import Path

from manual_pdf import write_pdf
from manual_source import read_manual

HERE = Path(__file__).resolve().parent


def build(out: Path) -> list[Path]:
    """Write every revision of every manual to ``out``; return the paths, oldest revision first."""
    out.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for path in sorted((HERE / "manuals").glob("*.md")):
        for revision in _revisions(path):
            target = out / f"{path.stem}-rev-{revision.lower()}.pdf"
            write_pdf(read_manual(path, revision), target)
            paths.append(target)
    return paths


def _revisions(path: Path) -> list[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("revisions:"):
            return sorted(line.partition(":")[2].split())
    raise ValueError(f"{path.name}: no 'revisions:' in the front matter")


if __name__ == "__main__":
    for built in build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "build"):
        print(built)
