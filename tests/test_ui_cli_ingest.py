"""Putting knowledge in and taking it out: ingest, tickets, assets, documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from tests.command_line import ASSETS, PUMP, fail, run, succeed
from ui.document_schemas import DocumentOut, IngestOut

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("empty_home")


def _write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _pdf(path: Path, *, text: str = "", password: str = "") -> Path:
    lock = pdfencrypt.StandardEncryption(password) if password else None
    canvas = Canvas(str(path), encrypt=lock)
    canvas.rect(50, 50, 200, 200)
    canvas.drawString(72, 720, text)
    canvas.save()
    return path


def test_a_run_goes_on_past_every_bad_file_and_says_what_to_do_about_each(tmp_path: Path) -> None:
    whole = _pdf(tmp_path / "whole.pdf", text="Grease the bearing every 500 hours.").read_bytes()
    bad = {
        tmp_path / "missing.md": "does not exist. Check the path",
        _write(tmp_path / "empty.pdf", b""): "is empty (0 bytes). Copy it again",
        _pdf(tmp_path / "locked.pdf", text="secret", password="x"): "is encrypted. Save it without",
        _write(tmp_path / "cut.pdf", whole[: len(whole) // 2]): "is damaged",
        _write(tmp_path / "tool.exe", b"MZ"): "Known endings: ",
        _write(tmp_path / "really-a-pdf.md", whole): "content is that of a .pdf file. Rename it",
    }
    last = _write(tmp_path / "pump.md", PUMP)
    done = run("ingest", *bad, last, "--json")
    result = IngestOut.model_validate_json(done.out)
    assert done.code == 1
    assert (result.added, result.unchanged, result.failed) == (1, 0, len(bad))
    reports = {file.path: file for file in result.files}
    assert set(reports) == {str(path) for path in (*bad, last)}
    for path, remedy in bad.items():
        file = reports[str(path)]
        assert file.outcome == "failed"
        assert str(path) in file.reason
        assert remedy in file.reason
    (document,) = succeed("documents", "list", "--json").json()
    assert document["document_number"] == "PX7-MM"


def test_a_failed_file_is_reported_on_one_line_however_narrow_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / f"{'long' * 30}.md"
    done = run("ingest", path)
    assert f"failed     {path} does not exist. Check the path.\n" in done.out
    assert "0 added, 0 unchanged, 1 failed" in done.out


def test_the_same_file_again_is_unchanged_and_the_run_succeeds(tmp_path: Path) -> None:
    path = _write(tmp_path / "pump.md", PUMP)
    assert "added      PX7-MM B: PX-7 Coolant Pump Manual" in succeed("ingest", path).out
    copy = _write(tmp_path / "copy.md", PUMP)
    assert "0 added, 2 unchanged, 0 failed" in succeed("ingest", path, copy).out


def test_a_folder_is_searched_for_readable_files_only(tmp_path: Path) -> None:
    folder = tmp_path / "manuals"
    (folder / "deep").mkdir(parents=True)
    _write(folder / "deep" / "pump.md", PUMP)
    _write(folder / "notes.exe", "x")
    _write(folder / ".hidden.md", "# Hidden\n\nNot to be read.")
    result = IngestOut.model_validate(succeed("ingest", folder, "--json").json())
    assert [Path(file.path).name for file in result.files] == ["pump.md"]


def test_what_is_stated_at_ingestion_wins_over_what_the_file_says(tmp_path: Path) -> None:
    succeed("assets", "import", _write(tmp_path / "assets.csv", ASSETS))
    path = _write(tmp_path / "pump.md", PUMP)
    succeed("ingest", path, "--kind", "procedure", "--model", "PX-9", "--asset", "cp02")
    (document,) = succeed("documents", "list", "--json").json()
    shape = DocumentOut.model_validate(document)
    assert (shape.kind, shape.models, shape.assets) == ("procedure", ("PX-9",), ("CP-02",))


def test_an_unknown_kind_is_wrong_usage(tmp_path: Path) -> None:
    message = fail("ingest", tmp_path, "--kind", "poem", code=2)
    assert "'poem' is none of manual, procedure, drawing" in message


def test_an_unknown_asset_stops_an_ingestion_before_anything_is_read(tmp_path: Path) -> None:
    succeed("assets", "import", _write(tmp_path / "assets.csv", ASSETS))
    message = fail("ingest", _write(tmp_path / "pump.md", PUMP), "--asset", "CP-03")
    assert "No asset has the tag 'CP-03'" in message
    assert "Nearest tags: CP-01, CP-02" in message
    assert succeed("documents", "list", "--json").json() == []


def test_ingest_without_a_path_is_wrong_usage() -> None:
    assert "name files or folders, or use --watch or --resume" in fail("ingest", code=2)


def test_assets_are_imported_listed_and_updated(tmp_path: Path) -> None:
    path = _write(tmp_path / "assets.csv", ASSETS)
    assert "2 assets imported" in succeed("assets", "import", path).out
    _write(path, "tag,name,model\nCP-02,Spare pump,PX-7\n")
    succeed("assets", "import", path)
    out = succeed("assets", "list").out
    assert "Coolant pump 1" in out
    assert "Spare pump" in out
    assert "Coolant pump 2" not in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty (0 bytes)"),
        (b"name,model\nPump,PX\n", "has no column 'tag'; its columns are name, model"),
    ],
)
def test_an_asset_register_that_cannot_be_used_is_named_with_a_remedy(
    tmp_path: Path, content: bytes, message: str
) -> None:
    said = fail("assets", "import", _write(tmp_path / "a.csv", content))
    assert str(tmp_path / "a.csv") in said
    assert message in said


def test_tables_show_brackets_as_they_are_and_cut_nothing(tmp_path: Path) -> None:
    name = "[bold]Pump[/oops] " + "x" * 90
    succeed("assets", "import", _write(tmp_path / "assets.csv", f"tag,name\nCP-01,{name}\n"))
    out = succeed("assets", "list").out
    assert "…" not in out
    cells = "".join(line.split("│")[2].strip() for line in out.splitlines() if "│" in line)
    assert cells.replace(" ", "") == name.replace(" ", "")


def test_control_characters_of_a_table_do_not_reach_the_terminal(tmp_path: Path) -> None:
    succeed("assets", "import", _write(tmp_path / "a.csv", "tag,name\nCP-01,\x1b[2Jgone\x07\n"))
    out = succeed("assets", "list").out
    assert "gone" in out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_a_deleted_document_is_gone_with_its_original(stocked_home: Path) -> None:
    assert len(list((stocked_home / "originals").glob("*.md"))) == 1
    (document,) = succeed("documents", "list", "--json").json()
    out = succeed("documents", "delete", str(document["id"])).out
    assert out.startswith("Deleted PX-7 Coolant Pump Manual B\nSearched for traces: document, ")
    assert "Nothing is left." in out
    assert succeed("documents", "list", "--json").json() == []
    assert list((stocked_home / "originals").glob("*.md")) == []  # those of tables stay
    assert "PX7-MM" not in succeed("search", "coolant temperature high").out


def test_deleting_what_is_not_there_says_where_to_look(stocked_home: Path) -> None:
    message = fail("documents", "delete", "4711")
    assert message == "There is no document 4711. 'faultbook documents list' shows them."
    assert len(succeed("documents", "list", "--json").json()) == 1


def test_an_id_that_is_no_number_is_wrong_usage() -> None:
    assert "document_id" in fail("documents", "delete", "PX7-MM", code=2).casefold()


def test_documents_are_listed_with_what_they_apply_to(stocked_home: Path) -> None:
    out = succeed("documents", "list").out
    assert "PX7-MM" in out
    assert "PX-7" in out
    assert "Tickets of" not in out


def test_a_file_that_could_not_be_read_is_deleted_with_its_original(
    tmp_path: Path, empty_home: Path
) -> None:
    whole = _pdf(tmp_path / "whole.pdf", text="Grease the bearing.").read_bytes()
    run("ingest", _write(tmp_path / "cut.pdf", whole[: len(whole) // 2]))
    succeed("ingest", _write(tmp_path / "pump.md", PUMP))
    items = {
        item["state"]: item["id"] for item in succeed("intake", "list", "--all", "--json").json()
    }
    assert "no file that failed" in fail("intake", "delete", str(items["done"])).casefold()
    succeed("intake", "delete", str(items["failed"]))
    assert [path.suffix for path in (empty_home / "originals").iterdir()] == [".md"]
    assert [i["state"] for i in succeed("intake", "list", "--all", "--json").json()] == ["done"]
    assert "no file that failed" in fail("intake", "delete", str(items["failed"])).casefold()
