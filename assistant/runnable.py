"""A turn as a ``Runnable`` of LangChain: a question in, an :class:`Answer` out.

turn = TurnRunnable(services.assistant, principal)
chain = turn | (lambda answer: answer.first_check or answer.message)
print(chain.invoke("E-217 on PR-02"))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import merge_configs

from assistant.answering import Assistant
from assistant.errors import QuestionRejected
from assistant.llm.untraced import traced_as_set
from assistant.messages import Answer, AnswerReady, CauseVerified, EvidenceReady
from assistant.question import Ask
from index.access import Principal

TurnInput = str | Mapping[str, Any]
_KNOWN = ("question", "asset", "use_model")


class TurnRunnable(Runnable[TurnInput, Answer]):
    """Asks an assistant in the name of one principal.

    The input is a question, or a mapping with ``question`` and, if wanted, ``asset`` and
    ``use_model``. ``stream`` yields whole answers: the one that stands on evidence first, others
    while that is waited for, the finished one last. ``batch`` asks side by side in threads.
    """

    def __init__(
        self,
        assistant: Assistant,
        principal: Principal,
        callbacks: Sequence[BaseCallbackHandler] = (),
    ) -> None:
        """Ask as a principal, who sees only what is theirs.

        ``callbacks`` are told of every turn; :mod:`assistant.tracing` makes those of the settings.
        """
        self._assistant = assistant
        self._principal = principal
        self._callbacks = list(callbacks)

    def invoke(
        self, input: TurnInput, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        """Return the whole answer.

        Raises:
            QuestionRejected: the input is no question, or none that can be asked.
            AssetUnknown: the asset is not in the register.
        """

        def answer(said: TurnInput) -> Answer:
            return self._assistant.ask(_ask(said), self._principal)

        with traced_as_set(self._callbacks):
            return self._call_with_config(answer, input, self._config(config), run_type="chain")

    def stream(
        self, input: TurnInput, config: RunnableConfig | None = None, **kwargs: Any | None
    ) -> Iterator[Answer]:
        """Yield the answer as it stands on evidence, then as it is finished.

        Raises:
            QuestionRejected: the input is no question, or none that can be asked.
            AssetUnknown: the asset is not in the register.
        """

        def answers(inputs: Iterator[TurnInput]) -> Iterator[Answer]:
            for said in inputs:
                for event in self._assistant.stream(_ask(said), self._principal):
                    if isinstance(event, EvidenceReady | AnswerReady):
                        yield event.answer
                    else:
                        assert isinstance(event, CauseVerified)  # the answer follows

        with traced_as_set(self._callbacks):
            yield from self._transform_stream_with_config(
                iter([input]), answers, self._config(config), run_type="chain"
            )

    def _config(self, config: RunnableConfig | None) -> RunnableConfig:
        own: RunnableConfig = {"callbacks": list(self._callbacks), "run_name": "faultbook turn"}
        return merge_configs(own, config)


def _ask(said: TurnInput) -> Ask:
    if isinstance(said, str):
        return Ask(said)
    if not isinstance(said, Mapping) or not isinstance(said.get("question"), str):
        raise QuestionRejected("The input must be a question, or a mapping with 'question'.")
    if unknown := sorted(str(key) for key in said if key not in _KNOWN):
        raise QuestionRejected(
            f"The input has {unknown[0]!r}, which is not known. Known: {', '.join(_KNOWN)}."
        )
    asset = said.get("asset")
    return Ask(
        said["question"],
        str(asset) if asset is not None else None,
        use_model=bool(said.get("use_model", True)),
    )
