"""The OpenAPI document is whole, and what the API answers is what it says."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api_clients import Api, served_api
from tests.conftest import Plant
from tests.html_tags import Tags
from tests.schema_runs import run_operation, things


@pytest.fixture(scope="module")
def api(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with served_api(plant, tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.get("tess", "/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_every_operation_has_a_name_a_summary_and_its_problems(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) >= 45
    for method, path, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]
        if path in ("/health", "/ready"):
            assert operation["security"] == []
            continue
        assert operation["security"]
        problems = {"400", "401", "403", "413", "415", "422", "429", "503"}
        if "{" in path:
            problems |= {"404"}
        assert problems <= set(operation["responses"]), (method, path)
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]
                assert response["content"]["application/problem+json"]["example"]


def test_no_shape_is_left_without_a_meaning(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description"), name
    text = str(document)
    assert "HTTPValidationError" not in text
    references = set(re.findall(r"#/components/schemas/([\w-]+)", text))
    assert references <= set(document["components"]["schemas"])


def test_the_page_has_no_script_and_nothing_from_elsewhere(api: Api) -> None:
    reply = api.get("tess", "/docs")
    assert reply.headers["content-type"].startswith("text/html")
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    active = {"script", "link", "img", "iframe", "object", "embed", "form"}
    assert not Tags(reply.text).found & active
    assert not re.search(r"https?://", reply.text.replace("http://www.w3.org", ""))
    assert "POST /api/v1/turns" in reply.text


def test_every_operation_does_what_the_document_says(api: Api, document: dict[str, Any]) -> None:
    """A few examples of each; more with ``python -m tests.soak.api --examples N``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of schemathesis and its parts, about themselves
        ids = things(api)
        for method, path, _ in operations(document):
            run_operation(api, document, method, path, ids=ids, examples=5)
