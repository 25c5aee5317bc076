"""The page about security names tests that exist and settings that can be used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from assistant.audit import AuditSettings
from assistant.egress import EgressSettings
from ui.limits import LimitSettings
from ui.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_named_test_exists() -> None:
    named = set(re.findall(r"`(test_\w+\.py)`", PAGE))
    assert len(named) > 20
    missing = [name for name in sorted(named) if not (ROOT / "tests" / name).is_file()]
    assert not missing


def test_every_promise_in_a_table_names_a_test() -> None:
    rows = re.findall(r"^\|(.+)\|(.+)\|$", PAGE, re.M)
    promises = [
        (promise, test)
        for promise, test in rows
        if "promise" not in promise and "---" not in promise and "|" not in promise
    ]
    assert len(promises) > 25
    assert not [promise for promise, test in promises if "test" not in test]


def test_the_settings_that_it_shows_are_the_defaults() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    shown = tomllib.loads(block)
    settings = Settings.model_validate(shown)
    assert settings.limits == LimitSettings()
    assert settings.audit == AuditSettings()
    named = settings.egress.model_copy(update={"inside": (), "sites": {}})
    assert named == EgressSettings()
    assert set(shown["limits"]) == set(LimitSettings.model_fields)
