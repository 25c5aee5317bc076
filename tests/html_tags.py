"""The tags of a piece of HTML, for tests that hostile text stays text."""

from __future__ import annotations

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Collects the names of all tags; an attribute that is a script fails."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"{tag} has the attribute {name}"
            assert not (value or "").strip().lower().startswith("javascript:"), f"{tag} {name}"
