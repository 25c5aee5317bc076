"""Figures as files for the browser."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.analytics.presentation import picture
from assistant.analytics.presentation.files import file_of
from assistant.analytics.query import Filter, Query
from index.access import LOCAL
from tests.conftest import Plant
from tests.figures import figure
from tests.ui_services import copy_of, services_of, sign_in
from ui.figures import files
from ui.figures.links import address
from ui.shell import refusals
from ui.wiring import Services

TICKETS = Query(metrics=("ticket_count",), dims=("site",))


@pytest.fixture(scope="module")
def services(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return services_of(copy_of(plant, tmp_path_factory.mktemp("files")))


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    web = FastAPI()
    refusals.add_handlers(web)
    files.add_routes(web, services)
    with TestClient(web, base_url="http://127.0.0.1:7860") as client:
        yield client


def test_a_figure_comes_as_each_file_and_is_logged(client: TestClient, services: Services) -> None:
    sign_in(services, client, "tess", "technician")
    for form, start in (("csv", b"\xef\xbb\xbfSite"), ("xlsx", b"PK"), ("png", b"\x89PNG")):
        reply = client.get(address(TICKETS, "csv").replace(".csv", f".{form}"))
        assert reply.status_code == 200
        assert reply.content.startswith(start)
        assert f'.{form}"' in reply.headers["content-disposition"]
    logged = [row for row in services.audit.rows() if row.action == "figure exported"]
    assert [row.user for row in logged] == ["tess"] * 3


def test_a_workbook_holds_the_tickets_that_the_user_sees(
    client: TestClient, services: Services
) -> None:
    sign_in(services, client, "nina", "technician", ("Plant South",))
    reply = client.get(address(TICKETS, "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    sites = {row[0].value for row in list(book["figure"].rows)[1:]}
    assert sites == {"Plant South"}
    uids = {str(row[-1].value) for row in list(book["rows"].rows)[1:]}
    assert uids
    every = services.figures.answer(
        Query(metrics=("ticket_count",), filters=(Filter(field="site", value="Plant North"),)),
        LOCAL,
    )
    assert not uids & set(every.uids)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/figures/figure.pdf?query=%7B%7D", 404),
        ("/figures/figure.csv?query=%7B%7D", 422),
        ("/figures/figure.csv?query=nonsense", 422),
        ("/figures/figure.csv", 422),
        ("/figures/figure.csv?query=" + "x" * 7000, 422),
        (address(Query(metrics=("failure_count",), dims=("person",)), "csv"), 422),
    ],
)
def test_what_is_no_figure_is_refused(
    client: TestClient, services: Services, path: str, status: int
) -> None:
    sign_in(services, client, "tess", "technician")
    assert client.get(path).status_code == status


def test_nobody_gets_a_file_without_a_session(client: TestClient) -> None:
    assert client.get(address(TICKETS, "csv")).status_code == 401


def test_files_count_as_questions(client: TestClient, services: Services) -> None:
    sign_in(services, client, "tom", "technician")
    statuses = [client.get(address(TICKETS, "csv")).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]


def test_the_address_holds_any_query() -> None:
    one = Filter(field="text", op="contains", value='"&#x</a>')
    odd = Query(metrics=("ticket_count",), filters=(one,))
    path = urlsplit(address(odd, "csv"))
    assert path.path == "/figures/figure.csv"
    assert not {'"', "<", "#"} & set(path.query)


def test_the_folder_of_the_fonts_may_be_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(picture, "_FONTS", (str(tmp_path / "none.ttf"),))
    picture._font.cache_clear()
    assert file_of(figure(rows=(("PRESS-2", 3),)), "png").startswith(b"\x89PNG")
    picture._font.cache_clear()
