"""Any instruct model of transformers: bf16 on CUDA, float32 on a CPU (small models, tests)."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import PrivateAttr

from assistant.llm.messages import as_turns, until_stop
from assistant.llm.structured import ConstrainedChatModel
from index.errors import ModelFileError


class ChatTransformers(ConstrainedChatModel):
    """A chat model by hub id or local folder; one generation at a time, others wait."""

    model: str
    device: str = "auto"
    max_tokens: int = 400

    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _vocabulary: Any = PrivateAttr()
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    def model_post_init(self, _context: Any, /) -> None:
        """Load the model and its tokenizer.

        Raises:
            ModelFileError: there is no such model on this machine or its hub.
        """
        import llguidance.hf  # heavy, and needed by this backend only
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        device = self.device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(self.model)
            model = AutoModelForCausalLM.from_pretrained(self.model, dtype=dtype)
        except (OSError, ValueError) as error:
            raise ModelFileError(
                f"The language model {self.model!r} cannot be loaded: {error}. "
                "Name a folder that holds a transformers model, or a hub id that this machine "
                "can reach."
            ) from error
        self._model = model.to(device).eval()
        self._vocabulary = llguidance.hf.from_tokenizer(
            self._tokenizer, n_vocab=self._model.get_input_embeddings().num_embeddings
        )

    @property
    def _llm_type(self) -> str:
        return "transformers"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model}

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        from transformers import StoppingCriteriaList

        inputs = self._tokenizer.apply_chat_template(
            as_turns(messages), add_generation_prompt=True, return_tensors="pt", return_dict=True
        ).to(self._model.device)
        cancelled = threading.Event()
        streamer = _Pieces(self._tokenizer)
        processors = []
        if kwargs.get("json_schema") is not None:
            processors.append(self._constraint(kwargs["json_schema"], inputs["input_ids"].shape[1]))
        failures: list[Exception] = []

        def run() -> None:
            with self._lock:
                if cancelled.is_set():
                    return
                try:
                    self._model.generate(
                        **inputs,
                        streamer=streamer,
                        max_new_tokens=self.max_tokens,
                        do_sample=False,
                        logits_processor=processors,
                        stop_strings=stop,
                        tokenizer=self._tokenizer if stop else None,
                        stopping_criteria=StoppingCriteriaList([lambda *_: cancelled.is_set()]),
                    )
                except Exception as error:  # reaches the consumer below
                    failures.append(error)
                    streamer.end()

        thread = threading.Thread(target=run, name="transformers", daemon=True)
        thread.start()
        try:
            for text in until_stop(streamer, stop):
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
                if run_manager:
                    run_manager.on_llm_new_token(text, chunk=chunk)
                yield chunk
            cancelled.set()  # a stop sequence may have ended the text before the model did
            thread.join()  # so that no thread of torch outlives the process
            if failures:
                raise failures[0]
        finally:
            cancelled.set()

    def _constraint(self, schema: dict[str, Any], prompt_length: int) -> Any:
        """A logits processor that allows compact JSON of the schema only."""
        # llguidance.torch would compile its kernel, which takes long and needs a C++ compiler.
        import numpy as np
        import torch
        from llguidance import LLMatcher
        from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

        grammar = LLMatcher.grammar_from_json_schema(
            schema, defaults={"whitespace_flexible": False}
        )
        matcher = LLMatcher(self._vocabulary, grammar)
        mask = allocate_token_bitmask(1, self._vocabulary.vocab_size)
        seen = prompt_length

        def process(input_ids: Any, scores: Any) -> Any:
            nonlocal seen
            new = input_ids[0, seen:].tolist()
            seen += len(new)
            if new:
                matcher.consume_tokens(new)
            fill_next_token_bitmask(matcher, mask)
            allowed = np.unpackbits(mask.view(np.uint8), bitorder="little")[: scores.shape[-1]]
            forbidden = torch.from_numpy(allowed == 0).to(scores.device)
            return scores.masked_fill(forbidden, float("-inf"))

        return process


class _Pieces:
    """Takes tokens from transformers and gives text, each character as soon as it is whole.

    The streamer of transformers waits for a space, and compact JSON has none.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self._given = 0
        self._has_seen_prompt = False
        self._channel: queue.Queue[str | None] = queue.Queue()

    def put(self, tokens: Any) -> None:
        """Take the prompt at first, then each new token."""
        if not self._has_seen_prompt:
            self._has_seen_prompt = True
            return
        self._tokens += tokens.reshape(-1).tolist()
        text = self._text()
        if not text.endswith("\ufffd"):  # else a character of which bytes are still to come
            self._give(text)

    def end(self) -> None:
        """Give what is left."""
        self._give(self._text())
        self._channel.put(None)

    def __iter__(self) -> Iterator[str]:
        while (piece := self._channel.get()) is not None:
            yield piece

    def _text(self) -> str:
        return str(
            self._tokenizer.decode(
                self._tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )

    def _give(self, text: str) -> None:
        if len(text) > self._given:
            self._channel.put(text[self._given :])
            self._given = len(text)
