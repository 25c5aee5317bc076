"""The Gradio app: tabs over the services. Builds widgets only; no launch, no I/O.

What a role may not use is not shown. That is a kindness only: the handlers refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import gradio as gr

from ui.account_menu import BARE_HEAD, head_html
from ui.chat import ChatTab
from ui.dictionary import DictionaryTab
from ui.documents import DocumentsTab
from ui.figures.tab import FiguresTab
from ui.identity import session_of
from ui.orders import OrdersTab
from ui.questions import QuestionsTab
from ui.session_panel import SessionsTab
from ui.users import UsersTab
from ui.visitor import visitor
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


def build_app(services: Services) -> gr.Blocks:
    """Return the app."""
    with gr.Blocks(
        title="Faultbook", analytics_enabled=False, fill_width=True, delete_cache=(3600, 86400)
    ) as app:
        head = gr.HTML(BARE_HEAD, elem_id="fb-head")
        with gr.Tabs(elem_id="fb-tabs") as tabs:
            with gr.Tab("Ask", id="ask"):
                chat = ChatTab(services)
            with gr.Tab("Sessions", id="sessions") as sessions_tab:
                sessions = SessionsTab(services)
            with gr.Tab("Questions", id="questions") as questions_tab:
                questions = QuestionsTab(services)
            with gr.Tab("Figures", id="figures") as figures_tab:
                figures = FiguresTab(services)
            with gr.Tab("Documents", id="documents") as documents_tab:
                documents = DocumentsTab(services)
            with gr.Tab("Work orders", id="orders") as orders_tab:
                orders = OrdersTab(services)
            with gr.Tab("Dictionary", id="dictionary", visible=False) as dictionary_tab:
                dictionary = DictionaryTab(services)
            with gr.Tab("Users", id="users", visible=False) as users_tab:
                users = UsersTab(services)
        dictionary_tab.select(
            dictionary.refresh, dictionary.view, dictionary.outputs, api_visibility="private"
        )
        documents_tab.select(documents.refresh, None, documents.outputs, api_visibility="private")
        questions_tab.select(questions.refresh, None, questions.outputs, api_visibility="private")
        orders_tab.select(orders.refresh, None, orders.list_outputs, api_visibility="private")
        chat.order_button.click(
            orders.open_draft_of_turn,
            chat.turn_id,
            [tabs, *orders.outputs],
            api_visibility="private",
        )
        figures_tab.select(figures.visit, figures.kept, figures.outputs, api_visibility="private")

        def show_figure(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
            """Show the figure of a question that was asked in the chat."""
            return (gr.update(selected="figures"), *figures.asked_elsewhere(event, request))

        chat.record.click(
            show_figure,
            None,
            [tabs, *figures.outputs],
            show_progress="hidden",
            api_visibility="private",
        )
        sessions_tab.select(sessions.refresh, None, sessions.outputs, api_visibility="private")

        def show(opened: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
            """Show a session that was opened in the chat."""
            if not opened:
                yield (gr.skip(), *(gr.skip() for _ in chat.outputs))
                return
            for shown in chat.restore(opened, request):
                yield (gr.update(selected="ask"), *shown)

        for opening in sessions.openings:
            opening.then(
                show,
                sessions.opened,
                [tabs, *chat.outputs],
                show_progress="hidden",
                api_visibility="private",
            )
        users_tab.select(users.refresh, None, users.outputs, api_visibility="private")

        def greet(request: gr.Request) -> tuple[Any, ...]:
            """Say who is signed in, and show the tabs of their role."""
            principal = visitor(services, request)
            return (
                head_html(session_of(services, request).account),
                gr.update(visible=principal.may("curate")),
                gr.update(visible=principal.may("administer")),
            )

        app.load(greet, None, [head, dictionary_tab, users_tab], api_visibility="private")
        app.load(chat.restore, chat.conversation, chat.outputs, api_visibility="private")
        app.load(chat.assets, None, chat.asset, api_visibility="private")
    app.queue(default_concurrency_limit=16, max_size=64)
    return cast(gr.Blocks, app)  # gradio's ``with`` is untyped
