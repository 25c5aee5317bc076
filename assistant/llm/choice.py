"""Choose the language model and say why; load it in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ConfigDict, SecretStr

from assistant.errors import ModelUnavailable
from index.errors import ModelFileError

logger = logging.getLogger(__name__)

Backend = Literal["auto", "none", "openvino", "transformers", "server"]


class ModelSettings(BaseModel):
    """Which language model to use; times are seconds.

    ``auto`` takes the server if one is named, else a CUDA device with a named model, else the
    default model on the CPU. ``notes`` lets
    the model comment on the causes that it ranks. Verification finds numbers, codes and negations
    that no source has, but not nouns: turn them on for a model whose notes were measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    backend: Backend = "auto"
    model: str = ""
    base_url: str = ""
    api_key: SecretStr = SecretStr("none")
    notes: bool = False
    first_token_s: float = 90.0
    next_token_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Choice:
    """The backend that was chosen, the model's name, and the reason in words."""

    backend: Literal["none", "openvino", "transformers", "server"]
    name: str
    why: str


def choose(settings: ModelSettings, models: Path) -> Choice:
    """Return what the settings mean on this machine; ``models`` is where fetched models lie."""
    from assistant.llm.openvino import QWEN

    match settings.backend:
        case "none":
            return Choice("none", "", "the setting is 'none'")
        case "server":
            return Choice("server", settings.model, f"the setting names {settings.base_url}")
        case "transformers":
            return Choice("transformers", settings.model, "the setting is 'transformers'")
        case "openvino":
            return Choice("openvino", QWEN.name, "the setting is 'openvino'")
        case "auto":
            pass
    if settings.base_url:
        return Choice("server", settings.model, f"a server is named: {settings.base_url}")
    if settings.model and _has_cuda():
        return Choice("transformers", settings.model, "there is a CUDA device and a named model")
    if (models / QWEN.name / "faultbook.json").exists():
        why = "no server is named" + (", no CUDA device is there" if settings.model else "")
        return Choice("openvino", QWEN.name, f"{why}, and the default model was fetched")
    return Choice(
        "none", "", "no server is named and no model was fetched; run 'faultbook models fetch'"
    )


def load(choice: Choice, settings: ModelSettings, models: Path) -> BaseChatModel:
    """Load the chosen model; takes seconds.

    Raises:
        ModelFileError: its files are missing or damaged.
        ModelUnavailable: none was chosen, or the settings lack something.
    """
    match choice.backend:
        case "none":
            raise ModelUnavailable(f"No language model: {choice.why}.")
        case "openvino":
            from assistant.llm.openvino import load_qwen

            return load_qwen(models / choice.name)
        case "transformers":
            from assistant.llm.huggingface import ChatTransformers

            if not settings.model:
                raise ModelUnavailable("The backend 'transformers' needs the setting 'llm.model'.")
            return ChatTransformers(model=settings.model)
        case "server":
            return _server(settings)


def _server(settings: ModelSettings) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    if not settings.base_url or not settings.model:
        raise ModelUnavailable(
            "The backend 'server' needs the settings 'llm.base_url' and 'llm.model'."
        )
    model = init_chat_model(
        settings.model,
        model_provider="openai",
        base_url=settings.base_url,
        api_key=settings.api_key.get_secret_value(),
        temperature=0,
        max_tokens=400,
        timeout=settings.first_token_s,
        max_retries=0,
        http_client=_client(settings),
        openai_proxy="",  # a variable of that name would stand in the way of the client
    )
    assert isinstance(model, BaseChatModel)  # without configurable fields it is one
    return model


def _client(settings: ModelSettings) -> httpx.Client:
    """A client that sends to the named server and to nobody else.

    It follows no redirection: another host would get what was meant for this one. A proxy that the
    environment names is used unless the server is on this machine.
    """
    host = urlsplit(settings.base_url).hostname or ""
    is_near = host == "localhost" or host.startswith("127.") or host == "::1"
    none: dict[str, httpx.BaseTransport | None] = dict.fromkeys(("http://", "https://", "all://"))
    return httpx.Client(
        follow_redirects=False,
        mounts=none if is_near else None,
        timeout=settings.first_token_s,
    )


def _has_cuda() -> bool:
    import torch

    return torch.cuda.is_available()


class ModelSlot:
    """Holds the language model, which may still be loading, or may never come."""

    def __init__(
        self,
        name: str = "",
        reason: str = "no language model is configured",
        *,
        writes_notes: bool = True,
        endpoint: str = "",
    ) -> None:
        """Hold nothing yet; ``endpoint`` is the address of the model's server if it has one."""
        self.name = name
        self.writes_notes = writes_notes
        self.endpoint = endpoint
        self._model: BaseChatModel | None = None
        self._reason = reason
        self._done = threading.Event()
        self._done.set()

    @classmethod
    def filled(
        cls, model: BaseChatModel, name: str, *, writes_notes: bool = True, endpoint: str = ""
    ) -> ModelSlot:
        """A slot that holds a model already."""
        slot = cls(name, writes_notes=writes_notes, endpoint=endpoint)
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
