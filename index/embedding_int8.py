"""The default embedder in 8-bit integers: made on this machine, and what it loses measured.

Its ranges are learned from the plant's own texts. Its vectors are its own: they never mix with
those of full precision, and a home goes over to them as to any other embedder.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.errors import ModelFileError
from index.home import hash_file
from index.openvino_import import import_openvino

if TYPE_CHECKING:
    from index.embedding import Embedder

_FOLDER = "int8"
_MODEL = "openvino_model.xml"
_WEIGHTS = "openvino_model.bin"
_MANIFEST = "faultbook.json"
_MOST_TEXTS = 300  # that ranges are learned from
_TOP = 10
_SEED = 3


@dataclass(frozen=True, slots=True)
class Loss:
    """How the vectors of two embedders of one model differ over some texts.

    ``mean`` and ``least`` are cosines between the two vectors of a text; ``overlap`` is the share
    (0 to 1) of the ten nearest other texts that both agree on.
    """

    texts: int
    mean: float
    least: float
    overlap: float


def measure_loss(full: Embedder, other: Embedder, texts: Sequence[str]) -> Loss:
    """Compare two embedders on at least two texts."""
    first, second = full.embed(texts), other.embed(texts)
    cosines = (first * second).sum(axis=1)
    top = min(_TOP, len(texts) - 1)
    near = [_nearest(rows, top) for rows in (first, second)]
    shared = [len(set(a) & set(b)) / top for a, b in zip(*near, strict=True)]
    return Loss(len(texts), float(cosines.mean()), float(cosines.min()), float(np.mean(shared)))


def _nearest(rows: np.ndarray, top: int) -> list[list[int]]:
    scores = rows @ rows.T
    np.fill_diagonal(scores, -np.inf)
    found: list[list[int]] = np.argsort(-scores, axis=1, kind="stable")[:, :top].tolist()
    return found


def make_int8(folder: Path, texts: Sequence[str]) -> None:
    """Make the model in 8-bit integers beside the fetched one, from some texts of the plant.

    Takes one to two minutes.

    Raises:
        ModelFileError: the package that does it is not installed, or there are no texts.
    """
    if not texts:
        raise ModelFileError(
            "The embedder in 8-bit integers is made from texts of the plant, and there are none. "
            "Ingest documents first, with 'embedder_precision' left at 'full'."
        )
    openvino = import_openvino()  # first: it keeps nncf, too, from reporting its use to its maker
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own imports warn
            import nncf  # an optional extra
    except ImportError as error:
        raise ModelFileError(
            "The package nncf, which makes the embedder in 8-bit integers, is not installed. "
            "Run \"pip install 'faultbook[int8]'\", or set 'embedder_precision' to 'full'."
        ) from error
    model = openvino.Core().read_model(folder / _MODEL)
    chance = np.random.default_rng(_SEED)
    chosen = chance.permutation(len(texts))[:_MOST_TEXTS]
    inputs = [_tokens(folder, texts[i]) for i in chosen]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantized = nncf.quantize(
            model,
            nncf.Dataset(inputs),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(inputs),
        )
    draft, target = folder / f"{_FOLDER}.part", folder / _FOLDER
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    openvino.save_model(quantized, str(draft / _MODEL), compress_to_fp16=False)
    files = {name: hash_file(draft / name) for name in (_MODEL, _WEIGHTS)}
    (draft / _MANIFEST).write_text(json.dumps(files), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)


def _tokens(folder: Path, text: str) -> dict[str, np.ndarray]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()
    ids = np.array([tokenizer.encode(text).ids], np.int64)
    return {"input_ids": ids, "attention_mask": np.ones_like(ids)}


def find_int8(folder: Path) -> tuple[Path, str]:
    """Return the model in 8-bit integers and a name that changes with it.

    Raises:
        ModelFileError: it was not made here, or a file of it is damaged.
    """
    made = folder / _FOLDER
    remedy = "Run 'faultbook knowledge embed', which makes it from the plant's texts."
    try:
        files = json.loads((made / _MANIFEST).read_text(encoding="utf-8"))
        is_whole = set(files) == {_MODEL, _WEIGHTS} and all(
            hash_file(made / name) == digest for name, digest in files.items()
        )
    except FileNotFoundError as error:
        raise ModelFileError(
            f"The embedder in 8-bit integers is not in {made}. {remedy}"
        ) from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelFileError(f"The embedder in {made} cannot be read: {error}. {remedy}") from error
    if not is_whole:
        raise ModelFileError(
            f"The embedder in {made} is not the one that was made. Remove that folder. {remedy}"
        )
    return made / _MODEL, f"int8-{files[_WEIGHTS][:8]}"
