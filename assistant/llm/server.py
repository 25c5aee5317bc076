"""A language model behind a server with the interface of OpenAI, such as vLLM."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr, SecretStr

from assistant.errors import ModelUnavailable
from assistant.llm.window import estimate_tokens

if TYPE_CHECKING:
    from assistant.llm.choice import ModelSettings

logger = logging.getLogger(__name__)

_LEAST_WINDOW = 4096  # of a server that does not tell: most have more
_ALIVE_S = 0.8
_CONNECT_S = 2.0
ANSWER_TOKENS = 400


class ServerChatModel(ChatOpenAI):
    """A chat model of a server; it knows its window and whether the server is there."""

    context_tokens: int = 0
    is_near: bool = False

    _http: httpx.Client = PrivateAttr()

    def window(self) -> int:
        """The most tokens of prompt and answer: as set, as the server tells, or a safe guess."""
        return self.context_tokens or self._told or _LEAST_WINDOW

    def answer_tokens(self) -> int:
        """The most tokens of an answer."""
        return self.max_tokens or ANSWER_TOKENS

    def count_tokens(self, text: str) -> int:
        """The tokens of a text, counted by a server on this machine that can; else more than those.

        A server elsewhere is not asked: what leaves this machine is decided later.
        """
        if self.is_near and self._counts:
            try:
                reply = self._http.post(
                    self._address("/tokenize", of_root=True),
                    json={"model": self.model_name, "prompt": text},
                    timeout=_ALIVE_S,
                )
                return int(reply.raise_for_status().json()["count"])
            except (httpx.HTTPError, ValueError, KeyError, TypeError):
                self.__dict__["_counts"] = False
        return estimate_tokens(text)

    def is_alive(self) -> bool:
        """Whether the server answers a small question at once, however busy the model is."""
        try:
            self._http.get(self._address("/models"), headers=self._headers, timeout=_ALIVE_S)
        except httpx.HTTPError:
            return False
        return True

    @cached_property
    def _counts(self) -> bool:
        return True

    @cached_property
    def _told(self) -> int:
        """The window that the server tells of its model, as vLLM does; 0 where it does not."""
        try:
            reply = self._http.get(
                self._address("/models"), headers=self._headers, timeout=_ALIVE_S
            )
            models = reply.raise_for_status().json()["data"]
            mine = [each for each in models if each.get("id") == self.model_name] or models
            return max(0, int(mine[0].get("max_model_len") or 0))
        except (httpx.HTTPError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            return 0

    @property
    def _headers(self) -> dict[str, str]:
        key = self.openai_api_key
        said = key.get_secret_value() if isinstance(key, SecretStr) else ""
        return {"Authorization": f"Bearer {said}"}

    def _address(self, path: str, *, of_root: bool = False) -> str:
        base = (self.openai_api_base or "").rstrip("/")
        return (base.removesuffix("/v1") if of_root else base) + path


def open_server(settings: ModelSettings) -> ServerChatModel:
    """The model of the server that the settings name; nothing is sent yet.

    Raises:
        ModelUnavailable: the settings lack something.
    """
    if not settings.base_url or not settings.model:
        raise ModelUnavailable(
            "The backend 'server' needs the settings 'llm.base_url' and 'llm.model'."
        )
    client = _client(settings)
    options: dict[str, Any] = {
        "base_url": settings.base_url,
        "api_key": settings.api_key.get_secret_value(),
        "temperature": 0,
        "max_tokens": ANSWER_TOKENS,
        "timeout": httpx.Timeout(settings.first_token_s, connect=_CONNECT_S),
        "max_retries": 0,
        "http_client": client,
        "openai_proxy": "",  # a variable of that name would stand in the way of the client
        "context_tokens": settings.context_tokens,
        "is_near": _is_near(settings.base_url),
    }
    model = ServerChatModel(model=settings.model, **options)
    model._http = client
    return model


def _is_near(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _client(settings: ModelSettings) -> httpx.Client:
    """A client that sends to the named server and to nobody else.

    It follows no redirection: another host would get what was meant for this one. A proxy that the
    environment names is used unless the server is on this machine.
    """
    none: dict[str, httpx.BaseTransport | None] = dict.fromkeys(("http://", "https://", "all://"))
    return httpx.Client(
        follow_redirects=False,
        mounts=none if _is_near(settings.base_url) else None,
        timeout=httpx.Timeout(settings.first_token_s, connect=_CONNECT_S),
    )
