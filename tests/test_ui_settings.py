"""Settings: what wins over what, and what is said of a wrong one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.llm.choice import ModelSettings
from index.errors import HomeError
from ui.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("FAULTBOOK_"):
            monkeypatch.delenv(name)


def _refusal(home: Path) -> str:
    with pytest.raises(HomeError) as caught:
        load_settings(home)
    return str(caught.value)


def _write(home: Path, content: str | bytes) -> None:
    home.mkdir(exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    (home / "settings.toml").write_bytes(data)


def test_a_home_without_settings_has_the_defaults(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings.models == Path("~/.cache/faultbook/models")
    assert settings.embedder == ""
    assert settings.llm == ModelSettings()


def test_loading_settings_creates_nothing(tmp_path: Path) -> None:
    load_settings(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_the_file_wins_over_defaults_and_the_environment_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(
        tmp_path,
        'embedder = "from-file"\nmodels = "/file"\n[llm]\nmodel = "from-file"\nnotes = true\n',
    )
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", "from-environment")
    monkeypatch.setenv("FAULTBOOK_LLM__MODEL", "from-environment")
    settings = load_settings(tmp_path)
    assert settings.embedder == "from-environment"
    assert settings.models == Path("/file")
    assert settings.llm.model == "from-environment"
    assert settings.llm.notes is True
    assert settings.llm.backend == "auto"


def test_a_home_in_the_home_directory_of_the_user_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    _write(tmp_path / "plant", 'embedder = "mine"')
    assert load_settings(Path("~/plant")).embedder == "mine"


def test_a_key_is_not_shown_where_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULTBOOK_LLM__API_KEY", "sesame")
    settings = Settings()
    assert settings.llm.api_key.get_secret_value() == "sesame"
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            'embeder = "x"',
            "has the unknown setting 'embeder'. "
            "Known: audit, egress, embedder, embedder_precision, figures, flat_vectors, limits, ",
        ),
        ('[llm]\nbakend = "none"', "'llm.bakend'"),
        ('[llm]\nbackend = "gpt"', "'llm.backend'"),
        ('[llm]\nfirst_token_s = "soon"', "'llm.first_token_s'"),
        ("[llm]\nnotes = 3", "'llm.notes'"),
        ("embedder = 3", "'embedder'"),
        ("llm = 3", "'llm'"),
    ],
)
def test_a_wrong_setting_of_the_file_is_named_with_its_file(
    tmp_path: Path, content: str, said: str
) -> None:
    _write(tmp_path, content)
    message = _refusal(tmp_path)
    assert said in message
    assert str(tmp_path / "settings.toml") in message


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FAULTBOOK_LLM__BACKEND", "gpt", "'auto', 'none', 'openvino'"),
        ("FAULTBOOK_LLM__BAKEND", "none", "FAULTBOOK_LLM__BAKEND"),
        ("FAULTBOOK_LLM__NEXT_TOKEN_S", "soon", "FAULTBOOK_LLM__NEXT_TOKEN_S"),
        ("FAULTBOOK_LLM", "none", "Name one setting a variable, such as FAULTBOOK_LLM__BACKEND"),
        ("FAULTBOOK_LLM", "3", "FAULTBOOK_LLM"),
    ],
)
def test_a_wrong_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    message = _refusal(tmp_path)
    assert said in message
    assert variable in message


@pytest.mark.parametrize(
    "content", [b"a = [", 'embedder = "x"'.encode("utf-16"), b"\xff\xfe", b"= 3"]
)
def test_a_file_that_is_no_toml_is_named_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    _write(tmp_path, content)
    message = _refusal(tmp_path)
    assert message.startswith(f"{tmp_path / 'settings.toml'} is not TOML in UTF-8")
    assert "move it away to use the defaults" in message


def test_settings_that_cannot_be_opened_are_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    message = _refusal(tmp_path)
    assert f"The settings {tmp_path / 'settings.toml'} cannot be read: Is a directory" in message
    assert "Make it a readable file" in message
