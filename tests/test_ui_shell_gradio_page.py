"""Gradio's page and HTML widget run under a policy that allows no text as a script."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import gradio as gr
import pytest

from tests.components import missing
from tests.ui_services import built
from ui.shell.gradio_page import (
    hardened,
    has_plain_templates,
    html_widget_script,
    on_load_scripts,
    without_evaluation,
)

_ASSETS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
_TAP = 'element.addEventListener("click", () => { trigger("click"); }); // a remark'


def _app(*widgets: dict[str, str]) -> gr.Blocks:
    def make() -> gr.Blocks:
        with gr.Blocks() as app:
            for arguments in widgets:
                gr.HTML("<p>x</p>", **arguments)
        return app

    return built(make)


def test_the_hashes_are_those_of_the_scripts_that_stand_in_the_page() -> None:
    page = (
        '<p>a</p><script>one();</script><script type="module" src="x.js"></script>'
        "<SCRIPT\n>2</SCRIPT>"
    )
    text, hashes = hardened(page)
    assert text == page
    wanted = [
        base64.b64encode(hashlib.sha256(each).digest()).decode() for each in (b"one();", b"2")
    ]
    assert hashes == wanted


def test_tags_that_name_other_machines_are_left_out() -> None:
    page = (
        '<base href="./" /><meta charset="utf-8" /><meta\n property="og:url"\n'
        ' content="https://gradio.app/"\n/><meta name="viewport" content="width=device-width" />'
        '<link rel="manifest" href="/manifest.json" /><link rel="stylesheet" href="./a.css">'
    )
    assert hardened(page)[0] == (
        '<meta charset="utf-8" /><meta name="viewport" content="width=device-width" />'
        '<link rel="stylesheet" href="./a.css">'
    )


def test_the_widget_of_the_installed_version_is_known() -> None:
    path = html_widget_script(_ASSETS)
    assert path is not None, "another version of gradio: see ui/shell/gradio_page.py"
    script = path.read_text("utf-8")
    changed = without_evaluation(script, [_TAP])
    assert changed is not None
    assert "function(element,trigger,props,server,upload,watch){" + _TAP + "\n}" in changed
    assert len(re.findall(r"if\(\w+==='\$\{value\}'\)return`\$\{\w+\.value\}`;", changed)) == 1


def test_the_changed_widget_is_a_script_that_can_be_parsed(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        missing("Node", "Install it, for example with 'apt-get install nodejs'.")
        return
    path = html_widget_script(_ASSETS)
    assert path is not None
    changed = without_evaluation(path.read_text("utf-8"), [_TAP, "a('</script>`${1}`\\\\');"])
    assert changed is not None
    (tmp_path / "widget.mjs").write_text(changed, "utf-8")
    subprocess.run([node, "--check", tmp_path / "widget.mjs"], check=True)


@pytest.mark.parametrize("script", ["", "function a(){}", "Function(`element`,`trigger`,A())("])
def test_another_script_is_not_changed(script: str) -> None:
    assert without_evaluation(script, [_TAP]) is None


def test_the_scripts_of_all_widgets_are_known_once() -> None:
    app = _app({}, {"js_on_load": _TAP}, {"js_on_load": _TAP})
    default = "element.addEventListener('click', function() { trigger('click') });"
    assert on_load_scripts(app) == sorted([_TAP, default])


@pytest.mark.parametrize(
    ("widget", "is_plain"),
    [({}, True), ({"html_template": "<b>${value}</b>"}, False), ({"css_template": "p {}"}, False)],
)
def test_only_plain_templates_need_no_evaluation(widget: dict[str, str], is_plain: bool) -> None:
    assert has_plain_templates(_app({}, widget)) == is_plain
