"""What people corrected about documents; it outlives re-ingestion and a rebuild.

Number, revision, date and language belong to one revision. Title, kind, models, serial ranges,
assets, site and groups belong to the document, so that its later revisions have them as well. A
correction is written down before the knowledge is changed, and marked as done afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from index.catalog import StoredDocument
from index.codes import fold
from index.corpus import DOCUMENTS, Document
from index.database import now, writing
from index.errors import CorrectionRefused
from index.intake_tables import correction, intake

OF_REVISION = ("number", "revision", "date", "language")
OF_DOCUMENT = ("title", "kind", "models", "serials", "assets", "site", "groups")
_LISTS = ("models", "serials", "assets", "groups")
BEFORE_REACH = "\x1f"
"""Stands between number and reach in an identity; no number holds it."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One field that a person set, of a revision or of a document, which the key names."""

    field: str
    value: Any
    by: str
    at: str
    scope: str = "document"
    key: str = ""


class Corrections:
    """The corrections of one home."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use a database that has the tables of :mod:`index.intake_tables`."""
        self._engine = engine

    def put(self, content_hash: str, identity: str, values: Mapping[str, Any], by: str) -> None:
        """Set fields of a revision and of the document that it belongs to.

        They wait for :meth:`mark_done`.

        Raises:
            CorrectionRefused: a field or a value is none that a document can have.
        """
        checked = {field: check(field, value) for field, value in values.items()}
        with writing(self._engine) as connection:
            for field, value in checked.items():
                scope = "revision" if field in OF_REVISION else "document"
                key = content_hash if field in OF_REVISION else identity
                own = correction.c
                connection.execute(
                    correction.delete().where(
                        own.scope == scope, own.key == key, own.field == field
                    )
                )
                connection.execute(
                    correction.insert().values(
                        scope=scope,
                        key=key,
                        field=field,
                        value=value,
                        by=by,
                        at=now(),
                        is_done=False,
                    )
                )

    def restrict(self, content_hash: str, site: str | None, groups: Iterable[str]) -> None:
        """Let the file of a document be seen by just those who see the document."""
        mine = (intake.c.kind == "document") & (intake.c.content_hash == content_hash)
        values = {"site": site, "groups": list(groups)}
        with writing(self._engine) as connection:
            connection.execute(intake.update().where(mine).values(values))

    def carry(self, old_identity: str, scope: str, key: str) -> None:
        """Let what was corrected of a document hold for what one of its revisions becomes.

        ``key`` is the identity of its new document, or the content hash of the revision where that
        document was there before.
        """
        own = correction.c
        mine = (own.scope == "document") & (own.key == old_identity)
        with writing(self._engine) as connection:
            for row in connection.execute(sa.select(correction).where(mine)).all():
                values = {**row._mapping, "scope": scope, "key": key, "is_done": False}
                connection.execute(correction.insert().prefix_with("OR IGNORE").values(values))

    def pending(self) -> list[Correction]:
        """Corrections that the knowledge may lack."""
        query = sa.select(correction).where(~correction.c.is_done)
        with self._engine.connect() as connection:
            return [_correction(row) for row in connection.execute(query)]

    def mark_done(self, done: Iterable[Correction]) -> None:
        """Note that the knowledge has these corrections; one that changed since still waits."""
        own = correction.c
        with writing(self._engine) as connection:
            for item in done:
                connection.execute(
                    correction.update()
                    .where(
                        own.scope == item.scope,
                        own.key == item.key,
                        own.field == item.field,
                        own.at == item.at,
                    )
                    .values(is_done=True)
                )

    def of(self, content_hash: str, identity: str) -> list[Correction]:
        """The corrections that hold for a revision."""
        own = correction.c
        query = (
            sa.select(correction)
            .where(
                ((own.scope == "revision") & (own.key == content_hash))
                | ((own.scope == "document") & (own.key == identity))
            )
            .order_by(own.scope.desc(), own.field)  # the document has the last word
        )
        with self._engine.connect() as connection:
            return [_correction(row) for row in connection.execute(query)]

    def of_stored(self, stored: StoredDocument) -> list[Correction]:
        """The corrections that hold for a revision that is in."""
        return self.of(stored.content_hash, identity_of(stored.number, stored.source, stored.reach))

    def forget(self, content_hashes: Iterable[str], identity: str = "") -> None:
        """Drop the corrections of revisions that go, and of their document."""
        own = correction.c
        of_revision = (own.scope == "revision") & own.key.in_(list(content_hashes))
        of_document = (own.scope == "document") & (own.key == identity)
        with writing(self._engine) as connection:
            connection.execute(correction.delete().where(of_revision | of_document))

    def apply(self, document: Document, content_hash: str, source: str) -> Document:
        """Return a document as people have corrected it."""
        document = replace(document, **_fields(self.of(content_hash, "")))
        known = self.of(content_hash, identity_of(document.number, source, document.reach))
        return replace(document, **_fields(known))


def identity_of(number: str, source: str, reach: str = "") -> str:
    """What makes files revisions of one document: its printed number, else where it comes from.

    ``reach`` (see :mod:`index.reaching`) tells the documents of one number apart.
    """
    base = fold(number) if number else f"file:{source}"
    return f"{base}{BEFORE_REACH}{reach}" if reach else base


def check(field: str, value: Any) -> Any:
    """Return a value in the form that it is kept in.

    Raises:
        CorrectionRefused: the field or the value is none that a document can have.
    """
    if field not in (*OF_REVISION, *OF_DOCUMENT):
        known = ", ".join((*OF_REVISION, *OF_DOCUMENT))
        raise CorrectionRefused(f"A document has no field {field!r}. Its fields are {known}.")
    if field in _LISTS:
        texts = [value] if isinstance(value, str) else list(value)
        return list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    text = str(value or "").strip()
    if field == "kind" and text not in DOCUMENTS:
        raise CorrectionRefused(f"{text!r} is no kind of document. Choose {', '.join(DOCUMENTS)}.")
    if field == "date" and text and not _is_date(text):
        raise CorrectionRefused(f"{text!r} is no date. Write it as YYYY-MM-DD, or leave it empty.")
    if field == "title" and not text:
        raise CorrectionRefused("A document needs a title. Type one.")
    return text


def _correction(row: Any) -> Correction:
    return Correction(row.field, row.value, row.by, row.at, row.scope, row.key)


def _fields(known: list[Correction]) -> dict[str, Any]:
    return {item.field: tuple(item.value) if item.field in _LISTS else item.value for item in known}


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
