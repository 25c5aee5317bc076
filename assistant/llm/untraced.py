"""Let traces go only where the settings say, whatever the environment says."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from langchain_core.tracers import LangChainTracer
from langsmith import tracing_context


def traced_as_set(callbacks: Any) -> AbstractContextManager[Any]:
    """A block in which LangSmith gets what the tracer among the callbacks sends, and nothing else.

    Without one LANGSMITH_TRACING would send every prompt away. With one, LangChain adds no other.
    """
    listed = callbacks if isinstance(callbacks, Iterable) else ()
    is_set = any(isinstance(each, LangChainTracer) for each in listed)
    return tracing_context(enabled=is_set)
