"""Send what schemathesis makes of the OpenAPI document, and check what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api_clients import Api
from ui.identity import API_ROOT

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def things(api: Api) -> dict[str, Any]:
    """Ids of things that an administrator may use, by the names of path parameters."""
    turn = api.answer("ada", "E-217 on PR-02")
    order = api.post("ada", "/work-orders", json={"turn_id": turn["id"]}).json()
    files = [("file", ("fuzzed.md", b"# Fuzzed\n\nThe valve opens."))]
    (taken,) = api.post("ada", "/documents", files=files).json()["files"]
    return {
        "turn_id": turn["id"],
        "conversation_id": turn["conversation_id"],
        "number": order["number"],
        "revision_id": api.get("ada", "/documents").json()["items"][0]["revision_id"],
        "page": 1,
        "ticket_id": api.get("ada", "/tickets").json()["items"][0]["id"],
        "tag": "PR-02",
        "item_id": taken["intake"]["id"],
        "name": "tess",
        "saved_id": _saved_figure(api),
    }


def _saved_figure(api: Api) -> str:
    body = {"name": "Failures", "query": {"metrics": ["failure_count"], "dims": ["asset"]}}
    return str(api.post("ada", "/figures/saved", json=body).json()["id"])


def run_operation(
    api: Api,
    document: dict[str, Any],
    method: str,
    path: str,
    *,
    ids: Mapping[str, Any],
    examples: int,
    number: int = 0,
) -> None:
    """Send examples, valid and not, to one operation as an administrator.

    Args:
        api: the API.
        document: its OpenAPI document.
        method: of the operation.
        path: of the operation, as in the document.
        ids: of things that are there, by the name of the parameter; every other request has them,
            unless it deletes.
        examples: how many requests.
        number: the seed.
    """
    schema = schemathesis.openapi.from_dict(document)
    strategy = schema[path][method.upper()].as_strategy()
    headers = {"Authorization": f"Bearer {api.tokens['ada']}"}
    with asgi.get_client(api.client.app) as client:

        @seed(number)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy, is_there=st.booleans())
        def send(case: Any, is_there: bool) -> None:
            if is_there and method.upper() != "DELETE":
                own = {name: ids[name] for name in case.path_parameters or {} if name in ids}
                case.path_parameters = {**(case.path_parameters or {}), **own}
            base = f"http://127.0.0.1:7860{API_ROOT}"
            response = case.call(base_url=base, headers=headers, session=client)
            case.validate_response(response, checks=_CHECKS)

        send()
