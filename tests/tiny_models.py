"""Models small enough to be made on the spot, so that a test needs no download."""

from __future__ import annotations

import re
from pathlib import Path

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def make_embedder(folder: Path, sample: str) -> Path:
    """Write a sentence-transformers model with random weights; return its folder.

    It knows the words of ``sample``; two texts are the nearer the more of them they share.
    """
    import torch  # heavy, as is all that follows
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = sorted(set(re.findall(r"[a-z]+|\d+|[^\sa-z\d]", sample.casefold())))
    characters = sorted({c for word in words for c in word})
    pieces = [*characters, *(f"##{c}" for c in characters)]
    vocabulary = list(dict.fromkeys((*_SPECIAL, *pieces, *words)))
    bert = folder / "bert"
    bert.mkdir(parents=True)
    (bert / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(bert / "vocab.txt")).save_pretrained(bert)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(bert)
    transformer = Transformer(str(bert), max_seq_length=128)
    model = SentenceTransformer(modules=[transformer, Pooling(32)], device="cpu")
    target = folder / "tiny-embedder"
    model.save(str(target))
    return target
