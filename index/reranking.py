"""Read the first passages together with the question, by a cross-encoder of the user's.

Off by default: it costs a forward pass for each passage. ``evaluate retrieval --ablation`` shows
what a model brings and what it costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from index.errors import ModelFileError

_BATCH = 16


class Reranker(Protocol):
    """What says how well each passage answers a question."""

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return a score for each text, the higher the better; shape (len(texts),)."""
        ...


class CrossEncoderReranker:
    """Any sentence-transformers cross-encoder with one output."""

    def __init__(self, model: str | Path, device: str | None = None) -> None:
        """Load a model from a folder, or by name where a model hub can be reached.

        Raises:
            ModelFileError: there is no such model, or it gives more than one score.
        """
        from sentence_transformers import CrossEncoder  # heavy: imports torch

        try:
            self._model = CrossEncoder(str(model), device=device, num_labels=None)
        except (OSError, ValueError, KeyError) as error:
            raise ModelFileError(
                f"The reranker {model} cannot be loaded: {error}. "
                "Name the folder of a sentence-transformers cross-encoder."
            ) from error
        if self._model.num_labels != 1:
            raise ModelFileError(
                f"The reranker {model} gives {self._model.num_labels} scores for a passage. "
                "Name a cross-encoder with one."
            )

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return a score for each text, the higher the better; float32, shape (len(texts),)."""
        if not texts:
            return np.zeros(0, np.float32)
        pairs = [(question, text) for text in texts]
        scores = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        return np.asarray(scores, np.float32).reshape(len(texts))
