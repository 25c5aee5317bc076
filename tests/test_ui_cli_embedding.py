"""Going over to another embedder, and the index of vectors, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import PUMP, fail, succeed
from tests.tiny_models import make_embedder
from ui.schemas import DoctorOut

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("empty_home")


def _detail(name: str) -> str:
    checks = DoctorOut.model_validate_json(succeed("doctor", "--json").out).checks
    return next(check.detail for check in checks if check.name == name)


def test_embedding_again_lets_the_new_embedder_serve(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pump.md").write_text(PUMP, encoding="utf-8")
    succeed("ingest", tmp_path / "pump.md")
    before = _detail("embedder")
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", str(make_embedder(tmp_path / "other", PUMP)))
    assert "Search uses it from the next start." in succeed("knowledge", "embed").out
    assert _detail("embedder") != before
    assert _detail("dense search").endswith("vectors in memory")
    succeed("knowledge", "check")
    assert succeed("knowledge", "embed").out.startswith("0 vectors made")


def test_a_large_plant_gets_its_generation_by_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pump.md").write_text(PUMP, encoding="utf-8")
    succeed("ingest", tmp_path / "pump.md")
    assert "vectors in memory" in succeed("knowledge", "index").out
    monkeypatch.setenv("FAULTBOOK_FLAT_VECTORS", "1")
    said = succeed("knowledge", "index").out
    # The first is the plain copy that is made at open; the lists of the second are the index.
    assert "vectors in the generation g00000002 (" in said
    assert _detail("dense search") in said
    succeed("knowledge", "check")


def test_8_bit_integers_without_the_default_model_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", "")
    monkeypatch.setenv("FAULTBOOK_EMBEDDER_PRECISION", "int8")
    assert "there are none. Ingest documents first" in fail("knowledge", "embed")
