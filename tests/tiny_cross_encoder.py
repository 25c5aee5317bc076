"""A cross-encoder small enough to be made on the spot."""

from __future__ import annotations

import re
from pathlib import Path

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def make_cross_encoder(folder: Path, sample: str, scores: int) -> Path:
    """Write a cross-encoder with random weights that knows the words of a sample."""
    import torch  # heavy, as is what follows
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = sorted(set(re.findall(r"[a-z]+|\d+", sample.casefold())))
    characters = sorted({c for word in words for c in word})
    pieces = [*characters, *(f"##{c}" for c in characters)]
    vocabulary = list(dict.fromkeys((*_SPECIAL, *pieces, *words)))
    target = folder / "tiny-cross-encoder"
    target.mkdir(parents=True)
    (target / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(target / "vocab.txt")).save_pretrained(target)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        num_labels=scores,
        initializer_range=0.5,  # so that random weights tell texts apart
    )
    BertForSequenceClassification(config).save_pretrained(target)
    return target
