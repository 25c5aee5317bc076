"""The form in which a person corrects what is said about a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from index.access import Principal
from index.assets import AssetRegister
from index.catalog import StoredDocument
from index.corpus import DOCUMENTS

_LISTS = ("models", "serials", "assets", "groups")
_FIELDS = (
    ("title", "Title"),
    ("number", "Number"),
    ("revision", "Revision"),
    ("date", "Date, as 2026-03-31"),
    ("language", "Language, as en"),
    ("kind", "Kind"),
    ("models", "Models, separated by commas"),
    ("serials", "Serial numbers, as 4000-4399"),
    ("assets", "Assets, by tag"),
    ("site", "Site; empty for every site"),
    ("groups", "Groups, separated by commas; empty for everybody of the site"),
)


def build_form() -> list[Any]:
    """Build the widgets of the fields, in their order."""
    inputs: list[Any] = []
    with gr.Row():
        for field, label in _FIELDS:
            if field == "kind":
                inputs.append(gr.Dropdown(list(DOCUMENTS), label=label, min_width=200))
            else:
                inputs.append(
                    gr.Textbox(
                        label=label,
                        max_length=300,
                        min_width=200,
                        max_lines=1,
                        elem_id=f"fb-correct-{field}",
                    )
                )
    return inputs


def form_values(stored: StoredDocument) -> list[str]:
    """What the form shows of a revision, in the order of its fields."""
    shown: list[str] = []
    for field, _ in _FIELDS:
        value = getattr(stored, field)
        shown.append(", ".join(value) if field in _LISTS else value or "")
    return shown


def read_form(
    stored: StoredDocument,
    typed: Sequence[str | None],
    assets: AssetRegister,
    principal: Principal,
) -> dict[str, object]:
    """The fields that were changed, with their values; what was not stays as it was read.

    Raises:
        AssetUnknown: a tag is not in the register, or not for the principal to see.
    """
    changed: dict[str, object] = {}
    for (field, _), before, value in zip(_FIELDS, form_values(stored), typed, strict=True):
        text = (value or "").strip()
        if text == before:
            continue
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if field == "assets":
            parts = [assets.get(principal, tag).tag for tag in parts]
        changed[field] = parts if field in _LISTS else text
    return changed
