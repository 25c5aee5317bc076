"""The app is built of its tabs without opening or loading anything."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import get_type_hints

import gradio as gr
import pytest

from index.home import Home
from tests.ui_services import built
from ui.app import THEME, build_app
from ui.settings import Settings
from ui.wiring import Services

_TAKES_NOTHING = {"start_anew"}  # it empties the screen


@pytest.fixture
def app(tmp_path: Path) -> gr.Blocks:
    services = Services(Home(tmp_path / "home"), Settings(models=tmp_path, embedder="nowhere"))
    return built(lambda: build_app(services))


def test_building_opens_no_database_and_loads_no_model(app: gr.Blocks, tmp_path: Path) -> None:
    assert isinstance(app, gr.Blocks)
    assert not (tmp_path / "home" / "knowledge.db").exists()
    assert not (tmp_path / "home" / "records.db").exists()


def test_the_app_has_a_tab_for_each_work(app: gr.Blocks) -> None:
    found = [block for block in app.blocks.values() if isinstance(block, gr.Tab)]
    tabs = [tab.label for tab in found if isinstance(tab.id, str)]  # those inside a tab have none
    assert tabs == [
        "Ask",
        "Sessions",
        "Questions",
        "Figures",
        "Documents",
        "Work orders",
        "Dictionary",
        "Users",
    ]


def test_until_it_is_known_who_looks_only_what_everybody_may_use_is_shown(app: gr.Blocks) -> None:
    tabs = [block for block in app.blocks.values() if isinstance(block, gr.Tab) and block.id]
    hidden = {tab.label for tab in tabs if tab.visible is False}
    assert hidden == {"Dictionary", "Users"}


def test_every_handler_asks_who_sends_the_event(app: gr.Blocks) -> None:
    blind = [
        fn.name
        for fn in app.fns.values()
        if fn.fn is not None and gr.Request not in get_type_hints(inspect.unwrap(fn.fn)).values()
    ]
    assert {name for name in blind if name != "<lambda>"} == _TAKES_NOTHING
    for fn in app.fns.values():
        if fn.name == "<lambda>":  # closes a form, or clears a place
            assert not fn.inputs


def test_no_file_passes_through_gradio(app: gr.Blocks) -> None:
    kinds = (
        gr.File,
        gr.UploadButton,
        gr.DownloadButton,
        gr.Image,
        gr.Gallery,
        gr.MultimodalTextbox,
    )
    assert not [block for block in app.blocks.values() if isinstance(block, kinds)]


def test_no_handler_is_offered_as_a_public_interface(app: gr.Blocks) -> None:
    assert app.get_api_info()["named_endpoints"] == {}
    assert app.fns
    assert {fn.api_visibility for fn in app.fns.values() if fn.fn is not None} <= {
        "private",
        "undocumented",
    }


def test_nothing_is_sent_to_the_makers_of_the_toolkit(app: gr.Blocks) -> None:
    assert app.analytics_enabled is False


def test_fonts_are_those_of_the_machine() -> None:
    assert THEME._stylesheets == []
    assert "http" not in THEME._get_theme_css().replace("http://www.w3.org/2000/svg", "")
