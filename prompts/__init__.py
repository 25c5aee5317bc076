"""Versioned prompts. Imports nothing of ours."""

from prompts.template import PromptError, PromptTemplate, load

__all__ = ["PromptError", "PromptTemplate", "load"]
