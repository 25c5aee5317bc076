"""Traces of what is asked of the language model, for LangSmith or Langfuse; off unless it is set.

A trace holds whole prompts and answers, so it is text that leaves. A server on this machine, or on
a host that is the plant's own (``egress.inside``), may have it. Any other host gets it only where
it is named in ``egress.traces`` and no rule of any site forbids anything; people are then replaced
by stand-ins, and each trace is logged before it is made.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ConfigDict, SecretStr

from assistant.audit import AuditLog
from assistant.egress import EgressSettings, SiteRule, host_of, is_remote
from assistant.errors import AssistantError
from assistant.pseudonyms import Pseudonyms
from index.access import LOCAL

Tracer = Literal["off", "langsmith", "langfuse"]
Hide = Callable[[str], str]
_URLS = {"langsmith": "https://api.smith.langchain.com", "langfuse": "https://cloud.langfuse.com"}


class TracingServer(BaseModel):
    """Where traces go; without an address, to the public service of their maker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    project: str = "faultbook"
    public_key: str = ""
    key: SecretStr = SecretStr("")


class TracingRefused(AssistantError):
    """Traces are wanted where they must not or cannot go."""


def open_tracing(
    tracer: Tracer,
    server: TracingServer,
    egress: EgressSettings,
    *,
    audit: AuditLog | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> list[BaseCallbackHandler]:
    """The callbacks of LangChain that send traces; none where tracing is off.

    Raises:
        TracingRefused: the rules do not let traces go there, or something is missing.
    """
    if tracer == "off":
        return []
    url = server.url or _URLS[tracer]
    host = host_of(url) or url
    hide: Hide | None = None
    first: list[BaseCallbackHandler] = []
    if is_remote(url, egress):
        _check(host, egress)
        if audit is None or (egress.pseudonyms and pseudonyms is None):
            raise TracingRefused(
                f"Traces must not go to {host} without an audit log and stand-ins for people."
            )
        first = [_Logging(audit, host)]
        if egress.pseudonyms and pseudonyms is not None:
            hide = pseudonyms.ledger().hide
    make = _langsmith if tracer == "langsmith" else _langfuse
    return [*first, make(url, server, hide)]


def _check(host: str, egress: EgressSettings) -> None:
    if host not in egress.traces:
        raise TracingRefused(
            f"Traces hold whole questions and passages, and {host} may not have them. Name it in "
            "'egress.traces', or in 'egress.inside' if it is the plant's own; or set 'tracing' to "
            '"off".'
        )
    rules: list[EgressSettings | SiteRule] = [egress, *egress.sites.values()]
    if any(False in (rule.question, rule.manuals, rule.tickets) for rule in rules):
        raise TracingRefused(
            f"A rule of 'egress' keeps text from leaving, so no traces go to {host}: they are not "
            "told apart by site. Set 'tracing' to \"off\", or trace to a host of the plant's own."
        )


class _Logging(BaseCallbackHandler):
    """Logs that a prompt leaves in a trace, before the handler behind it sends it."""

    raise_error = True  # what cannot be logged is not sent
    run_inline = True

    def __init__(self, audit: AuditLog, host: str) -> None:
        self._audit = audit
        self._host = host

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        **kwargs: Any,
    ) -> None:
        """Log it."""
        size = sum(len(message.text) for batch in messages for message in batch)
        self._audit.note(LOCAL, "egress", self._host, prompt="trace", characters=size)

    def on_chain_start(
        self, serialized: dict[str, Any], inputs: dict[str, Any], **kwargs: Any
    ) -> None:
        """Log it."""
        self._audit.note(LOCAL, "egress", self._host, prompt="trace", characters=len(str(inputs)))


def _langsmith(url: str, server: TracingServer, hide: Hide | None) -> BaseCallbackHandler:
    from langchain_core.tracers import LangChainTracer
    from langsmith import Client

    client = Client(
        api_url=url,
        api_key=server.key.get_secret_value() or None,
        omit_traced_runtime_info=True,
        hide_inputs=(lambda shape: _hidden(shape, hide)) if hide else None,
        hide_outputs=(lambda shape: _hidden(shape, hide)) if hide else None,
    )
    return LangChainTracer(project_name=server.project, client=client)


def _langfuse(url: str, server: TracingServer, hide: Hide | None) -> BaseCallbackHandler:
    if importlib.util.find_spec("langfuse") is None:
        raise TracingRefused(
            "The setting 'tracing = \"langfuse\"' needs the package langfuse. Run "
            '"pip install \'faultbook[langfuse]\'", or set it to "off".'
        )
    from langfuse import Langfuse
    from langfuse.langchain import CallbackHandler
    from opentelemetry.sdk.trace import TracerProvider

    public = server.public_key or "faultbook"
    Langfuse(
        public_key=public,
        secret_key=server.key.get_secret_value() or "none",
        base_url=url,
        tracer_provider=TracerProvider(),  # its own: spans of others must not go along
        mask=(lambda *, data, **_: _hidden(data, hide)) if hide else None,
    )
    handler: BaseCallbackHandler = CallbackHandler(public_key=public)
    return handler


def _hidden(shape: Any, hide: Hide | None) -> Any:
    """A shape of dictionaries, lists and texts with stand-ins in every text."""
    if hide is None:
        return shape
    if isinstance(shape, str):
        return hide(shape)
    if isinstance(shape, Mapping):
        return {key: _hidden(value, hide) for key, value in shape.items()}
    if isinstance(shape, BaseMessage):
        return _hidden(shape.model_dump(), hide)
    if isinstance(shape, BaseModel):
        return _hidden(shape.model_dump(mode="json"), hide)
    if isinstance(shape, Sequence):
        return [_hidden(each, hide) for each in shape]
    return shape
