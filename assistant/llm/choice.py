"""Choose the language model and say why; load it in the background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from assistant.errors import ModelUnavailable
from assistant.llm.breaker import CircuitBreaker
from assistant.llm.line import Line
from assistant.llm.server import open_server
from assistant.llm.slot import ModelSlot as ModelSlot

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
    quantization: Literal["none", "4bit"] = Field(
        default="none", description="of transformers on CUDA; 4bit needs the package bitsandbytes"
    )
    batch: int = Field(
        default=16, ge=1, le=256, description="questions that transformers or a server do at once"
    )
    context_tokens: int = Field(
        default=0, ge=0, description="window of a server's model; 0 for what the server tells"
    )
    first_token_s: float = Field(default=90.0, gt=0)
    next_token_s: float = Field(default=30.0, gt=0)
    slow_s: float | None = Field(
        default=None,
        gt=0,
        description="seconds of silence after which the screen says so; by default 2 for a server "
        "and 15 for a model in this process",
    )
    queue_s: float = Field(default=120.0, gt=0, description="longest wait for one's turn")
    queue_length: int = Field(default=32, ge=1, description="questions that may wait for the model")
    breaker_failures: int = Field(
        default=3, ge=1, description="failures in a row after which the model is left alone"
    )
    breaker_pause_s: float = Field(
        default=15.0, gt=0, description="how long it is left alone before it is tried again"
    )


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
            return ChatTransformers(
                model=settings.model, quantization=settings.quantization, rows=settings.batch
            )
        case "server":
            return open_server(settings)


def make_slot(choice: Choice, settings: ModelSettings) -> ModelSlot:
    """An empty slot for the chosen model, with its line and its breaker."""
    at_once = 1 if choice.backend == "openvino" else settings.batch
    return ModelSlot(
        choice.name,
        f"no language model: {choice.why}",
        writes_notes=settings.notes,
        endpoint=settings.base_url if choice.backend == "server" else "",
        line=Line(at_once, settings.queue_length),
        breaker=CircuitBreaker(settings.breaker_failures, settings.breaker_pause_s),
        slow_s=settings.slow_s or (2.0 if choice.backend == "server" else 15.0),
    )


def _has_cuda() -> bool:
    import torch

    return torch.cuda.is_available()
