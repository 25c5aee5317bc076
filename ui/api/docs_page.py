"""The OpenAPI document as a page to read: no script, nothing from elsewhere (pure)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow:auto;"
    "background:#f4f4f4;padding:.75rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    "h2{margin-top:2.5rem}"
)


def style_hash() -> str:
    """What a policy names the style of the page by."""
    return base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def docs_page(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document."""
    info = document["info"]
    parts = [
        "<!doctype html><html lang=en><head><meta charset=utf-8>",
        '<meta name=viewport content="width=device-width">',
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>",
        f"<p>{escape(info['description'])}</p>",
        '<p>For programs: <a href="openapi.json">openapi.json</a></p>',
    ]
    base = document["servers"][0]["url"]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            parts += _operation(f"{method.upper()} {base}{path}", operation)
    parts.append("<h2>Shapes</h2>")
    for name, schema in sorted(document["components"]["schemas"].items()):
        text = json.dumps(schema, indent=1, ensure_ascii=False)
        parts.append(
            f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>'
            f"<pre>{escape(text)}</pre></details>"
        )
    return "".join([*parts, "</body></html>"])


def _operation(address: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{escape(address)}</code></h2><p><b>{escape(operation['summary'])}</b>. "
    yield f"{escape(operation.get('description', ''))}</p>"
    if parameters := operation.get("parameters"):
        yield "<table><tr><th>parameter<th>in<th>what</tr>"
        for one in parameters:
            about = one.get("description") or one["schema"].get("description", "")
            name = f"{one['name']}{' (needed)' if one.get('required') else ''}"
            yield f"<tr><td><code>{escape(name)}</code><td>{escape(one['in'])}"
            yield f"<td>{escape(about)}</tr>"
        yield "</table>"
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body: {escape(media)} {_shape(body.get('schema', {}))}</p>"
    yield "<table><tr><th>status<th>what<th>shape</tr>"
    for status, response in operation["responses"].items():
        shapes = [_shape(each.get("schema", {})) for each in response.get("content", {}).values()]
        yield f"<tr><td>{escape(status)}<td>{escape(response['description'])}"
        yield f"<td>{' '.join(shapes)}</tr>"
    yield "</table>"


def _shape(schema: Mapping[str, Any]) -> str:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return f'<a href="#{escape(name)}"><code>{escape(name)}</code></a>' if name else ""
