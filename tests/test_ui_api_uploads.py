"""Files over the HTTP API: what comes in, what is refused, and where it lies meanwhile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api_clients import Api, is_problem, served_api
from tests.conftest import Plant
from ui.api import uploads
from ui.api.multipart import safe_name

TEXT = b"# Valve manual\n\nDocument No. VM-7\n\nThe valve V9 opens at 4 bar.\n"


@pytest.fixture
def api(plant: Plant, tmp_path: Path) -> Iterator[Api]:
    with served_api(plant, tmp_path) as api:
        yield api


@pytest.fixture(scope="module")
def still(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API that takes nothing in."""
    with served_api(plant, tmp_path_factory.mktemp("api")) as api:
        yield api


def send(api: Api, user: str, *files: tuple[str, bytes], **fields: Any) -> Any:
    return api.post(user, "/documents", files=[("file", file) for file in files], data=fields)


def leftovers(api: Api) -> list[Path]:
    return [p for p in (api.services.home.cache / "received").rglob("*") if p.is_file()]


def test_an_uploaded_document_is_queued_read_and_found(api: Api) -> None:
    reply = send(api, "sam", ("valve.md", TEXT), model=["VX-1", "VX-2"])
    assert reply.status_code == 202
    (file,) = reply.json()["files"]
    assert (file["name"], file["outcome"], file["intake"]["state"]) == (
        "valve.md",
        "queued",
        "queued",
    )
    path = file["intake"]["links"]["self"].removeprefix("/api/v1")
    assert [i["name"] for i in api.get("sam", "/intake").json()["items"]] == ["valve.md"]
    list(api.services.worker.work(lambda *_: None))
    assert api.get("sam", path).json()["state"] == "done"
    (document,) = api.get("tess", "/documents?q=VM-7").json()["items"]
    assert document["models"] == ["VX-1", "VX-2"]
    found = api.get("tess", "/search", params={"q": "valve V9 opens"}).json()["passages"][0]
    assert found["document_number"] == "VM-7"
    original = api.get("tess", document["links"]["original"].removeprefix("/api/v1"))
    assert original.content == TEXT
    again = send(api, "sam", ("valve.md", TEXT)).json()["files"]
    assert [f["outcome"] for f in again] == ["known"]
    assert leftovers(api) == []


def test_every_file_of_an_upload_has_its_own_outcome(api: Api) -> None:
    reply = send(
        api, "sam", ("a.md", TEXT), ("a.md", b"# Other\n\nIt turns."), ("b.zip", b"PK\x03\x04"),
        ("empty.md", b""),
    )  # fmt: skip
    assert reply.status_code == 202
    files = reply.json()["files"]
    assert [f["outcome"] for f in files] == ["queued", "queued", "refused", "refused"]
    assert ".zip" in files[2]["reason"]
    assert "empty" in files[3]["reason"]
    assert str(api.services.home.path) not in reply.text


def test_a_held_file_becomes_a_draft(api: Api) -> None:
    assert send(api, "sam", ("valve.md", TEXT), hold="true").status_code == 202
    list(api.services.worker.work(lambda *_: None))
    assert api.get("sam", "/documents?q=VM-7").json()["items"] == []
    (draft,) = api.get("sam", "/documents?q=VM-7&status=draft").json()["items"]
    assert api.post("sam", f"/documents/{draft['revision_id']}/approve").is_success
    assert len(api.get("sam", "/documents?q=VM-7").json()["items"]) == 1


def test_a_file_that_waits_is_given_up_and_taken_up_again(api: Api) -> None:
    (file,) = send(api, "sam", ("valve.md", TEXT)).json()["files"]
    path = file["intake"]["links"]["self"].removeprefix("/api/v1")
    assert is_problem(api.post("sam", f"{path}/retry"), 409)
    assert api.post("sam", f"{path}/cancel").json()["state"] == "cancelled"
    assert is_problem(api.post("sam", f"{path}/cancel"), 409)
    assert api.post("sam", f"{path}/retry").json()["state"] == "queued"
    for user in ("tess", "paula"):
        assert is_problem(api.get(user, "/intake"), 403)
        assert is_problem(api.post(user, f"{path}/cancel"), 403)
    for end in ("", "/x"):
        assert api.get("sam", f"/intake/999{end}").status_code == 404


def test_a_supervisor_of_one_site_takes_in_for_that_site_only(api: Api) -> None:
    reply = send(api, "nils", ("valve.md", TEXT))
    (file,) = reply.json()["files"]
    path = file["intake"]["links"]["self"].removeprefix("/api/v1")
    assert is_problem(send(api, "nils", ("x.md", b"# X\n\ny"), site="south"), 403)
    assert is_problem(api.get("stan", path), 404)
    assert is_problem(api.post("stan", f"{path}/cancel"), 404)
    assert api.get("stan", "/intake").json()["items"] == []
    same = send(api, "stan", ("mine.md", TEXT))
    assert same.status_code == 202  # as if nobody had the file
    assert "valve.md" not in same.text
    list(api.services.worker.work(lambda *_: None))
    for user, site in (("nina", "north"), ("stan", "south")):
        (document,) = api.get(user, "/documents?q=VM-7").json()["items"]
        assert document["site"] == site
    assert len(api.get("sam", "/documents?q=VM-7").json()["items"]) == 2


@pytest.mark.parametrize("user", ["tess", "paula", "nina"])
def test_who_may_not_ingest_is_refused_before_anything_is_stored(still: Api, user: str) -> None:
    assert is_problem(send(still, user, ("valve.md", TEXT)), 403)
    assert leftovers(still) == []
    assert is_problem(still.post(None, "/documents", files=[("file", ("a.md", TEXT))]), 401)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manual.pdf", b"PK\x03\x04" + b"\0" * 100),
        ("manual.docx", b"%PDF-1.7\n"),
        ("manual.exe", b"MZ"),
        ("manual", b"text"),
        ("picture.svg", b"<svg onload=alert(1)>"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(still: Api, name: str, content: bytes) -> None:
    reply = send(still, "sam", (name, content))
    assert is_problem(reply, reply.status_code)
    assert reply.status_code in (415, 422)
    assert [file["name"] for file in reply.json()["files"]] == [name]
    assert leftovers(still) == []


def test_a_zip_named_pdf_is_refused_whatever_is_in_it(still: Api) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../evil.md", "x")
    assert is_problem(send(still, "sam", ("manual.pdf", buffer.getvalue())), 422)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd.md", "passwd.md"),
        ("..\\..\\windows\\win.md", "win.md"),
        ("/etc/cron.d/x.md", "x.md"),
        ("a\0b.md", "ab.md"),
        (".hidden.md", "hidden.md"),
        ("a\r\nb.md", "ab.md"),
        ("\u202egpj.md", "gpj.md"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("手册.PDF", "手册.PDF"),
        ("CON.md", "CON.md"),
        ("x" * 5000 + ".md", "x" * 177 + ".md"),
        ("é" * 5000 + ".md", "é" * 88 + ".md"),
        ("a." + "b" * 300, "a." + "b" * 20),
    ],
)
def test_a_name_becomes_one_plain_name(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept
    assert len(safe_name(sent).encode()) <= 200


@pytest.mark.parametrize("name", ["../../x.md", "/tmp/x.md", "..%2f..%2fx.md", "a\\..\\x.md"])
def test_nothing_is_written_outside_the_home(api: Api, tmp_path: Path, name: str) -> None:
    before = {p for p in tmp_path.rglob("*") if api.services.home.path not in p.parents}
    assert send(api, "sam", (name, TEXT)).status_code == 202
    after = {p for p in tmp_path.rglob("*") if api.services.home.path not in p.parents}
    assert before == after
    assert leftovers(api) == []


def _form(*parts: bytes, boundary: bytes = b"xx") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + (
        b"--" + boundary + b"--\r\n"
    )


_FILE = b'Content-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n' + TEXT


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "multipart/form-data; boundary=xx", 400),
        (b"no form", "multipart/form-data; boundary=xx", 400),
        (_form(_FILE)[:-10], "multipart/form-data; boundary=xx", 400),
        (_form(_FILE)[:60], "multipart/form-data; boundary=xx", 400),
        (_form(_FILE), "multipart/form-data; boundary=yy", 400),
        (_form(_FILE), "multipart/form-data", 415),
        (_form(_FILE), "multipart/form-data; boundary=" + "x" * 300, 415),
        (_form(_FILE), "application/json", 415),
        (TEXT, "text/plain", 415),
        (_form(b"\r\n" + TEXT), "multipart/form-data; boundary=xx", 400),
        (_form(b"X: " + b"y" * 9000 + b"\r\n\r\n"), "multipart/form-data; boundary=xx", 400),
        (_form(), "multipart/form-data; boundary=xx", 422),
        (_form(b'Content-Disposition: form-data; name="file"\r\n\r\nx'),
         "multipart/form-data; boundary=xx", 422),
        (_form(_FILE, b'Content-Disposition: form-data; name="site"\r\n\r\n' + b"s" * 5000),
         "multipart/form-data; boundary=xx", 413),
        (_form(*[_FILE] * 101), "multipart/form-data; boundary=xx", 413),
        (_form(*[b'Content-Disposition: form-data; name="model"\r\n\r\nx'] * 201),
         "multipart/form-data; boundary=xx", 413),
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(still: Api, body: bytes, kind: str, status: int) -> None:
    reply = still.post("sam", "/documents", content=body, headers={"Content-Type": kind})
    assert is_problem(reply, status)
    assert leftovers(still) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"hold": "perhaps"},
        {"kind": "poem"},
        {"kind": "history"},
        {"site": ""},
        {"site": ["a", "b"]},
        {"asset": "NO-99"},
        {"colour": "red"},
        {"model": ["x"] * 101},
        {"model": "a\0b"},
    ],
)
def test_an_option_that_is_none_is_refused(still: Api, fields: dict[str, Any]) -> None:
    assert is_problem(send(still, "sam", ("a.md", TEXT), **fields), 422)
    assert leftovers(still) == []


def test_an_upload_over_the_limit_is_cut_off_while_it_comes_in(
    still: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1 << 20)
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield b"--xx\r\n" + b'Content-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'
        for _ in range(64):
            sent += 1
            yield b"x" * (1 << 16)

    headers = {"Content-Type": "multipart/form-data; boundary=xx"}
    reply = still.post("sam", "/documents", content=body(), headers=headers)
    assert is_problem(reply, 413)
    assert leftovers(still) == []
