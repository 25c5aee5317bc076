"""Any instruct model of transformers: bf16 or 4 bits on CUDA, float32 on a CPU (small models)."""

from __future__ import annotations

import importlib.util
import queue
from collections.abc import Iterator
from typing import Any, Literal

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import PrivateAttr

from assistant.errors import ModelUnavailable, PromptTooLong
from assistant.llm.batching import Batcher, Request
from assistant.llm.constraint import Constraint
from assistant.llm.messages import as_turns, until_stop
from assistant.llm.structured import ConstrainedChatModel
from index.errors import ModelFileError

Quantization = Literal["none", "4bit"]
_NO_LIMIT = 1_000_000  # tokenizers without a limit give a number far above this


class ChatTransformers(ConstrainedChatModel):
    """A chat model by hub id or local folder; requests under way share forward passes."""

    model: str
    device: str = "auto"
    max_tokens: int = 400
    quantization: Quantization = "none"
    rows: int = 16

    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _vocabulary: Any = PrivateAttr()
    _batcher: Batcher = PrivateAttr()

    def model_post_init(self, _context: Any, /) -> None:
        """Load the model and its tokenizer.

        Raises:
            ModelFileError: there is no such model on this machine or its hub.
            ModelUnavailable: 4 bits are wanted, and there is no CUDA device or no bitsandbytes.
        """
        import llguidance.hf  # heavy, and needed by this backend only
        from transformers import AutoModelForCausalLM, AutoTokenizer

        device = _device(self.device)
        options = _four_bits(device) if self.quantization == "4bit" else {"dtype": _dtype(device)}
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(self.model)
            model = AutoModelForCausalLM.from_pretrained(self.model, **options)
        except (OSError, ValueError) as error:
            raise ModelFileError(
                f"The language model {self.model!r} cannot be loaded: {error}. "
                "Name a folder that holds a transformers model, or a hub id that this machine "
                "can reach."
            ) from error
        self._model = (model if self.quantization == "4bit" else model.to(device)).eval()
        self._vocabulary = llguidance.hf.from_tokenizer(
            self._tokenizer, n_vocab=self._model.get_input_embeddings().num_embeddings
        )
        self._batcher = Batcher(self._model, most=self.rows, ends=self._ends())

    @property
    def batcher(self) -> Batcher:
        """What runs the requests; tests and benchmarks look at its counters."""
        return self._batcher

    @property
    def _llm_type(self) -> str:
        return "transformers"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model, "quantization": self.quantization}

    def window(self) -> int:
        """The most tokens that prompt and answer may have together."""
        config = self._model.config.get_text_config()
        limits = [getattr(config, "max_position_embeddings", None) or _NO_LIMIT]
        limits.append(self._tokenizer.model_max_length)
        return int(min(limits))

    def answer_tokens(self) -> int:
        """The most tokens of an answer."""
        return self.max_tokens

    def count_tokens(self, text: str) -> int:
        """The tokens of a text."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _ends(self) -> frozenset[int]:
        named = self._model.generation_config.eos_token_id
        listed = named if isinstance(named, list) else [named]
        return frozenset(e for e in (*listed, self._tokenizer.eos_token_id) if e is not None)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        ids = self._tokenizer.apply_chat_template(
            as_turns(messages), add_generation_prompt=True, return_dict=True
        )["input_ids"]
        if len(ids) >= self.window():
            raise PromptTooLong(
                f"The prompt has {len(ids):,} tokens, and the window of {self.model} holds "
                f"{self.window():,}."
            )
        schema = kwargs.get("json_schema")
        pieces = _Pieces(self._tokenizer)
        request = Request(
            ids=ids,
            limit=min(self.max_tokens, self.window() - len(ids)),
            give=pieces.give,
            constraint=Constraint(self._vocabulary, schema) if schema is not None else None,
        )
        self._batcher.submit(request)
        try:
            for text in until_stop(pieces, stop):
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
                if run_manager:
                    run_manager.on_llm_new_token(text, chunk=chunk)
                yield chunk
        finally:
            request.cancelled.set()


def _device(wanted: str) -> str:
    import torch

    if wanted != "auto":
        return wanted
    return "cuda" if torch.cuda.is_available() else "cpu"


def _dtype(device: str) -> Any:
    import torch

    if not device.startswith("cuda"):
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _four_bits(device: str) -> dict[str, Any]:
    """What loads a model in 4 bits.

    Raises:
        ModelUnavailable: there is no CUDA device, or bitsandbytes is not installed.
    """
    if not device.startswith("cuda"):
        raise ModelUnavailable(
            "The setting 'llm.quantization = \"4bit\"' needs a CUDA device, and this machine has "
            "none. Set it to \"none\", or take a server ('llm.base_url')."
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise ModelUnavailable(
            "The setting 'llm.quantization = \"4bit\"' needs the package bitsandbytes. Run "
            '"pip install \'faultbook[four-bit]\'", or set it to "none".'
        )
    from transformers import BitsAndBytesConfig

    config = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=_dtype(device)
    )
    return {"quantization_config": config, "device_map": {"": device}, "dtype": _dtype(device)}


class _Pieces:
    """Takes tokens and gives text, each character as soon as it is whole."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self._given = 0
        self._channel: queue.Queue[int | Exception | None] = queue.Queue()

    def give(self, item: int | Exception | None) -> None:
        """Take a token, the end (None) or an error, from any thread."""
        self._channel.put(item)

    def __iter__(self) -> Iterator[str]:
        while (item := self._channel.get()) is not None:
            if isinstance(item, Exception):
                raise item
            self._tokens.append(item)
            text = self._text()
            if not text.endswith("\ufffd"):  # else a character of which bytes are still to come
                yield self._more(text)
        if rest := self._more(self._text()):
            yield rest

    def _text(self) -> str:
        return str(
            self._tokenizer.decode(
                self._tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )

    def _more(self, text: str) -> str:
        piece, self._given = text[self._given :], max(self._given, len(text))
        return piece
