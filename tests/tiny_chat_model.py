"""A chat model of transformers small enough to be made on the spot; what it says means nothing."""

from __future__ import annotations

import string
from pathlib import Path

_SAMPLE = 'the press stops when the oil is hot {"answerable":true,"causes":["A","B"],"check":'
_TEMPLATE = (
    "{% for message in messages %}<turn>{{ message['role'] }}: {{ message['content'] }}<end>"
    "{% endfor %}{% if add_generation_prompt %}<turn>assistant: {% endif %}"
)


def make_chat_model(folder: Path) -> Path:
    """Write a Llama with random weights and a tokenizer of printable ASCII; return the folder."""
    import torch  # heavy, as is all that follows
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = [*(string.printable[:-6]), "Ġ", "Ċ"]  # as ByteLevel writes a space and a line end
    trainer = trainers.BpeTrainer(
        vocab_size=160,
        special_tokens=["<pad>", "<end>", "<turn>"],
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator([_SAMPLE], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<end>",
        pad_token="<pad>",
        additional_special_tokens=["<turn>"],
        chat_template=_TEMPLATE,
    )
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder
