"""Share forward passes of a transformers model among the requests that are under way.

Continuous batching of transformers has no place for a grammar of one request: of the processors of
scores it keeps temperature, top-k and top-p for each request and drops or mixes the rest. This
batcher is small: a request is read in alone, on top of the keys and values of the longest prompt
beginning seen before; its row then joins the batch, which gets one token a row in each pass. Rows
are padded on the left. A row leaves when its answer ends, is long enough, or nobody wants it any
more.
"""

from __future__ import annotations

import atexit
import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assistant.llm.constraint import Constraint
from assistant.llm.prefixes import Layers, Prefixes

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Request:
    """A prompt that is to be continued.

    ``give`` gets each new token, and at the end None, or the error that ended it.
    """

    ids: list[int]
    limit: int
    give: Callable[[int | Exception | None], None]
    constraint: Constraint | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    made: int = 0


@dataclass
class _Row:
    request: Request
    last: int
    length: int  # tokens that the keys and values cover


class Batcher:
    """Runs requests over one model; one thread works while there is work."""

    def __init__(self, model: Any, *, most: int = 16, ends: frozenset[int] = frozenset()) -> None:
        """Use a loaded model.

        Args:
            model: a causal language model of transformers, in evaluation mode.
            most: rows of a batch at most.
            ends: tokens that end an answer.
        """
        self._model = model
        self._ends = ends
        self.most = most
        self.passes = 0
        """Forward passes so far."""
        self.widest = 0
        """The most rows that one pass had so far."""
        self.prefixes = Prefixes()
        self._lock = threading.Lock()
        self._new: deque[Request] = deque()
        self._thread: threading.Thread | None = None
        self._rows: list[_Row] = []
        self._cache: Any = None
        self._is_closed = False
        atexit.register(_close, weakref.ref(self))  # torch must not run while Python goes down

    def submit(self, request: Request) -> None:
        """Take a request; its tokens come through ``give`` from another thread."""
        with self._lock:
            self._new.append(request)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="transformers", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End all requests and wait until the model rests."""
        self._is_closed = True
        if (thread := self._thread) is not None:
            thread.join()

    def _work(self) -> None:
        import torch

        with torch.inference_mode():
            while True:
                with self._lock:
                    if self._is_closed or not (self._new or self._rows):
                        self._end_all()
                        self._thread = None
                        return
                self._admit()
                self._drop([row for row in self._rows if row.request.cancelled.is_set()])
                if self._rows:
                    self._step()

    def _end_all(self) -> None:
        for request in (*(row.request for row in self._rows), *self._new):
            request.give(None)
        self._rows, self._cache = [], None
        self._new.clear()

    def _admit(self) -> None:
        """Read in what waits, as far as the batch has room."""
        while len(self._rows) < self.most:
            with self._lock:
                request = self._new.popleft() if self._new else None
            if request is None:
                return
            if request.cancelled.is_set():
                request.give(None)
                continue
            try:
                self._read_in(request)
            except Exception as error:
                if not self._is_memory_short(error) or not self._rows:
                    request.give(error)
                    continue
                with self._lock:  # it waits until a row has left
                    self._new.appendleft(request)
                self.most = len(self._rows)

    def _read_in(self, request: Request) -> None:
        cache = self._new_cache()
        known = self.prefixes.longest(request.ids)
        if known is not None:
            _put(cache, known)
        length = known[0][0].shape[2] if known is not None else 0
        scores = self._pass([request.ids[length:]], cache, [len(request.ids)])
        layers = _layers(cache)
        is_plain = layers is not None
        if layers is not None:
            self.prefixes.keep(request.ids, layers)
        token = self._choose(request, scores[0])
        if not self._pass_on(request, token):
            return
        row = _Row(request, token, len(request.ids))
        if not self._rows:
            # What is kept of the prompt must not grow with the answer.
            self._cache = self._copy(layers) if layers is not None else cache
        else:
            assert is_plain  # else the batch has one row
            self._cache = self._joined(_layers(self._cache), layers)
        self._rows.append(row)

    def _step(self) -> None:
        """One token for every row."""
        try:
            scores = self._pass(
                [[row.last] for row in self._rows],
                self._cache,
                [row.length + 1 for row in self._rows],
            )
        except Exception as error:
            fault = self._rows if not self._is_memory_short(error) else self._rows[-1:]
            if len(fault) < len(self._rows):
                self.most = len(self._rows) - 1
            for row in list(fault):
                row.request.give(error)
                row.request.cancelled.set()
            self._take_back(max(row.length for row in self._rows))
            return
        done: list[_Row] = []
        for row, row_scores in zip(self._rows, scores, strict=True):
            row.length += 1
            try:
                row.last = self._choose(row.request, row_scores)
            except Exception as error:  # of one request: the others go on
                row.request.give(error)
                done.append(row)
                continue
            if not self._pass_on(row.request, row.last):
                done.append(row)
        self._drop(done, is_told=True)

    def _pass(self, ids: list[list[int]], cache: Any, lengths: list[int]) -> Any:
        """Scores of the next token, shape (rows, vocabulary), float32.

        Args:
            ids: the new tokens of each row, as many for each.
            cache: keys and values of what came before.
            lengths: tokens of each row with the new ones.
        """
        import torch

        device = self._model.device
        width, new = max(lengths), len(ids[0])
        places = torch.arange(width, device=device)
        pads = torch.tensor([width - length for length in lengths], device=device)
        mask = (places[None, :] >= pads[:, None]).long()
        positions = (places[None, width - new :] - pads[:, None]).clamp(min=0)
        out = self._model(
            input_ids=torch.tensor(ids, device=device),
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self.passes += 1
        self.widest = max(self.widest, len(ids))
        return out.logits[:, -1].float()

    @staticmethod
    def _choose(request: Request, scores: Any) -> int:
        if request.constraint is not None:
            scores = request.constraint.forbid(scores)
        return int(scores.argmax())

    def _pass_on(self, request: Request, token: int) -> bool:
        """Give a token to its reader; False where the answer ends with it."""
        if token in self._ends:
            request.give(None)
            return False
        request.give(token)
        request.made += 1
        if request.constraint is not None:
            request.constraint.take(token)
        if request.made >= request.limit:
            request.give(None)
            return False
        return True

    def _drop(self, gone: list[_Row], *, is_told: bool = False) -> None:
        if not gone:
            return
        kept = [place for place, row in enumerate(self._rows) if row not in gone]
        for row in gone if not is_told else ():
            row.request.give(None)
        self._rows = [self._rows[place] for place in kept]
        if not kept:
            self._cache = None
            return
        import torch

        self._cache.batch_select_indices(torch.tensor(kept, device=self._model.device))
        self._trim(max(row.length for row in self._rows))

    def _trim(self, width: int) -> None:
        """Cut padding on the left that no row needs any more."""
        layers = _layers(self._cache)
        if layers and layers[0][0].shape[2] > width:
            self._cache = self._copy([(k[:, :, -width:], v[:, :, -width:]) for k, v in layers])

    def _take_back(self, width: int) -> None:
        """Cut on the right what a failed pass added to some layers."""
        layers = _layers(self._cache)
        if layers:
            self._cache = self._copy([(k[:, :, :width], v[:, :, :width]) for k, v in layers])

    def _joined(self, old: Layers | None, new: Layers | None) -> Any:
        """One cache of the rows of both, padded on the left to the same length."""
        import torch
        from torch.nn.functional import pad

        assert old is not None
        assert new is not None
        width = max(old[0][0].shape[2], new[0][0].shape[2])

        def join(one: Any, other: Any) -> Any:
            padded = [pad(part, (0, 0, width - part.shape[2], 0)) for part in (one, other)]
            return torch.cat(padded)

        return self._copy(
            [(join(a, c), join(b, d)) for (a, b), (c, d) in zip(old, new, strict=True)]
        )

    def _new_cache(self) -> Any:
        from transformers import DynamicCache

        cache = DynamicCache(config=self._model.config)
        if _layers(cache, is_empty=True) is None:
            self.most = 1  # other than plain attention: rows cannot be joined
        return cache

    def _copy(self, layers: Layers) -> Any:
        cache = self._new_cache()
        _put(cache, layers)
        return cache

    def _is_memory_short(self, error: Exception) -> bool:
        import torch

        if not isinstance(error, torch.OutOfMemoryError):
            return False
        logger.warning("the device is out of memory with %d rows: %s", len(self._rows), error)
        self.prefixes.clear()
        torch.cuda.empty_cache()
        return True


def _put(cache: Any, layers: Layers) -> None:
    for number, (keys, values) in enumerate(layers):
        cache.update(keys, values, number)


def _layers(cache: Any, *, is_empty: bool = False) -> Layers | None:
    """Keys and values of each layer, (rows, heads, tokens, size); None if not all are plain."""
    from transformers.cache_utils import DynamicLayer

    if any(type(layer) is not DynamicLayer for layer in cache.layers):
        return None
    return [] if is_empty else [(layer.keys, layer.values) for layer in cache.layers]


def _close(batcher: weakref.ref[Batcher]) -> None:
    if (alive := batcher()) is not None:
        alive.close()
