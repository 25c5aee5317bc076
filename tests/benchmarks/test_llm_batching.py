"""Tokens a second and first token of transformers at 1, 4 and 16 questions at once, on a GPU.

The floor is the time in which the weights can be read once from the device's memory, which is
measured by a copy: no token of a batch comes faster. Set FAULTBOOK_LLM__MODEL to the model's folder
or hub id. Without a CUDA device nothing is measured.
"""

from __future__ import annotations

import os
import statistics
import threading
import time

import pytest

pytestmark = pytest.mark.benchmark

TOKENS = 128
PROMPT = "A: oil hot -> clean the cooler. " * 40 + "Question {}: describe what to check first."


def test_transformers_on_a_gpu_against_the_memory_bandwidth() -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device: nothing is measured")
    name = os.environ.get("FAULTBOOK_LLM__MODEL", "")
    if not name:
        pytest.skip("FAULTBOOK_LLM__MODEL names no model")
    from assistant.llm.huggingface import ChatTransformers

    model = ChatTransformers(model=name, max_tokens=TOKENS)
    weights = sum(p.numel() * p.element_size() for p in model.batcher._model.parameters())
    bandwidth = _bandwidth()
    floor_s = weights / bandwidth
    print(
        f"\n{name}: {weights / 2**30:.1f} GiB, memory {bandwidth / 1e9:.0f} GB/s, "
        f"floor {1000 * floor_s:.2f} ms a pass"
    )
    model.invoke(PROMPT.format(0))  # what is made once
    for at_once in (1, 4, 16):
        firsts, tokens, seconds = _run(model, at_once)
        floor = at_once / floor_s
        print(
            f"{at_once:3d} at once: {tokens / seconds:7.1f} tokens/s (floor allows {floor:.0f}, "
            f"{tokens / seconds / floor:.0%}), first token median {statistics.median(firsts):.3f} s"
        )
        assert tokens


def _run(model: object, at_once: int) -> tuple[list[float], int, float]:
    """Seconds to each first piece, tokens of all answers, seconds in all."""
    from assistant.llm.huggingface import ChatTransformers

    assert isinstance(model, ChatTransformers)
    firsts: list[float] = []
    tokens: list[int] = []
    started = time.perf_counter()

    def ask(number: int) -> None:
        begun, text = time.perf_counter(), ""
        for piece in model.stream(PROMPT.format(number)):
            if not text:
                firsts.append(time.perf_counter() - begun)
            text += piece.text
        tokens.append(model.count_tokens(text))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return firsts, sum(tokens), time.perf_counter() - started


def _bandwidth() -> float:
    """Bytes a second that the device's memory can be read, by a copy (which reads and writes)."""
    import torch

    source = torch.empty(2**30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    best = 0.0
    for _ in range(10):
        torch.cuda.synchronize()
        begun = time.perf_counter()
        target.copy_(source)
        torch.cuda.synchronize()
        best = max(best, 2 * source.numel() / (time.perf_counter() - begun))
    return best
