"""Build the documents of the sample plant: ``python examples/build.py [OUT]``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import alarms_xlsx
import pictures
import sop_docx
import training_pptx
from manual_pdf import write_pdf
from manual_source import read_manual

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "documents"

_WRITERS: dict[str, Callable[[Path], None]] = {
    "lt25-sop-014-coolant.docx": sop_docx.write,
    "rc15-lockout-training.pptx": training_pptx.write,
    "bf12-alarms.xlsx": alarms_xlsx.write,
    "cv40-gear-motor-nameplate.png": pictures.nameplate,
}
# Old programs wrote these; the sources are kept in UTF-8.
_OLD_TEXTS = ("cd7-help.txt", "cd7-parameter.csv")
_AS_THEY_ARE = ("*.html", "*.dita", "rc15-*.md", "press-*.md", "dp03/*.XML")


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


def build_all(out: Path) -> list[Path]:
    """Write the manuals and the documents of every other format; return the paths."""
    paths = build(out)
    for name, write in _WRITERS.items():
        write(out / name)
        paths.append(out / name)
    paths.append(out / "qx80-rev-b.pdf")
    write_pdf(read_manual(SOURCES / "qx80.md", "B"), paths[-1])
    paths.append(out / "cv40-faults-scan.pdf")
    _write_scan(paths[-1])
    for name in _OLD_TEXTS:
        text = (SOURCES / name).read_text(encoding="utf-8")
        paths.append(out / name)
        paths[-1].write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    for pattern in _AS_THEY_ARE:
        for source in sorted(SOURCES.glob(pattern)):
            paths.append(out / source.name)
            shutil.copyfile(source, paths[-1])
    return paths


def _write_scan(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "cv40.pdf"
        write_pdf(read_manual(SOURCES / "cv40.md", "A"), printed)
        pictures.scan(printed, target)


def _revisions(path: Path) -> list[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("revisions:"):
            return sorted(line.partition(":")[2].split())
    raise ValueError(f"{path.name}: no 'revisions:' in the front matter")


if __name__ == "__main__":
    for built in build_all(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "build"):
        print(built)
