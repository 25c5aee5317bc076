"""Services are put together from a home and its settings, each when it is first needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ModelUnavailable
from index.errors import ModelFileError
from ui.wiring import Services, open_services

QWEN = "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M"


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    for name, value in {"MODELS": str(tmp_path / "models"), "EMBEDDER": ""}.items():
        monkeypatch.setenv(f"FAULTBOOK_{name}", value)
    return open_services(tmp_path / "home")


def test_a_home_is_made_where_there_is_none(services: Services) -> None:
    assert sorted(path.name for path in services.home.path.iterdir() if path.is_dir()) == [
        "cache",
        "originals",
    ]


def test_opening_a_home_opens_no_database_and_loads_no_model(services: Services) -> None:
    assert not services.home.knowledge.exists()
    assert not services.home.records.exists()


def test_each_service_is_made_once(services: Services) -> None:
    assert services.catalog is services.catalog
    assert services.work_orders is services.work_orders
    assert services.records is services.records


def test_without_models_the_embedder_says_how_to_get_one(services: Services) -> None:
    with pytest.raises(ModelFileError, match="Run 'faultbook models fetch'"):
        _ = services.embedder


def test_without_models_the_slot_says_why_it_is_empty(services: Services) -> None:
    assert services.choice.backend == "none"
    with pytest.raises(ModelUnavailable, match="no language model: no server is named and no mod"):
        services.model_slot.get()


def test_a_fetched_model_is_chosen_only_where_a_model_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = tmp_path / "models" / QWEN / "faultbook.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}")
    monkeypatch.setenv("FAULTBOOK_MODELS", str(tmp_path / "models"))
    assert open_services(tmp_path / "home").choice.backend == "openvino"
    without = open_services(tmp_path / "home", use_model=False)
    assert without.choice.backend == "none"
    assert without.settings.models == tmp_path / "models"


@pytest.mark.parametrize(
    ("variables", "writes_notes"),
    [
        ({"BACKEND": "openvino"}, False),
        ({"BACKEND": "openvino", "NOTES": "true"}, True),
        ({"BASE_URL": "http://127.0.0.1:1", "MODEL": "m"}, False),
        ({"BASE_URL": "http://127.0.0.1:1", "MODEL": "m", "NOTES": "true"}, True),
    ],
)
def test_notes_are_off_unless_a_setting_says_otherwise(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    *,
    writes_notes: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"FAULTBOOK_LLM__{name}", value)
    monkeypatch.setenv("FAULTBOOK_MODELS", str(tmp_path / "models"))
    slot = open_services(tmp_path / "home").model_slot
    assert slot.wait(60)
    assert slot.writes_notes is writes_notes


def test_a_model_that_cannot_be_loaded_leaves_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAULTBOOK_LLM__BACKEND", "openvino")
    monkeypatch.setenv("FAULTBOOK_MODELS", str(tmp_path / "models"))
    slot = open_services(tmp_path / "home").model_slot
    assert slot.wait(60)
    with pytest.raises(ModelUnavailable, match=f"The model {QWEN} is not in"):
        slot.get()
