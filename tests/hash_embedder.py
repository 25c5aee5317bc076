"""An embedder without a model: hashed bags of words, so that retrieval is meaningful in tests."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np


class HashEmbedder:
    """Each word adds 1 in one of 64 dimensions; unit length."""

    identity = "hash:64"
    dimension = 64
    is_english = True

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths == 0, 1, lengths)
