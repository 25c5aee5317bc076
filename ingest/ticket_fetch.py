"""Fetch tickets from a database or a web interface into records on disk."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import sqlalchemy as sa

from ingest.errors import UnreadableTable
from ingest.json_tables import flatten, text_of
from ingest.spool import Spool

BEGINNING = "1970-01-01T00:00:00"
"""What ``:since`` is the first time."""
_READS = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:select|with)\b", re.IGNORECASE | re.DOTALL
)
_PACKAGES = {
    "MySQLdb": "mysqlclient",
    "psycopg": "'psycopg[binary]'",
    "psycopg2": "psycopg2-binary",
}
"""Packages on PyPI that are not called as the module that they bring."""
_ROWS = 2_000
_MOST_PAGES = 10_000
_LISTS = ("results", "value", "data", "member", "items", "rdfs:member", "message", "tasks", "rows")


def fetch_sql(url: str, query: str, since: str = "") -> Spool:
    """Run a query and keep its rows; the database is only read.

    ``:since`` in the query is the time from which rows are wanted.

    Raises:
        UnreadableTable: the database cannot be reached, or the query is none that reads.
    """
    if not _READS.match(query) or ";" in query.rstrip().rstrip(";"):
        raise UnreadableTable(
            "The query is not one SELECT. Write one that begins with SELECT or WITH."
        )
    place = _shown(url)
    try:
        engine = _reading_engine(url)
    except ImportError as error:
        package = _PACKAGES.get(error.name or "", error.name or "its driver")
        raise UnreadableTable(
            f"{place} cannot be used: its driver is not installed. "
            f"Install it with: pip install {package}"
        ) from error
    except sa.exc.ArgumentError as error:
        raise UnreadableTable(
            f"{place} cannot be used: {error}. Give an SQLAlchemy URL such as "
            "postgresql+pg8000://user@host/database."
        ) from error
    spool = Spool("SQL")
    statement = sa.text(query)
    values = {"since": since or BEGINNING} if ":since" in query else {}
    try:
        with engine.connect() as connection:
            options: dict[str, Any] = {"yield_per": _ROWS}
            if engine.dialect.name == "postgresql":
                options["postgresql_readonly"] = True
            connection = connection.execution_options(**options)
            result = connection.execute(statement, values)
            names = list(result.keys())
            rows = (dict(zip(names, map(text_of, row), strict=True)) for row in result)
            spool.write_objects(enumerate(rows, start=1), names)
            connection.rollback()
    except sa.exc.SQLAlchemyError as error:
        raise UnreadableTable(
            f"The query on {place} failed: {_said(error)}. Check it and the connection."
        ) from error
    finally:
        engine.dispose()
    return spool


def _said(error: sa.exc.SQLAlchemyError) -> str:
    """What a database said; pg8000 gives its fields, of which M is the message."""
    original = getattr(error, "orig", None) or error
    fields = original.args[0] if original.args else None
    return str(fields["M"] if isinstance(fields, dict) and "M" in fields else original)


def _reading_engine(url: str) -> sa.Engine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed)
    path = Path(parsed.database or "")
    if not path.is_file():
        raise UnreadableTable(f"There is no database {path}. Check the URL.")
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    return sa.create_engine(f"sqlite:///{address}&uri=true")


def _shown(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except sa.exc.ArgumentError:
        return "The database URL"


def fetch_url(url: str, since: str = "", token_env: str = "", header: str = "Token {}") -> Spool:
    """Fetch the objects of a JSON interface, page after page, and keep them.

    ``{since}`` in the URL is the time from which objects are wanted. The token stands in the
    variable ``token_env`` of the environment; ``header`` is the header's value, or a name and a
    value with a colon between.

    Raises:
        UnreadableTable: it cannot be reached, refuses, or answers with something else.
    """
    spool = Spool("JSON")
    headers = {"Accept": "application/json", **_token(token_env, header)}
    start = url.replace("{since}", quote(since or BEGINNING, safe=""))
    try:
        with httpx.Client(headers=headers, timeout=60) as client:
            objects = (flatten(item) for item in _pages(client, start))
            spool.write_objects(enumerate(objects, start=1))
    except httpx.HTTPError as error:
        raise UnreadableTable(
            f"{_bare(start)} cannot be reached: {error or type(error).__name__}. "
            "Check the address and whether the server is up."
        ) from error
    return spool


def _token(name: str, form: str) -> dict[str, str]:
    if not name:
        return {}
    token = os.environ.get(name, "")
    if not token:
        raise UnreadableTable(
            f"The variable {name} with the token is not set. Set it before the command is started."
        )
    header, _, value = form.rpartition(":") if ":" in form else ("Authorization", "", form)
    return {header.strip(): value.strip().format(token)}


def _pages(client: httpx.Client, start: str) -> Iterator[Mapping[str, Any]]:
    address: str | None = start
    for _ in range(_MOST_PAGES):
        if address is None:
            return
        response = client.get(address)
        if response.status_code != 200:
            hint = "Check the token. " if response.status_code in (401, 403) else ""
            raise UnreadableTable(
                f"{_bare(address)} answered {response.status_code} "
                f"{response.reason_phrase}. {hint}Nothing was changed; try again later."
            )
        try:
            page = response.json()
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise UnreadableTable(
                f"{_bare(address)} does not answer with JSON: {error}. Check the address."
            ) from error
        yield from (item for item in _items(page) if isinstance(item, Mapping))
        address = _next(page, response, start)
    raise UnreadableTable(f"{_bare(start)} has more than {_MOST_PAGES} pages. Narrow the address.")


def _items(page: Any) -> list[Any]:
    if isinstance(page, list):
        return page
    if isinstance(page, dict):
        inner = page.get("d")
        if isinstance(inner, dict | list):
            return _items(inner)
        for name in _LISTS:
            if isinstance(page.get(name), list):
                return list(page[name])
    raise UnreadableTable("The answer holds no list of objects. Check the address.")


def _next(page: Any, response: httpx.Response, start: str) -> str | None:
    found = response.links.get("next", {}).get("url")
    if isinstance(page, dict):
        inner = page["d"] if isinstance(page.get("d"), dict) else page
        info = page.get("responseInfo")
        further = info.get("nextPage") if isinstance(info, dict) else None
        told = (inner.get("next"), inner.get("@odata.nextLink"), inner.get("__next"))
        found = next((one for one in told if isinstance(one, str) and one), found)
        if isinstance(further, dict):
            found = further.get("href", found)
    if not found:
        return None
    address = urljoin(str(response.url), found)
    if urlsplit(address)[:2] != urlsplit(start)[:2]:  # the token goes to the named server only
        raise UnreadableTable(
            f"{_bare(start)} names a next page on another server ({_bare(address)}). "
            "It is not followed."
        )
    return address


def _bare(url: str) -> str:
    """An address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
