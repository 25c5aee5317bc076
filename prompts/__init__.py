"""Versioned prompts. Imports nothing of ours."""

from prompts.template import PromptError, PromptTemplate, load, load_override, names, source

__all__ = ["PromptError", "PromptTemplate", "load", "load_override", "names", "source"]
