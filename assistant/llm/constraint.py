"""Hold a model of transformers to a JSON schema, token by token."""

from __future__ import annotations

from typing import Any


class Constraint:
    """The state of one answer under a schema: which tokens may come next.

    It allows compact JSON only: white space would fill the token limit.
    """

    def __init__(self, vocabulary: Any, schema: dict[str, Any]) -> None:
        """Start before the first token.

        Args:
            vocabulary: what ``llguidance.hf.from_tokenizer`` made of the tokenizer.
            schema: a JSON schema.

        Raises:
            ValueError: the schema cannot be made into a grammar.
        """
        # llguidance.torch would compile its kernel, which takes long and needs a C++ compiler.
        from llguidance import LLMatcher
        from llguidance.numpy import allocate_token_bitmask

        grammar = LLMatcher.grammar_from_json_schema(
            schema, defaults={"whitespace_flexible": False}
        )
        self._matcher = LLMatcher(vocabulary, grammar)
        if self._matcher.is_error():
            raise ValueError(f"no grammar for this schema: {self._matcher.get_error()}")
        self._mask = allocate_token_bitmask(1, vocabulary.vocab_size)

    def forbid(self, scores: Any) -> Any:
        """The scores of the next token, shape (vocabulary,), with -inf where it is not allowed."""
        import numpy as np
        import torch
        from llguidance.numpy import fill_next_token_bitmask

        fill_next_token_bitmask(self._matcher, self._mask)
        allowed = np.unpackbits(self._mask.view(np.uint8), bitorder="little")[: scores.shape[-1]]
        forbidden = torch.from_numpy(allowed == 0).to(scores.device)
        return scores.masked_fill(forbidden, float("-inf"))

    def take(self, token: int) -> None:
        """Go on behind a token."""
        self._matcher.consume_token(token)
