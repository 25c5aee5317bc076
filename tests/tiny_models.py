"""Models small enough to be made on the spot, so that a test needs no download."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import BertConfig

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def make_embedder(folder: Path, sample: str) -> Path:
    """Write a sentence-transformers model with random weights; return its folder.

    It knows the words of ``sample``; two texts are the nearer the more of them they share.
    """
    from sentence_transformers import SentenceTransformer  # heavy, as is all that follows
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel

    bert = folder / "bert"
    BertModel(tiny_bert(bert, sample)).save_pretrained(bert)
    transformer = Transformer(str(bert), max_seq_length=128)
    model = SentenceTransformer(modules=[transformer, Pooling(32)], device="cpu")
    target = folder / "tiny-embedder"
    model.save(str(target))
    return target


def tiny_bert(folder: Path, sample: str, **options: Any) -> BertConfig:
    """Write a tokenizer that knows the words of a sample; return the shape of a small model.

    The random weights of what is made next are always the same.
    """
    import torch
    from transformers import BertConfig, BertTokenizerFast

    words = sorted(set(re.findall(r"[a-z]+|\d+|[^\sa-z\d]", sample.casefold())))
    characters = sorted({c for word in words for c in word})
    pieces = [*characters, *(f"##{c}" for c in characters)]
    vocabulary = list(dict.fromkeys((*_SPECIAL, *pieces, *words)))
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(7)
    return BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        **options,
    )


def make_cross_encoder(folder: Path, sample: str, scores: int) -> Path:
    """Write a cross-encoder with random weights that knows the words of a sample."""
    from transformers import BertForSequenceClassification

    target = folder / "tiny-cross-encoder"
    # Weights that spread widely, so that random ones tell texts apart.
    config = tiny_bert(target, sample, num_labels=scores, initializer_range=0.5)
    BertForSequenceClassification(config).save_pretrained(target)
    return target
