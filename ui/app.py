"""The Gradio app: four tabs over the services. Builds widgets only; no launch, no I/O."""

from __future__ import annotations

from typing import cast

import gradio as gr

from ui.chat import ChatTab
from ui.dictionary import DictionaryTab
from ui.documents import DocumentsTab
from ui.orders import OrdersTab
from ui.wiring import Services

# Fonts of the machine itself: a plant has no internet, and no page here asks for one.
_FONT = ["system-ui", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans CJK SC", "sans-serif"]
THEME = gr.themes.Base(
    primary_hue=gr.themes.colors.orange,
    neutral_hue=gr.themes.colors.slate,
    font=_FONT,
    font_mono=["ui-monospace", "DejaVu Sans Mono", "monospace"],
    radius_size=gr.themes.sizes.radius_sm,
)


_HEAD = (
    '<header class="fb-head"><b>Faultbook</b>'
    "<span>answers from your own manuals and tickets</span></header>"
)


def build_app(services: Services) -> gr.Blocks:
    """Return the app."""
    with gr.Blocks(
        title="Faultbook", analytics_enabled=False, fill_width=True, delete_cache=(3600, 86400)
    ) as app:
        gr.HTML(_HEAD, elem_id="fb-head")
        with gr.Tabs(elem_id="fb-tabs") as tabs:
            with gr.Tab("Ask", id="ask"):
                chat = ChatTab(services)
            with gr.Tab("Documents", id="documents") as documents_tab:
                documents = DocumentsTab(services)
            with gr.Tab("Work orders", id="orders") as orders_tab:
                orders = OrdersTab(services)
            with gr.Tab("Dictionary", id="dictionary") as dictionary_tab:
                dictionary = DictionaryTab(services)
        dictionary_tab.select(
            dictionary.refresh, dictionary.view, dictionary.outputs, api_visibility="private"
        )
        documents_tab.select(documents.refresh, None, documents.outputs, api_visibility="private")
        orders_tab.select(orders.refresh, None, orders.list_outputs, api_visibility="private")
        chat.order_button.click(
            orders.open_draft_of_turn,
            chat.turn_id,
            [tabs, *orders.outputs],
            api_visibility="private",
        )
        app.load(chat.restore, chat.conversation, chat.outputs, api_visibility="private")
        app.load(chat.assets, None, chat.asset, api_visibility="private")
    app.queue(default_concurrency_limit=16, max_size=64)
    return cast(gr.Blocks, app)  # gradio's ``with`` is untyped
