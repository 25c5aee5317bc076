"""The tab in which questions are asked: conversation, asset picker, evidence panel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, cast

import gradio as gr
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import AssistantError, RecordNotFound
from assistant.fault_sessions.checks import tick_of
from assistant.messages import Answer, AnswerReady, CauseVerified, EvidenceReady, TurnFailed
from assistant.records import Turn
from index.access import Principal
from ui.forwarded_html import sent_html
from ui.rendering import answer_html, banner_html, failure_html, waiting_html
from ui.taps import RECORDS, TICKS
from ui.visitor import told, visitor
from ui.wiring import Services

_ANY_ASSET = ""
_MOST_TURNS = 20  # shown again when the page is loaded
_LOOK_S = 10.0  # between two looks at whether a document that is cited here was recalled
_GREETING = (
    '<div class="fb-hello"><h3>What does the machine show or do?</h3>'
    "<p>Type a fault code or describe what you see. Answers come from your own manuals and "
    "tickets, with the page beside them.</p></div>"
)
_NO_EVIDENCE = (
    '<div id="fb-evidence"><div class="fb-evidence-empty">The page that an answer cites is shown '
    "here.</div></div>"
)

Message = dict[str, Any]
Outputs = tuple[Any, ...]


class ChatTab:
    """Widgets and handlers of the tab. The screen only follows the log of a turn."""

    def __init__(self, services: Services) -> None:
        self._services = services
        # The id of a conversation is no secret: the server checks whose it is.
        self.conversation = gr.BrowserState(
            "",
            storage_key="faultbook",
            secret="faultbook",  # noqa: S106  a fixed key, so that a restart keeps the id readable
        )
        self.turn_id = gr.State("")
        self._timer = gr.Timer(_LOOK_S)
        with gr.Row(equal_height=True, elem_classes="fb-columns"):
            with gr.Column(scale=6, min_width=380):
                self._recall = gr.HTML(elem_id="fb-recalls")
                self._asked = gr.HTML(elem_id="fb-asked")
                self._ticks = gr.HTML(js_on_load=TICKS, elem_id="fb-ticks")
                self.record = gr.HTML(js_on_load=RECORDS, elem_id="fb-record")
                self.chat = gr.Chatbot(
                    show_label=False,
                    container=False,
                    height="calc(100dvh - 249px)",
                    autoscroll=False,
                    placeholder=_GREETING,
                    sanitize_html=False,  # what is shown is made by ui.rendering, escaped there
                    latex_delimiters=[],
                    buttons=[],
                    feedback_options=None,
                    group_consecutive_messages=False,
                    layout="panel",
                    elem_id="fb-chat",
                )
                with gr.Row(elem_classes="fb-ask"):
                    self.question = gr.Textbox(
                        show_label=False,
                        label="Question",
                        placeholder="E-217, ram slow when warm. What first?",
                        container=False,
                        lines=1,
                        max_lines=4,
                        max_length=20_000,
                        scale=8,
                        elem_id="fb-question",
                    )
                    self.ask = gr.Button("Ask", variant="primary", scale=1, min_width=100)
                with gr.Row(elem_classes="fb-actions"):
                    self.asset = gr.Dropdown(
                        choices=[("Any machine", _ANY_ASSET)],
                        value=_ANY_ASSET,
                        show_label=False,
                        label="Machine",
                        container=False,
                        scale=3,
                        min_width=140,
                        elem_id="fb-asset",
                    )
                    self.order_button = gr.Button(
                        "Make a work order",
                        interactive=False,
                        scale=2,
                        min_width=100,
                        elem_id="fb-make-order",
                    )
                    self._forward = gr.Button(
                        "Ask an expert", scale=2, min_width=84, elem_id="fb-forward"
                    )
                    self.stop_button = gr.Button("Stop", scale=1, min_width=60, elem_id="fb-stop")
                    self.new = gr.Button("New", scale=1, min_width=60)
            with gr.Column(scale=5, min_width=340):
                gr.HTML(_NO_EVIDENCE, elem_id="fb-evidence-panel")
        self.outputs = [self.chat, self.conversation, self.turn_id, self.order_button]
        self._bind()

    def _bind(self) -> None:
        inputs = [self.question, self.asset, self.conversation, self.chat]
        outputs = [*self.outputs, self.question]
        for event in (self.ask.click, self.question.submit):
            event(self.submit, inputs, outputs, show_progress="hidden", api_visibility="private")
        self.stop_button.click(
            self.stop, self.turn_id, None, show_progress="hidden", api_visibility="private"
        )
        self._ticks.click(
            self.tick, self.chat, self.chat, show_progress="hidden", api_visibility="private"
        )
        self.new.click(self.start_anew, None, outputs, api_visibility="private")
        self.new.click(lambda: "", None, self._recall, api_visibility="private")
        self.new.click(lambda: "", None, self._asked, api_visibility="private")
        self._forward.click(
            self.forward,
            self.turn_id,
            self._asked,
            show_progress="hidden",
            api_visibility="private",
        )
        self._timer.tick(
            self.asked,
            self.conversation,
            self._asked,
            show_progress="hidden",
            api_visibility="private",
        )
        self._timer.tick(
            self.look,
            self.conversation,
            self._recall,
            show_progress="hidden",
            api_visibility="private",
        )

    def assets(self, request: gr.Request) -> Any:
        """Fill the asset picker with what the user may see."""
        known = self._services.assets.list(visitor(self._services, request, "ask"))
        choices = [("Any machine", _ANY_ASSET)]
        choices += [(f"{a.tag} · {a.name} ({a.model})", a.tag) for a in known]
        return gr.update(choices=choices)

    def start_anew(self) -> Outputs:
        """Forget the conversation on the screen; it stays in the records."""
        return [], "", "", gr.update(interactive=False), ""

    def stop(self, turn_id: str, request: gr.Request) -> None:
        """Stop the turn on the screen; the screen that follows it shows how it ends."""
        principal = visitor(self._services, request, "ask")
        if turn_id:
            try:
                self._services.jobs.stop(principal, turn_id)
            except RecordNotFound:  # of somebody else, or deleted: there is nothing to stop
                return

    def forward(self, turn_id: str, request: gr.Request) -> str:
        """Forward the question on the screen to the expert of its machine."""
        principal = visitor(self._services, request, "ask")
        if not turn_id:
            raise told("Ask a question first; it can then be forwarded.")
        try:
            made = self._services.forwarding.forward(principal, turn_id)
        except AssistantError as error:
            raise told(str(error)) from error
        return self.asked(made.conversation_id, request)

    def asked(self, conversation: str, request: gr.Request) -> str:
        """Say what became of the questions of the conversation that were forwarded."""
        principal = visitor(self._services, request)
        if not conversation:
            return ""
        try:
            return sent_html(self._services.forwarding.of_conversation(principal, conversation))
        except SQLAlchemyError:  # busy; the next look is soon
            return cast(str, gr.skip())

    def submit(
        self,
        question: str,
        asset: str,
        conversation: str,
        history: list[Message],
        request: gr.Request,
    ) -> Iterator[Outputs]:
        """Start a turn and follow it."""
        principal = visitor(self._services, request, "ask")
        if not question.strip():
            yield history, conversation, "", gr.update(), question
            return
        history = [*history, {"role": "user", "content": _plain(question)}]
        try:
            self._services.limits.take(principal, "question")
            conversation = self._conversation(principal, conversation)
            turn_id = self._services.jobs.start(principal, conversation, question, asset or None)
        except AssistantError as error:
            history.append(_said(failure_html(str(error))))
            yield history, conversation, "", gr.update(interactive=False), question
            return
        typed: Any = ""  # cleared once: somebody may type the next question meanwhile
        for shown, can_order in self._follow(principal, turn_id):
            state = gr.update(interactive=can_order)
            yield [*history, *shown], conversation, turn_id, state, typed
            typed = gr.skip()

    def restore(self, conversation: str, request: gr.Request) -> Iterator[Outputs]:
        """Show a conversation again, and follow its last turn if that still runs.

        One that another user left on the tablet is not shown, and its id is dropped.
        """
        principal = visitor(self._services, request)
        try:
            turns = self._services.records.turns(principal, conversation) if conversation else []
        except RecordNotFound:
            turns = []
        if not turns:
            yield [], "", "", gr.update(interactive=False)
            return
        history = self._drawn(principal, turns[-_MOST_TURNS:-1])
        last = turns[-1]
        history.append({"role": "user", "content": _plain(last.question)})
        for shown_now, can_order in self._follow(principal, last.turn_id):
            state = gr.update(interactive=can_order)
            yield [*history, *shown_now], conversation, last.turn_id, state

    def _drawn(self, principal: Principal, turns: Sequence[Turn]) -> list[Message]:
        """Turns that are over, as they are shown with what was ticked."""
        history: list[Message] = []
        for turn in turns:
            history.append({"role": "user", "content": _plain(turn.question)})
            shown = failure_html("No answer.")
            if turn.answer:
                answer = self._services.checks.shown(principal, turn)
                marks = self._marks(principal, turn)
                shown = answer_html(answer, marks, turn_id=turn.turn_id)
            history.append(_said(shown))
        return history

    def tick(
        self, history: list[Message], event: gr.EventData, request: gr.Request
    ) -> list[Message]:
        """Carry a tap on a tick of a cause out, and show the causes in their new order."""
        principal = visitor(self._services, request, "ask")
        tapped: dict[str, Any] = event._data or {}  # what the script sends
        services = self._services
        try:
            turn = services.records.turn(principal, str(tapped.get("turn", "")))
            verdict = tick_of(tapped.get("tick"))
            services.checks.tick(principal, turn, str(tapped.get("item", "")), verdict)
            turns = services.records.turns(principal, turn.conversation_id)[-_MOST_TURNS:]
        except AssistantError as error:
            raise told(str(error)) from error
        if turns[-1].status == "running":  # what is still being written stays as it is
            return [*self._drawn(principal, turns[:-1]), *history[-2:]]
        return self._drawn(principal, turns)

    def look(self, conversation: str, request: gr.Request) -> str:
        """Say what was recalled of all that the conversation cites.

        An answer may stand open for hours, and its screen is not drawn anew.
        """
        principal = visitor(self._services, request)
        try:
            turns = self._services.records.turns(principal, conversation) if conversation else []
            shown = turns[-_MOST_TURNS:]
            marks = [mark for turn in shown for mark in self._marks(principal, turn)]
        except RecordNotFound:
            return ""
        except SQLAlchemyError:  # busy; the next look is soon
            return cast(str, gr.skip())
        return banner_html(list(dict.fromkeys(marks)), "An answer here")

    def _marks(self, principal: Principal, turn: Turn) -> Sequence[str]:
        if turn.answer is None:
            return ()
        return self._services.recalls.of_answer(principal, turn.answer, turn.started_at)

    def _conversation(self, principal: Principal, conversation: str) -> str:
        try:
            self._services.records.turns(principal, conversation)
        except RecordNotFound:
            return self._services.records.open_conversation(principal)
        return conversation

    def _follow(self, principal: Principal, turn_id: str) -> Iterator[tuple[list[Message], bool]]:
        """Yield what to show of a turn, and whether an order can be made of it."""
        yield [_said('<div class="fb-answer fb-wait">Searching the documents…</div>')], False
        for ahead in self._services.jobs.places(principal, turn_id):
            yield [_said(waiting_html(ahead))], False
        ranked: list[Any] = []
        answer: Answer | None = None
        services = self._services
        turn = services.records.turn(principal, turn_id)
        at = turn.started_at
        marks: Sequence[str] = ()
        for event in services.jobs.follow(principal, turn_id):
            match event:
                case EvidenceReady():
                    answer = services.checks.shown(principal, turn, event.answer)
                    is_ranking = answer.can_be_ranked
                    marks = services.recalls.of_answer(principal, answer, at)
                    yield [_said(answer_html(answer, marks, is_ranking=is_ranking))], False
                case CauseVerified():
                    ranked.append(event.cause)
                    if answer is not None:
                        so_far = services.checks.shown(principal, turn, _ranked(answer, ranked))
                        yield [_said(answer_html(so_far, marks, is_ranking=True))], False
                case AnswerReady():
                    can_order = event.answer.is_supported
                    marks = services.recalls.of_answer(principal, event.answer, at)
                    whole = services.checks.shown(principal, turn, event.answer)
                    yield [_said(answer_html(whole, marks, turn_id=turn_id))], can_order
                case TurnFailed():
                    yield [_said(failure_html(event.message))], False


def _ranked(answer: Answer, ranked: list[Any]) -> Answer:
    """The answer with the causes that are ranked so far in front."""
    keys = {(cause.marker, cause.text) for cause in ranked}
    rest = (cause for cause in answer.causes if (cause.marker, cause.text) not in keys)
    return answer.model_copy(update={"causes": (*ranked, *rest)})


def _said(html: str) -> Message:
    return {"role": "assistant", "content": html}


def _plain(text: str) -> str:
    """A question as text: the chat component would take it for Markdown and HTML."""
    lines = "<br>".join(escape(line) for line in text.strip().splitlines())
    return f'<div class="fb-question">{lines}</div>'
