"""Hold the language model: one that may still be loading, be busy, be down, or never come."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Literal

from langchain_core.language_models import BaseChatModel

from assistant.errors import GenerationFailed, ModelUnavailable, PromptTooLong
from assistant.llm.breaker import CircuitBreaker
from assistant.llm.line import Line, Place
from index.errors import ModelFileError

logger = logging.getLogger(__name__)

Health = Literal["ready", "loading", "none", "failing", "trying"]


class ModelSlot:
    """Holds the language model, which may still be loading, or may never come."""

    def __init__(
        self,
        name: str = "",
        reason: str = "no language model is configured",
        *,
        writes_notes: bool = True,
        endpoint: str = "",
        line: Line | None = None,
        breaker: CircuitBreaker | None = None,
        slow_s: float = 2.0,
    ) -> None:
        """Hold nothing yet; ``endpoint`` is the address of the model's server if it has one.

        Without a ``line`` as many may ask at once as turns run at once. After ``slow_s`` seconds of
        silence a screen says that the model is slow.
        """
        self.slow_s = slow_s
        self.name = name
        self.writes_notes = writes_notes
        self.endpoint = endpoint
        self.line = line or Line(at_once=16)
        self.breaker = breaker or CircuitBreaker()
        self._model: BaseChatModel | None = None
        self._reason = reason
        self._done = threading.Event()
        self._done.set()

    @classmethod
    def filled(
        cls,
        model: BaseChatModel,
        name: str,
        *,
        writes_notes: bool = True,
        endpoint: str = "",
        line: Line | None = None,
        breaker: CircuitBreaker | None = None,
        slow_s: float = 2.0,
    ) -> ModelSlot:
        """A slot that holds a model already."""
        slot = cls(
            name,
            writes_notes=writes_notes,
            endpoint=endpoint,
            line=line,
            breaker=breaker,
            slow_s=slow_s,
        )
        slot._model = model
        return slot

    def fill(self, load_model: Callable[[], BaseChatModel]) -> None:
        """Load a model in a thread; until it is there, :meth:`get` says that it is loading."""
        self._reason = "the language model is still loading"
        self._done.clear()

        def run() -> None:
            try:
                self._model = load_model()
            except (ModelUnavailable, ModelFileError) as error:
                self._reason = str(error)
            except Exception as error:  # a thread has nobody to raise to
                logger.exception("loading the language model")
                self._reason = f"the language model could not be loaded: {error}"
            finally:
                self._done.set()

        threading.Thread(target=run, name="load-model", daemon=True).start()

    def wait(self, timeout_s: float) -> bool:
        """Wait until loading has ended, well or badly; False if it has not."""
        return self._done.wait(timeout_s)

    def get(self) -> BaseChatModel:
        """Return the model.

        Raises:
            ModelUnavailable: there is none now; the message says why.
        """
        if self._model is None:
            raise ModelUnavailable(self._reason)
        return self._model

    def take_turn(self) -> ModelTurn:
        """Take a place in the line before the model; use it in a ``with`` block.

        Raises:
            ModelUnavailable: there is no model now, it failed too often, or the line is too long.
        """
        model = self.get()
        self.breaker.admit()
        try:
            return ModelTurn(model, self.line.enter(), self.breaker)
        except ModelUnavailable:
            self.breaker.left_undecided()
            raise

    @property
    def health(self) -> tuple[Health, str]:
        """How the model is now, and why in words where it is not ready."""
        if self._model is None:
            return ("none" if self._done.is_set() else "loading"), self._reason
        match self.breaker.state:
            case "closed":
                return "ready", ""
            case "open":
                return "failing", self.breaker.reason
            case "half-open":
                return "trying", self.breaker.reason


class ModelTurn:
    """One use of the model: a place in its line, and word to the breaker of how it went."""

    def __init__(self, model: BaseChatModel, place: Place, breaker: CircuitBreaker) -> None:
        self.model = model
        self._place = place
        self._breaker = breaker

    def waits(self, limit_s: float) -> Iterator[int]:
        """Yield how many questions come before, whenever that changes, until it is one's turn.

        Raises:
            ModelUnavailable: it took longer than the limit in seconds.
            Stopped: the reader stopped the turn.
        """
        return self._place.waits(limit_s)

    def __enter__(self) -> ModelTurn:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._place.leave()
        if kind is None:
            self._breaker.worked()
        elif isinstance(error, GenerationFailed) and not isinstance(error, PromptTooLong):
            self._breaker.failed(str(error))
        else:  # stopped, refused, or an error of our own: it says nothing about the model
            self._breaker.left_undecided()
