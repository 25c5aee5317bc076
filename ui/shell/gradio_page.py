"""The page and the one script of Gradio that are served otherwise than Gradio serves them.

So that the page runs under a policy that allows no script but files of ours: what stands in the
page is known by its hash, and the widget ``gr.HTML``, which would run texts as scripts, gets
functions.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

import gradio as gr

_FOREIGN_TAGS = re.compile(
    r"<base\b[^>]*>|<meta\s[^>]*?(?:https?://|@)[^>]*>|<link\s[^>]*?manifest[^>]*>", re.IGNORECASE
)  # nothing is fetched by most of them, but the page need not name other machines or Gradio
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.IGNORECASE | re.DOTALL)
_TEMPLATE = re.compile(r"(function \S{1,3}\((\w+),(\w+),\w+=`html`\)\{)(try\{)")
_ON_LOAD = re.compile(r"Function\((`element`(?:,`\w+`)+),(\w+\(\))\)\(")
_PARAMETERS = re.compile(r"`(\w+)`")


def hardened(page: str) -> tuple[str, list[str]]:
    """A page without tags that name other machines, and the hashes of its scripts for a policy."""
    text = _FOREIGN_TAGS.sub("", page)
    scripts = [body for attributes, body in _SCRIPT.findall(text) if "src=" not in attributes]
    return text, [
        base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in scripts
    ]


def on_load_scripts(app: gr.Blocks) -> list[str]:
    """The scripts that the HTML widgets of an app run when they are shown."""
    widgets = [block for block in app.blocks.values() if isinstance(block, gr.HTML)]
    return sorted({widget.js_on_load for widget in widgets if widget.js_on_load})


def has_plain_templates(app: gr.Blocks) -> bool:
    """Tell whether all HTML widgets show their value as it is, with no template around it."""
    widgets = [block for block in app.blocks.values() if isinstance(block, gr.HTML)]
    return all(each.html_template == "${value}" and not each.css_template for each in widgets)


def without_evaluation(script: str, on_load: Iterable[str]) -> str | None:
    """The script of the HTML widget with functions in place of texts that it would run.

    Returns None where it is not the script that this was written for.
    """
    found = _ON_LOAD.search(script)
    if found is None or len(_TEMPLATE.findall(script)) != 1 or len(_ON_LOAD.findall(script)) != 1:
        return None
    parameters = ",".join(_PARAMETERS.findall(found[1]))
    known = ",".join(f"{json.dumps(text)}:function({parameters}){{{text}\n}}" for text in on_load)
    plain = _TEMPLATE.sub(
        r"\1if(\2==='')return'';if(\2==='${value}')return`${\3.value}`;\4", script, count=1
    )
    called = _ON_LOAD.sub(r"(faultbookOnLoad[\2]??Function(\1,\2))(", plain, count=1)
    return f"const faultbookOnLoad={{{known}}};{called}"


def html_widget_script(folder: Path) -> Path | None:
    """The file of the HTML widget among Gradio's scripts."""
    for path in sorted(folder.glob("HTML-*.js")):
        if _TEMPLATE.search(path.read_text(encoding="utf-8")):
            return path
    return None
