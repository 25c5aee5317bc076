"""What all commands share: exit codes, the home, what an unusable home does."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.command_line import fail, run, succeed
from ui.cli.console import app

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("empty_home")

_READING = (
    ("documents", "list"),
    ("assets", "list"),
    ("work-order", "list"),
    ("ask", "E-217"),
    ("search", "E-217"),
)


def _python_m_ui(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_a_command_the_help_is_shown_as_wrong_usage() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "Usage:" in result.output


@pytest.mark.parametrize("arguments", [["nonsense"], ["ask"], ["ask", "x", "--nonsense"], ["-k"]])
def test_wrong_usage_ends_with_2_and_points_to_the_help(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "--help" in result.output


def test_a_process_that_fails_complains_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bad = _python_m_ui("documents", "list", "--json", "--home", tmp_path / "file")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith(f"The home folder {tmp_path / 'file'} cannot be used")
    assert "Traceback" not in bad.stderr
    wrong = _python_m_ui("documents", "delete", "one")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Traceback" not in wrong.stderr


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    heavy = ("torch", "transformers", "sentence_transformers", "openvino", "gradio")
    code = f"import sys, ui.cli; print([name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_the_home_is_that_of_the_variable_unless_the_option_names_another(
    stocked_home: Path, tmp_path: Path
) -> None:
    assert len(succeed("documents", "list", "--json").json()) == 1
    other = tmp_path / "other"
    assert succeed("documents", "list", "--json", "--home", other).json() == []
    assert (other / "knowledge.db").exists()


@pytest.mark.parametrize("command", [*_READING, ("ingest", "x.md"), ("models", "list")])
def test_a_home_that_is_a_file_is_named_with_a_remedy(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "file"
    path.write_text("precious")
    message = fail(*command, "--home", path)
    assert f"The home folder {path} cannot be used" in message
    assert "Choose another with --home or FAULTBOOK_HOME" in message
    assert path.read_text() == "precious"


def test_doctor_reports_a_home_that_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    done = run("doctor", "--home", path)
    assert done.code == 1
    assert f"FAIL home: The home folder {path} cannot be used" in done.out


def _write_as_newer_version(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("INSERT INTO migration VALUES ('m999_of_the_future', '2099-01-01')")
    connection.commit()
    connection.close()


def _content(database: Path) -> list[str]:
    """All that a database holds; its bytes also change when SQLite writes back its own log."""
    connection = sqlite3.connect(database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize("command", [*_READING, ("tickets", "import", "t.csv"), ("ingest", "x.md")])
def test_a_home_of_a_newer_version_is_left_alone(
    stocked_home: Path, command: tuple[str, ...]
) -> None:
    succeed("work-order", "list")  # makes the records
    _write_as_newer_version(stocked_home / "knowledge.db")
    _write_as_newer_version(stocked_home / "records.db")
    before = _content(stocked_home / "knowledge.db")
    message = fail(*command)
    assert f"{stocked_home} was written by a newer version of Faultbook" in message
    assert "'m999_of_the_future'" in message
    assert "Install that version, or choose another folder with --home" in message
    assert _content(stocked_home / "knowledge.db") == before


@pytest.mark.parametrize("name", ["knowledge.db", "records.db"])
def test_doctor_reports_a_newer_or_damaged_database(stocked_home: Path, name: str) -> None:
    succeed("work-order", "list")
    _write_as_newer_version(stocked_home / name)
    done = run("doctor")
    assert done.code == 1
    assert "FAIL home:" in done.out
    assert "newer version of Faultbook" in done.out
    gc.collect()  # closes what the commands, which ran in this process, left open
    for path in stocked_home.glob(f"{name}-*"):
        path.unlink()
    (stocked_home / name).write_bytes(b"no database" * 500)
    done = run("doctor")
    assert done.code == 1
    assert f"FAIL home: The database {stocked_home / name} cannot be used" in done.out
    assert "Restore it from a backup" in done.out


def test_a_wrong_setting_stops_a_command_with_its_name(empty_home: Path) -> None:
    empty_home.mkdir()
    (empty_home / "settings.toml").write_text("[llm]\nbackend = 'gpt'\n")
    assert "The setting 'llm.backend'" in fail("documents", "list")
    done = run("doctor")
    assert done.code == 1
    assert "FAIL home: The setting 'llm.backend'" in done.out
