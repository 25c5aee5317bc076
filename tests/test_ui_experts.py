"""Experts and forwarded questions over the API, the command line and the screens' HTML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.experts.forwarding import Forwarded
from assistant.experts.naming import Expert
from ui.cli import app
from ui.forwarded_html import chosen_html, experts_html, received_html, sent_html

_HOSTILE = '<img src=x onerror="alert(1)">'


def _forwarded(**changes: object) -> Forwarded:
    facts: dict[str, object] = {
        "forwarded_id": "f1",
        "turn_id": "t1",
        "conversation_id": "c1",
        "owner": "tess",
        "owner_shown": "Tess",
        "expert": "eva",
        "expert_shown": "Eva",
        "asset_class": "hydraulic press",
        "asset": "PR-01",
        "question": "E-999 on PR-01",
        "found": None,
        "at": "2026-03-01T10:00:00+00:00",
        "state": "answered",
        "reply": "Swap fuse F3.\nThen reset.",
        "replied_at": "2026-03-02T07:00:00+00:00",
    }
    return Forwarded(**(facts | changes))  # type: ignore[arg-type]


def test_a_reply_is_a_persons_named_and_dated_and_cites_no_page() -> None:
    html = sent_html([_forwarded()])
    assert "Eva answered on 2026-03-02. A person says this, not a document." in html
    assert "Swap fuse F3.<br>Then reset." in html
    assert "fb-cite" not in html


def test_a_reply_is_announced_in_the_language_of_the_question() -> None:
    assert "Das sagt ein Mensch" in sent_html([_forwarded(question="Was bedeutet E-999?")])
    assert "不是文档内容" in sent_html([_forwarded(question="E-999 是什么意思？")])


def test_an_open_question_says_who_has_it() -> None:
    html = sent_html([_forwarded(state="open", reply="", replied_at=None)])
    assert "Forwarded to Eva on 2026-03-01." in html


@pytest.mark.parametrize("field", ["question", "reply", "asset", "asset_class", "expert_shown"])
def test_everything_is_escaped(field: str) -> None:
    one = _forwarded(**{field: _HOSTILE, "owner_shown": _HOSTILE})
    for html in (sent_html([one]), received_html([one]), chosen_html(one)):
        assert "<img" not in html
        assert "\n" not in html or "<pre" in html


def test_only_who_plans_is_offered_to_remove_an_expert() -> None:
    expert = Expert("x1", _HOSTILE, None, "eva", "Eva", "paul", "2026-03-01T10:00:00+00:00")
    assert 'data-act="remove"' in experts_html([expert], can_remove=True)
    assert 'data-act="remove"' not in experts_html([expert], can_remove=False)
    assert "<img" not in experts_html([expert], can_remove=True)


def test_commands_name_list_and_remove_an_expert(tmp_path: Path) -> None:
    home = ["--home", str(tmp_path / "home")]
    run = CliRunner()
    added = run.invoke(app, ["user", "add", "eva", "--role", "technician", *home])
    assert added.exit_code == 0, added.output
    named = run.invoke(app, ["experts", "set", "Hydraulic press", "eva", *home])
    assert "eva is asked about Hydraulic press" in named.output
    listed = json.loads(run.invoke(app, ["experts", "list", "--json", *home]).output)
    assert [(each["asset_class"], each["user"], each["site"]) for each in listed] == [
        ("Hydraulic press", "eva", None)
    ]
    removed = run.invoke(app, ["experts", "remove", listed[0]["id"], *home])
    assert removed.exit_code == 0
    assert json.loads(run.invoke(app, ["experts", "list", "--json", *home]).output) == []
