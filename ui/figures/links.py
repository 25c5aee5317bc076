"""The addresses of a figure's files (pure)."""

from __future__ import annotations

from urllib.parse import urlencode

from assistant.analytics.presentation.files import FileForm
from assistant.analytics.query import Query

PATH = "/figures/figure"


def address(query: Query, form: FileForm, language: str = "en") -> str:
    """The address of a figure's file."""
    text = query.model_dump_json(exclude_defaults=True)
    return f"{PATH}.{form}?{urlencode({'query': text, 'language': language})}"
