"""Which language model is taken, why, and what is said until it is there."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assistant.errors import ModelUnavailable
from assistant.llm.choice import Choice, ModelSettings, ModelSlot, choose, load
from assistant.llm.openvino import QWEN
from assistant.llm.scripted import ScriptedChatModel
from index.errors import ModelFileError

LONG_S = 60.0
MODEL = ScriptedChatModel(replies=["x"])


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    folder = tmp_path / QWEN.name
    folder.mkdir()
    (folder / "faultbook.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(
    ("settings", "backend", "name", "why"),
    [
        ({"backend": "none"}, "none", "", "the setting is 'none'"),
        ({"backend": "openvino"}, "openvino", QWEN.name, "the setting is 'openvino'"),
        ({"backend": "transformers", "model": "m"}, "transformers", "m", "is 'transformers'"),
        ({"backend": "server", "model": "m", "base_url": "http://s"}, "server", "m", "http://s"),
        ({"model": "m", "base_url": "http://s"}, "server", "m", "a server is named: http://s"),
        ({}, "openvino", QWEN.name, "the default model was fetched"),
        ({"backend": "none", "base_url": "http://s"}, "none", "", "the setting is 'none'"),
    ],
)
def test_the_choice_says_what_and_why(
    fetched: Path, settings: dict[str, Any], backend: str, name: str, why: str
) -> None:
    choice = choose(ModelSettings(**settings), fetched)
    assert (choice.backend, choice.name) == (backend, name)
    assert why in choice.why


def test_nothing_named_and_nothing_fetched_is_no_model(tmp_path: Path) -> None:
    choice = choose(ModelSettings(), tmp_path)
    assert choice.backend == "none"
    assert "run 'faultbook models fetch'" in choice.why


def test_a_named_model_needs_a_cuda_device_under_auto(fetched: Path) -> None:
    import torch

    choice = choose(ModelSettings(model="m"), fetched)
    expected = "transformers" if torch.cuda.is_available() else "openvino"
    assert choice.backend == expected
    assert "CUDA device" in choice.why


@pytest.mark.parametrize(
    "settings",
    [{"backend": "cuda"}, {"temperature": 1}, {"first_token_s": "soon"}],
)
def test_a_setting_that_does_not_exist_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ModelSettings(**settings)


def test_the_key_of_a_server_is_not_shown() -> None:
    settings = ModelSettings(api_key="sk-secret")  # type: ignore[arg-type]
    assert "sk-secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"backend": "none"}, "No language model: the setting is 'none'"),
        ({"backend": "transformers"}, "needs the setting 'llm.model'"),
        ({"backend": "server"}, "'llm.base_url' and 'llm.model'"),
        ({"backend": "server", "model": "m"}, "'llm.base_url' and 'llm.model'"),
        ({"base_url": "http://127.0.0.1:1"}, "'llm.base_url' and 'llm.model'"),
    ],
)
def test_a_choice_that_lacks_something_says_what(
    tmp_path: Path, settings: dict[str, Any], message: str
) -> None:
    asked = ModelSettings(**settings)
    with pytest.raises(ModelUnavailable, match=message):
        load(choose(asked, tmp_path), asked, tmp_path)


def test_a_default_model_that_was_not_fetched_is_said_so(tmp_path: Path) -> None:
    settings = ModelSettings(backend="openvino")
    with pytest.raises(ModelFileError, match="faultbook models fetch"):
        load(choose(settings, tmp_path), settings, tmp_path)


def test_a_folder_without_a_model_is_said_so(tmp_path: Path) -> None:
    settings = ModelSettings(backend="transformers", model=str(tmp_path))
    with pytest.raises(ModelFileError, match="Name a folder that holds a transformers model"):
        load(choose(settings, tmp_path), settings, tmp_path)


def test_loading_a_server_does_not_talk_to_it() -> None:
    settings = ModelSettings(backend="server", model="m", base_url="http://127.0.0.1:1/v1")
    choice = Choice("server", "m", "")
    assert load(choice, settings, Path()).get_name() == "ServerChatModel"


# The slot


def test_an_empty_slot_says_why() -> None:
    slot = ModelSlot("", "no language model: the setting is 'none'")
    assert slot.wait(0)
    with pytest.raises(ModelUnavailable, match="the setting is 'none'"):
        slot.get()


def test_a_filled_slot_gives_its_model() -> None:
    slot = ModelSlot.filled(MODEL, "m", writes_notes=False)
    assert slot.get() is MODEL
    assert (slot.name, slot.writes_notes) == ("m", False)
    assert slot.wait(0)


def test_a_slot_that_is_loading_says_so_until_the_model_is_there() -> None:
    slot, released = ModelSlot("m"), threading.Event()

    def load_model() -> ScriptedChatModel:
        released.wait()
        return MODEL

    slot.fill(load_model)
    assert not slot.wait(0)
    with pytest.raises(ModelUnavailable, match="still loading"):
        slot.get()
    released.set()
    assert slot.wait(LONG_S)
    assert slot.get() is MODEL


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ModelFileError("a file is damaged"), "^a file is damaged$"),
        (ModelUnavailable("needs the setting 'llm.model'"), "^needs the setting 'llm.model'$"),
        (ZeroDivisionError("oops"), "could not be loaded: oops"),
    ],
)
def test_a_slot_whose_loading_failed_says_why(
    error: Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    def load_model() -> ScriptedChatModel:
        raise error

    slot = ModelSlot("m")
    with caplog.at_level(logging.ERROR):
        slot.fill(load_model)
        assert slot.wait(LONG_S)
    with pytest.raises(ModelUnavailable, match=reason):
        slot.get()
    assert ("Traceback" in caplog.text) is isinstance(error, ZeroDivisionError)
