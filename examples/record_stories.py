"""The tickets of stories.toml."""

from __future__ import annotations

import tomllib

from record_rows import HERE, Row, empty_row


def story_rows() -> list[Row]:
    """The tickets, without the details that every ticket gets."""
    with (HERE / "stories.toml").open("rb") as file:
        return [_row(story) for story in tomllib.load(file)["ticket"]]


def _row(story: dict[str, str]) -> Row:
    row = empty_row()
    row.update(status="closed", type="corrective")
    for name, value in story.items():
        key = {"site": "_site", "reopens": "_reopens"}.get(name, name)
        assert key in row or key.startswith("_"), name
        row[key] = value
    row["_story"] = "yes"
    return row
