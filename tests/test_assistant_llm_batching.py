"""Requests to a transformers model share forward passes and do not disturb each other.

The model is tiny and runs on the CPU; what a CUDA device does differently is the number format and
the loading in 4 bits.
"""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ModelUnavailable, PromptTooLong
from assistant.llm.batching import Request
from assistant.llm.huggingface import ChatTransformers
from assistant.llm.prefixes import Prefixes
from tests.tiny_chat_model import make_chat_model

LONG_S = 60.0
QUESTIONS = [f"Why {'is the oil so ' * n}hot, {n}?" for n in range(5)]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> ChatTransformers:
    folder = make_chat_model(tmp_path_factory.mktemp("tiny-batch") / "tiny-chat")
    return ChatTransformers(model=str(folder), device="cpu", max_tokens=24, rows=4)


def together(model: ChatTransformers, texts: list[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    gate = threading.Barrier(len(texts))

    def ask(text: str) -> None:
        gate.wait(LONG_S)
        said[text] = "".join(piece.text for piece in model.stream(text))

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_S)
    return said


def test_answers_together_are_those_alone_in_fewer_passes(model: ChatTransformers) -> None:
    before = model.batcher.passes
    alone = {text: model.invoke(text).text for text in QUESTIONS}
    apart = model.batcher.passes - before
    before = model.batcher.passes
    assert together(model, QUESTIONS) == alone
    assert model.batcher.passes - before < 0.8 * apart
    assert 2 <= model.batcher.widest <= 4  # rows


def test_one_that_comes_while_another_runs_joins_it(model: ChatTransformers) -> None:
    endless = model.model_copy(update={"max_tokens": 2000})
    long = endless.stream("Tell me everything.")
    next(long)
    assert model.invoke("Hello!").text  # it need not wait for the end of the long one
    long.close()  # type: ignore[attr-defined]


def test_each_request_is_held_to_its_own_schema(model: ChatTransformers) -> None:
    schemas = [{"type": "string", "enum": [word]} for word in ("pump", "valve", "cooler")]
    said: list[Any] = [None] * 3

    def ask(at: int) -> None:
        said[at] = model.with_structured_output(schemas[at]).invoke("Which part?")

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_S)
    assert said == ["pump", "valve", "cooler"]


def test_a_cancelled_request_ends_and_leaves_the_others(model: ChatTransformers) -> None:
    channel: queue.Queue[Any] = queue.Queue()
    request = Request(ids=[5, 6, 7], limit=4000, give=channel.put)
    model.batcher.submit(request)
    assert isinstance(channel.get(timeout=LONG_S), int)
    request.cancelled.set()
    while channel.get(timeout=LONG_S) is not None:
        pass
    assert model.invoke("Hello!").text


def test_a_request_that_fails_takes_no_other_with_it(model: ChatTransformers) -> None:
    class Broken:
        def forbid(self, scores: Any) -> Any:
            raise ZeroDivisionError("grammar")

    channel: queue.Queue[Any] = queue.Queue()
    alone = model.invoke("Hello!").text
    broken: Any = Broken()
    for constraint in (broken, None):
        model.batcher.submit(Request([5, 6, 7], 8, channel.put, constraint))
    assert model.invoke("Hello!").text == alone
    ends = [channel.get(timeout=LONG_S)]
    while None not in ends:
        ends.append(channel.get(timeout=LONG_S))
    assert sum(isinstance(end, ZeroDivisionError) for end in ends) == 1


def test_a_prompt_that_begins_like_one_before_is_not_read_in_again(
    model: ChatTransformers,
) -> None:
    blocks = "A: oil is hot. " * 20
    first = model.invoke(f"{blocks} Why?").text
    before = model.batcher.prefixes.reused
    assert model.invoke(f"{blocks} Why?").text == first
    assert model.batcher.prefixes.reused - before > 100


def test_the_oldest_prompts_make_room() -> None:
    subject = Prefixes(most_tokens=100)
    one, two, three = (list(range(start, start + 40)) for start in (0, 1000, 2000))
    for ids in (one, two, three):
        subject.keep(ids, [])
    assert subject.longest([*one, 1]) is None
    assert subject.longest([*three, 1]) == []
    assert subject.longest(three[:10]) is None  # too short to be worth it


def test_memory_that_runs_out_makes_the_batch_smaller_and_loses_no_other(
    model: ChatTransformers,
) -> None:
    import torch

    folder = model.model
    small = ChatTransformers(model=folder, device="cpu", max_tokens=24, rows=4)
    real = small.batcher._model

    class Short:
        """The model on a device that holds two rows."""

        device, config = real.device, real.config

        def __call__(self, **inputs: Any) -> Any:
            if len(inputs["input_ids"]) > 2:
                raise torch.OutOfMemoryError("out of memory")
            return real(**inputs)

    small.batcher._model = Short()
    said: list[str] = []
    failed: list[Exception] = []

    def ask(text: str) -> None:
        try:
            said.append("".join(piece.text for piece in small.stream(text)))
        except torch.OutOfMemoryError as error:
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(text,)) for text in QUESTIONS[:4]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_S)
    assert len(said) + len(failed) == 4
    assert len(said) >= 2
    assert small.batcher.most <= 3
    assert small.invoke("Hello!").text


def test_a_prompt_longer_than_the_window_is_an_error_that_says_both_lengths(
    model: ChatTransformers,
) -> None:
    assert model.window() == 4096
    with pytest.raises(PromptTooLong, match=r"window of .* holds 4,096"):
        model.invoke("hot oil " * 3000)


def test_four_bits_without_cuda_say_what_to_do(model: ChatTransformers) -> None:
    with pytest.raises(ModelUnavailable, match="needs a CUDA device"):
        ChatTransformers(model=model.model, device="cpu", quantization="4bit")


def test_four_bits_without_bitsandbytes_say_what_to_install(
    model: ChatTransformers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [path for path in [str(Path(__file__).parent)]])
    with pytest.raises(ModelUnavailable, match=r"pip install 'faultbook\[four-bit\]'"):
        ChatTransformers(model=model.model, device="cuda", quantization="4bit")
